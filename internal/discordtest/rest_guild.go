package discordtest

import "net/http"

func getMe(s *Server, _ *call) (int, any, *apiError) {
	me := userJSON(s.world.users[s.world.bot])
	me["mfa_enabled"], me["locale"], me["verified"] = false, "en-US", true
	return http.StatusOK, me, nil
}

func getUser(s *Server, c *call) (int, any, *apiError) {
	u := s.world.users[c.path("user_id")]
	if u == nil {
		return 0, nil, knownError(10013)
	}
	return http.StatusOK, userJSON(u), nil
}

func getMyGuilds(s *Server, _ *call) (int, any, *apiError) {
	list := []any{}
	for _, g := range s.world.guilds {
		list = append(list, object{
			"id": g.id, "name": g.name, "icon": nil, "banner": nil, "owner": false, "features": []any{},
			"permissions": s.world.permissions(g, nil, s.world.bot).String(),
		})
	}
	return http.StatusOK, list, nil
}

func getApplication(s *Server, _ *call) (int, any, *apiError) {
	return http.StatusOK, s.applicationJSON(), nil
}

// inGuild is the guild of a call. A guild without the bot is a missing access.
func (s *Server) inGuild(c *call) (*guild, *apiError) {
	g := s.world.guild(c.path("guild_id"))
	if g == nil {
		return nil, knownError(10004)
	}
	return g, nil
}

func getGuild(s *Server, c *call) (int, any, *apiError) {
	g, e := s.inGuild(c)
	if e != nil {
		return 0, nil, e
	}
	o := s.guildJSON(g)
	if c.Query.Get("with_counts") == "true" {
		o["approximate_member_count"], o["approximate_presence_count"] = len(g.members), 1
	}
	return http.StatusOK, o, nil
}

func getGuildChannels(s *Server, c *call) (int, any, *apiError) {
	g, e := s.inGuild(c)
	if e != nil {
		return 0, nil, e
	}
	list := []any{}
	for _, ch := range g.channels {
		if !ch.thread() {
			list = append(list, s.channelJSON(ch))
		}
	}
	return http.StatusOK, list, nil
}

func getActiveThreads(s *Server, c *call) (int, any, *apiError) {
	g, e := s.inGuild(c)
	if e != nil {
		return 0, nil, e
	}
	list := []any{}
	for _, ch := range g.channels {
		if ch.thread() && !ch.Archived {
			list = append(list, s.channelJSON(ch))
		}
	}
	return http.StatusOK, object{"threads": list, "members": []any{}, "has_more": false}, nil
}

func getGuildRoles(s *Server, c *call) (int, any, *apiError) {
	g, e := s.inGuild(c)
	if e != nil {
		return 0, nil, e
	}
	return http.StatusOK, s.rolesJSON(g), nil
}

func getMember(s *Server, c *call) (int, any, *apiError) {
	g, e := s.inGuild(c)
	if e != nil {
		return 0, nil, e
	}
	m := s.memberJSON(g, c.path("user_id"))
	if m == nil {
		return 0, nil, knownError(10007)
	}
	return http.StatusOK, m, nil
}

func getChannel(s *Server, c *call) (int, any, *apiError) {
	ch, _, e := s.place(c)
	if e != nil {
		return 0, nil, e
	}
	return http.StatusOK, s.channelJSON(ch), nil
}

func getGateway(s *Server, _ *call) (int, any, *apiError) {
	return http.StatusOK, object{"url": s.gatewayURL()}, nil
}

func getGatewayBot(s *Server, _ *call) (int, any, *apiError) {
	return http.StatusOK, object{"url": s.gatewayURL(), "shards": 1, "session_start_limit": object{
		"total": 1000, "remaining": max(0, 1000-s.gate.stats.Identifies), "reset_after": 86400000,
		"max_concurrency": s.opts.maxConcurrency,
	}}, nil
}
