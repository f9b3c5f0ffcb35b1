package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// The company of the map: 490 departments in ten sites, and three years of work over five thousand relations.
const (
	mapSites = 10
	mapUnits = 490
	mapEdges = 5_000
	mapYears = 3
)

// edges measures what is read of the map of a large company, on the engine that is measured, and of an embedded company also on PostgreSQL.
func (b *bench) edges(ctx context.Context, t *table) error {
	kept := filepath.Join(b.s.data, fmt.Sprintf("company-homes-%d", b.s.requests))
	if err := b.fillMap(ctx, kept); err != nil {
		return err
	}
	if b.s.copies > 1 {
		many := fmt.Sprintf("%sx%d", kept, b.s.copies)
		if err := b.multiply(ctx, kept, many); err != nil {
			return err
		}
		kept = many
	}
	dir := filepath.Join(b.s.data, "run-map")
	b.server.stop()
	if err := b.copy(kept, dir); err != nil {
		return err
	}
	if err := b.edgesOn(ctx, t, dir, "SQLite"); err != nil {
		return err
	}
	b.server.stop()
	database, err := b.onPostgres(ctx, kept)
	if errors.Is(err, errNoPostgres) {
		t.add(row{name: "5 000 relations on PostgreSQL", value: -1, unit: "ms CPU", budget: 20, atMost: true, unmeasured: err.Error()})
		return nil
	}
	if err != nil {
		return err
	}
	was := b.url
	b.url, b.mapped = database, dir
	defer func() { b.server.stop(); b.url, b.mapped = was, "" }()
	return b.edgesOn(ctx, t, dir, "PostgreSQL")
}

// edgesOn measures the pages and calls, each over many relations and spans: figures that are remembered are a part of it, as in a company.
func (b *bench) edgesOn(ctx context.Context, t *table, dir, engine string) error {
	if err := b.serve(ctx, dir); err != nil {
		return err
	}
	office, err := b.tokenIn(ctx, dir, "00001")
	if err != nil {
		return err
	}
	chief, err := b.tokenIn(ctx, dir, "00002")
	if err != nil {
		return err
	}
	head, err := b.tokenIn(ctx, dir, agent(0))
	if err != nil {
		return err
	}
	dice, now := rand.New(rand.NewPCG(1, 2)), time.Now()
	pair := func() (string, string) {
		p := dice.IntN(mapUnits)
		return mapUnit(p), mapUnit(mapCustomer(p, dice.IntN(mapEdges/mapUnits)))
	}
	quarter := func() (from, to string) {
		first := time.Date(now.Year()-2, time.Month(1+3*dice.IntN(8)), 1, 0, 0, 0, 0, time.UTC)
		return first.Format(time.DateOnly), first.AddDate(0, 3, -1).Format(time.DateOnly)
	}
	for _, p := range []struct {
		name   string
		budget float64
		who    string
		path   func() string
	}{
		{"executive home", 25, chief, func() string { return "/" }},
		{"quality home", 25, office, func() string { return "/" }},
		{"head home", 5, head, func() string { return "/" }},
		{"matrix of departments", 20, office, func() string { return "/relations" }},
		{"matrix of any days", 20, office, func() string {
			from, to := quarter()
			return "/relations?" + url.Values{"from": {from}, "to": {to}}.Encode()
		}},
		{"page of a relation", 3, office, func() string { p, c := pair(); return "/relations/" + p + "/" + c }},
		{"attainment of a unit and quarter", 10, office, func() string {
			from, to := quarter()
			p, _ := pair()
			return "/api/v1/reports/attainment?" + url.Values{"by": {"unit"}, "provider": {p}, "from": {from}, "to": {to}}.Encode()
		}},
	} {
		next := func(int) (*http.Request, error) { return b.request(ctx, p.who, http.MethodGet, p.path(), nil) }
		if _, err := drive(ctx, b.server, 1, b.span()/5, http.StatusOK, next, nil); err != nil { // caches and statements
			return err
		}
		out, err := drive(ctx, b.server, 1, b.span(), http.StatusOK, next, nil)
		if err != nil {
			return err
		}
		t.add(row{name: fmt.Sprintf("%d relations: %s, %s", mapEdges, p.name, engine), value: out.perRequest(), unit: "ms CPU", budget: p.budget, atMost: true, limit: b.limit["http1"],
			note: fmt.Sprintf("p50 %.2f ms, p99 %.1f, %d different", out.percentile(0.5), out.percentile(0.99), out.n)})
	}
	began := time.Now()
	if out, err := exec.CommandContext(ctx, b.binary, b.at(dir, "doctor", "days")...).CombinedOutput(); err != nil {
		return fmt.Errorf("doctor days: %w\n%.2000s", err, out)
	}
	const days = 7
	t.add(row{name: fmt.Sprintf("%d relations: reconcile of a day, %s", mapEdges, engine), value: time.Since(began).Seconds() / days, unit: "s", budget: 2, atMost: true,
		note: fmt.Sprintf("%d days in one go, with the start of the command", days)})
	return nil
}

func mapUnit(i int) string { return fmt.Sprintf("d%03d", i) }

// mapCustomer is the j-th customer of a unit: never itself.
func mapCustomer(p, j int) int { return (p + 1 + j*47) % mapUnits }

// fillMap builds the company through the product's own imports, unless an earlier run left it behind.
func (b *bench) fillMap(ctx context.Context, dir string) error {
	done := filepath.Join(dir, "filled")
	if stood, err := os.Stat(done); err == nil && b.lasts(stood) {
		return nil
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		return err
	}
	began := time.Now()
	fmt.Fprintf(os.Stderr, "filling a company of %d relations …\n", mapEdges)
	units := [][]string{{"code", "name_zh", "name_en", "level", "parent", "head"}, {"hq", "总部", "Head office", "entity", "", "00001"}}
	for i := range mapSites {
		units = append(units, []string{fmt.Sprintf("s%02d", i), regions[i%len(regions)] + fmt.Sprint(i) + "基地", fmt.Sprintf("Base %d", i), "site", "hq", ""})
	}
	people := [][]string{{"employee_no", "name", "unit", "roles"}, {"00001", "量测", "hq", "admin;quality"}, {"00002", "总裁", "hq", "executive"}}
	var files []source
	for p := range mapUnits {
		name, nameEn := crafts[p%len(crafts)]+fmt.Sprint(p), fmt.Sprintf("%s %d", craftsEn[p%len(crafts)], p)
		units = append(units, []string{mapUnit(p), name, nameEn, "department", fmt.Sprintf("s%02d", p%mapSites), agent(p)})
		people = append(people, []string{agent(p), "经办" + mapUnit(p), mapUnit(p), ""})
		pack, err := json.Marshal(map[string]any{"schema": "icm.template/v1", "locale_order": []string{"zh", "en"},
			"department": map[string]any{"code": mapUnit(p), "name": map[string]string{"zh": name, "en": nameEn}},
			"services": []any{map[string]any{"code": mapUnit(p) + ".ask", "kind": "request", "name": map[string]string{"zh": "支持", "en": "Support"},
				"description": map[string]string{"zh": "日常支持。", "en": "Daily support."},
				"standards":   map[string]any{"response": map[string]any{"value": 4, "unit": "working_hours"}, "response_target_pct": 95, "completion_target_pct": 95, "completion": map[string]any{"value": 2, "unit": "workdays_eod"}}}}})
		if err != nil {
			return err
		}
		path := filepath.Join(dir, mapUnit(p)+".json")
		if err := os.WriteFile(path, pack, 0o600); err != nil {
			return err
		}
		files = append(files, source{"services", path})
	}
	tables := []source{{"units", filepath.Join(dir, "units.csv")}, {"people", filepath.Join(dir, "people.csv")}, {"requests", filepath.Join(dir, "cases.csv")}}
	for i, rows := range [][][]string{units, people, b.mapCases(began)} {
		if err := writeTable(tables[i].path, rows); err != nil {
			return err
		}
	}
	if err := b.take(ctx, dir, append(append(tables[:2:2], files...), tables[2])); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "filled in %s\n", time.Since(began).Round(time.Second))
	return os.WriteFile(done, nil, 0o600)
}

// mapCases spreads the cases over the relations and over the years.
func (b *bench) mapCases(now time.Time) [][]string {
	out := [][]string{{"case", "service", "asked_by", "title", "opened_at", "taken_at", "delivered_at", "accepted_at", "assignee"}}
	dice := rand.New(rand.NewPCG(3, 4))
	each := b.s.requests / mapEdges
	for e := range mapEdges {
		p := e % mapUnits
		c := mapCustomer(p, e/mapUnits)
		for k := range each {
			opened := now.Add(-time.Duration((float64(k) + dice.Float64()) / float64(each) * mapYears * 365 * 24 * float64(time.Hour)))
			at := func(hours int) string { return opened.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339) }
			took := 8
			if dice.IntN(20) < e%7 {
				took = 200
			}
			if opened.Add(time.Duration(took+4) * time.Hour).After(now) {
				continue
			}
			out = append(out, []string{fmt.Sprintf("%d-%d", e, k), mapUnit(p) + ".ask", agent(c), "月度支持", at(0), at(2), at(took), at(took + 4), agent(p)})
		}
	}
	return out
}
