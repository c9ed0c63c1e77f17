package discord

import (
	"fmt"
	"strings"
)

// maxReplyParts bounds the messages of one reply.
const maxReplyParts = 5

// reply is what a command answers, in messages of which each fits. Its texts
// are markdown: whatever comes from elsewhere is escaped in it.
type reply struct {
	messages []replyMessage
}

// replyMessage is one message of a reply. Only who asked sees it, and it pings nobody.
type replyMessage struct {
	Content  string   `json:"content"`
	Embeds   []embed  `json:"embeds"`
	Mentions mentions `json:"allowed_mentions"`
	Flags    int      `json:"flags,omitempty"`
}

type replyFlags struct {
	Flags int `json:"flags"`
}

func newReplyMessage(content string, embeds ...embed) replyMessage {
	if embeds == nil {
		embeds = []embed{}
	}
	return replyMessage{Content: content, Embeds: embeds, Mentions: noMentions(), Flags: flagEphemeral}
}

// first is the message that answers.
func (r reply) first() replyMessage {
	if len(r.messages) == 0 {
		return newReplyMessage("Done.")
	}
	return r.messages[0]
}

// rest are the messages that follow it.
func (r reply) rest() []replyMessage {
	if len(r.messages) < 2 {
		return nil
	}
	return r.messages[1:]
}

// sentence is a reply of plain markdown, cut at Discord's limit.
func sentence(markdown string) reply {
	if size(markdown) > maxContent {
		markdown = strings.TrimRight(markdown[:wordEnd(markdown, maxContent-1)], "\\ ") + "…"
	}
	return reply{messages: []replyMessage{newReplyMessage(markdown)}}
}

// card is a reply of one embed. Lines that do not fit are counted, and hint says
// how to see them.
func card(title string, color int, lines []string, hint string) reply {
	e := embed{Title: title, Color: color, Description: fitLines(lines, maxDescription, hint)}
	return reply{messages: []replyMessage{newReplyMessage("", e)}}
}

// fitLines joins lines as long as they keep within limit, and says how many do not.
func fitLines(lines []string, limit int, hint string) string {
	more := func(n int) string {
		s := fmt.Sprintf("… and %d more", n)
		if hint != "" {
			s += ": " + hint
		}
		return s
	}
	total := 0
	for _, l := range lines {
		total += size(l) + 1
	}
	if total <= limit {
		return strings.Join(lines, "\n")
	}
	used, kept := size(more(len(lines)))+1, 0
	for _, l := range lines {
		if used += size(l) + 1; used > limit {
			break
		}
		kept++
	}
	return strings.Join(append(append([]string{}, lines[:kept]...), more(len(lines)-kept)), "\n")
}
