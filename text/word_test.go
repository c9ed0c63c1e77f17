package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	tests := map[string]string{
		"plain":      "plain",
		"Café":       "cafe",
		"Cafe\u0301": "cafe",
		"NATO":       "nato",
		"ＮＡＴＯ":       "nato",
		"Straße":     "strasse",
		"İstanbul":   "istanbul",
		"ISTANBUL":   "istanbul",
		"ılık":       "ilik",
		"Łódź":       "lodz",
		"Đà Nẵng":    "da nang",
		"Київ":       "київ",
		"Зеленський": "зеленський",
		"Киi\u0308в": "киiв",
		"ёлка":       "елка",
		"Ёлка":       "елка",
		"кам'яний":   "камяний",
		"Zelens’kyi": "zelenskyi",
		"a\u00adb":   "ab",
		"a\u200bb":   "ab",
		"أوكرانيا":   "اوكرانيا",
		"مدرسة":      "مدرسه",
		"ﬁre":        "fire",
		"":           "",
	}
	for in, want := range tests {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	tests := []struct {
		in   string
		want string // raw words, parted by |
		fold string
	}{
		{"Ukraine’s US-brokered New START talks in the U.S.", "Ukraine|US|brokered|New|START|talks|in|the|U.S.", "ukraine|us|brokered|new|start|talks|in|the|us"},
		{"the U.S. and the U.K. agree", "the|U.S.|and|the|U.K.|agree", "the|us|and|the|uk|agree"},
		{"Plan B. Then", "Plan|B|Then", "plan|b|then"},
		{"O'Brien, d’Ivoire", "O'Brien|d’Ivoire", "obrien|divoire"},
		{"1,100 buildings, 1.5 MW; 3, 4", "1,100|buildings|1.5|MW|3|4", "1100|buildings|1.5|mw|3|4"},
		{"кам'яний міст", "кам'яний|міст", "камяний|міст"},
		{"東京 Tokyoで停電", "東|京|Tokyo|で|停|電", "東|京|tokyo|で|停|電"},
		{"서울에서", "서울에서", "서울에서"},
		{"a\xffb", "a|b", "a|b"},
		{"black\u200bout black\u00adout", "black\u200bout|black\u00adout", "blackout|blackout"},
		{"either/or —dash— “quoted”", "either|or|dash|quoted", "either|or|dash|quoted"},
		{"soldiers' camp", "soldiers|camp", "soldiers|camp"},
		{"'tis JAMES'S", "tis|JAMES", "tis|james"},
		{"", "", ""},
	}
	for _, test := range tests {
		var raw, fold []string
		for _, w := range Words(test.in) {
			raw = append(raw, test.in[w.Start:w.End])
			fold = append(fold, w.Fold)
		}
		if got := strings.Join(raw, "|"); got != test.want {
			t.Errorf("Words(%q) = %s, want %s", test.in, got, test.want)
		}
		if !slices.Equal(fold, strings.Split(test.fold, "|")) && test.fold != "" {
			t.Errorf("Words(%q) fold to %s, want %s", test.in, strings.Join(fold, "|"), test.fold)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("Ukraine’s US-brokered U.S. talks: 1,100 \xff 東京")
	f.Add("\u200b'\u00ads.\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, w := range Words(s) {
			if w.Start < end || w.End <= w.Start || w.End > len(s) {
				t.Fatalf("word at %d to %d after %d in %q", w.Start, w.End, end, s)
			}
			end = w.End
			if utf8.ValidString(s) && !utf8.ValidString(s[w.Start:w.End]) {
				t.Errorf("word cut inside a character: %q", s[w.Start:w.End])
			}
		}
		if once := Fold(s); Fold(once) != once && utf8.ValidString(s) {
			t.Errorf("Fold(%q) = %q, and folded again %q", s, once, Fold(once))
		}
	})
}
