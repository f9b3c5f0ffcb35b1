package catalog

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"neike/internal/app/importer"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// reading is a YAML file being read: every value that is asked for is noted with its line, so that whatever is wrong
// can be told at its place ("services[3].standards.completion.unit", line 61).
type reading struct {
	lines    map[string]int
	problems []importer.Problem
}

// node is a value in the file; y is nil when it is absent.
type node struct {
	r    *reading
	y    *yaml.Node
	path string
}

func (r *reading) wrong(line int, path, key string, args ...any) {
	r.problems = append(r.problems, importer.Wrong(line, path, key, args...))
}

func (n node) wrong(key string, args ...any) { n.r.wrong(n.line(), n.path, key, args...) }

func (n node) line() int {
	if n.y != nil {
		return n.y.Line
	}
	return n.r.lineOf(n.path)
}

// lineOf is the line of a path, or of the nearest thing around it that is in the file.
func (r *reading) lineOf(path string) int {
	for path != "" {
		if line, ok := r.lines[path]; ok {
			return line
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	return 1
}

func (r *reading) at(y *yaml.Node, path string) node {
	if y != nil {
		r.lines[path] = y.Line
		if y.Kind == yaml.AliasNode {
			r.wrong(y.Line, path, "catalog.pack-alias")
			y = nil
		} else if y.Kind == yaml.ScalarNode && y.Tag == "!!null" {
			y = nil
		}
	}
	return node{r, y, path}
}

// object checks that the value is a mapping with known, single keys.
func (n node) object(known ...string) bool {
	if n.y == nil {
		return false
	}
	if n.y.Kind != yaml.MappingNode {
		n.wrong("catalog.pack-object", "known", strings.Join(known, ", "))
		return false
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		key := n.y.Content[i]
		switch {
		case seen[key.Value]:
			n.r.wrong(key.Line, n.join(key.Value), "catalog.pack-key-twice", "given", key.Value)
		case !contains(known, key.Value):
			n.r.wrong(key.Line, n.join(key.Value), "catalog.pack-key", "given", key.Value, "known", strings.Join(known, ", "))
		}
		seen[key.Value] = true
	}
	return true
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (n node) join(key string) string {
	if n.path == "" {
		return key
	}
	return n.path + "." + key
}

// get is the value under a key.
func (n node) get(key string) node {
	if n.y == nil || n.y.Kind != yaml.MappingNode {
		return node{n.r, nil, n.join(key)}
	}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		if n.y.Content[i].Value == key {
			return n.r.at(n.y.Content[i+1], n.join(key))
		}
	}
	return node{n.r, nil, n.join(key)}
}

// each lists the items of a sequence.
func (n node) each() []node {
	if n.y == nil {
		return nil
	}
	if n.y.Kind != yaml.SequenceNode {
		n.wrong("catalog.pack-list")
		return nil
	}
	items := make([]node, 0, len(n.y.Content))
	for i, y := range n.y.Content {
		items = append(items, n.r.at(y, n.path+"["+strconv.Itoa(i)+"]"))
	}
	return items
}

// text is a scalar as text, "" when absent.
func (n node) text() string {
	if n.y == nil {
		return ""
	}
	if n.y.Kind != yaml.ScalarNode {
		n.wrong("catalog.pack-scalar")
		return ""
	}
	return strings.TrimSpace(n.y.Value)
}

// must is a text that has to be there.
func (n node) must() string {
	s := n.text()
	if s == "" && (n.y == nil || n.y.Kind == yaml.ScalarNode) {
		n.wrong("catalog.pack-missing")
	}
	return s
}

// words is a text in both languages.
func (n node) words() lang.Text {
	if !n.object("zh", "en") {
		return lang.Text{}
	}
	return lang.Text{Zh: n.get("zh").text(), En: n.get("en").text()}
}

// whole is a whole number.
func (n node) whole() int {
	s := n.must()
	if s == "" {
		return 0
	}
	v, err := strconv.Atoi(s)
	if err != nil {
		n.wrong("catalog.pack-whole", "given", s)
		return 0
	}
	return v
}

// percent is a percentage as a fraction: 95 is 0.95.
func (n node) percent() float64 {
	s := n.text()
	if s == "" {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		n.wrong("catalog.pack-percent", "given", s)
		return 0
	}
	if v == 0 { // 0 means 'none' further in: a target of nought is a mistake in a file
		n.wrong("catalog.share-range")
	}
	return v / 100
}

// truth is true or false; absent is false.
func (n node) truth() bool {
	switch s := n.text(); s {
	case "true":
		return true
	case "false", "":
		return false
	default:
		n.wrong("catalog.pack-truth", "given", s)
		return false
	}
}

// take notes the findings of a check at their places: at maps the name of a finding to its path in the file.
func (r *reading) take(f fault.Fields, at func(name string) string) {
	for _, x := range f.All() {
		path := at(x.Name)
		r.problems = append(r.problems, importer.Problem{Line: r.lineOf(path), Column: path, Key: x.Key, Args: x.Args})
	}
}
