package discordtest

import "strconv"

// Types of component.
// https://discord.com/developers/docs/components/reference
const (
	actionRow   = 1
	buttonType  = 2
	selectType  = 3
	textInput   = 4
	section     = 9
	textDisplay = 10
	thumbnail   = 11
	gallery     = 12
	fileType    = 13
	separator   = 14
	container   = 17
	label       = 18
)

// Limits of components.
const (
	maxRows         = 5
	maxInRow        = 5
	maxComponents   = 40   // nested ones included
	maxText         = 4000 // over all text displays of a message
	maxCustomID     = 100
	maxLabel        = 80
	maxButtonURL    = 512
	maxChoices      = 25
	maxPlaceholder  = 150
	maxGallery      = 10
	maxModalTitle   = 45
	maxModalRows    = 5
	maxInput        = 4000
	maxInputLabel   = 45
	maxLabelDetails = 100
)

// each walks a decoded tree of components with the path of each.
func each(path string, list []any, visit func(path string, c object)) {
	for i, x := range list {
		c, at := asObject(x), path+"."+strconv.Itoa(i)
		if c == nil {
			continue
		}
		visit(at, c)
		each(at+".components", asList(c["components"]), visit)
		for _, k := range []string{"accessory", "component"} {
			if inner := asObject(c[k]); inner != nil {
				visit(at+"."+k, inner)
			}
		}
	}
}

func (ps *problems) messageComponents(path string, list []any, v2 bool) {
	total, text := 0, 0
	each(path, list, func(at string, c object) {
		total++
		kind := asInt(c["type"])
		if kind >= section && kind <= container && !v2 {
			ps.add(at+".type", "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1,) without MessageFlags.IS_COMPONENTS_V2.")
		}
		switch kind {
		case textDisplay:
			n := characters(asString(c["content"]))
			text += n
			if n == 0 {
				ps.add(at+".content", "BASE_TYPE_REQUIRED", "This field is required")
			}
		case textInput, label:
			ps.add(at+".type", "COMPONENT_TYPE_INVALID", "The specified component type is invalid in this context.")
		}
		ps.component(at, c)
	})
	if v2 {
		if total > maxComponents {
			ps.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The maximum number of components allowed is %d", maxComponents)
		}
		if text > maxText {
			ps.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "Components displayable text size exceeds maximum size of %d", maxText)
		}
	} else {
		ps.size(path, list, 0, maxRows)
		for i, x := range list {
			if kind := asInt(asObject(x)["type"]); kind != actionRow && (kind < section || kind > container) {
				ps.add(path+"."+strconv.Itoa(i)+".type", "COMPONENT_TYPE_INVALID", "The specified component type is invalid in this context.")
			}
		}
	}
	ps.uniqueIDs(path, list)
}

func (ps *problems) uniqueIDs(path string, list []any) {
	custom, ids := map[string]bool{}, map[int64]bool{}
	each(path, list, func(at string, c object) {
		if id := asString(c["custom_id"]); id != "" {
			if custom[id] {
				ps.add(at+".custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
			}
			custom[id] = true
		}
		if id := asInt(c["id"]); id != 0 {
			if ids[id] {
				ps.add(at+".id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
			}
			ids[id] = true
		}
	})
}

// component checks one component without what it holds.
func (ps *problems) component(at string, c object) {
	inner := asList(c["components"])
	switch kind := asInt(c["type"]); kind {
	case actionRow:
		ps.size(at+".components", inner, 1, maxInRow)
		for _, x := range inner {
			if k := asInt(asObject(x)["type"]); k != buttonType && len(inner) > 1 {
				ps.add(at, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
			}
		}
	case buttonType:
		ps.button(at, c)
	case selectType, 5, 6, 7, 8:
		ps.length(at+".custom_id", c["custom_id"], 1, maxCustomID, false)
		ps.length(at+".placeholder", c["placeholder"], 0, maxPlaceholder, false)
		if kind == selectType {
			ps.size(at+".options", c["options"], 1, maxChoices)
			values := map[string]bool{}
			for i, x := range asList(c["options"]) {
				o, at := asObject(x), at+".options."+strconv.Itoa(i)
				ps.length(at+".label", o["label"], 1, 100, false)
				ps.length(at+".value", o["value"], 1, 100, false)
				ps.length(at+".description", o["description"], 0, 100, false)
				if v := asString(o["value"]); values[v] {
					ps.add(at+".value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
				} else {
					values[v] = true
				}
			}
		}
	case section:
		ps.size(at+".components", inner, 1, 3)
		if asObject(c["accessory"]) == nil {
			ps.add(at+".accessory", "BASE_TYPE_REQUIRED", "This field is required")
		}
	case gallery:
		ps.size(at+".items", c["items"], 1, maxGallery)
	case textInput:
		ps.length(at+".custom_id", c["custom_id"], 1, maxCustomID, false)
		ps.length(at+".value", c["value"], 0, maxInput, false)
		ps.length(at+".placeholder", c["placeholder"], 0, 100, false)
	case label:
		ps.length(at+".label", c["label"], 1, maxInputLabel, false)
		ps.length(at+".description", c["description"], 0, maxLabelDetails, false)
	case textDisplay, thumbnail, fileType, separator, container:
	}
}

func (ps *problems) button(at string, c object) {
	ps.length(at+".label", c["label"], 0, maxLabel, false)
	id, link := asString(c["custom_id"]), asString(c["url"])
	if c["label"] == nil && c["emoji"] == nil || asString(c["label"]) == "" && c["emoji"] == nil {
		if asInt(c["style"]) != 6 {
			ps.add(at, "BUTTON_COMPONENT_INVALID_EMPTY", "A button must have a label or an emoji")
		}
	}
	switch style := asInt(c["style"]); {
	case style >= 1 && style <= 4:
		ps.length(at+".custom_id", nullable(id), 1, maxCustomID, false)
		if link != "" {
			ps.add(at+".url", "BUTTON_COMPONENT_UNEXPECTED_URL", "A url cannot be specified for this style of button")
		}
	case style == 5:
		if link == "" {
			ps.add(at+".url", "BASE_TYPE_REQUIRED", "This field is required")
		}
		ps.web(at+".url", c["url"], maxButtonURL, "discord://")
		if id != "" {
			ps.add(at+".custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
		}
	case style == 6:
	default:
		ps.add(at+".style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
	}
}

func (ps *problems) modal(path string, o object) {
	ps.length(path+".custom_id", o["custom_id"], 1, maxCustomID, false)
	ps.length(path+".title", o["title"], 1, maxModalTitle, false)
	list := asList(o["components"])
	ps.size(path+".components", list, 1, maxModalRows)
	each(path+".components", list, func(at string, c object) {
		switch kind := asInt(c["type"]); kind {
		case buttonType, section, thumbnail, gallery, fileType, separator, container:
			ps.add(at+".type", "COMPONENT_TYPE_INVALID", "The specified component type is invalid in this context.")
		case actionRow:
			for i, x := range asList(c["components"]) {
				in := asObject(x)
				ps.length(at+".components."+strconv.Itoa(i)+".label", in["label"], 1, maxInputLabel, false)
			}
		}
		ps.component(at, c)
	})
	ps.uniqueIDs(path+".components", list)
}
