package liveblog

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// clock is a time of day as a page shows it, with the date if it shows that too.
type clock struct {
	minute int // since midnight
	day    date
	zone   string // an abbreviation beside it, "" if there is none
}

// date is a calendar day; the year is 0 where the page leaves it out, and the zero date unknown.
type date struct {
	year  int
	month time.Month
	day   int
}

const clockPattern = `(\d{1,2})(?:[:.h]|\s?h\s?)(\d{2})(?:[:.]\d{2})?\s*(a\.?m\b\.?|p\.?m\b\.?)?\s*(?:\(?(uhr|h|hrs|utc|gmt|bst|cet|cest|mez|mesz|ist|est|edt|et|pst|pdt|pt|eet|eest|msk|aest|aedt)\b\)?)?`

// abbreviations are the time zones that are written beside a time and mean one
// thing only. Summer time is left to the calendar.
var abbreviations = map[string]string{
	"utc": "UTC", "gmt": "Europe/London", "bst": "Europe/London", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
	"et": "America/New_York", "est": "America/New_York", "edt": "America/New_York", "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
	"eet": "Europe/Kyiv", "eest": "Europe/Kyiv", "msk": "Europe/Moscow", "aest": "Australia/Sydney", "aedt": "Australia/Sydney",
}

var (
	// startsWithClock finds a time of day that opens a headline, and what parts it from it.
	startsWithClock = regexp.MustCompile(`(?i)^\s*(?:\+{2,}\s*)?[\[(]?(?:um\s|at\s|à\s)?` + clockPattern + `[\])]?\s*(?:[:|•·–—-]\s*|\+{2,}\s*|\s|$)`)
	// onlyClock is a text that is a time of day, perhaps with a date.
	onlyClock = regexp.MustCompile(`(?i)^\s*(?:[^\d]{0,24}?)(?:um\s|at\s|à\s)?` + clockPattern + `\s*$`)
	isoDay    = regexp.MustCompile(`\b(\d{4})-(\d{1,2})-(\d{1,2})\b`)
	dottedDay = regexp.MustCompile(`\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b`)
	namedDay  = regexp.MustCompile(`(?i)\b(\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s+(?:de\s+)?(\p{L}{3,12})\.?,?(?:\s+(?:de\s+)?(\d{4}))?`)
	usDay     = regexp.MustCompile(`(?i)\b(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b,?(?:\s+(\d{4}))?`)
)

// monthNames start the names of the months in the languages that pages are read in.
var monthNames = [12][]string{
	{"jan", "gen", "ene", "янв", "січ", "sty"}, {"feb", "fév", "fev", "фев", "лют", "lut"}, {"mar", "mär", "mrz", "бер"},
	{"apr", "avr", "abr", "апр", "кві", "kwi"}, {"may", "mai", "mag", "maj", "мая", "май", "тра"}, {"jun", "juin", "giu", "июн", "чер", "cze"},
	{"jul", "juil", "lug", "июл", "лип", "lip"}, {"aug", "aoû", "aou", "ago", "авг", "сер", "sie"}, {"sep", "set", "сен", "вер", "wrz"},
	{"oct", "okt", "ott", "out", "окт", "жов", "paź"}, {"nov", "ноя", "лис", "lis"}, {"dec", "dez", "déc", "dic", "дек", "гру", "gru"},
}

func monthOf(name string) time.Month {
	name = strings.ToLower(name)
	best, length := time.Month(0), 0
	for i, starts := range monthNames {
		for _, s := range starts {
			if strings.HasPrefix(name, s) && len(s) > length {
				best, length = time.Month(i+1), len(s)
			}
		}
	}
	return best
}

// dayIn finds a calendar day in a short text.
func dayIn(s string) (date, bool) {
	if !strings.ContainsAny(s, "0123456789") {
		return date{}, false
	}
	num := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := isoDay.FindStringSubmatch(s); m != nil {
		return date{num(m[1]), time.Month(num(m[2])), num(m[3])}.checked()
	}
	if m := dottedDay.FindStringSubmatch(s); m != nil {
		return date{num(m[3]), time.Month(num(m[2])), num(m[1])}.checked()
	}
	for _, m := range namedDay.FindAllStringSubmatch(s, 4) {
		if month := monthOf(m[2]); month != 0 {
			return date{num(m[3]), month, num(m[1])}.checked()
		}
	}
	for _, m := range usDay.FindAllStringSubmatch(s, 4) {
		if month := monthOf(m[1]); month != 0 {
			return date{num(m[3]), month, num(m[2])}.checked()
		}
	}
	return date{}, false
}

func (d date) checked() (date, bool) {
	ok := d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31 && (d.year == 0 || d.year > 1998 && d.year < 2200)
	if !ok {
		return date{}, false
	}
	return d, true
}

// parseClock reads the time of day that m, a match of clockPattern's groups, holds.
func parseClock(m []string) (int, bool) {
	hour, err := strconv.Atoi(m[1])
	minute, err2 := strconv.Atoi(m[2])
	if err != nil || err2 != nil || minute > 59 {
		return 0, false
	}
	switch half := strings.ToLower(strings.ReplaceAll(m[3], ".", "")); {
	case half == "pm" && hour < 12:
		hour += 12
	case half == "am" && hour == 12:
		hour = 0
	}
	return hour*60 + minute, hour < 24
}

// clockOnly reads a text that is nothing but a time of day, with a date or without.
func clockOnly(s string) (clock, bool) {
	if len(s) > 60 || !strings.ContainsAny(s, "0123456789") {
		return clock{}, false
	}
	day, dated := dayIn(s)
	rest := s
	if dated {
		rest = s[max(strings.LastIndexAny(s, " ,•|·")+1, 0):]
		for _, cut := range []string{" um ", " at ", " à ", "•", "|", "·", " - ", ","} {
			if i := strings.LastIndex(s, cut); i >= 0 {
				rest = s[i+len(cut):]
				break
			}
		}
	}
	m := onlyClock.FindStringSubmatch(rest)
	if m == nil {
		return clock{}, false
	}
	minute, ok := parseClock(m)
	return clock{minute, day, strings.ToLower(m[4])}, ok
}

// clockStart reads a time of day at the start of a headline, and returns what follows.
func clockStart(s string) (clock, string, bool) {
	if !strings.ContainsAny(s[:min(len(s), 24)], "0123456789") {
		return clock{}, s, false
	}
	m := startsWithClock.FindStringSubmatchIndex(s)
	if m == nil {
		return clock{}, s, false
	}
	groups := startsWithClock.FindStringSubmatch(s)
	minute, ok := parseClock(groups)
	return clock{minute: minute, zone: strings.ToLower(groups[4])}, strings.Trim(s[m[1]:], " +"), ok
}

// dial turns clock times of a page into instants.
type dial struct {
	zone *time.Location
	// newest is when the page changed last, or was read; first the day it was
	// begun, if its address says so.
	newest time.Time
	first  date
}

// turn is the step between two neighbouring clock times, in minutes, that only
// midnight explains; smaller ones against the order are entries out of order.
const turn = 4 * 60

// read returns the instants of the clock times of a page, in its order.
func (d dial) read(clocks []clock) []time.Time {
	if len(clocks) == 0 {
		return nil
	}
	if name := abbreviations[clocks[0].zone]; name != "" {
		if loc, err := time.LoadLocation(name); err == nil {
			d.zone = loc
		}
	}
	rising := 0
	for i := 1; i < len(clocks); i++ {
		switch step := clocks[i].minute - clocks[i-1].minute; {
		case step > 0 && step < 12*60, step < -12*60:
			rising++
		case step != 0:
			rising--
		}
	}
	order := slices.Clone(clocks)
	if rising > 0 {
		slices.Reverse(order)
	}
	out := d.downwards(order)
	if rising > 0 {
		slices.Reverse(out)
	}
	return out
}

// downwards reads clock times from the newest to the oldest.
func (d dial) downwards(clocks []clock) []time.Time {
	out := make([]time.Time, len(clocks))
	newest := d.newest.In(d.zone)
	day := time.Date(newest.Year(), newest.Month(), newest.Day(), 0, 0, 0, 0, d.zone)
	if clocks[0].minute > newest.Hour()*60+newest.Minute()+10 {
		day = day.AddDate(0, 0, -1)
	}
	for i, c := range clocks {
		switch {
		case c.day != (date{}):
			day = d.resolve(c.day, day)
		case i > 0 && c.minute-clocks[i-1].minute > turn:
			day = day.AddDate(0, 0, -1)
		}
		// By calendar, not by adding hours: the clock may have been put forward or back.
		out[i] = believable(time.Date(day.Year(), day.Month(), day.Day(), c.minute/60, c.minute%60, 0, 0, d.zone))
	}
	return out
}

// resolve adds the year that a day lacks: the last one that is not in the future.
func (d dial) resolve(x date, near time.Time) time.Time {
	if x.year != 0 {
		return time.Date(x.year, x.month, x.day, 0, 0, 0, 0, d.zone)
	}
	t := time.Date(near.Year(), x.month, x.day, 0, 0, 0, 0, d.zone)
	if t.After(d.newest.AddDate(0, 0, 2)) {
		t = time.Date(near.Year()-1, x.month, x.day, 0, 0, 0, 0, d.zone)
	}
	return t
}

var (
	offsetWord = regexp.MustCompile(`(?i)\b(?:all times|times are|times in|toutes les heures|heures? de|alle zeiten|alle uhrzeiten|todas las horas|hora de|todos os hor[aá]rios|tutti gli orari|ora di)\b.{0,60}?\b(?:GMT|UTC)\s?([+\x{2212}-])\s?(\d{1,2})(?::?(\d{2}))?\b`)
	utcWord    = regexp.MustCompile(`(?i)\b(?:all )?times (?:are )?(?:in )?(?:GMT|UTC)\b|\bUTC/GMT\b`)
	urlDay     = regexp.MustCompile(`(?:^|[/-])(20\d{2})[/-]?(\d{2})[/-]?(\d{2})(?:[/-]|$)`)
)

// zones are the time zones of countries that share one, or whose publishers sit in one.
var zones = map[string]string{
	"AT": "Europe/Vienna", "AR": "America/Argentina/Buenos_Aires", "BE": "Europe/Brussels", "BR": "America/Sao_Paulo", "CH": "Europe/Zurich",
	"CZ": "Europe/Prague", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen", "EE": "Europe/Tallinn", "ES": "Europe/Madrid", "FI": "Europe/Helsinki",
	"FR": "Europe/Paris", "GB": "Europe/London", "UK": "Europe/London", "GR": "Europe/Athens", "HU": "Europe/Budapest", "IE": "Europe/Dublin",
	"IL": "Asia/Jerusalem", "IN": "Asia/Kolkata", "IT": "Europe/Rome", "JP": "Asia/Tokyo", "KR": "Asia/Seoul", "LT": "Europe/Vilnius", "LV": "Europe/Riga",
	"NL": "Europe/Amsterdam", "NO": "Europe/Oslo", "NZ": "Pacific/Auckland", "PL": "Europe/Warsaw", "PT": "Europe/Lisbon", "RO": "Europe/Bucharest",
	"RU": "Europe/Moscow", "SE": "Europe/Stockholm", "SK": "Europe/Bratislava", "TR": "Europe/Istanbul", "UA": "Europe/Kyiv", "ZA": "Africa/Johannesburg",
}

// dialOf works out by what clock the page tells time, and when it told it last.
func dialOf(p *page, modified time.Time) dial {
	d := dial{newest: modified}
	if d.newest.IsZero() {
		d.newest = time.Now()
		if day, ok := dayOfURL(p.address()); ok {
			d.first = day
			// The page may run past midnight, but not for days.
			end := time.Date(day.year, day.month, day.day, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 1).Add(12 * time.Hour)
			if d.newest.After(end) {
				d.newest = end.Add(-12*time.Hour - time.Minute)
			}
		}
	}
	d.zone = p.zone()
	return d
}

// zone is the time zone that the page tells time in.
func (p *page) zone() *time.Location {
	if p.local == nil {
		p.local = p.findZone()
	}
	return p.local
}

// findZone goes by the page's own words, the country of its address, the country its
// language is mostly spoken in; else it is UTC.
func (p *page) findZone() *time.Location {
	text := p.opening()
	if m := offsetWord.FindStringSubmatch(text); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		seconds := hours*3600 + minutes*60
		if m[1] != "+" {
			seconds = -seconds
		}
		if hours <= 14 {
			return time.FixedZone("", seconds)
		}
	}
	if name := zones[country(p)]; name != "" && !utcWord.MatchString(text) {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc
		}
	}
	return time.UTC
}

// country is the one that a page's host name ends in, else that its language names
// or is mostly spoken in.
func country(p *page) string {
	h := host(p.address())
	if tld := strings.ToUpper(h[strings.LastIndexByte(h, '.')+1:]); zones[tld] != "" {
		return tld
	}
	t, err := language.Parse(strings.ReplaceAll(p.language, "_", "-"))
	if err != nil || t == language.Und {
		return ""
	}
	region, confidence := t.Region()
	if base, _ := t.Base(); base.String() == "en" && confidence != language.Exact {
		return "" // English is spoken everywhere
	}
	return region.String()
}

// dayOfURL is the day that an address holds.
func dayOfURL(address string) (date, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return date{}, false
	}
	m := urlDay.FindStringSubmatch(u.Path)
	if m == nil {
		return date{}, false
	}
	return dayIn(m[1] + "-" + m[2] + "-" + m[3])
}
