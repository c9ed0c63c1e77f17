package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"tocsin/feed"
	"tocsin/strict"
)

const (
	defaultFeedPace = 5 * time.Minute
	defaultLivePace = 30 * time.Second
	slowest         = 24 * time.Hour
	// fastest keeps a configuration from becoming an attack; a publisher's own
	// page asks every ten seconds. The demo and the tests read their own loopback
	// and are not configured by a file.
	fastest = 10 * time.Second
	// fastestPrivate is the same for those who read their own machines only.
	fastestPrivate = 100 * time.Millisecond
)

// slug is a name that reads well in a command, a log line and a URL.
var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

func (l *loader) sources(f map[string]strict.Value) {
	v, ok := f["sources"]
	if !ok {
		return
	}
	seen := map[string]string{}
	for _, item := range v.List() {
		if s, ok := l.source(item, seen); ok {
			l.config.Sources = append(l.config.Sources, s)
		}
	}
}

func (l *loader) source(v strict.Value, seen map[string]string) (feed.Source, bool) {
	f := v.Fields("id", "url", "kind", "title", "language", "tags", "every", "follow", "announce")
	s := feed.Source{Kind: feed.KindFeed, State: feed.StateOpen}
	s.ID = identifier(v, f, seen, "source")
	if t, ok := f["url"]; ok {
		s.URL = address(t)
	} else {
		v.Problem("", "the source %q has no url", s.ID)
	}
	if t, ok := f["kind"]; ok {
		s.Kind = feed.Kind(t.OneOf(string(feed.KindFeed), string(feed.KindLiveBlog)))
	}
	s.Every = defaultFeedPace
	if s.Kind == feed.KindLiveBlog {
		s.Every = defaultLivePace
	}
	if t, ok := f["every"]; ok {
		s.Every = t.Duration(l.fastest(), slowest)
	}
	if t, ok := f["title"]; ok {
		s.Title = t.Text()
	}
	if t, ok := f["language"]; ok {
		s.Language = t.Text()
	}
	if t, ok := f["tags"]; ok {
		s.Tags = t.Texts()
	}
	if t, ok := f["announce"]; ok && t.OneOf("new", "all") == "all" {
		s.AnnounceSince = feed.Always
	}
	if t, ok := f["follow"]; ok {
		for _, item := range t.List() {
			s.Follow = append(s.Follow, l.follow(item))
		}
	}
	return s, s.ID != "" && s.URL != ""
}

func (l *loader) follow(v strict.Value) feed.Follow {
	f := v.Fields("title", "link", "every")
	follow := feed.Follow{Every: defaultLivePace}
	if t, ok := f["title"]; ok {
		follow.Title = pattern(t)
	}
	if t, ok := f["link"]; ok {
		follow.Link = pattern(t)
	}
	if t, ok := f["every"]; ok {
		follow.Every = t.Duration(l.fastest(), slowest)
	}
	_, byTitle := f["title"]
	_, byLink := f["link"]
	if len(f) > 0 && !byTitle && !byLink {
		v.Problem("name a pattern on the item's title or link", "this would follow nothing")
	}
	return follow
}

// fastest is the shortest pace that may be configured.
func (l *loader) fastest() time.Duration {
	if l.config.Fetch.AllowPrivate {
		return fastestPrivate
	}
	return fastest
}

// identifier reads an id that is well formed and unique.
func identifier(v strict.Value, f map[string]strict.Value, seen map[string]string, what string) string {
	t, ok := f["id"]
	if !ok {
		v.Problem("", "this %s has no id", what)
		return ""
	}
	id := t.Text()
	switch where, twice := seen[id]; {
	case !slug.MatchString(id):
		t.Problem("use small letters, digits and hyphens, 64 at most", "%q is no id", id)
		return ""
	case twice:
		t.Problem("the first stands at "+where, "two of them have the id %q", id)
	}
	seen[id] = t.Place()
	return id
}

func pattern(v strict.Value) *regexp.Regexp {
	re, err := regexp.Compile(v.Text())
	if err != nil {
		v.Problem("", "not a regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return nil
	}
	return re
}

func address(v strict.Value) string {
	s := v.Text()
	if why, hint := notWeb(s); why != "" {
		v.Problem(hint, "%s", why)
		return ""
	}
	return s
}

// notWeb says why a text is not an address of the web that can be read, or "".
func notWeb(s string) (why, hint string) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Sprintf("%q is not an address of the web", s), "it begins with https:// or http://"
	case u.User != nil:
		return "an address with a user name or password in it is not read", ""
	}
	return "", ""
}
