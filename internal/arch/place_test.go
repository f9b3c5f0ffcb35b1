package arch

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// TestEveryPackageHasItsPlace proves that nothing stands outside the law: a package is kit, a room of the list, the
// composition, or the law itself.
func TestEveryPackageHasItsPlace(t *testing.T) {
	for _, s := range tree(t) {
		rest, inside := strings.CutPrefix(s.pkg, "internal/")
		name, _, _ := strings.Cut(rest, "/")
		if inside && roomOf(s.pkg) == "" && !slices.Contains([]string{"kit", "app", "arch"}, name) {
			t.Errorf("%s: %s is no room of arch/law.go", s.path, name)
		}
	}
}

// TestExportedNamesSayWhatTheyAre proves that every exported function, method and type of a room and of kit has a comment.
// Methods that an interface of somebody else asks for need none, nor do those of types that nobody else can name.
func TestExportedNamesSayWhatTheyAre(t *testing.T) {
	for _, s := range tree(t) {
		if s.test || s.generated || roomOf(s.pkg) == "" && !isKit(s.pkg) {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || public(d.Recv) && !asked[d.Name.Name]) {
					t.Errorf("%s: %s has no comment", s.path, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if one, ok := spec.(*ast.TypeSpec); ok && one.Name.IsExported() && d.Doc == nil && one.Doc == nil && one.Comment == nil {
						t.Errorf("%s: %s has no comment", s.path, one.Name.Name)
					}
				}
			}
		}
	}
}

// asked are methods that interfaces of others ask for.
var asked = map[string]bool{"Error": true, "Unwrap": true, "Is": true, "String": true, "EventKind": true, "EventSubject": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true, "Schema": true, "Resolve": true, "Len": true}

func public(receiver *ast.FieldList) bool {
	kind := receiver.List[0].Type
	for {
		switch k := kind.(type) {
		case *ast.StarExpr:
			kind = k.X
		case *ast.IndexExpr:
			kind = k.X
		case *ast.Ident:
			return k.IsExported()
		default:
			return false
		}
	}
}
