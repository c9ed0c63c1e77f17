package bot

import (
	"slices"
	"testing"
	"time"
)

func TestFindZone(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Europe/Kyiv": "Europe/Kyiv", "kyiv": "Europe/Kyiv", "Kiev": "Europe/Kyiv", "LONDON": "Europe/London",
		"new york": "America/New_York", " utc ": "UTC", "gmt": "UTC", "europe/london": "Europe/London",
		"Asia/Ho_Chi_Minh": "Asia/Ho_Chi_Minh", "US/Eastern": "US/Eastern",
		"Kyyiv": "", "Atlantis": "", "": "", "Local": "", "../../etc/passwd": "", "/etc/localtime": "", "Europe/": "", "Mars/Kyiv": "",
	} {
		got, err := FindZone(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("FindZone(%q) = %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestZonesLoad(t *testing.T) {
	t.Parallel()
	all := Zones("", 1000)
	if len(all) < 400 {
		t.Fatalf("%d zones", len(all))
	}
	for _, name := range all {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := Zones("kyi", 25); !slices.Contains(got, "Europe/Kyiv") {
		t.Errorf("kyi: %v", got)
	}
	if got := Zones("a", 25); len(got) != 25 {
		t.Errorf("%d for a", len(got))
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	list := []string{"power-cuts", "talks", "treaty-expiry"}
	for typed, want := range map[string]string{
		"power cust": "power-cuts", "tlaks": "talks", "treaty": "treaty-expiry", "Talk": "talks",
		"zzz": "", "": "", "x": "treaty-expiry",
	} {
		if got := nearest(typed, list); got != want {
			t.Errorf("nearest(%q) = %q, want %q", typed, got, want)
		}
	}
}

func FuzzFindZone(f *testing.F) {
	for _, s := range []string{"Kyiv", "new york", "Europe/", "\x00", "../..", "É"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		name, err := FindZone(typed)
		if err != nil {
			return
		}
		if _, err := time.LoadLocation(name); err != nil || name == "Local" || name == "" {
			t.Errorf("FindZone(%q) = %q: %v", typed, name, err)
		}
	})
}
