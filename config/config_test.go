package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"tocsin/feed"
)

var update = flag.Bool("update", false, "rewrite the expected problems in testdata")

func noEnv(string) string { return "" }

func TestTheExampleRuns(t *testing.T) {
	c, err := Load("../config.yaml", noEnv)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Sources) < 3 || len(c.Subscriptions) != 1 || c.Subscriptions[0].Chat != "terminal" {
		t.Errorf("%d sources, subscriptions %+v", len(c.Sources), c.Subscriptions)
	}
	live := feed.Entry{Title: "Live: talks resume", URL: "https://www.france24.com/en/europe/20260205-live-talks-resume"}
	wire := feed.Entry{Title: "Talks resume", URL: "https://www.france24.com/en/live-news/20260205-talks-resume"}
	follow := c.Sources[0].Follow[0]
	if !follow.Matches(live) || follow.Matches(wire) {
		t.Error("the example does not tell a live blog from wire copy")
	}
}

// What the example has commented out must be right, too, once the marks are off.
func TestTheCommentedExampleRuns(t *testing.T) {
	data, err := os.ReadFile("../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	if err := os.WriteFile(token, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	marks := regexp.MustCompile(`(?m)^( *)# ((?:- )?[a-z_]+:|  [a-z_]+:|- rules/)`)
	n := len(marks.FindAll(data, -1))
	data = marks.ReplaceAll(data, []byte("$1$2"))
	data = bytes.ReplaceAll(data, []byte("/run/secrets/discord"), []byte(token))
	c, err := Parse(filepath.Join(dir, "config.yaml"), data, noEnv)
	if err == nil {
		err = c.Check([]string{"blackout"})
	}
	if err != nil {
		t.Fatal(err)
	}
	if n != 12 || len(c.Subscriptions) != 2 || c.Subscriptions[1].Mention == "" || c.Discord.Guild == "" || c.Fetch.Contact == "" || len(c.Rules) != 2 {
		t.Errorf("%d lines were commented out; read %+v", n, c)
	}
}

func TestAnAddressInTheEnvironmentIsChecked(t *testing.T) {
	_, err := Parse("config.yaml", nil, func(k string) string { return map[string]string{EnvAPIURL: "localhost:3000"}[k] })
	if err == nil || !strings.Contains(err.Error(), EnvAPIURL+`: "localhost:3000" is not an address of the web`) {
		t.Errorf("got %v", err)
	}
}

// Each file of testdata holds a configuration and the problems it must lead to.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			c, err := Parse("config.yaml", ar.Files[0].Data, noEnv)
			if err == nil {
				err = c.Check([]string{"blackout", "talks"})
			}
			if err != nil {
				got = err.Error() + "\n"
			}
			if *update {
				ar.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(ar.Files[1].Data); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestTheEnvironmentStandsAbove(t *testing.T) {
	env := map[string]string{EnvToken: " abc\n", EnvAPIURL: "http://127.0.0.1:1", EnvDatabase: "postgres://x/y"}
	c, err := Parse("dir/config.yaml", []byte("database: other.db\n"), func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	if c.Discord.Token.Reveal() != "abc" || c.Discord.APIURL != env[EnvAPIURL] || c.Database != env[EnvDatabase] {
		t.Errorf("%+v", c.Discord)
	}
}

func TestTheTokenFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("from the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Parse(filepath.Join(dir, "config.yaml"), []byte("discord: {token_file: token}\n"), noEnv)
	if err != nil {
		t.Fatal(err)
	}
	if c.Discord.Token.Reveal() != "from the file" {
		t.Error("the token was not read")
	}
	_, err = Parse(filepath.Join(dir, "config.yaml"), []byte("discord: {token_file: nowhere}\n"), noEnv)
	if err == nil || !strings.Contains(err.Error(), "config.yaml:1:23: the token cannot be read") {
		t.Errorf("got %v", err)
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	c := Config{Discord: Discord{Token: "hush-hush"}}
	body, err := json.Marshal(c.Discord)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("loaded", "token", c.Discord.Token, "discord", c.Discord)
	token := any(c.Discord.Token) // vet knows that some of these verbs are wrong
	for _, s := range []string{
		fmt.Sprint(c), fmt.Sprintf("%+v %#v", c, c), fmt.Sprintf("%s %q %x %d %t %v", token, token, token, token, token, token),
		string(body), log.String(),
	} {
		if strings.Contains(s, "hush-hush") {
			t.Errorf("the token stands in %s", s)
		}
	}
}

func FuzzParse(f *testing.F) {
	example, err := os.ReadFile("../config.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add("sources: [{id: a, url: 'https://a', follow: [{title: '('}]}]")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse("config.yaml", []byte(s), noEnv)
		if err != nil {
			return
		}
		for _, src := range c.Sources {
			if src.ID == "" || src.URL == "" || src.Every <= 0 {
				t.Errorf("an unusable source passed: %+v", src)
			}
		}
	})
}
