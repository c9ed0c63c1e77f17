package discordtest

import (
	"maps"
	"regexp"
	"strconv"
	"strings"
)

// Limits of messages.
// https://discord.com/developers/docs/resources/message
const (
	maxContent     = 2000
	maxEmbeds      = 10
	maxEmbedTotal  = 6000
	maxTitle       = 256
	maxDescription = 4096
	maxFields      = 25
	maxFieldName   = 256
	maxFieldValue  = 1024
	maxFooter      = 2048
	maxAuthor      = 256
	maxAttachments = 10
	maxNonce       = 25
)

func checkCreate(_ *Server, c *call) {
	o := c.object()
	c.message("", o)
	if len(c.list) == 0 && empty(o) && len(c.Files) == 0 {
		c.refuse(50006)
	}
	if n, ok := o["nonce"].(string); ok && len(n) > maxNonce {
		c.add("nonce", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", maxNonce)
	}
	c.uploads(o)
}

// checkEdit leaves emptiness to the handler, which knows what the message keeps.
func checkEdit(s *Server, c *call) {
	o := c.object()
	if m := s.target(c); m != nil && m.flags()&ComponentsV2 != 0 {
		o = inV2(o)
	}
	c.message("", o)
	c.uploads(c.object())
}

func (c *call) uploads(o object) {
	c.size("attachments", o["attachments"], 0, maxAttachments)
	if len(c.Files) > maxAttachments {
		c.add("files", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", maxAttachments)
	}
}

// empty says that a message says nothing.
func empty(o object) bool {
	return strings.TrimSpace(asString(o["content"])) == "" && len(asList(o["embeds"])) == 0 &&
		len(asList(o["components"])) == 0 && len(asList(o["sticker_ids"])) == 0 &&
		o["poll"] == nil && o["message_reference"] == nil
}

// message checks what a message says, below path.
func (ps *problems) message(path string, o object) {
	ps.length(path+".content", o["content"], 0, maxContent, true)
	ps.embeds(path+".embeds", o["embeds"])
	ps.allowedMentions(path+".allowed_mentions", asObject(o["allowed_mentions"]))
	v2 := asInt(o["flags"])&ComponentsV2 != 0
	if v2 {
		for _, k := range []string{"content", "embeds", "sticker_ids", "poll"} {
			if filled(o[k]) {
				ps.add(path+"."+k, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
					"The '%s' field cannot be used when using MessageFlags.IS_COMPONENTS_V2", k)
			}
		}
	}
	ps.messageComponents(path+".components", asList(o["components"]), v2)
}

func filled(v any) bool {
	switch x := v.(type) {
	case string:
		return x != ""
	case []any:
		return len(x) > 0
	case object:
		return true
	}
	return false
}

func (ps *problems) embeds(path string, v any) {
	ps.size(path, v, 0, maxEmbeds)
	total := 0
	count := func(v any) { total += characters(strings.TrimSpace(asString(v))) }
	for i, x := range asList(v) {
		e, at := asObject(x), path+"."+strconv.Itoa(i)
		ps.length(at+".title", e["title"], 0, maxTitle, true)
		ps.length(at+".description", e["description"], 0, maxDescription, true)
		count(e["title"])
		count(e["description"])
		ps.web(at+".url", e["url"], 2048)
		for _, k := range []string{"image", "thumbnail"} {
			ps.web(at+"."+k+".url", asObject(e[k])["url"], 2048, "attachment://")
		}
		if f := asObject(e["footer"]); f != nil {
			ps.length(at+".footer.text", f["text"], 0, maxFooter, true)
			ps.web(at+".footer.icon_url", f["icon_url"], 2048, "attachment://")
			count(f["text"])
		}
		if a := asObject(e["author"]); a != nil {
			ps.length(at+".author.name", a["name"], 1, maxAuthor, true)
			ps.web(at+".author.url", a["url"], 2048)
			ps.web(at+".author.icon_url", a["icon_url"], 2048, "attachment://")
			count(a["name"])
		}
		if color := asInt(e["color"]); color < 0 || color > 0xffffff {
			ps.add(at+".color", "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
		}
		ps.size(at+".fields", e["fields"], 0, maxFields)
		for j, y := range asList(e["fields"]) {
			f, at := asObject(y), at+".fields."+strconv.Itoa(j)
			ps.length(at+".name", f["name"], 1, maxFieldName, true)
			ps.length(at+".value", f["value"], 1, maxFieldValue, true)
			count(f["name"])
			count(f["value"])
		}
	}
	if total > maxEmbedTotal {
		ps.add(path, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d", maxEmbedTotal)
	}
}

var snowflakeForm = regexp.MustCompile(`^[0-9]{1,20}$`)

func (ps *problems) allowedMentions(path string, o object) {
	for _, p := range asList(o["parse"]) {
		kind := asString(p)
		if kind != "users" && kind != "roles" && kind != "everyone" {
			ps.add(path+".parse", "BASE_TYPE_CHOICES", "Value must be one of {'users', 'roles', 'everyone'}.")
		}
		if len(asList(o[kind])) > 0 {
			ps.add(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[%q] and %s: [ids...] are mutually exclusive.", kind, kind)
		}
	}
	for _, k := range []string{"users", "roles"} {
		ps.size(path+"."+k, o[k], 0, 100)
		for i, id := range asList(o[k]) {
			if !snowflakeForm.MatchString(asString(id)) {
				ps.add(path+"."+k+"."+strconv.Itoa(i), "NUMBER_TYPE_COERCE", "Value %q is not snowflake.", asString(id))
			}
		}
	}
}

// inV2 is what an edit says of a message that has components v2 already.
func inV2(o object) object {
	more := object{}
	maps.Copy(more, o)
	more["flags"] = asInt(o["flags"]) | ComponentsV2
	return more
}
