package discord

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

// FuzzInteraction feeds anything to the front: it may refuse, but not panic.
func FuzzInteraction(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `[]`, `{"id":"1","token":"x","application_id":"2","type":2}`,
		`{"id":"1","token":"x","application_id":"2","type":2,"guild_id":"3","channel_id":"4","data":{"name":"help"}}`,
		`{"id":"1","token":"x","application_id":"2","type":2,"guild_id":"3","channel_id":"4","member":{"permissions":"8"},"data":{"name":"subscribe","options":[{"name":"rules","value":7},{"name":"channel","value":"x/../y"}]}}`,
		`{"id":"1","token":"x","application_id":"2","type":2,"guild_id":"3","channel_id":"4","member":{"permissions":"8"},"data":{"name":"unsubscribe"}}`,
		`{"id":"1","token":"x","application_id":"2","type":2,"guild_id":"3","channel_id":"4","data":{"name":"latest","options":[{"name":"page","value":-9999999999}]}}`,
		`{"id":"1","token":"x","application_id":"2","type":2,"guild_id":"3","channel_id":"4","data":{"name":"digest","options":[{"name":"hours","value":1e9}]}}`,
		`{"id":"1","token":"x","application_id":"2","type":3,"guild_id":"3","channel_id":"4","data":{"custom_id":"v0:old"}}`,
		`{"id":"1","token":"x","application_id":"2","type":4,"guild_id":"3","channel_id":"4","data":{"name":"subscribe","options":[{"name":"rules","value":"a,,b","focused":true}]}}`,
		`{"id":"1","token":"x","application_id":"2","type":5,"data":{"components":[{"type":99,"components":"what"}]}}`,
		`{"id":"1","token":"../../x","application_id":"2","type":2}`,
	} {
		f.Add([]byte(seed))
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
	f.Cleanup(srv.Close)
	b, err := New(Options{Token: "fuzz", APIURL: srv.URL})
	if err != nil {
		f.Fatal(err)
	}
	desk, _ := newDesk()
	front := newFront(b, desk)
	f.Fuzz(func(t *testing.T, event []byte) {
		in, err := decodeInteraction(event)
		if err != nil {
			return
		}
		c := &call{in, b, desk}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := front.result(ctx, c)
		for _, m := range r.messages {
			if size(m.Content) > maxContent || m.Mentions.Parse == nil || m.Flags&flagEphemeral == 0 {
				t.Errorf("a reply breaks the limits: %+v", m)
			}
		}
		if n := len(front.offered(ctx, c)); n > maxChoices {
			t.Errorf("%d choices", n)
		}
	})
}
