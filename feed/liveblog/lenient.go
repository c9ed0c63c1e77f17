package liveblog

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"strings"
)

// decode reads the JSON values in a block of a page, forgiving what publishers get
// wrong: raw line ends in strings, comments, trailing commas, wrong escapes,
// entities in place of quotes, an HTML or CDATA comment around it all.
func decode(block []byte) ([]any, error) {
	block = unwrap(block)
	values, err := sequence(block)
	if err == nil {
		return values, nil
	}
	if repaired, again := sequence(repair(block)); again == nil {
		return repaired, nil
	}
	if s := string(block); strings.Contains(s, "&quot;") {
		if repaired, again := sequence(repair([]byte(html.UnescapeString(s)))); again == nil {
			return repaired, nil
		}
	}
	return nil, err
}

// sequence decodes values that stand one after the other.
func sequence(block []byte) ([]any, error) {
	var out []any
	d := json.NewDecoder(bytes.NewReader(block))
	for {
		var v any
		switch err := d.Decode(&v); {
		case errors.Is(err, io.EOF) && len(out) > 0:
			return out, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("it is empty")
		case err != nil:
			return nil, err
		}
		out = append(out, v)
	}
}

// unwrap takes off what hides a script from old browsers.
func unwrap(b []byte) []byte {
	b = bytes.TrimPrefix(bytes.TrimSpace(b), []byte("\xEF\xBB\xBF"))
	for _, pair := range [][2]string{{"<!--", "-->"}, {"//<![CDATA[", "//]]>"}, {"/*<![CDATA[*/", "/*]]>*/"}, {"<![CDATA[", "]]>"}} {
		b = bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimPrefix(b, []byte(pair[0])), []byte(pair[1])))
	}
	return bytes.TrimRight(b, "; \r\n\t")
}

// repair rewrites what is not quite JSON, in one pass.
func repair(b []byte) []byte {
	out := make([]byte, 0, len(b)+64)
	inString := false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case inString && c == '\\':
			if i+1 == len(b) {
				return out
			}
			i++
			switch next := b[i]; {
			case strings.IndexByte(`"\/bfnrtu`, next) >= 0:
				out = append(out, c, next)
			case next == '\n', next == '\r':
				// A line continued as in JavaScript.
			default:
				out = append(out, next) // \' and other escapes that JSON does not know
			}
		case inString && c == '\n':
			out = append(out, `\n`...)
		case inString && c == '\t':
			out = append(out, `\t`...)
		case inString && c < ' ':
			// Control characters say nothing.
		case c == '"':
			inString = !inString
			out = append(out, c)
		case inString:
			out = append(out, c)
		case c == '/' && i+1 < len(b) && b[i+1] == '/':
			for i < len(b) && b[i] != '\n' {
				i++
			}
		case c == '/' && i+1 < len(b) && b[i+1] == '*':
			if end := bytes.Index(b[i+2:], []byte("*/")); end >= 0 {
				i += end + 3
			} else {
				i = len(b)
			}
		case c == ',':
			if next := significant(b[i+1:]); next == '}' || next == ']' || next == ',' {
				continue
			}
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return out
}

// significant is the next byte that is neither white space nor comment, as far
// as a look at the next bytes tells.
func significant(b []byte) byte {
	for i := 0; i < min(len(b), 512); i++ {
		switch {
		case strings.IndexByte(" \t\r\n", b[i]) >= 0:
		case bytes.HasPrefix(b[i:], []byte("//")):
			end := bytes.IndexByte(b[i:], '\n')
			if end < 0 {
				return 0
			}
			i += end
		case bytes.HasPrefix(b[i:], []byte("/*")):
			end := bytes.Index(b[i:], []byte("*/"))
			if end < 0 {
				return 0
			}
			i += end + 1
		default:
			return b[i]
		}
	}
	return 0
}
