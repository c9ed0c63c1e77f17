package discord

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"tocsin/bot"
	"tocsin/rules"
)

func subscribeCommand() command {
	return command{
		needs: needsManager,
		run:   subscribe,
		spec: commandSpec{
			Name: "subscribe", Description: "Have a channel told of what rules match",
			Options: []optionSpec{
				{
					Type: optionText, Name: "rules", Description: "One rule, or several with commas; leave it out for all of them",
					Autocomplete: true, MinLength: 1, MaxLength: 500,
				},
				{
					Type: optionChannel, Name: "channel", Description: "The channel to tell; leave it out for this one",
					ChannelTypes: []int{channelText, channelAnnouncement, channelAnnouncementThread, channelPublicThread, channelPrivateThread},
				},
				{
					Type: optionText, Name: "how", Description: "Alerts at once, a digest at set times, or both (if left out)",
					Choices: []choice{
						{"Instant alerts", string(bot.HowInstant)}, {"Digest", string(bot.HowDigest)}, {"Both", string(bot.HowBoth)},
					},
				},
				{
					Type: optionText, Name: "time", Description: "When the digest comes: 08:00, or 08:00, 18:30, or mon-fri 08:00",
					MinLength: 1, MaxLength: 200,
				},
				{
					Type: optionText, Name: "zone", Description: "The time zone of the digest, such as London or Kyiv",
					Autocomplete: true, MinLength: 1, MaxLength: 100,
				},
				{
					Type: optionText, Name: "severity", Description: "The least severity to be told of",
					Choices: []choice{
						{"Info and louder: everything", rules.Info.String()}, {"Watch and urgent", rules.Watch.String()}, {"Urgent only", rules.Urgent.String()},
					},
				},
				{
					Type: optionText, Name: "source", Description: "One source, or several with commas; leave it out for all of them",
					Autocomplete: true, MinLength: 1, MaxLength: 500,
				},
				{Type: optionRole, Name: "mention", Description: "A role to ping with each alert"},
			},
		},
		complete: map[string]completer{
			"rules": several(completeRule), "source": several(completeSource), "zone": completeZone,
		},
	}
}

func subscribe(ctx context.Context, c *call) (reply, error) {
	p, err := c.place(ctx)
	if err != nil {
		return reply{}, err
	}
	if err := c.checkPost(p); err != nil {
		return reply{}, err
	}
	mention := c.text("mention")
	if err := c.checkMention(p, mention); err != nil {
		return reply{}, err
	}
	s, err := c.desk.Subscribe(ctx, bot.Request{
		Chat: chatName, Guild: c.Guild, By: c.Member.User.ID, Channel: p.ID, ChannelGuild: p.Guild,
		Rules: c.list("rules"), Sources: c.list("source"), How: bot.How(c.text("how")),
		At: c.text("time"), Zone: c.text("zone"), Severity: c.text("severity"), Mention: mention,
	})
	if err != nil {
		return reply{}, err
	}
	lines := []string{fmt.Sprintf("<#%s> is told of %s.", s.Channel, summary(s))}
	if !s.Next.IsZero() {
		lines = append(lines, "The next digest comes "+stamp(s.Next, "R")+", "+stamp(s.Next, "f")+".")
	}
	if mention != "" && !s.Instant {
		lines = append(lines, "Digests ping nobody: the role is for alerts.")
	}
	if len(p.lack(right{discordgo.PermissionReadMessageHistory, ""})) > 0 {
		lines = append(lines, "I lack **Read Message History** there: without it an alert may come twice after a breakdown.")
	}
	lines = append(lines, "`/unsubscribe subscription:"+escapeCode(s.ID)+"` ends it.")
	return card("Subscribed", lookOf(rules.Info).color, lines, ""), nil
}

// escapeCode renders text within backticks.
func escapeCode(s string) string { return strings.ReplaceAll(oneLine(s), "`", "'") }

// summary says in markdown what a subscription tells and how.
func summary(s bot.Subscribed) string { return describe(s, escape, "<@&"+s.Mention+">") }

// plainSummary is summary for places without markup.
func plainSummary(s bot.Subscribed) string { return describe(s, plain, "a role") }

func describe(s bot.Subscribed, clean func(string) string, role string) string {
	what := "all rules"
	if len(s.Rules) > 0 {
		what = clean(joinSome(s.Rules, "rules"))
	}
	parts := []string{what}
	if len(s.Sources) > 0 {
		parts = append(parts, "from "+clean(joinSome(s.Sources, "sources")))
	}
	if s.Severity > rules.Info {
		parts = append(parts, s.Severity.String()+" and louder")
	}
	if s.Instant {
		parts = append(parts, "instant alerts")
	}
	if !s.At.IsZero() {
		parts = append(parts, "digest at "+clean(s.At.String())+" ("+clean(s.Location().String())+")")
	}
	if snowflake.MatchString(s.Mention) {
		parts = append(parts, "mentions "+role)
	}
	if s.Paused {
		parts = append(parts, "paused")
	}
	return strings.Join(parts, ", ")
}

// joinSome lists the first names and counts the others.
func joinSome(names []string, kind string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more %s", strings.Join(names[:most], ", "), len(names)-most, kind)
}

func unsubscribeCommand() command {
	return command{
		needs: needsManager,
		run: func(ctx context.Context, c *call) (reply, error) {
			s, err := c.desk.Unsubscribe(ctx, c.Guild, c.text("subscription"))
			if err != nil {
				return reply{}, err
			}
			return sentence(fmt.Sprintf("<#%s> is no longer told of %s. `/subscribe` starts it again.", s.Channel, summary(bot.Subscribed{Subscription: s}))), nil
		},
		spec: commandSpec{
			Name: "unsubscribe", Description: "End a subscription of this server",
			Options: []optionSpec{{
				Type: optionText, Name: "subscription", Description: "Which one; /subscriptions lists them",
				Required: true, Autocomplete: true, MinLength: 1, MaxLength: 100,
			}},
		},
		complete: map[string]completer{"subscription": completeSubscription},
	}
}

func subscriptionsCommand() command {
	return command{
		run: subscriptions,
		spec: commandSpec{
			Name: "subscriptions", Description: "List what the channels of this server are told",
			Options: []optionSpec{{
				Type: optionChannel, Name: "channel", Description: "Only those of this channel",
				ChannelTypes: []int{channelText, channelAnnouncement, channelAnnouncementThread, channelPublicThread, channelPrivateThread},
			}},
		},
	}
}

func subscriptions(ctx context.Context, c *call) (reply, error) {
	subs, err := c.desk.Subscriptions(ctx, c.Guild)
	if err != nil {
		return reply{}, err
	}
	only := c.text("channel")
	var lines []string
	for _, s := range subs {
		if only != "" && s.Channel != only {
			continue
		}
		line := fmt.Sprintf("`%s` <#%s>: %s", escapeCode(s.ID), s.Channel, summary(s))
		if !s.Next.IsZero() && s.Next.After(time.Now()) {
			line += ", next " + stamp(s.Next, "R")
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return sentence("No subscriptions here yet. `/subscribe` starts one."), nil
	}
	return card(fmt.Sprintf("Subscriptions (%d)", len(lines)), lookQuiet.color, lines, "narrow with `channel`"), nil
}
