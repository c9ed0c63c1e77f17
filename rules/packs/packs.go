// Package packs holds the rule files that ship with the program.
package packs

import (
	"embed"
	"path"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Read returns the rule file of a pack; the error wraps [fs.ErrNotExist] if there is none.
func Read(name string) ([]byte, error) { return files.ReadFile(name + ".yaml") }

// Names lists the packs.
func Names() []string {
	var names []string
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(path.Base(e.Name()), ".yaml"))
	}
	return names
}
