package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tocsin/bot"
	"tocsin/config"
	"tocsin/digest"
	"tocsin/feed"
	"tocsin/internal/discordtest"
	"tocsin/rules"
)

// BenchmarkCommitToDiscord measures the time from the commit of an alert to its
// request at Discord: the outbox, the queue and the transport.
func BenchmarkCommitToDiscord(b *testing.B) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	srv := discordtest.New(b)
	// Each alert has a channel of its own, so that the limit of one channel is not what is measured.
	guild := srv.AddGuild("Newsroom")
	p := &program{in: strings.NewReader(""), out: io.Discard, err: io.Discard, env: func(string) string { return "" }}
	cfg := &config.Config{
		Database: filepath.Join(b.TempDir(), "tocsin.db"), Rules: []string{"pack:ukraine"}, Zone: "UTC",
		Discord: config.Discord{Token: config.Secret(srv.Token()), APIURL: srv.URL()},
	}
	a, err := p.newApp(ctx, cfg, slog.New(slog.DiscardHandler), tuning{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.close()
	done := make(chan error, 1)
	go func() { done <- a.run(ctx) }()
	if err := srv.WaitReady(ctx); err != nil {
		b.Fatal(err)
	}
	if err := a.db.PutSource(ctx, feed.Source{ID: "beacon", Kind: feed.KindFeed, URL: "https://beacon.example/rss", Every: 24 * time.Hour}); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for i := range b.N {
		channel := srv.AddChannel(discordtest.Channel{Guild: guild})
		o := alertOutcome(b, a, channel, i)
		start := time.Now()
		if err := a.db.Record(ctx, []bot.Outcome{o}); err != nil {
			b.Fatal(err)
		}
		if _, err := srv.WaitMessage(ctx, channel, func(discordtest.Message) bool { return true }); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	cancel()
	if err := <-done; err != nil {
		b.Error(err)
	}
}

func alertOutcome(b *testing.B, a *app, channel string, i int) bot.Outcome {
	b.Helper()
	e := feed.Entry{Source: "beacon", ID: strconv.Itoa(i), Title: "Blackout in the east", Text: "The blackout left 3 towns dark.", Revision: 1}
	match := []rules.Match{{Rule: "blackout", Title: "Blackouts", Hits: []rules.Hit{{Field: rules.FieldTitle, End: 8, Text: "Blackout", Term: "blackout"}}}}
	payload, err := a.discord.RenderAlert(digest.Alert{Entry: e, Matches: match, Change: feed.ChangeNew, At: time.Now()})
	if err != nil {
		b.Fatal(err)
	}
	return bot.Outcome{
		Change: feed.ChangeNew, Entry: e, At: time.Now(), Matches: match,
		Deliveries: []bot.Delivery{{
			Key: fmt.Sprintf("alert:%d", i), Kind: bot.DeliverAlert, Channel: bot.Channel{Chat: "discord", ID: channel},
			Source: e.Source, Entry: e.ID, Payload: payload, Version: 1, Read: time.Now(),
		}},
	}
}

// BenchmarkStart measures the time from the start of the process to the gateway, and the
// memory it holds then, at rest.
func BenchmarkStart(b *testing.B) {
	srv := discordtest.New(b)
	srv.AddGuild("Newsroom")
	dir := b.TempDir()
	program := filepath.Join(dir, "tocsin")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	settings := fmt.Sprintf("rules: [pack:ukraine]\nweb: {listen: \"\"}\ndiscord: {api_url: %s}\n", srv.URL())
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(settings), 0o600); err != nil {
		b.Fatal(err)
	}
	var resident float64
	for b.Loop() {
		cmd := exec.CommandContext(b.Context(), program, "run", "--config", filepath.Join(dir, "config.yaml"))
		cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+srv.Token())
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		if err := srv.WaitReady(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		resident = residentMiB(b, cmd.Process.Pid)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			b.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			b.Fatal(err)
		}
		if err := srv.WaitGateway(b.Context(), func(g discordtest.GatewayStats) bool { return g.Ready == 0 }); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(resident, "resident-MiB")
}

// residentMiB reads what Linux says of a process; 0 elsewhere.
func residentMiB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			if err != nil {
				b.Fatal(err)
			}
			return kib / 1024
		}
	}
	return 0
}
