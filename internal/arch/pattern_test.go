package arch

import (
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var pattern = regexp.MustCompile(`(?m)^(.*)\ntempl (\(.*?\) )?(\w+)\(`)

// TestComponentsAreNotInlined keeps every component once in the binary: inlined, its closure is copied into each caller.
func TestComponentsAreNotInlined(t *testing.T) {
	var files []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".templ") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files of components, %v", len(files), err)
	}
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pattern.FindAllStringSubmatch(string(body), -1) {
			if m[1] != "//go:noinline" {
				t.Errorf("%s: templ %s lacks //go:noinline above it", path, m[3])
			}
		}
	}
}

// TestSortingIsCompiledOnce: slices.SortFunc is compiled anew for every type of element.
func TestSortingIsCompiledOnce(t *testing.T) {
	for _, s := range tree(t) {
		if s.test || s.pkg == "internal/kit/sorting" || !strings.HasPrefix(s.pkg, "internal/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "SortFunc" || sel.Sel.Name == "SortStableFunc") {
				t.Errorf("%s sorts by slices.%s; use kit/sorting", s.fset.Position(n.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}

// TestNoFieldHidesAnother: of two fields of one JSON name the outer one is written, and whoever reads the inner one reads it
// as something else. An event of ours was lost that way.
func TestNoFieldHidesAnother(t *testing.T) {
	type shape struct {
		own   map[string]bool
		holds []string
		at    string
	}
	shapes := map[string]map[string]shape{}
	for _, s := range tree(t) {
		if s.test || !strings.HasPrefix(s.pkg, "internal/") {
			continue
		}
		if shapes[s.pkg] == nil {
			shapes[s.pkg] = map[string]shape{}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			body, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			sh := shape{map[string]bool{}, nil, s.fset.Position(spec.Pos()).String()}
			for _, f := range body.Fields.List {
				if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 {
					sh.holds = append(sh.holds, id.Name)
				}
				if m := jsonName.FindStringSubmatch(tagOf(f)); m != nil && m[1] != "-" {
					sh.own[m[1]] = true
				}
			}
			shapes[s.pkg][spec.Name.Name] = sh
			return true
		})
	}
	embedding := 0
	for pkg, list := range shapes {
		for name, sh := range list {
			for _, inner := range sh.holds {
				embedding++
				for field := range list[inner].own {
					if sh.own[field] && !meant[pkg+"."+name+"."+field] {
						t.Errorf("%s: %s.%s writes %q in place of that of %s", sh.at, pkg, name, field, inner)
					}
				}
			}
		}
	}
	if embedding < 100 {
		t.Fatalf("only %d embedded structs: does this read the tree?", embedding)
	}
}

var jsonName = regexp.MustCompile(`json:"([^",]+)`)

// meant are fields that stand in the place of another on purpose: both are the same thing.
var meant = map[string]bool{
	"internal/calendar.calendarJSON.standard_day_seconds": true, // given or derived, where the input has only the given one
}

func tagOf(f *ast.Field) string {
	if f.Tag == nil {
		return ""
	}
	return f.Tag.Value
}
