package discordtest

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// SpecEnv names the environment variable with the path of Discord's OpenAPI
// description (https://github.com/discord/discord-api-spec). Without it the file is
// looked for at shared/discord/openapi.json beside the working directory and its
// parents; where there is none, requests are checked against the documented
// limits only.
const SpecEnv = "DISCORD_OPENAPI"

// specURL is the name under which the description's schemas refer to each other.
const specURL = "discord:openapi"

// spec checks bodies against the description. Its schemas are JSON Schema 2020-12
// and compile straight from the document, each when it is first asked for.
type spec struct {
	doc      object
	routes   []specRoute
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

type specRoute struct {
	template string
	path     *regexp.Regexp
	literal  int // characters outside of parameters: more of them win
}

// loadSpec reads the description once a process, as it is a megabyte and never
// changes. It returns nil if there is none.
var loadSpec = sync.OnceValues(func() (*spec, error) {
	path := specPath()
	if path == "" {
		return nil, nil
	}
	return readSpec(path)
})

func specPath() string {
	if path := os.Getenv(SpecEnv); path != "" {
		return path
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		path := filepath.Join(dir, "shared", "discord", "openapi.json")
		if _, err := os.Stat(path); err == nil {
			return path
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// ChecksSpec says whether requests are checked against Discord's OpenAPI description.
func (s *Server) ChecksSpec() bool { return s.spec != nil }

func readSpec(path string) (*spec, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := &spec{doc: asObject(v), compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	d.patch()
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(specURL, d.doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for template := range asObject(d.doc["paths"]) {
		d.routes = append(d.routes, newSpecRoute(template))
	}
	if len(d.routes) == 0 {
		return nil, fmt.Errorf("%s: no paths in it", path)
	}
	slices.SortFunc(d.routes, func(a, b specRoute) int { return b.literal - a.literal })
	return d, nil
}

// patch corrects what the description says otherwise than Discord does:
// default_member_permissions is an integer there, but everybody sends the decimal string of
// the documentation, for the bits outgrow JSON's numbers.
func (d *spec) patch() {
	schemas := asObject(asObject(d.doc["components"])["schemas"])
	for _, name := range []string{"ApplicationCommandCreateRequest", "ApplicationCommandPatchRequestPartial", "ApplicationCommandUpdateRequest"} {
		p := asObject(asObject(asObject(schemas[name])["properties"])["default_member_permissions"])
		if p == nil {
			continue
		}
		p["type"] = []any{"integer", "string", "null"}
		p["pattern"] = "^[0-9]+$"
	}
}

func newSpecRoute(template string) specRoute {
	r := specRoute{template: template}
	parts := strings.Split(template, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "[^/]+"
		} else {
			r.literal += len(p)
			parts[i] = regexp.QuoteMeta(p)
		}
	}
	r.path = regexp.MustCompile("^" + strings.Join(parts, "/") + "$")
	return r
}

// operation finds the description of a method on a path.
func (d *spec) operation(method, path string) (pointer string, op object) {
	for _, r := range d.routes {
		if !r.path.MatchString(path) {
			continue
		}
		op = asObject(asObject(asObject(d.doc["paths"])[r.template])[strings.ToLower(method)])
		return "/paths/" + escape(r.template) + "/" + strings.ToLower(method), op
	}
	return "", nil
}

// escape makes a key part of a JSON pointer in a URL fragment.
func escape(key string) string {
	return url.PathEscape(strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1"))
}

// knows says whether Discord describes such a route.
func (d *spec) knows(method, path string) bool {
	_, op := d.operation(method, path)
	return op != nil
}

func (d *spec) schema(pointer string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.compiled[pointer]; s != nil {
		return s, nil
	}
	s, err := d.compiler.Compile(specURL + "#" + pointer)
	if err == nil {
		d.compiled[pointer] = s
	}
	return s, err
}

// checkRequest returns the error of the schema, if any. Multipart forms are
// checked by their payload_json.
func (d *spec) checkRequest(method, path string, body []byte) error {
	pointer, op := d.operation(method, path)
	if op == nil {
		return fmt.Errorf("the description has no %s %s", method, redactedPath(path))
	}
	wanted := asObject(op["requestBody"])
	if wanted == nil {
		return nil
	}
	if len(body) == 0 {
		if wanted["required"] == true {
			return errors.New("a body is required")
		}
		return nil
	}
	s, err := d.schema(pointer + "/requestBody/content/application~1json/schema")
	if err != nil {
		return err
	}
	return validate(s, body)
}

// checkResponse does the same for an answer.
func (d *spec) checkResponse(method, path string, status int, body []byte) error {
	pointer, op := d.operation(method, path)
	code := strconv.Itoa(status)
	r := asObject(asObject(op["responses"])[code])
	if r == nil {
		return fmt.Errorf("status %s is not described", code)
	}
	if r["content"] == nil {
		return nil
	}
	s, err := d.schema(pointer + "/responses/" + code + "/content/application~1json/schema")
	if err != nil {
		return err
	}
	return validate(s, body)
}

func validate(s *jsonschema.Schema, body []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// checkSpec notes what the description says against a call and returns it as
// problems. The caller holds s.mu.
func (s *Server) checkSpec(c *call) []problem {
	if s.spec == nil || c.Route == "" {
		return nil
	}
	err := s.spec.checkRequest(c.Method, c.Path, c.Body)
	if err == nil {
		return nil
	}
	s.violation(c.Request, "against Discord's OpenAPI description: %v", err)
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return []problem{{code: "BASE_TYPE_REQUIRED", message: err.Error()}}
	}
	var list []problem
	for _, unit := range ve.BasicOutput().Errors {
		if unit.Error != nil {
			path := strings.ReplaceAll(strings.Trim(unit.InstanceLocation, "/"), "/", ".")
			list = append(list, problem{path: path, code: "BASE_TYPE_INVALID", message: unit.Error.String()})
		}
	}
	if len(list) == 0 {
		list = append(list, problem{code: "BASE_TYPE_INVALID", message: err.Error()})
	}
	return list
}
