package schedule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"
)

func mustParse(t testing.TB, spec string) Schedule {
	t.Helper()
	s, err := Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestNext(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, spec, zone, after string
		want                    []string // one after the other
	}{
		{"every day", "08:00", "Europe/Kyiv", "2026-02-03T00:00:00Z",
			[]string{"2026-02-03T08:00:00+02:00", "2026-02-04T08:00:00+02:00"}},
		{"strictly later", "08:00", "UTC", "2026-02-03T08:00:00Z",
			[]string{"2026-02-04T08:00:00Z"}},
		{"within the same minute", "08:00", "UTC", "2026-02-03T07:59:59.999999999Z",
			[]string{"2026-02-03T08:00:00Z"}},
		{"several times out of order", "18:30, 08:00", "UTC", "2026-02-03T09:00:00Z",
			[]string{"2026-02-03T18:30:00Z", "2026-02-04T08:00:00Z"}},
		{"weekdays", "mon-fri 08:00, sat 10:00", "UTC", "2026-02-05T12:00:00Z",
			[]string{"2026-02-06T08:00:00Z", "2026-02-07T10:00:00Z", "2026-02-09T08:00:00Z"}},
		{"a week's end that wraps", "sat-mon 07:15", "UTC", "2026-02-06T12:00:00Z",
			[]string{"2026-02-07T07:15:00Z", "2026-02-08T07:15:00Z", "2026-02-09T07:15:00Z", "2026-02-14T07:15:00Z"}},
		{"cron", "*/30 9-10 * * 1", "Asia/Kathmandu", "2026-02-08T00:00:00Z",
			[]string{"2026-02-09T09:00:00+05:45", "2026-02-09T09:30:00+05:45", "2026-02-09T10:00:00+05:45", "2026-02-09T10:30:00+05:45", "2026-02-16T09:00:00+05:45"}},
		{"skipped hour comes after the gap", "03:30", "Europe/Kyiv", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T04:00:00+03:00", "2026-03-30T03:30:00+03:00"}},
		{"two slots of one gap come together", "03:15, 03:45, 04:00", "Europe/Kyiv", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T04:00:00+03:00", "2026-03-30T03:15:00+03:00"}},
		{"repeated hour comes the first time", "01:30", "Europe/London", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T01:30:00+01:00", "2026-10-26T01:30:00Z"}},
		{"asked in the second pass", "01:30", "Europe/London", "2026-10-25T01:10:00Z",
			[]string{"2026-10-26T01:30:00Z"}},
		{"every hour of a repeated hour", "30 * * * *", "America/New_York", "2026-11-01T05:00:00Z",
			[]string{"2026-11-01T01:30:00-04:00", "2026-11-01T02:30:00-05:00"}},
		{"half an hour of daylight saving", "02:15", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"}},
		{"midnight skipped", "00:00", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
			[]string{"2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"}},
		{"midnight shown twice", "23:30, 00:00", "America/Sao_Paulo", "2018-02-17T12:00:00Z",
			[]string{"2018-02-17T23:30:00-02:00", "2018-02-18T00:00:00-03:00", "2018-02-18T23:30:00-03:00"}},
		{"midnight skipped in Beirut", "00:00", "Asia/Beirut", "2024-03-30T12:00:00Z",
			[]string{"2024-03-31T01:00:00+03:00", "2024-04-01T00:00:00+03:00"}},
		{"the day Samoa left out", "08:00", "Pacific/Apia", "2011-12-29T20:00:00Z",
			[]string{"2011-12-31T00:00:00+14:00", "2011-12-31T08:00:00+14:00"}},
		{"leap days eight years apart", "0 8 29 2 *", "UTC", "2096-03-01T00:00:00Z",
			[]string{"2104-02-29T08:00:00Z"}},
		{"the end of a leap year beyond the zone's table", "08:00", "Europe/Kyiv", "2040-12-30T12:00:00Z",
			[]string{"2040-12-31T08:00:00+02:00", "2041-01-01T08:00:00+02:00", "2041-01-02T08:00:00+02:00"}},
		{"never", "0 8 30 2 *", "Europe/Kyiv", "2026-01-01T00:00:00Z", []string{""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, loc := mustParse(t, tt.spec), zone(t, tt.zone)
			at, err := time.Parse(time.RFC3339Nano, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				at = s.Next(at, loc)
				got := ""
				if !at.IsZero() {
					got = at.Format(time.RFC3339Nano)
				}
				if got != want {
					t.Fatalf("Next = %s, want %s", got, want)
				}
			}
		})
	}
}

func TestZeroSchedule(t *testing.T) {
	t.Parallel()
	var s Schedule
	if !s.IsZero() || !s.Next(time.Now(), time.UTC).IsZero() {
		t.Error("the zero Schedule has a slot")
	}
	if got := mustParse(t, "08:00").Next(time.Unix(0, 0), nil); got.Hour() != 8 {
		t.Errorf("a nil zone is not UTC: %v", got)
	}
}

// TestNextAgainstTheClock compares with a clock on the wall that is read
// minute by minute: a slot comes when it first shows that time or a later one.
func TestNextAgainstTheClock(t *testing.T) {
	t.Parallel()
	zones := []struct {
		name  string
		years []int
	}{
		{"Europe/Kyiv", []int{2023, 2026}},
		{"Europe/London", []int{2024, 2031}},
		{"America/New_York", []int{2025, 2040}},
		{"Australia/Lord_Howe", []int{2024, 2026}},
		{"Asia/Kathmandu", []int{1985, 2026}}, // +05:30 became +05:45 at midnight
		{"Pacific/Apia", []int{2011}},         // 30 December left out
		{"Pacific/Kwajalein", []int{1969, 1993}},
		{"America/Sao_Paulo", []int{2018}},
		{"Asia/Beirut", []int{2023, 2024}},
		{"Africa/Casablanca", []int{2026}}, // daylight saving around Ramadan
		{"Antarctica/Troll", []int{2025}},  // two hours at once
	}
	specs := []string{"00:00", "00:30", "02:15", "03:00", "23:45", "00:00, 01:59, 02:00, 12:00", "*/20 0-4 * * *", "sun-thu 02:30"}
	for _, z := range zones {
		t.Run(z.name, func(t *testing.T) {
			t.Parallel()
			loc := zone(t, z.name)
			random := rand.New(rand.NewPCG(1, uint64(len(z.name))))
			for _, change := range changes(loc, z.years) {
				clock := readClock(change.Add(-72*time.Hour), change.Add(120*time.Hour), loc)
				for _, spec := range specs {
					s := mustParse(t, spec)
					// What the library says of a clock without daylight saving.
					var slots []time.Time
					for w := clock.wall[0]; ; {
						if w = s.Next(w, time.UTC); w.After(clock.wall[len(clock.wall)-1]) {
							break
						}
						slots = append(slots, clock.reaches(w))
					}
					for range 15 {
						after := change.Add(time.Duration(random.Int64N(int64(60*time.Hour))) - 40*time.Hour)
						if random.IntN(2) == 0 {
							after = slots[random.IntN(len(slots)/2)] // a slot itself is not later
						}
						want := slots[slices.IndexFunc(slots, after.Before)]
						if got := s.Next(after, loc); !got.Equal(want) {
							t.Fatalf("%q after %v: Next = %v, want %v", spec, after.In(loc), got, want.In(loc))
						}
					}
				}
			}
		})
	}
}

// changes finds where the zone's offset changes, and a plain day of each year.
func changes(loc *time.Location, years []int) []time.Time {
	var list []time.Time
	for _, y := range years {
		at := time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
		list = append(list, at.AddDate(0, 1, 3))
		for {
			_, end := at.In(loc).ZoneBounds()
			if !end.After(at) || end.UTC().Year() > y {
				break
			}
			at = end
			list = append(list, at)
		}
	}
	return list
}

type clock struct{ at, wall []time.Time }

func readClock(from, to time.Time, loc *time.Location) clock {
	var c clock
	for at := from.Truncate(time.Minute); at.Before(to); at = at.Add(time.Minute) {
		local := at.In(loc)
		y, m, d := local.Date()
		c.at = append(c.at, at)
		c.wall = append(c.wall, time.Date(y, m, d, local.Hour(), local.Minute(), 0, 0, time.UTC))
	}
	return c
}

func (c clock) reaches(w time.Time) time.Time {
	return c.at[slices.IndexFunc(c.wall, func(shown time.Time) bool { return !shown.Before(w) })]
}

// TestOncePerDay walks years of a daily slot: one for each date of the calendar.
func TestOncePerDay(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Kyiv", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"} {
		for _, spec := range []string{"00:00", "02:30", "08:00"} {
			t.Run(fmt.Sprint(name, " ", spec), func(t *testing.T) {
				t.Parallel()
				s, loc := mustParse(t, spec), zone(t, name)
				day := time.Date(2035, 1, 1, 0, 0, 0, 0, time.UTC)
				at := time.Date(2034, 12, 31, 23, 59, 59, 0, loc)
				for ; day.Year() < 2041 || day.YearDay() < 3; day = day.AddDate(0, 0, 1) {
					next := s.Next(at, loc)
					if !next.After(at) {
						t.Fatalf("Next(%v) = %v is not later", at, next)
					}
					if got := next.Format(time.DateOnly); got != day.Format(time.DateOnly) {
						t.Fatalf("%s came on %s", day.Format(time.DateOnly), got)
					}
					at = next
				}
			})
		}
	}
}
