//go:build ignore

// Build writes en.txt from WordNet: its words, its irregular forms, and the endings
// that grammar gives the others.
//
//	apt-get install wordnet-base
//	go run build.go /usr/share/wordnet > en.txt
package main

import (
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var word = regexp.MustCompile(`^[a-z]{3,}$`)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: go run build.go DIRECTORY > en.txt")
	}
	nouns, verbs := words("index.noun"), words("index.verb")
	plurals, conjugated := irregular("noun.exc"), irregular("verb.exc")
	forms := map[string][]string{}
	for _, name := range []string{"index.adj", "index.adv"} {
		for w := range words(name) {
			forms[w] = nil // to be known as words without forms
		}
	}
	for w := range nouns {
		forms[w] = plurals[w]
		if s := ending(w, "s"); len(forms[w]) == 0 && !strings.HasSuffix(w, "s") && !nouns[s] {
			forms[w] = []string{s}
		}
	}
	for w := range verbs {
		forms[w] = append(append(forms[w], ending(w, "s")), verb(w, conjugated[w])...)
	}
	for _, w := range slices.Sorted(maps.Keys(forms)) {
		list := slices.DeleteFunc(forms[w], func(form string) bool { return form == w || !word.MatchString(form) })
		slices.Sort(list)
		fmt.Print(w)
		for _, form := range slices.Compact(list) {
			if rest, ok := strings.CutPrefix(form, w); ok {
				form = "+" + rest
			}
			fmt.Print(" ", form)
		}
		fmt.Println()
	}
}

// verb lists past, participle and gerund of a verb, given its irregular forms.
func verb(w string, irregular []string) []string {
	forms := slices.Clone(irregular)
	gerund := slices.ContainsFunc(forms, func(f string) bool { return strings.HasSuffix(f, "ing") })
	past := slices.ContainsFunc(forms, func(f string) bool { return !strings.HasSuffix(f, "ing") && !strings.HasSuffix(f, "s") })
	if !gerund {
		forms = append(forms, ending(w, "ing"))
	}
	// A verb that doubles its last letter in the gerund only, as "hitting", keeps its past: "hit".
	if doubled := slices.Contains(forms, w+w[len(w)-1:]+"ing"); !past && !doubled {
		forms = append(forms, ending(w, "ed"))
	}
	return forms
}

// ending puts s, ed or ing after a word as spelling asks.
func ending(w, end string) string {
	stem, y := strings.CutSuffix(w, "y")
	y = y && !strings.ContainsAny(stem[len(stem)-1:], "aeou")
	hisses := regexp.MustCompile(`(s|x|z|ch|sh)$`).MatchString(w)
	mute, e := strings.CutSuffix(w, "e")
	switch {
	case y && end == "s":
		return stem + "ies"
	case y && end == "ed":
		return stem + "ied"
	case hisses && end == "s":
		return w + "es"
	case e && end == "ed":
		return w + "d"
	case e && end == "ing" && !strings.HasSuffix(mute, "e") && !strings.HasSuffix(mute, "o") && !strings.HasSuffix(mute, "y"):
		return mute + "ing"
	}
	return w + end
}

// words reads the first column of an index.
func words(name string) map[string]bool {
	set := map[string]bool{}
	for _, line := range lines(name) {
		if w, _, _ := strings.Cut(line, " "); word.MatchString(w) {
			set[w] = true
		}
	}
	return set
}

// irregular reads lines of a form and the words that it is of.
func irregular(name string) map[string][]string {
	forms := map[string][]string{}
	for _, line := range lines(name) {
		fields := strings.Fields(line)
		for _, w := range fields[1:] {
			forms[w] = append(forms[w], fields[0])
		}
	}
	return forms
}

func lines(name string) []string {
	data, err := os.ReadFile(filepath.Join(os.Args[1], name))
	if err != nil {
		log.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}
