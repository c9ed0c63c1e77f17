package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tocsin/strict"
)

// Environment variables that stand above the file.
const (
	EnvToken    = "DISCORD_TOKEN"
	EnvAPIURL   = "TOCSIN_DISCORD_API_URL"
	EnvDatabase = "TOCSIN_DATABASE"
)

// Load reads a configuration file. env is [os.Getenv] or a stand-in. Everything that is
// wrong with it is one error, of type [strict.Problems]; the configuration beside it
// holds what could be read, and is good for looking further only.
func Load(path string, env func(string) string) (*Config, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return new(Config), strict.Problems{{File: path, Message: "there is no such file", Hint: "copy config.yaml from the repository, or name another one with --config"}}
	}
	if err != nil {
		return new(Config), strict.Problems{{File: path, Message: err.Error()}}
	}
	return Parse(path, data, env)
}

// Parse is Load for a configuration that stands, or would stand, in the file path.
func Parse(path string, data []byte, env func(string) string) (*Config, error) {
	l := &loader{dir: filepath.Dir(path), env: env}
	l.read(strict.Read(path, data, &l.problems))
	return &l.config, l.problems.Err()
}

// loader carries a configuration while it is read.
type loader struct {
	config   Config
	dir      string
	env      func(string) string
	problems strict.Problems
}

// Defaults and bounds.
const (
	defaultDatabase  = "data/tocsin.db"
	defaultListen    = "127.0.0.1:8484"
	defaultTimeout   = 20 * time.Second
	defaultMaxBody   = 16 << 20
	defaultRetention = 90 * 24 * time.Hour
	defaultLookback  = 15 * time.Minute
)

func (l *loader) read(root strict.Value) {
	c := &l.config
	*c = Config{
		Database: l.path(defaultDatabase), Listen: defaultListen, Zone: "UTC",
		Retention: defaultRetention, Lookback: defaultLookback, places: map[string]place{},
		Fetch: Fetch{Timeout: defaultTimeout, MaxBody: defaultMaxBody},
	}
	f := root.Fields("database", "rules", "sources", "subscriptions", "discord", "fetch", "log", "retention", "zone", "web", "lookback")
	if v, ok := f["database"]; ok {
		c.Database = l.database(v)
	}
	if url := l.env(EnvDatabase); url != "" {
		c.Database = url
	}
	if v, ok := f["zone"]; ok {
		c.Zone = zone(v)
	}
	if v, ok := f["retention"]; ok {
		c.Retention = retention(v)
	}
	if v, ok := f["lookback"]; ok {
		c.Lookback = v.Duration(0, 48*time.Hour)
	}
	if v, ok := f["web"]; ok {
		c.Listen = web(v)
	}
	l.rules(f)
	l.discord(f)
	l.fetch(f)
	l.log(f)
	l.sources(f)
	l.subscriptions(f)
}

// path joins a relative path to the folder of the file.
func (l *loader) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(l.dir, p)
}

func (l *loader) database(v strict.Value) string {
	s := v.Text()
	if strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://") {
		return s
	}
	file := strings.TrimPrefix(s, "sqlite:")
	if kind, _, ok := strings.Cut(file, "://"); ok || file == "" {
		// Not the whole value, which may hold a password.
		v.Problem("name a file, or postgres://user@host/database", "%q is no kind of database", kind)
		return ""
	}
	return l.path(file)
}

// retention reads how long entries are kept. Less than a day would take entries away
// before a daily digest could tell them.
func retention(v strict.Value) time.Duration {
	const day = 24 * time.Hour
	d := v.Duration(0, 100*365*day)
	if d > 0 && d < day {
		v.Problem("0s keeps everything for ever", "%s is too short: a daily digest needs at least 1d", d)
		return defaultRetention
	}
	return d
}

func (l *loader) rules(f map[string]strict.Value) {
	v, ok := f["rules"]
	if !ok {
		return
	}
	for _, pattern := range v.Texts() {
		if !strings.HasPrefix(pattern, "pack:") {
			pattern = l.path(pattern)
		}
		l.config.Rules = append(l.config.Rules, pattern)
	}
}

func (l *loader) discord(f map[string]strict.Value) {
	d := &l.config.Discord
	if v, ok := f["discord"]; ok {
		g := v.Fields("token", "token_file", "api_url", "guild")
		if t, ok := g["token"]; ok {
			t.Problem("set "+EnvToken+" in the environment, or name a file with token_file", "a token never stands in the configuration")
		}
		if t, ok := g["token_file"]; ok {
			d.Token = l.tokenFile(t)
		}
		if t, ok := g["api_url"]; ok {
			d.APIURL = address(t)
		}
		if t, ok := g["guild"]; ok {
			d.Guild = snowflake(t)
		}
	}
	if token := strings.TrimSpace(l.env(EnvToken)); token != "" {
		d.Token = Secret(token)
	}
	if s := l.env(EnvAPIURL); s != "" {
		d.APIURL = s
		if why, hint := notWeb(s); why != "" {
			l.problems = append(l.problems, strict.Problem{File: EnvAPIURL, Message: why, Hint: hint})
		}
	}
}

// maxToken bounds what is read of a token file; a token has some 70 bytes.
const maxToken = 1 << 10

func (l *loader) tokenFile(v strict.Value) Secret {
	path := l.path(v.Text())
	info, err := os.Stat(path)
	if err != nil {
		v.Problem("", "the token cannot be read: %v", err)
		return ""
	}
	if !info.Mode().IsRegular() || info.Size() > maxToken {
		v.Problem("", "%s is not a file with a token in it", path)
		return ""
	}
	data, err := os.ReadFile(path)
	if err != nil {
		v.Problem("", "the token cannot be read: %v", err)
		return ""
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		v.Problem("", "%s is empty", path)
	}
	return Secret(token)
}

func (l *loader) fetch(f map[string]strict.Value) {
	v, ok := f["fetch"]
	if !ok {
		return
	}
	c := &l.config.Fetch
	g := v.Fields("contact", "timeout", "max_body_mib", "allow_private")
	if t, ok := g["contact"]; ok {
		c.Contact = t.Text()
		if strings.ContainsAny(c.Contact, "\r\n()") {
			t.Problem("", "an address of the web or of mail belongs here")
		}
	}
	if t, ok := g["timeout"]; ok {
		c.Timeout = t.Duration(time.Second, 30*time.Second)
	}
	if t, ok := g["max_body_mib"]; ok {
		c.MaxBody = int64(t.Int(1, 100)) << 20
	}
	if t, ok := g["allow_private"]; ok {
		c.AllowPrivate = t.Bool()
	}
}

func (l *loader) log(f map[string]strict.Value) {
	v, ok := f["log"]
	if !ok {
		return
	}
	g := v.Fields("level", "format")
	if t, ok := g["level"]; ok {
		if s := t.OneOf("debug", "info", "warn", "error"); s != "" {
			if err := l.config.Log.Level.UnmarshalText([]byte(s)); err != nil {
				t.Problem("", "%v", err)
			}
		}
	}
	if t, ok := g["format"]; ok {
		l.config.Log.JSON = t.OneOf("text", "json") == "json"
	}
}

func web(v strict.Value) string {
	t, ok := v.Fields("listen")["listen"]
	if !ok {
		return defaultListen
	}
	listen := t.Text()
	if listen == "" {
		return ""
	}
	_, port, err := net.SplitHostPort(listen)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 {
		t.Problem(fmt.Sprintf("for instance %q, or \"\" to switch it off", defaultListen), "%q is not host:port", listen)
	}
	return listen
}
