package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxRequest = 25 << 20 // bytes
	maxFile    = 10 << 20
)

// call is a request on its way through the fake.
type call struct {
	*Request
	http *http.Request
	body any // decoded JSON; nil if there was none
	problems
}

func (c *call) path(name string) string { return c.http.PathValue(name) }
func (c *call) object() object          { return asObject(c.body) }

func (r *Request) segment(i int) string {
	parts := strings.Split(strings.Trim(r.Path, "/"), "/")
	if i < len(parts) {
		return parts[i]
	}
	return ""
}

// handle answers a call with a status and a body, nil for none. It runs with s.mu held.
type handle func(*Server, *call) (int, any, *apiError)

// route is one thing the API can do.
type route struct {
	pattern string
	check   func(*Server, *call) // limits of its body
	do      handle
	open    bool // no bot token needed
}

func routes() []route {
	return []route{
		{pattern: "GET /gateway", do: getGateway, open: true},
		{pattern: "GET /gateway/bot", do: getGatewayBot},
		{pattern: "GET /users/@me", do: getMe},
		{pattern: "GET /users/@me/guilds", do: getMyGuilds},
		{pattern: "GET /users/{user_id}", do: getUser},
		{pattern: "GET /applications/@me", do: getApplication},
		{pattern: "GET /oauth2/applications/@me", do: getApplication},

		{pattern: "GET /guilds/{guild_id}", do: getGuild},
		{pattern: "GET /guilds/{guild_id}/channels", do: getGuildChannels},
		{pattern: "GET /guilds/{guild_id}/roles", do: getGuildRoles},
		{pattern: "GET /guilds/{guild_id}/members/{user_id}", do: getMember},
		{pattern: "GET /guilds/{guild_id}/threads/active", do: getActiveThreads},
		{pattern: "GET /channels/{channel_id}", do: getChannel},

		{pattern: "GET /channels/{channel_id}/messages", do: listMessages},
		{pattern: "POST /channels/{channel_id}/messages", do: createMessage, check: checkCreate},
		{pattern: "GET /channels/{channel_id}/messages/{message_id}", do: getMessage},
		{pattern: "PATCH /channels/{channel_id}/messages/{message_id}", do: editMessage, check: checkEdit},
		{pattern: "DELETE /channels/{channel_id}/messages/{message_id}", do: deleteMessage},
		{pattern: "POST /channels/{channel_id}/messages/{message_id}/crosspost", do: crosspost},

		{pattern: "GET /applications/{application_id}/commands", do: listCommands},
		{pattern: "PUT /applications/{application_id}/commands", do: putCommands, check: checkCommands},
		{pattern: "POST /applications/{application_id}/commands", do: postCommand, check: checkCommands},
		{pattern: "GET /applications/{application_id}/commands/{command_id}", do: getCommand},
		{pattern: "DELETE /applications/{application_id}/commands/{command_id}", do: deleteCommand},
		{pattern: "GET /applications/{application_id}/guilds/{guild_id}/commands", do: listCommands},
		{pattern: "PUT /applications/{application_id}/guilds/{guild_id}/commands", do: putCommands, check: checkCommands},
		{pattern: "POST /applications/{application_id}/guilds/{guild_id}/commands", do: postCommand, check: checkCommands},
		{pattern: "GET /applications/{application_id}/guilds/{guild_id}/commands/{command_id}", do: getCommand},
		{pattern: "DELETE /applications/{application_id}/guilds/{guild_id}/commands/{command_id}", do: deleteCommand},

		{pattern: "POST /interactions/{interaction_id}/{interaction_token}/callback", do: answerInteraction, check: checkCallback, open: true},
		{pattern: "POST /webhooks/{webhook_id}/{webhook_token}", do: followUp, check: checkCreate, open: true},
		{pattern: "GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", do: getFollowUp, open: true},
		{pattern: "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", do: editFollowUp, check: checkEdit, open: true},
		{pattern: "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", do: deleteFollowUp, open: true},
	}
}

var apiPrefix = regexp.MustCompile(`^/api/v(9|10)(/.*)$`)

// handler is all of Discord: the gateway is any websocket on the same port.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range routes() {
		mux.HandleFunc(rt.pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, rt) })
	}
	unknown := route{do: func(*Server, *call) (int, any, *apiError) {
		return 0, nil, &apiError{status: http.StatusNotFound, message: "404: Not Found"}
	}, open: true}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, unknown) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) {
			s.serveGateway(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/attachments/") {
			s.serveUpload(w, r)
			return
		}
		inner := r.Clone(r.Context())
		version := 0
		if m := apiPrefix.FindStringSubmatch(r.URL.Path); m != nil {
			version, _ = strconv.Atoi(m[1])
			inner.URL.Path, inner.URL.RawPath = m[2], ""
		}
		inner.Header.Set(versionHeader, strconv.Itoa(version))
		mux.ServeHTTP(w, inner)
	})
}

// versionHeader carries the API version from the outer to the inner handler.
const versionHeader = "X-Discordtest-Version"

func (s *Server) serve(w http.ResponseWriter, r *http.Request, rt route) {
	_, pattern, _ := strings.Cut(rt.pattern, " ")
	version, _ := strconv.Atoi(r.Header.Get(versionHeader))
	c := &call{http: r, Request: &Request{
		At: time.Now(), Method: r.Method, Version: version, Path: r.URL.Path, Route: pattern,
		Query: r.URL.Query(), UserAgent: r.UserAgent(),
	}}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil {
		panic(http.ErrAbortHandler) // the client died while sending: half a request is none
	}
	failed := c.decode(raw)
	fault, status, data, header := s.carryOut(c, rt, failed)
	if fault != nil {
		fault.answer(w, r, s.done)
		if !fault.late {
			return
		}
	}
	for k, v := range header {
		w.Header()[k] = v
	}
	if data != nil {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// carryOut records a call and, unless a fault prevents it, runs it.
func (s *Server) carryOut(c *call, rt route, failed *apiError) (fault *Fault, status int, data []byte, header http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, c.Request)
	s.inspect(c, rt, failed)
	fault = s.strike(c.Request)
	if fault == nil || fault.accept {
		status, data, header = s.run(c, rt, failed)
	}
	c.Status = status
	if fault != nil {
		c.Fault = fault.name
		if !fault.late {
			c.Status = fault.status
		}
	}
	s.notify()
	return fault, status, data, header
}

// inspect finds what is wrong with a call, whether or not it will be answered.
func (s *Server) inspect(c *call, rt route, failed *apiError) {
	s.checkManners(c, rt)
	if failed != nil {
		s.violation(c.Request, "%s", failed.message)
		return
	}
	if rt.check != nil {
		rt.check(s, c)
	}
	for _, p := range c.list {
		s.violation(c.Request, "%v", p)
	}
	if len(c.list) == 0 {
		c.list = s.checkSpec(c)
	}
}

// run carries a call out and returns the answer. The caller holds s.mu.
func (s *Server) run(c *call, rt route, failed *apiError) (int, []byte, http.Header) {
	header := http.Header{}
	fail := func(e *apiError) (int, []byte, http.Header) {
		data, _ := json.Marshal(e.body())
		return e.status, data, header
	}
	if !rt.open && (s.revoked || c.http.Header.Get("Authorization") != "Bot "+s.token) {
		return fail(knownError(0))
	}
	if wait := s.take(c, header); wait > 0 {
		header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		header.Set("X-RateLimit-Scope", "user")
		data, _ := json.Marshal(object{"message": "You are being rate limited.", "retry_after": wait.Seconds(), "global": false})
		return http.StatusTooManyRequests, data, header
	}
	if failed != nil {
		return fail(failed)
	}
	if len(c.list) > 0 {
		return fail(c.apiError())
	}
	status, answer, e := rt.do(s, c)
	if e != nil {
		return fail(e)
	}
	if answer == nil {
		return status, nil, header
	}
	data, err := json.Marshal(answer)
	if err != nil {
		s.violation(c.Request, "the fake cannot write its answer: %v", err)
		return fail(&apiError{status: http.StatusInternalServerError, message: err.Error()})
	}
	if s.opts.checksResponses && s.spec != nil {
		if err := s.spec.checkResponse(c.Method, c.Path, status, data); err != nil {
			s.violation(c.Request, "the fake's answer: %v\n%s", err, data)
		}
	}
	return status, data, header
}

var userAgent = regexp.MustCompile(`^DiscordBot \(\S+, \S+\)`)

// checkManners notes what Discord demands of every request but does not always check.
func (s *Server) checkManners(c *call, rt route) {
	switch {
	case rt.pattern == "" && s.spec != nil && s.spec.knows(c.Method, c.Path):
		s.violation(c.Request, "the fake does not have this route")
	case rt.pattern == "":
		s.violation(c.Request, "Discord has no such route")
	case c.Version == 0:
		s.violation(c.Request, "the path does not begin with /api/v9 or /api/v10")
	}
	if !userAgent.MatchString(c.UserAgent) {
		s.violation(c.Request, "the User-Agent %q is not of the form DiscordBot (url, version)", c.UserAgent)
	}
}

// decode takes the body in: JSON, or a form with payload_json and files.
func (c *call) decode(raw []byte) *apiError {
	if len(raw) > maxRequest {
		return knownError(40005)
	}
	if len(raw) == 0 {
		return nil
	}
	kind, params, _ := mime.ParseMediaType(c.http.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		var err error
		if raw, err = c.readForm(multipart.NewReader(bytes.NewReader(raw), params["boundary"])); err != nil {
			return &apiError{status: http.StatusBadRequest, code: 50035, message: "broken form: " + err.Error()}
		}
	} else if kind != "application/json" {
		return &apiError{status: http.StatusBadRequest, code: 50035, message: "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}"}
	}
	c.Body = raw
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&c.body); err != nil {
		return knownError(50109)
	}
	for _, f := range c.Files {
		if len(f.Data) > maxFile {
			return knownError(40005)
		}
	}
	return nil
}

func (c *call) readForm(form *multipart.Reader) (payload []byte, err error) {
	payload = []byte("{}")
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return payload, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		switch {
		case part.FormName() == "payload_json":
			payload = data
		case part.FileName() != "":
			c.Files = append(c.Files, File{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: data})
		}
	}
}
