package discordtest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// typed builds the data of a slash command from what is registered. focused is the
// option that an autocomplete is asked for, "" for a command. The caller holds s.mu.
func (s *Server) typed(in *interaction, c Command, focused string) (object, error) {
	words := strings.Fields(c.Name)
	if len(words) == 0 {
		return nil, fmt.Errorf("a command has a name")
	}
	raw := s.commands.find(in.guild, words[0])
	if raw == nil {
		return nil, fmt.Errorf("no such command is registered")
	}
	cmd := registered(raw)
	if err := offered(cmd, c.Person); err != nil {
		return nil, err
	}
	data := object{"id": cmd.ID, "name": cmd.Name, "type": 1}
	if cmd.Guild != "" {
		data["guild_id"] = cmd.Guild
	}
	options := cmd.Options
	var nest []CommandOption // the group and the subcommand on the way
	for _, w := range words[1:] {
		i := slices.IndexFunc(options, func(o CommandOption) bool { return o.Name == w && o.Type <= optionGroup })
		if i < 0 {
			return nil, fmt.Errorf("no subcommand %q", w)
		}
		nest = append(nest, options[i])
		options = options[i].Options
	}
	if len(options) > 0 && options[0].Type <= optionGroup {
		return nil, fmt.Errorf("a subcommand is missing: %s", optionNames(options))
	}
	values, resolved, err := s.values(in, options, c.Options, focused)
	if err != nil {
		return nil, err
	}
	for _, o := range slices.Backward(nest) {
		values = []any{object{"name": o.Name, "type": o.Type, "options": values}}
	}
	if len(values) > 0 {
		data["options"] = values
	}
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	return data, nil
}

func optionNames(list []CommandOption) string {
	var names []string
	for _, o := range list {
		names = append(names, o.Name)
	}
	return strings.Join(names, ", ")
}

// offered says whether Discord shows the command to somebody in a guild.
func offered(c RegisteredCommand, p Person) error {
	if c.Contexts != nil && !slices.Contains(c.Contexts, 0) {
		return fmt.Errorf("%w: not in guilds", ErrHidden)
	}
	if !p.Override && c.DefaultPermissions != nil && p.Permissions != allPermissions {
		need, _ := strconv.ParseInt(*c.DefaultPermissions, 10, 64)
		if need == 0 || !p.Permissions.has(Permissions(need)) {
			return fmt.Errorf("%w: it needs the permissions %d", ErrHidden, need)
		}
	}
	if !p.Permissions.has(UseApplicationCommand) {
		return fmt.Errorf("%w: no permission to use commands", ErrHidden)
	}
	return nil
}

// values checks what is given against the options and resolves the IDs in it.
func (s *Server) values(in *interaction, options []CommandOption, given map[string]any, focused string) ([]any, object, error) {
	for name := range given {
		if !slices.ContainsFunc(options, func(o CommandOption) bool { return o.Name == name }) {
			return nil, nil, fmt.Errorf("no option %q; there are: %s", name, optionNames(options))
		}
	}
	list, resolved := []any{}, object{}
	for _, o := range options {
		v, ok := given[o.Name]
		switch {
		case o.Name == focused:
			if !o.Autocomplete {
				return nil, nil, fmt.Errorf("option %q has no autocomplete", o.Name)
			}
			text := ""
			if ok {
				text = fmt.Sprint(v)
			}
			list = append(list, object{"name": o.Name, "type": o.Type, "value": text, "focused": true})
			continue
		case !ok && o.Required && focused == "":
			return nil, nil, fmt.Errorf("option %q is required", o.Name)
		case !ok:
			continue
		}
		value, err := s.value(in, o, v, resolved)
		if err != nil {
			return nil, nil, fmt.Errorf("option %q: %w", o.Name, err)
		}
		list = append(list, object{"name": o.Name, "type": o.Type, "value": value})
	}
	if focused != "" && !slices.ContainsFunc(options, func(o CommandOption) bool { return o.Name == focused }) {
		return nil, nil, fmt.Errorf("no option %q; there are: %s", focused, optionNames(options))
	}
	return list, resolved, nil
}

func (s *Server) value(in *interaction, o CommandOption, v any, resolved object) (any, error) {
	switch o.Type {
	case optionString:
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("%v is not a text", v)
		}
		most := 6000
		if o.MaxLength != nil {
			most = *o.MaxLength
		}
		if n := characters(text); n > most || o.MinLength != nil && n < *o.MinLength || n == 0 {
			return nil, fmt.Errorf("%d characters are not within its limits", n)
		}
		return text, choice(o, text)
	case optionInteger, optionNumber:
		return number(o, v)
	case optionBoolean:
		b, ok := v.(bool)
		if !ok {
			return nil, fmt.Errorf("%v is not true or false", v)
		}
		return b, nil
	case optionAttachment:
		f, ok := v.(File)
		if !ok {
			return nil, fmt.Errorf("%v is not a File", v)
		}
		a := s.attachment(in.channel, f)
		put(resolved, "attachments", asString(a["id"]), a)
		return a["id"], nil
	}
	id, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("%v is not an ID", v)
	}
	return id, s.resolve(in, o, id, resolved)
}

func number(o CommandOption, v any) (any, error) {
	n, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%v is not a number", v)
	case o.Type == optionInteger && n != float64(int64(n)):
		return nil, fmt.Errorf("%v is not a whole number", v)
	case o.MinValue != nil && n < *o.MinValue, o.MaxValue != nil && n > *o.MaxValue:
		return nil, fmt.Errorf("%v is not within its limits", v)
	}
	if o.Type == optionInteger {
		return int64(n), choice(o, n)
	}
	return n, choice(o, n)
}

// choice checks a value against the fixed choices, if there are any.
func choice(o CommandOption, v any) error {
	if len(o.Choices) == 0 || slices.ContainsFunc(o.Choices, func(c Choice) bool { return c.Value == v }) {
		return nil
	}
	return fmt.Errorf("%v is not one of its choices", v)
}

// resolve adds what an ID stands for to the resolved data.
func (s *Server) resolve(in *interaction, o CommandOption, id string, resolved object) error {
	g := s.world.guild(in.guild)
	if u := s.world.users[id]; u != nil && (o.Type == optionUser || o.Type == optionMentionable) {
		put(resolved, "users", id, userJSON(u))
		if m := s.memberJSON(g, id); m != nil {
			for _, k := range []string{"user", "mute", "deaf"} {
				delete(m, k)
			}
			m["permissions"] = s.world.permissions(g, s.world.channels[in.channel], id).String()
			put(resolved, "members", id, m)
		}
		return nil
	}
	if r := g.role(id); r != nil && (o.Type == optionRole || o.Type == optionMentionable) {
		put(resolved, "roles", id, roleJSON(r, slices.Index(g.roles, r)))
		return nil
	}
	if c := s.world.channels[id]; c != nil && o.Type == optionChannel {
		if c.Guild != g.id {
			return fmt.Errorf("channel %s is in another guild", id)
		}
		if len(o.ChannelTypes) > 0 && !slices.Contains(o.ChannelTypes, c.Type) {
			return fmt.Errorf("channels of type %d are not offered", c.Type)
		}
		full, part := s.channelJSON(c), object{}
		for _, k := range []string{"id", "name", "type", "parent_id", "thread_metadata", "position", "topic", "nsfw", "last_message_id", "flags", "guild_id"} {
			if v, ok := full[k]; ok {
				part[k] = v
			}
		}
		part["permissions"] = s.world.permissions(g, c, in.user).String()
		part["app_permissions"] = s.world.permissions(g, c, s.world.bot).String()
		put(resolved, "channels", id, part)
		return nil
	}
	return fmt.Errorf("nothing there has the ID %q", id)
}

// put adds to a map of maps.
func put(resolved object, kind, id string, v any) {
	inner := maps.Clone(asObject(resolved[kind]))
	if inner == nil {
		inner = object{}
	}
	inner[id] = v
	resolved[kind] = inner
}
