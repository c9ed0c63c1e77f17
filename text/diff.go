package text

// EditKind says what became of a run of words between two versions of a text.
type EditKind int

// The kinds of edit.
const (
	Keep EditKind = iota
	Delete
	Insert
)

// Edit is one run of words of a difference. The Keep and Delete runs of a
// difference, joined, are the old text; the Keep and Insert runs the new one.
type Edit struct {
	Kind EditKind
	Text string
}
