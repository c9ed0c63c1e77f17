package rules

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"tocsin/feed"
	"tocsin/strict"
)

// corpus is news to measure with: entries of about 150 words and the vocabulary that they
// are made of, common words first. TOCSIN_CORPUS names a file of entries, one JSON object a line,
// to measure with instead of invented ones.
type corpus struct {
	entries []feed.Entry
	words   []string
}

func newCorpus(tb testing.TB) *corpus {
	if path := os.Getenv("TOCSIN_CORPUS"); path != "" {
		return readCorpus(tb, path)
	}
	rnd := rand.New(rand.NewPCG(11, 13))
	c := &corpus{}
	syllables := strings.Fields("ba ko ri ten mal os un dra vel shi pro ga lin er to mas ka nel po ur")
	for len(c.words) < 30_000 {
		var w strings.Builder
		for range rnd.IntN(3) + 2 {
			w.WriteString(syllables[rnd.IntN(len(syllables))])
		}
		c.words = append(c.words, w.String())
	}
	zipf := rand.NewZipf(rnd, 1.07, 8, uint64(len(c.words)-1))
	for range 500 {
		text := make([]string, 150)
		for i := range text {
			text[i] = c.words[zipf.Uint64()]
			if rnd.IntN(15) == 0 {
				text[i] += "."
			}
		}
		c.entries = append(c.entries, feed.Entry{Title: strings.Join(text[:8], " "), Text: strings.Join(text[8:], " ")})
	}
	return c
}

func readCorpus(tb testing.TB, path string) *corpus {
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	c := &corpus{}
	count := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && len(c.entries) < 3000 {
		var e feed.Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			tb.Fatal(err)
		}
		c.entries = append(c.entries, e)
		for _, w := range strings.Fields(strings.ToLower(e.Text)) {
			if len(w) > 2 && !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }) {
				if count[w]++; count[w] == 1 {
					c.words = append(c.words, w)
				}
			}
		}
	}
	return c
}

// query is one condition of the mix: half of its words are news, half are rare names.
func (c *corpus) query(rnd *rand.Rand) string {
	word := func() string {
		if rnd.IntN(2) == 0 {
			return fmt.Sprintf("name%d", rnd.IntN(200_000))
		}
		return c.words[len(c.words)/50+rnd.IntN(len(c.words)*49/50)]
	}
	switch n := rnd.IntN(100); {
	case n < 35:
		return word()
	case n < 55:
		return `"` + word() + " " + word() + `"`
	case n < 70:
		return word() + " OR " + word() + " OR " + word()
	case n < 84:
		return word() + " " + word()
	case n < 90:
		return word() + " NOT " + word()
	case n < 96:
		return word() + " NEAR/8 " + word()
	case n < 98:
		return "SENTENCE(" + word() + " " + word() + ")"
	}
	return word() + "* title:" + word()
}

func (c *corpus) rules(n int) []Rule {
	rnd := rand.New(rand.NewPCG(17, uint64(n)))
	cc := &compiler{entities: map[string]*entityRef{}, set: &Set{}}
	cc.where = strict.Read("bench", nil, &cc.problems)
	list := make([]Rule, n)
	for i := range list {
		e, err := cc.parseQuery(c.query(rnd))
		for err != nil { // a foreign text has words that are none
			e, err = cc.parseQuery(c.query(rnd))
		}
		list[i] = Rule{ID: fmt.Sprint("r", i), match: e}
	}
	return list
}

// BenchmarkMatch is the cost of an entry against so many rules:
//
//	go test ./rules -run '^$' -bench Match/ -benchtime 2000x
func BenchmarkMatch(b *testing.B) {
	c := newCorpus(b)
	for _, n := range []int{10, 1_000, 10_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			if n > 10_000 && testing.Short() {
				b.Skip("long")
			}
			rules := c.rules(n)
			before := heap()
			start := time.Now()
			set := &Set{rules: rules, index: newIndex(rules)}
			compile := time.Since(start)
			size := heap() - before
			hits := 0
			for _, e := range c.entries {
				hits += len(set.Match(e))
			}
			i := 0
			for b.Loop() {
				set.Match(c.entries[i%len(c.entries)])
				i++
			}
			b.ReportMetric(float64(hits)/float64(len(c.entries)), "rules/entry")
			b.ReportMetric(float64(size)/float64(n), "B/rule")
			b.ReportMetric(float64(compile.Microseconds())/float64(n), "µs/rule")
		})
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
