package discord

import (
	"context"

	"github.com/bwmarrin/discordgo"
)

// command is a slash command and what it does.
type command struct {
	spec commandSpec
	// needs is what a member must be allowed to do. Discord hides the command from
	// others unless the server's administrators decide otherwise; it is checked all the same.
	needs    rights
	run      func(context.Context, *call) (reply, error)
	complete map[string]completer // by option
}

// completer offers choices for what has been typed of an option so far.
type completer func(ctx context.Context, c *call, typed string) ([]choice, error)

// commandSpec is how a command is registered.
//
// https://discord.com/developers/docs/interactions/application-commands
type commandSpec struct {
	Name        string       `json:"name"`
	Description string       `json:"description"`
	Options     []optionSpec `json:"options,omitempty"`
	// Permissions is what a member needs unless administrators decide otherwise; nil for nothing.
	Permissions *string `json:"default_member_permissions"`
	Contexts    []int   `json:"contexts"`
	Install     []int   `json:"integration_types"`
}

// Types of option.
const (
	optionText    = 3
	optionNumber  = 4
	optionChannel = 7
	optionRole    = 8
)

type optionSpec struct {
	Type         int      `json:"type"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	Required     bool     `json:"required,omitempty"`
	Autocomplete bool     `json:"autocomplete,omitempty"`
	Choices      []choice `json:"choices,omitempty"`
	ChannelTypes []int    `json:"channel_types,omitempty"`
	Min          int      `json:"min_value,omitempty"`
	Max          int      `json:"max_value,omitempty"`
	MinLength    int      `json:"min_length,omitempty"`
	MaxLength    int      `json:"max_length,omitempty"`
}

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type choices struct {
	Choices []choice `json:"choices"`
}

// commands are all there are, in the order of /help.
func commands() []command {
	list := []command{
		subscribeCommand(), unsubscribeCommand(), subscriptionsCommand(),
		digestCommand(), searchCommand(), latestCommand(),
		rulesCommand(), statusCommand(),
	}
	list = append(list, helpCommand(list))
	for i := range list {
		list[i].spec.Contexts = []int{0} // in servers only
		list[i].spec.Install = []int{0}  // of servers, not of users
		if list[i].needs != 0 {
			bits := permissionBits(list[i].needs)
			list[i].spec.Permissions = &bits
		}
	}
	return list
}

// needsManager is what changes of subscriptions need.
const needsManager rights = discordgo.PermissionManageChannels

// Options that several commands share.
var (
	ruleOption = optionSpec{
		Type: optionText, Name: "rule", Description: "Only what this rule matched",
		Autocomplete: true, MinLength: 1, MaxLength: 100,
	}
	sourceOption = optionSpec{
		Type: optionText, Name: "source", Description: "Only from this source",
		Autocomplete: true, MinLength: 1, MaxLength: 100,
	}
	pageOption = optionSpec{
		Type: optionNumber, Name: "page", Description: "Which page of the answers (1 is the first)",
		Min: 1, Max: maxPage,
	}
)

const maxPage = 50
