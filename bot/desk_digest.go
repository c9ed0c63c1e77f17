package bot

import (
	"context"
	"time"

	"tocsin/digest"
)

// DigestRequest asks for a digest now: of a subscription of the guild, of those
// of a channel, or of what rules and sources say.
type DigestRequest struct {
	Chat, Guild, Channel string
	Subscription         string // an ID; "" means the channel's, if neither rules nor sources are named
	Rules, Sources       []string
	Period               time.Duration // back from now; 0 means a day
}

const (
	defaultPeriod = 24 * time.Hour
	maxPeriod     = 7 * 24 * time.Hour
)

// DigestNow compiles a digest on demand. It covers the period, whatever digests
// told before, and changes nothing about the next one. The Subscription of a
// digest that belongs to none has no ID.
func (d *Desk) DigestNow(ctx context.Context, r DigestRequest) (digest.Digest, error) {
	own, err := d.ofGuild(ctx, r.Guild)
	if err != nil {
		return digest.Digest{}, err
	}
	if r.Period == 0 {
		r.Period = defaultPeriod
	}
	if r.Period < time.Minute || r.Period > maxPeriod {
		return digest.Digest{}, refuse("A digest on demand covers at most %d hours.", int(maxPeriod.Hours()))
	}
	s, err := d.digested(ctx, r, own)
	if err != nil {
		return digest.Digest{}, err
	}
	to := time.Now().UTC()
	from := to.Add(-r.Period)
	items, err := d.Archive.Items(ctx, from, to)
	if err != nil {
		return digest.Digest{}, err
	}
	return digest.Compile(s, s.Select(items), from, to), nil
}

// digested is the subscription that the digest is compiled for.
func (d *Desk) digested(ctx context.Context, r DigestRequest, own []digest.Subscription) (digest.Subscription, error) {
	if r.Subscription != "" {
		if len(r.Rules)+len(r.Sources) > 0 {
			return digest.Subscription{}, refuse("Name either a subscription, or rules and sources.")
		}
		return choose(own, r.Subscription)
	}
	sources, err := d.Health.Sources(ctx)
	if err != nil {
		return digest.Subscription{}, err
	}
	s := digest.Subscription{Chat: r.Chat, Guild: r.Guild, Channel: r.Channel, Zone: d.Zone}
	var ruleErr, sourceErr error
	s.Rules, ruleErr = d.pickRules(r.Rules)
	s.Sources, sourceErr = pickSources(r.Sources, sources)
	if err := refusal(ruleErr, sourceErr); err != nil || len(s.Rules)+len(s.Sources) > 0 {
		return s, err
	}
	for _, o := range own {
		if o.Channel == r.Channel && (s.ID == "" || s.At.IsZero() && !o.At.IsZero()) {
			s = o // the first with a digest, else the first
		}
	}
	return s, nil
}
