// Package schedule computes when something is due at a local time, exactly once
// for each slot of the wall clock, whatever daylight saving does to it.
package schedule

import (
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a set of slots on the wall clock, to the minute. The zero Schedule
// has none. It is immutable, and safe to share.
type Schedule struct {
	spec  string
	slots []cron.Schedule
}

// Next returns when the first slot after t comes on the wall clock of loc; it is
// always later than t, in loc, and zero if there is none. A nil loc is UTC.
//
// A slot comes at the first instant at which the clock shows its time or a later
// one. So a slot that daylight saving skips comes right after the gap (several
// of one gap come together), and one that the clock shows twice comes the first
// time only.
func (s Schedule) Next(t time.Time, loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	var first time.Time
	for _, slot := range s.slots {
		if next := following(slot, t, loc); first.IsZero() || !next.IsZero() && next.Before(first) {
			first = next
		}
	}
	return first
}

// following is Next for one slot. The library counts on a clock without
// daylight saving, where it knows each time of day exactly once a day.
func following(slot cron.Schedule, t time.Time, loc *time.Location) time.Time {
	for wall := onWall(t.In(loc)); ; {
		wall = nextSlot(slot, wall)
		if wall.IsZero() {
			return time.Time{}
		}
		// While the clock repeats an hour, its slots came in the first pass.
		if next := firstShown(wall, loc); next.After(t) {
			return next
		}
	}
}

// nextSlot asks twice, because the library looks ahead five years and the 29th
// of February can be eight years away.
func nextSlot(slot cron.Schedule, wall time.Time) time.Time {
	if next := slot.Next(wall); !next.IsZero() {
		return next
	}
	return slot.Next(wall.AddDate(5, 0, 0))
}

// onWall writes down what the clock shows at t, as if it were UTC.
func onWall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// farthest is further than any zone is from UTC.
const farthest = 26 * time.Hour

// firstShown returns the first instant at which the clock of loc shows wall (a
// time written down by onWall) or later.
func firstShown(wall time.Time, loc *time.Location) time.Time {
	period := wall.Add(-farthest).In(loc)
	for {
		_, offset := period.Zone()
		start, end := period.ZoneBounds()
		// Beyond the zone's table, on the last day of a leap year, Go gives
		// bounds that ended already.
		if !end.IsZero() && !end.After(period) {
			end = period.Add(time.Hour)
		}
		at := wall.Add(-time.Duration(offset) * time.Second)
		switch {
		case at.Before(start):
			return start // the clock jumped over it
		case end.IsZero() || at.Before(end):
			return at.In(loc)
		}
		period = end
	}
}

// IsZero reports whether the schedule has no slots at all.
func (s Schedule) IsZero() bool { return s.spec == "" }

// Equal reports whether both were written the same, but for white space and case.
func (s Schedule) Equal(other Schedule) bool { return s.spec == other.spec }

// String returns the schedule as [Parse] reads it; "" if it is zero.
func (s Schedule) String() string { return s.spec }

// MarshalText is String.
func (s Schedule) MarshalText() ([]byte, error) { return []byte(s.spec), nil }

// UnmarshalText is [Parse], and takes an empty text for the zero Schedule.
func (s *Schedule) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*s = Schedule{}
		return nil
	}
	parsed, err := Parse(string(b))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
