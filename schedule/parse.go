package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/robfig/cron/v3"
)

// usage ends every error: what is right is more help than what is wrong.
const usage = `write times of day ("08:00, 18:30"), with weekdays if you like ("mon-fri 08:00"), or five cron fields ("0 8 * * 1-5")`

// maxTimes bounds a list of times; whoever wants more has cron fields.
const maxTimes = 48

// fields are minute, hour, day of month, month and day of week. Descriptors are
// left out: @every is not a time on the wall.
var fields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// Parse reads a time of day ("08:00"), several ("08:00, 18:30"), times on some
// days of the week ("mon-fri 08:00, sat sun 10:00"), or a cron expression of five
// fields ("0 8 * * 1-5"). Times are of 24 hours; weekdays hold for the times after
// them, up to the next weekdays. Case does not matter.
//
// An expression that never comes true, as of the 30th of February, is no error.
func Parse(spec string) (Schedule, error) {
	lower := strings.ToLower(spec)
	parse := parseCron
	if strings.Contains(lower, ":") {
		parse = parseTimes
	}
	s, err := parse(lower)
	if err != nil {
		return Schedule{}, fmt.Errorf("schedule %.100q: %w; %s", spec, err, usage)
	}
	return s, nil
}

func parseCron(spec string) (Schedule, error) {
	words := strings.Fields(spec)
	if len(words) == 0 {
		return Schedule{}, errors.New("it is empty")
	}
	// The library would take a time zone in front, and an empty list for "never".
	if len(words) != 5 || strings.Contains(spec, "=") || slices.ContainsFunc(words, hasEmptyItem) {
		return Schedule{}, errors.New("it is neither a time of day nor five fields")
	}
	spec = strings.Join(words, " ")
	slot, err := fields.Parse(spec)
	if err != nil {
		return Schedule{}, err
	}
	return Schedule{spec: spec, slots: []cron.Schedule{slot}}, nil
}

func hasEmptyItem(list string) bool { return slices.Contains(strings.Split(list, ","), "") }

// parseTimes reads weekdays and times, between commas or white space.
func parseTimes(spec string) (Schedule, error) {
	var s Schedule
	var days, parts []string // the weekdays in force, and the whole in canonical form
	dayField, fresh := "*", true
	words := strings.FieldsFunc(spec, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })
	for _, word := range words {
		if !strings.Contains(word, ":") {
			if fresh {
				days, fresh = nil, false
			}
			numbers, name, err := parseDays(word)
			if err != nil {
				return Schedule{}, err
			}
			days = append(days, numbers...)
			parts = append(parts, name)
			dayField = strings.Join(days, ",")
			continue
		}
		fresh = true
		hour, minute, err := parseTime(word)
		if err != nil {
			return Schedule{}, err
		}
		slot, err := fields.Parse(fmt.Sprintf("%d %d * * %s", minute, hour, dayField))
		if err != nil {
			return Schedule{}, err
		}
		s.slots = append(s.slots, slot)
		parts = append(parts, fmt.Sprintf("%02d:%02d,", hour, minute))
	}
	if !fresh {
		return Schedule{}, errors.New("no time follows the last weekday")
	}
	if len(s.slots) > maxTimes {
		return Schedule{}, fmt.Errorf("it has %d times, and %d are the limit", len(s.slots), maxTimes)
	}
	s.spec = strings.TrimSuffix(strings.Join(parts, " "), ",")
	return s, nil
}

// parseTime reads "8:00" or "08:00".
func parseTime(word string) (hour, minute int, err error) {
	h, m, _ := strings.Cut(word, ":")
	if !isNumber(h, 1) || !isNumber(m, 2) {
		return 0, 0, fmt.Errorf("%q is not a time of 24 hours", word)
	}
	hour, _ = strconv.Atoi(h)
	minute, _ = strconv.Atoi(m)
	switch {
	case hour == 24 && minute == 0:
		return 0, 0, errors.New("midnight is 00:00, the start of a day")
	case hour > 23:
		return 0, 0, fmt.Errorf("%q: the last hour of a day is 23", word)
	case minute > 59:
		return 0, 0, fmt.Errorf("%q: the last minute of an hour is 59", word)
	}
	return hour, minute, nil
}

// isNumber reports whether s has from least to two digits and nothing else.
func isNumber(s string, least int) bool {
	return len(s) >= least && len(s) <= 2 && strings.Trim(s, "0123456789") == ""
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// parseDays reads "mon", "monday" or "fri-mon" into cron's numbers, and into
// its short form.
func parseDays(word string) (numbers []string, name string, err error) {
	first, last, isRange := strings.Cut(word, "-")
	from, err := parseDay(first)
	if err != nil {
		return nil, "", err
	}
	to, name := from, weekdays[from][:3]
	if isRange {
		if to, err = parseDay(last); err != nil {
			return nil, "", err
		}
		name += "-" + weekdays[to][:3]
	}
	for day := from; ; day = (day + 1) % len(weekdays) {
		numbers = append(numbers, strconv.Itoa(day))
		if day == to {
			return numbers, name, nil
		}
	}
}

func parseDay(word string) (int, error) {
	for i, day := range weekdays {
		if word == day || word == day[:3] {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is no weekday", word)
}
