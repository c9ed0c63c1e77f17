package syndication

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"

	"tocsin/feed"
	"tocsin/feed/markup"
)

var (
	root      = regexp.MustCompile(`(?i)<\?xml|<rss[\s>]|<feed[\s>]|<rdf:RDF[\s>]`)
	looksHTML = regexp.MustCompile(`(?i)<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]`)
	titleTag  = regexp.MustCompile(`(?is)<title[^>]*>(.{0,300}?)</title>`)
)

// withoutJunk drops what stands before the feed: blank lines, or the warnings of
// a broken server program.
func withoutJunk(body []byte) ([]byte, string) {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 || kind(trimmed) != gofeed.FeedTypeUnknown && (trimmed[0] == '<' && root.Match(trimmed[:min(len(trimmed), 64)]) || trimmed[0] == '{') {
		return trimmed, ""
	}
	window := body[:min(len(body), 4096)]
	m := root.FindIndex(window)
	if m == nil || m[0] == 0 || looksHTML.Match(window[:m[0]]) || kind(body[m[0]:]) == gofeed.FeedTypeUnknown {
		return trimmed, ""
	}
	return body[m[0]:], fmt.Sprintf("%d bytes before the start of the feed were skipped: “%s”", m[0], excerpt(body[:m[0]]))
}

// notAFeed says what a body is that is no feed.
func notAFeed(url string, body []byte) error {
	trimmed := bytes.TrimSpace(body)
	switch {
	case len(trimmed) == 0:
		return fmt.Errorf("the answer is empty: %w", feed.ErrNothing)
	case looksHTML.Match(trimmed[:min(len(trimmed), 4096)]):
		page := "a web page"
		if m := titleTag.FindSubmatch(trimmed[:min(len(trimmed), 64<<10)]); m != nil {
			if title := markup.Title(string(m[1])); title != "" {
				page = fmt.Sprintf("a web page (“%s”)", title)
			}
		}
		if links := markup.FeedLinks(url, body); len(links) > 0 {
			return fmt.Errorf("this is %s, not a feed; it names its feed: use %s: %w", page, strings.Join(links, " or "), feed.ErrNothing)
		}
		return fmt.Errorf("this is %s, not a feed: %w", page, feed.ErrNothing)
	case trimmed[0] == '{' || trimmed[0] == '[':
		return fmt.Errorf("this is JSON, but not a JSON Feed (no version that names jsonfeed.org): %w", feed.ErrNothing)
	case trimmed[0] == '<':
		return fmt.Errorf("this is XML, but neither RSS nor Atom; it starts with “%s”: %w", excerpt(trimmed), feed.ErrNothing)
	}
	return fmt.Errorf("this is neither RSS, Atom nor JSON Feed; it starts with “%s”: %w", excerpt(trimmed), feed.ErrNothing)
}

func excerpt(b []byte) string {
	s := []rune(markup.Line(string(b[:min(len(b), 240)])))
	if len(s) > 60 {
		return string(s[:60]) + "…"
	}
	return string(s)
}

// maxSalvage bounds how many items of a damaged feed are tried one by one.
const maxSalvage = 2000

var itemStart = regexp.MustCompile(`<(item|entry)[\s>]`)

// salvage reads a damaged XML feed item by item: each is put alone into the frame of
// the feed, so that a broken one costs only itself. It returns nil if there is
// nothing to save, and how many items were lost.
func salvage(body []byte) (*gofeed.Feed, int) {
	first := itemStart.FindSubmatchIndex(body)
	if first == nil {
		return nil, 0
	}
	name := string(body[first[2]:first[3]])
	head := frame(body[:first[0]])
	tail := closing(head)
	end := []byte("</" + name + ">")
	open := []byte("<" + name)

	var whole *gofeed.Feed
	lost := 0
	rest := body[first[0]:]
	for range maxSalvage {
		i := bytes.Index(rest, open)
		if i < 0 {
			break
		}
		rest = rest[i:]
		j := bytes.Index(rest, end)
		if j < 0 {
			lost++ // the feed breaks off within it
			break
		}
		if next := itemStart.FindIndex(rest[1:j]); next != nil {
			lost++ // not closed before the next one starts
			rest = rest[1+next[0]:]
			continue
		}
		j += len(end)
		doc := bytes.Join([][]byte{head, rest[:j], tail}, nil)
		rest = rest[j:]
		f, err := gofeed.NewParser().Parse(bytes.NewReader(doc))
		switch {
		case err != nil || len(f.Items) == 0:
			lost++
		case whole == nil:
			whole = f
		default:
			whole.Items = append(whole.Items, f.Items...)
		}
	}
	return whole, lost
}

// maxFrame bounds the part of a feed before its first item that is kept for
// every item; more is cut to what declares the namespaces.
const maxFrame = 4 << 10

var frameTags = regexp.MustCompile(`(?s)<\?xml.*?\?>|<(?:rss|feed|rdf:RDF|channel)(?:\s[^>]*)?>|<title[^>]*>[^<]*</title>|<language>[^<]*</language>`)

// frame is what an item must stand in to be a feed: the root element with its
// namespaces, the channel, and the feed's title.
func frame(head []byte) []byte {
	var out []byte
	for _, m := range frameTags.FindAll(head[:min(len(head), 64<<10)], 12) {
		if len(out)+len(m) > maxFrame {
			break
		}
		out = append(out, m...)
	}
	return out
}

var openTag = regexp.MustCompile(`<(rss|feed|rdf:RDF|channel)[\s>]`)

// closing returns the end tags for what frame opened; in RDF the channel stands beside
// the items.
func closing(head []byte) []byte {
	var out []byte
	for _, m := range openTag.FindAllSubmatch(head, -1) {
		out = append([]byte("</"+string(m[1])+">"), out...)
	}
	return out
}
