// Package discordtest is a fake Discord: REST and gateway on one loopback port,
// with Discord's limits, error shapes and habits, failures on demand, and people
// who use slash commands and buttons.
//
// It lives in the test's process while the program under test may be a child
// process that is killed and started again: the fake keeps the messages, the
// commands and the gateway sessions. Every request is checked against Discord's
// own OpenAPI description where that file is at hand (see [SpecEnv]).
//
//	srv := discordtest.New(t)
//	alerts := srv.AddChannel(discordtest.Channel{Name: "alerts"})
//	// start the program with srv.URL() as discord.api_url and srv.Token() as token
//	srv.WaitCommand(ctx, "", "status")
//	reply, err := srv.Invoke(ctx, discordtest.Command{Channel: alerts, Name: "status"})
//	srv.Fail(discordtest.Create(alerts), discordtest.Accepted(discordtest.HangUp()), 1)
//	m, err := srv.WaitMessage(ctx, alerts, discordtest.Containing("blackout"))
//
// Not there: direct messages, making threads and forum posts, reactions, voice,
// and compression of the whole gateway transport. A request for what is missing is a [Violation].
package discordtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is one fake Discord with one application on it. Its methods may be
// called from any goroutine.
type Server struct {
	url   string
	token string
	http  *http.Server
	done  chan struct{} // closed by Close: releases requests that a fault holds
	opts  options
	spec  *spec // nil where the description is absent

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each change of state
	ids      snowflakes
	world    world
	messages []*message // of all channels, oldest first, ephemeral replies included
	uploads  map[string]upload
	commands commandBook
	pending  map[string]*interaction // by token
	requests []*Request
	bad      []Violation
	failures []*Failure
	buckets  map[string]*bucket
	gate     gateway
	revoked  bool
}

type options struct {
	tolerant        bool
	nonceWindow     time.Duration
	answerWithin    time.Duration
	tokenLife       time.Duration
	heartbeat       time.Duration
	limit           int
	per             time.Duration
	intents         int64
	maxConcurrency  int
	checksResponses bool
}

// Option changes how a [Server] behaves.
type Option func(*options)

// AllowViolations keeps [New] from failing the test for violations; they are
// still collected.
func AllowViolations() Option { return func(o *options) { o.tolerant = true } }

// NonceWindow sets how long a nonce is remembered; Discord says "the past few
// minutes", the default is three.
func NonceWindow(d time.Duration) Option { return func(o *options) { o.nonceWindow = d } }

// AnswerWithin sets the time for the first answer to an interaction, by default
// Discord's three seconds.
func AnswerWithin(d time.Duration) Option { return func(o *options) { o.answerWithin = d } }

// TokenLife sets how long an interaction can be followed up, by default
// Discord's fifteen minutes.
func TokenLife(d time.Duration) Option { return func(o *options) { o.tokenLife = d } }

// Heartbeat sets the interval that HELLO asks for, by default 41.25 seconds. A
// connection that stays silent for two of them is closed with 4009.
func Heartbeat(d time.Duration) Option { return func(o *options) { o.heartbeat = d } }

// RateLimit enforces n requests in each window of per on every bucket (a route
// with its channel, guild or webhook), with Discord's headers. By default 1000 a second.
func RateLimit(n int, per time.Duration) Option {
	return func(o *options) { o.limit, o.per = n, per }
}

// PrivilegedIntents lets the application identify with these privileged intents,
// which close the connection with 4014 otherwise.
func PrivilegedIntents(bits int64) Option { return func(o *options) { o.intents = bits } }

// MaxConcurrency sets how many sessions may identify within five seconds, as
// told by GET /gateway/bot; 1 by default. [GatewayStats] counts those beyond.
func MaxConcurrency(n int) Option { return func(o *options) { o.maxConcurrency = n } }

// checkResponses also checks what the fake answers against the description.
func checkResponses() Option { return func(o *options) { o.checksResponses = true } }

// New starts a fake on a free loopback port. It is closed when the test ends, and
// fails it then for every [Violation] (see [AllowViolations]).
func New(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s, err := Start("127.0.0.1:0", opts...)
	if err != nil {
		t.Fatalf("start the fake Discord: %v", err)
	}
	t.Cleanup(func() {
		s.Close()
		if s.opts.tolerant {
			return
		}
		for _, v := range s.Violations() {
			t.Errorf("Discord would refuse this: %v", v)
		}
	})
	return s
}

// Start starts a fake on addr, such as 127.0.0.1:0, for use without a test. The
// caller closes it and looks at [Server.Violations].
func Start(addr string, opts ...Option) (*Server, error) {
	o := options{
		nonceWindow:    3 * time.Minute,
		answerWithin:   3 * time.Second,
		tokenLife:      15 * time.Minute,
		heartbeat:      41250 * time.Millisecond,
		limit:          1000,
		per:            time.Second,
		maxConcurrency: 1,
	}
	for _, opt := range opts {
		opt(&o)
	}
	description, err := loadSpec()
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI description: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &Server{
		url:     "http://" + l.Addr().String(),
		token:   "discordtest-" + secret(12),
		done:    make(chan struct{}),
		opts:    o,
		spec:    description,
		changed: make(chan struct{}),
		uploads: map[string]upload{},
		pending: map[string]*interaction{},
		buckets: map[string]*bucket{},
	}
	s.world = newWorld(&s.ids)
	s.http = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(l) }()
	return s, nil
}

// Close ends all connections. State can still be read afterwards.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.done:
		s.mu.Unlock()
		return
	default:
		close(s.done)
	}
	for c := range s.gate.conns {
		c.kill()
	}
	s.mu.Unlock()
	_ = s.http.Close()
}

// URL is the base address, for discord.api_url: the API stands below it at
// /api/v9 and /api/v10, the gateway at the address that GET /gateway answers.
func (s *Server) URL() string { return s.url }

// Token is the bot's token, without "Bot ".
func (s *Server) Token() string { return s.token }

// Application is the ID of the application, and of its bot user.
func (s *Server) Application() string { return s.world.bot }

// RevokeToken makes Discord refuse the token from now on: 401 over REST, 4004
// on the gateway, whose open connections end with it.
func (s *Server) RevokeToken() {
	s.mu.Lock()
	s.revoked = true
	s.mu.Unlock()
	s.CloseGateway(4004)
}

// Transport sends requests for any host to the fake, for libraries that know
// only discord.com.
func (s *Server) Transport() http.RoundTripper {
	return redirect{host: strings.TrimPrefix(s.url, "http://")}
}

type redirect struct{ host string }

func (t redirect) RoundTrip(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host, out.Host = "http", t.host, t.host
	return http.DefaultTransport.RoundTrip(out)
}

// notify wakes those who wait for a change. The caller holds s.mu.
func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// wait blocks until ok, called with s.mu held at each change, is true.
func (s *Server) wait(ctx context.Context, ok func() bool) error {
	for {
		s.mu.Lock()
		if ok() {
			s.mu.Unlock()
			return nil
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.done:
			return errors.New("the fake Discord is closed")
		}
	}
}

func secret(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
