package arch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMethods proves that every method of the reference cases has an owner, and that the owner of a built one runs its
// cases in a TestReferenceCases that names it.
func TestMethods(t *testing.T) {
	listed := map[string]method{}
	for _, m := range methods {
		if _, twice := listed[m.name]; twice {
			t.Errorf("%s is listed twice", m.name)
		}
		listed[m.name] = m
	}
	seen := 0
	for _, dir := range caseFolders(t) {
		files, err := filepath.Glob(filepath.Join(dir, "[0-9]*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			for _, name := range functionsIn(t, file) {
				seen++
				if _, ok := listed[name]; !ok {
					t.Errorf("%s has cases of %s, which has no owner in arch/methods.go", filepath.Base(file), name)
				}
			}
		}
	}
	if seen == 0 {
		t.Fatal("no reference cases found")
	}
	tests := map[string]string{}
	for _, s := range tree(t) {
		if s.test && strings.HasPrefix(s.pkg, "internal/") {
			for _, text := range s.literals() {
				tests[strings.TrimPrefix(s.pkg, "internal/")] += text + "\n"
			}
			if s.file.Scope.Lookup("TestReferenceCases") != nil {
				tests[strings.TrimPrefix(s.pkg, "internal/")] += "TestReferenceCases\n"
			}
		}
	}
	for _, m := range methods {
		if !built[m.stage] {
			continue
		}
		if body := tests[m.owner]; !strings.Contains(body, "TestReferenceCases\n") || !strings.Contains(body, m.name) {
			t.Errorf("%s is built, and %s has no TestReferenceCases that runs it", m.name, m.owner)
		}
	}
}

// caseFolders returns the folder named by NEIKE_REFERENCE_CASES, or the copies in testdata.
func caseFolders(t *testing.T) []string {
	if dir := os.Getenv("NEIKE_REFERENCE_CASES"); dir != "" {
		return []string{dir}
	}
	var out []string
	for _, pattern := range []string{"internal/*/testdata", "internal/*/testdata/*", "internal/kit/*/testdata"} {
		found, err := filepath.Glob(filepath.Join(root(t), pattern))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	return out
}

func functionsIn(t *testing.T, file string) []string {
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Cases []struct {
			Function string `json:"function"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var out []string
	for _, c := range doc.Cases {
		if c.Function != "" {
			out = append(out, c.Function)
		}
	}
	return out
}
