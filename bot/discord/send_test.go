package discord

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/internal/discordtest"
)

// onFake returns a bot on a fake Discord.
func onFake(t *testing.T, opts ...discordtest.Option) (*discordtest.Server, *Bot) {
	t.Helper()
	f := discordtest.New(t, opts...)
	b, err := New(Options{Token: f.Token(), APIURL: f.URL(), Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	return f, b
}

// delivery is an alert for a channel, as the outbox hands it out the first time.
func delivery(t *testing.T, b *Bot, channel string, change func(*digest.Alert)) bot.Delivery {
	t.Helper()
	a := sampleAlert()
	if change != nil {
		change(&a)
	}
	p, err := b.RenderAlert(a)
	if err != nil {
		t.Fatal(err)
	}
	return bot.Delivery{
		ID: 7, Key: "grid/example-live/e1", Kind: bot.DeliverAlert, Subscription: "grid",
		Channel: bot.Channel{Chat: chatName, ID: channel}, Payload: p, Version: 1, Attempts: 1, Created: time.Now(),
	}
}

func TestSendOnce(t *testing.T) {
	t.Parallel()
	f, b := onFake(t)
	ctx := t.Context()
	guild := f.AddGuild("g")
	ch := f.AddChannel(discordtest.Channel{Guild: guild})
	role := f.AddRole(guild, "watchers", 0, true)
	d := delivery(t, b, ch, func(a *digest.Alert) { a.Subscription.Mention = role })

	id, err := b.Send(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	d.Attempts++
	again, err := b.Send(ctx, d)
	if err != nil || again != id {
		t.Errorf("the second Send gives %q, %v; want %q", again, err, id)
	}
	all := f.Messages(ch)
	if len(all) != 1 {
		t.Fatalf("%d messages, want one", len(all))
	}
	m := all[0]
	if m.ID != id || !slices.Equal(m.MentionRoles, []string{role}) || m.MentionEveryone || len(m.Mentions) > 0 {
		t.Errorf("message %s pings %v %v %v, want %s and the role only", m.ID, m.MentionRoles, m.Mentions, m.MentionEveryone, id)
	}
	if len(m.Embeds) != 1 || !strings.Contains(m.Embeds[0].Description, "**without electricity**") {
		t.Errorf("embeds %+v", m.Embeds)
	}
	if m.Nonce == "" || len(m.Nonce) > 25 {
		t.Errorf("nonce %q", m.Nonce)
	}
}

func TestSendDigest(t *testing.T) {
	t.Parallel()
	f, b := onFake(t)
	ch := f.AddChannel(discordtest.Channel{})
	parts, err := b.RenderDigest(sampleDigest())
	if err != nil {
		t.Fatal(err)
	}
	d := delivery(t, b, ch, nil)
	d.Payload, d.Kind = parts[0], bot.DeliverDigest
	if _, err := b.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if m := f.Messages(ch)[0]; m.Flags&discordtest.SuppressNotifications == 0 || len(m.MentionRoles) > 0 {
		t.Errorf("the digest rings: flags %d, roles %v", m.Flags, m.MentionRoles)
	}
}

func TestNonce(t *testing.T) {
	t.Parallel()
	d := bot.Delivery{ID: 1<<63 - 1, Key: "k", Channel: bot.Channel{ID: "1"}}
	if n := nonce(d); len(n) > 25 {
		t.Errorf("%q is %d long, 25 allowed", n, len(n))
	}
	other := d
	other.Key = "l"
	if nonce(other) == nonce(d) {
		t.Error("two keys under one id share a nonce")
	}
	d.Payload, d.Attempts, d.Version = json.RawMessage("{}"), 5, 3
	if d2 := (bot.Delivery{ID: d.ID, Key: d.Key, Channel: d.Channel}); nonce(d2) != nonce(d) {
		t.Error("the nonce depends on more than the delivery")
	}
}

// An answer that is lost leaves the outcome open; the same Send finds out.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]discordtest.Fault{
		"502":           discordtest.Status(http.StatusBadGateway),
		"500":           discordtest.Status(http.StatusInternalServerError),
		"503 with page": discordtest.HTML(http.StatusServiceUnavailable),
		"200 with page": discordtest.HTML(http.StatusOK),
		"hang-up":       discordtest.HangUp(),
	} {
		for _, fault := range []discordtest.Fault{fault, discordtest.Accepted(fault)} {
			t.Run(name+" as "+fault.String(), func(t *testing.T) {
				t.Parallel()
				f, b := onFake(t)
				ch := f.AddChannel(discordtest.Channel{})
				failure := f.Fail(discordtest.Create(ch), fault, 1)
				d := delivery(t, b, ch, nil)
				_, err := b.Send(t.Context(), d)
				if err == nil || classOf(err) != nil {
					t.Fatalf("error %v is of class %v, want an unknown outcome", err, classOf(err))
				}
				if strings.Contains(err.Error(), f.Token()) {
					t.Errorf("the error holds the token: %v", err)
				}
				if failure.Hits() != 1 || len(f.Requests()) != 1 {
					t.Errorf("%d requests, want one: nothing repeats by itself", len(f.Requests()))
				}
				d.Attempts++
				id, err := b.Send(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				if all := f.Messages(ch); len(all) != 1 || all[0].ID != id {
					t.Errorf("%d messages, want one", len(all))
				}
			})
		}
	}
}

// classOf is what an error promises: one of bot's errors, a *bot.WaitError as itself, or nil.
func classOf(err error) error {
	var wait *bot.WaitError
	if errors.As(err, &wait) {
		return wait
	}
	for _, class := range []error{bot.ErrDestination, bot.ErrRefused, bot.ErrGone, bot.ErrUnauthorized} {
		if errors.Is(err, class) {
			return class
		}
	}
	return nil
}

func TestClasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code int
		want error
		says string
	}{
		{10003, bot.ErrDestination, "check that the channel exists"},
		{50001, bot.ErrDestination, "View Channel"},
		{50013, bot.ErrDestination, "Embed Links"},
		{50008, bot.ErrDestination, "text channel"},
		{40058, bot.ErrDestination, ""},
		{160005, bot.ErrDestination, "unlock the thread"},
		{50035, bot.ErrRefused, ""},
		{50006, bot.ErrRefused, ""},
		{200000, bot.ErrRefused, "AutoMod"},
		{240000, bot.ErrRefused, "harmful"},
	} {
		f, b := onFake(t)
		ch := f.AddChannel(discordtest.Channel{})
		f.Fail(discordtest.AnyRequest, discordtest.Code(c.code), -1)
		_, err := b.Send(t.Context(), delivery(t, b, ch, nil))
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), ch) {
			t.Errorf("code %d: %v; want %v, the channel and %q", c.code, err, c.want, c.says)
		}
	}
	for _, code := range []int{20016, 20028, 30046, 40006, 40333, 130000} {
		f, b := onFake(t)
		ch := f.AddChannel(discordtest.Channel{})
		f.Fail(discordtest.AnyRequest, discordtest.Code(code), -1)
		_, err := b.Send(t.Context(), delivery(t, b, ch, nil))
		var wait *bot.WaitError
		if !errors.As(err, &wait) || wait.After < time.Second || wait.Everywhere != (code == 40333) {
			t.Errorf("code %d: %v (%+v), want a wait", code, err, wait)
		}
	}
}

func TestUnauthorized(t *testing.T) {
	t.Parallel()
	f, b := onFake(t)
	ch := f.AddChannel(discordtest.Channel{})
	f.RevokeToken()
	_, err := b.Send(t.Context(), delivery(t, b, ch, nil))
	if !errors.Is(err, bot.ErrUnauthorized) || strings.Contains(err.Error(), f.Token()) {
		t.Errorf("got %v", err)
	}
}

func TestNotAChannel(t *testing.T) {
	t.Parallel()
	f, b := onFake(t)
	for _, id := range []string{"", "general", "1/../2", "12?x"} {
		d := delivery(t, b, id, nil)
		if _, err := b.Send(t.Context(), d); !errors.Is(err, bot.ErrDestination) {
			t.Errorf("Send to %q: %v", id, err)
		}
		d.MessageID = "1"
		if err := b.Edit(t.Context(), d); !errors.Is(err, bot.ErrDestination) {
			t.Errorf("Edit in %q: %v", id, err)
		}
	}
	for _, p := range []string{"", "nonsense", "[]", "{}"} {
		d := delivery(t, b, f.AddChannel(discordtest.Channel{}), nil)
		d.Payload = json.RawMessage(p)
		if _, err := b.Send(t.Context(), d); !errors.Is(err, bot.ErrRefused) {
			t.Errorf("Send of %q: %v", p, err)
		}
	}
	if n := len(f.Requests()); n > 0 {
		t.Errorf("%d requests went out", n)
	}
}

// The entry changed before the answer to its first post was known.
func TestChangedBeforeFirstAnswer(t *testing.T) {
	t.Parallel()
	f, b := onFake(t)
	ch := f.AddChannel(discordtest.Channel{})
	f.Fail(discordtest.Create(ch), discordtest.Accepted(discordtest.HangUp()), 1)
	if _, err := b.Send(t.Context(), delivery(t, b, ch, nil)); err == nil {
		t.Fatal("no error")
	}
	d := delivery(t, b, ch, func(a *digest.Alert) { a.Change, a.At = feed.ChangeRemoved, changedAt })
	d.Version = 2
	id, err := b.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	all := f.Messages(ch)
	if len(all) != 1 || all[0].ID != id || !strings.Contains(all[0].Text(), "removed by the publisher") {
		t.Errorf("the channel holds %d messages, %q", len(all), all[0].Text())
	}
}

// After Discord forgot the nonce the channel itself tells that the message is there.
func TestFoundAfterTheNonceIsForgotten(t *testing.T) {
	t.Parallel()
	f, b := onFake(t, discordtest.NonceWindow(time.Nanosecond))
	ch := f.AddChannel(discordtest.Channel{})
	d := delivery(t, b, ch, nil)
	d.Created = time.Now().Add(-10 * time.Minute)
	for range 130 {
		f.Post(ch, f.Reader(), "chatter")
	}
	first, err := b.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	d.Attempts = 2
	id, err := b.Send(t.Context(), d)
	if err != nil || id != first {
		t.Errorf("got %q, %v; want %q", id, err, first)
	}
	// Another alert with other words is not taken for it.
	other := delivery(t, b, ch, func(a *digest.Alert) { a.Entry.Title = "Another" })
	other.ID, other.Key, other.Attempts, other.Created = 8, "other", 2, d.Created
	if id, err := b.Send(t.Context(), other); err != nil || id == first {
		t.Errorf("the other alert gives %q, %v", id, err)
	}
	// Where the history cannot be read, the message goes out.
	f.Fail(discordtest.Route("GET", "/channels/{channel_id}/messages"), discordtest.Code(50001), -1)
	other.ID, other.Key = 9, "third"
	if _, err := b.Send(t.Context(), other); err != nil {
		t.Error(err)
	}
}

func TestDeletedBeforeItsIDWasKnown(t *testing.T) {
	t.Parallel()
	f, b := onFake(t)
	ch := f.AddChannel(discordtest.Channel{})
	f.Fail(discordtest.Create(ch), discordtest.Accepted(discordtest.HangUp()), 1)
	d := delivery(t, b, ch, nil)
	if _, err := b.Send(t.Context(), d); err == nil {
		t.Fatal("no error")
	}
	f.DeleteMessage(f.Messages(ch)[0].ID)
	id, err := b.Send(t.Context(), d)
	if err != nil || id == "" {
		t.Fatalf("got %q, %v; want it to count as delivered", id, err)
	}
	d.MessageID = id
	if err := b.Edit(t.Context(), d); !errors.Is(err, bot.ErrGone) {
		t.Errorf("Edit: %v, want gone", err)
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	f, b := onFake(t)
	guild := f.AddGuild("g")
	ch := f.AddChannel(discordtest.Channel{Guild: guild})
	role := f.AddRole(guild, "watchers", 0, true)
	mention := func(a *digest.Alert) { a.Subscription.Mention = role }
	d := delivery(t, b, ch, mention)
	id, err := b.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	d = delivery(t, b, ch, func(a *digest.Alert) { mention(a); a.Change, a.At = feed.ChangeEdited, changedAt })
	d.MessageID, d.Version = id, 2
	if err := b.Edit(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	m, _ := f.Message(id)
	if len(m.History) != 2 || !strings.Contains(m.Text(), "edited") || m.Content != "<@&"+role+">" {
		t.Errorf("after %d states it says %q", len(m.History), m.Text())
	}
	request := string(m.History[1].Request)
	if !strings.Contains(request, `"allowed_mentions":{"parse":[]}`) || strings.Contains(request, `"content"`) || strings.Contains(request, `"nonce"`) {
		t.Errorf("the edit says %s", request)
	}
	f.DeleteMessage(id)
	if err := b.Edit(t.Context(), d); !errors.Is(err, bot.ErrGone) {
		t.Errorf("after the deletion: %v, want gone", err)
	}
}

func TestEditOpensAnArchivedThread(t *testing.T) {
	t.Parallel()
	const archived = `{"code":50083,"message":"Thread is archived"}`
	for _, c := range []struct {
		name     string
		answers  []*http.Response
		want     error
		requests string
	}{
		{"opened", []*http.Response{response(400, archived), response(200, "{}"), response(200, "{}")}, nil,
			"PATCH /api/v10/channels/5/messages/6; PATCH /api/v10/channels/5; PATCH /api/v10/channels/5/messages/6"},
		{"not allowed to", []*http.Response{response(400, archived), response(403, `{"code":50013,"message":"Missing Permissions"}`)}, bot.ErrDestination,
			"PATCH /api/v10/channels/5/messages/6; PATCH /api/v10/channels/5"},
		{"archived for ever", []*http.Response{response(400, archived), response(200, "{}"), response(400, archived)}, bot.ErrDestination,
			"PATCH /api/v10/channels/5/messages/6; PATCH /api/v10/channels/5; PATCH /api/v10/channels/5/messages/6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := testBot(t)
			var requests []string
			b.rest = limited(&answers{answer: func(r *http.Request) *http.Response {
				requests = append(requests, r.Method+" "+r.URL.Path)
				return c.answers[len(requests)-1]
			}})
			d := delivery(t, b, "5", nil)
			d.MessageID = "6"
			if err := b.Edit(t.Context(), d); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if got := strings.Join(requests, "; "); got != c.requests {
				t.Errorf("requests\n got %s\nwant %s", got, c.requests)
			}
		})
	}
}

func TestContextEndsTheWait(t *testing.T) {
	t.Parallel()
	f, b := onFake(t)
	ch := f.AddChannel(discordtest.Channel{})
	f.Fail(discordtest.AnyRequest, discordtest.Silence(), -1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := b.Send(ctx, delivery(t, b, ch, nil))
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("got %v after %v", err, time.Since(start))
	}
}
