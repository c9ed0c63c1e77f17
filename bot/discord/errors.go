package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/bot"
)

// apiError is an answer of the API that is an error.
type apiError struct {
	Method, Path string // without tokens
	Status       int    // of HTTP
	Code         int    // Discord's own; 0 if it gave none
	Message      string // Discord's words
	class        error  // one of bot's errors, or nil
	advice       string
}

func (e *apiError) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "discord: %s %s: ", e.Method, e.Path)
	if e.class != nil {
		fmt.Fprintf(&s, "%v: ", e.class)
	}
	s.WriteString(e.Message)
	if e.Code != 0 {
		fmt.Fprintf(&s, " (code %d)", e.Code)
	} else {
		fmt.Fprintf(&s, " (HTTP %d)", e.Status)
	}
	if e.advice != "" {
		s.WriteString("; " + e.advice)
	}
	return s.String()
}

// Unwrap returns the class: [bot.ErrDestination], [bot.ErrRefused], [bot.ErrGone], [bot.ErrUnauthorized] or nil.
func (e *apiError) Unwrap() error { return e.class }

// errorBody is how the API says that something is wrong.
type errorBody struct {
	Code       int             `json:"code,omitempty"`
	Message    string          `json:"message"`
	RetryAfter float64         `json:"retry_after,omitempty"` // seconds
	Global     bool            `json:"global,omitempty"`
	Errors     json.RawMessage `json:"errors,omitempty"`
}

// wait is how long the answer asks us to wait.
func (b errorBody) wait(h http.Header) time.Duration {
	if b.RetryAfter > 0 && b.RetryAfter <= 24*3600 {
		return time.Duration(b.RetryAfter * float64(time.Second))
	}
	return retryAfter(h, unnamedWait)
}

// Codes of the API that this package does more about than report.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
const (
	codeUnknownMessage = 10008
	codeArchived       = 50083
)

// verdict is what one code means: to whom it matters and what helps.
type verdict struct {
	class  error
	wait   time.Duration // when to come back, if class is nil
	advice string
}

const (
	checkChannel = "check that the channel exists and that the bot is in that server"
	checkRights  = "give the bot the permissions View Channel, Send Messages (in a thread: Send Messages in Threads) and Embed Links in this channel"
)

// verdicts holds the codes that a message can meet.
var verdicts = map[int]verdict{
	10003:  {class: bot.ErrDestination, advice: checkChannel},
	10004:  {class: bot.ErrDestination, advice: checkChannel},
	10015:  {class: bot.ErrDestination},
	20022:  {wait: unnamedWait},
	20026:  {class: bot.ErrDestination, advice: "Discord has quarantined the bot; its owner must appeal in the developer portal"},
	20016:  {wait: unnamedWait},
	20028:  {wait: unnamedWait},
	20029:  {wait: unnamedWait},
	30034:  {wait: time.Hour},
	30046:  {wait: 5 * time.Minute},
	40004:  {wait: time.Minute},
	40006:  {wait: time.Minute},
	40058:  {class: bot.ErrDestination},
	40062:  {wait: unnamedWait},
	40067:  {class: bot.ErrDestination, advice: "the forum wants a tag on each post"},
	50001:  {class: bot.ErrDestination, advice: checkRights},
	50007:  {class: bot.ErrDestination},
	50008:  {class: bot.ErrDestination, advice: "choose a text channel"},
	50013:  {class: bot.ErrDestination, advice: checkRights},
	50024:  {class: bot.ErrDestination, advice: "choose a text channel"},
	50027:  {class: bot.ErrDestination},
	50095:  {class: bot.ErrDestination},
	50278:  {class: bot.ErrDestination},
	110000: {wait: unnamedWait},
	130000: {wait: unnamedWait},
	160005: {class: bot.ErrDestination, advice: "unlock the thread or choose another channel"},
	160006: {wait: time.Hour, advice: "the server has too many active threads"},
	160007: {wait: time.Hour, advice: "the server has too many active threads"},
	400001: {class: bot.ErrDestination},

	codeUnknownMessage: {class: bot.ErrGone},
	50005:              {class: bot.ErrGone},
	50021:              {class: bot.ErrGone},

	codeArchived: {class: bot.ErrDestination, advice: "reopen the thread, or give the bot Send Messages in Threads so that it can"},

	40005:  {class: bot.ErrRefused},
	50006:  {class: bot.ErrRefused},
	50035:  {class: bot.ErrRefused},
	50045:  {class: bot.ErrRefused},
	50046:  {class: bot.ErrRefused},
	50109:  {class: bot.ErrRefused},
	200000: {class: bot.ErrRefused, advice: "the server's AutoMod blocked it; let AutoMod make an exception for the bot's role"},
	200001: {class: bot.ErrRefused, advice: "the server's AutoMod blocked it; let AutoMod make an exception for the bot's role"},
	240000: {class: bot.ErrRefused, advice: "Discord holds a link in it for harmful"},
}

// cloudflareWait is kept after Discord's guard in front of the API turned us down.
const cloudflareWait = 5 * time.Minute

// newAPIError judges an answer with a status of 300 or more. It returns a
// [*bot.WaitError] around the [*apiError] if waiting is what helps.
func newAPIError(method, path string, resp *http.Response, data []byte) error {
	var body errorBody
	if json.Unmarshal(data, &body) != nil || body.Message == "" {
		body.Message = http.StatusText(resp.StatusCode)
	}
	e := &apiError{Method: method, Path: path, Status: resp.StatusCode, Code: body.Code, Message: body.Message}
	if details := formErrors(body.Errors); details != "" {
		e.Message += ": " + details
	}
	foreign := resp.Header.Get(foreignAnswer) != ""
	v, known := verdicts[body.Code]
	e.class, e.advice = v.class, v.advice
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		global := body.Global || resp.Header.Get("X-RateLimit-Global") != ""
		return &bot.WaitError{After: body.wait(resp.Header), Everywhere: global, Err: e}
	case body.Code == 40333 || resp.StatusCode == http.StatusForbidden && foreign:
		e.advice = "Discord's guard turned the request down; is the User-Agent of the form DiscordBot (url, version)?"
		return &bot.WaitError{After: cloudflareWait, Everywhere: true, Err: e}
	case known && v.class == nil:
		return &bot.WaitError{After: max(v.wait, retryAfter(resp.Header, 0)), Err: e}
	case known:
		return e
	case resp.StatusCode < 400:
		e.advice = "the API's address redirects elsewhere; is discord.api_url right?"
	case resp.StatusCode == http.StatusUnauthorized:
		e.class, e.advice = bot.ErrUnauthorized, "set DISCORD_TOKEN to the bot token shown in the developer portal; a reset makes the old one useless"
	case foreign || resp.StatusCode >= 500 || resp.StatusCode == http.StatusRequestTimeout:
		// Something between us and Discord answered, or Discord failed on the way.
	case resp.StatusCode == http.StatusForbidden:
		e.class, e.advice = bot.ErrDestination, checkRights
	case resp.StatusCode == http.StatusBadRequest, resp.StatusCode == http.StatusRequestEntityTooLarge:
		e.class = bot.ErrRefused
	}
	return e
}

// hasCode reports whether err is an answer of the API with this code.
func hasCode(err error, code int) bool {
	var e *apiError
	return errors.As(err, &e) && e.Code == code
}

// mostFormErrors bounds how many problems of a form one error tells.
const mostFormErrors = 5

// formErrors flattens the tree in which the API tells what is wrong with a body,
// to "embeds.0.title: must be 256 or fewer in length".
func formErrors(tree json.RawMessage) string {
	if len(tree) == 0 {
		return ""
	}
	var found []string
	var walk func(at string, node json.RawMessage)
	walk = func(at string, node json.RawMessage) {
		var children map[string]json.RawMessage
		if json.Unmarshal(node, &children) != nil {
			return
		}
		var list []struct {
			Message string `json:"message"`
		}
		_ = json.Unmarshal(children["_errors"], &list) // absent above the leaves
		for _, e := range list {
			found = append(found, strings.TrimPrefix(at+": ", ": ")+e.Message)
		}
		delete(children, "_errors")
		for _, k := range sortedKeys(children) {
			walk(strings.TrimPrefix(at+"."+k, "."), children[k])
		}
	}
	walk("", tree)
	if n := len(found) - mostFormErrors; n > 0 {
		found = append(found[:mostFormErrors], fmt.Sprintf("and %d more", n))
	}
	return strings.Join(found, "; ")
}

// sortedKeys orders the indices of a list by number, and other names after them.
func sortedKeys(m map[string]json.RawMessage) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	number := func(s string) int {
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
		return math.MaxInt
	}
	slices.SortFunc(keys, func(a, b string) int {
		if x, y := number(a), number(b); x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
	return keys
}
