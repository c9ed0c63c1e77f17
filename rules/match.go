package rules

import (
	"fmt"
)

// Severity says how loudly a rule rings.
type Severity int

// The severities, from quiet to loud.
const (
	Info Severity = iota
	Watch
	Urgent
)

var severityNames = [...]string{"info", "watch", "urgent"}

func (s Severity) String() string {
	if s < Info || s > Urgent {
		return fmt.Sprintf("severity(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText writes info, watch or urgent.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads info, watch or urgent.
func (s *Severity) UnmarshalText(b []byte) error {
	for i, name := range severityNames {
		if string(b) == name {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q: use info, watch or urgent", b)
}

// Field names the part of an entry that a hit lies in.
type Field string

// The fields that rules read.
const (
	FieldTitle  Field = "title"
	FieldText   Field = "text"
	FieldAuthor Field = "author"
	FieldTag    Field = "tag" // offsets count within the one tag that hit
)

// Hit is one place of an entry that made a rule match.
type Hit struct {
	Field Field `json:"field"`
	// Start and End are byte offsets into the field, End exclusive.
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"` // the field's own bytes from Start to End
	Term  string `json:"term"` // the keyword, or @entity, as the rule writes it
}

// Match is a rule that holds for an entry, and where.
type Match struct {
	Rule     string   `json:"rule"`
	Title    string   `json:"title,omitempty"`
	Severity Severity `json:"severity"`
	Hits     []Hit    `json:"hits"` // by field (title first) and offset; never nil
}
