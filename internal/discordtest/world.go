package discordtest

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// ChannelType is Discord's number for a kind of channel.
type ChannelType int

// The types of channel.
const (
	TextChannel         ChannelType = 0
	VoiceChannel        ChannelType = 2
	Category            ChannelType = 4
	AnnouncementChannel ChannelType = 5
	AnnouncementThread  ChannelType = 10
	PublicThread        ChannelType = 11
	PrivateThread       ChannelType = 12
	ForumChannel        ChannelType = 15
)

// Channel describes a channel to [Server.AddChannel].
type Channel struct {
	Guild string // its guild; "" is the first one, made if there is none
	Name  string // "" makes one up
	Type  ChannelType
	// Permissions is exactly what the bot may do there; 0 leaves it to the
	// guild's roles, which give [MemberDefault].
	Permissions Permissions
	// Deny is taken from what the bot may do there.
	Deny   Permissions
	Parent string // the category, or the channel of a thread
	// Archived and Locked are states of a thread.
	Archived, Locked bool
}

// User is somebody on Discord.
type User struct {
	ID, Name string
	Bot      bool
}

type world struct {
	bot      string // user and application
	reader   string // who uses commands unless a test names somebody
	users    map[string]*User
	guilds   []*guild
	channels map[string]*channel
}

type guild struct {
	id, name, owner string
	locale          string
	roles           []*role
	members         map[string]*member
	channels        []*channel
	unavailable     bool
}

type role struct {
	id, name    string
	permissions Permissions
	mentionable bool
}

type member struct {
	roles  []string
	joined time.Time
}

type channel struct {
	Channel
	id         string
	overwrites map[string]overwrite
	last       string // id of the last message
}

type overwrite struct {
	role        bool
	allow, deny Permissions
}

func newWorld(ids *snowflakes) world {
	w := world{users: map[string]*User{}, channels: map[string]*channel{}}
	w.bot = w.addUser(ids, "Tocsin", true)
	w.reader = w.addUser(ids, "reader", false)
	return w
}

func (w *world) addUser(ids *snowflakes, name string, bot bool) string {
	u := &User{ID: ids.next(), Name: name, Bot: bot}
	w.users[u.ID] = u
	return u.ID
}

func (w *world) guild(id string) *guild {
	i := slices.IndexFunc(w.guilds, func(g *guild) bool { return g.id == id })
	if i < 0 {
		return nil
	}
	return w.guilds[i]
}

func (g *guild) role(id string) *role {
	i := slices.IndexFunc(g.roles, func(r *role) bool { return r.id == id })
	if i < 0 {
		return nil
	}
	return g.roles[i]
}

func (c *channel) thread() bool { return c.Type >= AnnouncementThread && c.Type <= PrivateThread }

func (c *channel) takesMessages() bool { return c.Type != Category && c.Type != ForumChannel }

// Reader is the ID of the person who uses commands unless a test names another:
// a member of every guild without special permissions.
func (s *Server) Reader() string { return s.world.reader }

// AddGuild adds a guild that has the bot and returns its ID. A connected bot
// hears of it.
func (s *Server) AddGuild(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addGuild(name).id
}

func (s *Server) addGuild(name string) *guild {
	g := &guild{id: s.ids.next(), name: name, locale: "en-US", members: map[string]*member{}}
	g.owner = s.world.addUser(&s.ids, "owner", false)
	g.roles = []*role{{id: g.id, name: "@everyone", permissions: MemberDefault}}
	bot := &role{id: s.ids.next(), name: "Tocsin", permissions: MemberDefault}
	g.roles = append(g.roles, bot)
	g.members[g.owner] = &member{joined: time.Now()}
	g.members[s.world.bot] = &member{joined: time.Now(), roles: []string{bot.id}}
	g.members[s.world.reader] = &member{joined: time.Now()}
	s.world.guilds = append(s.world.guilds, g)
	s.dispatch(intentGuilds, g.id, "GUILD_CREATE", s.guildCreateJSON(g))
	s.notify()
	return g
}

// AddChannel adds a channel and returns its ID. It panics if c names a guild
// that does not exist.
func (s *Server) AddChannel(c Channel) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var g *guild
	switch {
	case c.Guild != "":
		if g = s.world.guild(c.Guild); g == nil {
			panic(fmt.Sprintf("discordtest: no guild %q", c.Guild))
		}
	case len(s.world.guilds) > 0:
		g = s.world.guilds[0]
	default:
		g = s.addGuild("guild")
	}
	c.Guild = g.id
	added := &channel{Channel: c, id: s.ids.next(), overwrites: map[string]overwrite{}}
	if c.Name == "" {
		added.Name = "channel-" + strconv.Itoa(len(g.channels)+1)
	}
	if c.Permissions != 0 {
		added.overwrites[s.world.bot] = overwrite{allow: c.Permissions, deny: allPermissions &^ c.Permissions}
	}
	if c.Deny != 0 {
		o := added.overwrites[s.world.bot]
		o.allow &^= c.Deny
		o.deny |= c.Deny
		added.overwrites[s.world.bot] = o
	}
	g.channels = append(g.channels, added)
	s.world.channels[added.id] = added
	event := "CHANNEL_CREATE"
	if added.thread() {
		event = "THREAD_CREATE"
	}
	s.dispatch(intentGuilds, g.id, event, s.channelJSON(added))
	s.notify()
	return added.id
}

// SetPermissions makes p exactly what the bot may do in a channel from now on.
func (s *Server) SetPermissions(channelID string, p Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.channels[channelID]
	if c == nil {
		return
	}
	c.overwrites[s.world.bot] = overwrite{allow: p, deny: allPermissions &^ p}
	s.dispatch(intentGuilds, c.Guild, "CHANNEL_UPDATE", s.channelJSON(c))
	s.notify()
}

// DeleteChannel deletes a channel with its messages.
func (s *Server) DeleteChannel(channelID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.channels[channelID]
	if c == nil {
		return
	}
	delete(s.world.channels, channelID)
	g := s.world.guild(c.Guild)
	g.channels = slices.DeleteFunc(g.channels, func(x *channel) bool { return x == c })
	event := "CHANNEL_DELETE"
	if c.thread() {
		event = "THREAD_DELETE"
	}
	s.dispatch(intentGuilds, c.Guild, event, s.channelJSON(c))
	s.notify()
}

// RemoveGuild throws the bot out of a guild.
func (s *Server) RemoveGuild(guildID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.world.guild(guildID)
	if g == nil {
		return
	}
	for _, c := range g.channels {
		delete(s.world.channels, c.id)
	}
	s.world.guilds = slices.DeleteFunc(s.world.guilds, func(x *guild) bool { return x == g })
	s.dispatch(intentGuilds, g.id, "GUILD_DELETE", object{"id": g.id})
	s.notify()
}

// SetOutage makes a guild unavailable, which is no removal, or available again.
func (s *Server) SetOutage(guildID string, unavailable bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.world.guild(guildID)
	if g == nil || g.unavailable == unavailable {
		return
	}
	g.unavailable = unavailable
	if unavailable {
		s.dispatch(intentGuilds, g.id, "GUILD_DELETE", object{"id": g.id, "unavailable": true})
	} else {
		s.dispatch(intentGuilds, g.id, "GUILD_CREATE", s.guildCreateJSON(g))
	}
	s.notify()
}

// AddRole adds a role to a guild and returns its ID; "" for an unknown guild.
func (s *Server) AddRole(guildID, name string, p Permissions, mentionable bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.world.guild(guildID)
	if g == nil {
		return ""
	}
	r := &role{id: s.ids.next(), name: name, permissions: p, mentionable: mentionable}
	g.roles = append(g.roles, r)
	s.dispatch(intentGuilds, g.id, "GUILD_ROLE_CREATE", object{"guild_id": g.id, "role": roleJSON(r, len(g.roles)-1)})
	return r.id
}

// AddUser adds somebody as a member of every guild there is, with these roles
// where they exist, and returns the ID.
func (s *Server) AddUser(name string, roles ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.world.addUser(&s.ids, name, false)
	for _, g := range s.world.guilds {
		m := &member{joined: time.Now()}
		for _, r := range roles {
			if g.role(r) != nil {
				m.roles = append(m.roles, r)
			}
		}
		g.members[id] = m
	}
	return id
}
