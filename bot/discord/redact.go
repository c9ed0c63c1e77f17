package discord

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
)

// pathToken finds the token of an interaction or a webhook in an address: who
// has it may post.
var pathToken = regexp.MustCompile(`((?:interactions|webhooks)/\d+/)[^/?\s"']+`)

// redactor cuts secrets out of text for people.
type redactor struct{ token string }

func newRedactor(token string) redactor { return redactor{token} }

func (r redactor) string(s string) string {
	if r.token != "" {
		s = strings.ReplaceAll(s, r.token, "[token]")
	}
	return pathToken.ReplaceAllString(s, "${1}[token]")
}

// error returns err with its text redacted; errors.Is and errors.As still see err.
func (r redactor) error(err error) error {
	if err == nil {
		return nil
	}
	text := r.string(err.Error())
	if text == err.Error() {
		return err
	}
	return &redactedError{text, err}
}

type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }

// redactHandler cuts secrets out of what is logged, errors and nested groups included.
type redactHandler struct {
	slog.Handler
	secret redactor
}

func (h redactHandler) Handle(ctx context.Context, rec slog.Record) error {
	out := slog.NewRecord(rec.Time, rec.Level, h.secret.string(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(h.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, out)
}

func (h redactHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	out := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		out[i] = h.attr(a)
	}
	return redactHandler{h.Handler.WithAttrs(out), h.secret}
}

func (h redactHandler) WithGroup(name string) slog.Handler {
	return redactHandler{h.Handler.WithGroup(name), h.secret}
}

func (h redactHandler) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, h.secret.string(v.String()))
	case slog.KindGroup:
		group := v.Group()
		out := make([]slog.Attr, len(group))
		for i, g := range group {
			out[i] = h.attr(g)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(out...)}
	case slog.KindAny:
		if err, ok := v.Any().(error); ok {
			return slog.Any(a.Key, h.secret.error(err))
		}
		return slog.Attr{Key: a.Key, Value: v}
	default:
		return a
	}
}
