package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var pattern = regexp.MustCompile(`(?m)^(.*)\ntempl ([A-Z]\w*)\(`)

// TestPatternsAreNotInlined keeps every pattern once in the binary: inlined, its closure is copied into each caller.
func TestPatternsAreNotInlined(t *testing.T) {
	files, err := filepath.Glob("../kit/ui/*.templ")
	if err != nil || len(files) == 0 {
		t.Fatal("no patterns found", err)
	}
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pattern.FindAllStringSubmatch(string(body), -1) {
			if m[1] != "//go:noinline" {
				t.Errorf("%s: templ %s lacks //go:noinline above it", filepath.Base(path), m[2])
			}
		}
	}
}
