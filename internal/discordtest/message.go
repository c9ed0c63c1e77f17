package discordtest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Message flags.
const (
	Crossposted           = 1 << 0
	SuppressEmbeds        = 1 << 2
	Ephemeral             = 1 << 6
	Loading               = 1 << 7
	SuppressNotifications = 1 << 12
	ComponentsV2          = 1 << 15
)

// Message is a message as it stands when it is asked for. It is a copy.
type Message struct {
	ID, Channel, Author string
	Nonce               string // "" if it had none
	Interaction         string // the interaction that it answers, if any
	Body
	Created time.Time
	Edited  time.Time // zero if it never was
	Deleted bool
	// Mentions, MentionRoles and MentionEveryone are who is really pinged, now.
	Mentions, MentionRoles []string
	MentionEveryone        bool
	Files                  []File
	// History holds every state of the message, the first one and the present one included.
	History []Revision
	// JSON is the message as Discord answers it.
	JSON json.RawMessage
}

// Body is what a message says.
type Body struct {
	Content    string
	Embeds     []Embed
	Components []Component
	Flags      int
}

// Revision is one state of a message.
type Revision struct {
	At time.Time
	Body
	// Request is the JSON that led to it.
	Request json.RawMessage
}

// File is an attachment.
type File struct {
	Name, Type string
	Data       []byte
}

// Embed is the part of an embed that tests look at.
type Embed struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	Color       int    `json:"color"`
	Timestamp   string `json:"timestamp"`
	Author      struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	} `json:"author"`
	Footer struct {
		Text string `json:"text"`
	} `json:"footer"`
	Fields []EmbedField `json:"fields"`
	Image  struct {
		URL string `json:"url"`
	} `json:"image"`
	Thumbnail struct {
		URL string `json:"url"`
	} `json:"thumbnail"`
}

// EmbedField is one field of an [Embed].
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// Component is any component; which fields count depends on its type.
type Component struct {
	Type        int            `json:"type"`
	ID          int            `json:"id"`
	CustomID    string         `json:"custom_id"`
	Label       string         `json:"label"`
	Description string         `json:"description"`
	Style       int            `json:"style"`
	URL         string         `json:"url"`
	Disabled    bool           `json:"disabled"`
	Content     string         `json:"content"`
	Placeholder string         `json:"placeholder"`
	Value       string         `json:"value"`
	Required    *bool          `json:"required"`
	MinLength   int            `json:"min_length"`
	MaxLength   int            `json:"max_length"`
	MinValues   *int           `json:"min_values"`
	MaxValues   *int           `json:"max_values"`
	Options     []SelectOption `json:"options"`
	Components  []Component    `json:"components"`
	Component   *Component     `json:"component"`
	Accessory   *Component     `json:"accessory"`
}

// SelectOption is one choice of a select menu.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description"`
	Default     bool   `json:"default"`
}

// Text is what a reader sees, one part a line: content, embeds from top to
// bottom, texts of components, labels of buttons. Of several embeds with the same
// URL Discord shows only the first, and so does Text.
func (b Body) Text() string {
	var lines []string
	add := func(parts ...string) {
		for _, p := range parts {
			if p != "" {
				lines = append(lines, p)
			}
		}
	}
	add(b.Content)
	seen := map[string]bool{}
	for _, e := range b.Embeds {
		if e.URL != "" && seen[e.URL] {
			continue
		}
		seen[e.URL] = true
		add(e.Author.Name, e.Title, e.Description)
		for _, f := range e.Fields {
			add(f.Name, f.Value)
		}
		add(e.Footer.Text)
	}
	for c := range components(b.Components) {
		add(c.Content, c.Label)
	}
	return strings.Join(lines, "\n")
}

// Find returns the component with a custom ID, at any depth.
func (b Body) Find(customID string) (Component, bool) {
	for c := range components(b.Components) {
		if c.CustomID == customID {
			return c, true
		}
	}
	return Component{}, false
}

// Button returns the first button with a label, at any depth.
func (b Body) Button(label string) (Component, bool) {
	for c := range components(b.Components) {
		if c.Type == buttonType && c.Label == label {
			return c, true
		}
	}
	return Component{}, false
}

// components walks a tree of components, outer ones first.
func components(list []Component) func(yield func(Component) bool) {
	return func(yield func(Component) bool) {
		var walk func([]Component) bool
		walk = func(list []Component) bool {
			for _, c := range list {
				if !yield(c) || !walk(c.Components) {
					return false
				}
				if c.Component != nil && !walk([]Component{*c.Component}) {
					return false
				}
				if c.Accessory != nil && !walk([]Component{*c.Accessory}) {
					return false
				}
			}
			return true
		}
		walk(list)
	}
}

// message is a message in the fake's memory. raw is replaced, never changed, by an edit.
type message struct {
	raw         object
	id, channel string
	author      string
	nonce       string
	interaction string
	ephemeral   bool
	deleted     bool
	files       []File
	created     time.Time
	edited      time.Time
	history     []Revision
}

func (m *message) flags() int64 { return asInt(m.raw["flags"]) }

// set replaces fields of the message and notes the new state in its history.
func (m *message) set(fields object, request json.RawMessage, now time.Time) {
	raw := maps.Clone(m.raw)
	maps.Copy(raw, fields)
	m.raw = raw
	m.history = append(m.history, Revision{At: now, Body: m.body(), Request: request})
}

func (m *message) body() Body {
	b := Body{Content: asString(m.raw["content"]), Flags: int(m.flags())}
	convert(m.raw["embeds"], &b.Embeds)
	convert(m.raw["components"], &b.Components)
	return b
}

// convert copies JSON values into structs; what does not fit is left out, for
// the request was checked before it came so far.
func convert(from, into any) {
	data, err := json.Marshal(from)
	if err == nil {
		_ = json.Unmarshal(data, into)
	}
}

func (m *message) public() Message {
	data, _ := json.Marshal(m.raw)
	p := Message{
		ID: m.id, Channel: m.channel, Author: m.author, Nonce: m.nonce, Interaction: m.interaction,
		Body: m.body(), Created: m.created, Edited: m.edited, Deleted: m.deleted,
		Files: slices.Clone(m.files), History: slices.Clone(m.history), JSON: data,
	}
	for _, u := range asList(m.raw["mentions"]) {
		p.Mentions = append(p.Mentions, asString(asObject(u)["id"]))
	}
	for _, r := range asList(m.raw["mention_roles"]) {
		p.MentionRoles = append(p.MentionRoles, asString(r))
	}
	p.MentionEveryone = m.raw["mention_everyone"] == true
	return p
}

// Messages lists what a channel shows to everybody, oldest first: without
// deleted messages and ephemeral replies.
func (s *Server) Messages(channelID string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Message
	for _, m := range s.messages {
		if m.channel == channelID && !m.deleted && !m.ephemeral {
			list = append(list, m.public())
		}
	}
	return list
}

// Message returns any message that ever was, deleted and ephemeral ones included.
func (s *Server) Message(id string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.id == id {
			return m.public(), true
		}
	}
	return Message{}, false
}

// WaitMessage returns the first message of a channel, in the order of
// [Server.Messages], that ok accepts; it waits for it to appear or to be edited so. When
// ctx ends first, the error shows what the channel holds.
func (s *Server) WaitMessage(ctx context.Context, channelID string, ok func(Message) bool) (Message, error) {
	var found Message
	err := s.wait(ctx, func() bool {
		for _, m := range s.messages {
			if m.channel != channelID || m.deleted || m.ephemeral {
				continue
			}
			if p := m.public(); ok(p) {
				found = p
				return true
			}
		}
		return false
	})
	if err == nil {
		return found, nil
	}
	var held strings.Builder
	for _, m := range s.Messages(channelID) {
		fmt.Fprintf(&held, "\n--- %s\n%s", m.ID, m.Text())
	}
	if held.Len() == 0 {
		held.WriteString(" nothing")
	}
	return Message{}, fmt.Errorf("no such message in channel %s: %w; it holds:%s", channelID, err, held.String())
}

// Containing accepts messages whose text has all of parts, for [Server.WaitMessage].
func Containing(parts ...string) func(Message) bool {
	return func(m Message) bool {
		text := m.Text()
		for _, p := range parts {
			if !strings.Contains(text, p) {
				return false
			}
		}
		return true
	}
}

// Post lets somebody write into a channel and returns the message's ID.
func (s *Server) Post(channelID, user, content string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.store(channelID, user, object{"content": content}, nil, nil, object{"parse": []any{"users"}})
	return m.id
}

// DeleteMessage deletes a message as a moderator would; unknown ones are ignored.
func (s *Server) DeleteMessage(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.id == id && !m.deleted {
			s.remove(m)
		}
	}
}

func (s *Server) remove(m *message) {
	m.deleted = true
	if c := s.world.channels[m.channel]; c != nil && !m.ephemeral {
		s.dispatch(intentGuildMessages, c.Guild, "MESSAGE_DELETE",
			object{"id": m.id, "channel_id": m.channel, "guild_id": c.Guild})
	}
	s.notify()
}

// live finds a message of a channel that REST shows.
func (s *Server) live(channelID, id string) *message {
	for _, m := range s.messages {
		if m.id == id && m.channel == channelID && !m.deleted && !m.ephemeral {
			return m
		}
	}
	return nil
}
