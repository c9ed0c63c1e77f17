package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tocsin/rules/packs"
)

// packPrefix marks the name of a pack that ships with the program.
const packPrefix = "pack:"

// Load reads and compiles the rule files that the patterns name: paths, globs,
// or shipped packs ("pack:ukraine"). A glob may match nothing; a path must exist.
// Everything that is wrong is one error, of type [Problems].
func Load(patterns ...string) (*Set, error) {
	files, err := readFiles(patterns)
	if err != nil {
		return nil, err
	}
	return Compile(files...)
}

// readFiles reads each file that the patterns name once, in their order.
func readFiles(patterns []string) ([]File, error) {
	var files []File
	var problems Problems
	seen := map[string]bool{}
	for _, pattern := range patterns {
		names, err := expand(pattern)
		if err != nil {
			problems = append(problems, problem(pattern, err))
			continue
		}
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			data, err := readFile(name)
			if err != nil {
				problems = append(problems, problem(name, err))
				continue
			}
			files = append(files, File{Name: name, Data: data})
		}
	}
	return files, problems.Err()
}

// expand lists the files of a pattern in the order of their names.
func expand(pattern string) ([]string, error) {
	if strings.HasPrefix(pattern, packPrefix) || !strings.ContainsAny(pattern, "*?[") {
		return []string{pattern}, nil
	}
	names, err := filepath.Glob(pattern)
	slices.Sort(names)
	return names, err
}

func readFile(name string) ([]byte, error) {
	pack, ok := strings.CutPrefix(name, packPrefix)
	if !ok {
		return os.ReadFile(name)
	}
	data, err := packs.Read(pack)
	if err != nil {
		return nil, fmt.Errorf("there is no such pack; these ship with the program: %s", strings.Join(packs.Names(), ", "))
	}
	return data, nil
}
