package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
)

// Desk answers people and does what they ask for, the same in every chat. Its
// methods check their input completely: what cannot be done as asked returns an
// [*InputError]; any other error is ours.
//
// Whoever asks speaks for one guild: a guild sees and changes its own
// subscriptions only, and those of config.yaml are nobody's to change.
type Desk struct {
	Archive     Archive
	Subscribers Subscriptions
	Health      Health
	RuleBook    RuleBook
	// Zone is the IANA time zone of those who name none; "" means UTC.
	Zone string
	// Started is when the program started; zero if that is not known.
	Started time.Time
}

// Status is how the program is doing.
type Status struct {
	Sources       []SourceStatus // all, those that fail first, then by ID
	Rules         int
	Subscriptions int // of the guild that asks
	Outbox        OutboxStats
	Started       time.Time
}

// Results are answers to a [Query], and whether there are more behind them.
type Results struct {
	Found []Found
	More  bool
}

const (
	defaultFound = 10
	maxFound     = 25
	maxOffset    = 1000
	maxQuery     = 200 // characters
)

// Search finds entries by words. q names rules and sources as people type them;
// at most 25 answers come at a time.
func (d *Desk) Search(ctx context.Context, q Query) (Results, error) {
	q.Text = strings.Join(strings.Fields(q.Text), " ")
	switch {
	case q.Text == "":
		return Results{}, refuse("Say which words to search for.")
	case len([]rune(q.Text)) > maxQuery:
		return Results{}, refuse("Search for fewer words: at most %d characters.", maxQuery)
	}
	return d.find(ctx, q)
}

// Latest returns the newest entries; it ignores q.Text.
func (d *Desk) Latest(ctx context.Context, q Query) (Results, error) {
	q.Text = ""
	return d.find(ctx, q)
}

func (d *Desk) find(ctx context.Context, q Query) (Results, error) {
	sources, err := d.Health.Sources(ctx)
	if err != nil {
		return Results{}, err
	}
	ruleIDs, ruleErr := d.pickRules([]string{q.Rule})
	sourceIDs, sourceErr := pickSources([]string{q.Source}, sources)
	var rangeErr error
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		rangeErr = refuse("The time to search ends before it starts.")
	}
	if q.Offset < 0 || q.Offset > maxOffset {
		rangeErr = refuse("Only the first %d answers can be shown. Narrow the search instead.", maxOffset)
	}
	if err := refusal(ruleErr, sourceErr, rangeErr); err != nil {
		return Results{}, err
	}
	q.Rule, q.Source = strings.Join(ruleIDs, ""), strings.Join(sourceIDs, "")
	if q.Limit <= 0 {
		q.Limit = defaultFound
	}
	limit := min(q.Limit, maxFound)
	q.Limit = limit + 1 // one more tells whether there are more
	found, err := d.Archive.Search(ctx, q)
	if err != nil {
		return Results{}, err
	}
	if len(found) > limit {
		return Results{Found: found[:limit], More: true}, nil
	}
	return Results{Found: found}, nil
}

// Rules returns the rules in force, in the order of the files.
func (d *Desk) Rules() []rules.Rule { return d.RuleBook.Rules().Rules() }

// Rule finds a rule by its ID or title.
func (d *Desk) Rule(typed string) (rules.Rule, error) {
	ids, err := d.pickRules([]string{typed})
	if err != nil {
		return rules.Rule{}, err
	}
	all := d.Rules()
	i := slices.IndexFunc(all, func(r rules.Rule) bool { return slices.Contains(ids, r.ID) })
	if i < 0 {
		return rules.Rule{}, refuse("Say which rule.")
	}
	return all[i], nil
}

// Sources returns the sources, those that fail first, then by ID.
func (d *Desk) Sources(ctx context.Context) ([]SourceStatus, error) {
	all, err := d.Health.Sources(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b SourceStatus) int {
		if (a.Error != "") != (b.Error != "") {
			if a.Error != "" {
				return -1
			}
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all, nil
}

// Status sums up how the program is doing, for somebody of a guild.
func (d *Desk) Status(ctx context.Context, guild string) (Status, error) {
	sources, err := d.Sources(ctx)
	if err != nil {
		return Status{}, err
	}
	outbox, err := d.Health.OutboxStats(ctx)
	if err != nil {
		return Status{}, err
	}
	subs, err := d.ofGuild(ctx, guild)
	if err != nil {
		return Status{}, err
	}
	return Status{
		Sources: sources, Rules: len(d.Rules()), Subscriptions: len(subs),
		Outbox: outbox, Started: d.Started,
	}, nil
}

// ofGuild lists the subscriptions of one guild. The store reads "" and "*" as more
// than that, so neither may come from outside.
func (d *Desk) ofGuild(ctx context.Context, guild string) ([]digest.Subscription, error) {
	if guild == "" || guild == "*" {
		return nil, refuse("This works in a server only.")
	}
	subs, err := d.Subscribers.Subscriptions(ctx, guild)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(subs), func(s digest.Subscription) bool { return s.Guild != guild }), nil
}

func (d *Desk) pickRules(typed []string) ([]string, error) {
	var list []named
	for _, r := range d.Rules() {
		list = append(list, named{r.ID, r.Title})
	}
	return pickAll("rule", typed, list, "/rules lists them.")
}

func pickSources(typed []string, all []SourceStatus) ([]string, error) {
	list := make([]named, len(all))
	for i, s := range all {
		list[i] = named{s.ID, s.Title}
	}
	return pickAll("source", typed, list, "/status lists them.")
}

// SourceTitle is what to call a source: its title, or its ID.
func SourceTitle(s feed.Source) string {
	if s.Title != "" {
		return s.Title
	}
	return s.ID
}
