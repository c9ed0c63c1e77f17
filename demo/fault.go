package demo

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// Status is a fault that answers with a status code, and with Retry-After if that is at
// least a second.
func Status(code int, retryAfter time.Duration) Fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if seconds := int(retryAfter / time.Second); seconds > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(seconds))
		}
		http.Error(w, http.StatusText(code), code)
		return true
	}
}

// HangUp is a fault that ends the connection without an answer.
func HangUp() Fault {
	return func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
}

// Times is a fault that passes after n requests.
func Times(n int, f Fault) Fault {
	var asked atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) bool {
		return asked.Add(1) <= int64(n) && f(w, r)
	}
}
