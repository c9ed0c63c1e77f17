package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"tocsin/bot"
)

// gateway keeps one connection to Discord's gateway. discordgo's own way of
// reconnecting cannot be cancelled, goes on after errors that are for good, and
// can lock itself up; so each connection is opened from here, under a time
// limit, and a session that hangs is left behind.
type gateway struct {
	bot   *Bot
	front *front
	work  sync.WaitGroup // interactions and the registration

	// openWithin bounds opening a connection, and readyWithin the wait for
	// READY or RESUMED after that.
	openWithin, readyWithin time.Duration
	// silence is how long the gateway may say nothing: two heartbeats and some.
	silence time.Duration
	// identifyEvery is the least time between new sessions that Discord allows.
	identifyEvery time.Duration
	// pause is the first wait after a failure; it doubles up to mostPause.
	pause, mostPause time.Duration

	identified time.Time // when the last new session was begun

	mu          sync.Mutex
	guilds      map[string]bool
	registering bool
	finished    bool // no more work is taken
}

func newGateway(b *Bot, desk *bot.Desk) *gateway {
	return &gateway{
		bot: b, front: newFront(b, desk), guilds: map[string]bool{},
		openWithin: 30 * time.Second, readyWithin: 10 * time.Second,
		silence: 90 * time.Second, identifyEvery: 5 * time.Second,
		// At two minutes a day has fewer tries than the 1000 after which Discord resets the token.
		pause: time.Second, mostPause: 2 * time.Minute,
	}
}

// Run connects to Discord, registers the slash commands and answers them with
// desk until ctx is done; it returns nil then, within a second. It reconnects by
// itself, for as long as it takes. It returns an error only where trying
// again cannot help: one that wraps [bot.ErrUnauthorized] if Discord refuses the token.
func (b *Bot) Run(ctx context.Context, desk *bot.Desk) error {
	return newGateway(b, desk).run(ctx)
}

// line is one session, and the connection it has at the moment.
type line struct {
	session *discordgo.Session
	conn    atomic.Pointer[gatewayConn]
	ready   chan struct{} // one token for each READY or RESUMED
	gone    chan struct{} // one token for each connection that ended
}

var (
	errStuck    = errors.New("opening the connection hangs")
	errNotReady = errors.New("the session is not taken up")
)

func (g *gateway) run(ctx context.Context) error {
	// What is under way when the end comes has a moment to finish.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer g.finish()
	var l *line
	pause, failures := g.pause, 0
	for ctx.Err() == nil {
		if l == nil {
			var err error
			if l, err = g.newLine(ctx, work); err != nil {
				return err
			}
			if !sleep(ctx, g.identifyEvery-time.Since(g.identified)) {
				break
			}
			g.identified = time.Now()
		}
		served, err := g.serve(ctx, l)
		if ctx.Err() != nil {
			break
		}
		if err := fatal(err); err != nil {
			return err
		}
		if served {
			pause, failures = g.pause, 0
			g.bot.log.Info("the connection to Discord ended; resuming")
			continue
		}
		failures++
		if failures > 1 || !resumable(err) {
			l.leave()
			l = nil
		}
		wait := pause/2 + rand.N(pause/2)
		pause = min(2*pause, g.mostPause)
		level := slog.LevelDebug
		if failures == 1 {
			level = slog.LevelWarn // once, not at every try
		}
		g.bot.log.Log(ctx, level, "no connection to Discord; trying again less and less often", "err", err, "retry", wait.Round(time.Millisecond))
		sleep(ctx, wait)
	}
	if l != nil {
		l.hangUp()
	}
	return nil
}

// finishWithin is how long the work under way may take at the end.
const finishWithin = 300 * time.Millisecond

// start does work that finish waits for; none once that has begun.
func (g *gateway) start(work func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.finished {
		g.work.Go(work)
	}
}

func (g *gateway) finish() {
	g.mu.Lock()
	g.finished = true
	g.mu.Unlock()
	done := make(chan struct{})
	go func() {
		g.work.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(finishWithin):
	}
}

func (g *gateway) newLine(ctx, work context.Context) (*line, error) {
	s, err := g.bot.newSession()
	if err != nil {
		return nil, err
	}
	l := &line{session: s, ready: make(chan struct{}, 1), gone: make(chan struct{}, 1)}
	dial := (&net.Dialer{Timeout: g.openWithin}).DialContext
	s.Dialer = &websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		HandshakeTimeout: g.openWithin,
		NetDialContext: func(_ context.Context, network, addr string) (net.Conn, error) {
			c, err := dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			conn := newGatewayConn(c, min(g.openWithin, g.silence))
			l.conn.Store(conn)
			return conn, nil
		},
	}
	s.AddHandler(func(_ *discordgo.Session, _ *discordgo.Disconnect) { signal(l.gone) })
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		g.start(func() { g.event(work, l, e) })
	})
	return l, nil
}

// serve opens a connection and returns when it has ended; served says that
// it was of use before that.
func (g *gateway) serve(ctx context.Context, l *line) (served bool, err error) {
	drain(l.ready)
	drain(l.gone)
	opened := make(chan error, 1)
	go func() { opened <- l.session.Open() }()
	late := time.NewTimer(g.openWithin)
	defer late.Stop()
	select {
	case err := <-opened:
		if err != nil {
			return false, g.bot.secret.error(err)
		}
	case <-late.C:
		return false, errStuck
	case <-ctx.Done():
		return false, nil
	}
	late.Reset(g.readyWithin)
	select {
	case <-l.ready:
	case <-l.gone:
		return false, errNotReady
	case <-late.C:
		return false, errNotReady
	case <-ctx.Done():
		return false, nil
	}
	if c := l.conn.Load(); c != nil {
		c.allow(g.silence)
	}
	select {
	case <-l.gone:
	case <-ctx.Done():
	}
	return true, nil
}

func drain(c chan struct{}) {
	select {
	case <-c:
	default:
	}
}

// leave drops a session that is of no use any more. If discordgo has locked itself
// up in it, one goroutine stays behind.
func (l *line) leave() {
	if c := l.conn.Load(); c != nil {
		c.stop()
		_ = c.Close() // it is of no use, closed well or not
	}
}

// hangUpWithin bounds saying good-bye.
const hangUpWithin = 500 * time.Millisecond

// hangUp ends the session in order: Discord shows the bot offline at once.
func (l *line) hangUp() {
	c := l.conn.Load()
	if c == nil {
		return
	}
	c.stop()
	select {
	case <-c.lastWord:
	case <-time.After(hangUpWithin):
		_ = c.Close() // nobody listens
	}
}

// resumable reports whether the session may outlive a failed try to resume it.
func resumable(err error) bool {
	var closed *websocket.CloseError
	if errors.Is(err, errStuck) || errors.Is(err, errNotReady) {
		return false
	}
	return !errors.As(err, &closed) || closed.Code < 4000 || closed.Code == 4000 || closed.Code == 4008
}

// fatalCloses are the codes after which Discord forbids to connect again.
//
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
var fatalCloses = map[int]string{
	4010: "this program's shard is invalid; please report this",
	4011: "the bot is in too many servers for one connection; it needs sharding, which this program does not do",
	4012: "this version of the gateway is not served any more; update Tocsin",
	4013: "the intents are invalid; please report this",
	4014: "the intents are not allowed for this application; please report this",
}

// fatal returns what Run ends with, or nil if trying again may help.
func fatal(err error) error {
	var closed *websocket.CloseError
	var rest *discordgo.RESTError
	switch {
	case errors.As(err, &closed) && closed.Code == 4004,
		errors.As(err, &rest) && rest.Response != nil && rest.Response.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("discord: %w: set DISCORD_TOKEN to the bot token shown in the developer portal; a reset makes the old one useless", bot.ErrUnauthorized)
	case errors.As(err, &closed) && fatalCloses[closed.Code] != "":
		return fmt.Errorf("discord: the gateway refuses the bot (close code %d): %s", closed.Code, fatalCloses[closed.Code])
	}
	return nil
}

// sleep reports whether d passed before ctx was done.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
