package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

// TestArrows proves that kit imports no room, a room imports only its list, and only app imports everything.
func TestArrows(t *testing.T) {
	for _, s := range tree(t) {
		if s.test && (strings.HasPrefix(s.pkg, "e2e") || strings.HasPrefix(s.pkg, "bench")) {
			continue
		}
		from := roomOf(s.pkg)
		for _, imp := range s.imports() {
			pkg, ours := strings.CutPrefix(imp, module+"/")
			if !ours {
				continue
			}
			to := roomOf(pkg)
			switch {
			case isKit(s.pkg) && to != "" && !s.test:
				t.Errorf("%s: kit imports the room %s; kit knows no business", s.path, to)
			case isKit(s.pkg) && strings.HasPrefix(pkg, "internal/app") && !s.test:
				t.Errorf("%s: kit imports the composition", s.path)
			case from != "" && strings.HasPrefix(pkg, "internal/app") && !s.test && pkg != "internal/app/importer":
				t.Errorf("%s: the room %s imports %s; app wires rooms, not the other way round", s.path, from, pkg)
			case from != "" && to != "" && from != to && !slices.Contains(rooms[from], to) && !s.test:
				t.Errorf("%s: no arrow %s → %s in arch/law.go", s.path, from, to)
			}
		}
	}
}

// TestDAG proves that the arrows hold no circle.
func TestDAG(t *testing.T) {
	done := map[string]int{}
	var visit func(string, []string)
	visit = func(room string, path []string) {
		switch done[room] {
		case 1:
			t.Fatalf("the rooms call each other in a circle: %s", strings.Join(append(path, room), " → "))
		case 2:
			return
		}
		done[room] = 1
		for _, next := range rooms[room] {
			if _, ok := rooms[next]; !ok {
				t.Errorf("%s may call %s, which is no room", room, next)
			}
			visit(next, append(path, room))
		}
		done[room] = 2
	}
	for room := range rooms {
		visit(room, nil)
	}
}

// TestPureRules proves that decisions and statistics know no context, no HTTP and no SQL.
func TestPureRules(t *testing.T) {
	banned := []string{"context", "net/http", "database/sql", module + "/internal/kit/sqldb", module + "/internal/kit/web", module + "/internal/kit/event"}
	for _, s := range tree(t) {
		pure := filepath.Base(s.path) == "rules.go" || strings.HasPrefix(s.pkg, "internal/kit/stat")
		if !pure || s.test {
			continue
		}
		for _, imp := range s.imports() {
			if slices.Contains(banned, imp) {
				t.Errorf("%s imports %s; rules are pure", s.path, imp)
			}
		}
	}
}

// TestLicences proves that each third-party package is used only where its licence says.
func TestLicences(t *testing.T) {
	used := map[string]bool{}
	for _, s := range tree(t) {
		for _, imp := range s.imports() {
			first, _, _ := strings.Cut(imp, "/")
			if !strings.Contains(first, ".") {
				continue
			}
			l := licenceOf(imp)
			if l == nil {
				t.Errorf("%s imports %s, which has no licence in arch/law.go", s.path, imp)
				continue
			}
			used[l.module] = true
			if !licensed(*l, s) {
				t.Errorf("%s imports %s, licensed only for %s (%s)", s.path, imp, strings.Join(l.packages, ", "), l.why)
			}
		}
	}
	for _, l := range licences {
		if !used[l.module] {
			t.Errorf("%s has a licence and no user: take the line out of arch/law.go", l.module)
		}
	}
}

func licenceOf(imp string) *licence {
	for i, l := range licences {
		if imp == l.module || strings.HasPrefix(imp, l.module+"/") {
			return &licences[i]
		}
	}
	return nil
}

func licensed(l licence, s source) bool {
	if s.test || strings.HasPrefix(s.pkg, "e2e") || s.pkg == "internal/kit/dbtest" || s.pkg == "internal/kit/webtest" {
		return true
	}
	for _, p := range l.packages {
		dir, below := strings.CutSuffix(p, "/...")
		switch {
		case p == everyRoom && roomOf(s.pkg) != "",
			s.pkg == dir,
			below && strings.HasPrefix(s.pkg, dir+"/"):
			return true
		}
	}
	return false
}

var (
	createTable = regexp.MustCompile(`(?i)create\s+(?:virtual\s+)?table\s+(?:if\s+not\s+exists\s+)?"?([a-z_]+)"?`)
	renameTable = regexp.MustCompile(`(?i)alter\s+table\s+"?([a-z_]+)"?\s+rename\s+to\s+"?([a-z_]+)"?`)
	createView  = regexp.MustCompile(`(?i)create\s+view\s+"?([a-z_]+)"?`)
	references  = regexp.MustCompile(`(?i)references\s+"?([a-z_]+)"?`)
	namesTable  = regexp.MustCompile(`(?i)\b(?:from|join|into|update)\s+"?([a-z][a-z_]+)"?`)
)

// schema returns the owner of every table and view by name.
func schema(t *testing.T) (tables, views map[string]string) {
	t.Helper()
	tables, views = map[string]string{}, map[string]string{}
	for _, file := range schemaFiles(t) {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		owner := ownerOf(t, file)
		for _, m := range createTable.FindAllStringSubmatch(string(body), -1) {
			if other, taken := tables[m[1]]; taken && other != owner {
				t.Errorf("%s: table %s is created by %s already", file, m[1], other)
			}
			tables[m[1]] = owner
		}
		for _, m := range renameTable.FindAllStringSubmatch(string(body), -1) { // made anew, then known by the old name
			delete(tables, m[1])
			tables[m[2]] = owner
		}
		for _, m := range createView.FindAllStringSubmatch(string(body), -1) {
			views[m[1]] = owner
			if !strings.HasSuffix(m[1], "_v") {
				t.Errorf("%s: the published view %s does not end in _v", file, m[1])
			}
		}
	}
	return tables, views
}

func schemaFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"internal/*/schema/*.sql", "internal/kit/*/schema/*.sql"} {
		found, err := filepath.Glob(filepath.Join(root(t), pattern))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	sort.Strings(out)
	return out
}

func ownerOf(t *testing.T, file string) string {
	t.Helper()
	rel, err := filepath.Rel(filepath.Join(root(t), "internal"), file)
	if err != nil {
		t.Fatal(err)
	}
	rel = filepath.ToSlash(rel)
	return strings.TrimSuffix(rel[:strings.Index(rel, "/schema/")], "/")
}

// TestTablesStayHome proves that a table is named in SQL only by the package that creates it; others join its views. Bench
// is no part of the product: to have a million requests it copies rows of all rooms, and doctor proves what it did.
func TestTablesStayHome(t *testing.T) {
	tables, views := schema(t)
	for _, s := range tree(t) {
		if s.test || s.pkg == "internal/kit/sqldb" || s.pkg == "internal/arch" || s.pkg == "bench" {
			continue
		}
		here := strings.TrimPrefix(s.pkg, "internal/")
		if r := roomOf(s.pkg); r != "" {
			here = r
		}
		for _, text := range s.literals() {
			for _, m := range namesTable.FindAllStringSubmatch(text, -1) {
				name := strings.ToLower(m[1])
				if owner, ok := tables[name]; ok && owner != here && looksLikeSQL(text) {
					t.Errorf("%s names the table %s, which belongs to %s: join its view", s.path, name, owner)
				}
				owner, ok := views[name]
				if room := roomOf(s.pkg); ok && room != "" && owner != room && !slices.Contains(rooms[room], owner) {
					t.Errorf("%s joins %s of %s, which is not on the list of %s", s.path, name, owner, room)
				}
			}
		}
	}
}

func looksLikeSQL(text string) bool {
	low := strings.ToLower(strings.TrimSpace(text))
	for _, verb := range []string{"select ", "select\n", "insert ", "update ", "delete ", "with ", "from ", "join ", "left join"} {
		if strings.HasPrefix(low, verb) {
			return true
		}
	}
	return false
}

// TestForeignKeysFollowTheRooms proves that references go down the room list only.
func TestForeignKeysFollowTheRooms(t *testing.T) {
	tables, _ := schema(t)
	for _, file := range schemaFiles(t) {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		here := ownerOf(t, file)
		for _, m := range references.FindAllStringSubmatch(string(body), -1) {
			owner := tables[m[1]]
			if owner != here && !slices.Contains(rooms[here], owner) {
				t.Errorf("%s references %s of %q, which is not on the list of %s", file, m[1], owner, here)
			}
		}
	}
}

// TestSchemaWords proves that migrations avoid what breaks group commit or one of the two engines.
func TestSchemaWords(t *testing.T) {
	banned := map[string]string{
		`(?i)\bdeferrable\b`:            "a deferred key fails the commit of innocent neighbours",
		`(?i)on\s+conflict\s+rollback`:  "it rolls back the whole batch",
		`(?i)\bautoincrement\b`:         "ids are made in Go",
		`(?i)\bserial\b|\bbigserial\b`:  "ids are made in Go",
		`(?i)\bnow\s*\(|\bcurrent_time`: "time is tx.Now",
		`(?i)\bnumeric\b|\bdecimal\b`:   "money is integer minor units",
	}
	versions := map[string]string{}
	for _, file := range schemaFiles(t) {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := withoutComments(string(body))
		for pattern, why := range banned {
			if m := regexp.MustCompile(pattern).FindString(text); m != "" && !strings.Contains(file, "/kit/") {
				t.Errorf("%s uses %q: %s", file, m, why)
			}
		}
		version, rest, _ := strings.Cut(filepath.Base(file), "_")
		dialect := ""
		for _, d := range []string{".sqlite.sql", ".postgres.sql"} {
			if strings.HasSuffix(rest, d) {
				dialect = d
			}
		}
		if other, taken := versions[version+dialect]; taken {
			t.Errorf("%s and %s have the same version", file, other)
		}
		versions[version+dialect] = file
	}
}

func withoutComments(sql string) string {
	return regexp.MustCompile(`--[^\n]*`).ReplaceAllString(sql, "")
}

// TestPortableSQL proves that the rooms' SQL holds nothing that only one engine knows.
func TestPortableSQL(t *testing.T) {
	banned := map[string]*regexp.Regexp{
		"now()":              regexp.MustCompile(`(?i)\bnow\(\)`),
		"interval":           regexp.MustCompile(`(?i)\binterval\s+'`),
		"any($n)":            regexp.MustCompile(`(?i)=\s*any\s*\(`),
		"bare like":          regexp.MustCompile(`(?i)\slike\s+(\$|')`),
		"ilike":              regexp.MustCompile(`(?i)\silike\s`),
		"avg()":              regexp.MustCompile(`(?i)\bavg\s*\(`),
		"for update":         regexp.MustCompile(`(?i)\bfor update\b`),
		"pragma":             regexp.MustCompile(`(?i)^\s*pragma\b`),
		"raw begin / commit": regexp.MustCompile(`(?i)^\s*(begin|commit|rollback|savepoint)\b`),
	}
	for _, s := range tree(t) {
		if s.test || roomOf(s.pkg) == "" {
			continue
		}
		for _, text := range s.literals() {
			if !looksLikeSQL(text) {
				continue
			}
			for what, pattern := range banned {
				if what == "bare like" && strings.Contains(strings.ToLower(text), "lower(") {
					continue
				}
				if pattern.MatchString(text) {
					t.Errorf("%s uses %s in %q", s.path, what, firstLine(text))
				}
			}
		}
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// TestSQLLivesInStores proves that a room keeps its SQL in files named store*.go.
func TestSQLLivesInStores(t *testing.T) {
	statement := regexp.MustCompile(`(?is)^\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()`)
	for _, s := range tree(t) {
		if s.test || s.generated || roomOf(s.pkg) == "" || strings.HasPrefix(filepath.Base(s.path), "store") {
			continue
		}
		for _, text := range s.literals() {
			if statement.MatchString(text) {
				t.Errorf("%s holds SQL (%q): it belongs into store.go", s.path, firstLine(text))
			}
		}
	}
}

// TestRoomsAreComplete proves that every room has its door, its words in both languages, and tests on both engines.
func TestRoomsAreComplete(t *testing.T) {
	sources := tree(t)
	for room := range rooms {
		dir := filepath.Join(root(t), "internal", room)
		for _, must := range []string{"doc.go", "locale/zh.toml", "locale/en.toml"} {
			if _, err := os.Stat(filepath.Join(dir, must)); err != nil {
				t.Errorf("the room %s has no %s", room, must)
			}
		}
		both := false
		for _, s := range sources {
			if s.test && roomOf(s.pkg) == room && slices.Contains(s.imports(), module+"/internal/kit/dbtest") {
				both = true
			}
		}
		if found, _ := filepath.Glob(filepath.Join(dir, "schema", "*.sql")); len(found) > 0 && !both {
			t.Errorf("the room %s has tables and no test on both engines", room)
		}
	}
}

// TestEveryTableIsUsed proves that the room of each table names it in its SQL. That it does so on both engines is proven
// by the room's tests (TestRoomsAreComplete).
func TestEveryTableIsUsed(t *testing.T) {
	tables, _ := schema(t)
	sources := tree(t)
	for table, owner := range tables {
		if _, ok := rooms[owner]; !ok {
			continue
		}
		word := regexp.MustCompile(`\b` + table + `\b`)
		named := slices.ContainsFunc(sources, func(s source) bool {
			return roomOf(s.pkg) == owner && !s.test && slices.ContainsFunc(s.literals(), word.MatchString)
		})
		if !named {
			t.Errorf("table %s of %s is written and read by nobody", table, owner)
		}
	}
}

// TestDoors proves that doc.go of every package says what it is.
func TestDoors(t *testing.T) {
	docs := map[string]bool{}
	for _, s := range tree(t) {
		if !s.test && s.file.Doc != nil && len(s.file.Doc.Text()) > 40 {
			docs[s.pkg] = true
		}
	}
	for _, s := range tree(t) {
		if !s.test && !docs[s.pkg] {
			t.Errorf("package %s has no package comment", s.pkg)
			docs[s.pkg] = true
		}
	}
}

// TestSize keeps hand-written files short enough that a reader finds the place.
func TestSize(t *testing.T) {
	const limit = 500
	for _, s := range tree(t) {
		if !s.generated && s.lines > limit {
			t.Errorf("%s has %d lines; split it by subject (limit %d)", s.path, s.lines, limit)
		}
	}
}

// TestNothingForeign proves that the tree stands alone: no machine's path, no registry, no leftovers.
func TestNothingForeign(t *testing.T) {
	foreign := regexp.MustCompile(`/` + `work/|/` + `farm/|bash` + `_jobs|proxy\.` + `golang|registry\.` + `npmjs|deb\.` + `debian`)
	leftover := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b|not ` + `implemented`)
	top := root(t)
	err := filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "node_modules", "vendor", "bin", "data"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".templ", ".md", ".toml", ".yaml", ".css", ".js", ".sql", ".sh", ".mod", ""}, filepath.Ext(path)) {
			return nil
		}
		if strings.HasSuffix(path, ".min.js") || strings.HasSuffix(path, ".min.css") || d.Name() == "neike" {
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if m := foreign.Find(body); m != nil {
			t.Errorf("%s names %q", path, m)
		}
		if m := leftover.Find(body); m != nil && strings.HasSuffix(path, ".go") {
			t.Errorf("%s holds %q", path, m)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
