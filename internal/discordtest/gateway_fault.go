package discordtest

import "time"

// stage is when a [GatewayFault] strikes.
type stage int

const (
	atUpgrade stage = iota
	atConnect
	atIdentify
	atResume
	atHeartbeat
)

// GatewayFault is one way for the gateway to fail.
type GatewayFault struct {
	at     stage
	status int // of the upgrade
	act    func(*Server, *conn)
}

type gatewayFailure struct {
	GatewayFault
	left int // negative for ever
}

// FailGateway makes the next times occasions fail; all of them while times is negative.
func (s *Server) FailGateway(f GatewayFault, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.faults = append(s.gate.faults, &gatewayFailure{GatewayFault: f, left: times})
}

// HealGateway ends all gateway faults.
func (s *Server) HealGateway() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.faults = nil
}

func (s *Server) gatewayStrike(at stage) *GatewayFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gate.strike(at)
}

func (g *gateway) strike(at stage) *GatewayFault {
	for _, f := range g.faults {
		if f.at == at && f.left != 0 {
			f.left--
			return &f.GatewayFault
		}
	}
	return nil
}

// RefuseUpgrade answers the websocket's request with an HTTP status.
func RefuseUpgrade(status int) GatewayFault { return GatewayFault{at: atUpgrade, status: status} }

// NoHello accepts the connection and never says anything.
func NoHello() GatewayFault {
	return GatewayFault{at: atConnect, act: func(*Server, *conn) {}}
}

// CloseOnConnect closes with a code instead of HELLO.
func CloseOnConnect(code int) GatewayFault { return closing(atConnect, code) }

// CloseOnIdentify closes with a code instead of READY.
func CloseOnIdentify(code int) GatewayFault { return closing(atIdentify, code) }

// CloseOnResume closes with a code instead of RESUMED.
func CloseOnResume(code int) GatewayFault { return closing(atResume, code) }

func closing(at stage, code int) GatewayFault {
	return GatewayFault{at: at, act: func(s *Server, c *conn) { c.push(frame{close: code}) }}
}

// InvalidOnIdentify answers IDENTIFY by an invalid session, as for one too many
// in five seconds.
func InvalidOnIdentify() GatewayFault {
	return GatewayFault{at: atIdentify, act: func(_ *Server, c *conn) { c.op(opInvalid, false) }}
}

// InvalidOnResume answers RESUME by an invalid session.
func InvalidOnResume(resumable bool) GatewayFault {
	return GatewayFault{at: atResume, act: func(_ *Server, c *conn) { c.op(opInvalid, resumable) }}
}

// ReconnectOnResume answers RESUME by the demand to reconnect.
func ReconnectOnResume() GatewayFault {
	return GatewayFault{at: atResume, act: func(_ *Server, c *conn) { c.op(opReconnect, nil) }}
}

// NoAck leaves the heartbeats of a connection unanswered from now on.
func NoAck() GatewayFault { return GatewayFault{at: atHeartbeat} }

// CloseGateway closes every connection with a code. Sessions can be resumed but
// after 1000, 1001, 4004 and the other codes that Discord forbids to reconnect after.
func (s *Server) CloseGateway(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.gate.conns {
		c.push(frame{close: code})
		if x := c.session; x != nil {
			x.conn, x.lost = nil, time.Now()
			if code < 4000 || code == 4004 || code >= 4010 {
				s.gate.forget(x)
			}
		}
	}
	s.notify()
}

// DropGateway cuts every connection without a word; sessions can be resumed.
func (s *Server) DropGateway() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.gate.conns {
		c.kill()
	}
}

// AskReconnect asks every client to reconnect and resume.
func (s *Server) AskReconnect() { s.tellAll(opReconnect, nil) }

// AskHeartbeat asks every client for a heartbeat at once.
func (s *Server) AskHeartbeat() { s.tellAll(opHeartbeat, nil) }

// Invalidate tells every client that its session is invalid, and forgets it unless resumable.
func (s *Server) Invalidate(resumable bool) {
	if !resumable {
		s.mu.Lock()
		for c := range s.gate.conns {
			if c.session != nil {
				s.gate.forget(c.session)
				c.session = nil
			}
		}
		s.mu.Unlock()
	}
	s.tellAll(opInvalid, resumable)
}

func (s *Server) tellAll(op int, d any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.gate.conns {
		c.op(op, d)
	}
}
