package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"golang.org/x/sync/errgroup"

	"tocsin/bot"
	"tocsin/feed"
)

// Runner works off jobs until it is stopped; a River client is one. It is an
// alias, so that the store's is the same type.
type Runner = interface {
	Start(ctx context.Context) error
	// Stop lets the jobs that run finish; StopAndCancel cancels their context too.
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// Store is everything the worker keeps: one value may serve all of it.
type Store struct {
	Calendar    Calendar
	Archive     Archive
	Subscribers Subscribers
	Digests     Digests
	Outbox      Outbox
	// Jobs builds the runner of the database's queue.
	Jobs func(*river.Config) (Runner, error)
}

// Options set up a [Worker]. Every field without a default must be set.
type Options struct {
	Store   Store
	Readers map[feed.Kind]feed.Reader
	// Follow holds the patterns of each source that announces live blogs, by source ID.
	Follow map[string][]feed.Follow
	// Lookback is how long before it was found a live blog is announced from; default 15 minutes.
	Lookback time.Duration
	Rules    bot.RuleBook
	Chats    []bot.Chat
	// Tick is the time from one look at the calendar to the next; default 1 second.
	Tick time.Duration
	// Reload is called with the calendar, at most every two seconds; nil for never.
	Reload func()
	// Trace is told of every entry that was recorded and every message that was
	// posted; nil for nobody. It must not block.
	Trace  func(Event)
	Logger *slog.Logger // default: discards
}

// Event is one thing the worker did, for summaries and measurements.
type Event struct {
	Kind      EventKind
	Source    string
	Entry     string
	At        time.Time
	Published time.Time // of the entry; zero if unknown
	Outcome   *bot.Outcome
	Delivery  *bot.Delivery
}

// EventKind says what an [Event] tells of.
type EventKind string

// The kinds of event.
const (
	EventRecorded EventKind = "recorded" // an entry came or changed; Outcome says how
	EventFound    EventKind = "found"    // a live blog was announced; Source is its ID
	EventClosed   EventKind = "closed"   // a live blog has closed
	EventPosted   EventKind = "posted"   // an alert was posted
	EventEdited   EventKind = "edited"   // a posted message was brought up to date
	EventDigest   EventKind = "digest"   // a message of a digest was posted
)

// Worker reads what is due, decides, and empties the outbox.
type Worker struct {
	Options
	chats  map[string]bot.Chat
	owner  string // of channel leases; each drain adds its own number
	leases counter
	hushed hush
	said   said
}

// New checks the options and fills in their defaults.
func New(o Options) (*Worker, error) {
	if o.Rules == nil || o.Store.Calendar == nil || o.Store.Jobs == nil || len(o.Readers) == 0 {
		return nil, errors.New("worker: store, readers and rules must be set")
	}
	if o.Lookback == 0 {
		o.Lookback = 15 * time.Minute
	}
	if o.Tick == 0 {
		o.Tick = time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Trace == nil {
		o.Trace = func(Event) {}
	}
	w := &Worker{Options: o, chats: map[string]bot.Chat{}, owner: processName()}
	for _, c := range o.Chats {
		w.chats[c.Name()] = c
	}
	return w, nil
}

// processName tells this process from every other one that shares the database.
func processName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%d", host, os.Getpid(), time.Now().UnixNano())
}

// grace is how long running jobs may finish after a stop was asked for.
const grace = 3 * time.Second

// Run works until ctx is done, then stops in order: no new work is taken, what
// runs may finish for a few seconds, and what is left is taken up by the next start.
func (w *Worker) Run(ctx context.Context) error {
	jobs, err := w.Store.Jobs(w.riverConfig())
	if err != nil {
		return fmt.Errorf("setting up the job queue: %w", err)
	}
	working := context.WithoutCancel(ctx)
	if err := jobs.Start(working); err != nil {
		return fmt.Errorf("starting the job queue: %w", err)
	}
	var g errgroup.Group
	g.Go(func() error { w.watchCalendar(ctx); return nil })
	g.Go(func() error {
		<-ctx.Done()
		w.hushed.stop()
		stopping, cancel := context.WithTimeout(working, grace)
		defer cancel()
		if jobs.Stop(stopping) == nil {
			return nil
		}
		cancelling, cancel := context.WithTimeout(working, grace)
		defer cancel()
		return jobs.StopAndCancel(cancelling)
	})
	return g.Wait()
}

// The queues: slow publishers must not hold up messages, nor slow chats reads.
const (
	queueRead   = "read"
	queueDigest = "digest"
)

// jobTimeout bounds one job; it is below the age at which the queue takes a job for dead.
const jobTimeout = 40 * time.Second

func (w *Worker) riverConfig() *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &readWorker{w: w})
	river.AddWorker(workers, &digestWorker{w: w})
	river.AddWorker(workers, &deliverWorker{w: w})
	return &river.Config{
		Workers: workers,
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: 64},
			queueRead:          {MaxWorkers: 64},
			queueDigest:        {MaxWorkers: 4},
		},
		// The defaults would let a burst of alerts wait up to a second, and a
		// job that died in the middle of a post an hour: Discord remembers a
		// nonce for minutes only.
		FetchCooldown:               5 * time.Millisecond,
		RescueStuckJobsAfter:        45 * time.Second,
		JobTimeout:                  jobTimeout,
		CompletedJobRetentionPeriod: time.Hour,
		Logger:                      slog.New(quiet{w.Logger.Handler()}),
	}
}

// quiet passes on River's warnings and errors, and not its housekeeping.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}

// counter hands out numbers.
type counter struct {
	mu sync.Mutex
	n  int64
}

func (c *counter) next() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return strconv.FormatInt(c.n, 10)
}
