package discordtest

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestReadOnlyRoutes(t *testing.T) {
	t.Parallel()
	c := start(t)
	guild := c.srv.AddGuild("g")
	ch := c.srv.AddChannel(Channel{Guild: guild})
	c.srv.AddChannel(Channel{Guild: guild, Type: PublicThread, Parent: ch})
	for _, path := range []string{
		"/users/@me", "/users/@me/guilds", "/users/" + c.srv.Reader(), "/applications/@me", "/oauth2/applications/@me",
		"/gateway", "/gateway/bot", "/guilds/" + guild, "/guilds/" + guild + "?with_counts=true", "/guilds/" + guild + "/channels",
		"/guilds/" + guild + "/roles", "/guilds/" + guild + "/members/" + c.srv.Reader(),
		"/guilds/" + guild + "/threads/active", "/channels/" + ch,
	} {
		if a := c.do("GET", path, nil); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
	for path, code := range map[string]int64{
		"/guilds/1": 10004, "/channels/1": 10003, "/guilds/" + guild + "/members/1": 10007, "/users/1": 10013,
	} {
		if a := c.do("GET", path, nil); a.status != 404 || a.code() != code {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
}

func TestManners(t *testing.T) {
	t.Parallel()
	c := start(t)
	get := func(path, agent, token string) int {
		req, _ := http.NewRequestWithContext(within(t), http.MethodGet, c.srv.URL()+path, nil)
		req.Header.Set("User-Agent", agent)
		req.Header.Set("Authorization", token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	const agent = "DiscordBot (https://example.org, 1.0)"
	good := "Bot " + c.srv.Token()
	for _, path := range []string{"/api/v9/users/@me", "/api/v10/users/@me"} {
		if got := get(path, agent, good); got != 200 {
			t.Errorf("%s: %d", path, got)
		}
	}
	if got := get("/api/v10/users/@me", agent, "Bot wrong"); got != 401 {
		t.Errorf("wrong token: %d", got)
	}
	if bad := c.srv.Violations(); len(bad) > 0 {
		t.Errorf("refused without need: %v", bad)
	}
	get("/api/v10/users/@me", "Go-http-client/1.1", good)
	c.provoked("User-Agent")
	get("/users/@me", agent, good)
	c.provoked("/api/v9")
	if got := get("/api/v10/nothing/here", agent, good); got != 404 {
		t.Errorf("unknown route: %d", got)
	}
	c.provoked("no such route")
	if c.srv.ChecksSpec() {
		get("/api/v10/guilds/1/bans", agent, good)
		c.provoked("the fake does not have")
	}
	c.srv.RevokeToken()
	if got := get("/api/v10/users/@me", agent, good); got != 401 {
		t.Errorf("revoked token: %d", got)
	}
}

// What only the description knows is refused too, at its place.
func TestDescription(t *testing.T) {
	t.Parallel()
	c := start(t)
	if !c.srv.ChecksSpec() {
		t.Skip("Discord's OpenAPI description is not at hand")
	}
	ch := c.srv.AddChannel(Channel{})
	a := c.do("POST", "/channels/"+ch+"/messages", object{"content": "x", "tts": "yes"})
	if a.status != 400 || a.code() != 50035 || len(at(a.body["errors"], "tts")) == 0 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	c.provoked("OpenAPI")
}

func TestDescriptionIsFound(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv(SpecEnv, "")
	if got := specPath(); got != "" {
		t.Skipf("there is one above the temporary directory: %s", got)
	}
	file := filepath.Join(dir, "shared", "discord", "openapi.json")
	deep := filepath.Join(dir, "a", "b")
	for _, d := range []string{filepath.Dir(file), deep} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, []byte(`{"paths":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(deep)
	if got := specPath(); !strings.HasSuffix(got, filepath.Join("shared", "discord", "openapi.json")) {
		t.Errorf("found %q", got)
	}
	if _, err := readSpec(file); err == nil {
		t.Error("a description without paths was accepted")
	}
	t.Setenv(SpecEnv, "/elsewhere.json")
	if got := specPath(); got != "/elsewhere.json" {
		t.Errorf("found %q", got)
	}
}

func TestCommandBook(t *testing.T) {
	t.Parallel()
	c := start(t)
	guild := c.srv.AddGuild("g")
	for _, base := range []string{
		"/applications/" + c.srv.Application() + "/commands",
		"/applications/" + c.srv.Application() + "/guilds/" + guild + "/commands",
	} {
		one := object{"name": "one", "description": "d"}
		put := c.do("PUT", base, []any{one, object{"name": "two", "description": "d"}})
		if put.status != 200 || len(put.list) != 2 {
			t.Fatalf("put: %d %s", put.status, put.raw)
		}
		id, version := asObject(put.list[0])["id"], asObject(put.list[0])["version"]
		again := c.do("PUT", base, []any{one})
		if o := asObject(again.list[0]); o["id"] != id || o["version"] != version {
			t.Errorf("an unchanged command keeps id and version: %s", again.raw)
		}
		changed := c.do("POST", base, object{"name": "one", "description": "new"})
		if changed.status != 200 || changed.body["id"] != id || changed.body["version"] == version {
			t.Errorf("a changed command keeps its id, not its version: %d %s", changed.status, changed.raw)
		}
		if a := c.do("POST", base, object{"name": "three", "description": "d"}); a.status != 201 {
			t.Errorf("post of a new one: %d %s", a.status, a.raw)
		}
		if a := c.do("GET", base, nil); len(a.list) != 2 {
			t.Errorf("list: %s", a.raw)
		}
		if a := c.do("GET", base+"/"+asString(id), nil); a.body["name"] != "one" {
			t.Errorf("get: %s", a.raw)
		}
		if a := c.do("DELETE", base+"/"+asString(id), nil); a.status != 204 {
			t.Errorf("delete: %s", a.raw)
		}
		if a := c.do("DELETE", base+"/"+asString(id), nil); a.code() != 10063 {
			t.Errorf("delete twice: %s", a.raw)
		}
	}
	if got := c.srv.Commands(guild); len(got) != 1 || got[0].Name != "three" {
		t.Errorf("the guild's commands: %+v", got)
	}
	if a := c.do("GET", "/applications/1/commands", nil); a.code() != 20012 {
		t.Errorf("another's application: %s", a.raw)
	}
}

func TestCommandCreatesADay(t *testing.T) {
	t.Parallel()
	c := start(t)
	base := "/applications/" + c.srv.Application() + "/commands"
	hundred := func(prefix string) []any {
		return many(100, func(i int) object { return object{"name": prefix + strconv.Itoa(i), "description": "d"} })
	}
	for _, prefix := range []string{"a", "b", "b"} { // the last overwrites, which is free
		if a := c.do("PUT", base, hundred(prefix)); a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", prefix, a.status, a.raw)
		}
	}
	if a := c.do("PUT", base, hundred("c")); a.code() != 30034 {
		t.Errorf("%d %s", a.status, a.raw)
	}
}
