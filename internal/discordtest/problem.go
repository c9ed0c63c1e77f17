package discordtest

import (
	"fmt"
	"net/http"
	"strings"
)

// problem is one fault of a body, as Discord words it.
type problem struct {
	path          string // dotted, such as embeds.0.title; "" for the whole
	code, message string
	number        int // a JSON error code of its own, instead of 50035
}

func (p problem) String() string {
	if p.path == "" {
		return p.message
	}
	return p.path + ": " + p.message
}

// problems collects what is wrong with one body.
type problems struct{ list []problem }

func (ps *problems) add(path, code, format string, args ...any) {
	ps.list = append(ps.list, problem{path: strings.Trim(path, "."), code: code, message: fmt.Sprintf(format, args...)})
}

// refuse adds a problem that Discord answers with its own error code.
func (ps *problems) refuse(code int) {
	ps.list = append(ps.list, problem{number: code, message: knownError(code).message})
}

// apiError is the answer to a body with problems: code 50035 with a tree that
// has each problem at its field.
func (ps *problems) apiError() *apiError {
	for _, p := range ps.list {
		if p.number != 0 {
			return knownError(p.number)
		}
	}
	tree := object{}
	for _, p := range ps.list {
		at := tree
		if p.path != "" {
			for key := range strings.SplitSeq(p.path, ".") {
				next := asObject(at[key])
				if next == nil {
					next = object{}
					at[key] = next
				}
				at = next
			}
		}
		at["_errors"] = append(asList(at["_errors"]), object{"code": p.code, "message": p.message})
	}
	return &apiError{status: http.StatusBadRequest, code: 50035, message: "Invalid Form Body", errors: tree}
}

// length checks a text. Discord counts characters, after trimming where trimmed is set.
func (ps *problems) length(path string, v any, least, most int, trimmed bool) {
	text, ok := v.(string)
	if !ok {
		if v == nil && least > 0 {
			ps.add(path, "BASE_TYPE_REQUIRED", "This field is required")
		}
		return
	}
	if trimmed {
		text = strings.TrimSpace(text)
	}
	switch n := characters(text); {
	case n == 0 && least > 0:
		ps.add(path, "BASE_TYPE_REQUIRED", "This field is required")
	case n < least:
		ps.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
	case n > most && least > 0:
		ps.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
	case n > most:
		ps.add(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", most)
	}
}

// size checks a list.
func (ps *problems) size(path string, v any, least, most int) {
	if n := len(asList(v)); n > most || n < least {
		if least > 0 {
			ps.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", least, most)
		} else {
			ps.add(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", most)
		}
	}
}

// web checks an address.
func (ps *problems) web(path string, v any, most int, schemes ...string) {
	text := asString(v)
	if text == "" {
		return
	}
	if characters(text) > most {
		ps.add(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", most)
	}
	for _, s := range append(schemes, "http://", "https://") {
		if strings.HasPrefix(text, s) && len(text) > len(s) {
			return
		}
	}
	ps.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
}

func characters(s string) int { return len([]rune(s)) }
