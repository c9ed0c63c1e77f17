package bot

import (
	_ "embed"
	"slices"
	"strings"
	"time"
)

// zoneList holds the names of zone.tab and zone1970.tab of the IANA time zone
// database: one for each place, without the names that are kept for old times' sake only.
//
//go:embed zones.txt
var zoneList string

// zoneNicknames are what people also call a zone.
var zoneNicknames = map[string]string{
	"kiev": "Europe/Kyiv", "kiew": "Europe/Kyiv", "gmt": "UTC", "z": "UTC", "calcutta": "Asia/Kolkata", "saigon": "Asia/Ho_Chi_Minh",
	"cet": "Europe/Brussels", "eet": "Europe/Kyiv", "odesa": "Europe/Kyiv", "odessa": "Europe/Kyiv",
	"lviv": "Europe/Kyiv", "kharkiv": "Europe/Kyiv", "dnipro": "Europe/Kyiv", "geneva": "Europe/Zurich",
	"munich": "Europe/Berlin", "frankfurt": "Europe/Berlin", "washington": "America/New_York",
	"boston": "America/New_York", "san francisco": "America/Los_Angeles", "beijing": "Asia/Shanghai",
	"delhi": "Asia/Kolkata", "mumbai": "Asia/Kolkata", "barcelona": "Europe/Madrid", "milan": "Europe/Rome",
	"edinburgh": "Europe/London", "tel aviv": "Asia/Jerusalem", "ankara": "Europe/Istanbul",
}

// FindZone returns the IANA name of the time zone that people mean by what they
// typed: "Europe/Kyiv", "kyiv", "new york", "UTC". Otherwise it returns an
// [*InputError].
func FindZone(typed string) (string, error) {
	want := folded(lastPart(typed))
	if nick, ok := zoneNicknames[strings.ReplaceAll(want, "-", " ")]; ok {
		return nick, nil
	}
	all := strings.Fields(zoneList)
	i := slices.IndexFunc(all, func(name string) bool { return strings.EqualFold(name, strings.TrimSpace(typed)) })
	if i < 0 && !strings.Contains(typed, "/") {
		i = slices.IndexFunc(all, func(name string) bool { return folded(lastPart(name)) == want })
	}
	if i >= 0 && want != "" {
		return all[i], nil
	}
	// Older names that the database still knows, such as US/Eastern.
	name := strings.TrimSpace(typed)
	if _, err := time.LoadLocation(name); err == nil && strings.Contains(name, "/") {
		return name, nil
	}
	near := nearest(lastPart(typed), cities(all))
	if near == "" {
		return "", refuse("I do not know the time zone “%s”. Choose one from the list, such as Europe/London.", quoted(typed))
	}
	i = slices.IndexFunc(all, func(name string) bool { return lastPart(name) == near })
	return "", refuse("I do not know the time zone “%s”. Did you mean “%s”?", quoted(typed), all[i])
}

// Zones returns at most limit names of time zones for what has been typed so
// far, those whose city begins with it first.
func Zones(typed string, limit int) []string {
	want := folded(typed)
	var first, then []string
	if nick, ok := zoneNicknames[strings.ReplaceAll(want, "-", " ")]; ok {
		first = append(first, nick)
	}
	for _, name := range strings.Fields(zoneList) {
		switch {
		case slices.Contains(first, name):
		case strings.HasPrefix(folded(lastPart(name)), want):
			first = append(first, name)
		case strings.Contains(folded(name), want):
			then = append(then, name)
		}
	}
	all := append(first, then...)
	return all[:min(len(all), limit)]
}

func cities(zones []string) []string {
	out := make([]string, len(zones))
	for i, z := range zones {
		out[i] = lastPart(z)
	}
	return out
}

func lastPart(zone string) string {
	zone = strings.TrimSpace(zone)
	return zone[strings.LastIndexByte(zone, '/')+1:]
}
