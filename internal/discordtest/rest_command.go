package discordtest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// commandBook holds the registered commands by guild, global ones under "".
type commandBook struct {
	lists   map[string][]object
	created map[string]int // new names by guild and day
}

// RegisteredCommand is a command as it is registered.
type RegisteredCommand struct {
	ID          string          `json:"id"`
	Guild       string          `json:"guild_id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Type        int             `json:"type"`
	Options     []CommandOption `json:"options"`
	// DefaultPermissions is what a member needs to see it; nil for nothing.
	DefaultPermissions *string `json:"default_member_permissions"`
	Contexts           []int   `json:"contexts"`
	JSON               json.RawMessage
}

// CommandOption is an option, a subcommand or a group of a [RegisteredCommand].
type CommandOption struct {
	Name         string          `json:"name"`
	Description  string          `json:"description"`
	Type         int             `json:"type"`
	Required     bool            `json:"required"`
	Autocomplete bool            `json:"autocomplete"`
	Choices      []Choice        `json:"choices"`
	Options      []CommandOption `json:"options"`
	ChannelTypes []ChannelType   `json:"channel_types"`
	MinValue     *float64        `json:"min_value"`
	MaxValue     *float64        `json:"max_value"`
	MinLength    *int            `json:"min_length"`
	MaxLength    *int            `json:"max_length"`
}

// Choice is one choice of an option, or of an autocomplete.
type Choice struct {
	Name  string `json:"name"`
	Value any    `json:"value"` // a string or a number
}

// Commands lists the commands registered for a guild, or the global ones for "".
func (s *Server) Commands(guildID string) []RegisteredCommand {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []RegisteredCommand
	for _, o := range s.commands.lists[guildID] {
		list = append(list, registered(o))
	}
	return list
}

func registered(o object) RegisteredCommand {
	var c RegisteredCommand
	convert(o, &c)
	c.JSON, _ = json.Marshal(o)
	return c
}

// WaitCommand waits for a slash command to be registered, for the guild or globally.
func (s *Server) WaitCommand(ctx context.Context, guildID, name string) (RegisteredCommand, error) {
	var found object
	err := s.wait(ctx, func() bool {
		found = s.commands.find(guildID, name)
		return found != nil
	})
	if err != nil {
		return RegisteredCommand{}, fmt.Errorf("command %q is not registered: %w", name, err)
	}
	return registered(found), nil
}

// find looks a slash command up as a member of the guild sees it.
func (b *commandBook) find(guildID, name string) object {
	for _, scope := range []string{guildID, ""} {
		for _, o := range b.lists[scope] {
			if asString(o["name"]) == name && asInt(o["type"]) == 1 {
				return o
			}
		}
	}
	return nil
}

// shelf finds the list that a call is about.
func (s *Server) shelf(c *call) (guildID string, e *apiError) {
	if c.path("application_id") != s.world.bot {
		return "", knownError(20012)
	}
	guildID = c.path("guild_id")
	if guildID != "" && s.world.guild(guildID) == nil {
		return "", knownError(50001)
	}
	if s.commands.lists == nil {
		s.commands.lists, s.commands.created = map[string][]object{}, map[string]int{}
	}
	return guildID, nil
}

func listCommands(s *Server, c *call) (int, any, *apiError) {
	guildID, e := s.shelf(c)
	if e != nil {
		return 0, nil, e
	}
	list := []any{}
	for _, o := range s.commands.lists[guildID] {
		list = append(list, o)
	}
	return http.StatusOK, list, nil
}

func getCommand(s *Server, c *call) (int, any, *apiError) {
	guildID, e := s.shelf(c)
	if e != nil {
		return 0, nil, e
	}
	for _, o := range s.commands.lists[guildID] {
		if o["id"] == c.path("command_id") {
			return http.StatusOK, o, nil
		}
	}
	return 0, nil, knownError(10063)
}

func deleteCommand(s *Server, c *call) (int, any, *apiError) {
	guildID, e := s.shelf(c)
	if e != nil {
		return 0, nil, e
	}
	list := s.commands.lists[guildID]
	left := slices.DeleteFunc(slices.Clone(list), func(o object) bool { return o["id"] == c.path("command_id") })
	if len(left) == len(list) {
		return 0, nil, knownError(10063)
	}
	s.commands.lists[guildID] = left
	s.notify()
	return http.StatusNoContent, nil, nil
}

func putCommands(s *Server, c *call) (int, any, *apiError) {
	guildID, e := s.shelf(c)
	if e != nil {
		return 0, nil, e
	}
	old := s.commands.lists[guildID]
	list, answer := []object{}, []any{}
	for _, x := range asList(c.body) {
		o, _, e := s.register(guildID, old, asObject(x))
		if e != nil {
			return 0, nil, e
		}
		list = append(list, o)
		answer = append(answer, o)
	}
	s.commands.lists[guildID] = list
	s.notify()
	return http.StatusOK, answer, nil
}

func postCommand(s *Server, c *call) (int, any, *apiError) {
	guildID, e := s.shelf(c)
	if e != nil {
		return 0, nil, e
	}
	list := s.commands.lists[guildID]
	o, at, e := s.register(guildID, list, c.object())
	if e != nil {
		return 0, nil, e
	}
	status := http.StatusOK
	if at >= 0 {
		list = slices.Clone(list)
		list[at] = o
	} else {
		if len(list) >= maxCommands {
			return 0, nil, knownError(30032)
		}
		list, status = append(list, o), http.StatusCreated
	}
	s.commands.lists[guildID] = list
	s.notify()
	return status, o, nil
}

// register makes the stored form of a command. One that exists under the same
// name and type, at index at, keeps its id; a new name counts towards the day's creates.
func (s *Server) register(guildID string, old []object, in object) (o object, at int, e *apiError) {
	o = object{"type": 1, "default_member_permissions": nil, "description": "", "nsfw": false, "contexts": nil, "integration_types": []any{0}}
	for k, v := range in {
		if v != nil {
			o[k] = v
		}
	}
	if list, ok := o["options"].([]any); ok {
		o["options"] = storedOptions(list)
	}
	if p := o["default_member_permissions"]; p != nil {
		o["default_member_permissions"] = fmt.Sprint(p)
	}
	if guildID != "" {
		o["guild_id"] = guildID
	}
	o["application_id"] = s.world.bot
	at = slices.IndexFunc(old, func(x object) bool {
		return x["name"] == o["name"] && asInt(x["type"]) == asInt(o["type"])
	})
	if at >= 0 {
		o["id"], o["version"] = old[at]["id"], old[at]["version"]
		if !same(o, old[at]) {
			o["version"] = s.ids.next()
		}
		return o, at, nil
	}
	day := guildID + time.Now().UTC().Format(time.DateOnly)
	if s.commands.created[day]++; s.commands.created[day] > maxCreatesToday {
		return nil, -1, knownError(30034)
	}
	o["id"], o["version"] = s.ids.next(), s.ids.next()
	return o, at, nil
}

// storedOptions leaves out what is null and what does not belong to an option's type.
func storedOptions(list []any) []any {
	out := []any{}
	for _, x := range list {
		in, o := asObject(x), object{}
		kind := asInt(in["type"])
		for k, v := range in {
			switch k {
			case "options":
				if inner, ok := v.([]any); ok && kind <= optionGroup {
					o[k] = storedOptions(inner)
				}
				continue
			case "required":
				if v != true {
					continue
				}
			case "autocomplete", "choices":
				if kind != optionString && kind != optionInteger && kind != optionNumber {
					continue
				}
			case "channel_types":
				if kind != optionChannel {
					continue
				}
			}
			if v != nil {
				o[k] = v
			}
		}
		out = append(out, o)
	}
	return out
}

func same(a, b object) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	for _, k := range []string{"id", "version"} {
		delete(a, k)
		delete(b, k)
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}
