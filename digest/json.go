package digest

import (
	"encoding/json"
	"time"
)

// MarshalJSON writes what the digest tells: from, to and topics. Times are RFC
// 3339 in UTC, absent ones left out; topics, lines and entries are never null.
func (d Digest) MarshalJSON() ([]byte, error) {
	topics := make([]Topic, len(d.Topics))
	for i, t := range d.Topics {
		lines := make([]Line, len(t.Lines))
		for j, l := range t.Lines {
			l.Time = l.Time.UTC()
			l.Entries = append([]string{}, l.Entries...)
			lines[j] = l
		}
		t.Lines = lines
		topics[i] = t
	}
	return json.Marshal(struct {
		From   time.Time `json:"from,omitzero"`
		To     time.Time `json:"to,omitzero"`
		Topics []Topic   `json:"topics"`
	}{d.From.UTC(), d.To.UTC(), topics})
}
