package discordtest

import (
	"encoding/json"
	"strings"
	"time"
)

// object is a JSON object as Discord reads or writes it. Numbers that were read
// are [json.Number], so that large ones stay whole.
type object = map[string]any

func asObject(v any) object { o, _ := v.(object); return o }
func asList(v any) []any    { l, _ := v.([]any); return l }
func asString(v any) string { s, _ := v.(string); return s }

func asInt(v any) int64 {
	switch n := v.(type) {
	case json.Number:
		i, _ := n.Int64()
		return i
	case int:
		return int64(n)
	case int64:
		return n
	case float64:
		return int64(n)
	}
	return 0
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func userJSON(u *User) object {
	return object{
		"id": u.ID, "username": strings.ToLower(u.Name), "global_name": u.Name, "avatar": nil,
		"discriminator": "0", "public_flags": 0, "flags": 0, "primary_guild": nil, "bot": u.Bot,
	}
}

func roleJSON(r *role, position int) object {
	return object{
		"id": r.id, "name": r.name, "permissions": r.permissions.String(), "position": position,
		"color": 0, "colors": object{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil},
		"hoist": false, "managed": false, "mentionable": r.mentionable, "icon": nil, "unicode_emoji": nil, "flags": 0,
	}
}

func (s *Server) rolesJSON(g *guild) []any {
	list := []any{}
	for i, r := range g.roles {
		list = append(list, roleJSON(r, i))
	}
	return list
}

func (s *Server) memberJSON(g *guild, user string) object {
	m := g.members[user]
	if m == nil {
		return nil
	}
	roles := []any{}
	for _, r := range m.roles {
		roles = append(roles, r)
	}
	return object{
		"user": userJSON(s.world.users[user]), "roles": roles, "joined_at": timestamp(m.joined),
		"nick": nil, "avatar": nil, "banner": nil, "communication_disabled_until": nil, "flags": 0,
		"pending": false, "premium_since": nil, "mute": false, "deaf": false,
	}
}

func (s *Server) channelJSON(c *channel) object {
	o := object{
		"id": c.id, "type": int(c.Type), "guild_id": c.Guild, "name": c.Name, "flags": 0,
		"parent_id": nullable(c.Parent), "last_message_id": nullable(c.last), "rate_limit_per_user": 0,
	}
	if c.thread() {
		o["owner_id"] = s.world.bot
		o["message_count"], o["member_count"], o["total_message_sent"] = 0, 1, 0
		created, _ := ParseID(c.id)
		o["thread_metadata"] = object{
			"archived": c.Archived, "locked": c.Locked, "auto_archive_duration": 1440,
			"archive_timestamp": timestamp(created), "create_timestamp": timestamp(created),
		}
		return o
	}
	position := 0
	if g := s.world.guild(c.Guild); g != nil {
		for i, x := range g.channels {
			if x == c {
				position = i
			}
		}
	}
	o["position"] = position
	o["nsfw"] = false
	o["topic"] = nil
	list := []any{}
	for id, w := range c.overwrites {
		kind := 1
		if w.role {
			kind = 0
		}
		list = append(list, object{"id": id, "type": kind, "allow": w.allow.String(), "deny": w.deny.String()})
	}
	o["permission_overwrites"] = list
	return o
}

func nullable(id string) any {
	if id == "" {
		return nil
	}
	return id
}

func (s *Server) guildJSON(g *guild) object {
	return object{
		"id": g.id, "name": g.name, "owner_id": g.owner, "icon": nil, "description": nil, "home_header": nil,
		"splash": nil, "discovery_splash": nil, "features": []any{}, "banner": nil, "application_id": nil,
		"region": "deprecated", "afk_channel_id": nil, "afk_timeout": 300, "system_channel_id": nil,
		"system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": nil, "verification_level": 0,
		"roles": s.rolesJSON(g), "default_message_notifications": 0, "mfa_level": 0, "explicit_content_filter": 0,
		"max_presences": nil, "max_members": 500000, "max_stage_video_channel_users": 50,
		"max_video_channel_users": 25, "vanity_url_code": nil, "premium_tier": 0, "premium_subscription_count": 0,
		"preferred_locale": g.locale, "rules_channel_id": nil, "safety_alerts_channel_id": nil,
		"public_updates_channel_id": nil, "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0,
		"emojis": []any{}, "stickers": []any{}, "incidents_data": nil,
	}
}

// guildCreateJSON is a guild as the gateway tells it: with channels and members.
func (s *Server) guildCreateJSON(g *guild) object {
	o := s.guildJSON(g)
	channels, threads := []any{}, []any{}
	for _, c := range g.channels {
		if c.thread() {
			threads = append(threads, s.channelJSON(c))
		} else {
			channels = append(channels, s.channelJSON(c))
		}
	}
	o["joined_at"] = timestamp(g.members[s.world.bot].joined)
	o["large"], o["unavailable"], o["member_count"] = false, false, len(g.members)
	o["voice_states"], o["presences"] = []any{}, []any{}
	o["stage_instances"], o["guild_scheduled_events"], o["soundboard_sounds"] = []any{}, []any{}, []any{}
	o["channels"], o["threads"] = channels, threads
	o["members"] = []any{s.memberJSON(g, s.world.bot)}
	return o
}

func (s *Server) applicationJSON() object {
	return object{
		"id": s.world.bot, "name": "Tocsin", "icon": nil, "description": "", "type": nil, "verify_key": strings.Repeat("0", 64),
		"flags": 0, "flags_new": "0", "redirect_uris": []any{}, "interactions_endpoint_url": nil,
		"role_connections_verification_url": nil, "owner": userJSON(s.world.users[s.world.reader]),
		"approximate_guild_count": len(s.world.guilds), "approximate_user_install_count": 0,
		"approximate_user_authorization_count": 0, "explicit_content_filter": 0, "team": nil,
		"eligible_oauth2_scopes": []any{"bot", "applications.commands"}, "bot_public": true,
		"bot_require_code_grant": false, "bot": userJSON(s.world.users[s.world.bot]),
	}
}
