package digest

import (
	"time"

	"tocsin/feed"
	"tocsin/rules"
	"tocsin/text"
)

// Case is one change of an entry, and all there is to know to decide who is told.
type Case struct {
	Change feed.Change
	Source feed.Source
	// Entry is as it stands now; as it stood last if Change says it was removed.
	Entry feed.Entry
	At    time.Time // when the change was read
	// Matches are those of Entry. Before are those of the version that stood
	// there before an edit or a return, and empty for a new entry: what matched
	// all along is no news to a subscription that was not alerted.
	Matches, Before []rules.Match
	// Baseline says that the entry stood there before the source was known.
	Baseline bool
	// Told holds, by subscription, the entry as the alert on it told it first.
	Told map[string]feed.Entry
	// Serves reports whether this program delivers to a chat; nil means to every one.
	Serves func(chat string) bool
}

// Decide says what each of the subscriptions that the case could reach is told, and
// why, and returns the alerts that are to be rendered: new ones, and newer
// versions of those in Told. Both come in the order of subs.
//
// What stands in a chat already is kept true, whatever the subscription asks
// for by now, even while it is paused: an edit pings nobody.
func (c Case) Decide(subs []Subscription) (decisions []Decision, alerts []Alert) {
	for _, s := range subs {
		wanted := s.Wanted(c.Matches, c.Source)
		first, told := c.Told[s.ID]
		decide := func() (Action, Reason) { return c.tell(s, wanted) }
		switch {
		case told && c.Change != feed.ChangeNew:
			decide = func() (Action, Reason) { return c.retell(s, wanted) }
		case len(s.asked(c.Matches, c.Source)) == 0:
			continue
		}
		action, reason := decide()
		decisions = append(decisions, Decision{Subscription: s.ID, Action: action, Reason: reason})
		if action != ActionAlert && action != ActionUpdate {
			continue
		}
		a := Alert{Subscription: s, Source: c.Source, Entry: c.Entry, Matches: wanted, Change: feed.ChangeNew, At: c.At}
		if told && c.Change != feed.ChangeNew {
			a.Change = c.Change
			a.TitleEdits = edits(first.Title, c.Entry.Title)
			a.TextEdits = edits(first.Text, c.Entry.Text)
		}
		alerts = append(alerts, a)
	}
	return decisions, alerts
}

// tell decides about a subscription that was not alerted of the entry yet.
func (c Case) tell(s Subscription, wanted []rules.Match) (Action, Reason) {
	switch {
	case c.Change == feed.ChangeRemoved:
		return ActionNone, ReasonRemoved
	case c.Baseline:
		return ActionNone, ReasonBaseline
	case len(wanted) == 0:
		return ActionNone, ReasonBelowSeverity
	case s.Paused:
		return ActionNone, ReasonPaused
	case len(s.Wanted(c.Before, c.Source)) > 0:
		return ActionNone, ReasonKnown
	case !s.Instant:
		return ActionHold, ReasonDigestOnly
	case !c.serves(s):
		return ActionHold, ReasonChatOff
	}
	return ActionAlert, ReasonMatched
}

// retell decides about a subscription whose chat shows an alert of the entry.
func (c Case) retell(s Subscription, wanted []rules.Match) (Action, Reason) {
	switch {
	case !c.serves(s):
		return ActionNone, ReasonChatOff
	case c.Change == feed.ChangeRemoved:
		return ActionUpdate, ReasonRemoved
	case len(wanted) == 0:
		return ActionUpdate, ReasonNoMatch
	case c.Change == feed.ChangeRestored:
		return ActionUpdate, ReasonRestored
	}
	return ActionUpdate, ReasonEdited
}

func (c Case) serves(s Subscription) bool { return c.Serves == nil || c.Serves(s.Chat) }

// edits is the difference between two texts; nil where there is none.
func edits(before, now string) []text.Edit {
	if before == now {
		return nil
	}
	return text.Diff(before, now)
}
