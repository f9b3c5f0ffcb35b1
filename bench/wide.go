package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// The wide company: 100 000 people in 3 000 units, four levels deep.
const (
	widePeople = 100_000
	wideTeams  = 2_700
	wideDepts  = 290
	wideSites  = 10
	joiners    = 5_000 // people of the file that is measured
	badRows    = 50    // of them wrong
)

// wide measures a large company: its imports, its pages of the organisation, and a notice to everybody.
func (b *bench) wide(ctx context.Context, t *table) error {
	kept, dir := filepath.Join(b.s.data, "company-wide"), filepath.Join(b.s.data, "run-wide")
	if err := b.fillWide(ctx, kept); err != nil {
		return err
	}
	b.server.stop()
	if err := b.copy(kept, dir); err != nil {
		return err
	}
	if err := b.serve(ctx, dir); err != nil {
		return err
	}
	var err error
	if b.admin, err = b.tokenIn(ctx, dir, "000001", "--scope", "read,write,admin"); err != nil {
		return err
	}
	b.tokens = b.tokens[:0]
	for _, no := range []string{"000001", "010007", "033333", "050021", "077777", "099000"} {
		token, err := b.tokenIn(ctx, dir, no)
		if err != nil {
			return err
		}
		b.tokens = append(b.tokens, token)
	}
	if err := b.orgPages(ctx, t); err != nil {
		return err
	}
	if err := b.imports(ctx, t, dir); err != nil {
		return err
	}
	return b.notices(ctx, t)
}

// orgPages measures what people read of the organisation, as the administrator and as an employee sees it.
func (b *bench) orgPages(ctx context.Context, t *table) error {
	for _, who := range []struct{ name, token string }{{"administrator", b.admin}, {"employee", b.tokens[2]}} {
		for _, p := range []target{
			{"organisation", "/org", 5, true},
			{"unit of the first level", "/org/units/s03", 5, true},
			{"team", "/org/units/t1234", 5, true},
			{"person", "/people/012345", 5, true},
			{"people found by name", "/people/find?q=%E7%8E%8B%E8%8A%B3", 5, false},
			{"units found by name", "/units/find?q=%E8%A3%85%E9%85%8D", 5, false},
			{"newest 50 people as JSON", "/api/v1/people?limit=50", 5, false},
		} {
			p.page = p.page && who.token == b.admin // who sees more has the larger page
			p.name = "100 000 people: " + p.name + ", " + who.name
			if err := b.page(ctx, t, who.token, p); err != nil {
				return err
			}
		}
	}
	return b.page(ctx, t, b.admin, target{name: "100 000 people: adoption", path: "/insight/adoption", budget: 5, page: true})
}

// imported is what an import tells.
type imported struct{ Created, Updated, Unchanged, Bad int }

// imports measures a file of 5 000 people, some rows of it wrong: judged, taken in, and taken in again.
func (b *bench) imports(ctx context.Context, t *table, dir string) error {
	rows := [][]string{{"employee_no", "name", "unit", "phone", "email", "title_zh"}}
	for i := range joiners {
		unit, no := team(i), fmt.Sprintf("2%05d", i)
		if i%(joiners/badRows) == 7 {
			unit = "nowhere"
		}
		rows = append(rows, []string{no, fullName(i * 7), unit, fmt.Sprintf("139%08d", i), no + "@example.com", "操作员"})
	}
	file := filepath.Join(dir, "joiners.csv")
	if err := writeTable(file, rows); err != nil {
		return err
	}
	for _, r := range []struct {
		name   string
		args   []string
		budget float64
		want   imported
	}{
		{"dry run", []string{"--dry-run"}, 20, imported{Created: joiners - badRows, Bad: badRows}},
		{"taken in", []string{"--skip-bad"}, 60, imported{Created: joiners - badRows, Bad: badRows}},
		{"a second time", []string{"--skip-bad"}, 60, imported{Unchanged: joiners - badRows, Bad: badRows}},
	} {
		began := time.Now()
		got, err := b.importFile(ctx, dir, file, r.args...)
		if err != nil {
			return err
		}
		t.add(row{name: "import of 5 000 people, " + r.name, value: time.Since(began).Seconds(), unit: "s", budget: r.budget, atMost: true,
			note: fmt.Sprintf("%d new, %d changed, %d unchanged, %d wrong", got.Created, got.Updated, got.Unchanged, got.Bad)})
		if got != r.want {
			return fmt.Errorf("import, %s: %+v, not %+v", r.name, got, r.want)
		}
	}
	return b.settled(ctx)
}

func (b *bench) importFile(ctx context.Context, dir, file string, more ...string) (imported, error) {
	var told struct {
		Created, Updated, Unchanged int
		Errors                      []struct{}
	}
	cmd := exec.CommandContext(ctx, b.binary, append([]string{"import", "people", file, "--data", dir, "--json"}, more...)...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) { // wrong rows end with a code of their own
		return imported{}, err
	}
	if err := json.Unmarshal(out, &told); err != nil {
		return imported{}, fmt.Errorf("%w: %.400s", err, out)
	}
	return imported{told.Created, told.Updated, told.Unchanged, len(told.Errors)}, nil
}

// fillWide builds the company through the product's own imports, unless an earlier run left it behind.
func (b *bench) fillWide(ctx context.Context, dir string) error {
	done := filepath.Join(dir, "filled")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		return err
	}
	began := time.Now()
	fmt.Fprintf(os.Stderr, "filling a company of %d people …\n", widePeople)
	units := [][]string{{"code", "name_zh", "name_en", "level", "parent", "head"}, {"hq", "总部", "Head office", "entity", "", "000001"}}
	for i := range wideSites {
		units = append(units, []string{fmt.Sprintf("s%02d", i), regions[i%len(regions)] + strconv.Itoa(i) + "基地", fmt.Sprintf("Base %d", i), "site", "hq", ""})
	}
	for i := range wideDepts {
		units = append(units, []string{fmt.Sprintf("p%03d", i), crafts[i%len(crafts)] + strconv.Itoa(i), fmt.Sprintf("%s %d", craftsEn[i%len(crafts)], i), "department", fmt.Sprintf("s%02d", i%wideSites), ""})
	}
	for i := range wideTeams {
		units = append(units, []string{team(i), "装配" + strconv.Itoa(i) + "班", fmt.Sprintf("Assembly team %d", i), "team", fmt.Sprintf("p%03d", i%wideDepts), ""})
	}
	people := [][]string{{"employee_no", "name", "unit", "phone", "email", "title_zh", "roles"}}
	for i := range widePeople {
		no, roles := fmt.Sprintf("%06d", i+1), ""
		if i == 0 {
			roles = "admin;quality"
		}
		people = append(people, []string{no, fullName(i), team(i), fmt.Sprintf("138%08d", i), no + "@example.com", "操作员", roles})
	}
	files := []source{{"units", filepath.Join(dir, "units.csv")}, {"people", filepath.Join(dir, "people.csv")}}
	for i, rows := range [][][]string{units, people} {
		if err := writeTable(files[i].path, rows); err != nil {
			return err
		}
	}
	if err := b.take(ctx, dir, files); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "filled in %s\n", time.Since(began).Round(time.Second))
	return os.WriteFile(done, nil, 0o600)
}

// team is the unit of the i-th person.
func team(i int) string { return fmt.Sprintf("t%04d", i%wideTeams) }

// fullName is one of many names, each of which several people have.
func fullName(i int) string {
	family, given := []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"), []rune("芳伟娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平")
	return string([]rune{family[i%len(family)], given[i/len(family)%len(given)], given[i/400%len(given)]})
}
