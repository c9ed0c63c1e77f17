package liveblog

import "tocsin/feed"

// Witness says which strategy each part of an entry was read by: "json-ld",
// "microdata", "containers", "neighbours", "lists", "headings", "subheads" or "paragraphs"; ""
// for what the entry does not have, "made up" for an ID that is no publisher's.
type Witness struct {
	ID        string `json:"id"` // of the entry
	IDFrom    string `json:"id_from"`
	Title     string `json:"title,omitempty"`
	Text      string `json:"text,omitempty"`
	Published string `json:"published,omitempty"`
	URL       string `json:"url,omitempty"`
}

// Explain is [Parse] that also says where everything comes from, entry by entry.
func Explain(url string, body []byte) (feed.Batch, []Witness, error) {
	f, b, err := read(url, body)
	if err != nil {
		return b, nil, err
	}
	out := make([]Witness, len(b.Entries))
	for i, e := range b.Entries {
		p := f.posts[i]
		w := Witness{ID: e.ID, IDFrom: string(p.from.id)}
		if len(p.ids) == 0 {
			w.IDFrom = "made up"
		}
		if e.Title != "" {
			w.Title = string(p.from.title)
		}
		if e.Text != "" {
			w.Text = string(p.from.text)
		}
		if !e.Published.IsZero() {
			w.Published = string(p.from.published)
		}
		if p.url != "" {
			w.URL = string(p.from.url)
		}
		out[i] = w
	}
	return b, out, nil
}
