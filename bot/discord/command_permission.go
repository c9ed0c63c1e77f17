package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"tocsin/bot"
)

// have reports whether all of want is there; an administrator has everything.
func (r rights) have(want rights) bool {
	return r&discordgo.PermissionAdministrator != 0 || r&want == want
}

// Types of channel.
const (
	channelText               = 0
	channelAnnouncement       = 5
	channelAnnouncementThread = 10
	channelPublicThread       = 11
	channelPrivateThread      = 12
)

// place is a channel of a guild, and what we may do there.
type place struct {
	ID     string      `json:"id"`
	Guild  string      `json:"guild_id"`
	Type   int         `json:"type"`
	Name   string      `json:"name"`
	Parent string      `json:"parent_id"`
	Over   []overwrite `json:"permission_overwrites"`
	ours   rights
}

type overwrite struct {
	ID    string `json:"id"` // of a role or a member
	Allow rights `json:"allow"`
	Deny  rights `json:"deny"`
}

func (p place) thread() bool {
	return p.Type == channelAnnouncementThread || p.Type == channelPublicThread || p.Type == channelPrivateThread
}

// place looks up the channel that a command is about: the one named by the option
// "channel", else the one the command was given in.
func (c *call) place(ctx context.Context) (place, error) {
	id := c.text("channel")
	if id == "" {
		id = c.Channel
	}
	if !snowflake.MatchString(id) {
		return place{}, &bot.InputError{Sentence: "That is not a channel of this server."}
	}
	var p place
	err := c.bot.call(ctx, http.MethodGet, "/channels/"+id, nil, &p)
	if errors.Is(err, bot.ErrDestination) {
		return place{}, &bot.InputError{Sentence: "I cannot see that channel. Give me the permission View Channel there, and use the command again."}
	}
	if err != nil {
		return place{}, err
	}
	if p.Guild != c.Guild {
		return place{}, &bot.InputError{Sentence: "That channel is not in this server."}
	}
	told := c.data.Resolved.Channels[id].AppPermissions
	switch {
	case id == c.Channel:
		p.ours = c.AppPermissions
	case told != nil:
		p.ours = *told
	default:
		p.ours, err = c.compute(ctx, p)
	}
	return p, err
}

// compute works out what we may do in a channel, in the order that Discord
// documents: roles, then the channel's overwrites for everyone, for our roles
// and for ourselves.
//
// https://discord.com/developers/docs/topics/permissions#permission-hierarchy
func (c *call) compute(ctx context.Context, p place) (rights, error) {
	me, err := c.bot.selfID(ctx)
	if err != nil {
		return 0, err
	}
	var member struct {
		Roles []string `json:"roles"`
	}
	var roles []struct {
		ID          string `json:"id"`
		Permissions rights `json:"permissions"`
	}
	if err := c.bot.call(ctx, http.MethodGet, "/guilds/"+c.Guild+"/members/"+me, nil, &member); err != nil {
		return 0, err
	}
	if err := c.bot.call(ctx, http.MethodGet, "/guilds/"+c.Guild+"/roles", nil, &roles); err != nil {
		return 0, err
	}
	if p.thread() && snowflake.MatchString(p.Parent) {
		if err := c.bot.call(ctx, http.MethodGet, "/channels/"+p.Parent, nil, &p); err != nil {
			return 0, err
		}
	}
	var base rights
	for _, r := range roles {
		if r.ID == c.Guild || slices.Contains(member.Roles, r.ID) {
			base |= r.Permissions
		}
	}
	var everyone, ofRoles, own overwrite
	for _, o := range p.Over {
		switch {
		case o.ID == c.Guild:
			everyone = o
		case o.ID == me:
			own = o
		case slices.Contains(member.Roles, o.ID):
			ofRoles.Allow |= o.Allow
			ofRoles.Deny |= o.Deny
		}
	}
	if base.have(discordgo.PermissionAdministrator) {
		return base, nil
	}
	for _, o := range []overwrite{everyone, ofRoles, own} {
		base = base&^o.Deny | o.Allow
	}
	return base, nil
}

// right is a permission and what Discord calls it.
type right struct {
	bit  rights
	name string
}

// missing names what we lack to post in p.
func (p place) missing() []string {
	send := right{discordgo.PermissionSendMessages, "Send Messages"}
	if p.thread() {
		send = right{discordgo.PermissionSendMessagesInThreads, "Send Messages in Threads"}
	}
	return p.lack(
		right{discordgo.PermissionViewChannel, "View Channel"}, send,
		right{discordgo.PermissionEmbedLinks, "Embed Links"},
	)
}

func (p place) lack(wanted ...right) []string {
	var names []string
	for _, w := range wanted {
		if !p.ours.have(w.bit) {
			names = append(names, w.name)
		}
	}
	return names
}

// checkPost refuses a channel in which we cannot post, and says what is missing.
func (c *call) checkPost(p place) error {
	switch p.Type {
	case channelText, channelAnnouncement, channelAnnouncementThread, channelPublicThread, channelPrivateThread:
	default:
		return &bot.InputError{Sentence: "I cannot post in that kind of channel. Choose a text channel, an announcement channel or a thread."}
	}
	if missing := p.missing(); len(missing) > 0 {
		return &bot.InputError{Sentence: fmt.Sprintf(
			"I cannot post in #%s yet: I lack %s there. Give my role these permissions in that channel's settings, and use the command again.",
			p.Name, strings.Join(missing, ", "))}
	}
	return nil
}

// checkMention refuses a role that pings more people than the member may ping, or
// that we cannot ping.
func (c *call) checkMention(p place, id string) error {
	role, known := c.data.Resolved.Roles[id]
	switch {
	case id == "":
		return nil
	case !snowflake.MatchString(id) || !known || id == c.Guild:
		return &bot.InputError{Sentence: "Choose a role of this server other than @everyone to mention."}
	case role.Mentionable:
		return nil
	case !c.Member.Permissions.have(discordgo.PermissionMentionEveryone):
		return &bot.InputError{Sentence: fmt.Sprintf("You may not mention @%s yourself. Make the role mentionable, or ask somebody who may.", role.Name)}
	case len(p.lack(right{discordgo.PermissionMentionEveryone, ""})) > 0:
		return &bot.InputError{Sentence: fmt.Sprintf("I cannot mention @%s in #%s: make the role mentionable, or give me the permission Mention Everyone there.", role.Name, p.Name)}
	}
	return nil
}
