package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
)

// outcomes decides what every change of a read leads to.
func (w *Worker) outcomes(ctx context.Context, src bot.SourceStatus, d feed.Delta, now time.Time) ([]bot.Outcome, error) {
	if len(d.New)+len(d.Edited)+len(d.Restored)+len(d.Removed) == 0 {
		return nil, nil
	}
	subs, err := w.Store.Subscribers.Subscriptions(ctx, "*")
	if err != nil {
		return nil, err
	}
	ruleSet := w.Rules.Rules()
	var outcomes []bot.Outcome
	add := func(change feed.Change, e feed.Entry) error {
		o, err := w.outcome(ctx, src, ruleSet, subs, change, e, now)
		if err == nil {
			outcomes = append(outcomes, o)
		}
		return err
	}
	for _, e := range oldestFirst(d.New) {
		if err := add(feed.ChangeNew, e); err != nil {
			return nil, err
		}
	}
	for _, e := range d.Edited {
		if err := add(feed.ChangeEdited, e); err != nil {
			return nil, err
		}
	}
	for _, e := range d.Restored {
		if err := add(feed.ChangeRestored, e); err != nil {
			return nil, err
		}
	}
	for _, id := range d.Removed {
		e, err := w.Store.Archive.Entry(ctx, src.ID, id)
		if errors.Is(err, bot.ErrUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := add(feed.ChangeRemoved, e); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// oldestFirst puts new entries into the order of events, so that a channel reads
// like one; pages mostly show the newest first, and give some no time.
func oldestFirst(entries []feed.Entry) []feed.Entry {
	sorted := slices.Clone(entries)
	slices.Reverse(sorted)
	slices.SortStableFunc(sorted, func(a, b feed.Entry) int {
		if a.When().IsZero() || b.When().IsZero() {
			return 0
		}
		return a.When().Compare(b.When())
	})
	return sorted
}

// outcome matches one changed entry, decides who is told, and renders what they are told.
func (w *Worker) outcome(ctx context.Context, src bot.SourceStatus, set *rules.Set, subs []digest.Subscription, change feed.Change, e feed.Entry, now time.Time) (bot.Outcome, error) {
	c := digest.Case{
		Change:   change,
		Source:   src.Source,
		Entry:    e,
		At:       now,
		Matches:  set.Match(e),
		Baseline: change == feed.ChangeNew && baseline(src, e),
		Serves:   func(chat string) bool { return w.chats[chat] != nil },
	}
	posted := map[string]bot.PostedAlert{}
	if change != feed.ChangeNew {
		before, err := w.Store.Archive.Entry(ctx, src.ID, e.ID)
		if err != nil && !errors.Is(err, bot.ErrUnknown) {
			return bot.Outcome{}, err
		}
		c.Before = set.Match(before)
		if before.Title == "" && before.Text == "" {
			c.Before = c.Matches // its text was pruned; an edit doesn't make news of old things
		}
		alerts, err := w.Store.Subscribers.Alerts(ctx, src.ID, e.ID)
		if err != nil {
			return bot.Outcome{}, err
		}
		c.Told = make(map[string]feed.Entry, len(alerts))
		for _, a := range alerts {
			posted[a.Subscription] = a
			c.Told[a.Subscription] = a.First
		}
	}
	decisions, alerts := c.Decide(subs)
	o := bot.Outcome{Change: change, Entry: e, At: now, Matches: c.Matches, Decisions: decisions}
	for _, a := range alerts {
		d, err := w.alertDelivery(a, posted)
		if err != nil {
			// One message that cannot be drawn must not keep the entry out of the record.
			w.Logger.Error("an alert could not be rendered", "source", src.ID, "entry", e.ID, "subscription", a.Subscription.ID, "err", err)
			continue
		}
		o.Deliveries = append(o.Deliveries, d)
	}
	return o, nil
}

// alertDelivery renders an alert. A newer version of a posted one keeps its key, and so
// its message, even when the subscription has moved to another channel since.
func (w *Worker) alertDelivery(a digest.Alert, posted map[string]bot.PostedAlert) (bot.Delivery, error) {
	sub := a.Subscription
	d := bot.Delivery{
		Key:          fmt.Sprintf("alert:%s:%s/%s", sub.ID, a.Entry.Source, a.Entry.ID),
		Kind:         bot.DeliverAlert,
		Subscription: sub.ID,
		Channel:      bot.Channel{Chat: sub.Chat, ID: sub.Channel},
		Source:       a.Entry.Source,
		Entry:        a.Entry.ID,
		Version:      1,
		Published:    a.Entry.Published,
		Read:         a.At,
	}
	if old, ok := posted[sub.ID]; ok {
		d.Key, d.Channel = old.Key, old.Channel
	}
	chat := w.chats[d.Channel.Chat]
	if chat == nil {
		return d, fmt.Errorf("this program does not serve the chat %q", d.Channel.Chat)
	}
	payload, err := chat.RenderAlert(a)
	d.Payload = payload
	return d, err
}

// baseline reports whether a new entry stood there before the source was known.
func baseline(src bot.SourceStatus, e feed.Entry) bool {
	if !src.LastRead.IsZero() {
		return false
	}
	since := src.AnnounceSince
	switch {
	case since.IsZero():
		return true
	case since.Equal(feed.Always):
		return false
	}
	return e.Published.Before(since)
}

// maxFollowAge is how old the announcement of a live blog may be: feeds carry
// items long after their blogs have closed.
const maxFollowAge = 72 * time.Hour

// found makes sources of the items that announce a live blog.
func (w *Worker) found(src feed.Source, items []feed.Entry, now time.Time) []feed.Source {
	var found []feed.Source
	for _, e := range items {
		if t := e.When(); !t.IsZero() && now.Sub(t) > maxFollowAge {
			continue
		}
		for _, f := range src.Follow {
			if f.Matches(e) {
				found = append(found, liveBlog(src, f, e, now.Add(-w.Lookback)))
				break
			}
		}
	}
	return found
}
