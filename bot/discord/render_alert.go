package discord

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
)

// RenderAlert implements [bot.Chat]. The role to mention stands in every alert that
// matches, for it may be the first that is posted; an edit leaves it out.
func (b *Bot) RenderAlert(a digest.Alert) (json.RawMessage, error) {
	m := message{Mentions: noMentions()}
	if snowflake.MatchString(a.Subscription.Mention) && len(a.Matches) > 0 && a.Change != feed.ChangeRemoved {
		m.Content = "<@&" + a.Subscription.Mention + ">"
		m.Mentions.Roles = []string{a.Subscription.Mention}
	}
	l := alertLook(a)
	m.Embeds = []embed{{
		Author:      &embedAuthor{Name: alertLabel(l, a.Matches)},
		Title:       alertTitle(a),
		URL:         embedURL(a.Entry.URL),
		Description: fit(maxDescription, excerptLimit, func(n int) string { return alertText(a, n) }),
		Color:       l.color,
	}}
	return payload(m)
}

func alertLook(a digest.Alert) look {
	switch {
	case a.Change == feed.ChangeRemoved:
		return lookRemoved
	case len(a.Matches) == 0:
		return lookNoMatch
	default:
		return lookOf(a.Severity())
	}
}

// alertLabel is the line above the headline: the severity and the rules. No
// markup is read there.
func alertLabel(l look, matches []rules.Match) string {
	label := l.label()
	for i, m := range matches {
		name := shorten(m.Title, nameLimit)
		if name == "" {
			name = shorten(m.Rule, nameLimit)
		}
		longer, rest := dotted(label, name), len(matches)-i
		if size(longer) > maxAuthor-len(" · +99999") {
			return fmt.Sprintf("%s · +%d", label, rest)
		}
		label = longer
	}
	return label
}

// alertTitle is the headline; for an entry without one, whose text follows anyway,
// the name of its source.
func alertTitle(a digest.Alert) string {
	headline := plain(a.Entry.Title)
	if oneLine(headline) == "" {
		headline = cmp.Or(sourceName(a.Source), embedURL(a.Entry.URL), "…")
	}
	return fit(maxTitle, maxTitle, func(n int) string {
		title := escape(shorten(headline, n))
		if a.Change == feed.ChangeRemoved {
			title = strike(title)
		}
		return title
	})
}

// embedURL is an address for an embed's title. Discord refuses the whole message
// for one that it thinks malformed, so names beyond ASCII are left to masked links.
func embedURL(address string) string {
	target := linkTarget(address)
	if strings.ContainsFunc(target, func(r rune) bool { return r > '~' }) {
		return ""
	}
	return target
}

// body is an excerpt with its hits in bold.
func body(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.hit {
			b.WriteString(emphasised(p.text, bold))
		} else {
			b.WriteString(escape(p.text))
		}
	}
	return strings.TrimSpace(blankLines.ReplaceAllString(b.String(), "\n"))
}

var blankLines = regexp.MustCompile(`\n\s*\n`)

// alertText is what stands below the headline, with about n units of the entry.
func alertText(a digest.Alert, n int) string {
	hits := hitsIn(rules.FieldText, a.Matches)
	var parts []string
	if a.Change == feed.ChangeRemoved {
		parts = append(parts, strike(body(excerpt(a.Entry.Text, nil, n))))
	} else {
		parts = append(parts, body(excerpt(a.Entry.Text, hits, n)))
		if len(hits) == 0 {
			parts = append(parts, elsewhere(a.Matches))
		}
	}
	parts = append(parts, whatHappened(a, n*changesLimit/excerptLimit)...)

	source := sourceName(a.Source)
	if embedURL(a.Entry.URL) == "" {
		source = link(source, a.Entry.URL)
	} else {
		source = escape(source)
	}
	when := a.Entry.When()
	parts = append(parts, smallPrint(dotted(source, stamp(when, "f"), stamp(when, "R"))))
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "\n")
}

// whatHappened tells of the change that the message is rewritten for.
func whatHappened(a digest.Alert, n int) []string {
	var line string
	switch {
	case a.Change == feed.ChangeRemoved:
		return []string{"🗑️ removed by the publisher" + after(stamp(a.At, "R"))}
	case len(a.Matches) == 0:
		line = "✏️ no longer matches since an edit"
	case a.Change == feed.ChangeEdited:
		line = "✏️ edited"
	case a.Change == feed.ChangeRestored:
		line = "↩️ shown again"
	default:
		return nil
	}
	lines := []string{line + after(stamp(a.At, "R"))}
	for _, c := range []string{changes(a.TitleEdits, n), changes(a.TextEdits, n)} {
		if c != "" {
			lines = append(lines, "> "+c)
		}
	}
	return lines
}

func after(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

func smallPrint(s string) string {
	if s == "" {
		return ""
	}
	return "-# " + s
}

// mostWords bounds how many matched words are named that the excerpt does not show.
const mostWords = 5

// elsewhere names the words that matched in the title, the tags or the author,
// where nothing can be set in bold.
func elsewhere(matches []rules.Match) string {
	var words []string
	for _, m := range matches {
		for _, h := range m.Hits {
			w := bold(escape(shorten(h.Text, nameLimit)))
			if oneLine(h.Text) != "" && !slices.Contains(words, w) && len(words) < mostWords {
				words = append(words, w)
			}
		}
	}
	if len(words) == 0 {
		return ""
	}
	return smallPrint("🔎 " + strings.Join(words, ", "))
}
