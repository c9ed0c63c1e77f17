package discordtest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// peer is a gateway client without any library.
type peer struct {
	t  *testing.T
	ws *websocket.Conn
}

type payload struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
	S  int             `json:"s"`
	T  string          `json:"t"`
}

func (c client) dial(query string) (peer, *http.Response, error) {
	c.t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(within(c.t), c.srv.gatewayURL()+"/"+query, nil)
	if err != nil {
		return peer{}, res, err
	}
	c.t.Cleanup(func() { ws.Close() })
	_ = ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	return peer{c.t, ws}, res, nil
}

// hello dials and takes the HELLO.
func (c client) hello() peer {
	c.t.Helper()
	p, _, err := c.dial("?v=10&encoding=json")
	if err != nil {
		c.t.Fatal(err)
	}
	if got := p.next(); got.Op != opHello || !strings.Contains(string(got.D), "heartbeat_interval") {
		c.t.Fatalf("instead of HELLO: %+v", got)
	}
	return p
}

func (p peer) next() payload {
	p.t.Helper()
	var m payload
	if err := p.ws.ReadJSON(&m); err != nil {
		p.t.Fatal(err)
	}
	return m
}

// until reads on to an event.
func (p peer) until(event string) payload {
	p.t.Helper()
	for {
		if m := p.next(); m.T == event {
			return m
		}
	}
}

// closed reads on to the close code.
func (p peer) closed() int {
	p.t.Helper()
	for {
		_, _, err := p.ws.ReadMessage()
		var ce *websocket.CloseError
		switch {
		case errors.As(err, &ce):
			return ce.Code
		case err != nil:
			p.t.Fatal(err)
		}
	}
}

func (p peer) send(op int, d any) {
	p.t.Helper()
	if err := p.ws.WriteJSON(object{"op": op, "d": d}); err != nil {
		p.t.Fatal(err)
	}
}

func (c client) identify(more object) object {
	d := object{"token": c.srv.Token(), "intents": intentGuilds, "properties": object{"os": "linux"}}
	for k, v := range more {
		d[k] = v
	}
	return d
}

// ready is a peer that has identified, with its session.
func (c client) ready() (peer, string) {
	c.t.Helper()
	p := c.hello()
	p.send(opIdentify, c.identify(nil))
	var ready struct {
		Session string `json:"session_id"`
		Resume  string `json:"resume_gateway_url"`
	}
	if err := json.Unmarshal(p.until("READY").D, &ready); err != nil || ready.Resume != c.srv.gatewayURL() {
		c.t.Fatalf("READY: %+v %v", ready, err)
	}
	return p, ready.Session
}

func TestGatewaySession(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.srv.AddGuild("before")
	p, session := c.ready()
	if got := p.next(); got.T != "GUILD_CREATE" || got.S != 2 {
		t.Errorf("after READY: %+v", got)
	}
	p.send(opHeartbeat, 2)
	if got := p.next(); got.Op != opAck {
		t.Errorf("heartbeat: %+v", got)
	}
	p.ws.NetConn().Close()
	if err := c.srv.WaitGateway(within(t), func(g GatewayStats) bool { return g.Ready == 0 }); err != nil {
		t.Fatal(err)
	}
	c.srv.AddGuild("missed")
	q := c.hello()
	q.send(opResume, object{"token": c.srv.Token(), "session_id": session, "seq": 2})
	if got := q.next(); got.T != "GUILD_CREATE" || got.S != 3 || !strings.Contains(string(got.D), "missed") {
		t.Errorf("the missed event: %+v", got)
	}
	if got := q.next(); got.T != "RESUMED" {
		t.Errorf("after the missed ones: %+v", got)
	}
	if g := c.srv.Gateway(); g.Identifies != 1 || g.Resumes != 1 || g.Heartbeats != 1 || g.Connections != 2 || g.Ready != 1 {
		t.Errorf("%+v", g)
	}
	// A client that leaves with 1000 will not resume.
	_ = q.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	if code := q.closed(); code != 1000 {
		t.Errorf("closed with %d", code)
	}
	if err := c.srv.WaitGateway(within(t), func(g GatewayStats) bool { return g.Ready == 0 }); err != nil {
		t.Fatal(err)
	}
	r := c.hello()
	r.send(opResume, object{"token": c.srv.Token(), "session_id": session, "seq": 4})
	if got := r.next(); got.Op != opInvalid || string(got.D) != "false" {
		t.Errorf("resume of a session that was left: %+v", got)
	}
	r.send(opIdentify, c.identify(nil))
	r.until("READY")
	if g := c.srv.Gateway(); g.TooFast != 1 {
		t.Errorf("two identifies in five seconds: %+v", g)
	}
}

func TestGatewayCloseCodes(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		op   int
		d    func(client) any
		code int
	}{
		{"wrong token", opIdentify, func(c client) any { return c.identify(object{"token": "wrong"}) }, 4004},
		{"wrong token on resume", opResume, func(client) any { return object{"token": "wrong", "session_id": "x", "seq": 1} }, 4004},
		{"no intents", opIdentify, func(c client) any { return c.identify(object{"intents": nil}) }, 4013},
		{"unknown intent", opIdentify, func(c client) any { return c.identify(object{"intents": 1 << 40}) }, 4013},
		{"privileged intent", opIdentify, func(c client) any { return c.identify(object{"intents": 1 << 15}) }, 4014},
		{"no properties", opIdentify, func(c client) any { return c.identify(object{"properties": nil}) }, 4002},
		{"impossible shard", opIdentify, func(c client) any { return c.identify(object{"shard": []int{2, 2}}) }, 4010},
		{"presence before identify", opPresence, func(client) any { return object{} }, 4003},
		{"unknown opcode", 99, func(client) any { return nil }, 4001},
		{"large payload", opHeartbeat, func(client) any { return strings.Repeat("x", maxPayload) }, 4002},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := start(t)
			p := c.hello()
			p.send(x.op, x.d(c))
			if code := p.closed(); code != x.code {
				t.Errorf("closed with %d, want %d", code, x.code)
			}
		})
	}
	t.Run("identify twice", func(t *testing.T) {
		t.Parallel()
		c := start(t)
		p, _ := c.ready()
		p.send(opIdentify, c.identify(nil))
		if code := p.closed(); code != 4005 {
			t.Errorf("closed with %d", code)
		}
	})
	t.Run("a sequence of the future", func(t *testing.T) {
		t.Parallel()
		c := start(t)
		_, session := c.ready()
		p := c.hello()
		p.send(opResume, object{"token": c.srv.Token(), "session_id": session, "seq": 99})
		if code := p.closed(); code != 4007 {
			t.Errorf("closed with %d", code)
		}
	})
	t.Run("version", func(t *testing.T) {
		t.Parallel()
		c := start(t)
		p, _, err := c.dial("?v=6&encoding=json")
		if err != nil {
			t.Fatal(err)
		}
		if code := p.closed(); code != 4012 {
			t.Errorf("closed with %d", code)
		}
	})
	t.Run("too many payloads", func(t *testing.T) {
		t.Parallel()
		c := start(t)
		p := c.hello()
		for range maxSends + 1 {
			p.send(opHeartbeat, nil)
		}
		if code := p.closed(); code != 4008 {
			t.Errorf("closed with %d", code)
		}
	})
	t.Run("no heartbeat", func(t *testing.T) {
		t.Parallel()
		c := start(t, Heartbeat(20*time.Millisecond))
		if code := c.hello().closed(); code != 4009 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestGatewayFaults(t *testing.T) {
	t.Parallel()
	t.Run("refused upgrade", func(t *testing.T) {
		t.Parallel()
		c := start(t)
		c.srv.FailGateway(RefuseUpgrade(http.StatusServiceUnavailable), 1)
		if _, res, err := c.dial("?v=10&encoding=json"); err == nil || res == nil || res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%v %v", res, err)
		}
		c.hello()
	})
	t.Run("no hello", func(t *testing.T) {
		t.Parallel()
		c := start(t)
		c.srv.FailGateway(NoHello(), 1)
		p, _, err := c.dial("?v=10&encoding=json")
		if err != nil {
			t.Fatal(err)
		}
		_ = p.ws.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if _, _, err := p.ws.ReadMessage(); err == nil {
			t.Error("a silent server spoke")
		}
		c.hello()
	})
	t.Run("on connect, identify and resume", func(t *testing.T) {
		t.Parallel()
		c := start(t)
		_, session := c.ready()
		resume := object{"token": c.srv.Token(), "session_id": session, "seq": 1}
		for _, f := range []struct {
			name  string
			fault GatewayFault
			op    int
			close int
		}{
			{"identify 4000", CloseOnIdentify(4000), opIdentify, 4000},
			{"identify invalid", InvalidOnIdentify(), opInvalid, 0},
			{"resume 4000", CloseOnResume(4000), opResume, 4000},
			{"resume reconnect", ReconnectOnResume(), opReconnect, 0},
			{"resume invalid", InvalidOnResume(true), opInvalid, 0},
		} {
			c.srv.FailGateway(f.fault, 1)
			p := c.hello()
			if strings.HasPrefix(f.name, "identify") {
				p.send(opIdentify, c.identify(nil))
			} else {
				p.send(opResume, resume)
			}
			if f.close != 0 {
				if code := p.closed(); code != f.close {
					t.Errorf("%s: closed with %d", f.name, code)
				}
			} else if got := p.next(); got.Op != f.op {
				t.Errorf("%s: %+v", f.name, got)
			}
		}
		c.srv.FailGateway(CloseOnConnect(4000), -1)
		for range 2 {
			p, _, err := c.dial("?v=10&encoding=json")
			if err != nil {
				t.Fatal(err)
			}
			if code := p.closed(); code != 4000 {
				t.Errorf("connect: closed with %d", code)
			}
		}
		c.srv.HealGateway()
		p := c.hello()
		p.send(opResume, resume)
		p.until("RESUMED")
	})
	t.Run("no ack", func(t *testing.T) {
		t.Parallel()
		c := start(t)
		p, _ := c.ready()
		c.srv.FailGateway(NoAck(), 1)
		p.send(opHeartbeat, 1)
		p.send(opHeartbeat, 1)
		c.srv.AddGuild("still dispatching")
		if got := p.next(); got.Op != opDispatch {
			t.Errorf("%+v", got)
		}
	})
}

func TestGatewayCommands(t *testing.T) {
	t.Parallel()
	c := start(t)
	p, session := c.ready()
	c.srv.AskReconnect()
	c.srv.AskHeartbeat()
	c.srv.Invalidate(true)
	for _, op := range []int{opReconnect, opHeartbeat, opInvalid} {
		if got := p.next(); got.Op != op {
			t.Errorf("op %d: %+v", op, got)
		}
	}
	c.srv.CloseGateway(4000)
	if code := p.closed(); code != 4000 {
		t.Errorf("closed with %d", code)
	}
	q := c.hello()
	q.send(opResume, object{"token": c.srv.Token(), "session_id": session, "seq": 1})
	q.until("RESUMED")
	c.srv.DropGateway()
	if _, _, err := q.ws.ReadMessage(); err == nil {
		t.Error("read from a dropped connection")
	}
	r, _ := c.ready()
	c.srv.RevokeToken()
	if code := r.closed(); code != 4004 {
		t.Errorf("closed with %d", code)
	}
}

func TestEventsOfTheWorld(t *testing.T) {
	t.Parallel()
	c := start(t)
	p := c.hello()
	p.send(opIdentify, c.identify(object{"intents": intentGuilds | intentGuildMessages}))
	p.until("READY")
	guild := c.srv.AddGuild("g")
	p.until("GUILD_CREATE")
	ch := c.srv.AddChannel(Channel{Guild: guild})
	p.until("CHANNEL_CREATE")
	id := c.create(ch, object{"content": "x"})
	p.until("MESSAGE_CREATE")
	c.do("PATCH", "/channels/"+ch+"/messages/"+id, object{"content": "y"})
	p.until("MESSAGE_UPDATE")
	c.srv.DeleteMessage(id)
	p.until("MESSAGE_DELETE")
	c.srv.AddRole(guild, "r", 0, false)
	p.until("GUILD_ROLE_CREATE")
	c.srv.SetPermissions(ch, 0)
	p.until("CHANNEL_UPDATE")
	c.srv.DeleteChannel(ch)
	p.until("CHANNEL_DELETE")
	c.srv.SetOutage(guild, true)
	if got := p.until("GUILD_DELETE"); !strings.Contains(string(got.D), `"unavailable":true`) {
		t.Errorf("an outage: %s", got.D)
	}
	c.srv.SetOutage(guild, false)
	p.until("GUILD_CREATE")
	c.srv.RemoveGuild(guild)
	if got := p.until("GUILD_DELETE"); strings.Contains(string(got.D), "unavailable") {
		t.Errorf("a removal: %s", got.D)
	}
}

func TestShardsSeeTheirGuilds(t *testing.T) {
	t.Parallel()
	for shard := range int64(2) {
		x := session{intents: intentGuilds, shard: shard, count: 2}
		if !x.sees(intentGuilds, id(shard)) || x.sees(intentGuilds, id(shard+1)) || x.sees(intentGuildMessages, id(shard)) {
			t.Errorf("shard %d", shard)
		}
		if x.sees(0, "") != (shard == 0) {
			t.Errorf("events without a guild on shard %d", shard)
		}
	}
}

func id(n int64) string { return Permissions(n << 22).String() }
