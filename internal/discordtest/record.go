package discordtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Request is a REST request that arrived.
type Request struct {
	At      time.Time
	Method  string
	Version int    // of the API, from the path
	Path    string // without /api/vN
	Route   string // its pattern, such as /channels/{channel_id}/messages; "" if unknown
	Query   url.Values
	// Body is the JSON sent, the payload_json of a multipart form included.
	Body      json.RawMessage
	Files     []File
	UserAgent string
	// Status is what was answered; 0 while it is under way, or if the
	// connection was dropped instead.
	Status int
	// Fault names the [Failure] that struck, "" for none.
	Fault string
}

// String is the method and the path.
func (r Request) String() string { return r.Method + " " + r.Path }

// Violation is something Discord does not allow or does not know.
type Violation struct {
	Request Request
	Problem string
}

// String is one line of it.
func (v Violation) String() string {
	if len(v.Request.Body) == 0 {
		return fmt.Sprintf("%v: %s", v.Request, v.Problem)
	}
	const most = 600
	body := string(v.Request.Body)
	if len(body) > most {
		body = body[:most] + "…"
	}
	return fmt.Sprintf("%v: %s\n\tin %s", v.Request, v.Problem, body)
}

// Requests lists the REST requests that arrived, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Request, 0, len(s.requests))
	for _, r := range s.requests {
		list = append(list, *r)
	}
	return list
}

// WaitRequest waits for a request that m accepts to be answered, or to be
// dropped or held by a [Fault], and returns the first one.
func (s *Server) WaitRequest(ctx context.Context, m Matcher) (Request, error) {
	var found Request
	err := s.wait(ctx, func() bool {
		for _, r := range s.requests {
			if (r.Status != 0 || r.Fault != "") && m(*r) {
				found = *r
				return true
			}
		}
		return false
	})
	if err != nil {
		err = fmt.Errorf("no such request: %w", err)
	}
	return found, err
}

// Violations lists what was collected so far.
func (s *Server) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bad)
}

// TakeViolations returns what was collected and forgets it, for a test that
// provokes some.
func (s *Server) TakeViolations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	bad := s.bad
	s.bad = nil
	return bad
}

// violation notes a problem. The caller holds s.mu.
func (s *Server) violation(r *Request, format string, args ...any) {
	v := Violation{Problem: fmt.Sprintf(format, args...)}
	if r != nil {
		v.Request = *r
	}
	s.bad = append(s.bad, v)
}

// redactedPath is a path without the secret of an interaction, for errors.
func redactedPath(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 3 && (parts[1] == "interactions" || parts[1] == "webhooks") {
		parts[3] = "[token]"
	}
	return strings.Join(parts, "/")
}
