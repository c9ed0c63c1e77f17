package liveblog

import (
	"bytes"
	"regexp"
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

var (
	liveFlag = regexp.MustCompile(`["']?\bisLive["']?\s*:\s*["']?(true|false)\b`)
	blogFlag = regexp.MustCompile(`["'](?:blog_status|blogStatus|liveBlogStatus|liveblog_state|liveblogState)["']\s*:\s*["'](open|closed|ended|archive|archived|live|enable|enabled|disabled|finished)["']`)
)

// state weighs the signs that a live blog has ended. coverageEndTime is none of
// them: publishers set it ahead, to the last change, or to a moment long past
// while entries go on.
func (p *page) state(f finding, newest time.Time, entries []feed.Entry) feed.State {
	score := f.closed
	if after.MatchString(p.title) || after.MatchString(f.title) {
		score += sure
	}
	switch flags := liveFlag.FindAllSubmatch(p.body, 200); {
	case len(flags) == 0:
	case every(flags, "false"):
		score += sure
	case every(flags, "true"):
		score += contrary
	}
	if flags := blogFlag.FindAllSubmatch(p.body, 20); len(flags) > 0 && every(flags, "closed", "ended", "archive", "archived", "disabled", "finished") {
		score += sure
	}
	words, label := p.ending()
	if words {
		score += 1.5 * sure
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

func every(flags [][][]byte, values ...string) bool {
	for _, f := range flags {
		ok := false
		for _, v := range values {
			ok = ok || string(f[1]) == v
		}
		if !ok {
			return false
		}
	}
	return true
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

func saysEnded(s string) bool {
	s = strings.ToLower(s)
	if !bytes.ContainsAny([]byte(s), "abcdefghijklmnopqrstuvwxyzа") {
		return false
	}
	for _, re := range ended {
		if re.MatchString(s) {
			return true
		}
	}
	return false
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
