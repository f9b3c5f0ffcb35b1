package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// undescribed are tables that name people and are not personal data of their own, with the reason.
var undescribed = map[string]string{
	"access_view":       "the register of the house; the person is told by access_told, which is copied",
	"access_glass":      "the register of the house; the person is told by access_told, which is copied",
	"org_handover_read": "a tick beside a note, which goes with the note",
}

var (
	tableMade  = regexp.MustCompile(`(?s)create table (\w+) \((.*?)\n\)`)
	columnMade = regexp.MustCompile(`alter table (\w+) add column ([^;]*)`)
)

// TestWhatIsKeptAboutPeopleIsDescribed: a table that points to people stands in its room's store_personal.go, so that its
// rows are copied for the person and erased after leaving, or has a reason not to.
func TestWhatIsKeptAboutPeopleIsDescribed(t *testing.T) {
	schemas, err := filepath.Glob("../*/schema/*.sql")
	if err != nil || len(schemas) < 20 {
		t.Fatalf("%d schemas, %v", len(schemas), err)
	}
	seen := map[string]bool{}
	for _, path := range schemas {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		described, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "../store_personal.go")) // a room without one describes nothing
		for _, made := range append(tableMade.FindAllStringSubmatch(up, -1), columnMade.FindAllStringSubmatch(up, -1)...) {
			table := made[1]
			if !strings.Contains(made[2], "references org_person") {
				continue
			}
			seen[table] = true
			inIt := regexp.MustCompile(`\b` + table + `\b`).Match(described)
			if _, excused := undescribed[table]; excused == inIt {
				t.Errorf("%s: table %s: described %v, excused %v", path, table, inIt, excused)
			}
		}
	}
	for table := range undescribed {
		if !seen[table] {
			t.Errorf("%s is excused and names nobody", table)
		}
	}
}

var columnsNamed = regexp.MustCompile(`Columns:\s*"([^"]*)"`)

// TestColumnsOfPersonalDataHaveWords: a copy of somebody's data has a heading over each column, in both languages.
func TestColumnsOfPersonalDataHaveWords(t *testing.T) {
	for _, locale := range []string{"zh", "en"} {
		words, err := os.ReadFile("../org/locale/personal/" + locale + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		rooms, err := filepath.Glob("../*/store_personal.go")
		if err != nil || len(rooms) < 10 {
			t.Fatalf("%d rooms, %v", len(rooms), err)
		}
		for _, path := range rooms {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, made := range columnsNamed.FindAllStringSubmatch(string(text), -1) {
				for _, column := range strings.Fields(made[1]) {
					name, _, _ := strings.Cut(column, ":")
					if !strings.Contains(string(words), "\npersonal-column-"+name+" =") {
						t.Errorf("%s: column %s has no word in %s: org.personal-column-%s", path, name, locale, name)
					}
				}
			}
		}
	}
}
