package discordtest

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestMessageLife(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{Name: "alerts"})
	path := "/channels/" + ch + "/messages"
	id := c.create(ch, object{"content": "first", "embeds": []any{object{"title": "t", "fields": []any{field(1, 1)}, "timestamp": "2026-08-01T10:00:00Z"}}})
	if a := c.do("GET", path+"/"+id, nil); a.status != 200 || a.body["content"] != "first" {
		t.Errorf("get: %d %s", a.status, a.raw)
	}
	if a := c.do("PATCH", path+"/"+id, object{"content": "second"}); a.status != 200 || a.body["edited_timestamp"] == nil {
		t.Errorf("edit: %d %s", a.status, a.raw)
	}
	m := c.srv.Messages(ch)[0]
	if len(m.History) != 2 || m.History[0].Content != "first" || m.Content != "second" || m.Embeds[0].Title != "t" || m.Edited.IsZero() {
		t.Errorf("the message keeps its history and what the edit leaves out: %+v", m)
	}
	if !bytes.Contains(m.History[1].Request, []byte("second")) {
		t.Errorf("the request of the edit: %s", m.History[1].Request)
	}
	if a := c.do("DELETE", path+"/"+id, nil); a.status != http.StatusNoContent {
		t.Errorf("delete: %d %s", a.status, a.raw)
	}
	for _, method := range []string{"GET", "DELETE", "PATCH"} {
		var body any
		if method == "PATCH" {
			body = object{"content": "x"}
		}
		if a := c.do(method, path+"/"+id, body); a.status != 404 || a.code() != 10008 {
			t.Errorf("%s a deleted message: %d %s", method, a.status, a.raw)
		}
	}
	if gone, ok := c.srv.Message(id); !ok || !gone.Deleted || len(c.srv.Messages(ch)) != 0 {
		t.Errorf("a deleted message is remembered, not shown: %+v", gone)
	}
}

func TestListing(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{})
	var ids []string
	for i := range 7 {
		ids = append(ids, c.create(ch, object{"content": strconv.Itoa(i)}))
	}
	c.create(c.srv.AddChannel(Channel{}), object{"content": "elsewhere"})
	for _, q := range []struct{ query, want string }{
		{"", "6543210"},
		{"?limit=2", "65"},
		{"?limit=2&before=" + ids[3], "21"},
		{"?limit=2&after=" + ids[3], "54"},
		{"?after=" + ids[6], ""},
		{"?limit=3&around=" + ids[3], "432"},
		{"?after=0", "6543210"},
	} {
		a := c.do("GET", "/channels/"+ch+"/messages"+q.query, nil)
		var got strings.Builder
		for _, m := range a.list {
			got.WriteString(asString(asObject(m)["content"]))
		}
		if got := got.String(); got != q.want {
			t.Errorf("%s: %s, want %s", q.query, got, q.want)
		}
	}
	if a := c.do("GET", "/channels/"+ch+"/messages?limit=101", nil); a.code() != 50035 {
		t.Errorf("limit 101: %s", a.raw)
	}
	c.provoked("limit")
}

func TestNonce(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch, other := c.srv.AddChannel(Channel{}), c.srv.AddChannel(Channel{})
	body := object{"content": "once", "nonce": "7", "enforce_nonce": true}
	id := c.create(ch, body)
	if again := c.create(ch, body); again != id {
		t.Errorf("the same nonce made message %s after %s", again, id)
	}
	if there := c.create(other, body); there == id {
		t.Error("a nonce of one channel held in another")
	}
	if without := c.create(ch, object{"content": "once", "nonce": "7"}); without == id {
		t.Error("a nonce that is not enforced was")
	}
	number := object{"content": "n", "nonce": 9007199254740993, "enforce_nonce": true}
	if first := c.create(ch, number); first != c.create(ch, number) {
		t.Error("a number as nonce does not hold")
	}
	c.srv.DeleteMessage(id)
	c.srv.DeleteMessage(c.srv.Messages(ch)[0].ID)
	if a := c.do("POST", "/channels/"+ch+"/messages", body); a.code() != 10008 {
		t.Errorf("after the first message was deleted: %d %s", a.status, a.raw)
	}
}

func TestNonceIsForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Server{world: world{bot: "1"}, opts: options{nonceWindow: time.Minute}}
		s.messages = []*message{{channel: "2", nonce: "n", author: "1", created: time.Now()}}
		time.Sleep(time.Minute)
		if s.byNonce("2", "n") == nil {
			t.Error("forgotten within the window")
		}
		time.Sleep(time.Second)
		if s.byNonce("2", "n") != nil {
			t.Error("remembered after the window")
		}
	})
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, p := range []struct {
		name    string
		channel Channel
		body    object
		code    int64
	}{
		{"all", Channel{}, object{"content": "x"}, 0},
		{"not seen", Channel{Deny: ViewChannel}, object{"content": "x"}, 50001},
		{"read only", Channel{Deny: SendMessages}, object{"content": "x"}, 50013},
		{"no embeds", Channel{Deny: EmbedLinks}, embed(object{"title": "x"}), 50013},
		{"only just", Channel{Permissions: ViewChannel | SendMessages}, object{"content": "x"}, 0},
		{"category", Channel{Type: Category}, object{"content": "x"}, 50008},
		{"forum", Channel{Type: ForumChannel}, object{"content": "x"}, 50008},
	} {
		ch := c.srv.AddChannel(p.channel)
		if a := c.do("POST", "/channels/"+ch+"/messages", p.body); a.code() != p.code {
			t.Errorf("%s: %d %s", p.name, a.status, a.raw)
		}
	}
	parent := c.srv.AddChannel(Channel{Deny: SendMessages})
	thread := c.srv.AddChannel(Channel{Type: PublicThread, Parent: parent, Archived: true})
	id := c.create(thread, object{"content": "a thread needs its own permission"})
	if a := c.do("GET", "/channels/"+thread, nil); asObject(a.body["thread_metadata"])["archived"] != false {
		t.Errorf("a message opens an archived thread: %s", a.raw)
	}
	c.srv.mu.Lock()
	c.srv.world.channels[thread].Archived = true
	c.srv.mu.Unlock()
	if a := c.do("PATCH", "/channels/"+thread+"/messages/"+id, object{"content": "x"}); a.code() != 50083 {
		t.Errorf("edit in an archived thread: %s", a.raw)
	}
	hidden := c.srv.AddChannel(Channel{Deny: ReadMessageHistory})
	c.create(hidden, object{"content": "x"})
	if a := c.do("GET", "/channels/"+hidden+"/messages", nil); a.status != 200 || len(a.list) != 0 {
		t.Errorf("history without permission: %s", a.raw)
	}
	open := c.srv.AddChannel(Channel{})
	theirs := c.srv.Post(open, c.srv.Reader(), "hello")
	if a := c.do("PATCH", "/channels/"+open+"/messages/"+theirs, object{"content": "x"}); a.code() != 50005 {
		t.Errorf("edit of another's message: %s", a.raw)
	}
	if a := c.do("DELETE", "/channels/"+open+"/messages/"+theirs, nil); a.code() != 50013 {
		t.Errorf("delete of another's message: %s", a.raw)
	}
	c.srv.SetPermissions(open, MemberDefault|ManageMessages)
	if a := c.do("DELETE", "/channels/"+open+"/messages/"+theirs, nil); a.status != 204 {
		t.Errorf("delete by a moderator: %s", a.raw)
	}
	c.srv.DeleteChannel(open)
	if a := c.do("POST", "/channels/"+open+"/messages", object{"content": "x"}); a.code() != 10003 {
		t.Errorf("deleted channel: %s", a.raw)
	}
}

// A client that computes the bot's permissions from roles and overwrites must
// come to what the fake enforces.
func TestPermissionsCanBeComputed(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{Permissions: ViewChannel | EmbedLinks})
	g := c.do("GET", "/channels/"+ch, nil)
	guild := asString(g.body["guild_id"])
	var base int64
	member := c.do("GET", "/guilds/"+guild+"/members/"+c.srv.Application(), nil)
	for _, r := range c.do("GET", "/guilds/"+guild+"/roles", nil).list {
		id := asObject(r)["id"]
		if id == guild || slices.Contains(asList(member.body["roles"]), id) {
			base |= bits(asObject(r)["permissions"])
		}
	}
	for _, x := range asList(g.body["permission_overwrites"]) {
		base = base&^bits(asObject(x)["deny"]) | bits(asObject(x)["allow"])
	}
	if Permissions(base) != ViewChannel|EmbedLinks {
		t.Errorf("computed %d", base)
	}
}

func bits(v any) int64 {
	n, _ := strconv.ParseInt(asString(v), 10, 64)
	return n
}

func TestPings(t *testing.T) {
	t.Parallel()
	c := start(t)
	guild := c.srv.AddGuild("g")
	ch := c.srv.AddChannel(Channel{Guild: guild, Permissions: MemberDefault | MentionEveryone})
	role := c.srv.AddRole(guild, "watch", 0, true)
	reader := c.srv.Reader()
	content := "<@" + reader + "> <@&" + role + "> @everyone"
	for _, p := range []struct {
		name                  string
		body                  object
		users, roles, general bool
	}{
		{"default", object{"content": content}, true, true, true},
		{"none", object{"content": content, "allowed_mentions": object{"parse": []any{}}}, false, false, false},
		{"one role", object{"content": content, "allowed_mentions": object{"parse": []any{}, "roles": []any{role}}}, false, true, false},
		{"embed", embed(object{"description": content}), false, false, false},
		{"text display", v2(object{"type": 10, "content": content}), true, true, true},
	} {
		id := c.create(ch, p.body)
		m, _ := c.srv.Message(id)
		if (len(m.Mentions) > 0) != p.users || (len(m.MentionRoles) > 0) != p.roles || m.MentionEveryone != p.general {
			t.Errorf("%s pings %v %v %v", p.name, m.Mentions, m.MentionRoles, m.MentionEveryone)
		}
	}
}

func TestCrosspost(t *testing.T) {
	t.Parallel()
	c := start(t)
	news, plain := c.srv.AddChannel(Channel{Type: AnnouncementChannel}), c.srv.AddChannel(Channel{})
	path := "/channels/" + news + "/messages/" + c.create(news, object{"content": "x"}) + "/crosspost"
	if a := c.do("POST", path, nil); a.status != 200 || asInt(a.body["flags"])&Crossposted == 0 {
		t.Errorf("crosspost: %d %s", a.status, a.raw)
	}
	if a := c.do("POST", path, nil); a.code() != 40033 {
		t.Errorf("crossposted twice: %s", a.raw)
	}
	if a := c.do("POST", "/channels/"+plain+"/messages/"+c.create(plain, object{"content": "x"})+"/crosspost", nil); a.code() != 50024 {
		t.Errorf("crosspost from a text channel: %s", a.raw)
	}
}

func TestComponentsV2CannotBeLeft(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{})
	path := "/channels/" + ch + "/messages/" + c.create(ch, object{"content": "x"})
	if a := c.do("PATCH", path, v2(text(1))); a.code() != 50035 {
		t.Errorf("into v2 without clearing the content: %d %s", a.status, a.raw)
	}
	into := v2(text(1))
	into["content"] = nil
	into["embeds"] = []any{}
	if a := c.do("PATCH", path, into); a.status != 200 {
		t.Errorf("into v2: %d %s", a.status, a.raw)
	}
	if a := c.do("PATCH", path, object{"components": []any{text(2)}}); a.status != 200 {
		t.Errorf("edit within v2: %d %s", a.status, a.raw)
	}
	if a := c.do("PATCH", path, object{"content": "x"}); a.code() != 50035 {
		t.Errorf("content in v2: %d %s", a.status, a.raw)
	}
	c.provoked("COMPONENTS_V2")
}

func form(t *testing.T, payload string, files map[string][]byte) (string, io.Reader) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("payload_json", payload); err != nil {
		t.Fatal(err)
	}
	i := 0
	for name, data := range files {
		part, err := w.CreateFormFile(fmt.Sprintf("files[%d]", i), name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(data)
		i++
	}
	w.Close()
	return w.FormDataContentType(), &b
}

func TestFiles(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{})
	post := func(payload string, files map[string][]byte) answer {
		kind, body := form(t, payload, files)
		return c.send(within(t), "POST", "/channels/"+ch+"/messages", kind, body)
	}
	a := post(`{"attachments":[{"id":"0","description":"a note"}]}`, map[string][]byte{"note.txt": []byte("hello")})
	if a.status != 200 {
		t.Fatalf("a file alone is a message: %d %s", a.status, a.raw)
	}
	at := asObject(asList(a.body["attachments"])[0])
	res, err := http.Get(asString(at["url"]))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if data, _ := io.ReadAll(res.Body); string(data) != "hello" || at["description"] != "a note" {
		t.Errorf("attachment %v holds %q", at, data)
	}
	if m := c.srv.Messages(ch)[0]; len(m.Files) != 1 || m.Files[0].Name != "note.txt" {
		t.Errorf("files: %+v", m.Files)
	}
	if a := post(`{}`, map[string][]byte{"big": make([]byte, maxFile+1)}); a.status != 413 || a.code() != 40005 {
		t.Errorf("file beyond 10 MiB: %d %s", a.status, a.raw)
	}
	c.provoked("too large")
	c.srv.SetPermissions(ch, ViewChannel|SendMessages)
	if a := post(`{"content":"x"}`, map[string][]byte{"n": nil}); a.code() != 50013 {
		t.Errorf("file without permission: %s", a.raw)
	}
	if a := c.send(within(t), "POST", "/channels/"+ch+"/messages", "application/json", strings.NewReader("{")); a.code() != 50109 {
		t.Errorf("broken JSON: %s", a.raw)
	}
	c.provoked("invalid JSON")
}

func TestWaitMessage(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{})
	id := c.create(ch, object{"content": "one"})
	got := make(chan error, 1)
	go func() {
		_, err := c.srv.WaitMessage(within(t), ch, Containing("two"))
		got <- err
	}()
	c.do("PATCH", "/channels/"+ch+"/messages/"+id, object{"content": "two"})
	if err := <-got; err != nil {
		t.Error(err)
	}
	ctx := within(t)
	go c.srv.Close()
	if _, err := c.srv.WaitMessage(ctx, ch, Containing("three")); err == nil || !strings.Contains(err.Error(), "two") {
		t.Errorf("the error shows what is there: %v", err)
	}
}

// What a reader sees of two embeds with one address is the first.
func TestTextIsWhatIsShown(t *testing.T) {
	t.Parallel()
	b := Body{Content: "c", Embeds: []Embed{{Title: "a", URL: "u"}, {Title: "hidden", URL: "u"}, {Title: "b"}},
		Components: []Component{{Type: container, Components: []Component{{Type: textDisplay, Content: "d"}}}}}
	if got := b.Text(); got != "c\na\nb\nd" {
		t.Errorf("%q", got)
	}
}
