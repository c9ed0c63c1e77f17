package discordtest

import "strconv"

// Permissions is a set of Discord's permission bits.
// https://discord.com/developers/docs/topics/permissions
type Permissions int64

// The permissions that the fake knows about.
const (
	Administrator         Permissions = 1 << 3
	ManageChannels        Permissions = 1 << 4
	ManageGuild           Permissions = 1 << 5
	ViewChannel           Permissions = 1 << 10
	SendMessages          Permissions = 1 << 11
	ManageMessages        Permissions = 1 << 13
	EmbedLinks            Permissions = 1 << 14
	AttachFiles           Permissions = 1 << 15
	ReadMessageHistory    Permissions = 1 << 16
	MentionEveryone       Permissions = 1 << 17
	UseApplicationCommand Permissions = 1 << 31
	ManageThreads         Permissions = 1 << 34
	SendMessagesInThreads Permissions = 1 << 38

	// MemberDefault is what everybody may do in a new guild.
	MemberDefault = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory |
		UseApplicationCommand | SendMessagesInThreads
	// allPermissions covers the bits that Discord has given out.
	allPermissions Permissions = 1<<53 - 1
)

func (p Permissions) has(want Permissions) bool { return p&want == want }

// String is the decimal form in which Discord writes permissions.
func (p Permissions) String() string { return strconv.FormatInt(int64(p), 10) }

// permissions computes what a member may do in a channel, in Discord's order:
// everyone, roles, then the channel's overwrites for everyone, roles and member.
// A thread has the permissions of its parent.
func (w *world) permissions(g *guild, c *channel, user string) Permissions {
	if g.owner == user {
		return allPermissions
	}
	base := g.role(g.id).permissions
	member := g.members[user]
	var roles []string
	if member != nil {
		roles = member.roles
	}
	for _, id := range roles {
		if r := g.role(id); r != nil {
			base |= r.permissions
		}
	}
	if base.has(Administrator) {
		return allPermissions
	}
	if c == nil {
		return base
	}
	if c.thread() && w.channels[c.Parent] != nil {
		c = w.channels[c.Parent]
	}
	apply := func(o overwrite) { base = base&^o.deny | o.allow }
	if o, ok := c.overwrites[g.id]; ok {
		apply(o)
	}
	var ofRoles overwrite
	for _, id := range roles {
		ofRoles.allow |= c.overwrites[id].allow
		ofRoles.deny |= c.overwrites[id].deny
	}
	apply(ofRoles)
	if o, ok := c.overwrites[user]; ok {
		apply(o)
	}
	return base
}
