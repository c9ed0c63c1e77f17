package schedule

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"08:00":                          "08:00",
		" 8:05 ":                         "08:05",
		"08:00,18:30":                    "08:00, 18:30",
		"08:00 18:30":                    "08:00, 18:30",
		"Mon-Fri 08:00":                  "mon-fri 08:00",
		"monday, wed 8:00 9:00":          "mon wed 08:00, 09:00",
		"07:00, sat,sun 10:00":           "07:00, sat sun 10:00",
		"fri-mon 23:59":                  "fri-mon 23:59",
		"0 8 * * 1-5":                    "0 8 * * 1-5",
		"0  8\t* * MON":                  "0 8 * * mon",
		"0 8 30 2 *":                     "0 8 30 2 *",
		"tue 08:00, mon-fri 9:00 sun 01": "",
	} {
		s, err := Parse(spec)
		if got := s.String(); got != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", spec, got, err, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"":                                   "it is empty",
		"  ":                                 "it is empty",
		"8":                                  "neither a time of day nor five fields",
		"8am":                                "neither a time of day nor five fields",
		"@daily":                             "neither a time of day nor five fields",
		"mon-fri":                            "neither a time of day nor five fields",
		"TZ=Europe/Kyiv 0 8 * * *":           "neither a time of day nor five fields",
		"TZ=1 8 * * *":                       "neither a time of day nor five fields",
		"0 8 * *":                            "neither a time of day nor five fields",
		"0 8 , * *":                          "neither a time of day nor five fields",
		"0 25 * * *":                         "end of range (25) above maximum (23)",
		"24:00":                              "midnight is 00:00",
		"25:00":                              "the last hour of a day is 23",
		"12:60":                              "the last minute of an hour is 59",
		"12:5":                               `"12:5" is not a time`,
		"+1:00":                              `"+1:00" is not a time`,
		"8:00pm":                             `"8:00pm" is not a time`,
		"08:00:00":                           `"08:00:00" is not a time`,
		":":                                  `":" is not a time`,
		"fun 08:00":                          `"fun" is no weekday`,
		"mon-fun 08:00":                      `"fun" is no weekday`,
		"08:00 mon":                          "no time follows",
		strings.Repeat("08:00,", maxTimes+1): "are the limit",
	} {
		_, err := Parse(spec)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "write times of day") {
			t.Errorf("Parse(%q): error %v, want %q and how to write it", spec, err, want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	type subscription struct {
		At Schedule `json:"at,omitzero"`
	}
	in := subscription{mustParse(t, "mon-fri 8:00, 18:30")}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"at":"mon-fri 08:00, 18:30"}` {
		t.Fatalf("Marshal = %s, %v", b, err)
	}
	var out subscription
	if err := json.Unmarshal(b, &out); err != nil || !out.At.Equal(in.At) {
		t.Fatalf("Unmarshal = %v, %v", out, err)
	}
	if b, _ := json.Marshal(subscription{}); string(b) != `{}` {
		t.Errorf("the zero Schedule is written as %s", b)
	}
	if err := json.Unmarshal([]byte(`{"at":""}`), &out); err != nil || !out.At.IsZero() {
		t.Errorf("an empty text is %v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"at":"soon"}`), &out); err == nil {
		t.Error("a bad text is read")
	}
}

func FuzzParse(f *testing.F) {
	for _, spec := range []string{"08:00", "mon-fri 08:00, 18:30", "0 8 * * 1-5", "*/7 3 29 2 ?", "TZ=", ", : -", "sun-sat 0:00"} {
		f.Add(spec, int64(1774659600))
	}
	kyiv := zone(f, "Europe/Kyiv")
	f.Fuzz(func(t *testing.T, spec string, unix int64) {
		s, err := Parse(spec)
		if err != nil {
			if !s.IsZero() {
				t.Fatalf("Parse(%q) gives a schedule beside an error", spec)
			}
			return
		}
		again, err := Parse(s.String())
		if err != nil || !again.Equal(s) {
			t.Fatalf("Parse(%q) is written as %q, which is read as %q, %v", spec, s, again, err)
		}
		after := time.Unix(unix%(1<<33), 0)
		next := s.Next(after, kyiv)
		if !next.IsZero() && !next.After(after) {
			t.Fatalf("%q: Next(%v) = %v is not later", spec, after, next)
		}
		if other := again.Next(after, kyiv); !other.Equal(next) {
			t.Fatalf("%q: Next = %v, but as %q %v", spec, next, s, other)
		}
	})
}
