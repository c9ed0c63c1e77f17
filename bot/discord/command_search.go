package discord

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tocsin/bot"
	"tocsin/digest"
)

// pageSize is how many answers one page shows.
const pageSize = 10

func searchCommand() command {
	return command{
		run: func(ctx context.Context, c *call) (reply, error) {
			q := c.query()
			q.Text = c.text("words")
			results, err := c.desk.Search(ctx, q)
			if err != nil {
				return reply{}, err
			}
			return found(c, "Search: "+q.Text, results), nil
		},
		spec: commandSpec{
			Name: "search", Description: "Search what has been read",
			Options: []optionSpec{
				{Type: optionText, Name: "words", Description: "Words that must all occur", Required: true, MinLength: 1, MaxLength: 200},
				ruleOption, sourceOption,
				{Type: optionNumber, Name: "days", Description: "Only of the last days", Min: 1, Max: 365},
				pageOption,
			},
		},
		complete: map[string]completer{"rule": completeRule, "source": completeSource},
	}
}

func latestCommand() command {
	return command{
		run: func(ctx context.Context, c *call) (reply, error) {
			results, err := c.desk.Latest(ctx, c.query())
			if err != nil {
				return reply{}, err
			}
			return found(c, "Latest", results), nil
		},
		spec: commandSpec{
			Name: "latest", Description: "Show what was read last",
			Options: []optionSpec{ruleOption, sourceOption, pageOption},
		},
		complete: map[string]completer{"rule": completeRule, "source": completeSource},
	}
}

func (c *call) query() bot.Query {
	q := bot.Query{
		Rule: c.text("rule"), Source: c.text("source"), Limit: pageSize,
		Offset: (c.number("page", 1, maxPage, 1) - 1) * pageSize,
	}
	if days := c.number("days", 1, 365, 0); days > 0 {
		q.From = time.Now().AddDate(0, 0, -days)
	}
	return q
}

// found is a page of entries.
func found(c *call, title string, results bot.Results) reply {
	page := c.number("page", 1, maxPage, 1)
	if len(results.Found) == 0 {
		if page > 1 {
			return sentence("There is no such page: the answers end before it.")
		}
		return sentence("Nothing was found. Try fewer words, or leave rule and source out.")
	}
	if page > 1 {
		title += fmt.Sprintf(" · page %d", page)
	}
	var lines []string
	for _, f := range results.Found {
		lines = append(lines, foundLine(f))
	}
	hint := "narrow with `rule` or `source`"
	e := embed{Title: escape(shorten(title, nameLimit)), Color: lookQuiet.color}
	if results.More && page < maxPage {
		more := fmt.Sprintf("\n… and more: narrow with `rule` or `source`, or see `page:%d`", page+1)
		e.Description = fitLines(lines, maxDescription-size(more), hint) + more
	} else {
		e.Description = fitLines(lines, maxDescription, hint)
	}
	return reply{messages: []replyMessage{newReplyMessage("", e)}}
}

// maxSnippet bounds the stretch of text around what was found.
const maxSnippet = 160

func foundLine(f bot.Found) string {
	head := link(f.Entry.Headline(120), f.Entry.URL)
	if f.Removed {
		head = strike(head) + " (removed)"
	}
	line := "• " + dotted(head, escape(sourceName(f.Source)), stamp(f.Entry.When(), "R"))
	if len(f.Rules) > 0 {
		line += " · " + escape(shorten(joinSome(f.Rules, "rules"), nameLimit))
	}
	if s := snippet(f.Snippet); s != "" {
		line += "\n  " + s
	}
	return line
}

// snippet renders a stretch of an entry with what was found in bold. The bytes
// 0x02 and 0x03 enclose each hit.
func snippet(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if i := wordEnd(s, maxSnippet); i < len(s) {
		s = s[:i] + "…"
	}
	var b strings.Builder
	for s != "" {
		before, rest, hit := strings.Cut(s, "\x02")
		b.WriteString(escape(before))
		if !hit {
			break
		}
		inside, after, _ := strings.Cut(rest, "\x03")
		if t := escape(inside); strings.TrimSpace(t) != "" {
			b.WriteString(bold(t))
		}
		s = after
	}
	return b.String()
}

func digestCommand() command {
	return command{
		run: digestNow,
		spec: commandSpec{
			Name: "digest", Description: "Sum up now what matched: of this channel's subscription, or of what you name",
			Options: []optionSpec{
				{Type: optionNumber, Name: "hours", Description: "How far back, 24 if left out", Min: 1, Max: 168},
				{
					Type: optionText, Name: "subscription", Description: "Of this subscription",
					Autocomplete: true, MinLength: 1, MaxLength: 100,
				},
				{
					Type: optionText, Name: "rules", Description: "Of this rule, or of several with commas",
					Autocomplete: true, MinLength: 1, MaxLength: 500,
				},
				sourceOption,
			},
		},
		complete: map[string]completer{
			"subscription": completeSubscription, "rules": several(completeRule), "source": several(completeSource),
		},
	}
}

func digestNow(ctx context.Context, c *call) (reply, error) {
	d, err := c.desk.DigestNow(ctx, bot.DigestRequest{
		Chat: chatName, Guild: c.Guild, Channel: c.Channel,
		Subscription: c.text("subscription"), Rules: c.list("rules"), Sources: c.list("source"),
		Period: time.Duration(c.number("hours", 1, 168, 24)) * time.Hour,
	})
	if err != nil {
		return reply{}, err
	}
	return c.digestReply(d)
}

// digestReply shows a digest to who asked, in as many messages as a reply may have.
func (c *call) digestReply(d digest.Digest) (reply, error) {
	parts, err := c.bot.RenderDigest(d)
	if err != nil {
		return reply{}, err
	}
	var r reply
	for _, part := range parts[:min(len(parts), maxReplyParts)] {
		m, err := readPayload(bot.Delivery{Payload: part})
		if err != nil {
			return reply{}, err
		}
		r.messages = append(r.messages, newReplyMessage("", m.Embeds...))
	}
	if left := len(parts) - len(r.messages); left > 0 {
		last := &r.messages[len(r.messages)-1]
		last.Content = fmt.Sprintf("… and %d more messages like these: narrow with `hours`, `rules` or `source`.", left)
	}
	if d.Subscription.ID != "" {
		r.messages[0].Content = "Of the subscription `" + escapeCode(d.Subscription.ID) + "`: " + summary(bot.Subscribed{Subscription: d.Subscription})
		r.messages[0].Content = sentence(r.messages[0].Content).first().Content
	}
	return r, nil
}
