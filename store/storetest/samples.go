package storetest

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/store"
)

// Outcomes makes n new entries of a source, about as long as those of a live blog, each
// with a match, a decision and an alert for the channel "room" of the chat "fake".
func Outcomes(source string, n int) []bot.Outcome {
	now := time.Now().UTC().Truncate(time.Millisecond)
	outcomes := make([]bot.Outcome, n)
	for i := range outcomes {
		e := feed.Entry{
			Source: source, ID: strconv.Itoa(i), URL: fmt.Sprintf("https://example.org/%d", i), Published: now, Revision: 1,
			Title: fmt.Sprintf("Power cut number %d", i),
			Text: fmt.Sprintf("Engineers of district %d say that the blackout began at night, when the lines to the north failed. "+
				"Repairs go on, and schedules for the coming days were posted for %d streets; pumps and hospitals run on generators.", i%97, i%31),
		}
		outcomes[i] = bot.Outcome{
			Change: feed.ChangeNew, Entry: e, At: now,
			Matches: []rules.Match{{Rule: "grid", Title: "The grid", Severity: rules.Watch, Hits: []rules.Hit{
				{Field: rules.FieldTitle, Start: 0, End: 9, Text: "Power cut", Term: "power cut"},
			}}},
			Decisions: []digest.Decision{{Subscription: "sub", Action: digest.ActionAlert, Reason: digest.ReasonMatched}},
			Deliveries: []bot.Delivery{{
				Key: "alert:sub:" + source + "/" + e.ID, Kind: bot.DeliverAlert, Subscription: "sub", Channel: room,
				Source: source, Entry: e.ID, Payload: fmt.Appendf(nil, `{"content":%q}`, e.Text), Version: 1, Published: now, Read: now,
			}},
		}
	}
	return outcomes
}

// DeliverOne takes the next delivery of the channel of [Outcomes] and settles it as sent, the
// way a worker does.
func DeliverOne(t testing.TB, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	ours, err := db.LeaseChannel(ctx, room, "me", time.Now().Add(time.Minute))
	if err != nil || !ours {
		t.Fatal(ours, err)
	}
	d, _, ok, err := db.NextDelivery(ctx, room, time.Now())
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if err := db.Settle(ctx, d, bot.Receipt{State: bot.DeliverySent, MessageID: "m", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ReleaseChannel(ctx, room, "me"); err != nil {
		t.Fatal(err)
	}
}
