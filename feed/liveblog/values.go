package liveblog

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"tocsin/feed/markup"
)

// sortedKeys makes walking a JSON object repeatable.
func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// isA reports whether a JSON-LD object has a schema.org type, in any spelling.
func isA(m map[string]any, name string) bool {
	is := func(v any) bool {
		s, _ := v.(string)
		s = s[strings.LastIndexAny(s, "/#:")+1:]
		return strings.EqualFold(s, name)
	}
	switch t := m["@type"].(type) {
	case string:
		return is(t)
	case []any:
		return slices.ContainsFunc(t, is)
	}
	return false
}

// stringOf is the text of a JSON-LD value: a string, a number, an object's @id, url
// or @value, or the first of a list of those.
func stringOf(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]any:
		for _, k := range []string{"@value", "value", "@id", "url", "name"} {
			if s, ok := v[k].(string); ok && s != "" {
				return strings.TrimSpace(s)
			}
		}
	case []any:
		if len(v) > 0 {
			if _, list := v[0].([]any); !list {
				return stringOf(v[0])
			}
		}
	}
	return ""
}

// textOf is running text: a string, an object that wraps one, or a list of paragraphs.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		for _, k := range []string{"@value", "text", "value", "articleBody"} {
			if s, ok := v[k].(string); ok {
				return s
			}
		}
	case []any:
		var parts []string
		for _, x := range v {
			if s, ok := x.(string); ok {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "\n")
	}
	return ""
}

// first is the first of an object's values that is a text.
func first(m map[string]any, keys ...string) string {
	for _, k := range keys {
		if s := stringOf(m[k]); s != "" {
			return s
		}
	}
	return ""
}

// firstOf is the first of an object's values that is there.
func firstOf(m map[string]any, keys ...string) any {
	for _, k := range keys {
		if v, ok := m[k]; ok && v != nil && v != "" {
			return v
		}
	}
	return nil
}

// boolOf is the first of some values that is a truth value.
func boolOf(vs ...any) (value, ok bool) {
	for _, v := range vs {
		switch v := v.(type) {
		case bool:
			return v, true
		case string:
			if b, err := strconv.ParseBool(strings.ToLower(v)); err == nil {
				return b, true
			}
		}
	}
	return false, false
}

// names joins the names of one or several persons.
func names(v any) string {
	var out []string
	add := func(s string) {
		s = markup.Title(s)
		if s != "" && !strings.Contains(s, "://") && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		switch v := v.(type) {
		case string:
			add(v)
		case map[string]any:
			if s, ok := v["name"].(string); ok {
				add(s)
			} else if list, ok := v["name"].([]any); ok && depth < 4 {
				walk(list, depth+1)
			}
		case []any:
			for _, x := range v {
				if depth < 4 {
					walk(x, depth+1)
				}
			}
		}
	}
	walk(v, 0)
	return strings.Join(out, ", ")
}

// maxTags bounds the tags of an entry.
const maxTags = 50

// keywords reads tags from a list or a text with commas.
func keywords(v any) []string {
	var out []string
	add := func(s string) {
		if s = markup.Title(s); s != "" && len(out) < maxTags && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	switch v := v.(type) {
	case string:
		for s := range strings.SplitSeq(v, ",") {
			add(s)
		}
	case []any:
		for _, x := range v {
			add(stringOf(x))
		}
	}
	return out
}

// media describes the picture or film of an entry that has no text.
func media(u map[string]any) string {
	for _, key := range []string{"image", "video", "associatedMedia", "sharedContent"} {
		v := u[key]
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		if m, ok := v.(map[string]any); ok {
			if s := markup.Title(textOf(firstOf(m, "caption", "description", "name", "headline", "alternateName"))); s != "" {
				return s
			}
		}
	}
	return ""
}

// prose cleans the text of an entry. Where no tag parts paragraphs, line ends do.
func prose(s string) string {
	s = strings.ReplaceAll(s, `\"`, `"`) // escaped once too often
	if !markup.HasBlocks(s) {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\n\n")
	}
	return markup.Text(s)
}
