package discordtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Whatever a program sends, the fake answers: it neither panics nor invents a
// success for what it cannot store.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"content":"x"}`, `{"embeds":[{"fields":[null]}]}`, `{"embeds":null,"components":[1]}`, `[]`, `null`, `{`,
		`{"type":7,"data":null}`, `{"type":9,"data":{"components":[{"type":18,"component":[]}]}}`, `[{"name":"c","options":[{"type":1}]}]`,
	} {
		f.Add(seed)
	}
	s, err := Start("127.0.0.1:0", AllowViolations())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.Close)
	ch := s.AddChannel(Channel{})
	m := s.Post(ch, s.Application(), "x")
	s.mu.Lock()
	s.pending["token"] = &interaction{id: "1", token: "token", kind: kindComponent, channel: ch, user: s.Reader(), source: s.messages[0]}
	s.mu.Unlock()
	h := s.handler()
	f.Fuzz(func(t *testing.T, body string) {
		for _, r := range []struct{ method, path string }{
			{"POST", "/channels/" + ch + "/messages"},
			{"PATCH", "/channels/" + ch + "/messages/" + m},
			{"PUT", "/applications/" + s.Application() + "/commands"},
			{"POST", "/applications/" + s.Application() + "/commands"},
			{"POST", "/interactions/1/token/callback"},
			{"PATCH", "/webhooks/" + s.Application() + "/token/messages/@original"},
		} {
			req := httptest.NewRequestWithContext(t.Context(), r.method, "/api/v10"+r.path, strings.NewReader(body))
			req.Header.Set("Authorization", "Bot "+s.Token())
			req.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, req)
			if w.Code >= http.StatusInternalServerError {
				t.Errorf("%s %s: %d %s", r.method, r.path, w.Code, w.Body)
			}
		}
		s.mu.Lock()
		s.pending["token"].answer = 0
		s.bad, s.requests, s.messages, s.buckets = nil, nil, s.messages[:1], map[string]*bucket{}
		s.commands = commandBook{}
		s.mu.Unlock()
	})
}
