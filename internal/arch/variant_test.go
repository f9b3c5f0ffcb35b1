package arch

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestNothingIsBuiltAgainForATest: a package that has tests from within is another package while it is tested, and all that
// stands between it and its tests from without is compiled once more, just for them. Between a room and the house that is half
// of the product. Tests of such a room in the whole house stand in a folder of their own, ROOM/housed.
func TestNothingIsBuiltAgainForATest(t *testing.T) {
	const most = 4
	calls, without := map[string]map[string]bool{}, map[string]map[string]bool{}
	within := map[string]bool{}
	for _, s := range tree(t) {
		to := calls
		if s.test {
			if !strings.HasSuffix(s.file.Name.Name, "_test") {
				within[s.pkg] = true
				continue
			}
			to = without
		}
		if to[s.pkg] == nil {
			to[s.pkg] = map[string]bool{}
		}
		for _, imp := range s.imports() {
			if pkg, ours := strings.CutPrefix(imp, module+"/"); ours {
				to[s.pkg][pkg] = true
			}
		}
	}
	if len(within) < 20 || len(without) < 20 {
		t.Fatalf("%d packages with tests from within, %d from without", len(within), len(without))
	}
	for pkg := range within {
		reached := map[string]bool{pkg: true} // whether it leads to pkg
		again := 0
		var leads func(string) bool
		leads = func(from string) bool {
			if known, ok := reached[from]; ok {
				return known
			}
			for to := range calls[from] {
				if leads(to) {
					reached[from] = true
				}
			}
			if reached[from] {
				again++
				return true
			}
			reached[from] = false
			return false
		}
		for from := range without[pkg] {
			leads(from)
		}
		if again > most {
			t.Errorf("%s: %d packages are built again for its tests (%s): those in the whole house belong into %s", pkg, again,
				strings.Join(some(reached), ", "), filepath.Join(pkg, "housed"))
		}
	}
}

func some(reached map[string]bool) (out []string) {
	for _, pkg := range slices.Sorted(maps.Keys(reached)) {
		if reached[pkg] && len(out) < 8 {
			out = append(out, filepath.Base(pkg))
		}
	}
	return out
}
