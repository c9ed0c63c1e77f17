package worker

import "sync"

// said remembers what was told last about each source, so that a warning is
// logged when it comes up and not at every read.
type said struct {
	mu   sync.Mutex
	last map[string]string
}

// news reports whether words differ from what was told last about the source.
func (s *said) news(source, words string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last[source] == words {
		return false
	}
	if s.last == nil {
		s.last = map[string]string{}
	}
	if words == "" {
		delete(s.last, source)
		return false
	}
	s.last[source] = words
	return true
}
