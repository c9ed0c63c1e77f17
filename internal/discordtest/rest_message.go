package discordtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// place finds the channel of a call and what the bot may do there.
func (s *Server) place(c *call) (*channel, Permissions, *apiError) {
	ch := s.world.channels[c.path("channel_id")]
	if ch == nil {
		return nil, 0, knownError(10003)
	}
	p := s.world.permissions(s.world.guild(ch.Guild), ch, s.world.bot)
	if !p.has(ViewChannel) {
		return nil, 0, knownError(50001)
	}
	return ch, p, nil
}

func listMessages(s *Server, c *call) (int, any, *apiError) {
	ch, p, e := s.place(c)
	if e != nil {
		return 0, nil, e
	}
	limit := 50
	if text := c.Query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			c.add("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
			s.violation(c.Request, "limit=%s: 1 to 100 allowed", text)
			return 0, nil, c.apiError()
		}
		limit = n
	}
	list := []any{}
	if !p.has(ReadMessageHistory) {
		return http.StatusOK, list, nil
	}
	before, after, around := c.Query.Get("before"), c.Query.Get("after"), c.Query.Get("around")
	var shown []*message
	for _, m := range s.messages {
		if m.channel == ch.id && !m.deleted && !m.ephemeral {
			shown = append(shown, m)
		}
	}
	switch {
	case after != "":
		shown = slices.DeleteFunc(shown, func(m *message) bool { return !older(after, m.id) })
		shown = shown[:min(limit, len(shown))]
	case around != "":
		at, _ := slices.BinarySearchFunc(shown, around, func(m *message, id string) int {
			return compareIDs(m.id, id)
		})
		from := max(0, at-limit/2)
		shown = shown[from:min(from+limit, len(shown))]
	default:
		if before != "" {
			shown = slices.DeleteFunc(shown, func(m *message) bool { return !older(m.id, before) })
		}
		shown = shown[max(0, len(shown)-limit):]
	}
	for _, m := range slices.Backward(shown) {
		list = append(list, m.raw)
	}
	return http.StatusOK, list, nil
}

func compareIDs(a, b string) int {
	switch {
	case older(a, b):
		return -1
	case older(b, a):
		return 1
	}
	return 0
}

func getMessage(s *Server, c *call) (int, any, *apiError) {
	ch, p, e := s.place(c)
	if e != nil {
		return 0, nil, e
	}
	if !p.has(ReadMessageHistory) {
		return 0, nil, knownError(50013)
	}
	m := s.live(ch.id, c.path("message_id"))
	if m == nil {
		return 0, nil, knownError(10008)
	}
	return http.StatusOK, m.raw, nil
}

func createMessage(s *Server, c *call) (int, any, *apiError) {
	ch, p, e := s.place(c)
	if e != nil {
		return 0, nil, e
	}
	if !ch.takesMessages() {
		return 0, nil, knownError(50008)
	}
	o := c.object()
	need := SendMessages
	if ch.thread() {
		need = SendMessagesInThreads
	}
	if len(asList(o["embeds"])) > 0 {
		need |= EmbedLinks
	}
	if len(c.Files) > 0 {
		need |= AttachFiles
	}
	if !p.has(need) {
		return 0, nil, knownError(50013)
	}
	if ch.thread() && ch.Locked && !p.has(ManageThreads) {
		return 0, nil, knownError(160005)
	}
	nonce := ""
	if o["nonce"] != nil {
		nonce = fmt.Sprint(o["nonce"])
	}
	if o["enforce_nonce"] == true && nonce != "" {
		if m := s.byNonce(ch.id, nonce); m != nil {
			if m.deleted {
				return 0, nil, knownError(10008)
			}
			return http.StatusOK, m.raw, nil
		}
	}
	ch.Archived = false
	m := s.store(ch.id, s.world.bot, o, c.Body, c.Files, asObject(o["allowed_mentions"]))
	return http.StatusOK, m.raw, nil
}

// byNonce finds the bot's message with a nonce, within the window that Discord remembers.
func (s *Server) byNonce(channelID, nonce string) *message {
	for _, m := range slices.Backward(s.messages) {
		if time.Since(m.created) > s.opts.nonceWindow {
			return nil
		}
		if m.channel == channelID && m.nonce == nonce && m.author == s.world.bot {
			return m
		}
	}
	return nil
}

// store adds a message and tells the gateway. mentions is the allowed_mentions
// in force, nil for Discord's default. The caller holds s.mu.
func (s *Server) store(channelID, author string, o object, request json.RawMessage, files []File, mentions object) *message {
	m := s.draft(channelID, author, o, files, mentions)
	m.history = []Revision{{At: m.created, Body: m.body(), Request: request}}
	s.messages = append(s.messages, m)
	if c := s.world.channels[channelID]; c != nil && !m.ephemeral {
		c.last = m.id
		event := maps.Clone(m.raw)
		event["guild_id"] = c.Guild
		s.dispatch(intentGuildMessages, c.Guild, "MESSAGE_CREATE", event)
	}
	s.notify()
	return m
}

// draft builds a message from what a client sent.
func (s *Server) draft(channelID, author string, o object, files []File, mentions object) *message {
	m := &message{id: s.ids.next(), channel: channelID, author: author, created: time.Now(), files: files}
	flags := asInt(o["flags"]) & (SuppressEmbeds | Ephemeral | Loading | SuppressNotifications | ComponentsV2)
	m.ephemeral = flags&Ephemeral != 0
	m.raw = object{
		"id": m.id, "channel_id": channelID, "type": 0, "author": userJSON(s.world.users[author]),
		"timestamp": timestamp(m.created), "edited_timestamp": nil, "tts": o["tts"] == true, "pinned": false,
		"flags": flags, "attachments": s.attach(channelID, o, files),
	}
	maps.Copy(m.raw, said(o))
	s.ping(m.raw, channelID, author, mentions)
	if n := o["nonce"]; n != nil {
		m.nonce = fmt.Sprint(n)
		m.raw["nonce"] = n
	}
	if ref := asObject(o["message_reference"]); ref != nil {
		m.raw["type"] = 19
		m.raw["message_reference"] = object{"type": 0, "channel_id": channelID, "message_id": ref["message_id"]}
	}
	return m
}

// said is content, embeds and components as Discord stores them.
func said(o object) object {
	embeds := []any{}
	for _, x := range asList(o["embeds"]) {
		embeds = append(embeds, storedEmbed(asObject(x)))
	}
	id := 0
	return object{
		"content": strings.TrimSpace(asString(o["content"])), "embeds": embeds,
		"components": storedComponents(asList(o["components"]), &id),
	}
}

func storedEmbed(e object) object {
	out := object{"type": "rich"}
	for k, v := range e {
		switch v := v.(type) {
		case nil:
		case string:
			if v = strings.TrimSpace(v); v != "" {
				out[k] = v
			}
		default:
			out[k] = v
		}
	}
	out["type"] = "rich"
	if stamp := asString(e["timestamp"]); stamp != "" {
		if t, err := time.Parse(time.RFC3339Nano, stamp); err == nil {
			out["timestamp"] = timestamp(t)
		}
	}
	fields := []any{}
	for _, x := range asList(e["fields"]) {
		f := asObject(x)
		fields = append(fields, object{"name": f["name"], "value": f["value"], "inline": f["inline"] == true})
	}
	delete(out, "fields")
	if len(fields) > 0 {
		out["fields"] = fields
	}
	return out
}

// storedComponents gives each component the id and the defaults that Discord gives it.
func storedComponents(list []any, id *int) []any {
	out := []any{}
	for _, x := range list {
		out = append(out, storedComponent(asObject(x), id))
	}
	return out
}

func storedComponent(c object, id *int) object {
	stored := object{}
	for k, v := range c {
		if v != nil {
			stored[k] = v
		}
	}
	*id++
	if asInt(c["id"]) == 0 {
		stored["id"] = *id
	}
	switch asInt(c["type"]) {
	case selectType, 5, 6, 7, 8:
		for _, k := range []string{"min_values", "max_values"} {
			if stored[k] == nil {
				stored[k] = 1
			}
		}
	case separator:
		if stored["divider"] == nil {
			stored["divider"] = true
		}
		if stored["spacing"] == nil {
			stored["spacing"] = 1
		}
	case container:
		if stored["accent_color"] == nil {
			stored["accent_color"] = nil
		}
		stored["spoiler"] = c["spoiler"] == true
	}
	if inner, ok := c["components"].([]any); ok {
		stored["components"] = storedComponents(inner, id)
	}
	for _, k := range []string{"accessory", "component"} {
		if inner := asObject(c[k]); inner != nil {
			stored[k] = storedComponent(inner, id)
		}
	}
	return stored
}

var (
	userMention = regexp.MustCompile(`<@!?(\d+)>`)
	roleMention = regexp.MustCompile(`<@&(\d+)>`)
	allMention  = regexp.MustCompile(`@(everyone|here)`)
)

// ping works out who a message really pings: named in its text or in a text
// display, and let through by allowed_mentions and by the author's permissions.
// Embeds never ping.
func (s *Server) ping(raw object, channelID, author string, allowed object) {
	text := asString(raw["content"])
	each("", asList(raw["components"]), func(_ string, c object) {
		if asInt(c["type"]) == textDisplay {
			text += "\n" + asString(c["content"])
		}
	})
	lets := func(kind, id string) bool {
		if allowed == nil {
			return true
		}
		return slices.Contains(asList(allowed["parse"]), any(kind)) || slices.Contains(asList(allowed[kind]), any(id))
	}
	var everyone bool // may the author wake everybody?
	var g *guild
	if c := s.world.channels[channelID]; c != nil {
		g = s.world.guild(c.Guild)
		everyone = s.world.permissions(g, c, author).has(MentionEveryone)
	}
	users, roles := []any{}, []any{}
	for _, found := range userMention.FindAllStringSubmatch(text, -1) {
		if u := s.world.users[found[1]]; u != nil && lets("users", u.ID) {
			users = append(users, userJSON(u))
		}
	}
	for _, found := range roleMention.FindAllStringSubmatch(text, -1) {
		if g == nil {
			break
		}
		if r := g.role(found[1]); r != nil && (r.mentionable || everyone) && lets("roles", r.id) {
			roles = append(roles, r.id)
		}
	}
	raw["mentions"], raw["mention_roles"] = users, roles
	raw["mention_everyone"] = everyone && allMention.MatchString(text) && lets("everyone", "")
}

func editMessage(s *Server, c *call) (int, any, *apiError) {
	ch, _, e := s.place(c)
	if e != nil {
		return 0, nil, e
	}
	m := s.live(ch.id, c.path("message_id"))
	switch {
	case m == nil:
		return 0, nil, knownError(10008)
	case m.author != s.world.bot:
		return 0, nil, knownError(50005)
	case ch.thread() && ch.Archived:
		return 0, nil, knownError(50083)
	}
	if e := s.edit(m, c, c.object()); e != nil {
		return 0, nil, e
	}
	event := maps.Clone(m.raw)
	event["guild_id"] = ch.Guild
	s.dispatch(intentGuildMessages, ch.Guild, "MESSAGE_UPDATE", event)
	return http.StatusOK, m.raw, nil
}

// edit changes what o names and leaves the rest. A message cannot leave
// components v2, and enters it only with content and embeds cleared.
func (s *Server) edit(m *message, c *call, o object) *apiError {
	fields := object{}
	for k, v := range said(o) {
		if _, named := o[k]; named {
			fields[k] = v
		}
	}
	flags := m.flags() &^ Loading
	if f, named := o["flags"]; named && f != nil {
		flags = flags&^SuppressEmbeds | asInt(f)&(SuppressEmbeds|ComponentsV2)
	}
	fields["flags"] = flags
	after := maps.Clone(m.raw)
	maps.Copy(after, fields)
	if flags&ComponentsV2 != 0 && (filled(after["content"]) || filled(after["embeds"])) {
		c.add("", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "content and embeds cannot be used with MessageFlags.IS_COMPONENTS_V2")
	}
	if len(c.list) > 0 {
		for _, p := range c.list {
			s.violation(c.Request, "%v", p)
		}
		return c.apiError()
	}
	kept := asList(m.raw["attachments"])
	if _, named := o["attachments"]; named || len(c.Files) > 0 {
		kept = s.keep(m, o, c.Files)
		fields["attachments"] = kept
	}
	if empty(after) && len(kept) == 0 {
		s.violation(c.Request, "%s", knownError(50006).message)
		return knownError(50006)
	}
	s.ping(after, m.channel, m.author, asObject(o["allowed_mentions"]))
	for _, k := range []string{"mentions", "mention_roles", "mention_everyone"} {
		fields[k] = after[k]
	}
	now := time.Now()
	if m.flags()&Loading == 0 { // filling a deferred reply is no edit
		fields["edited_timestamp"] = timestamp(now)
		m.edited = now
	}
	m.set(fields, c.Body, now)
	s.notify()
	return nil
}

func deleteMessage(s *Server, c *call) (int, any, *apiError) {
	ch, p, e := s.place(c)
	if e != nil {
		return 0, nil, e
	}
	m := s.live(ch.id, c.path("message_id"))
	switch {
	case m == nil:
		return 0, nil, knownError(10008)
	case m.author != s.world.bot && !p.has(ManageMessages):
		return 0, nil, knownError(50013)
	}
	s.remove(m)
	return http.StatusNoContent, nil, nil
}

func crosspost(s *Server, c *call) (int, any, *apiError) {
	ch, p, e := s.place(c)
	if e != nil {
		return 0, nil, e
	}
	m := s.live(ch.id, c.path("message_id"))
	need := SendMessages
	if m != nil && m.author != s.world.bot {
		need |= ManageMessages
	}
	switch {
	case m == nil:
		return 0, nil, knownError(10008)
	case ch.Type != AnnouncementChannel:
		return 0, nil, knownError(50024)
	case !p.has(need):
		return 0, nil, knownError(50013)
	case m.flags()&Crossposted != 0:
		return 0, nil, knownError(40033)
	}
	m.set(object{"flags": m.flags() | Crossposted}, nil, time.Now())
	s.notify()
	return http.StatusOK, m.raw, nil
}

// target is the message that the path of an edit names, or nil.
func (s *Server) target(c *call) *message {
	if token := c.path("webhook_token"); token != "" {
		if in := s.pending[token]; in != nil {
			return in.find(s, c.path("message_id"))
		}
		return nil
	}
	return s.live(c.path("channel_id"), c.path("message_id"))
}
