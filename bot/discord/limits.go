package discord

import "unicode/utf8"

// Discord's limits on what we send, in characters unless said otherwise.
//
// https://discord.com/developers/docs/resources/message#create-message
// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const (
	maxContent     = 2000
	maxTitle       = 256
	maxDescription = 4096
	maxAuthor      = 256
	maxEmbedTotal  = 6000 // over all embeds of one message
	maxURL         = 2048
)

// size counts s as UTF-16 code units, the strictest of the ways in which
// Discord and its clients count: Cyrillic letters are one, most emoji two.
func size(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF && r <= utf8.MaxRune {
			n++
		}
	}
	return n
}
