package arch

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// toyEdits are the lines that a new room needs outside its own folder: file, line to find, line to put after it.
var toyEdits = []struct{ file, after, add string }{
	{"internal/arch/law.go", "\t\"org\":       {},\n", "\t\"board\":    {\"org\"},\n"},
	{"internal/access/table.go", "{Action: \"todo.mine\", Allow: Everyone, Title: t(\"待办（自己的）\", \"to-do (one's own)\")},\n",
		"\t{Action: \"board.see\", Allow: Everyone, Title: t(\"看公告板\", \"read the board\")},\n\t{Action: \"board.pin\", Allow: Everyone, Title: t(\"贴公告\", \"pin a sentence\")},\n"},
	{"internal/app/rooms.go", "\t\"neike/internal/app/importer\"\n", "\t\"neike/internal/board\"\n"},
	{"internal/app/rooms.go", "type Rooms struct {\n", "\tBoard    *board.Service\n"},
	{"internal/app/rooms.go", "\t{\"org\", org.Schema, org.Locale},\n", "\t{\"board\", board.Schema, board.Locale},\n"},
	{"internal/app/rooms.go", "\tr.Org = org.New(a.DB, a.Bus)\n", "\tr.Board = board.New(a.DB, a.Bus, r.Org)\n"},
	{"internal/app/doors.go", "\ta.Org.Mount(m)\n", "\ta.Board.Mount(m)\n"},
}

// TestAToyRoomIsSmall adds a whole room to a copy of the house (table, use cases, rule, page, words, permissions, event,
// test on both engines) in under 300 lines and a handful of lines elsewhere, builds it, and runs its test and the law.
func TestAToyRoomIsSmall(t *testing.T) {
	if os.Getenv("NEIKE_TOY") != "" {
		t.Skip("this is the copy")
	}
	const most = 300
	top, house := root(t), filepath.Join(t.TempDir(), "neike")
	copyHouse(t, top, house)
	lines := furnishToy(t, house)
	for _, e := range toyEdits {
		path := filepath.Join(house, e.file)
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(body), e.after) != 1 {
			t.Fatalf("%s has no single line %q to put the toy room after", e.file, e.after)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(body), e.after, e.after+e.add, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		lines += strings.Count(e.add, "\n")
	}
	if lines > most {
		t.Errorf("a room takes %d lines; it should take at most %d", lines, most)
	}
	overlay := overlayOf(t, top, house)
	run := func(dir, name string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "NEIKE_TOY=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
	}
	// Built over the house itself, so that what is built already need not be built again; run in the copy. The room's test
	// holds the whole product: what its lines of the table make new is built without being optimised.
	quick := plainly(t, "internal/access")
	for pkg, args := range map[string][]string{
		"board": nil,
		"arch":  {"-test.run", "Arrows|DAG|PureRules|Licences|Tables|ForeignKeys|Schema|SQL|Rooms|EveryTable|EveryPackage|Exported|Doors"},
	} {
		test := filepath.Join(t.TempDir(), pkg+".test")
		run(top, "go", slices.Concat([]string{"test", "-c", "-vet=off", "-overlay", overlay, "-o", test}, quick, []string{"./internal/" + pkg})...)
		run(filepath.Join(house, "internal", pkg), test, args...)
	}
	t.Logf("the toy room took %d lines", lines)
}

// plainly lets the compiler take no pains over a package and what calls it.
func plainly(t *testing.T, pkg string) (flags []string) {
	t.Helper()
	callers := map[string][]string{}
	for _, s := range tree(t) {
		for _, imp := range s.imports() {
			if to, ours := strings.CutPrefix(imp, module+"/"); ours && !s.test {
				callers[to] = append(callers[to], s.pkg)
			}
		}
	}
	seen := map[string]bool{}
	var walk func(string)
	walk = func(pkg string) {
		if seen[pkg] {
			return
		}
		seen[pkg] = true
		flags = append(flags, "-gcflags="+module+"/"+pkg+"=-N -l")
		for _, from := range callers[pkg] {
			walk(from)
		}
	}
	walk(pkg)
	return flags
}

// overlayOf names, for the go command, the files of the copy that the house does not have or has with other words.
func overlayOf(t *testing.T, top, house string) string {
	t.Helper()
	replace := map[string]string{}
	put := func(rel string) { replace[filepath.Join(top, rel)] = filepath.Join(house, rel) }
	for _, e := range toyEdits {
		put(e.file)
	}
	board := filepath.Join(house, "internal", "board")
	err := filepath.WalkDir(board, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(house, path)
		put(rel)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// copyHouse copies what the build and the law read.
func copyHouse(t *testing.T, from, to string) {
	t.Helper()
	for _, part := range []string{"go.mod", "go.sum", "assets", "content", "cmd", "internal"} {
		src := filepath.Join(from, part)
		info, err := os.Stat(src)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			err = os.CopyFS(filepath.Join(to, part), os.DirFS(src))
		} else {
			var body []byte
			if body, err = os.ReadFile(src); err == nil {
				if err = os.MkdirAll(to, 0o700); err == nil {
					err = os.WriteFile(filepath.Join(to, part), body, 0o600)
				}
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// furnishToy writes the room and returns its number of lines.
func furnishToy(t *testing.T, house string) int {
	t.Helper()
	lines := 0
	from := "testdata/toy/board"
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		lines += strings.Count(string(body), "\n")
		to := filepath.Join(house, "internal", "board", strings.TrimSuffix(rel, ".txt"))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		return os.WriteFile(to, body, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
