package demo

import (
	_ "embed"
	"strings"
	"time"

	"tocsin/feed"
	"tocsin/strict"
)

//go:embed story.yaml
var storyFile []byte

// Load reads the story that ships with the program.
func Load() (Story, error) { return parse("story.yaml", storyFile) }

// maxMinutes bounds the times in a story file: a week.
const maxMinutes = 7 * 24 * 60

// parse reads a story. The error holds everything that is wrong with it.
func parse(file string, data []byte) (Story, error) {
	var problems strict.Problems
	var s Story
	dawn, now := time.Duration(0), -maxMinutes*time.Minute
	if days, ok := strict.Read(file, data, &problems).Fields("days")["days"]; ok {
		for i, v := range days.List() {
			d := day{number: i + 1, dawn: dawn, now: now, entries: map[string]feed.Entry{}}
			d.read(v)
			s.Steps = append(s.Steps, d.steps...)
			dawn, now = dawn+d.length, d.now
		}
	}
	return s, problems.Err()
}

// day is one day of a story while it is read.
type day struct {
	number  int
	dawn    time.Duration // when it begins
	now     time.Duration // of the last step read
	length  time.Duration // until the next day begins
	slug    string
	title   string
	summary string
	entries map[string]feed.Entry // as they read now
	steps   []Step
}

func (d *day) read(v strict.Value) {
	f := v.Fields("slug", "title", "summary", "minutes", "steps")
	for _, key := range []string{"slug", "title", "summary", "minutes", "steps"} {
		if _, ok := f[key]; !ok {
			v.Problem("", "the day has no %s", key)
			return
		}
	}
	d.slug, d.title, d.summary = f["slug"].Text(), f["title"].Text(), f["summary"].Text()
	d.length = minutes(f["minutes"])
	for _, step := range f["steps"].List() {
		d.step(step)
	}
}

func minutes(v strict.Value) time.Duration {
	return time.Duration(v.Int(-maxMinutes, maxMinutes)) * time.Minute
}

// step reads one step. An edit names only what changes; the announcement of an entry
// without an id is that of the day's live blog.
func (d *day) step(v strict.Value) {
	f := v.Fields("at", "do", "id", "title", "text", "author", "tags")
	at, hasAt := f["at"]
	do, hasDo := f["do"]
	if !hasAt || !hasDo {
		v.Problem("", "a step needs at and do")
		return
	}
	s := Step{
		At: d.dawn + minutes(at), Day: d.number, Slug: d.slug,
		Do: Action(do.OneOf(string(Open), string(Put), string(Edit), string(Remove), string(Close), string(Announce))),
	}
	if s.At < d.now {
		at.Problem("", "the step comes before the step above it")
	}
	d.now = s.At
	id := ""
	if value, ok := f["id"]; ok {
		id = value.Text()
	}
	before, known := d.entries[id]
	switch {
	case s.Do == Open:
		s.Entry = feed.Entry{Title: d.title, Text: d.summary}
	case s.Do == Announce && id == "":
		s.Entry = feed.Entry{ID: d.slug, URL: BlogPath(d.slug), Title: running + d.title, Text: d.summary, Author: desk, Tags: []string{section}}
	case s.Do == Announce:
		s.Entry = feed.Entry{ID: id, URL: articlePath(id), Author: desk, Tags: []string{section}}
	case s.Do == Close:
	case id == "":
		v.Problem("", "the step names no id")
		return
	case s.Do == Put && known:
		v.Problem("use do: edit to change it", "the entry %q stands there already", id)
	case s.Do == Put:
		s.Entry = feed.Entry{ID: id, Author: desk}
	case !known:
		v.Problem("", "there is no entry %q at that moment", id)
	default:
		s.Entry = before
	}
	amend(&s.Entry, f)
	switch s.Do {
	case Put, Edit:
		d.entries[id] = s.Entry
	case Remove:
		delete(d.entries, id)
	}
	d.steps = append(d.steps, s)
}

// amend sets what the fields of a step say.
func amend(e *feed.Entry, f map[string]strict.Value) {
	if v, ok := f["title"]; ok {
		e.Title = v.Text()
	}
	if v, ok := f["text"]; ok {
		e.Text = strings.TrimSpace(v.Text())
	}
	if v, ok := f["author"]; ok {
		e.Author = v.Text()
	}
	if v, ok := f["tags"]; ok {
		e.Tags = v.Texts()
	}
}
