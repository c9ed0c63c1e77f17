package discordtest

import (
	"maps"
	"net/http"
	"strconv"
	"time"
)

// checkCallback checks the first answer to an interaction.
func checkCallback(s *Server, c *call) {
	o := c.object()
	data := asObject(o["data"])
	switch kind := asInt(o["type"]); kind {
	case 1, ReplyDeferredUpdate, 12:
	case ReplyMessage:
		c.message("data", data)
		if len(c.list) == 0 && empty(data) && len(c.Files) == 0 {
			c.refuse(50006)
		}
	case ReplyDeferred:
		if asInt(data["flags"])&^Ephemeral != 0 {
			c.add("data.flags", "INTERACTION_DEFERRED_FLAGS_INVALID", "Only MessageFlags.EPHEMERAL can be set on a deferred response")
		}
	case ReplyUpdate:
		in := s.pending[c.path("interaction_token")]
		if in != nil && in.source != nil && in.source.flags()&ComponentsV2 != 0 {
			data = inV2(data)
		}
		c.message("data", data)
	case ReplyChoices:
		c.size("data.choices", data["choices"], 0, maxChoices)
		c.choices("data.choices", asList(data["choices"]))
	case ReplyModal:
		c.modal("data", data)
	default:
		c.add("type", "BASE_TYPE_CHOICES", "Value must be one of {1, 4, 5, 6, 7, 8, 9, 12}.")
	}
}

// fits says whether an interaction of a kind can be answered with a type.
func (in *interaction) fits(answer int) bool {
	switch answer {
	case ReplyMessage, ReplyDeferred:
		return in.kind != kindAutocomplete
	case ReplyDeferredUpdate, ReplyUpdate:
		return in.source != nil
	case ReplyChoices:
		return in.kind == kindAutocomplete
	case ReplyModal:
		return in.kind == kindCommand || in.kind == kindComponent
	}
	return false
}

func answerInteraction(s *Server, c *call) (int, any, *apiError) {
	in := s.pending[c.path("interaction_token")]
	took := time.Duration(0)
	if in != nil {
		took = time.Since(in.sent)
	}
	switch {
	case in == nil || in.id != c.path("interaction_id"):
		return 0, nil, knownError(10062)
	case in.answer != 0:
		return 0, nil, knownError(40060)
	case took > s.opts.answerWithin:
		return 0, nil, knownError(10062)
	}
	o := c.object()
	data, answer := asObject(o["data"]), int(asInt(o["type"]))
	if !in.fits(answer) {
		s.violation(c.Request, "answer of type %d to an interaction of type %d", answer, in.kind)
		c.add("type", "BASE_TYPE_CHOICES", "Interaction cannot be answered with type %s", strconv.Itoa(answer))
		return 0, nil, c.apiError()
	}
	switch answer {
	case ReplyMessage:
		in.original = s.respond(in, data, c)
	case ReplyDeferred:
		in.original = s.respond(in, object{"flags": asInt(data["flags"]) | Loading}, c)
		in.waiting = true
	case ReplyDeferredUpdate:
		in.original, in.waiting = in.source, true
	case ReplyUpdate:
		if e := s.edit(in.source, c, data); e != nil {
			return 0, nil, e
		}
		in.original = in.source
	case ReplyChoices:
		in.choices = choicesOf(data)
	case ReplyModal:
		in.modal, in.modalJSON = modalOf(data)
	}
	in.answer, in.took = answer, took
	s.notify()
	if c.Query.Get("with_response") != "true" {
		return http.StatusNoContent, nil, nil
	}
	told := object{"id": in.id, "type": in.kind, "channel_id": in.channel, "guild_id": in.guild}
	result := object{"interaction": told}
	if in.original != nil {
		told["response_message_id"] = in.original.id
		told["response_message_loading"] = in.original.flags()&Loading != 0
		told["response_message_ephemeral"] = in.original.ephemeral
		if answer == ReplyMessage || answer == ReplyUpdate {
			result["resource"] = object{"type": answer, "message": in.original.raw}
		}
	}
	return http.StatusOK, result, nil
}

// respond stores a message that answers an interaction. Unless told otherwise
// such messages ping users, but no roles and not everybody.
func (s *Server) respond(in *interaction, o object, c *call) *message {
	mentions := asObject(o["allowed_mentions"])
	if mentions == nil {
		mentions = object{"parse": []any{"users"}}
	}
	m := s.store(in.channel, s.world.bot, o, c.Body, c.Files, mentions)
	m.interaction = in.id
	raw := maps.Clone(m.raw)
	raw["application_id"], raw["webhook_id"] = s.world.bot, s.world.bot
	raw["interaction_metadata"] = object{
		"id": in.id, "type": in.kind, "user": userJSON(s.world.users[in.user]),
		"authorizing_integration_owners": object{"0": in.guild},
	}
	m.raw = raw
	return m
}

// find returns a message of the interaction that is still there, or nil.
func (in *interaction) find(_ *Server, id string) *message {
	if in.original != nil && !in.original.deleted && (id == "@original" || id == in.original.id) {
		return in.original
	}
	for _, m := range in.followUps {
		if m.id == id && !m.deleted {
			return m
		}
	}
	return nil
}

// followed finds the interaction of a webhook call.
func (s *Server) followed(c *call) (*interaction, *apiError) {
	in := s.pending[c.path("webhook_token")]
	switch {
	case in == nil:
		return nil, knownError(50027)
	case c.path("webhook_id") != s.world.bot:
		return nil, knownError(10015)
	case in.answer == 0 || in.kind == kindAutocomplete:
		return nil, knownError(10015)
	case time.Since(in.sent) > s.opts.tokenLife:
		return nil, knownError(50027)
	}
	return in, nil
}

func followUp(s *Server, c *call) (int, any, *apiError) {
	in, e := s.followed(c)
	if e != nil {
		return 0, nil, e
	}
	if in.waiting && in.answer == ReplyDeferred { // the first one takes the place of "thinking…"
		if e := s.refill(in, in.original, c); e != nil {
			return 0, nil, e
		}
		return http.StatusOK, in.original.raw, nil
	}
	m := s.respond(in, c.object(), c)
	in.followUps = append(in.followUps, m)
	in.waiting = false
	s.notify()
	return http.StatusOK, m.raw, nil
}

func getFollowUp(s *Server, c *call) (int, any, *apiError) {
	in, e := s.followed(c)
	if e != nil {
		return 0, nil, e
	}
	m := in.find(s, c.path("message_id"))
	if m == nil {
		return 0, nil, knownError(10008)
	}
	return http.StatusOK, m.raw, nil
}

func editFollowUp(s *Server, c *call) (int, any, *apiError) {
	in, e := s.followed(c)
	if e != nil {
		return 0, nil, e
	}
	m := in.find(s, c.path("message_id"))
	if m == nil {
		return 0, nil, knownError(10008)
	}
	if e := s.refill(in, m, c); e != nil {
		return 0, nil, e
	}
	return http.StatusOK, m.raw, nil
}

func (s *Server) refill(in *interaction, m *message, c *call) *apiError {
	if e := s.edit(m, c, c.object()); e != nil {
		return e
	}
	if m == in.original {
		in.waiting = false
	}
	s.notify()
	return nil
}

func deleteFollowUp(s *Server, c *call) (int, any, *apiError) {
	in, e := s.followed(c)
	if e != nil {
		return 0, nil, e
	}
	m := in.find(s, c.path("message_id"))
	if m == nil {
		return 0, nil, knownError(10008)
	}
	if m == in.original {
		in.waiting = false
	}
	s.remove(m)
	return http.StatusNoContent, nil, nil
}
