package discordtest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Limits of application commands.
// https://discord.com/developers/docs/interactions/application-commands
const (
	maxCommands     = 100
	maxMenuCommands = 15
	maxOptions      = 25
	maxDetails      = 100
	maxChoiceName   = 100
	maxCommandSize  = 8000
	maxCreatesToday = 200
)

// Types of command option.
const (
	optionSub         = 1
	optionGroup       = 2
	optionString      = 3
	optionInteger     = 4
	optionBoolean     = 5
	optionUser        = 6
	optionChannel     = 7
	optionRole        = 8
	optionMentionable = 9
	optionNumber      = 10
	optionAttachment  = 11
)

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func checkCommands(_ *Server, c *call) {
	list, ok := c.body.([]any)
	if !ok {
		c.command("", c.object())
		return
	}
	count, names := map[int64]int{}, map[string]bool{}
	for i, x := range list {
		o, at := asObject(x), strconv.Itoa(i)
		c.command(at, o)
		kind := max(1, asInt(o["type"]))
		count[kind]++
		key := fmt.Sprint(kind, asString(o["name"]))
		if names[key] {
			c.add(at, "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		names[key] = true
	}
	if count[1] > maxCommands || count[2] > maxMenuCommands || count[3] > maxMenuCommands {
		c.refuse(30032)
	}
}

func (ps *problems) command(path string, c object) {
	if kind := asInt(c["type"]); kind > 1 {
		ps.length(path+".name", c["name"], 1, 32, false)
		if asString(c["description"]) != "" {
			ps.add(path+".description", "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED", "Context menu commands cannot have description")
		}
		return
	}
	ps.named(path, c)
	ps.options(path, c, 0)
	if n := commandSize(c); n > maxCommandSize {
		ps.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", maxCommandSize)
	}
}

// named checks name and description of a command or an option, in all languages.
func (ps *problems) named(path string, c object) {
	valid := func(path string, v any) {
		name := asString(v)
		if !commandName.MatchString(name) || name != strings.ToLower(name) {
			ps.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
		}
	}
	valid(path+".name", c["name"])
	ps.length(path+".description", c["description"], 1, maxDetails, false)
	for locale, v := range asObject(c["name_localizations"]) {
		valid(path+".name_localizations."+locale, v)
	}
	for locale, v := range asObject(c["description_localizations"]) {
		ps.length(path+".description_localizations."+locale, v, 1, maxDetails, false)
	}
}

func (ps *problems) options(path string, c object, depth int) {
	ps.size(path+".options", c["options"], 0, maxOptions)
	names := map[string]bool{}
	optional, subs, values := false, 0, 0
	for i, x := range asList(c["options"]) {
		o, at := asObject(x), path+".options."+strconv.Itoa(i)
		ps.named(at, o)
		if names[asString(o["name"])] {
			ps.add(at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
		}
		names[asString(o["name"])] = true
		switch kind := asInt(o["type"]); {
		case kind == optionGroup && depth == 0, kind == optionSub && depth <= 1:
			subs++
			inner := 2 // below a subcommand there are only values
			if kind == optionGroup {
				inner = 1
			}
			ps.options(at, o, inner)
			if kind == optionGroup && len(asList(o["options"])) == 0 {
				ps.add(at+".options", "BASE_TYPE_REQUIRED", "This field is required")
			}
		case kind == optionGroup || kind == optionSub:
			ps.add(at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option has an invalid type for this level")
		case kind < optionSub || kind > optionAttachment:
			ps.add(at+".type", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.")
		default:
			values++
			ps.option(at, o)
			if o["required"] == true && optional {
				ps.add(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
			}
			optional = optional || o["required"] != true
		}
	}
	if subs > 0 && values > 0 {
		ps.add(path+".options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands and sub-command groups cannot be mixed with other options")
	}
}

func (ps *problems) option(path string, o object) {
	kind := asInt(o["type"])
	choices := asList(o["choices"])
	ps.size(path+".choices", choices, 0, maxChoices)
	if o["autocomplete"] == true && len(choices) > 0 {
		ps.add(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", "Autocomplete options cannot have choices")
	}
	if o["autocomplete"] == true && kind != optionString && kind != optionInteger && kind != optionNumber {
		ps.add(path+".autocomplete", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This type of option cannot be autocompleted")
	}
	if length := asInt(o["max_length"]); length > 6000 {
		ps.add(path+".max_length", "NUMBER_TYPE_MAX", "int value should be less than or equal to 6000.")
	}
	ps.choices(path+".choices", choices)
}

func (ps *problems) choices(path string, list []any) {
	for i, x := range list {
		o, at := asObject(x), path+"."+strconv.Itoa(i)
		ps.length(at+".name", o["name"], 1, maxChoiceName, false)
		if text, ok := o["value"].(string); ok {
			ps.length(at+".value", text, 1, maxChoiceName, false)
		} else if o["value"] == nil {
			ps.add(at+".value", "BASE_TYPE_REQUIRED", "This field is required")
		}
	}
}

// commandSize counts the characters of a command as Discord does: names,
// descriptions and choices, of each the longest language.
func commandSize(c object) int {
	n := longest(c["name"], c["name_localizations"]) + longest(c["description"], c["description_localizations"])
	for _, x := range asList(c["choices"]) {
		o := asObject(x)
		n += longest(o["name"], o["name_localizations"]) + characters(fmt.Sprint(o["value"]))
	}
	for _, x := range asList(c["options"]) {
		n += commandSize(asObject(x))
	}
	return n
}

func longest(v, languages any) int {
	most := characters(asString(v))
	for _, x := range asObject(languages) {
		most = max(most, characters(asString(x)))
	}
	return most
}
