package discordtest

import (
	"strconv"
	"time"
)

// epoch is the first millisecond of Discord's ids.
// https://discord.com/developers/docs/reference#snowflakes
const epoch = 1420070400000

// snowflakes makes ids that grow with time.
type snowflakes struct{ last int64 }

func (f *snowflakes) next() string {
	f.last = max(f.last+1, (time.Now().UnixMilli()-epoch)<<22)
	return strconv.FormatInt(f.last, 10)
}

// ParseID returns the time a snowflake was made, in UTC and milliseconds.
func ParseID(id string) (time.Time, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	return time.UnixMilli(n>>22 + epoch).UTC(), nil
}

// older says whether snowflake a was made before b.
func older(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
