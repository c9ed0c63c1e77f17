package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// logbook is what a running program has said so far.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
	news chan struct{} // closed and replaced at each write
}

func newLogbook() *logbook { return &logbook{news: make(chan struct{})} }

// Write implements [io.Writer].
func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.news)
	l.news = make(chan struct{})
	return l.text.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wait blocks until n lines have all the parts.
func (l *logbook) wait(ctx context.Context, n int, parts ...string) error {
	for {
		l.mu.Lock()
		news := l.news
		l.mu.Unlock()
		if len(l.lines(parts...)) >= n {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no %d lines with %q: %w", n, parts, ctx.Err())
		case <-news:
		}
	}
}

// lines returns the lines that have all the parts.
func (l *logbook) lines(parts ...string) []string {
	var found []string
	for line := range strings.Lines(l.String()) {
		has := true
		for _, part := range parts {
			has = has && strings.Contains(line, part)
		}
		if has {
			found = append(found, line)
		}
	}
	return found
}
