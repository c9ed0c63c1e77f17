package digest

import "tocsin/text"

// latest keeps the last item of each entry, in the order of the first ones.
func latest(items []Item) []Item {
	type identity struct{ source, entry string }
	kept := make([]Item, 0, len(items))
	at := map[identity]int{}
	for _, it := range items {
		id := identity{it.Source.ID, it.Entry.ID}
		if i, seen := at[id]; seen && it.Entry.ID != "" {
			kept[i] = it
			continue
		}
		at[id] = len(kept)
		kept = append(kept, it)
	}
	return kept
}

// merge puts together the items that say exactly the same: those with one
// address or with one text, but for case, accents and white space. Groups come in the order of
// their first items.
func merge(items []Item) [][]Item {
	shared := sharedAddresses(items)
	group := make([]int, len(items)) // the item each belongs to; itself for the first of its group
	first := map[string]int{}
	for i, it := range items {
		group[i] = i
		var keys []string
		if u := it.Entry.URL; u != "" && !shared[u] {
			keys = append(keys, "url "+u)
		}
		if f := text.Fold(oneLine(it.Entry.Title + "\n" + it.Entry.Text)); f != "" {
			keys = append(keys, "text "+f)
		}
		for _, k := range keys {
			j, seen := first[k]
			if !seen {
				first[k] = i
				continue
			}
			a, b := root(group, i), root(group, j)
			group[max(a, b)] = min(a, b)
		}
	}
	var groups [][]Item
	at := map[int]int{}
	for i, it := range items {
		r := root(group, i)
		if r == i {
			at[i] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[r]] = append(groups[at[r]], it)
	}
	return groups
}

func root(group []int, i int) int {
	for group[i] != i {
		i = group[i]
	}
	return i
}

// sharedAddresses finds the addresses that several entries of one source have:
// that of a live blog's page, say, which identifies none of them.
func sharedAddresses(items []Item) map[string]bool {
	type place struct{ source, url string }
	seen := map[place]bool{}
	shared := map[string]bool{}
	for _, it := range items {
		p := place{it.Source.ID, it.Entry.URL}
		if seen[p] {
			shared[it.Entry.URL] = true
		}
		seen[p] = true
	}
	return shared
}
