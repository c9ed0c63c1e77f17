package liveblog

// find runs the strategies and joins what they find.
func find(p *page) finding {
	f := jsonLD(p)
	f.posts = merge(f.posts)
	return f
}

// merge joins posts of one list that share an id, such as those of a page and
// its AMP variant; the first one's fields count, gaps are filled from the others.
func merge(posts []post) []post {
	at := map[string]int{}
	out := posts[:0:0]
	for _, p := range posts {
		i, known := -1, false
		for _, id := range p.ids {
			if i, known = at[core(id)]; known {
				break
			}
		}
		if !known {
			i = len(out)
			out = append(out, p)
		} else {
			out[i].fill(p)
			for _, id := range p.ids {
				out[i].addID(id)
			}
		}
		for _, id := range p.ids {
			if _, ok := at[core(id)]; !ok {
				at[core(id)] = i
			}
		}
	}
	return out
}

// fill takes from q what p lacks.
func (p *post) fill(q post) {
	fill(&p.url, q.url)
	fill(&p.title, q.title)
	fill(&p.text, q.text)
	fill(&p.author, q.author)
	fill(&p.language, q.language)
	if len(p.tags) == 0 {
		p.tags = q.tags
	}
	if p.published.IsZero() {
		p.published, p.shown, p.coarse = q.published, q.shown, q.coarse
	}
	if q.updated.After(p.updated) {
		p.updated = q.updated
	}
}

func fill(to *string, from string) {
	if *to == "" {
		*to = from
	}
}
