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
