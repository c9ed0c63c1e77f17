package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"tocsin/bot/terminal"
	"tocsin/config"
	"tocsin/demo"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/rules"
	"tocsin/worker"
)

func (p *program) demoCommand() *cobra.Command {
	var speed float64
	var verbose bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch Tocsin follow a made-up live blog, in under a minute",
		Long: `Watch Tocsin follow a made-up live blog from its announcement to its closing and
the next day's, in under a minute. A made-up publisher serves the story on this
machine and the real program reads it over HTTP; nothing else is needed, and
nothing is left behind.`,
		Example: "  tocsin demo\n  tocsin demo --speed 3000",
		Args:    takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if speed < 60 || speed > 100_000 {
				return usage(cmd, "--speed must be from 60 to 100000")
			}
			log := slog.New(slog.DiscardHandler)
			if verbose {
				log = logger(p.err, config.Log{Level: slog.LevelDebug})
			}
			return p.demo(cmd.Context(), speed, log)
		},
	}
	cmd.Flags().Float64Var(&speed, "speed", demo.Speed, "how much faster than real the story happens")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "log what happens to standard error")
	return cmd
}

// Subscriptions of the demo: a desk that wants to know at once, and a reader of digests.
const (
	demoDesk   = "desk"
	demoReader = "reader"
)

// demoPace is how often the demo reads: the real program's half a minute in compressed time.
const demoPace = 200 * time.Millisecond

// demo plays the story against the real program.
func (p *program) demo(ctx context.Context, speed float64, log *slog.Logger) error {
	story, err := demo.Load()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tocsin-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	base := "http://" + l.Addr().String()
	publisher := demo.NewPublisher(base)
	server := &http.Server{Handler: publisher, ReadHeaderTimeout: 5 * time.Second}
	defer server.Close()

	counts := newTally()
	a, err := p.newApp(ctx, demoConfig(base, filepath.Join(dir, "tocsin.db")), log, tuning{
		tick:  demoPace / 4,
		trace: func(e worker.Event) { counts.add(e); narrate(p.out, e) },
	})
	if err != nil {
		return err
	}
	defer a.close()
	fmt.Fprintf(p.out, "A made-up publisher tells its story at %s; Tocsin reads it.\n", base)

	running, stop := context.WithCancel(ctx)
	defer stop()
	g, running := errgroup.WithContext(running)
	g.Go(func() error {
		if err := server.Serve(l); running.Err() == nil {
			return err
		}
		return nil
	})
	g.Go(func() error { return a.run(running) })
	g.Go(func() error {
		defer server.Close()
		defer stop()
		return p.playDemo(running, a, publisher, story, speed, counts)
	})
	if err := g.Wait(); err != nil {
		return err
	}
	if ctx.Err() == nil {
		counts.print(p.out)
	}
	return nil
}

// demoConfig is the configuration of the demo. Unlike a real one it announces
// what stands there at the first read, and posts to the terminal only.
func demoConfig(base, database string) *config.Config {
	return &config.Config{
		Database: database,
		Rules:    []string{"pack:ukraine"},
		Zone:     "UTC",
		Lookback: time.Hour,
		Fetch:    config.Fetch{AllowPrivate: true},
		Sources: []feed.Source{{
			ID: "beacon", Kind: feed.KindFeed, URL: base + "/rss.xml", Title: "The Beacon", Language: "en",
			Every: demoPace, AnnounceSince: feed.Always, State: feed.StateOpen,
			Follow: []feed.Follow{{Link: regexp.MustCompile(`/\d{8}-live-`), Every: demoPace}},
		}},
		Subscriptions: []digest.Subscription{
			{ID: demoDesk, Chat: terminal.Name, Severity: rules.Watch, Instant: true},
			{ID: demoReader, Chat: terminal.Name},
		},
	}
}

// playDemo plays the story, and has a digest compiled when a day is over.
func (p *program) playDemo(ctx context.Context, a *app, publisher *demo.Publisher, story demo.Story, speed float64, counts *tally) error {
	day := 0
	var failed error
	err := demo.Play(ctx, publisher, story, speed, func(s demo.Step) {
		if s.Day == day || failed != nil {
			return
		}
		if day > 0 {
			failed = p.endDay(ctx, a, counts)
		}
		day = s.Day
		fmt.Fprintf(p.out, "\n═══ Day %d ═══\n\n", day)
	})
	if err != nil {
		return err
	}
	if failed == nil {
		failed = p.endDay(ctx, a, counts)
	}
	return failed
}

// endDay waits until everything is read and posted, then posts the digest.
func (p *program) endDay(ctx context.Context, a *app, counts *tally) error {
	if err := settle(ctx, a, counts); err != nil {
		return err
	}
	fmt.Fprint(p.out, "\n═══ The digest ═══\n\n")
	if err := a.worker.Compile(ctx, demoReader, time.Now().UTC()); err != nil {
		return err
	}
	// The job that posts it is on its way; a digest that came no sooner than this never comes.
	return counts.waitDigest(ctx, 5*time.Second)
}

// settle waits until reads bring nothing new and the outbox is empty.
func settle(ctx context.Context, a *app, counts *tally) error {
	calm := 0
	for last := -1; calm < 4; {
		if err := pause(ctx, demoPace); err != nil {
			return err
		}
		stats, err := a.db.OutboxStats(ctx)
		if err != nil {
			return err
		}
		now := counts.changes()
		if now == last && stats.Pending == 0 {
			calm++
		} else {
			calm = 0
		}
		last = now
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// narrate tells what happens beside the messages.
func narrate(w io.Writer, e worker.Event) {
	switch e.Kind {
	case worker.EventFound:
		fmt.Fprintf(w, "→ the feed announces a live blog: %s\n\n", e.Source)
	case worker.EventClosed:
		fmt.Fprint(w, "→ the live blog has closed\n\n")
	}
}
