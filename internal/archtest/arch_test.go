// Package archtest holds the architecture: imports point one way, each third
// party has its owner, every package is documented, and no secret is in the tree.
package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// layers lists the packages from the bottom up. A package imports only packages
// of lower layers, and within its own layer only what it is nested in.
var layers = [][]string{
	{"text", "feed", "fetch", "schedule", "strict"},
	{"feed/markup"},
	{"feed/syndication", "feed/liveblog", "rules", "rules/packs", "rules/lexicon", "demo"},
	{"digest", "feed/detect"},
	{"bot"},
	{"bot/discord", "bot/terminal", "store", "store/storetest", "worker", "config"},
	{"cmd/tocsin"},
}

// exceptions are imports within a layer, each with its reason.
var exceptions = map[string]string{
	"rules -> rules/packs":     "the shipped packs are a directory that rules reads",
	"rules -> rules/lexicon":   "forms are expanded when a rule compiles",
	"store/storetest -> store": "the conformance suite tests it",
	"fetch -> feed":            "readers pass on the errors that feed defines",
}

// owners says where a third party may be imported; a module that is not listed
// belongs nowhere.
var owners = map[string][]string{
	"github.com/bwmarrin/discordgo":         {"bot/discord"},
	"github.com/gorilla/websocket":          {"bot/discord", "internal/discordtest"},
	"github.com/robfig/cron/v3":             {"schedule"},
	"github.com/mmcdole/gofeed":             {"feed/syndication"},
	"golang.org/x/net/html":                 {"feed/markup", "feed/liveblog", "feed/syndication"},
	"golang.org/x/net/idna":                 {"fetch"},
	"golang.org/x/text":                     {"text", "rules", "rules/lexicon", "feed/markup", "feed/liveblog", "feed/syndication", "fetch", "bot/terminal"},
	"golang.org/x/term":                     {"bot/terminal"},
	"golang.org/x/sync":                     {"worker", "fetch", "cmd/tocsin"},
	"go.yaml.in/yaml/v3":                    {"strict", "rules"},
	"github.com/riverqueue/river":           {"store", "store/storetest", "worker"},
	"github.com/google/go-cmp":              {"store/storetest"},
	"github.com/pressly/goose/v3":           {"store"},
	"github.com/jackc/pgx/v5":               {"store", "store/storetest"},
	"modernc.org/sqlite":                    {"store"},
	"github.com/gofrs/flock":                {"store"},
	"github.com/spf13/cobra":                {"cmd/tocsin"},
	"github.com/spf13/pflag":                {"cmd/tocsin"},
	"github.com/santhosh-tekuri/jsonschema": {"internal/discordtest"},
}

type pkg struct {
	ImportPath, Dir string
	Imports         []string
	Module          *struct{ Path string }
}

func TestImportsPointDown(t *testing.T) {
	rank := map[string]int{}
	for i, layer := range layers {
		for _, p := range layer {
			rank[p] = i
		}
	}
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "tocsin/")
		if strings.HasPrefix(name, "internal/") {
			continue // test helpers: nothing but tests may import them, see below
		}
		from, ok := rank[name]
		if !ok {
			t.Errorf("package %s stands in no layer: add it to layers, and to docs/architecture.md", name)
			continue
		}
		for _, imp := range p.Imports {
			ours, is := strings.CutPrefix(imp, "tocsin/")
			if !is {
				continue
			}
			if strings.HasPrefix(ours, "internal/") {
				t.Errorf("package %s imports the test helper %s", name, ours)
				continue
			}
			if exceptions[name+" -> "+ours] == "" && rank[ours] >= from {
				t.Errorf("package %s (layer %d) imports %s (layer %d): imports point to lower layers", name, from, ours, rank[ours])
			}
		}
	}
}

func TestThirdPartiesHaveOwners(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "tocsin/")
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, "tocsin/") || !strings.Contains(strings.Split(imp, "/")[0], ".") {
				continue
			}
			if who := owner(imp); !slices.Contains(who, name) {
				t.Errorf("package %s imports %s, which belongs to %v", name, imp, who)
			}
		}
	}
}

// owner finds the owners of the longest listed path that imp lies in.
func owner(imp string) (who []string) {
	longest := ""
	for path, o := range owners {
		if (imp == path || strings.HasPrefix(imp, path+"/")) && len(path) > len(longest) {
			longest, who = path, o
		}
	}
	return who
}

func TestEveryPackageIsInTheDocs(t *testing.T) {
	for _, doc := range []string{"docs/architecture.md", "README.md"} {
		text, err := os.ReadFile(filepath.Join(root(t), doc))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packages(t) {
			name := strings.TrimPrefix(p.ImportPath, "tocsin/")
			if !bytes.Contains(text, []byte("`"+name+"/`")) {
				t.Errorf("%s does not name the package `%s/`", doc, name)
			}
		}
	}
}

// secrets are shapes that no file of the tree may hold.
var secrets = map[string]*regexp.Regexp{
	"a Discord bot token":     regexp.MustCompile(`\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}\b`),
	"a Discord webhook":       regexp.MustCompile(`discord(app)?\.com/api/webhooks/\d{17,}/[A-Za-z0-9_-]{60,}`),
	"an Authorization header": regexp.MustCompile(`(?i)authorization:\s*(bot|bearer)\s+[A-Za-z0-9_.-]{30,}`),
	"a private key":           regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`),
}

func TestNoSecretsInTheTree(t *testing.T) {
	err := filepath.WalkDir(root(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" || d.Name() == "data" || d.Name() == "bin" {
				return fs.SkipDir
			}
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for what, shape := range secrets {
			if m := shape.Find(data); m != nil {
				t.Errorf("%s holds what looks like %s", path, what)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// packages lists the packages of the module, without their tests.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Imports,Module", "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
