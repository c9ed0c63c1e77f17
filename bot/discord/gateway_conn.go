package discord

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// writeTimeout bounds one write to the gateway.
const writeTimeout = 10 * time.Second

// gatewayConn is a connection that ends when the other side falls silent.
// discordgo would wait without limit for the first word, and for five
// heartbeats' time after that.
type gatewayConn struct {
	net.Conn
	silence  atomic.Int64 // in nanoseconds
	stopping atomic.Bool
	once     sync.Once
	lastWord chan struct{} // closed at the first write after stop, or by Close
}

func newGatewayConn(c net.Conn, silence time.Duration) *gatewayConn {
	g := &gatewayConn{Conn: c, lastWord: make(chan struct{})}
	g.allow(silence)
	return g
}

// allow sets how long the other side may be silent from the next read on.
func (c *gatewayConn) allow(silence time.Duration) { c.silence.Store(int64(silence)) }

func (c *gatewayConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(time.Duration(c.silence.Load()))); err != nil {
		return 0, err
	}
	if c.stopping.Load() {
		return 0, os.ErrDeadlineExceeded
	}
	return c.Conn.Read(p)
}

func (c *gatewayConn) Write(p []byte) (int, error) {
	stopping := c.stopping.Load()
	if err := c.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	if stopping {
		c.once.Do(func() { close(c.lastWord) })
	}
	return n, err
}

// Close closes the connection.
func (c *gatewayConn) Close() error {
	c.once.Do(func() { close(c.lastWord) })
	return c.Conn.Close()
}

// stop ends the reading. discordgo's reader then closes the session by itself:
// only it may, because an event that it reads while somebody else closes makes
// it panic. The close frame is out once lastWord is closed.
func (c *gatewayConn) stop() {
	c.stopping.Store(true)
	_ = c.SetReadDeadline(time.Now()) // a closed connection has stopped already
}
