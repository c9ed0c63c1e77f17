package demo

import (
	"context"
	"fmt"
	"time"
)

// Speed is how much faster than real time a story is meant to be played.
const Speed = 1200

// Play publishes a story, speed times faster than it happens, and returns when it is
// over, or with the context's error. What has happened before the story begins is
// there at once, as old as the story says; all else is published at the moment it
// appears. trace, if it is not nil, is called after each step.
func Play(ctx context.Context, p *Publisher, s Story, speed float64, trace func(Step)) error {
	if speed <= 0 {
		return fmt.Errorf("a story cannot be played at speed %v", speed)
	}
	start := time.Now()
	for _, step := range s.Steps {
		due := start.Add(time.Duration(float64(max(step.At, 0)) / speed))
		if err := wait(ctx, time.Until(due)); err != nil {
			return err
		}
		at := time.Now()
		if step.At < 0 {
			at = start.Add(step.At)
		}
		if err := p.do(step, at); err != nil {
			return fmt.Errorf("day %d, %s: %w", step.Day, step.At, err)
		}
		if trace != nil {
			trace(step)
		}
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// do takes one step at a moment.
func (p *Publisher) do(s Step, at time.Time) error {
	e := s.Entry
	switch s.Do {
	case Open:
		p.open(s.Slug, e.Title, e.Text, at)
	case Put:
		e.Published = at
		return p.Put(s.Slug, e)
	case Edit:
		e.Updated = at
		return p.Put(s.Slug, e)
	case Remove:
		return p.Remove(s.Slug, e.ID)
	case Close:
		return p.CloseBlog(s.Slug)
	case Announce:
		e.Published = at
		p.Announce(e)
	default:
		return fmt.Errorf("unknown action %q", s.Do)
	}
	return nil
}
