package discordtest

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

// library is a session of discordgo that talks to the fake.
func library(t *testing.T, s *Server) *discordgo.Session {
	t.Helper()
	d, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	d.Client = &http.Client{Transport: s.Transport(), Timeout: 10 * time.Second}
	d.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages
	d.LogLevel = -1
	return d
}

var commands = []*discordgo.ApplicationCommand{
	{Name: "subscribe", Description: "Follow a rule", DefaultMemberPermissions: new(int64(discordgo.PermissionManageChannels)),
		Contexts: &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild},
		Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionString, Name: "rule", Description: "r", Required: true, Autocomplete: true},
			{Type: discordgo.ApplicationCommandOptionChannel, Name: "channel", Description: "c", ChannelTypes: []discordgo.ChannelType{discordgo.ChannelTypeGuildText}},
			{Type: discordgo.ApplicationCommandOptionInteger, Name: "lines", Description: "l", MinValue: new(1.0), MaxValue: 10},
			{Type: discordgo.ApplicationCommandOptionString, Name: "pace", Description: "p", Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "At once", Value: "instant"}, {Name: "Daily", Value: "daily"}}},
			{Type: discordgo.ApplicationCommandOptionBoolean, Name: "quiet", Description: "q"},
			{Type: discordgo.ApplicationCommandOptionRole, Name: "ping", Description: "p"},
			{Type: discordgo.ApplicationCommandOptionAttachment, Name: "file", Description: "f"},
		}},
	{Name: "rules", Description: "Rules", Options: []*discordgo.ApplicationCommandOption{
		{Type: discordgo.ApplicationCommandOptionSubCommand, Name: "list", Description: "l"},
		{Type: discordgo.ApplicationCommandOptionSubCommandGroup, Name: "pack", Description: "g", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionSubCommand, Name: "add", Description: "a", Options: []*discordgo.ApplicationCommandOption{
				{Type: discordgo.ApplicationCommandOptionUser, Name: "owner", Description: "o", Required: true}}}}},
	}},
	{Name: "later", Description: "Deferred"},
	{Name: "form", Description: "A modal"},
	{Name: "menu", Description: "Buttons"},
	{Name: "never", Description: "No answer"},
}

// seen is what the bot understood of an interaction.
type seen struct {
	*discordgo.Interaction
}

// bot opens a session of discordgo that answers commands.
func bot(t *testing.T, s *Server) (*discordgo.Session, <-chan seen) {
	t.Helper()
	d := library(t, s)
	got := make(chan seen, 100)
	d.AddHandler(func(d *discordgo.Session, i *discordgo.InteractionCreate) {
		got <- seen{i.Interaction}
		if err := respond(d, i.Interaction); err != nil {
			t.Errorf("respond: %v", err)
		}
	})
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if _, err := d.ApplicationCommandBulkOverwrite(s.Application(), "", commands); err != nil {
		t.Fatal(err)
	}
	return d, got
}

func respond(d *discordgo.Session, i *discordgo.Interaction) error {
	message := func(kind discordgo.InteractionResponseType, data *discordgo.InteractionResponseData) error {
		return d.InteractionRespond(i, &discordgo.InteractionResponse{Type: kind, Data: data})
	}
	none := &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
	switch i.Type {
	case discordgo.InteractionApplicationCommandAutocomplete:
		typed := i.ApplicationCommandData().Options[0].StringValue()
		return message(discordgo.InteractionApplicationCommandAutocompleteResult,
			&discordgo.InteractionResponseData{Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "Rule " + typed, Value: typed}}})
	case discordgo.InteractionModalSubmit:
		row := i.ModalSubmitData().Components[0].(*discordgo.ActionsRow)
		return message(discordgo.InteractionResponseChannelMessageWithSource,
			&discordgo.InteractionResponseData{Content: "you wrote " + row.Components[0].(*discordgo.TextInput).Value, AllowedMentions: none})
	case discordgo.InteractionMessageComponent:
		data := i.MessageComponentData()
		if data.CustomID == "gone" {
			if err := message(discordgo.InteractionResponseDeferredMessageUpdate, nil); err != nil {
				return err
			}
			_, err := d.InteractionResponseEdit(i, &discordgo.WebhookEdit{Content: new("deferred update"), AllowedMentions: none})
			return err
		}
		return message(discordgo.InteractionResponseUpdateMessage,
			&discordgo.InteractionResponseData{Content: "chose " + strings.Join(append([]string{data.CustomID}, data.Values...), " "), AllowedMentions: none})
	case discordgo.InteractionApplicationCommand, discordgo.InteractionPing:
	}
	switch i.ApplicationCommandData().Name {
	case "later":
		if err := message(discordgo.InteractionResponseDeferredChannelMessageWithSource, &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral}); err != nil {
			return err
		}
		if _, err := d.InteractionResponse(i); err != nil {
			return err
		}
		if _, err := d.InteractionResponseEdit(i, &discordgo.WebhookEdit{Content: new("done"), AllowedMentions: none}); err != nil {
			return err
		}
		_, err := d.FollowupMessageCreate(i, true, &discordgo.WebhookParams{Content: "and more", AllowedMentions: none})
		return err
	case "form":
		return message(discordgo.InteractionResponseModal, &discordgo.InteractionResponseData{CustomID: "m", Title: "Form", Components: []discordgo.MessageComponent{
			discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.TextInput{CustomID: "t", Label: "Text", Style: discordgo.TextInputShort, Required: true, MaxLength: 5}}}}})
	case "menu":
		return message(discordgo.InteractionResponseChannelMessageWithSource, &discordgo.InteractionResponseData{Content: "choose", Flags: discordgo.MessageFlagsEphemeral, AllowedMentions: none,
			Components: []discordgo.MessageComponent{
				discordgo.ActionsRow{Components: []discordgo.MessageComponent{
					discordgo.Button{Label: "Go", CustomID: "go"}, discordgo.Button{Label: "Gone", CustomID: "gone"}, discordgo.Button{Label: "Off", CustomID: "off", Disabled: true}}},
				discordgo.ActionsRow{Components: []discordgo.MessageComponent{
					discordgo.SelectMenu{CustomID: "pick", Options: []discordgo.SelectMenuOption{{Label: "A", Value: "a"}, {Label: "B", Value: "b"}}}}}}})
	case "never":
		return nil
	}
	return message(discordgo.InteractionResponseChannelMessageWithSource, &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral, AllowedMentions: none,
		Embeds: []*discordgo.MessageEmbed{{Title: "ok", Description: i.ApplicationCommandData().Name}}})
}

func TestDiscordgoInteractions(t *testing.T) {
	t.Parallel()
	s := New(t, checkResponses())
	guild := s.AddGuild("Newsroom")
	ch := s.AddChannel(Channel{Guild: guild, Name: "alerts", Deny: EmbedLinks})
	role := s.AddRole(guild, "watch", 0, true)
	_, got := bot(t, s)
	ctx := within(t)
	if _, err := s.WaitCommand(ctx, guild, "subscribe"); err != nil {
		t.Fatal(err)
	}
	admin := Person{Permissions: MemberDefault | ManageChannels, Locale: "fr"}

	t.Run("command", func(t *testing.T) {
		r, err := s.Invoke(ctx, Command{Person: admin, Channel: ch, Name: "subscribe", Options: map[string]any{
			"rule": "blackout", "channel": ch, "lines": 5, "pace": "daily", "quiet": true, "ping": role, "file": File{Name: "a.yaml", Data: []byte("x")}}})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Ephemeral() || r.Type != ReplyMessage || r.Embeds[0].Title != "ok" || r.Message.Interaction != r.Interaction {
			t.Errorf("%+v", r)
		}
		i := (<-got).Interaction
		data := i.ApplicationCommandData()
		if i.GuildID != guild || i.ChannelID != ch || i.Member.User.ID != s.Reader() || i.Locale != "fr" || *i.GuildLocale != "en-US" ||
			i.Member.Permissions != int64(admin.Permissions) || i.AppPermissions != int64(MemberDefault&^EmbedLinks) ||
			i.AuthorizingIntegrationOwners[discordgo.ApplicationIntegrationGuildInstall] != guild || i.Context != discordgo.InteractionContextGuild {
			t.Errorf("%+v", i)
		}
		if data.GetOption("rule").StringValue() != "blackout" || data.GetOption("lines").IntValue() != 5 || !data.GetOption("quiet").BoolValue() ||
			data.Resolved.Channels[ch].Name != "alerts" || data.Resolved.Roles[role].Name != "watch" || len(data.Resolved.Attachments) != 1 {
			t.Errorf("%+v", data)
		}
	})
	t.Run("subcommands nest", func(t *testing.T) {
		if _, err := s.Invoke(ctx, Command{Channel: ch, Name: "rules pack add", Options: map[string]any{"owner": s.Reader()}}); err != nil {
			t.Fatal(err)
		}
		data := (<-got).ApplicationCommandData()
		if o := data.Options[0]; o.Name != "pack" || o.Options[0].Name != "add" || o.Options[0].Options[0].UserValue(nil).ID != s.Reader() || data.Resolved.Users[s.Reader()] == nil {
			t.Errorf("%+v", data)
		}
	})
	t.Run("autocomplete", func(t *testing.T) {
		choices, err := s.Complete(ctx, Command{Person: admin, Channel: ch, Name: "subscribe", Options: map[string]any{"rule": "bla"}}, "rule")
		if err != nil || len(choices) != 1 || choices[0] != (Choice{"Rule bla", "bla"}) {
			t.Errorf("%+v %v", choices, err)
		}
		if o := (<-got).ApplicationCommandData().Options[0]; !o.Focused {
			t.Errorf("%+v", o)
		}
	})
	t.Run("deferred", func(t *testing.T) {
		r, err := s.Invoke(ctx, Command{Channel: ch, Name: "later"})
		if err != nil || r.Content != "done" || !r.Ephemeral() || r.Type != ReplyDeferred || r.Flags&Loading != 0 || len(r.History) != 2 {
			t.Errorf("%+v %v", r, err)
		}
		r, err = s.WaitReply(ctx, r.Interaction, func(r Reply) bool { return len(r.FollowUps) == 1 })
		if err != nil || r.FollowUps[0].Content != "and more" {
			t.Errorf("%+v %v", r, err)
		}
	})
	t.Run("buttons and menus", func(t *testing.T) {
		menu := func() Reply {
			r, err := s.Invoke(ctx, Command{Channel: ch, Name: "menu"})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := menu()
		if len(s.Messages(ch)) > 1 {
			t.Error("others see an ephemeral reply")
		}
		button, ok := r.Button("Go")
		if !ok {
			t.Fatalf("no such button: %s", r.Text())
		}
		after, err := s.Click(ctx, Click{Message: r.ID, CustomID: button.CustomID})
		if err != nil || after.Type != ReplyUpdate || after.Content != "chose go" || after.ID != r.ID {
			t.Errorf("%+v %v", after, err)
		}
		if after, err = s.Click(ctx, Click{Message: menu().ID, CustomID: "pick", Values: []string{"b"}}); err != nil || after.Content != "chose pick b" {
			t.Errorf("%+v %v", after, err)
		}
		if after, err = s.Click(ctx, Click{Message: menu().ID, CustomID: "gone"}); err != nil || after.Content != "deferred update" {
			t.Errorf("%+v %v", after, err)
		}
		for _, wrong := range []Click{{Message: r.ID, CustomID: "nothing"}, {Message: r.ID, CustomID: "off"}, {Message: r.ID, CustomID: "pick", Values: []string{"z"}},
			{Message: r.ID, CustomID: "pick"}, {Message: "1", CustomID: "go"}} {
			if _, err := s.Click(ctx, wrong); err == nil {
				t.Errorf("%+v was possible", wrong)
			}
		}
	})
	t.Run("modal", func(t *testing.T) {
		r, err := s.Invoke(ctx, Command{Channel: ch, Name: "form"})
		if err != nil || r.Modal == nil || r.Modal.Title != "Form" {
			t.Fatalf("%+v %v", r, err)
		}
		for _, wrong := range []map[string]string{{}, {"t": "too long"}, {"t": "x", "u": "y"}} {
			if _, err := s.Submit(ctx, Submission{Interaction: r.Interaction, Values: wrong}); err == nil {
				t.Errorf("%v was possible", wrong)
			}
		}
		if r, err = s.Submit(ctx, Submission{Interaction: r.Interaction, Values: map[string]string{"t": "hello"}}); err != nil || r.Content != "you wrote hello" {
			t.Errorf("%+v %v", r, err)
		}
	})
	t.Run("refused by the client", func(t *testing.T) {
		other := s.AddChannel(Channel{Guild: s.AddGuild("elsewhere")})
		news := s.AddChannel(Channel{Guild: guild, Type: AnnouncementChannel})
		for _, wrong := range []Command{
			{Person: admin, Channel: ch, Name: "unknown"},
			{Person: admin, Channel: ch, Name: ""},
			{Person: admin, Channel: ch, Name: "rules"},
			{Person: admin, Channel: ch, Name: "rules remove"},
			{Person: admin, Channel: "1", Name: "rules list"},
			{Person: admin, Channel: ch, Name: "rules list", Options: map[string]any{"x": 1}},
			{Person: admin, Channel: ch, Name: "subscribe"},
			{Person: admin, Channel: ch, Name: "subscribe", Options: map[string]any{"rule": 1}},
			{Person: admin, Channel: ch, Name: "subscribe", Options: map[string]any{"rule": "x", "lines": 11}},
			{Person: admin, Channel: ch, Name: "subscribe", Options: map[string]any{"rule": "x", "lines": 1.5}},
			{Person: admin, Channel: ch, Name: "subscribe", Options: map[string]any{"rule": "x", "pace": "weekly"}},
			{Person: admin, Channel: ch, Name: "subscribe", Options: map[string]any{"rule": "x", "channel": news}},
			{Person: admin, Channel: ch, Name: "subscribe", Options: map[string]any{"rule": "x", "channel": other}},
			{Person: admin, Channel: ch, Name: "subscribe", Options: map[string]any{"rule": "x", "ping": "1"}},
		} {
			if _, err := s.Invoke(ctx, wrong); err == nil || errors.Is(err, ErrNoAnswer) {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		if _, err := s.Invoke(ctx, Command{Channel: ch, Name: "subscribe", Options: map[string]any{"rule": "x"}}); !errors.Is(err, ErrHidden) {
			t.Errorf("a member without permission: %v", err)
		}
		if _, err := s.Invoke(ctx, Command{Person: Person{Override: true}, Channel: ch, Name: "subscribe", Options: map[string]any{"rule": "x"}}); err != nil {
			t.Errorf("a member let in by an administrator: %v", err)
		}
	})
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	s := New(t, AnswerWithin(200*time.Millisecond), checkResponses())
	ch := s.AddChannel(Channel{})
	d, got := bot(t, s)
	if _, err := s.Invoke(within(t), Command{Channel: ch, Name: "never"}); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("%v", err)
	}
	late := (<-got).Interaction
	var rest *discordgo.RESTError
	err := d.InteractionRespond(late, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseChannelMessageWithSource,
		Data: &discordgo.InteractionResponseData{Content: "late"}})
	if !errors.As(err, &rest) || rest.Message == nil || rest.Message.Code != 10062 {
		t.Errorf("an answer after the time: %v", err)
	}
	d.Close()
	if err := s.WaitGateway(within(t), func(g GatewayStats) bool { return g.Ready == 0 }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invoke(within(t), Command{Channel: ch, Name: "later"}); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestDiscordgoMessages(t *testing.T) {
	t.Parallel()
	s := New(t, checkResponses())
	ch := s.AddChannel(Channel{Name: "alerts"})
	d := library(t, s)
	none := &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
	green := 0x00ff00
	sent, err := d.ChannelMessageSendComplex(ch, &discordgo.MessageSend{
		Embeds: []*discordgo.MessageEmbed{{Title: "t", URL: "https://example.org/", Description: "d", Color: green, Timestamp: "2026-08-01T10:00:00Z",
			Footer: &discordgo.MessageEmbedFooter{Text: "f"}, Author: &discordgo.MessageEmbedAuthor{Name: "a"},
			Fields: []*discordgo.MessageEmbedField{{Name: "n", Value: "v", Inline: true}}}},
		Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: "Open", Style: discordgo.LinkButton, URL: "https://example.org/"}}}},
		Files:           []*discordgo.File{{Name: "n.txt", ContentType: "text/plain", Reader: strings.NewReader("x")}},
		AllowedMentions: none,
	})
	if err != nil {
		t.Fatal(err)
	}
	if sent.Embeds[0].Fields[0].Value != "v" || len(sent.Attachments) != 1 || len(sent.Components) != 1 || sent.Author.ID != s.Application() {
		t.Errorf("%+v", sent)
	}
	edited, err := d.ChannelMessageEditComplex(&discordgo.MessageEdit{ID: sent.ID, Channel: ch, Content: new("edited"), AllowedMentions: none})
	if err != nil || edited.Content != "edited" || edited.EditedTimestamp == nil {
		t.Errorf("%+v %v", edited, err)
	}
	if _, err := d.ChannelMessageSendComplex(ch, &discordgo.MessageSend{Flags: discordgo.MessageFlagsIsComponentsV2, AllowedMentions: none,
		Components: []discordgo.MessageComponent{discordgo.Container{AccentColor: &green, Components: []discordgo.MessageComponent{
			discordgo.TextDisplay{Content: "# hello"}, discordgo.Separator{},
			discordgo.Section{Components: []discordgo.MessageComponent{discordgo.TextDisplay{Content: "x"}}, Accessory: discordgo.Button{Label: "b", Style: discordgo.PrimaryButton, CustomID: "c"}},
		}}}}); err != nil {
		t.Error(err)
	}
	list, err := d.ChannelMessages(ch, 10, "", "", "")
	if err != nil || len(list) != 2 || list[1].ID != sent.ID {
		t.Errorf("%v %v", list, err)
	}
	if c, err := d.Channel(ch); err != nil || c.Name != "alerts" || len(c.PermissionOverwrites) != 0 {
		t.Errorf("%+v %v", c, err)
	}
	if me, err := d.User("@me"); err != nil || me.ID != s.Application() || !me.Bot {
		t.Errorf("%+v %v", me, err)
	}
	if app, err := d.Application("@me"); err != nil || app.ID != s.Application() {
		t.Errorf("%+v %v", app, err)
	}
	if b, err := d.GatewayBot(); err != nil || b.SessionStartLimit.MaxConcurrency != 1 || !strings.HasPrefix(b.URL, "ws://") {
		t.Errorf("%+v %v", b, err)
	}
	if err := d.ChannelMessageDelete(ch, sent.ID); err != nil {
		t.Error(err)
	}
	s.Fail(Create(ch), RouteLimited(time.Minute), 1)
	var limited *discordgo.RateLimitError
	if _, err := d.ChannelMessageSend(ch, "x", discordgo.WithRetryOnRatelimit(false)); !errors.As(err, &limited) || limited.RetryAfter != time.Minute {
		t.Errorf("%v", err)
	}
}

func TestDiscordgoResumes(t *testing.T) {
	t.Parallel()
	s := New(t)
	guild := s.AddGuild(strings.Repeat("a long name makes READY's neighbours large enough to be compressed ", 20))
	d := library(t, s)
	created := make(chan string, 10)
	resumed := make(chan bool, 1)
	d.AddHandler(func(_ *discordgo.Session, e *discordgo.GuildCreate) { created <- e.ID })
	d.AddHandler(func(*discordgo.Session, *discordgo.Resumed) { resumed <- true })
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	ctx := within(t)
	if err := s.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	if got := receive(ctx, created); got != guild {
		t.Errorf("guild %q", got)
	}
	if !bytes.Contains(s.Gateway().Identify, []byte(`"intents"`)) || bytes.Contains(s.Gateway().Identify, []byte(s.Token())) {
		t.Errorf("%s", s.Gateway().Identify)
	}
	s.CloseGateway(4000)
	missed := s.AddGuild("missed")
	if got := receive(ctx, created); got != missed {
		t.Errorf("the event of the gap: %q", got)
	}
	if !receive(ctx, resumed) {
		t.Error("not resumed")
	}
	if g := s.Gateway(); g.Identifies != 1 || g.Resumes != 1 {
		t.Errorf("%+v", g)
	}
}

func receive[T any](ctx context.Context, c <-chan T) (v T) {
	select {
	case v = <-c:
	case <-ctx.Done():
	}
	return v
}
