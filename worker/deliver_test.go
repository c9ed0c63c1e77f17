package worker

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/bot"
)

func TestJudge(t *testing.T) {
	now := time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)
	failed := errors.New("connection reset")
	tests := []struct {
		name     string
		attempts int
		err      error
		want     verdict
	}{
		{"delivered", 1, nil, verdict{receipt: bot.Receipt{State: bot.DeliverySent, MessageID: "m", At: now}}},
		{"asked to wait", 1, &bot.WaitError{After: 3 * time.Second, Err: failed},
			verdict{receipt: pending(now, 3*time.Second, failed)}},
		{"asked to wait everywhere", 1, &bot.WaitError{After: 3 * time.Second, Everywhere: true, Err: failed},
			verdict{receipt: pending(now, 3*time.Second, failed), everywhere: true}},
		{"told to wait no time at all", 1, &bot.WaitError{Err: failed},
			verdict{receipt: pending(now, 50*time.Millisecond, failed)}},
		{"refused credentials", 1, wrap(bot.ErrUnauthorized),
			verdict{receipt: pending(now, refusedEvery, wrap(bot.ErrUnauthorized)), everywhere: true}},
		{"broken channel", 1, wrap(bot.ErrDestination),
			verdict{receipt: pending(now, brokenEvery, wrap(bot.ErrDestination)), broken: wrap(bot.ErrDestination).Error()}},
		{"refused message", 1, wrap(bot.ErrRefused),
			verdict{receipt: bot.Receipt{State: bot.DeliveryDropped, At: now, Error: wrap(bot.ErrRefused).Error()}}},
		{"deleted message", 1, wrap(bot.ErrGone),
			verdict{receipt: bot.Receipt{State: bot.DeliveryDropped, At: now, Error: wrap(bot.ErrGone).Error()}}},
		{"first unclear answer", 1, failed, verdict{receipt: pending(now, 2*time.Second, failed)}},
		{"fourth unclear answer", 4, failed, verdict{receipt: pending(now, 16*time.Second, failed)}},
		{"hundredth unclear answer", 100, failed, verdict{receipt: pending(now, maxRetry, failed)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := judge(bot.Delivery{Attempts: test.attempts}, "m", test.err, now)
			if test.err != nil {
				got.receipt.MessageID = ""
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(verdict{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func pending(now time.Time, after time.Duration, err error) bot.Receipt {
	return bot.Receipt{State: bot.DeliveryPending, At: now, Due: now.Add(after), Error: err.Error()}
}

func wrap(class error) error { return fmt.Errorf("channel 5: %w", class) }

func TestHushHoldsForOneChat(t *testing.T) {
	var h hush
	now := time.Now()
	h.quietUntil("discord", now.Add(time.Minute))
	h.quietUntil("discord", now.Add(time.Second))
	if until, wait := h.waiting("discord", now); !wait || !until.Equal(now.Add(time.Minute)) {
		t.Errorf("waiting until %v, %v; want the longer of both waits", until, wait)
	}
	if _, wait := h.waiting("terminal", now); wait {
		t.Error("another chat waits too")
	}
	if _, wait := h.waiting("discord", now.Add(time.Hour)); wait {
		t.Error("the wait does not end")
	}
}

// lineOutbox is one channel's outbox in memory.
type lineOutbox struct {
	Outbox
	line    []bot.Delivery
	settled []bot.Receipt
	holder  string
	defers  []time.Time
}

func (o *lineOutbox) LeaseChannel(_ context.Context, _ bot.Channel, owner string, _ time.Time) (bool, error) {
	if o.holder != "" && o.holder != owner {
		return false, nil
	}
	o.holder = owner
	return true, nil
}

func (o *lineOutbox) ReleaseChannel(context.Context, bot.Channel, string) (bool, error) {
	o.holder = ""
	return len(o.line) > 0, nil
}

func (o *lineOutbox) NextDelivery(context.Context, bot.Channel, time.Time) (bot.Delivery, time.Time, bool, error) {
	if len(o.line) == 0 {
		return bot.Delivery{}, time.Time{}, false, nil
	}
	return o.line[0], time.Time{}, true, nil
}

func (o *lineOutbox) Settle(_ context.Context, _ bot.Delivery, r bot.Receipt) error {
	o.settled = append(o.settled, r)
	if r.State != bot.DeliveryPending {
		o.line = o.line[1:]
	}
	return nil
}

func (o *lineOutbox) DeferChannel(_ context.Context, _ bot.Channel, due time.Time, _ string) error {
	o.defers = append(o.defers, due)
	return nil
}

// scriptedChat answers one error after the other, then only success.
type scriptedChat struct {
	bot.Chat
	answers []error
	sent    []int64
}

func (c *scriptedChat) Name() string { return "test" }

func (c *scriptedChat) Send(_ context.Context, d bot.Delivery) (string, error) {
	c.sent = append(c.sent, d.ID)
	if len(c.answers) == 0 {
		return "m", nil
	}
	err := c.answers[0]
	c.answers = c.answers[1:]
	return "m", err
}

func drainer(t *testing.T, box *lineOutbox, answers ...error) (*Worker, *scriptedChat) {
	t.Helper()
	chat := &scriptedChat{answers: answers}
	w := &Worker{Options: Options{Store: Store{Outbox: box}, Trace: func(Event) {}, Logger: discard()}, chats: map[string]bot.Chat{"test": chat}}
	return w, chat
}

var testChannel = bot.Channel{Chat: "test", ID: "5"}

func TestAChannelIsEmptiedInOrder(t *testing.T) {
	box := &lineOutbox{line: []bot.Delivery{{ID: 1}, {ID: 2}, {ID: 3}}}
	w, chat := drainer(t, box, nil, wrap(bot.ErrRefused))
	more, err := w.emptyChannel(t.Context(), testChannel)
	if err != nil || more {
		t.Fatalf("more %v, err %v", more, err)
	}
	if diff := cmp.Diff([]int64{1, 2, 3}, chat.sent); diff != "" {
		t.Errorf("a refused message must not hold the next one back: -want +got:\n%s", diff)
	}
	if box.holder != "" {
		t.Error("the channel was not given back")
	}
}

func TestAWaitHoldsTheChannel(t *testing.T) {
	box := &lineOutbox{line: []bot.Delivery{{ID: 1}, {ID: 2}}}
	w, chat := drainer(t, box, &bot.WaitError{After: time.Minute, Err: errors.New("429")})
	if _, err := w.emptyChannel(t.Context(), testChannel); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{1}, chat.sent); diff != "" {
		t.Errorf("the second message overtook the first: -want +got:\n%s", diff)
	}
	if len(box.defers) != 1 {
		t.Errorf("the channel was put off %d times, want once", len(box.defers))
	}
}

func TestAChannelOfAnotherIsLeftAlone(t *testing.T) {
	box := &lineOutbox{line: []bot.Delivery{{ID: 1}}, holder: "another process"}
	w, chat := drainer(t, box)
	more, err := w.emptyChannel(t.Context(), testChannel)
	if err != nil || more || len(chat.sent) > 0 {
		t.Errorf("more %v, err %v, sent %v; want nothing done", more, err, chat.sent)
	}
}

func TestAStopLeavesTheRestForTheNextStart(t *testing.T) {
	box := &lineOutbox{line: []bot.Delivery{{ID: 1}}}
	w, chat := drainer(t, box)
	w.hushed.stop()
	more, err := w.emptyChannel(t.Context(), testChannel)
	if err != nil || !more || len(chat.sent) > 0 {
		t.Errorf("more %v, err %v, sent %v; want the delivery to wait", more, err, chat.sent)
	}
}
