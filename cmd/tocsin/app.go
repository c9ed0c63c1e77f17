package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"tocsin/bot"
	"tocsin/bot/discord"
	"tocsin/bot/terminal"
	"tocsin/config"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/feed/liveblog"
	"tocsin/feed/syndication"
	"tocsin/fetch"
	"tocsin/rules"
	"tocsin/store"
	"tocsin/worker"
)

// app is the running program, wired: what `run` and `demo` start.
type app struct {
	cfg     *config.Config
	log     *slog.Logger
	db      *store.DB
	book    *rules.Book
	fetcher *fetch.Client
	worker  *worker.Worker
	discord *discord.Bot // nil without a token
	desk    *bot.Desk
	web     net.Listener // nil if switched off
}

// tuning is what the demo sets otherwise than everybody else.
type tuning struct {
	tick  time.Duration
	trace func(worker.Event)
}

// newApp opens and connects everything. Nothing is read or sent before run.
func (p *program) newApp(ctx context.Context, cfg *config.Config, log *slog.Logger, t tuning) (a *app, err error) {
	a = &app{cfg: cfg, log: log}
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	if a.book, err = rules.NewBook(cfg.Rules...); err != nil {
		return a, err
	}
	if err := cfg.Check(ruleIDs(a.book.Rules())); err != nil {
		return a, err
	}
	if a.db, err = store.Open(ctx, cfg.Database, store.Options{Logger: log}); err != nil {
		return a, err
	}
	if cfg.Listen != "" {
		if a.web, err = new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen); err != nil {
			return a, fmt.Errorf("web.listen: %w (set another address, or \"\" to switch it off)", err)
		}
	}
	chats, err := a.chats(p)
	if err != nil {
		return a, err
	}
	if err := a.register(ctx); err != nil {
		return a, err
	}
	a.desk = &bot.Desk{Archive: a.db, Subscribers: a.db, Health: a.db, RuleBook: a.book, Zone: cfg.Zone, Started: time.Now()}
	a.fetcher = fetch.New(fetch.Options{
		UserAgent: userAgent(cfg.Fetch.Contact), Timeout: cfg.Fetch.Timeout,
		MaxBody: cfg.Fetch.MaxBody, AllowPrivate: cfg.Fetch.AllowPrivate,
	})
	follow := map[string][]feed.Follow{}
	for _, s := range cfg.Sources {
		follow[s.ID] = s.Follow
	}
	a.worker, err = worker.New(worker.Options{
		Store: worker.Store{
			Calendar: a.db, Archive: a.db, Subscribers: a.db, Digests: a.db, Outbox: a.db,
			Jobs: a.db.Jobs,
		},
		Readers: map[feed.Kind]feed.Reader{
			feed.KindFeed:     syndication.New(a.fetcher),
			feed.KindLiveBlog: liveblog.New(a.fetcher),
		},
		Follow: follow, Lookback: cfg.Lookback, Rules: a.book, Chats: chats,
		Tick: t.tick, Trace: t.trace, Reload: a.reload, Logger: log,
	})
	return a, err
}

// chats builds the chats this process serves. Without a token everything goes to
// the terminal.
func (a *app) chats(p *program) ([]bot.Chat, error) {
	options := terminal.Options{}
	if f, ok := p.out.(*os.File); ok {
		options = terminal.OptionsFor(f, p.env)
	}
	chats := []bot.Chat{terminal.New(p.out, options)}
	d := a.cfg.Discord
	if d.Token == "" {
		a.log.Info("no Discord token (" + config.EnvToken + "): posting to the terminal")
		return chats, nil
	}
	var err error
	a.discord, err = discord.New(discord.Options{Token: d.Token.Reveal(), APIURL: d.APIURL, CommandGuild: d.Guild, Logger: a.log})
	if err != nil {
		return nil, err
	}
	return append(chats, a.discord), nil
}

// register writes the configured sources and subscriptions down, and retires those that
// are configured no more.
func (a *app) register(ctx context.Context) error {
	var keep []string
	for _, s := range a.cfg.Sources {
		if err := a.db.PutSource(ctx, s); err != nil {
			return err
		}
		keep = append(keep, s.ID)
	}
	if err := a.db.RetireSources(ctx, keep); err != nil {
		return err
	}
	configured := map[string]bool{}
	for _, s := range a.cfg.Subscriptions {
		if a.discord == nil {
			s.Chat = terminal.Name
		}
		configured[s.ID] = true
		if err := a.db.PutSubscription(ctx, s, nextDigest(s)); err != nil {
			return err
		}
	}
	old, err := a.db.Subscriptions(ctx, "")
	if err != nil {
		return err
	}
	for _, s := range old {
		if s.Guild == "" && !configured[s.ID] {
			if err := a.db.DeleteSubscription(ctx, s.ID); err != nil && !errors.Is(err, bot.ErrUnknown) {
				return err
			}
		}
	}
	return nil
}

// nextDigest is when a subscription that is new to the store gets its first digest.
func nextDigest(s digest.Subscription) time.Time {
	return s.At.Next(time.Now(), s.Location())
}

// run works until ctx is done, or until something fails that trying again cannot help.
func (a *app) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.worker.Run(ctx) })
	if a.discord != nil {
		g.Go(func() error { return a.discord.Run(ctx, a.desk) })
	}
	if a.web != nil {
		g.Go(func() error { return serveHealth(ctx, a.web, a.db) })
	}
	g.Go(func() error { a.prune(ctx); return nil })
	return g.Wait()
}

// close lets go of everything, in any state.
func (a *app) close() {
	if a.web != nil {
		a.web.Close()
	}
	if a.fetcher != nil {
		a.fetcher.Close()
	}
	if a.db != nil {
		if err := a.db.Close(); err != nil {
			a.log.Error("closing the database", "err", err)
		}
	}
}

// reload follows the rule files.
func (a *app) reload() {
	summary, err := a.book.Reload()
	switch {
	case err != nil:
		a.log.Error("the changed rules are refused; the last good ones stay in force", "err", err)
	case summary != "":
		a.log.Info("rules: " + summary)
	}
}

const pruneEvery = time.Hour

// prune forgets what is older than the configuration keeps.
func (a *app) prune(ctx context.Context) {
	if a.cfg.Retention == 0 {
		return
	}
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		n, err := a.db.Prune(ctx, time.Now().Add(-a.cfg.Retention))
		switch {
		case err != nil && ctx.Err() == nil:
			a.log.Error("forgetting old entries", "err", err)
		case n > 0:
			a.log.Info("forgot old entries", "entries", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func ruleIDs(set *rules.Set) []string {
	var ids []string
	for _, r := range set.Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}
