package demo

import (
	"io"
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

// Hang is a fault that answers nothing until the client gives up.
func Hang() Fault {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // to return would answer, with an empty page
	}
}

// Garbage is a fault that answers with 200 and a body that is something else than what was
// asked for, such as an error page or half a feed.
func Garbage(contentType, body string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body) // a client that has gone needs no answer
		return true
	}
}

// Times is a fault that passes after n requests.
func Times(n int, f Fault) Fault {
	var asked atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) bool {
		return asked.Add(1) <= int64(n) && f(w, r)
	}
}
