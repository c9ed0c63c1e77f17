package discord

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"tocsin/bot"
)

const (
	// deferAfter is how long an answer may take before "thinking…" is shown;
	// Discord gives up after three seconds.
	deferAfter = time.Second
	// commandTimeout bounds the work for one command, choicesTimeout that for one
	// keystroke.
	commandTimeout = time.Minute
	choicesTimeout = 2 * time.Second
	// mostAtOnce bounds the interactions under way.
	mostAtOnce = 64
)

// front takes the interactions of one run of the bot.
type front struct {
	bot      *Bot
	desk     *bot.Desk
	commands []command
	seats    chan struct{}
}

func newFront(b *Bot, desk *bot.Desk) *front {
	return &front{bot: b, desk: desk, commands: commands(), seats: make(chan struct{}, mostAtOnce)}
}

// call is one interaction and what answers it.
type call struct {
	*interaction
	bot  *Bot
	desk *bot.Desk
}

// serve answers one INTERACTION_CREATE event; it never panics.
func (f *front) serve(ctx context.Context, event []byte) {
	in, err := decodeInteraction(event)
	if err != nil {
		f.bot.log.Warn("an interaction was ignored", "err", err)
		return
	}
	// What another process answers is its own business.
	if err := f.answer(ctx, in); err != nil && !errors.Is(err, errAnswered) {
		f.bot.log.Warn("an interaction was not answered", "command", in.data.Name, "guild", in.Guild, "err", err)
	}
}

func (f *front) answer(ctx context.Context, in *interaction) error {
	select {
	case f.seats <- struct{}{}:
		defer func() { <-f.seats }()
	default:
		if in.Type == interactionAutocomplete {
			return f.bot.respond(ctx, in, answer{answerChoices, choices{Choices: []choice{}}})
		}
		return f.bot.respond(ctx, in, answer{answerMessage, sentence("Too much is going on right now. Please try again in a moment.").first()})
	}
	c := &call{in, f.bot, f.desk}
	if in.Type == interactionAutocomplete {
		return f.complete(ctx, c)
	}
	return f.run(ctx, c)
}

// run does a command. One that changes something is claimed first: several
// processes may serve the same bot, each is told of every interaction, and only the
// one whose answer Discord takes may act.
func (f *front) run(ctx context.Context, c *call) error {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	if cmd, ok := f.find(c); ok && cmd.needs != 0 && c.Type == interactionCommand {
		return f.runClaimed(ctx, c)
	}
	return f.runQuickly(ctx, c)
}

// runClaimed shows "thinking…" and fills it in; it does nothing if somebody else answered.
func (f *front) runClaimed(ctx context.Context, c *call) error {
	if err := f.bot.respond(ctx, c.interaction, answer{answerDeferred, replyFlags{flagEphemeral}}); err != nil {
		return err
	}
	return f.fill(ctx, c, f.result(ctx, c))
}

// runQuickly answers at once; an answer that takes its time is deferred and filled in.
func (f *front) runQuickly(ctx context.Context, c *call) error {
	result := make(chan reply, 1)
	go func() { result <- f.result(ctx, c) }()
	patience := time.NewTimer(deferAfter)
	defer patience.Stop()
	select {
	case r := <-result:
		if err := f.bot.respond(ctx, c.interaction, answer{answerMessage, r.first()}); err != nil {
			return err
		}
		return f.followUp(ctx, c, r)
	case <-patience.C:
		if err := f.bot.respond(ctx, c.interaction, answer{answerDeferred, replyFlags{flagEphemeral}}); err != nil {
			return err
		}
		return f.fill(ctx, c, <-result)
	}
}

// fill puts a reply in the place of "thinking…".
func (f *front) fill(ctx context.Context, c *call, r reply) error {
	if err := f.bot.fill(ctx, c.interaction, r.first()); err != nil {
		return err
	}
	return f.followUp(ctx, c, r)
}

// followUp posts what did not fit into the first message.
func (f *front) followUp(ctx context.Context, c *call, r reply) error {
	for _, m := range r.rest() {
		if err := f.bot.follow(ctx, c.interaction, m); err != nil {
			return err
		}
	}
	return nil
}

// result does what a command says and turns every way to fail into a reply.
func (f *front) result(ctx context.Context, c *call) (r reply) {
	defer func() {
		if p := recover(); p != nil {
			r = f.broken(c, "panic", fmt.Errorf("%v\n%s", p, debug.Stack()))
		}
	}()
	cmd, ok := f.find(c)
	switch {
	case c.Type != interactionCommand:
		return sentence("This menu is out of date. Use the command again.")
	case !ok:
		return sentence("I do not know this command any more. Restart Discord to see the present ones.")
	case !snowflake.MatchString(c.Guild) || !snowflake.MatchString(c.Channel):
		return sentence("My commands work in a server only.")
	case !c.Member.Permissions.have(cmd.needs):
		return sentence("You need the permission **Manage Channels** to change subscriptions.")
	}
	r, err := cmd.run(ctx, c)
	var input *bot.InputError
	switch {
	case err == nil:
		return r
	case errors.As(err, &input):
		return sentence("⚠️ " + escape(input.Sentence))
	case errors.Is(err, context.DeadlineExceeded):
		return f.broken(c, "timeout", err)
	default:
		return f.broken(c, "error", err)
	}
}

// broken logs what went wrong on our side under a short reference and tells the
// reference.
func (f *front) broken(c *call, kind string, err error) reply {
	ref := strings.ToLower(rand.Text()[:6])
	f.bot.log.Error("a command failed", "ref", ref, "kind", kind, "command", c.data.Name, "guild", c.Guild, "err", err)
	if kind == "timeout" {
		return sentence("⚠️ That took too long. Please try again later; if it stays so, tell whoever runs this bot the reference `" + ref + "`.")
	}
	return sentence("⚠️ Something went wrong on my side. Please try again; if it stays so, tell whoever runs this bot the reference `" + ref + "`.")
}

func (f *front) find(c *call) (command, bool) {
	for _, cmd := range f.commands {
		if cmd.spec.Name == c.data.Name {
			return cmd, true
		}
	}
	return command{}, false
}

// complete offers choices for the option that is being typed; none if that fails.
func (f *front) complete(ctx context.Context, c *call) error {
	ctx, cancel := context.WithTimeout(ctx, choicesTimeout)
	defer cancel()
	offered := f.offered(ctx, c)
	return f.bot.respond(ctx, c.interaction, answer{answerChoices, choices{Choices: offered}})
}

func (f *front) offered(ctx context.Context, c *call) (offered []choice) {
	defer func() {
		if p := recover(); p != nil {
			f.broken(c, "panic", fmt.Errorf("%v\n%s", p, debug.Stack()))
			offered = []choice{}
		}
	}()
	name, typed := c.focused()
	cmd, ok := f.find(c)
	complete := cmd.complete[name]
	if !ok || complete == nil || !snowflake.MatchString(c.Guild) {
		return []choice{}
	}
	offered, err := complete(ctx, c, typed)
	if err != nil {
		f.bot.log.Warn("no choices could be offered", "command", c.data.Name, "option", name, "err", err)
		return []choice{}
	}
	return fitChoices(offered)
}
