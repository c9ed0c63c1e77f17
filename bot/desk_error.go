package bot

import (
	"errors"
	"fmt"
)

// InputError is a request that cannot be done as it was made. Its text is a
// sentence for whoever made it: what is wrong, and what to do. It may repeat what was
// typed, so a chat escapes it like any foreign text.
type InputError struct {
	Sentence string
}

func (e *InputError) Error() string { return e.Sentence }

func refuse(format string, args ...any) error {
	return &InputError{Sentence: fmt.Sprintf(format, args...)}
}

// refusal returns the sentences of an error that joins nothing but [InputError]s,
// as one of them; any other error as it is.
func refusal(errs ...error) error {
	var all string
	for _, err := range errs {
		var input *InputError
		switch {
		case err == nil:
			continue
		case !errors.As(err, &input):
			return err
		case all != "":
			all += "\n"
		}
		all += input.Sentence
	}
	if all == "" {
		return nil
	}
	return &InputError{Sentence: all}
}
