package trail

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"neike/internal/kit/lang"
)

// TestEveryEventHasWords finds the kinds and the subjects of all events in the sources of the rooms: none is shown to an
// auditor by its code, in either language, and the filter offers every room that announces something.
func TestEveryEventHasWords(t *testing.T) {
	kinds, subjects := announced(t)
	if len(kinds) < 70 || len(subjects) < 10 {
		t.Fatalf("%d kinds of events and %d of subjects were found: the search is broken", len(kinds), len(subjects))
	}
	book, err := lang.New(Locale)
	if err != nil {
		t.Fatal(err)
	}
	for _, locale := range []string{"zh", "en"} {
		ctx := lang.With(context.Background(), book, locale, "Asia/Shanghai")
		for kind, at := range kinds {
			if room, _, _ := strings.Cut(kind, "."); !slices.Contains(rooms, room) {
				t.Errorf("%s: the filter offers no room %s", at, room)
			}
			if kindWord(ctx, kind) == kind {
				t.Errorf("%s: no word trail.kind.%s (%s)", at, kind, locale)
			}
		}
		for kind, at := range subjects {
			if subjectWord(ctx, kind) == kind {
				t.Errorf("%s: no word trail.subject.%s (%s)", at, kind, locale)
			}
		}
	}
}

// announced reads what the methods EventKind and EventSubject of the rooms return, with the file that says so.
func announced(t *testing.T) (kinds, subjects map[string]string) {
	t.Helper()
	files, err := filepath.Glob("../../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds, subjects = map[string]string{}, map[string]string{}
	into := map[string]map[string]string{"EventKind": kinds, "EventSubject": subjects}
	folders := map[string][]*ast.File{}
	at := map[*ast.File]string{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		folders[filepath.Dir(path)] = append(folders[filepath.Dir(path)], file)
		at[file] = path
	}
	for _, list := range folders {
		names := constants(list)
		for _, file := range list {
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || f.Recv == nil || into[f.Name.Name] == nil {
					continue
				}
				for _, text := range returned(f, names) {
					into[f.Name.Name][text] = at[file]
				}
			}
		}
	}
	return kinds, subjects
}

// constants are the texts that a package has given names.
func constants(files []*ast.File) map[string]string {
	out := map[string]string{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
				for i, name := range spec.Names {
					if text, ok := literal(spec.Values[i], nil); ok {
						out[name.Name] = text
					}
				}
			}
			return true
		})
	}
	return out
}

// returned are the texts that stand first in the returns of a function; what is computed or empty is left out.
func returned(f *ast.FuncDecl, names map[string]string) []string {
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
			if text, ok := literal(r.Results[0], names); ok && text != "" {
				out = append(out, text)
			}
		}
		return true
	})
	return out
}

func literal(e ast.Expr, names map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		text, ok := names[e.Name]
		return text, ok
	}
	return "", false
}
