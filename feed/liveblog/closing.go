package liveblog

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tocsin/feed"
	"tocsin/feed/markup"
)

// How much a sign that a live blog has ended counts. It is taken for closed
// when the signs add up to sure.
const (
	certain  = 1.5 // said in so many words: also right after a last entry
	sure     = 1.0
	likely   = 0.6
	hint     = 0.3
	contrary = -0.5
)

// ended are the words of a page about itself. (\b knows ASCII only, so no pattern
// ends in it.)
var ended = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:this|our|the) live ?-?(?:blog|space|coverage|updates?|page|story|event|ticker) (?:is|are|has|have) (?:now )?(?:no longer (?:being )?updated|closed|ended|been closed|finished|over|concluded)`),
	regexp.MustCompile(`\b(?:this|our|the) live ?-?(?:blog|coverage|page) (?:is|has) (?:now )?(?:ended|come to an end)`),
	regexp.MustCompile(`\bnous (?:cl[oô]turons|terminons|arr[eê]tons|refermons) (?:ici )?(?:ce|notre) (?:direct|live)`),
	regexp.MustCompile(`\b(?:ce|notre) (?:direct|live|suivi)(?: en direct)? (?:est|a [eé]t[eé]) (?:d[eé]sormais |maintenant |à présent )?(?:termin[eé]|clos|cl[oô]tur[eé]|ferm[eé]|fini)`),
	regexp.MustCompile(`\b(?:ce|notre) (?:direct|live)(?: n'est| n’est) plus (?:mis à jour|alimenté)`),
	regexp.MustCompile(`\b(?:dieser|unser|der) (?:live-?)?(?:blog|ticker|news-?ticker|stream)(?: ist| wird| wurde)(?: nun| jetzt| hiermit)? (?:beendet|geschlossen|nicht (?:mehr|weiter) (?:aktualisiert|fortgef[uü]hrt|weitergef[uü]hrt))`),
	regexp.MustCompile(`\bwir (?:beenden|schlie(?:ß|ss)en) (?:hiermit |damit |an dieser stelle )?(?:den|diesen|unseren) (?:live-?)?(?:blog|ticker)`),
	regexp.MustCompile(`\b(?:este|nuestro) (?:directo|minuto a minuto|blog en vivo|en vivo|en directo) (?:ha (?:terminado|finalizado|conclu[ií]do)|est[aá] (?:cerrado|terminado)|ya no se actualiza)`),
	regexp.MustCompile(`\b(?:finalizamos|terminamos|cerramos) (?:aqu[ií] )?(?:este|nuestro) (?:directo|minuto a minuto)`),
	regexp.MustCompile(`\b(?:questa|la nostra) (?:diretta|cronaca) (?:è|si è) (?:ora )?(?:terminata|conclusa|chiusa|finita)`),
	regexp.MustCompile(`\b(?:questa )?diretta (?:finisce|termina|si chiude) qui\b`),
	regexp.MustCompile(`\b(?:esta|a nossa|este) (?:cobertura|direto|ao vivo|acompanhamento)(?: ao vivo| em direto)? (?:foi |está )?(?:encerrad[ao]|terminou|terminad[ao]|encerrou|finalizad[ao])`),
	regexp.MustCompile(`(?:ця|наша) (?:онлайн-?|текстова )?(?:трансляція|хроніка) (?:завершена|завершилась|закінчена)`),
}

// after are words in a title that is only given when all is over.
var after = regexp.MustCompile(`(?i)\bas it happened\b|\bcomme si vous y étiez\b|\bso lief(?:en)? (?:der|die|das)\b.*\bliveblog\b|\bliveblog zum nachlesen\b|\b(?:live|liveblog) (?:terminé|beendet|closed|ended)\b`)

// farewell are words that end a newest entry, most often of a whole blog; they
// count only with quiet (measured: true in a quarter to four fifths of cases).
var farewell = regexp.MustCompile(`(?i)\bthat['’]?s (?:all|it) (?:from|for)\b|\b(?:we['’]ll|we will|i['’]ll) be back (?:tomorrow|on)\b|\bnew live ?blog\b.{0,80}\b(?:here|continues)\b|\b(?:closing|wrapping|finishing) (?:up )?(?:this|our|the) live\b|\bthank(?:s| you) for (?:reading|following|joining)\b|\bgood ?night\b|\bsigning off\b|\bend of our live\b|\bfinished posting\b|\bmerci (?:de|d['’])\s?(?:nous )?avoir suivi|\bdanke fürs mitlesen\b|\bbis morgen\b|\bgracias por (?:seguir|acompa)`)

// flags are the values that a page's scripts give a name, and how often at most they are looked for.
const maxFlags = 200

// flags finds `name: value` and `"name": "value"` in the scripts of a page, for
// any of the names, without parsing what may not be JSON.
func flags(body []byte, names ...string) (values []string) {
	for _, name := range names {
		rest := body
		for range maxFlags {
			i := bytes.Index(rest, []byte(name))
			if i < 0 {
				break
			}
			rest = rest[i+len(name):]
			v := bytes.TrimLeft(rest[:min(len(rest), 40)], "\\\"' \t\n")
			if len(v) == 0 || v[0] != ':' {
				continue
			}
			v = bytes.TrimLeft(v[1:], "\\\"' \t\n")
			end := bytes.IndexAny(v, "\\\"',;}] \t\n<")
			if end > 0 {
				values = append(values, strings.ToLower(string(v[:end])))
			}
		}
	}
	return values
}

// state weighs the signs that a live blog has ended. coverageEndTime is none of
// them: publishers set it ahead, to the last change, or to a moment long past
// while entries go on.
func (p *page) state(f finding, newest time.Time, entries []feed.Entry) feed.State {
	score := f.closed
	if after.MatchString(p.title) || after.MatchString(f.title) {
		score += certain
	}
	switch live := flags(p.body, "isLive"); {
	case len(live) == 0:
	case only(live, "false"):
		score += sure
	case only(live, "true"):
		score += contrary
	}
	if status := flags(p.body, "blog_status", "blogStatus", "liveBlogStatus", "liveblog_state", "liveblogState"); len(status) > 0 && only(status, "closed", "ended", "archive", "archived", "disabled", "finished") {
		score += certain
	}
	words, label := p.ending()
	if words {
		score += certain
	}
	if label {
		score += likely
	}
	quiet := time.Duration(0)
	if !newest.IsZero() {
		quiet = time.Since(newest)
	}
	if len(entries) > 0 && quiet > 2*time.Hour {
		if e := newestOf(entries); farewell.MatchString(e.Title) || farewell.MatchString(e.Text) {
			score += likely
		}
	}
	switch {
	case quiet > 7*24*time.Hour:
		score += likely
	case quiet > 12*time.Hour:
		score += 0.4
	case quiet > 0 && quiet < 15*time.Minute:
		score += contrary
	}
	if score >= sure {
		return feed.StateClosed
	}
	return feed.StateOpen
}

// only reports whether all of some values are among these.
func only(values []string, these ...string) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(these, v) })
}

func newestOf(entries []feed.Entry) feed.Entry {
	e := entries[0]
	for _, x := range entries {
		if x.When().After(e.When()) {
			e = x
		}
	}
	return e
}

// maxNotice is the length of a paragraph beyond which it is no notice about the page.
const maxNotice = 400

// ending looks for a notice in short paragraphs, and for a label that says the
// live blog is off.
func (p *page) ending() (words, label bool) {
	if p.doc == nil {
		return saysEnded(string(p.body[:min(len(p.body), 2000)])), false
	}
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.P, atom.Em, atom.Strong, atom.Span, atom.H1, atom.H2, atom.H3, atom.H4, atom.Li, atom.Div, atom.B, atom.I:
		default:
			continue
		}
		class := strings.ToLower(markup.Attr(n, "class"))
		if strings.Contains(class, "live") && (strings.Contains(class, "--off") || strings.Contains(class, "-ended") || strings.Contains(class, "-closed") || strings.Contains(class, "--closed") || strings.Contains(class, "finished")) {
			label = true
		}
		if n.DataAtom == atom.Div && hasElements(n) {
			continue
		}
		if !words {
			if s := shortText(n, maxNotice); s != "" && saysEnded(s) {
				words = true
			}
		}
	}
	return words, label
}

func hasElements(n *html.Node) bool {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			return true
		}
	}
	return false
}

// subjects are what every pattern of ended speaks of, one of them.
var subjects = []string{"live", "direct", "blog", "ticker", "stream", "minuto a minuto", "vivo", "diretta", "cronaca", "cobertura", "direto", "acompanhamento", "suivi", "трансляція", "хроніка"}

func saysEnded(s string) bool {
	s = strings.ToLower(s)
	if !slices.ContainsFunc(subjects, func(word string) bool { return strings.Contains(s, word) }) {
		return false
	}
	return slices.ContainsFunc(ended, func(re *regexp.Regexp) bool { return re.MatchString(s) })
}

// shortText is the text under n, "" if it is longer than limit bytes.
func shortText(n *html.Node, limit int) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && (c.Parent == nil || c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style) {
			if b.Len()+len(c.Data) > limit {
				return ""
			}
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
