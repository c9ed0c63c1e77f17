package discordtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// invoked is an interaction as a bot without library gets it.
type invoked struct {
	ID, Token string
	Data      struct {
		Components []object `json:"components"`
	}
}

func (p peer) invoked() invoked {
	p.t.Helper()
	var in invoked
	if err := json.Unmarshal(p.until("INTERACTION_CREATE").D, &in); err != nil {
		p.t.Fatal(err)
	}
	return in
}

func (in invoked) callback() string {
	return "/interactions/" + in.ID + "/" + in.Token + "/callback"
}

// stageFor is a fake with a command, a connected bot and a channel.
func stageFor(t *testing.T, opts ...Option) (client, peer, string) {
	t.Helper()
	c := start(t, opts...)
	ch := c.srv.AddChannel(Channel{})
	p, _ := c.ready()
	a := c.do("PUT", "/applications/"+c.srv.Application()+"/commands", []any{object{"name": "go", "description": "d",
		"options": []any{object{"type": 3, "name": "o", "description": "d", "autocomplete": true}}}})
	if a.status != http.StatusOK {
		t.Fatal(a.raw)
	}
	return c, p, ch
}

// begin invokes in the background.
func (c client) begin(ch string) <-chan Reply {
	done := make(chan Reply, 1)
	ctx := within(c.t)
	go func() {
		r, err := c.srv.Invoke(ctx, Command{Channel: ch, Name: "go"})
		if err != nil {
			c.t.Errorf("invoke: %v", err)
		}
		done <- r
	}()
	return done
}

func TestCallbackOnce(t *testing.T) {
	t.Parallel()
	c, p, ch := stageFor(t)
	done := c.begin(ch)
	in := p.invoked()
	hook := "/webhooks/" + c.srv.Application() + "/" + in.Token
	say := object{"type": 4, "data": object{"content": "hi"}}
	for path, code := range map[string]int64{
		"/interactions/" + in.ID + "/wrong/callback":        10062,
		"/interactions/1/" + in.Token + "/callback":         10062,
		"/webhooks/" + c.srv.Application() + "/wrong":       50027,
		"/webhooks/1/" + in.Token:                           10015,
		"/webhooks/" + c.srv.Application() + "/" + in.Token: 10015, // not answered yet
	} {
		body := say
		if strings.HasPrefix(path, "/webhooks") {
			body = object{"content": "x"}
		}
		if a := c.do("POST", path, body); a.code() != code {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
	if a := c.do("POST", in.callback(), object{"type": 8, "data": object{"choices": []any{}}}); a.code() != 50035 {
		t.Errorf("choices for a command: %s", a.raw)
	}
	c.provoked("answer of type 8")
	if a := c.do("POST", in.callback()+"?with_response=true", say); a.status != 200 || asObject(a.body["resource"])["type"] == nil {
		t.Errorf("first answer: %d %s", a.status, a.raw)
	}
	if a := c.do("POST", in.callback(), say); a.code() != 40060 {
		t.Errorf("second answer: %d %s", a.status, a.raw)
	}
	r := <-done
	if r.Content != "hi" || r.Ephemeral() {
		t.Errorf("%+v", r)
	}
	if got := c.srv.Messages(ch); len(got) != 1 || got[0].Interaction != in.ID {
		t.Errorf("a public reply is in the channel: %+v", got)
	}
	if a := c.do("PATCH", hook+"/messages/@original", object{"content": "edited"}); a.status != 200 || a.body["edited_timestamp"] == nil {
		t.Errorf("edit: %d %s", a.status, a.raw)
	}
	more := c.do("POST", hook+"?wait=true", object{"content": "more", "flags": Ephemeral})
	if more.status != 200 {
		t.Errorf("follow-up: %d %s", more.status, more.raw)
	}
	id := asString(more.body["id"])
	if a := c.do("PATCH", hook+"/messages/"+id, object{"content": "much more"}); a.status != 200 {
		t.Errorf("edit of the follow-up: %d %s", a.status, a.raw)
	}
	if a := c.do("GET", "/channels/"+ch+"/messages/"+id, nil); a.code() != 10008 {
		t.Errorf("an ephemeral message is not in the channel: %s", a.raw)
	}
	if a := c.do("DELETE", hook+"/messages/@original", nil); a.status != 204 {
		t.Errorf("delete: %d %s", a.status, a.raw)
	}
	if a := c.do("GET", hook+"/messages/@original", nil); a.code() != 10008 {
		t.Errorf("after the delete: %s", a.raw)
	}
}

func TestFollowUpFillsADeferredReply(t *testing.T) {
	t.Parallel()
	c, p, ch := stageFor(t)
	done := c.begin(ch)
	in := p.invoked()
	if a := c.do("POST", in.callback(), object{"type": 5, "data": object{"flags": SuppressEmbeds}}); a.code() != 50035 {
		t.Errorf("flags of a deferred answer: %s", a.raw)
	}
	c.provoked("EPHEMERAL")
	if a := c.do("POST", in.callback(), object{"type": 5}); a.status != 204 {
		t.Fatalf("defer: %s", a.raw)
	}
	a := c.do("GET", "/webhooks/"+c.srv.Application()+"/"+in.Token+"/messages/@original", nil)
	if asInt(a.body["flags"])&Loading == 0 {
		t.Errorf("while thinking: %s", a.raw)
	}
	if a := c.do("POST", "/webhooks/"+c.srv.Application()+"/"+in.Token, object{"content": "here"}); a.status != 200 {
		t.Errorf("follow-up: %s", a.raw)
	}
	if r := <-done; r.Content != "here" || r.Flags&Loading != 0 || !r.Edited.IsZero() || len(r.FollowUps) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestInteractionTokenDies(t *testing.T) {
	t.Parallel()
	c, p, ch := stageFor(t, TokenLife(time.Nanosecond))
	done := c.begin(ch)
	in := p.invoked()
	c.do("POST", in.callback(), object{"type": 4, "data": object{"content": "hi"}})
	<-done
	if a := c.do("PATCH", "/webhooks/"+c.srv.Application()+"/"+in.Token+"/messages/@original", object{"content": "x"}); a.code() != 50027 {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

func TestCallbackLimits(t *testing.T) {
	t.Parallel()
	c, p, ch := stageFor(t)
	done := c.begin(ch)
	in := p.invoked()
	input := func(id string) object {
		return row(object{"type": 4, "custom_id": id, "label": "l", "style": 1})
	}
	modal := func(more object) object {
		o := object{"custom_id": "m", "title": "t", "components": []any{input("i")}}
		for k, v := range more {
			o[k] = v
		}
		return object{"type": 9, "data": o}
	}
	for name, x := range map[string]struct {
		body object
		path string
	}{
		"content":       {object{"type": 4, "data": object{"content": rep(2001)}}, "data.content"},
		"modal title":   {modal(object{"title": rep(46)}), "data.title"},
		"modal rows":    {modal(object{"components": many(6, func(i int) object { return input(string(rune('a' + i))) })}), "data.components"},
		"empty modal":   {modal(object{"components": []any{}}), "data.components"},
		"label missing": {modal(object{"components": []any{row(object{"type": 4, "custom_id": "i", "label": "", "style": 1})}}), "data.components.0.components.0.label"},
		"modal button":  {modal(object{"components": []any{row(button("b"))}}), "data.components.0.components.0.type"},
		"type":          {object{"type": 99}, "type"},
		"25 choices": {object{"type": 8, "data": object{"choices": many(26, func(int) object { return object{"name": "n", "value": "v"} })}},
			"data.choices"},
		"choice name": {object{"type": 8, "data": object{"choices": []any{object{"name": rep(101), "value": "v"}}}}, "data.choices.0.name"},
	} {
		if a := c.do("POST", in.callback(), x.body); a.code() != 50035 || len(at(a.body["errors"], x.path)) == 0 {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	if a := c.do("POST", in.callback(), object{"type": 4, "data": object{}}); a.code() != 50006 {
		t.Errorf("empty: %s", a.raw)
	}
	c.provoked("")
	label := object{"type": 18, "label": "Text", "component": object{"type": 4, "custom_id": "i", "style": 2}}
	if a := c.do("POST", in.callback(), modal(object{"components": []any{label}})); a.status != 204 {
		t.Fatalf("modal with a label: %d %s", a.status, a.raw)
	}
	r := <-done
	ctx, submitted := within(t), make(chan struct{})
	go func() {
		defer close(submitted)
		_, err := c.srv.Submit(ctx, Submission{Interaction: r.Interaction, Values: map[string]string{"i": "text"}})
		if err != nil {
			t.Errorf("submit: %v", err)
		}
	}()
	sent := p.invoked()
	if got := asObject(sent.Data.Components[0]["component"]); got["value"] != "text" || got["custom_id"] != "i" {
		t.Errorf("%+v", sent.Data)
	}
	if a := c.do("POST", sent.callback(), modal(nil)); a.code() != 50035 {
		t.Errorf("a modal answers a modal: %s", a.raw)
	}
	c.provoked("answer of type 9")
	c.do("POST", sent.callback(), object{"type": 4, "data": object{"content": "ok"}})
	<-submitted
}
