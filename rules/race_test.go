//go:build race

package rules

// raceEnabled: the race detector makes pools forget at random.
const raceEnabled = true
