package markup

import (
	"net/url"
	"strings"
)

// tracking are query parameters that say where a reader came from and nothing
// about what is shown. A name that ends in * is a prefix.
var tracking = []string{
	"utm_*", "at_*", "ns_*", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "hsCtaTracking",
	"fbclid", "gclid", "dclid", "msclkid", "yclid", "twclid", "igshid", "igsh", "wbraid", "gbraid",
	"traffic_source", "xtor", "cmpid", "cmp", "ocid", "wt_mc", "wt.mc*", "wtmc", "smid", "smtyp",
	"mkt_tok", "hootpostid", "sr_share", "__twitter_impression", "spm", "s_cid", "ico", "ito", "icid",
	"maca", "ftag", "cndid", "mbid", "xs_*", "pk_*", "mtm_*", "matomo_*", "feedtype", "partner", "emc", "rss",
}

// sources are parameters that track only with these values, and may name
// content otherwise.
var sources = map[string][]string{
	"ref":    {"rss", "feed", "twitter", "facebook", "homepage"},
	"source": {"rss", "feed", "twitter", "facebook"},
	"src":    {"rss", "feed"},
	"from":   {"rss", "feed"},
	"feed":   {"rss"},
	"via":    {"rss", "feed"},
	"cid":    {"rss"},
}

// Link resolves ref against base and drops what only tracks readers. The rest of
// the query, and a fragment that names a place on the page, stay as they are. It
// returns "" for what is not a web address.
func Link(base, ref string) string {
	ref = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, ref))
	if ref == "" {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if !u.IsAbs() {
		b, err := url.Parse(base)
		if err != nil || !b.IsAbs() {
			return ""
		}
		u = b.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	u.User = nil
	u.RawQuery = withoutTracking(u.RawQuery)
	u.ForceQuery = false
	if f := u.Fragment; f == "" || strings.HasPrefix(f, ":~:") || tracks(f) {
		u.Fragment, u.RawFragment = "", ""
	}
	return u.String()
}

// withoutTracking keeps the order and the spelling of what it leaves.
func withoutTracking(query string) string {
	if query == "" {
		return ""
	}
	kept := make([]string, 0, 4)
	for pair := range strings.SplitSeq(query, "&") {
		if pair != "" && !tracks(pair) {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// tracks reports whether name=value serves tracking only.
func tracks(pair string) bool {
	name, value, hasValue := strings.Cut(strings.ToLower(pair), "=")
	if !hasValue && name != "rss" {
		return false
	}
	for _, t := range tracking {
		if prefix, isPrefix := strings.CutSuffix(t, "*"); isPrefix && strings.HasPrefix(name, prefix) || name == strings.ToLower(t) {
			return true
		}
	}
	for _, v := range sources[name] {
		if value == v {
			return true
		}
	}
	return false
}
