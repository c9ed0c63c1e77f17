package strict

// Nearest returns the known name that a person who wrote name most likely
// meant, or "" if none is near.
func Nearest(name string, known []string) string {
	best, least := "", len(name)/3+2
	for _, k := range known {
		if d := distance(name, k, least); d < least {
			best, least = k, d
		}
	}
	return best
}

// maxName bounds the work of a comparison; longer names are far from anything.
const maxName = 100

// distance counts the letters to insert, delete or replace between two names.
func distance(a, b string, limit int) int {
	if len(a) > maxName || len(b) > maxName || len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
