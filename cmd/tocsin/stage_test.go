package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tocsin/internal/discordtest"
)

// stage is everything around the program: a publisher, Discord, a
// configuration and a database. The program itself is a process that can be killed.
type stage struct {
	t         *testing.T
	ctx       context.Context
	discord   *discordtest.Server
	guild     string
	channel   string
	publisher *press
	dir       string
	program   string // the path of the program
	process   *process
}

// patience bounds every wait; only a failure ever waits that long.
const patience = 3 * time.Minute

func newStage(t *testing.T, database string) *stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	s := &stage{t: t, ctx: ctx, discord: discordtest.New(t), publisher: newPress(t), dir: t.TempDir()}
	s.guild = s.discord.AddGuild("Newsroom")
	s.channel = s.discord.AddChannel(discordtest.Channel{Guild: s.guild, Name: "alerts"})
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.program = filepath.Join(s.dir, "tocsin") // its name makes the test binary be the program
	if err := os.Symlink(self, s.program); err != nil {
		t.Fatal(err)
	}
	s.write("rules.yaml", `
rules:
  - id: blackout
    title: Blackouts
    severity: urgent
    match: blackout
`)
	if database == "" {
		database = "tocsin.db"
	}
	s.write("config.yaml", fmt.Sprintf(`
database: %s
rules: [rules.yaml]
fetch: {allow_private: true}
web: {listen: ""}
log: {level: debug}
lookback: 1h
discord: {api_url: %s}
sources:
  - id: beacon
    url: %s/rss
    title: The Beacon
    every: 150ms
    follow: [{link: /live/, every: 150ms}]
`, database, s.discord.URL(), s.publisher.URL))
	return s
}

func (s *stage) write(name, content string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	s.must(err)
	return string(data)
}

// process is the program while it runs.
type process struct {
	cmd  *exec.Cmd
	log  *logbook
	done chan struct{} // closed when it has ended
	end  error         // why; set before done is closed
}

// start runs the program and waits until Discord has it.
func (s *stage) start() {
	s.t.Helper()
	s.launch()
	s.must(s.discord.WaitReady(s.ctx))
	_, err := s.discord.WaitCommand(s.ctx, s.guild, "subscribe")
	s.must(err)
}

// launch runs the program.
func (s *stage) launch() {
	s.t.Helper()
	cmd := exec.CommandContext(s.ctx, s.program, "run", "--config", filepath.Join(s.dir, "config.yaml"))
	cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+s.discord.Token())
	p := &process{cmd: cmd, log: newLogbook(), done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		p.end = cmd.Wait()
		close(p.done)
	}()
	s.process = p
	s.t.Cleanup(func() {
		if p.cmd.Process.Kill() == nil {
			<-p.done
		}
		if s.t.Failed() {
			s.t.Logf("the program said:\n%s", p.log)
		}
	})
}

// once runs the program to its end and returns what it said and its exit code.
func (s *stage) once(args ...string) (string, int) {
	s.t.Helper()
	cmd := exec.CommandContext(s.ctx, s.program, args...)
	cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+s.discord.Token())
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// kill pulls the plug.
func (s *stage) kill() {
	s.t.Helper()
	s.must(s.process.cmd.Process.Signal(syscall.SIGKILL))
	<-s.process.done
}

// stop asks the program to stop and checks that it does so in order.
func (s *stage) stop() {
	s.t.Helper()
	asked := time.Now()
	s.must(s.process.cmd.Process.Signal(syscall.SIGTERM))
	<-s.process.done
	if err := s.process.end; err != nil {
		s.t.Errorf("the program ended with %v", err)
	}
	if took := time.Since(asked); took > 10*time.Second {
		s.t.Errorf("it took %v to stop", took)
	}
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// invoke types a slash command in the channel and returns what it answers.
func (s *stage) invoke(name string, options map[string]any) string {
	s.t.Helper()
	r, err := s.discord.Invoke(s.ctx, discordtest.Command{
		Person:  discordtest.Person{User: s.discord.AddUser("editor"), Permissions: discordtest.MemberDefault | discordtest.ManageChannels},
		Channel: s.channel, Name: name, Options: options,
	})
	s.must(err)
	return r.Text()
}

// wait blocks until the channel shows a message with all the parts.
func (s *stage) wait(parts ...string) discordtest.Message {
	s.t.Helper()
	m, err := s.discord.WaitMessage(s.ctx, s.channel, discordtest.Containing(parts...))
	if err != nil {
		s.t.Fatalf("no message with %q: %v; there are:\n%s", parts, err, s.transcript())
	}
	return m
}

func (s *stage) transcript() string {
	var b strings.Builder
	for _, m := range s.discord.Messages(s.channel) {
		fmt.Fprintf(&b, "%s: %s\n", m.ID, m.Text())
	}
	return b.String()
}

// press is a publisher: a feed and one live blog, which tests write.
type press struct {
	*httptest.Server
	mu      sync.Mutex
	items   []string // paths of announced live blogs
	entries []post
	reads   map[string]int
	news    chan struct{} // closed and replaced at each read
	served  func(path string)
}

// post is an entry of the live blog.
type post struct {
	ID, Title, Text string
	At              time.Time
}

func newPress(t *testing.T) *press {
	p := &press{reads: map[string]int{}, news: make(chan struct{})}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *press) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	body := p.page(r.URL.Path)
	p.reads[r.URL.Path]++
	close(p.news)
	p.news = make(chan struct{})
	served := p.served
	p.mu.Unlock()
	if body == "" {
		http.NotFound(w, r)
		return
	}
	fmt.Fprint(w, body)
	if served != nil {
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		served(r.URL.Path)
	}
}

func (p *press) page(path string) string {
	switch path {
	case "/rss":
		var items strings.Builder
		for _, blog := range p.items {
			fmt.Fprintf(&items, "<item><title>Live: the grid</title><link>%s%s</link><guid>%s</guid><pubDate>%s</pubDate></item>",
				p.URL, blog, blog, time.Now().UTC().Format(time.RFC1123Z))
		}
		return `<?xml version="1.0"?><rss version="2.0"><channel><title>The Beacon</title>` + items.String() + `</channel></rss>`
	case "/live/1":
		var list []map[string]any
		for _, e := range slices.Backward(p.entries) {
			list = append(list, map[string]any{
				"@type": "BlogPosting", "@id": e.ID, "url": p.URL + "/live/1#" + e.ID, "headline": e.Title,
				"articleBody": e.Text, "datePublished": e.At.UTC().Format(time.RFC3339Nano),
			})
		}
		ld, err := json.Marshal(map[string]any{"@context": "https://schema.org", "@type": "LiveBlogPosting", "headline": "The grid", "liveBlogUpdate": list})
		if err != nil {
			return err.Error()
		}
		return `<html lang="en"><head><script type="application/ld+json">` + string(ld) + `</script></head><body></body></html>`
	}
	return ""
}

// announce puts the live blog into the feed.
func (p *press) announce() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.items = append(p.items, "/live/1")
}

// put writes an entry, or rewrites the one with its id.
func (p *press) put(e post) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.entries {
		if p.entries[i].ID == e.ID {
			e.At = p.entries[i].At
			p.entries[i] = e
			return
		}
	}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	p.entries = append(p.entries, e)
}

// remove takes an entry back.
func (p *press) remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entries = slices.DeleteFunc(p.entries, func(e post) bool { return e.ID == id })
}

// onServed calls f after each page that is served from now on; nil for nothing.
func (p *press) onServed(f func(path string)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.served = f
}

// waitReads blocks until a path has been read n more times.
func (p *press) waitReads(ctx context.Context, path string, n int) error {
	p.mu.Lock()
	want := p.reads[path] + n
	for p.reads[path] < want {
		news := p.news
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not read: %w", path, ctx.Err())
		case <-news:
		}
		p.mu.Lock()
	}
	p.mu.Unlock()
	return nil
}
