package syndication

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["'][^>]*\?>`)

// utf8Body returns the body in UTF-8. What the bytes are counts for more than what
// anybody says about them: publishers declare UTF-8 and send Windows-1252, and the reverse.
func utf8Body(contentType string, body []byte) []byte {
	head := body[:min(len(body), 512)]
	declared := ""
	if m := declaration.FindSubmatch(head); m != nil {
		declared = strings.ToLower(string(m[1]))
	}
	switch {
	case bytes.HasPrefix(body, []byte{0xFE, 0xFF}):
		return undeclared(decode("utf-16be", body[2:]))
	case bytes.HasPrefix(body, []byte{0xFF, 0xFE}):
		return undeclared(decode("utf-16le", body[2:]))
	case bytes.HasPrefix(body, []byte("<\x00?\x00")):
		return undeclared(decode("utf-16le", body))
	case bytes.HasPrefix(body, []byte("\x00<\x00?")):
		return undeclared(decode("utf-16be", body))
	}
	body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	if declared == "" {
		if _, params, err := mime.ParseMediaType(contentType); err == nil {
			declared = strings.ToLower(params["charset"])
		}
	}
	// ISO 2022 encodes everything in ASCII bytes, so it looks like valid UTF-8.
	if utf8.Valid(body) && !strings.HasPrefix(declared, "iso-2022") {
		return undeclared(body)
	}
	if declared == "" || declared == "utf-8" || declared == "utf8" || declared == "us-ascii" {
		if damaged := bytes.Count(bytes.ToValidUTF8(body, []byte("\uFFFD")), []byte("\uFFFD")); damaged*100 < multibyte(body) {
			return undeclared(bytes.ToValidUTF8(body, []byte("\uFFFD"))) // UTF-8 with a few cut characters
		}
		declared = "windows-1252"
	}
	return undeclared(decode(declared, body))
}

// multibyte counts the well-formed characters beyond ASCII.
func multibyte(body []byte) int {
	n := 0
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		if size > 1 && r != utf8.RuneError {
			n++
		}
		body = body[size:]
	}
	return n
}

func decode(label string, body []byte) []byte {
	e, _ := charset.Lookup(label)
	if e == nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return out
}

// undeclared takes the name of the old encoding out of the XML declaration.
func undeclared(body []byte) []byte {
	m := declaration.FindSubmatchIndex(body[:min(len(body), 512)])
	if m == nil || strings.EqualFold(string(body[m[2]:m[3]]), "utf-8") {
		return body
	}
	return append([]byte(`<?xml version="1.0" encoding="utf-8"?>`), body[m[1]:]...)
}
