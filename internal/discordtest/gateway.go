package discordtest

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Gateway opcodes.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opVoice          = 4
	opResume         = 6
	opReconnect      = 7
	opRequestMembers = 8
	opInvalid        = 9
	opHello          = 10
	opAck            = 11
)

// Gateway intents that the fake sends events for; interactions need none.
const (
	intentGuilds        = 1 << 0
	intentGuildMessages = 1 << 9
	privilegedIntents   = 1<<1 | 1<<8 | 1<<15
	allIntents          = 1<<26 - 1
)

const (
	maxPayload      = 4096 // bytes from a client
	maxSends        = 120  // payloads from a client in a minute
	identifySpacing = 5 * time.Second
	compressAbove   = 1024            // bytes, for a client that asked for it
	sessionLife     = 3 * time.Minute // of a session without a connection
	writeTimeout    = 5 * time.Second
)

// gateway is the state of all websocket connections. Server.mu guards it.
type gateway struct {
	conns      map[*conn]bool
	sessions   []*session
	faults     []*gatewayFailure
	stats      GatewayStats
	identified []time.Time
}

// session is one identified client; it outlives its connection and keeps every
// event, so that it can be resumed.
type session struct {
	id           string
	intents      int64
	shard, count int64
	compress     bool
	events       [][]byte
	conn         *conn // nil while it has none
	lost         time.Time
}

// GatewayStats says what happened on the gateway.
type GatewayStats struct {
	Connections int // ever opened
	Ready       int // identified or resumed, and open now
	Identifies  int // well-formed ones
	Resumes     int // that succeeded
	Heartbeats  int
	// TooFast counts identifies beyond max_concurrency in five seconds, which
	// Discord may answer with an invalid session.
	TooFast int
	// ClientCloses are the close codes that clients sent, or 1006 for a lost connection.
	ClientCloses []int
	// Intents are those of the last identify, and Identify is all of it but the token.
	Intents  int64
	Identify json.RawMessage
}

// Gateway returns what happened on the gateway so far.
func (s *Server) Gateway() GatewayStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gatewayStats()
}

func (s *Server) gatewayStats() GatewayStats {
	g := s.gate.stats
	g.ClientCloses = slices.Clone(g.ClientCloses)
	for _, x := range s.gate.sessions {
		if x.conn != nil {
			g.Ready++
		}
	}
	return g
}

// WaitGateway waits until ok accepts what happened on the gateway.
func (s *Server) WaitGateway(ctx context.Context, ok func(GatewayStats) bool) error {
	err := s.wait(ctx, func() bool { return ok(s.gatewayStats()) })
	if err != nil {
		return fmt.Errorf("%w; the gateway: %+v", err, s.Gateway())
	}
	return nil
}

// WaitReady waits until a bot is connected and identified.
func (s *Server) WaitReady(ctx context.Context) error {
	return s.WaitGateway(ctx, func(g GatewayStats) bool { return g.Ready > 0 })
}

func (s *Server) gatewayURL() string { return "ws" + strings.TrimPrefix(s.url, "http") }

// conn is one websocket. Frames are queued under Server.mu and written by one goroutine.
type conn struct {
	ws      *websocket.Conn
	version int
	session *session
	queue   []frame
	wake    chan struct{} // holds one token while the queue has news
	sends   []time.Time
	deaf    bool // heartbeats are not answered
}

type frame struct {
	data  []byte
	close int
}

func (c *conn) push(f frame) {
	c.queue = append(c.queue, f)
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conn) op(code int, d any) {
	data, _ := json.Marshal(object{"op": code, "d": d, "s": nil, "t": nil})
	c.push(frame{data: data})
}

// kill drops the connection without a close frame.
func (c *conn) kill() {
	if tcp, ok := c.ws.NetConn().(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.ws.NetConn().Close()
}

// dispatch sends an event to the sessions that see it: those of the guild's
// shard with the intent, 0 being for all. The caller holds s.mu. It returns how many that were.
func (s *Server) dispatch(intent int64, guildID, event string, d any) int {
	n := 0
	s.gate.sessions = slices.DeleteFunc(s.gate.sessions, func(x *session) bool {
		return x.conn == nil && time.Since(x.lost) > sessionLife
	})
	for _, x := range s.gate.sessions {
		if x.sees(intent, guildID) {
			x.send(event, d)
			n++
		}
	}
	return n
}

func (x *session) sees(intent int64, guildID string) bool {
	if intent != 0 && x.intents&intent == 0 {
		return false
	}
	id, _ := strconv.ParseInt(guildID, 10, 64) // 0, hence shard 0, for events without a guild
	return (id>>22)%x.count == x.shard
}

func (x *session) send(event string, d any) {
	data, _ := json.Marshal(object{"op": opDispatch, "t": event, "s": len(x.events) + 1, "d": d})
	x.events = append(x.events, data)
	if x.conn != nil {
		x.conn.push(frame{data: data})
	}
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	if f := s.gatewayStrike(atUpgrade); f != nil {
		http.Error(w, http.StatusText(f.status), f.status)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	c := &conn{ws: ws, wake: make(chan struct{}, 1)}
	version, encoding := r.URL.Query().Get("v"), r.URL.Query().Get("encoding")
	c.version, _ = strconv.Atoi(version)

	s.mu.Lock()
	select {
	case <-s.done:
		s.mu.Unlock()
		c.kill()
		return
	default:
	}
	if s.gate.conns == nil {
		s.gate.conns = map[*conn]bool{}
	}
	s.gate.conns[c] = true
	s.gate.stats.Connections++
	fault := s.gate.strike(atConnect)
	switch {
	case c.version != 9 && c.version != 10:
		c.push(frame{close: 4012})
	case encoding != "json" || r.URL.Query().Get("compress") != "":
		s.violation(&Request{Method: "GET", Path: "gateway?" + r.URL.RawQuery}, "the fake speaks plain JSON only")
		c.push(frame{close: 4002})
	case fault != nil:
		fault.act(s, c)
	default:
		c.op(opHello, object{"heartbeat_interval": s.opts.heartbeat.Milliseconds()})
	}
	s.notify()
	s.mu.Unlock()

	stop := make(chan struct{})
	go c.write(s, stop)
	code := c.read(s)
	close(stop)
	_ = ws.Close()

	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.gate.conns, c)
	s.gate.stats.ClientCloses = append(s.gate.stats.ClientCloses, code)
	if x := c.session; x != nil && x.conn == c {
		x.conn, x.lost = nil, time.Now()
		if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
			s.gate.forget(x) // the client said that it will not resume
		}
	}
	s.notify()
}

func (g *gateway) forget(x *session) {
	g.sessions = slices.DeleteFunc(g.sessions, func(y *session) bool { return y == x })
}

func (c *conn) write(s *Server, stop <-chan struct{}) {
	for {
		select {
		case <-c.wake:
		case <-stop:
			return
		}
		s.mu.Lock()
		queue := c.queue
		c.queue = nil
		compress := c.session != nil && c.session.compress
		s.mu.Unlock()
		for _, f := range queue {
			deadline := time.Now().Add(writeTimeout)
			if f.close != 0 {
				_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(f.close, closeReason(f.close)), deadline)
				_ = c.ws.SetReadDeadline(time.Now().Add(time.Second))
				return
			}
			_ = c.ws.SetWriteDeadline(deadline)
			kind, data := websocket.TextMessage, f.data
			if compress && len(data) > compressAbove {
				kind, data = websocket.BinaryMessage, compressed(data)
			}
			if c.ws.WriteMessage(kind, data) != nil {
				c.kill()
				return
			}
		}
	}
}

func compressed(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// read takes the client's payloads until the connection ends and returns the
// client's close code.
func (c *conn) read(s *Server) int {
	for {
		_ = c.ws.SetReadDeadline(time.Now().Add(2 * s.opts.heartbeat))
		kind, data, err := c.ws.ReadMessage()
		if err != nil {
			var ce *websocket.CloseError
			if errors.As(err, &ce) {
				return ce.Code
			}
			var ne net.Error
			if errors.As(err, &ne) && ne.Timeout() {
				_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4009, closeReason(4009)), time.Now().Add(writeTimeout))
			}
			return websocket.CloseAbnormalClosure
		}
		s.mu.Lock()
		if code := s.receive(c, kind, data); code != 0 {
			c.push(frame{close: code})
		}
		s.notify()
		s.mu.Unlock()
	}
}

// receive handles one payload and returns the code to close with, 0 for none.
// The caller holds s.mu.
func (s *Server) receive(c *conn, kind int, data []byte) int {
	var p struct {
		Op int             `json:"op"`
		D  json.RawMessage `json:"d"`
	}
	if kind != websocket.TextMessage || len(data) > maxPayload || json.Unmarshal(data, &p) != nil {
		return 4002
	}
	now := time.Now()
	c.sends = slices.DeleteFunc(append(c.sends, now), func(t time.Time) bool { return now.Sub(t) > time.Minute })
	if len(c.sends) > maxSends {
		return 4008
	}
	switch p.Op {
	case opHeartbeat:
		s.gate.stats.Heartbeats++
		if s.gate.strike(atHeartbeat) != nil {
			c.deaf = true
		}
		if !c.deaf {
			c.op(opAck, nil)
		}
		return 0
	case opIdentify:
		return s.identify(c, p.D)
	case opResume:
		return s.resume(c, p.D)
	case opPresence, opVoice, opRequestMembers:
		if c.session == nil {
			return 4003
		}
		return 0
	}
	return 4001
}

func (s *Server) knowsToken(token string) bool {
	return !s.revoked && strings.TrimPrefix(token, "Bot ") == s.token
}

func (s *Server) identify(c *conn, data json.RawMessage) int {
	var d struct {
		Token      string   `json:"token"`
		Properties object   `json:"properties"`
		Intents    *int64   `json:"intents"`
		Compress   bool     `json:"compress"`
		Shard      *[]int64 `json:"shard"`
	}
	switch err := json.Unmarshal(data, &d); {
	case err != nil || d.Properties == nil:
		return 4002
	case c.session != nil:
		return 4005
	case !s.knowsToken(d.Token):
		return 4004
	case d.Intents == nil || *d.Intents < 0 || *d.Intents > allIntents:
		return 4013
	case *d.Intents&privilegedIntents&^s.opts.intents != 0:
		return 4014
	}
	x := &session{id: secret(16), intents: *d.Intents, count: 1, compress: d.Compress, conn: c}
	if d.Shard != nil {
		if len(*d.Shard) != 2 || (*d.Shard)[0] < 0 || (*d.Shard)[0] >= (*d.Shard)[1] {
			return 4010
		}
		x.shard, x.count = (*d.Shard)[0], (*d.Shard)[1]
	}
	s.noteIdentify(*d.Intents, data)
	if f := s.gate.strike(atIdentify); f != nil {
		f.act(s, c)
		return 0
	}
	c.session = x
	s.gate.sessions = append(s.gate.sessions, x)
	var guilds []*guild
	list := []any{}
	for _, g := range s.world.guilds {
		if x.sees(0, g.id) {
			guilds = append(guilds, g)
			list = append(list, object{"id": g.id, "unavailable": true})
		}
	}
	x.send("READY", object{
		"v": c.version, "user": userJSON(s.world.users[s.world.bot]), "guilds": list, "session_id": x.id,
		"session_type": "normal", "resume_gateway_url": s.gatewayURL(), "shard": []int64{x.shard, x.count},
		"application":      object{"id": s.world.bot, "flags": 0},
		"private_channels": []any{}, "relationships": []any{}, "presences": []any{}, "user_settings": object{},
	})
	for _, g := range guilds {
		if x.intents&intentGuilds != 0 && !g.unavailable {
			x.send("GUILD_CREATE", s.guildCreateJSON(g))
		}
	}
	return 0
}

func (s *Server) noteIdentify(intents int64, data json.RawMessage) {
	g, now := &s.gate, time.Now()
	g.stats.Identifies++
	g.stats.Intents = intents
	var shown object
	_ = json.Unmarshal(data, &shown)
	delete(shown, "token")
	g.stats.Identify, _ = json.Marshal(shown)
	g.identified = slices.DeleteFunc(append(g.identified, now), func(t time.Time) bool { return now.Sub(t) > identifySpacing })
	if len(g.identified) > s.opts.maxConcurrency {
		g.stats.TooFast++
	}
}

func (s *Server) resume(c *conn, data json.RawMessage) int {
	var d struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int    `json:"seq"`
	}
	switch err := json.Unmarshal(data, &d); {
	case err != nil:
		return 4002
	case c.session != nil:
		return 4005
	case !s.knowsToken(d.Token):
		return 4004
	}
	if f := s.gate.strike(atResume); f != nil {
		f.act(s, c)
		return 0
	}
	i := slices.IndexFunc(s.gate.sessions, func(x *session) bool { return x.id == d.Session })
	if i < 0 {
		c.op(opInvalid, false)
		return 0
	}
	x := s.gate.sessions[i]
	if d.Seq < 0 || d.Seq > len(x.events) {
		s.gate.forget(x)
		return 4007
	}
	if x.conn != nil {
		x.conn.kill()
	}
	x.conn, c.session = c, x
	for _, missed := range x.events[d.Seq:] {
		c.push(frame{data: missed})
	}
	x.send("RESUMED", object{})
	s.gate.stats.Resumes++
	return 0
}

func closeReason(code int) string {
	switch code {
	case 4001:
		return "Unknown opcode."
	case 4002:
		return "Error while decoding payload."
	case 4003:
		return "Not authenticated."
	case 4004:
		return "Authentication failed."
	case 4005:
		return "Already authenticated."
	case 4007:
		return "Invalid seq."
	case 4008:
		return "Rate limited."
	case 4009:
		return "Session timed out."
	case 4010:
		return "Invalid shard."
	case 4012:
		return "Invalid API version."
	case 4013:
		return "Invalid intent(s)."
	case 4014:
		return "Disallowed intent(s)."
	}
	return ""
}
