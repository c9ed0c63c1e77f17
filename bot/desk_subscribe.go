package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/digest"
	"tocsin/rules"
	"tocsin/schedule"
)

// How says in which way a subscription is told.
type How string

// The ways of being told.
const (
	HowInstant How = "instant" // an alert for each match
	HowDigest  How = "digest"  // a summary at set times
	HowBoth    How = "both"
)

// Request is somebody's wish for a subscription, as typed. What stays empty
// takes its default: all rules, all sources, every severity, alerts and a digest,
// 08:00, the desk's time zone, no mention.
type Request struct {
	Chat, Guild, By string
	Channel         string
	ChannelGuild    string // the guild that the channel is in, as the chat says
	Rules, Sources  []string
	How             How
	At              string // as [schedule.Parse] reads it
	Zone            string // as [FindZone] reads it
	Severity        string
	Mention         string // the chat's id of a role
}

// Subscribed is a subscription and when its next digest is due.
type Subscribed struct {
	digest.Subscription
	Next time.Time // in the subscription's zone; zero if it has no digests
}

const (
	defaultAt = "08:00"
	// maxSubscriptions bounds those of one guild.
	maxSubscriptions = 50
	// maxNames bounds the rules, or sources, that one subscription names.
	maxNames = 20
	// minDigestGap keeps a schedule from turning digests into a flood.
	minDigestGap = time.Hour
)

// Subscribe makes a subscription. It tells everything that is wrong with the
// request at once.
func (d *Desk) Subscribe(ctx context.Context, r Request) (Subscribed, error) {
	existing, err := d.ofGuild(ctx, r.Guild)
	if err != nil {
		return Subscribed{}, err
	}
	sources, err := d.Health.Sources(ctx)
	if err != nil {
		return Subscribed{}, err
	}
	s := digest.Subscription{Chat: r.Chat, Guild: r.Guild, Channel: r.Channel, Mention: r.Mention, By: r.By}
	var placeErr, ruleErr, sourceErr, severityErr error
	if r.Channel == "" || r.ChannelGuild != r.Guild {
		placeErr = refuse("That channel is not in this server.")
	}
	s.Rules, ruleErr = d.pickRules(r.Rules)
	s.Sources, sourceErr = pickSources(r.Sources, sources)
	s.Severity, severityErr = readSeverity(r.Severity)
	howErr := r.setTimes(&s, d.Zone)
	if err := refusal(placeErr, ruleErr, sourceErr, severityErr, howErr); err != nil {
		return Subscribed{}, err
	}
	if err := fits(s, existing); err != nil {
		return Subscribed{}, err
	}
	s.Created = time.Now().UTC()
	if s.ID, err = d.newID(ctx); err != nil {
		return Subscribed{}, err
	}
	done := withNext(s, s.Created)
	if !s.At.IsZero() && done.Next.IsZero() {
		return Subscribed{}, refuse("No day has that time, so no digest would ever come. Choose a time such as 08:00.")
	}
	if err := d.Subscribers.PutSubscription(ctx, s, done.Next.UTC()); err != nil {
		return Subscribed{}, fmt.Errorf("recording the subscription: %w", err)
	}
	return done, nil
}

// setTimes reads how and when to tell, and in which zone.
func (r Request) setTimes(s *digest.Subscription, zone string) error {
	how := r.How
	if how == "" {
		how = HowBoth
	}
	if how != HowInstant && how != HowDigest && how != HowBoth {
		return refuse("There is no way “%s” of being told. Choose instant, digest or both.", quoted(string(r.How)))
	}
	s.Instant = how != HowDigest
	var zoneErr, atErr error
	if s.Zone = zone; r.Zone != "" {
		s.Zone, zoneErr = FindZone(r.Zone)
	}
	at := strings.TrimSpace(r.At)
	switch {
	case how == HowInstant && at != "":
		atErr = refuse("A time is for digests only. Choose digest or both, or leave the time out.")
	case how != HowInstant:
		if at == "" {
			at = defaultAt
		}
		s.At, atErr = readTimes(at)
	}
	return refusal(zoneErr, atErr)
}

func readTimes(typed string) (schedule.Schedule, error) {
	at, err := schedule.Parse(typed)
	if err != nil {
		return at, refuse("“%s” is not a time of day. Write 08:00, or several as 08:00, 18:30, or mon-fri 08:00.", quoted(typed))
	}
	t := time.Now()
	for range 50 {
		next := at.Next(t, time.UTC)
		if next.IsZero() {
			return at, nil
		}
		after := at.Next(next, time.UTC)
		if !after.IsZero() && after.Sub(next) < minDigestGap {
			return at, refuse("Those times are too close together: leave at least an hour between two digests.")
		}
		t = next
	}
	return at, nil
}

func readSeverity(typed string) (rules.Severity, error) {
	var s rules.Severity
	if typed == "" {
		return rules.Info, nil
	}
	if s.UnmarshalText([]byte(strings.ToLower(strings.TrimSpace(typed)))) != nil {
		return s, refuse("There is no severity “%s”. Choose info, watch or urgent.", quoted(typed))
	}
	return s, nil
}

// fits checks a new subscription against those that the guild has.
func fits(s digest.Subscription, existing []digest.Subscription) error {
	switch {
	case len(s.Rules) > maxNames || len(s.Sources) > maxNames:
		return refuse("Name at most %d rules and %d sources in one subscription, or none for all of them.", maxNames, maxNames)
	case len(existing) >= maxSubscriptions:
		return refuse("This server has %d subscriptions, which is the limit. Remove one with /unsubscribe first.", len(existing))
	}
	for _, e := range existing {
		if same(e, s) {
			return refuse("That channel has just this subscription already: %s. Remove it with /unsubscribe to change it.", e.ID)
		}
	}
	return nil
}

func same(a, b digest.Subscription) bool {
	set := func(ids []string) []string { return slices.Sorted(slices.Values(ids)) }
	return a.Chat == b.Chat && a.Channel == b.Channel && a.Severity == b.Severity && a.Instant == b.Instant &&
		a.At.Equal(b.At) && (a.At.IsZero() || a.Zone == b.Zone) && a.Mention == b.Mention &&
		slices.Equal(set(a.Rules), set(b.Rules)) && slices.Equal(set(a.Sources), set(b.Sources))
}

// newID makes up an ID that no subscription has: short, since people type it.
func (d *Desk) newID(ctx context.Context) (string, error) {
	for range 10 {
		id := "s-" + strings.ToLower(rand.Text()[:6])
		_, err := d.Subscribers.Subscription(ctx, id)
		if errors.Is(err, ErrUnknown) {
			return id, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", errors.New("no free ID for a subscription in ten tries")
}

// Unsubscribe ends a subscription of the guild and returns it as it was.
func (d *Desk) Unsubscribe(ctx context.Context, guild, id string) (digest.Subscription, error) {
	own, err := d.ofGuild(ctx, guild)
	if err != nil {
		return digest.Subscription{}, err
	}
	s, err := choose(own, id)
	if err != nil {
		return digest.Subscription{}, err
	}
	err = d.Subscribers.DeleteSubscription(ctx, s.ID)
	if errors.Is(err, ErrUnknown) {
		return s, refuse("The subscription %s is gone already.", s.ID)
	}
	return s, err
}

// choose finds a subscription by ID among the guild's own. One of somebody
// else looks as if it did not exist.
func choose(own []digest.Subscription, id string) (digest.Subscription, error) {
	id = strings.TrimSpace(id)
	list := make([]named, len(own))
	for i, s := range own {
		list[i] = named{id: s.ID}
	}
	found, ok := pick(id, list)
	if !ok {
		return digest.Subscription{}, refuse("This server has no subscription “%s”.%s", quoted(id), didYouMean(id, names(list), "/subscriptions lists them."))
	}
	return own[slices.IndexFunc(own, func(s digest.Subscription) bool { return s.ID == found })], nil
}

// Subscriptions lists those of a guild, by channel and age.
func (d *Desk) Subscriptions(ctx context.Context, guild string) ([]Subscribed, error) {
	own, err := d.ofGuild(ctx, guild)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(own, func(a, b digest.Subscription) int {
		if c := strings.Compare(a.Channel, b.Channel); c != 0 {
			return c
		}
		return a.Created.Compare(b.Created)
	})
	now := time.Now()
	out := make([]Subscribed, len(own))
	for i, s := range own {
		out[i] = withNext(s, now)
	}
	return out, nil
}

func withNext(s digest.Subscription, now time.Time) Subscribed {
	return Subscribed{Subscription: s, Next: s.At.Next(now, s.Location())}
}
