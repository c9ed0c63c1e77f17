package discord

import (
	"encoding/json"
	"fmt"
	"strings"

	"tocsin/bot"
)

// message is a rendered message: the form of [bot.Delivery.Payload], and what a
// POST sends beside the nonce. Content holds a mention or nothing; it belongs to the
// first post and is never edited.
type message struct {
	Content  string   `json:"content,omitempty"`
	Embeds   []embed  `json:"embeds"`
	Mentions mentions `json:"allowed_mentions"`
	Flags    int      `json:"flags,omitempty"`
}

// flagSilent is SUPPRESS_NOTIFICATIONS: the message rings nowhere.
const flagSilent = 1 << 12

// mentions says who a message may ping. Without it Discord pings whatever the
// text names, so it stands in each message, and in each edit.
type mentions struct {
	Parse []string `json:"parse"` // always empty, never null
	Roles []string `json:"roles,omitempty"`
}

func noMentions() mentions { return mentions{Parse: []string{}} }

type embed struct {
	Author      *embedAuthor `json:"author,omitempty"`
	Title       string       `json:"title,omitempty"`
	URL         string       `json:"url,omitempty"`
	Description string       `json:"description,omitempty"`
	Color       int          `json:"color"`
}

type embedAuthor struct {
	Name string `json:"name"`
}

func readPayload(d bot.Delivery) (message, error) {
	var m message
	if err := json.Unmarshal(d.Payload, &m); err != nil {
		return m, fmt.Errorf("discord: %w: the payload of delivery %d cannot be read: %w", bot.ErrRefused, d.ID, err)
	}
	if m.Embeds == nil {
		return m, fmt.Errorf("discord: %w: the payload of delivery %d holds no embed", bot.ErrRefused, d.ID)
	}
	m.Mentions.Parse = []string{}
	return m, nil
}

// posted is what we read of a message that stands in a channel.
type posted struct {
	ID     string `json:"id"`
	Author struct {
		ID string `json:"id"`
	} `json:"author"`
	Content string          `json:"content"`
	Embeds  []embed         `json:"embeds"`
	Nonce   json.RawMessage `json:"nonce"` // Discord may leave it out
}

// shows reports whether p says what m says. Discord trims white space and may
// rewrite addresses, so only words count.
func (p posted) shows(m message) bool {
	if len(p.Embeds) != len(m.Embeds) {
		return false
	}
	for i, e := range m.Embeds {
		if p.Embeds[i].words() != e.words() {
			return false
		}
	}
	return true
}

func (e embed) words() string {
	name := ""
	if e.Author != nil {
		name = e.Author.Name
	}
	return strings.TrimSpace(name) + "\x00" + strings.TrimSpace(e.Title) + "\x00" + strings.TrimSpace(e.Description)
}

// deletedMessage is the id of a message that arrived and was deleted before
// Discord told us its id; an edit of it finds it gone.
const deletedMessage = "deleted"
