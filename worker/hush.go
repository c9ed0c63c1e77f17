package worker

import (
	"sync"
	"time"
)

// hush remembers that nothing may be sent: to one chat until a time, or to any
// because the program stops.
type hush struct {
	mu      sync.Mutex
	until   map[string]time.Time // by chat
	stopped bool
}

func (h *hush) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
}

func (h *hush) stopping() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stopped
}

// quietUntil puts off everything of a chat.
func (h *hush) quietUntil(chat string, t time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.until == nil {
		h.until = map[string]time.Time{}
	}
	if t.After(h.until[chat]) {
		h.until[chat] = t
	}
}

// waiting returns when the chat may be written to, and whether that is still to come.
func (h *hush) waiting(chat string, now time.Time) (time.Time, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.until[chat]
	return t, t.After(now)
}
