package discordtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Types of interaction.
const (
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindModal        = 5
)

// Types of the first answer to an interaction.
const (
	ReplyMessage        = 4
	ReplyDeferred       = 5
	ReplyDeferredUpdate = 6
	ReplyUpdate         = 7
	ReplyChoices        = 8
	ReplyModal          = 9
)

// Errors of [Server.Invoke] and its kin; test with [errors.Is].
var (
	// ErrNoAnswer: Discord would show "The application did not respond".
	ErrNoAnswer = errors.New("the application did not respond")
	// ErrHidden: Discord does not show the command to this member, or there.
	ErrHidden = errors.New("the command is not offered to this member")
)

// Person is who acts and where. The zero fields mean [Server.Reader], with
// everybody's permissions, reading English.
type Person struct {
	User string // ID
	// Permissions replaces what the user's roles give in the channel.
	Permissions Permissions
	// Override stands for an administrator who opened the command to the
	// member in spite of its default_member_permissions.
	Override bool
	Locale   string
}

// Command is a slash command as somebody types it.
type Command struct {
	Person
	Channel string // ID of the channel it is typed in; its guild is the command's
	// Name is the command with its subcommands, such as "rules add".
	Name string
	// Options holds strings, booleans and numbers; an ID for a user, a channel or a
	// role; a [File] for an attachment.
	Options map[string]any
}

// Click is the use of a button or a select menu.
type Click struct {
	Person
	Message  string // ID
	CustomID string
	Values   []string // chosen in a select menu
}

// Submission is a filled in modal.
type Submission struct {
	Person
	Interaction string // of the [Reply] that holds the modal
	// Values by the custom ID of each input; one that is left out keeps its preset.
	Values map[string]string
}

// Modal is a form that an interaction was answered with.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}

// Reply is what somebody sees after an interaction.
type Reply struct {
	// Message is what is shown: the answer, or the changed message of a button.
	Message
	Interaction string // ID
	Type        int    // of the first answer, such as [ReplyDeferred]
	Choices     []Choice
	Modal       *Modal
	FollowUps   []Message
	Took        time.Duration // until the first answer
}

// Ephemeral says that only the user sees the reply.
func (r Reply) Ephemeral() bool { return r.Flags&Ephemeral != 0 }

// interaction is one that can still be answered.
type interaction struct {
	id, token            string
	kind                 int
	guild, channel, user string
	sent                 time.Time
	answer               int // type of the first answer, 0 before
	took                 time.Duration
	waiting              bool // deferred, and not filled yet
	original             *message
	source               *message // that holds the clicked component
	followUps            []*message
	choices              []Choice
	modal                *Modal
	modalJSON            []any
}

func (in *interaction) reply() Reply {
	r := Reply{Interaction: in.id, Type: in.answer, Choices: in.choices, Modal: in.modal, Took: in.took}
	if in.original != nil {
		r.Message = in.original.public()
	}
	for _, m := range in.followUps {
		r.FollowUps = append(r.FollowUps, m.public())
	}
	return r
}

// Invoke types a slash command and waits for the reply; for a deferred one until
// it is filled. It refuses what Discord's client would refuse: unknown commands and
// options, missing ones, values out of range, members without permission.
// It returns [ErrNoAnswer] if the bot does not answer in time, or ctx ends
// before a deferred reply is filled.
func (s *Server) Invoke(ctx context.Context, c Command) (Reply, error) {
	in, err := s.command(c, kindCommand, "")
	if err != nil {
		return Reply{}, fmt.Errorf("/%s: %w", c.Name, err)
	}
	r, err := s.await(ctx, in)
	if err != nil {
		return r, fmt.Errorf("/%s: %w", c.Name, err)
	}
	return r, nil
}

// Complete types into an option with autocomplete and returns what is offered.
// The option's value in c is the text so far.
func (s *Server) Complete(ctx context.Context, c Command, option string) ([]Choice, error) {
	in, err := s.command(c, kindAutocomplete, option)
	if err != nil {
		return nil, fmt.Errorf("/%s %s: %w", c.Name, option, err)
	}
	r, err := s.await(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("/%s %s: %w", c.Name, option, err)
	}
	return r.Choices, nil
}

// Click uses a button or a select menu of a message and waits for the reply.
func (s *Server) Click(ctx context.Context, c Click) (Reply, error) {
	in, err := s.click(c)
	if err != nil {
		return Reply{}, fmt.Errorf("click %q: %w", c.CustomID, err)
	}
	r, err := s.await(ctx, in)
	if err != nil {
		return r, fmt.Errorf("click %q: %w", c.CustomID, err)
	}
	return r, nil
}

// Submit fills in a modal and waits for the reply.
func (s *Server) Submit(ctx context.Context, m Submission) (Reply, error) {
	in, err := s.submit(m)
	if err != nil {
		return Reply{}, fmt.Errorf("submit: %w", err)
	}
	r, err := s.await(ctx, in)
	if err != nil {
		return r, fmt.Errorf("submit: %w", err)
	}
	return r, nil
}

// WaitReply waits until the reply to an interaction is as ok wants it, for
// answers that are edited or followed up.
func (s *Server) WaitReply(ctx context.Context, interaction string, ok func(Reply) bool) (Reply, error) {
	var r Reply
	err := s.wait(ctx, func() bool {
		in := s.byID(interaction)
		if in == nil || in.answer == 0 {
			return false
		}
		r = in.reply()
		return ok(r)
	})
	if err != nil {
		return r, fmt.Errorf("no such reply: %w; it shows: %s", err, r.Text())
	}
	return r, nil
}

func (s *Server) byID(id string) *interaction {
	for _, in := range s.pending {
		if in.id == id {
			return in
		}
	}
	return nil
}

// await waits for the first answer within the time that Discord gives, and for
// the filling of a deferred one until ctx ends.
func (s *Server) await(ctx context.Context, in *interaction) (Reply, error) {
	first, cancel := context.WithDeadline(ctx, in.sent.Add(s.opts.answerWithin))
	defer cancel()
	if err := s.wait(first, func() bool { return in.answer != 0 }); err != nil {
		return Reply{Interaction: in.id}, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	err := s.wait(ctx, func() bool { return !in.waiting })
	s.mu.Lock()
	r := in.reply()
	s.mu.Unlock()
	if err != nil {
		return r, fmt.Errorf("%w: deferred and never filled: %w", ErrNoAnswer, err)
	}
	return r, nil
}

func (s *Server) command(c Command, kind int, focused string) (*interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, payload, err := s.draftInteraction(kind, c.Channel, &c.Person)
	if err != nil {
		return nil, err
	}
	data, err := s.typed(in, c, focused)
	if err != nil {
		return nil, err
	}
	payload["data"] = data
	return in, s.send(in, payload)
}

func (s *Server) click(c Click) (*interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.messages, func(m *message) bool { return m.id == c.Message && !m.deleted })
	if i < 0 {
		return nil, fmt.Errorf("no message %q", c.Message)
	}
	m := s.messages[i]
	found, ok := m.body().Find(c.CustomID)
	switch {
	case !ok:
		return nil, fmt.Errorf("the message has no such component; it shows:\n%s", m.body().Text())
	case found.Disabled:
		return nil, errors.New("the component is disabled")
	}
	data := object{"custom_id": c.CustomID, "component_type": found.Type, "id": found.ID}
	if found.Type != buttonType {
		if err := chosen(found, c.Values); err != nil {
			return nil, err
		}
		data["values"] = append([]string{}, c.Values...)
	}
	in, payload, err := s.draftInteraction(kindComponent, m.channel, &c.Person)
	if err != nil {
		return nil, err
	}
	in.source = m
	payload["message"] = m.raw
	payload["data"] = data
	return in, s.send(in, payload)
}

// chosen checks values against the select menu that they are chosen in.
func chosen(c Component, values []string) error {
	least, most := 1, 1
	if c.MinValues != nil {
		least = *c.MinValues
	}
	if c.MaxValues != nil {
		most = *c.MaxValues
	}
	if len(values) < least || len(values) > most {
		return fmt.Errorf("%d values chosen, %d to %d allowed", len(values), least, most)
	}
	if c.Type != selectType {
		return nil
	}
	for _, v := range values {
		if !slices.ContainsFunc(c.Options, func(o SelectOption) bool { return o.Value == v }) {
			return fmt.Errorf("the menu does not offer %q", v)
		}
	}
	return nil
}

func (s *Server) submit(m Submission) (*interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	opened := s.byID(m.Interaction)
	if opened == nil || opened.modal == nil {
		return nil, fmt.Errorf("interaction %q opened no modal", m.Interaction)
	}
	if m.User == "" {
		m.User = opened.user
	}
	filled, err := fill(opened.modalJSON, m.Values)
	if err != nil {
		return nil, err
	}
	in, payload, err := s.draftInteraction(kindModal, opened.channel, &m.Person)
	if err != nil {
		return nil, err
	}
	if opened.source != nil {
		in.source = opened.source
		payload["message"] = opened.source.raw
	}
	payload["data"] = object{"custom_id": opened.modal.CustomID, "components": filled}
	return in, s.send(in, payload)
}

// fill gives a modal's inputs their values, in the shape of a submission.
func fill(list []any, values map[string]string) ([]any, error) {
	out, known := []any{}, map[string]bool{}
	input := func(c object) (object, error) {
		var in Component
		convert(c, &in)
		value, given := values[in.CustomID]
		if !given {
			value = in.Value
		}
		known[in.CustomID] = true
		n := characters(value)
		switch {
		case value == "" && (in.Required == nil || *in.Required):
			return nil, fmt.Errorf("input %q is required", in.CustomID)
		case value != "" && n < in.MinLength, in.MaxLength > 0 && n > in.MaxLength, n > maxInput:
			return nil, fmt.Errorf("input %q: %d characters are not within its limits", in.CustomID, n)
		}
		o := object{"type": in.Type, "custom_id": in.CustomID, "id": in.ID}
		if in.Type == textInput {
			o["value"] = value
		} else {
			o["values"] = []string{value}
		}
		return o, nil
	}
	for _, x := range list {
		c := asObject(x)
		o := object{"type": c["type"], "id": c["id"]}
		switch {
		case asObject(c["component"]) != nil:
			inner, err := input(asObject(c["component"]))
			if err != nil {
				return nil, err
			}
			o["component"] = inner
		case len(asList(c["components"])) > 0:
			inner := []any{}
			for _, y := range asList(c["components"]) {
				v, err := input(asObject(y))
				if err != nil {
					return nil, err
				}
				inner = append(inner, v)
			}
			o["components"] = inner
		}
		out = append(out, o)
	}
	for id := range values {
		if !known[id] {
			return nil, fmt.Errorf("the modal has no input %q", id)
		}
	}
	return out, nil
}

// draftInteraction builds what all interactions share. The caller holds s.mu.
func (s *Server) draftInteraction(kind int, channelID string, p *Person) (*interaction, object, error) {
	ch := s.world.channels[channelID]
	if ch == nil {
		return nil, nil, fmt.Errorf("no channel %q", channelID)
	}
	g := s.world.guild(ch.Guild)
	if p.User == "" {
		p.User = s.world.reader
	}
	if s.world.users[p.User] == nil {
		return nil, nil, fmt.Errorf("no user %q", p.User)
	}
	if p.Permissions == 0 {
		p.Permissions = s.world.permissions(g, ch, p.User)
	}
	if p.Permissions.has(Administrator) {
		p.Permissions = allPermissions
	}
	if p.Locale == "" {
		p.Locale = "en-US"
	}
	if g.members[p.User] == nil {
		g.members[p.User] = &member{joined: time.Now()}
	}
	who := s.memberJSON(g, p.User)
	who["permissions"] = p.Permissions.String()
	in := &interaction{id: s.ids.next(), token: secret(48), kind: kind, guild: g.id, channel: ch.id, user: p.User}
	where := s.channelJSON(ch)
	where["permissions"] = p.Permissions.String()
	return in, object{
		"id": in.id, "application_id": s.world.bot, "type": kind, "token": in.token, "version": 1,
		"guild_id": g.id, "guild": object{"id": g.id, "locale": g.locale, "features": []any{}},
		"channel_id": ch.id, "channel": where, "member": who,
		"app_permissions": s.world.permissions(g, ch, s.world.bot).String(),
		"locale":          p.Locale, "guild_locale": g.locale, "context": 0,
		"authorizing_integration_owners": object{"0": g.id}, "entitlements": []any{},
		"entitlement_sku_ids": []any{}, "attachment_size_limit": maxFile,
	}, nil
}

// send dispatches an interaction. Without any session there is nobody to answer.
func (s *Server) send(in *interaction, payload object) error {
	in.sent = time.Now()
	s.pending[in.token] = in
	if s.dispatch(0, in.guild, "INTERACTION_CREATE", payload) == 0 {
		return fmt.Errorf("%w: no bot is connected", ErrNoAnswer)
	}
	return nil
}

// modalOf reads the modal of an answer.
func modalOf(data object) (*Modal, []any) {
	id := 0
	list := storedComponents(asList(data["components"]), &id)
	m := &Modal{CustomID: asString(data["custom_id"]), Title: asString(data["title"])}
	convert(list, &m.Components)
	return m, list
}

func choicesOf(data object) []Choice {
	list := []Choice{}
	raw, _ := json.Marshal(data["choices"])
	_ = json.Unmarshal(raw, &list)
	return list
}
