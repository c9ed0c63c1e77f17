package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Types of interaction.
// https://discord.com/developers/docs/interactions/receiving-and-responding
const (
	interactionCommand      = 2
	interactionAutocomplete = 4
)

// interaction is what somebody did, as far as we read it. discordgo's own
// type cannot be decoded once a component of an unknown type is in it.
type interaction struct {
	ID          string `json:"id"`
	Application string `json:"application_id"`
	Type        int    `json:"type"`
	Token       string `json:"token"`
	Guild       string `json:"guild_id"`
	Channel     string `json:"channel_id"`
	Member      struct {
		User        user   `json:"user"`
		Permissions rights `json:"permissions"`
	} `json:"member"`
	AppPermissions rights          `json:"app_permissions"` // ours, in Channel
	RawData        json.RawMessage `json:"data"`
	data           interactionData
}

type user struct {
	ID string `json:"id"`
}

// interactionData is the data of a command, or of an autocomplete.
type interactionData struct {
	Name     string   `json:"name"`
	Options  []option `json:"options"`
	Resolved struct {
		Channels map[string]resolvedChannel `json:"channels"`
		Roles    map[string]resolvedRole    `json:"roles"`
	} `json:"resolved"`
}

type option struct {
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
}

type resolvedChannel struct {
	Name  string `json:"name"`
	Type  int    `json:"type"`
	Guild string `json:"guild_id"` // not always there
	// AppPermissions are ours there; nil where Discord does not tell them.
	AppPermissions *rights `json:"app_permissions"`
}

type resolvedRole struct {
	Name        string `json:"name"`
	Mentionable bool   `json:"mentionable"`
}

// rights is a set of permissions, which Discord writes as a decimal string.
type rights int64

// UnmarshalJSON reads a string or a number. What is neither gives no permissions.
func (r *rights) UnmarshalJSON(data []byte) error {
	n, _ := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64)
	*r = rights(n)
	return nil
}

// errNoInteraction: the event cannot even be answered.
var errNoInteraction = errors.New("the interaction cannot be read")

// decodeInteraction reads an INTERACTION_CREATE event. Data that cannot be read
// leaves the interaction with no command in it, since it can still be answered.
func decodeInteraction(event []byte) (*interaction, error) {
	var in interaction
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoInteraction, err)
	}
	if !snowflake.MatchString(in.ID) || in.Token == "" || strings.ContainsAny(in.Token, "/?#\r\n") || !snowflake.MatchString(in.Application) {
		return nil, fmt.Errorf("%w: no id, application or token", errNoInteraction)
	}
	if in.Type == interactionCommand || in.Type == interactionAutocomplete {
		var data interactionData
		if json.Unmarshal(in.RawData, &data) == nil {
			in.data = data
		}
	}
	in.RawData = nil
	return &in, nil
}

// text is the value of an option that holds a text or an id; "" if it is not given.
func (in *interaction) text(name string) string {
	for _, o := range in.data.Options {
		var s string
		if o.Name == name && json.Unmarshal(o.Value, &s) == nil {
			return strings.TrimSpace(s)
		}
	}
	return ""
}

// list is the value of an option that names several things with commas between.
func (in *interaction) list(name string) []string {
	var out []string
	for s := range strings.SplitSeq(in.text(name), ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// number is the value of an option that holds a whole number, within bounds; the
// default if it is not given.
func (in *interaction) number(name string, least, most, otherwise int) int {
	for _, o := range in.data.Options {
		var n int
		if o.Name == name && json.Unmarshal(o.Value, &n) == nil {
			return min(max(n, least), most)
		}
	}
	return otherwise
}

// focused is the option that is being typed, and the text so far.
func (in *interaction) focused() (name, typed string) {
	for _, o := range in.data.Options {
		if o.Focused {
			_ = json.Unmarshal(o.Value, &typed) // a number has no text to complete
			return o.Name, typed
		}
	}
	return "", ""
}
