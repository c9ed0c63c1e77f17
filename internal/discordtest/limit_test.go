package discordtest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func rep(n int) string { return strings.Repeat("é", n) }

func many(n int, item func(i int) object) []any {
	list := []any{}
	for i := range n {
		list = append(list, item(i))
	}
	return list
}

func embed(o object) object { return object{"embeds": []any{o}} }

func row(list ...any) object { return object{"type": 1, "components": list} }

func button(id string) object {
	return object{"type": 2, "style": 1, "label": "x", "custom_id": id}
}

func rows(list ...any) object { return object{"content": "x", "components": list} }

func v2(list ...any) object { return object{"flags": ComponentsV2, "components": list} }

func text(n int) object { return object{"type": 10, "content": rep(n)} }

func field(name, value int) object { return object{"name": rep(name), "value": rep(value)} }

func selectMenu(options int) object {
	return object{"type": 3, "custom_id": "s", "options": many(options, func(i int) object {
		return object{"label": "l", "value": strconv.Itoa(i)}
	})}
}

func TestMessageLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		good object // at the limit, accepted; nil for none
		bad  object // beyond it
		path string // of the error; "" for the whole
		code string
	}{
		{"content", object{"content": rep(2000)}, object{"content": rep(2001)}, "content", "BASE_TYPE_MAX_LENGTH"},
		{"content is trimmed", object{"content": "  " + rep(2000) + "\n"}, nil, "", ""},
		{"embeds", object{"embeds": many(10, func(int) object { return object{"title": "t"} })},
			object{"embeds": many(11, func(int) object { return object{"title": "t"} })}, "embeds", "BASE_TYPE_MAX_LENGTH"},
		{"title", embed(object{"title": rep(256)}), embed(object{"title": rep(257)}), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"},
		{"description", embed(object{"description": rep(4096)}), embed(object{"description": rep(4097)}), "embeds.0.description", "BASE_TYPE_MAX_LENGTH"},
		{"fields", embed(object{"fields": many(25, func(int) object { return field(1, 1) })}),
			embed(object{"fields": many(26, func(int) object { return field(1, 1) })}), "embeds.0.fields", "BASE_TYPE_MAX_LENGTH"},
		{"field name", embed(object{"fields": []any{field(256, 1)}}), embed(object{"fields": []any{field(257, 1)}}), "embeds.0.fields.0.name", "BASE_TYPE_BAD_LENGTH"},
		{"field value", embed(object{"fields": []any{field(1, 1024)}}), embed(object{"fields": []any{field(1, 1025)}}), "embeds.0.fields.0.value", "BASE_TYPE_BAD_LENGTH"},
		{"field without value", nil, embed(object{"fields": []any{field(1, 0)}}), "embeds.0.fields.0.value", "BASE_TYPE_REQUIRED"},
		{"footer", embed(object{"footer": object{"text": rep(2048)}}), embed(object{"footer": object{"text": rep(2049)}}), "embeds.0.footer.text", "BASE_TYPE_MAX_LENGTH"},
		{"author", embed(object{"author": object{"name": rep(256)}}), embed(object{"author": object{"name": rep(257)}}), "embeds.0.author.name", "BASE_TYPE_BAD_LENGTH"},
		{"all embeds", object{"embeds": []any{object{"description": rep(4000)}, object{"description": rep(2000)}}},
			object{"embeds": []any{object{"description": rep(4000)}, object{"description": rep(2000)}, object{"title": "x"}}}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"},
		{"color", embed(object{"title": "x", "color": 0xffffff}), embed(object{"title": "x", "color": 0x1000000}), "embeds.0.color", "NUMBER_TYPE_MAX"},
		{"address", embed(object{"title": "x", "url": "https://example.org/"}), embed(object{"title": "x", "url": "javascript:x"}), "embeds.0.url", "URL_TYPE_INVALID_URL"},
		{"mentions", object{"content": "x", "allowed_mentions": object{"parse": []any{"users"}, "roles": []any{"1"}}},
			object{"content": "x", "allowed_mentions": object{"parse": []any{"roles"}, "roles": []any{"1"}}}, "allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"},
		{"nonce", object{"content": "x", "nonce": strings.Repeat("n", 25)}, object{"content": "x", "nonce": strings.Repeat("n", 26)}, "nonce", "BASE_TYPE_MAX_LENGTH"},
		{"attachments", nil, object{"content": "x", "attachments": many(11, func(i int) object { return object{"id": strconv.Itoa(i)} })}, "attachments", "BASE_TYPE_MAX_LENGTH"},

		{"rows", rows(many(5, func(i int) object { return row(button(strconv.Itoa(i))) })...),
			rows(many(6, func(i int) object { return row(button(strconv.Itoa(i))) })...), "components", "BASE_TYPE_MAX_LENGTH"},
		{"buttons in a row", rows(row(many(5, func(i int) object { return button(strconv.Itoa(i)) })...)),
			rows(row(many(6, func(i int) object { return button(strconv.Itoa(i)) })...)), "components.0.components", "BASE_TYPE_BAD_LENGTH"},
		{"a select fills a row", rows(row(selectMenu(1))), rows(row(selectMenu(1), button("b"))), "components.0", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
		{"select options", rows(row(selectMenu(25))), rows(row(selectMenu(26))), "components.0.components.0.options", "BASE_TYPE_BAD_LENGTH"},
		{"custom id", rows(row(button(strings.Repeat("c", 100)))), rows(row(button(strings.Repeat("c", 101)))), "components.0.components.0.custom_id", "BASE_TYPE_BAD_LENGTH"},
		{"custom id missing", nil, rows(row(object{"type": 2, "style": 1, "label": "x"})), "components.0.components.0.custom_id", "BASE_TYPE_REQUIRED"},
		{"custom id twice", nil, rows(row(button("a"), button("a"))), "components.0.components.1.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"},
		{"button label", rows(row(object{"type": 2, "style": 1, "label": rep(80), "custom_id": "b"})),
			rows(row(object{"type": 2, "style": 1, "label": rep(81), "custom_id": "b"})), "components.0.components.0.label", "BASE_TYPE_MAX_LENGTH"},
		{"link button", rows(row(object{"type": 2, "style": 5, "label": "x", "url": "https://example.org/" + strings.Repeat("u", 492)})),
			rows(row(object{"type": 2, "style": 5, "label": "x", "url": "https://example.org/" + strings.Repeat("u", 493)})), "components.0.components.0.url", "BASE_TYPE_MAX_LENGTH"},
		{"link button without link", nil, rows(row(object{"type": 2, "style": 5, "label": "x"})), "components.0.components.0.url", "BASE_TYPE_REQUIRED"},
		{"button without a face", nil, rows(row(object{"type": 2, "style": 1, "custom_id": "x"})), "components.0.components.0", "BUTTON_COMPONENT_INVALID_EMPTY"},

		{"v2 components", v2(many(40, func(int) object { return text(1) })...), v2(many(41, func(int) object { return text(1) })...), "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"},
		{"v2 text", v2(text(2000), text(2000)), v2(text(2000), text(2001)), "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"},
		{"v2 container", v2(object{"type": 17, "components": []any{text(5), object{"type": 14}, row(button("a"))}}), nil, "", ""},
		{"v2 without the flag", nil, object{"components": []any{text(1)}}, "components.0.type", "UNION_TYPE_CHOICES"},
		{"v2 with content", nil, object{"flags": ComponentsV2, "content": "x", "components": []any{text(1)}}, "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"},
		{"section", v2(object{"type": 9, "components": []any{text(1), text(1), text(1)}, "accessory": button("a")}),
			v2(object{"type": 9, "components": []any{text(1), text(1), text(1), text(1)}, "accessory": button("a")}), "components.0.components", "BASE_TYPE_BAD_LENGTH"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cl := start(t)
			ch := cl.srv.AddChannel(Channel{})
			id := cl.create(ch, object{"content": "to be edited"})
			if c.good != nil {
				cl.create(ch, c.good)
			}
			if c.bad == nil {
				return
			}
			for _, described := range []bool{true, false} { // the limits hold without the description, too
				if !described {
					cl.srv.mu.Lock()
					cl.srv.spec = nil
					cl.srv.mu.Unlock()
				}
				calls := []answer{cl.do("POST", "/channels/"+ch+"/messages", c.bad)}
				if c.name != "nonce" {
					calls = append(calls, cl.do("PATCH", "/channels/"+ch+"/messages/"+id, c.bad))
				}
				for i, a := range calls {
					if a.status != http.StatusBadRequest || a.code() != 50035 || !slices.Contains(at(a.body["errors"], c.path), c.code) {
						t.Errorf("call %d: %d %s, want %s at %q", i, a.status, a.raw, c.code, c.path)
					}
				}
			}
			cl.provoked("")
		})
	}
}

func TestEmptyMessage(t *testing.T) {
	t.Parallel()
	c := start(t)
	ch := c.srv.AddChannel(Channel{})
	if a := c.do("POST", "/channels/"+ch+"/messages", object{"content": " \n"}); a.code() != 50006 {
		t.Errorf("blank message: %s", a.raw)
	}
	id := c.create(ch, object{"content": "x"})
	if a := c.do("PATCH", "/channels/"+ch+"/messages/"+id, object{"content": ""}); a.code() != 50006 {
		t.Errorf("edited to nothing: %s", a.raw)
	}
	c.provoked("empty")
}

func TestCommandLimits(t *testing.T) {
	t.Parallel()
	option := func(more object) object {
		o := object{"type": 3, "name": "o", "description": "d"}
		for k, v := range more {
			o[k] = v
		}
		return o
	}
	cmd := func(options ...any) object {
		return object{"name": "c", "description": "d", "options": options}
	}
	sub := func(name string, options ...any) object {
		return object{"type": 1, "name": name, "description": "d", "options": options}
	}
	big := cmd(many(20, func(i int) object {
		return option(object{"name": fmt.Sprint("o", i), "choices": many(25, func(j int) object {
			return object{"name": fmt.Sprint(j, strings.Repeat("n", 18)), "value": strconv.Itoa(j)}
		})})
	})...)
	for _, c := range []struct {
		name      string
		good, bad any
		path      string
		code      string
	}{
		{"commands", many(100, func(i int) object { return object{"name": fmt.Sprint("c", i), "description": "d"} }), nil, "", ""},
		{"name", object{"name": strings.Repeat("n", 32), "description": "d"}, object{"name": strings.Repeat("n", 33), "description": "d"}, "0.name", "APPLICATION_COMMAND_INVALID_NAME"},
		{"capital letters", nil, object{"name": "Status", "description": "d"}, "0.name", "APPLICATION_COMMAND_INVALID_NAME"},
		{"description", object{"name": "c", "description": rep(100)}, object{"name": "c", "description": rep(101)}, "0.description", "BASE_TYPE_BAD_LENGTH"},
		{"no description", nil, object{"name": "c"}, "0.description", "BASE_TYPE_REQUIRED"},
		{"options", cmd(many(25, func(i int) object { return option(object{"name": fmt.Sprint("o", i)}) })...),
			cmd(many(26, func(i int) object { return option(object{"name": fmt.Sprint("o", i)}) })...), "0.options", "BASE_TYPE_MAX_LENGTH"},
		{"choices", cmd(option(object{"choices": many(25, func(i int) object { return object{"name": "n", "value": strconv.Itoa(i)} })})),
			cmd(option(object{"choices": many(26, func(i int) object { return object{"name": "n", "value": strconv.Itoa(i)} })})), "0.options.0.choices", "BASE_TYPE_MAX_LENGTH"},
		{"choices and autocomplete", nil, cmd(option(object{"autocomplete": true, "choices": []any{object{"name": "n", "value": "v"}}})), "0.options.0", "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE"},
		{"required after optional", nil, cmd(option(nil), option(object{"name": "p", "required": true})), "0.options.1", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"},
		{"option twice", nil, cmd(option(nil), option(nil)), "0.options.1", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"},
		{"nesting", cmd(object{"type": 2, "name": "g", "description": "d", "options": []any{sub("s", option(nil))}}, sub("t")),
			cmd(sub("s", sub("t"))), "0.options.0.options.0", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		{"subcommands beside values", nil, cmd(sub("s"), option(nil)), "0.options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		{"size", nil, big, "0", "APPLICATION_COMMAND_TOO_LARGE"},
		{"name twice", nil, []any{object{"name": "c", "description": "d"}, object{"name": "c", "description": "e"}}, "1", "APPLICATION_COMMANDS_DUPLICATE_NAME"},
		{"permissions as a string", object{"name": "c", "description": "d", "default_member_permissions": "16"}, nil, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cl := start(t)
			put := func(v any) answer {
				if o, ok := v.(object); ok {
					v = []any{o}
				}
				return cl.do("PUT", "/applications/"+cl.srv.Application()+"/commands", v)
			}
			if c.good != nil {
				if a := put(c.good); a.status != http.StatusOK {
					t.Errorf("at the limit: %d %s", a.status, a.raw)
				}
			}
			if c.bad == nil {
				return
			}
			if a := put(c.bad); a.code() != 50035 || !slices.Contains(at(a.body["errors"], c.path), c.code) {
				t.Errorf("beyond: %d %s, want %s at %s", a.status, a.raw, c.code, c.path)
			}
			cl.provoked("")
		})
	}
	t.Run("too many", func(t *testing.T) {
		t.Parallel()
		cl := start(t)
		a := cl.do("PUT", "/applications/"+cl.srv.Application()+"/commands",
			many(101, func(i int) object { return object{"name": fmt.Sprint("c", i), "description": "d"} }))
		if a.code() != 30032 {
			t.Errorf("101 commands: %s", a.raw)
		}
		cl.provoked("")
	})
}
