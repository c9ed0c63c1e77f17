package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Matcher chooses requests.
type Matcher func(Request) bool

// AnyRequest accepts every request.
func AnyRequest(Request) bool { return true }

// Route accepts a method on a route written as Discord writes it, such as
// "POST", "/channels/{channel_id}/messages".
func Route(method, route string) Matcher {
	return func(r Request) bool { return r.Method == method && r.Route == route }
}

// Path accepts a method on one exact path, without /api/vN.
func Path(method, path string) Matcher {
	return func(r Request) bool { return r.Method == method && r.Path == path }
}

// Create accepts a new message for a channel, or for any with "".
func Create(channelID string) Matcher {
	return func(r Request) bool {
		return r.Method == http.MethodPost && r.Route == "/channels/{channel_id}/messages" &&
			(channelID == "" || r.Path == "/channels/"+channelID+"/messages")
	}
}

// Edit accepts an edit of a message in a channel, or in any with "".
func Edit(channelID string) Matcher {
	return func(r Request) bool {
		return r.Method == http.MethodPatch && r.Route == "/channels/{channel_id}/messages/{message_id}" &&
			(channelID == "" || r.segment(1) == channelID)
	}
}

// Fault is one way for a request to fail.
type Fault struct {
	name string
	// accept says that the request is carried out before the fault answers.
	accept bool
	answer func(w http.ResponseWriter, r *http.Request, done <-chan struct{})
	status int
	late   bool // the right answer follows
}

// String names the fault.
func (f Fault) String() string { return f.name }

// Failure is a fault in force.
type Failure struct {
	server *Server
	match  Matcher
	fault  Fault
	left   int // negative for ever
	hits   int
}

// Fail makes the next times requests that m accepts fail; all of them while
// times is negative. Failures strike in the order they were added, one a request.
func (s *Server) Fail(m Matcher, f Fault, times int) *Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	failure := &Failure{server: s, match: m, fault: f, left: times}
	s.failures = append(s.failures, failure)
	return failure
}

// Stop ends the failure.
func (f *Failure) Stop() {
	f.server.mu.Lock()
	defer f.server.mu.Unlock()
	f.left = 0
	f.server.failures = slices.DeleteFunc(f.server.failures, func(x *Failure) bool { return x == f })
}

// Hits counts the requests that it struck.
func (f *Failure) Hits() int {
	f.server.mu.Lock()
	defer f.server.mu.Unlock()
	return f.hits
}

// strike returns the fault for a request, if any. The caller holds s.mu.
func (s *Server) strike(r *Request) *Fault {
	for _, f := range s.failures {
		if f.left != 0 && f.match(*r) {
			f.left--
			f.hits++
			return &f.fault
		}
	}
	return nil
}

// RouteLimited answers 429 for one bucket.
func RouteLimited(after time.Duration) Fault { return limited("429", "user", after) }

// SharedLimited answers 429 for a limit that others share, which does not count
// as an invalid request.
func SharedLimited(after time.Duration) Fault { return limited("429 shared", "shared", after) }

// GlobalLimited answers 429 for the whole bot.
func GlobalLimited(after time.Duration) Fault { return limited("429 global", "global", after) }

func limited(name, scope string, after time.Duration) Fault {
	return answering(name, http.StatusTooManyRequests, func(w http.ResponseWriter) {
		h := w.Header()
		h.Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
		h.Set("X-RateLimit-Scope", scope)
		if scope == "global" {
			h.Set("X-RateLimit-Global", "true")
		} else {
			bucketHeaders(h, "faulted", 5, 0, after)
		}
		writeJSON(w, http.StatusTooManyRequests, object{
			"message": "You are being rate limited.", "retry_after": after.Seconds(), "global": scope == "global",
		})
	})
}

// CloudflareLimited answers 429 as Discord's front does when it bans an address:
// in HTML, with only Retry-After.
func CloudflareLimited(after time.Duration) Fault {
	return answering("429 html", http.StatusTooManyRequests, func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
		writeHTML(w, http.StatusTooManyRequests, "Error 1015: You are being rate limited")
	})
}

// Status answers an error of the server in JSON; the request is not carried out.
func Status(code int) Fault {
	return answering(strconv.Itoa(code), code, func(w http.ResponseWriter) {
		writeJSON(w, code, object{"message": fmt.Sprintf("%d: %s", code, http.StatusText(code)), "code": 0})
	})
}

// HTML answers a page instead of JSON, with any status, 200 included; the request is
// not carried out.
func HTML(code int) Fault {
	return answering(fmt.Sprintf("%d html", code), code, func(w http.ResponseWriter) {
		writeHTML(w, code, http.StatusText(code))
	})
}

// Code answers one of Discord's own errors, such as 10003 for an unknown channel;
// the request is not carried out. It panics for a code that the fake does not know.
func Code(code int) Fault {
	e := knownError(code)
	return answering(strconv.Itoa(code), e.status, func(w http.ResponseWriter) {
		writeJSON(w, e.status, e.body())
	})
}

// HangUp drops the connection without an answer; the request is not carried out.
func HangUp() Fault {
	return Fault{name: "hang-up", answer: func(http.ResponseWriter, *http.Request, <-chan struct{}) {
		panic(http.ErrAbortHandler)
	}}
}

// Silence keeps the connection without an answer until the client leaves; the
// request is not carried out.
func Silence() Fault {
	return Fault{name: "silence", answer: func(_ http.ResponseWriter, r *http.Request, done <-chan struct{}) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
		panic(http.ErrAbortHandler)
	}}
}

// Delay carries the request out at once and answers rightly, but late.
func Delay(d time.Duration) Fault {
	return Fault{name: "delay", accept: true, late: true, answer: func(_ http.ResponseWriter, r *http.Request, done <-chan struct{}) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-done:
			panic(http.ErrAbortHandler)
		}
	}}
}

// Accepted makes f strike after the request was carried out: the client cannot
// tell from the answer that it was.
func Accepted(f Fault) Fault {
	f.accept = true
	f.name += " after acceptance"
	return f
}

func answering(name string, status int, write func(http.ResponseWriter)) Fault {
	return Fault{name: name, status: status, answer: func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) { write(w) }}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		data, status = []byte(`{"message":"the fake cannot write its answer"}`), http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

func writeHTML(w http.ResponseWriter, status int, title string) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.Header().Set("Server", "cloudflare")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!DOCTYPE html>\n<html><head><title>%[1]s</title></head><body><h1>%[1]s</h1></body></html>\n", title)
}
