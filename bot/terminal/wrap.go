package terminal

import "strings"

// wrap breaks a paragraph into lines of at most limit columns: at spaces, and
// beside wide characters, whose scripts have none. Only a word longer than a line is
// broken within. Spaces at the start of the paragraph stay.
func wrap(list []cell, limit int) [][]cell {
	var lines [][]cell
	var current []cell
	used := 0
	flush := func() {
		for len(current) > 0 && current[len(current)-1].text == " " {
			current = current[:len(current)-1]
		}
		lines = append(lines, current)
		current, used = nil, 0
	}
	for len(list) > 0 {
		n := wordLength(list)
		word := list[:n]
		list = list[n:]
		w := widthOf(word)
		if used > 0 && used+w > limit && word[0].text != " " {
			flush()
		}
		if used == 0 && len(lines) > 0 && word[0].text == " " {
			continue
		}
		for _, c := range word {
			if used+c.width > limit && c.text != " " {
				flush()
			}
			current = append(current, c)
			used += c.width
		}
	}
	flush()
	return lines
}

// wordLength is how many cells at the start of list must stay together; a space
// stands for itself.
func wordLength(list []cell) int {
	for i := range list {
		if i == 0 {
			if list[0].text == " " {
				return 1
			}
			continue
		}
		wide := list[i-1].width == 2 || list[i].width == 2
		if list[i].text == " " || wide && !staysWithPrevious(list[i]) && !staysWithNext(list[i-1]) {
			return i
		}
	}
	return len(list)
}

// staysWithPrevious tells the marks that do not begin a line.
func staysWithPrevious(c cell) bool {
	return strings.Contains("、。，．・：；？！）］｝」』】〕》〉”’…ー々.,:;?!)]}»\"'%", c.text) || c.text == "**"
}

// staysWithNext tells the marks that do not end one.
func staysWithNext(c cell) bool {
	return strings.Contains("（［｛「『【〔《〈“‘([{«", c.text) || c.text == "**"
}
