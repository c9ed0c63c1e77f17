package discord

import (
	"context"
	"errors"
	"net/http"
	"time"

	"tocsin/bot"
)

// Types of the first answer to an interaction.
const (
	answerMessage  = 4
	answerDeferred = 5
	answerChoices  = 8
)

// flagEphemeral shows a message only to who asked.
const flagEphemeral = 1 << 6

const codeAnswered = 40060

type answer struct {
	Type int `json:"type"`
	Data any `json:"data"`
}

// errAnswered is returned for an interaction that another process answered first.
var errAnswered = errors.New("the interaction is answered already")

// respond gives the first answer; Discord takes one only, and the error is
// [errAnswered] if it was not ours. An unclear failure is tried once more, and if Discord has
// an answer then, it is taken to be ours.
func (b *Bot) respond(ctx context.Context, in *interaction, a answer) error {
	path := "/interactions/" + in.ID + "/" + in.Token + "/callback"
	err := b.interactionClient().call(ctx, http.MethodPost, path, a, nil)
	if hasCode(err, codeAnswered) {
		return errAnswered
	}
	if !unclear(err) || ctx.Err() != nil {
		return err
	}
	err = b.interactionClient().call(ctx, http.MethodPost, path, a, nil)
	if hasCode(err, codeAnswered) {
		return nil
	}
	return err
}

func unclear(err error) bool {
	if err == nil {
		return false
	}
	var refused *apiError
	return !errors.As(err, &refused) || refused.Status >= 500
}

// fill puts a reply in the place of the "thinking…" of a deferred answer.
func (b *Bot) fill(ctx context.Context, in *interaction, m replyMessage) error {
	m.Flags = 0 // the flags of the deferral hold
	path := "/webhooks/" + in.Application + "/" + in.Token + "/messages/@original"
	return patiently(ctx, unclear, func() error {
		return b.interactionClient().call(ctx, http.MethodPatch, path, m, nil)
	})
}

// follow posts a further message of a reply. After an unclear failure it may
// stand there, so it is not posted again.
func (b *Bot) follow(ctx context.Context, in *interaction, m replyMessage) error {
	path := "/webhooks/" + in.Application + "/" + in.Token
	return patiently(ctx, func(error) bool { return false }, func() error {
		return b.interactionClient().call(ctx, http.MethodPost, path, m, nil)
	})
}

const (
	// mostTries bounds how often one part of a reply is sent.
	mostTries = 3
	// retryPause is kept before a part is sent again.
	retryPause = 500 * time.Millisecond
)

// patiently repeats a call that Discord asks to come back with, or whose failure
// may be repeated.
func patiently(ctx context.Context, again func(error) bool, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		pause := retryPause
		var wait *bot.WaitError
		switch {
		case err == nil || n == mostTries:
			return err
		case errors.As(err, &wait):
			pause = wait.After
		case !again(err):
			return err
		}
		if !sleep(ctx, pause) {
			return err
		}
	}
}
