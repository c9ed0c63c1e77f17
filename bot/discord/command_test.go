package discord

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/internal/discordtest"
	"tocsin/rules"
)

const manager = discordtest.MemberDefault | discordtest.ManageChannels

// fakeStore is an archive, subscriptions and health in memory.
type fakeStore struct {
	mu      sync.Mutex
	subs    []digest.Subscription
	next    map[string]time.Time
	found   []bot.Found
	items   []digest.Item
	sources []bot.SourceStatus
	queries []bot.Query
	err     error
	wait    chan struct{} // closed to let Search go on
	panics  bool
}

func (f *fakeStore) Search(ctx context.Context, q bot.Query) ([]bot.Found, error) {
	f.mu.Lock()
	f.queries = append(f.queries, q)
	wait := f.wait
	f.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if f.panics {
		panic("a bug")
	}
	return f.found[min(q.Offset, len(f.found)):min(q.Offset+q.Limit, len(f.found))], f.err
}

func (f *fakeStore) Items(context.Context, time.Time, time.Time) ([]digest.Item, error) {
	return f.items, f.err
}

func (f *fakeStore) Subscriptions(_ context.Context, guild string) ([]digest.Subscription, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []digest.Subscription
	for _, s := range f.subs {
		if s.Guild == guild || guild == "*" {
			out = append(out, s)
		}
	}
	return out, nil
}

func (f *fakeStore) Subscription(_ context.Context, id string) (digest.Subscription, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.subs {
		if s.ID == id {
			return s, nil
		}
	}
	return digest.Subscription{}, fmt.Errorf("subscription %q: %w", id, bot.ErrUnknown)
}

func (f *fakeStore) PutSubscription(_ context.Context, s digest.Subscription, next time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subs = append(f.subs, s)
	if f.next == nil {
		f.next = map[string]time.Time{}
	}
	f.next[s.ID] = next
	return nil
}

func (f *fakeStore) DeleteSubscription(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, s := range f.subs {
		if s.ID == id {
			f.subs = append(f.subs[:i:i], f.subs[i+1:]...)
			return nil
		}
	}
	return bot.ErrUnknown
}

func (f *fakeStore) Sources(context.Context) ([]bot.SourceStatus, error) { return f.sources, nil }

func (f *fakeStore) OutboxStats(context.Context) (bot.OutboxStats, error) {
	return bot.OutboxStats{Pending: 2, Sent24h: 17, LatencyP50: 1200 * time.Millisecond, LatencyP95: 4 * time.Second}, nil
}

func (f *fakeStore) list() []digest.Subscription {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]digest.Subscription(nil), f.subs...)
}

// book holds two rules.
type book struct{}

func (book) Rules() *rules.Set {
	set, err := rules.Compile(rules.File{Name: "test.yaml", Data: []byte(`
rules:
  - id: power-cuts
    title: Power cuts
    severity: urgent
    match: [blackout]
    languages: [en]
  - id: talks
    title: Talks
    severity: watch
    match: [talks]
`)})
	if err != nil {
		panic(err)
	}
	return set
}

func newDesk() (*bot.Desk, *fakeStore) {
	f := &fakeStore{sources: []bot.SourceStatus{
		{Source: feed.Source{ID: "harbour-news", Title: "Harbour News", URL: "https://harbour.example/feed"}, LastRead: time.Now()},
		{Source: feed.Source{ID: "hill-post", Title: "The *Hill* Post"}, Error: "the server answers 503 @everyone", Failures: 3},
	}}
	return &bot.Desk{
		Archive: f, Subscribers: f, Health: f, Zone: "Europe/Kyiv",
		RuleBook: book{},
	}, f
}

// room is a running bot in a fake Discord.
type room struct {
	t              *testing.T
	srv            *discordtest.Server
	store          *fakeStore
	guild, channel string
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// startBot runs a bot until the test ends, and fails the test if it ends with an error.
func startBot(t *testing.T, srv *discordtest.Server, desk *bot.Desk, set func(*gateway)) {
	t.Helper()
	b, err := New(Options{Token: srv.Token(), APIURL: srv.URL()})
	if err != nil {
		t.Fatal(err)
	}
	g := newGateway(b, desk)
	g.identifyEvery, g.pause = 0, 20*time.Millisecond
	if set != nil {
		set(g)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func newRoom(t *testing.T) room {
	t.Helper()
	srv := discordtest.New(t)
	r := room{t: t, srv: srv, guild: srv.AddGuild("port town")}
	r.channel = srv.AddChannel(discordtest.Channel{Guild: r.guild, Name: "alerts"})
	desk, store := newDesk()
	r.store = store
	startBot(t, srv, desk, nil)
	for _, c := range commands() {
		if _, err := srv.WaitCommand(within(t), "", c.spec.Name); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

type options = map[string]any

// say types a command as somebody who may manage channels.
func (r room) say(name string, o options) discordtest.Reply {
	r.t.Helper()
	return r.sayAs(discordtest.Person{Permissions: manager}, r.channel, name, o)
}

func (r room) sayAs(p discordtest.Person, channel, name string, o options) discordtest.Reply {
	r.t.Helper()
	reply, err := r.srv.Invoke(within(r.t), discordtest.Command{Person: p, Channel: channel, Name: name, Options: o})
	if err != nil {
		r.t.Fatal(err)
	}
	if !reply.Ephemeral() {
		r.t.Errorf("/%s: the reply is not ephemeral", name)
	}
	if reply.MentionEveryone || len(reply.MentionRoles)+len(reply.Mentions) > 0 {
		r.t.Errorf("/%s: the reply pings", name)
	}
	return reply
}

func (r room) wants(reply discordtest.Reply, parts ...string) {
	r.t.Helper()
	for _, p := range parts {
		if !strings.Contains(reply.Text(), p) {
			r.t.Errorf("the reply lacks %q; it says:\n%s", p, reply.Text())
		}
	}
}

func TestSubscribe(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	role := r.srv.AddRole(r.guild, "night watch", 0, true)
	reply := r.say("subscribe", options{
		"rules": "power-cuts, Talks", "how": "both", "time": "8:00", "zone": "london",
		"severity": "watch", "source": "Harbour News", "mention": role,
	})
	r.wants(reply, "Subscribed", "power", "08:00", "Europe/London", "watch and louder", "harbour", "next digest")
	subs := r.store.list()
	if len(subs) != 1 {
		t.Fatalf("%d subscriptions are stored", len(subs))
	}
	s := subs[0]
	if s.Guild != r.guild || s.Channel != r.channel || s.Zone != "Europe/London" || s.At.String() != "08:00" || !s.Instant ||
		s.Severity != rules.Watch || s.Mention != role || strings.Join(s.Rules, " ") != "power-cuts talks" ||
		strings.Join(s.Sources, " ") != "harbour-news" || s.By != r.srv.Reader() || s.Chat != "discord" {
		t.Errorf("stored: %+v", s)
	}
	if next := r.store.next[s.ID]; !next.After(time.Now()) || next.In(s.Location()).Format("15:04") != "08:00" {
		t.Errorf("the next digest is due at %v", next)
	}
	r.wants(r.say("subscriptions", nil), s.ID, "power", "next")
	r.wants(r.say("unsubscribe", options{"subscription": s.ID}), "no longer told")
	if len(r.store.list()) != 0 {
		t.Error("the subscription is still there")
	}
	r.wants(r.say("subscriptions", nil), "No subscriptions")
}

func TestSubscribeDefaults(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	thread := r.srv.AddChannel(discordtest.Channel{Guild: r.guild, Type: discordtest.PublicThread, Parent: r.channel, Name: "night"})
	r.wants(r.say("subscribe", options{"channel": thread}), "all rules", "Europe/Kyiv")
	s := r.store.list()[0]
	if s.Channel != thread || !s.Instant || s.At.String() != "08:00" || len(s.Rules)+len(s.Sources) != 0 || s.Severity != rules.Info {
		t.Errorf("stored: %+v", s)
	}
}

func TestSubscribeRefusals(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	quiet := r.srv.AddRole(r.guild, "officers", 0, false)
	for name, c := range map[string]struct {
		options options
		want    []string
	}{
		"unknown rule":    {options{"rules": "power-cust"}, []string{"no rule", "Did you mean “power-cuts”?"}},
		"unknown rule 2":  {options{"rules": "zzzzz"}, []string{"no rule", "/rules lists"}},
		"unknown source":  {options{"source": "harbor news"}, []string{"no source", "Did you mean “harbour-news”?"}},
		"time":            {options{"time": "25:00"}, []string{"not a time of day"}},
		"too often":       {options{"time": "08:00, 08:10"}, []string{"at least an hour"}},
		"never":           {options{"time": "0 8 30 2 *"}, []string{"No day has that time"}},
		"zone":            {options{"zone": "Kyyiv"}, []string{"Did you mean “Europe/Kyiv”?"}},
		"time of alerts":  {options{"how": "instant", "time": "08:00"}, []string{"for digests only"}},
		"everyone":        {options{"mention": r.guild}, []string{"Choose a role of this server"}},
		"may not mention": {options{"mention": quiet}, []string{"may not mention @officers"}},
		"several":         {options{"rules": "nope-nope", "zone": "Atlantis"}, []string{"no rule", "time zone"}},
		"markdown":        {options{"rules": "**x** @everyone"}, []string{"no rule"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := r
			in.t = t
			in.wants(in.say("subscribe", c.options), append(c.want, "⚠️")...)
		})
	}
	if n := len(r.store.list()); n != 0 {
		t.Errorf("%d subscriptions were made", n)
	}
}

func TestSubscribeTwice(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.say("subscribe", options{"rules": "talks"})
	r.wants(r.say("subscribe", options{"rules": "talks"}), "already", r.store.list()[0].ID)
	r.wants(r.say("subscribe", options{"rules": "power-cuts"}), "Subscribed")
}

func TestSubscribeChecksOurPermissions(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	const all = discordtest.MemberDefault
	for name, c := range map[string]struct {
		kind discordtest.ChannelType
		ours discordtest.Permissions
		want string
	}{
		"send":   {discordtest.TextChannel, all &^ discordtest.SendMessages, "I lack Send Messages there"},
		"embed":  {discordtest.TextChannel, all &^ discordtest.EmbedLinks, "Embed Links"},
		"both":   {discordtest.TextChannel, all &^ discordtest.EmbedLinks &^ discordtest.SendMessages, "Send Messages, Embed Links"},
		"view":   {discordtest.TextChannel, all &^ discordtest.ViewChannel, "View Channel"},
		"no log": {discordtest.AnnouncementChannel, all &^ discordtest.ReadMessageHistory, "Subscribed"},
	} {
		t.Run(name, func(t *testing.T) {
			in := r
			in.t = t
			ch := in.srv.AddChannel(discordtest.Channel{Guild: in.guild, Type: c.kind, Permissions: c.ours})
			in.wants(in.say("subscribe", options{"channel": ch}), c.want) // named from elsewhere
			if c.want != "Subscribed" && c.ours&discordtest.ViewChannel != 0 {
				in.wants(in.sayAs(discordtest.Person{Permissions: manager}, ch, "subscribe", nil), c.want) // typed there
			}
		})
	}
}

func TestOnlyManagersChangeThings(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.say("subscribe", options{"rules": "talks"})
	id := r.store.list()[0].ID
	member := discordtest.Person{Permissions: discordtest.MemberDefault}
	for name, o := range map[string]options{"subscribe": nil, "unsubscribe": {"subscription": id}} {
		_, err := r.srv.Invoke(within(t), discordtest.Command{Person: member, Channel: r.channel, Name: name, Options: o})
		if !errors.Is(err, discordtest.ErrHidden) {
			t.Errorf("/%s is offered to a plain member: %v", name, err)
		}
		opened := member
		opened.Override = true
		r.wants(r.sayAs(opened, r.channel, name, o), "Manage Channels")
	}
	if n := len(r.store.list()); n != 1 {
		t.Errorf("%d subscriptions, want 1", n)
	}
	for _, name := range []string{"subscriptions", "digest", "latest", "rules", "status", "help"} {
		r.sayAs(member, r.channel, name, nil)
	}
}

func TestGuildsAreApart(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	other := r.srv.AddGuild("hill town")
	there := r.srv.AddChannel(discordtest.Channel{Guild: other})
	r.store.subs = []digest.Subscription{
		{ID: "from-config", Chat: "discord", Channel: there, Instant: true},
		{ID: "s-here", Guild: r.guild, Chat: "discord", Channel: r.channel, Instant: true},
	}
	person := discordtest.Person{Permissions: manager}
	for _, id := range []string{"s-here", "from-config"} {
		r.wants(r.sayAs(person, there, "unsubscribe", options{"subscription": id}), "no subscription")
		r.wants(r.sayAs(person, there, "digest", options{"subscription": id}), "no subscription")
	}
	r.wants(r.sayAs(person, there, "subscriptions", nil), "No subscriptions")
	got, err := r.srv.Complete(within(t), discordtest.Command{Person: person, Channel: there, Name: "unsubscribe"}, "subscription")
	if err != nil || len(got) != 0 {
		t.Errorf("offered %v, %v", got, err)
	}
	if n := len(r.store.list()); n != 2 {
		t.Errorf("%d subscriptions, want 2", n)
	}
}

func TestAutocomplete(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.store.subs = []digest.Subscription{{ID: "s-one", Guild: r.guild, Channel: r.channel, Rules: []string{"talks"}, Instant: true}}
	for _, c := range []struct{ command, option, typed, want string }{
		{"subscribe", "rules", "pow", "power-cuts"},
		{"subscribe", "rules", "talks, pow", "talks,power-cuts"},
		{"subscribe", "source", "hill", "hill-post"},
		{"subscribe", "zone", "lond", "Europe/London"},
		{"subscribe", "zone", "Kyiv", "Europe/Kyiv"},
		{"subscribe", "zone", "new york", "America/New_York"},
		{"subscribe", "zone", "kiev", "Europe/Kyiv"},
		{"unsubscribe", "subscription", "", "s-one"},
		{"digest", "subscription", "talks", "s-one"},
		{"search", "rule", "Talks", "talks"},
		{"latest", "source", "Harbour", "harbour-news"},
		{"rules", "rule", "cut", "power-cuts"},
	} {
		cmd := discordtest.Command{
			Person: discordtest.Person{Permissions: manager}, Channel: r.channel, Name: c.command,
			Options: options{c.option: c.typed},
		}
		got, err := r.srv.Complete(within(t), cmd, c.option)
		if err != nil || len(got) == 0 || strings.ReplaceAll(fmt.Sprint(got[0].Value), " ", "") != c.want {
			t.Errorf("/%s %s:%q offers %v, %v; want %q", c.command, c.option, c.typed, got, err, c.want)
		}
	}
}

func TestSearchAndLatest(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wants(r.say("search", options{"words": "ferry"}), "Nothing was found")
	for i := range 23 {
		r.store.found = append(r.store.found, bot.Found{
			Source:  feed.Source{ID: "harbour-news", Title: "Harbour News"},
			Entry:   feed.Entry{ID: strconv.Itoa(i), Title: fmt.Sprintf("Ferry %d **stops** @everyone", i), URL: "https://harbour.example/1", Published: time.Now()},
			Rules:   []string{"talks"},
			Snippet: "the \x02ferry\x03 of _Monday_",
			Removed: i == 1,
		})
	}
	r.wants(r.say("search", options{"words": "ferry"}), "Ferry 0", "Ferry 9", `\*\*stops`, "**ferry**", `\_Monday`, "page:2", "removed")
	r.wants(r.say("latest", options{"page": 3, "rule": "talks"}), "Ferry 22", "page 3")
	q := r.store.queries[len(r.store.queries)-1]
	if q.Rule != "talks" || q.Offset != 20 {
		t.Errorf("asked for %+v", q)
	}
	r.wants(r.say("latest", options{"page": 9}), "no such page")
	r.wants(r.say("latest", options{"rule": "tlaks"}), "Did you mean “talks”?")
}

func TestDigestNow(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wants(r.say("digest", nil), "Nothing matched")
	for i := range 3 {
		r.store.items = append(r.store.items, digest.Item{
			Source:  feed.Source{ID: "harbour-news", Title: "Harbour News"},
			Entry:   feed.Entry{ID: strconv.Itoa(i), Title: fmt.Sprintf("Talks number %d begin at pier %d", i, 7*i), URL: "https://harbour.example/" + strconv.Itoa(i), Published: time.Now()},
			Matches: []rules.Match{{Rule: "talks", Title: "Talks", Severity: rules.Watch}},
		})
	}
	r.wants(r.say("digest", options{"hours": 3}), "Talks", "number 2")
	r.wants(r.say("digest", options{"rules": "power-cuts"}), "Nothing matched")
	r.store.subs = []digest.Subscription{{ID: "s-one", Guild: r.guild, Channel: r.channel, Rules: []string{"talks"}, Instant: true}}
	r.wants(r.say("digest", nil), "s-one", "number 1")
	r.wants(r.say("digest", options{"subscription": "s-one", "rules": "talks"}), "either a subscription")
}

func TestRulesStatusHelp(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wants(r.say("rules", nil), "Power cuts", "talks")
	r.wants(r.say("rules", options{"rule": "power cuts"}), "URGENT", "Languages: en", "/subscribe rules:power-cuts")
	r.wants(r.say("status", nil), "of which 1 fail", "503", "17 in 24 hours", "1.2s", `The \*Hill\* Post`)
	help := r.say("help", nil)
	for _, c := range commands() {
		if c.spec.Name != "help" {
			r.wants(help, "/"+c.spec.Name)
		}
	}
}

func TestSlowAndBroken(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.store.err = errors.New("disk on fire at /secret/path")
	reply := r.say("search", options{"words": "ferry"})
	r.wants(reply, "went wrong on my side", "reference")
	if strings.Contains(reply.Text(), "secret") {
		t.Error("the reply tells what is none of the reader's business")
	}
	r.store.err, r.store.panics = nil, true
	r.wants(r.say("search", options{"words": "ferry"}), "went wrong on my side")
	r.store.panics = false
	r.store.wait = make(chan struct{})
	time.AfterFunc(deferAfter+200*time.Millisecond, func() { close(r.store.wait) })
	slow := r.say("search", options{"words": "ferry"})
	r.wants(slow, "Nothing was found")
	if slow.Type != discordtest.ReplyDeferred {
		t.Errorf("the slow reply is of type %d", slow.Type)
	}
}

func TestReplyLimits(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 500 {
		lines = append(lines, fmt.Sprintf("line %d 🚨🚨🚨🚨🚨🚨🚨🚨🚨🚨", i))
	}
	s := fitLines(lines, maxDescription, "narrow with `rule`")
	if size(s) > maxDescription || !strings.Contains(s, "more: narrow with `rule`") {
		t.Errorf("%d units: …%s", size(s), s[len(s)-60:])
	}
	if n := size(sentence(strings.Repeat("слово ", 900)).first().Content); n > maxContent {
		t.Errorf("a sentence of %d", n)
	}
	if got := snippet("a \x02b"); got != "a **b**" {
		t.Errorf("snippet: %q", got)
	}
}
