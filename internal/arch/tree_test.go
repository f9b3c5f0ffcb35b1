package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// source is one hand-written or generated Go file of the module.
type source struct {
	path      string // slash path from the module root
	pkg       string // folder of path
	test      bool
	generated bool
	file      *ast.File
	fset      *token.FileSet
	lines     int
}

func (s source) imports() []string {
	var out []string
	for _, imp := range s.file.Imports {
		p, err := strconv.Unquote(imp.Path.Value)
		if err == nil {
			out = append(out, p)
		}
	}
	return out
}

// literals returns the values of all string literals of the file.
func (s source) literals() []string {
	var out []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if ok && lit.Kind == token.STRING {
			if v, err := strconv.Unquote(lit.Value); err == nil {
				out = append(out, v)
			}
		}
		return true
	})
	return out
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// tree is every Go file of the module, read once for all tests: nobody writes into it.
func tree(t *testing.T) []source {
	t.Helper()
	out, err := read()
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20 {
		t.Fatalf("only %d Go files found: the law would prove nothing", len(out))
	}
	return out
}

var read = sync.OnceValues(func() (out []source, err error) {
	top, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == ".git" || name == "node_modules" || name == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, src, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		out = append(out, source{
			path:      rel,
			pkg:       rel[:max(strings.LastIndex(rel, "/"), 0)],
			test:      strings.HasSuffix(name, "_test.go"),
			generated: ast.IsGenerated(f),
			file:      f,
			fset:      fset,
			lines:     strings.Count(string(src), "\n"),
		})
		return nil
	})
	return out, err
})

// roomOf returns the room that a package folder belongs to, or "".
func roomOf(pkg string) string {
	rest, ok := strings.CutPrefix(pkg, "internal/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	if _, ok := rooms[name]; ok {
		return name
	}
	return ""
}

func isKit(pkg string) bool { return strings.HasPrefix(pkg, "internal/kit/") }
