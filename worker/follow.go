package worker

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"tocsin/bot"
	"tocsin/feed"
)

// liveBlog is the source that an item of a feed announces. What was published
// on it since the given time is announced on the first read, so that the minutes before
// it was found are not lost and its backlog doesn't flood.
func liveBlog(parent feed.Source, f feed.Follow, item feed.Entry, since time.Time) feed.Source {
	every := f.Every
	if every == 0 {
		every = defaultLivePace
	}
	if parent.AnnounceSince.Equal(feed.Always) {
		since = feed.Always
	}
	return feed.Source{
		ID:            liveBlogID(parent.ID, item.URL),
		Kind:          feed.KindLiveBlog,
		URL:           item.URL,
		Title:         cmp.Or(parent.Title, item.Title), // people know the publisher
		Language:      item.Language,
		Tags:          parent.Tags,
		Every:         every,
		AnnounceSince: since,
		Parent:        parent.ID,
		State:         feed.StateOpen,
	}
}

// successor is the live blog that a closed one leads on to. It carries on where that
// one ended: under the same parent, or the closed one if it has none, so that who
// was told of the one is told of the next. One that closed long ago leads nowhere.
func successor(src bot.SourceStatus, b feed.Batch, now time.Time, lookback time.Duration) []feed.Source {
	recent := slices.ContainsFunc(b.Entries, func(e feed.Entry) bool { return now.Sub(e.When()) < maxFollowAge })
	if b.State != feed.StateClosed || b.Next == "" || !recent {
		return nil
	}
	since := now.Add(-lookback)
	parent := src.Source
	if parent.Parent != "" {
		parent.ID = parent.Parent
	}
	if src.LastEntry.After(since) {
		since = src.LastEntry
	}
	return []feed.Source{liveBlog(parent, feed.Follow{Every: src.Every}, feed.Entry{URL: b.Next, Title: b.Title, Language: src.Language}, since)}
}

// defaultLivePace is how often a live blog is read when its follow rule names no pace.
const defaultLivePace = 30 * time.Second

var unreadable = regexp.MustCompile(`[^a-z0-9]+`)

// maxSlug keeps ids short enough to type.
const maxSlug = 48

// liveBlogID names a live blog after its parent and its address, the same for
// every item that announces it: "france24-europe/20260205-live-…-3f2a91c0".
func liveBlogID(parent, address string) string {
	sum := sha256.Sum256([]byte(address))
	slug := ""
	if u, err := url.Parse(address); err == nil {
		slug = strings.Trim(unreadable.ReplaceAllString(strings.ToLower(path.Base(u.Path)), "-"), "-")
	}
	if len(slug) > maxSlug {
		slug = strings.TrimRight(slug[:maxSlug], "-")
	}
	if slug != "" {
		slug += "-"
	}
	return parent + "/" + slug + hex.EncodeToString(sum[:4])
}
