// Package bot delivers to any chat and answers people there. What a chat looks
// like is the business of the packages below it, one for each.
package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"tocsin/digest"
)

// Chat is a place where people read: Discord, a terminal.
//
// Rendering is pure: equal arguments give equal payloads, and nothing is
// sent. Send and Edit may be called again for the same delivery after a crash or
// an unclear answer, and must not post a second message then.
type Chat interface {
	// Name is the value of [Channel.Chat] that this chat serves.
	Name() string
	// RenderAlert returns the one message of an alert.
	RenderAlert(digest.Alert) (json.RawMessage, error)
	// RenderDigest returns the messages of a digest in order, at least one:
	// split at the chat's limits, never cut.
	RenderDigest(digest.Digest) ([]json.RawMessage, error)
	// Send posts d and returns the chat's id of the message.
	// Send and Edit return an error wrapping [ErrDestination], [ErrRefused],
	// [ErrGone] (Edit only) or [ErrUnauthorized], or a [*WaitError]. After any other
	// error the outcome is unknown and the same call is repeated later.
	Send(ctx context.Context, d Delivery) (messageID string, err error)
	// Edit replaces the content of the message d.MessageID by d.Payload.
	Edit(ctx context.Context, d Delivery) error
}

// Errors of a [Chat]; test with [errors.Is].
var (
	// ErrDestination: the channel cannot be written to until somebody changes
	// something (deleted, no permission). Its deliveries wait.
	ErrDestination = errors.New("the channel does not take messages")
	// ErrRefused: the chat will never take this payload.
	ErrRefused = errors.New("the chat refuses this message")
	// ErrGone: the message to edit was deleted.
	ErrGone = errors.New("the message is gone")
	// ErrUnauthorized: the chat refuses our credentials; nothing can be sent.
	ErrUnauthorized = errors.New("the chat refuses the bot's credentials")
)

// WaitError is a chat's request to come back later.
type WaitError struct {
	After time.Duration
	// Everywhere says that the wait holds for all channels, not only this one.
	Everywhere bool
	Err        error
}

func (e *WaitError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *WaitError) Unwrap() error { return e.Err }
