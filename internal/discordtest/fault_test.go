package discordtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		fault  Fault
		status int
		code   int64
		check  func(answer) bool
	}{
		{RouteLimited(1500 * time.Millisecond), 429, 0, func(a answer) bool {
			return a.header.Get("Retry-After") == "2" && a.header.Get("X-RateLimit-Scope") == "user" &&
				a.header.Get("X-RateLimit-Reset-After") == "1.500" && strings.Contains(a.raw, `"retry_after":1.5`)
		}},
		{SharedLimited(time.Second), 429, 0, func(a answer) bool { return a.header.Get("X-RateLimit-Scope") == "shared" }},
		{GlobalLimited(time.Second), 429, 0, func(a answer) bool {
			return a.header.Get("X-RateLimit-Global") == "true" && a.body["global"] == true && a.header.Get("X-RateLimit-Reset-After") == ""
		}},
		{CloudflareLimited(time.Minute), 429, 0, func(a answer) bool {
			return a.header.Get("Retry-After") == "60" && strings.HasPrefix(a.raw, "<!DOCTYPE") && a.body == nil
		}},
		{Status(500), 500, 0, nil},
		{Status(502), 502, 0, nil},
		{Status(503), 503, 0, nil},
		{HTML(200), 200, 0, func(a answer) bool { return strings.Contains(a.raw, "<html>") }},
		{HTML(502), 502, 0, func(a answer) bool { return strings.Contains(a.raw, "<html>") }},
		{Code(10003), 404, 10003, nil},
		{Code(50001), 403, 50001, nil},
		{Code(50013), 403, 50013, nil},
		{Code(10008), 404, 10008, nil},
		{Code(30046), 429, 30046, nil},
		{HangUp(), 0, 0, nil},
	} {
		for _, accepted := range []bool{false, true} {
			fault, want := f.fault, 0
			if accepted {
				fault, want = Accepted(f.fault), 1
			}
			t.Run(fault.String(), func(t *testing.T) {
				t.Parallel()
				c := start(t)
				ch := c.srv.AddChannel(Channel{})
				failure := c.srv.Fail(Create(ch), fault, 1)
				a := c.do("POST", "/channels/"+ch+"/messages", object{"content": "x"})
				if a.status != f.status || a.code() != f.code || (a.status == 0) != (a.err != nil) || f.check != nil && !f.check(a) {
					t.Errorf("%d %v %s %v", a.status, a.header, a.raw, a.err)
				}
				if got := len(c.srv.Messages(ch)); got != want {
					t.Errorf("%d messages, want %d", got, want)
				}
				c.create(ch, object{"content": "well again"})
				if failure.Hits() != 1 || c.srv.Requests()[0].Fault != fault.String() || c.srv.Requests()[0].Status != f.status {
					t.Errorf("struck %d times; %+v", failure.Hits(), c.srv.Requests()[0])
				}
			})
		}
	}
}

func TestSilenceAndDelay(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{})
	c.srv.Fail(Create(ch), Accepted(Silence()), 1)
	ctx, cancel := context.WithCancel(within(t))
	go func() {
		_, _ = c.srv.WaitMessage(ctx, ch, Containing("x"))
		cancel()
	}()
	if a := c.send(ctx, "POST", "/channels/"+ch+"/messages", "application/json", strings.NewReader(`{"content":"x"}`)); a.err == nil {
		t.Errorf("a silent server answered %d", a.status)
	}
	c.srv.Fail(Path("GET", "/users/@me"), Delay(50*time.Millisecond), 1)
	before := time.Now()
	if a := c.do("GET", "/users/@me", nil); a.status != 200 || time.Since(before) < 50*time.Millisecond {
		t.Errorf("%d after %v", a.status, time.Since(before))
	}
}

func TestFailureMatchesAndStops(t *testing.T) {
	t.Parallel()
	c := start(t)
	a, b := c.srv.AddChannel(Channel{}), c.srv.AddChannel(Channel{})
	f := c.srv.Fail(Create(a), Status(503), -1)
	c.create(b, object{"content": "not matched"})
	for range 3 {
		if got := c.do("POST", "/channels/"+a+"/messages", object{"content": "x"}); got.status != 503 {
			t.Errorf("%d", got.status)
		}
	}
	f.Stop()
	id := c.create(a, object{"content": "x"})
	c.srv.Fail(Edit(a), Code(10008), 1)
	if got := c.do("PATCH", "/channels/"+a+"/messages/"+id, object{"content": "y"}); got.code() != 10008 {
		t.Errorf("%s", got.raw)
	}
	if r, err := c.srv.WaitRequest(within(t), Edit("")); err != nil || r.Status != 404 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	c := start(t, RateLimit(2, time.Hour))
	ch, other := c.srv.AddChannel(Channel{}), c.srv.AddChannel(Channel{})
	c.create(ch, object{"content": "1"})
	a := c.do("POST", "/channels/"+ch+"/messages", object{"content": "2"})
	if a.header.Get("X-RateLimit-Remaining") != "0" || a.header.Get("X-RateLimit-Limit") != "2" || a.header.Get("X-RateLimit-Bucket") == "" {
		t.Errorf("%v", a.header)
	}
	if a = c.do("POST", "/channels/"+ch+"/messages", object{"content": "3"}); a.status != http.StatusTooManyRequests || a.body["global"] != false {
		t.Errorf("%d %s", a.status, a.raw)
	}
	c.create(other, object{"content": "another bucket"})
	if got := len(c.srv.Messages(ch)); got != 2 {
		t.Errorf("%d messages", got)
	}
}

// A request that is refused for another reason is checked all the same.
func TestFaultedRequestsAreChecked(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{})
	c.srv.Fail(Create(ch), Status(http.StatusServiceUnavailable), 1)
	if a := c.do("POST", "/channels/"+ch+"/messages", object{"content": rep(2001)}); a.status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", a.status, a.raw)
	}
	c.provoked("2000 or fewer")
}

// A client that is killed in the middle of a request has not made one.
func TestHalfARequest(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{})
	conn, err := (&net.Dialer{}).DialContext(within(t), "tcp", strings.TrimPrefix(c.srv.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /api/v10/channels/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", ch)
	_ = conn.(*net.TCPConn).CloseWrite()
	if rest, _ := io.ReadAll(conn); len(rest) > 0 {
		t.Errorf("answered %q", rest)
	}
	conn.Close()
	if got := c.srv.Requests(); len(got) != 0 {
		t.Errorf("recorded %v", got)
	}
}
