package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"tocsin/feed"
)

// open opens a file to read; "-" is standard input.
func (p *program) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.in), nil
	}
	return os.Open(name)
}

// readEntries reads entries as JSON, one object a line. It also takes what
// `tocsin read --format json` prints, since that is what people have at hand.
func (p *program) readEntries(name string) ([]feed.Entry, error) {
	f, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	var entries []feed.Entry
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var e struct {
			feed.Entry
			Entries []feed.Entry `json:"entries"`
		}
		start := int(dec.InputOffset())
		err := dec.Decode(&e)
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: not an entry: %w", name, lineAfter(data, start), explain(err))
		}
		if e.Entries != nil {
			entries = append(entries, e.Entries...)
			continue
		}
		if e.ID == "" {
			e.ID = fmt.Sprintf("%s:%d", name, len(entries)+1)
		}
		entries = append(entries, e.Entry)
	}
}

// explain words a value of a wrong type without the names of Go.
func explain(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%q is a JSON %s, which does not belong there", strings.TrimPrefix(wrong.Field, "Entry."), wrong.Value)
	}
	return err
}

// lineAfter is the number of the line in which the next value after offset begins.
func lineAfter(data []byte, offset int) int {
	offset = min(offset, len(data))
	rest := data[offset:]
	offset += len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
	return 1 + bytes.Count(data[:offset], []byte("\n"))
}
