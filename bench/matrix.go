package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// The company of the matrix: 40 departments, each of which has served every other one.
var (
	regions   = []string{"华东", "华南", "华北", "华中", "西南", "西北", "东北", "海外"}
	regionsEn = []string{"East", "South", "North", "Central", "Southwest", "Northwest", "Northeast", "Overseas"}
	crafts    = []string{"制造部", "销售部", "质量部", "采购部", "物流部"}
	craftsEn  = []string{"Manufacturing", "Sales", "Quality", "Procurement", "Logistics"}
)

const (
	sides     = 40
	casesEach = 20 // cases of every pair: enough for a figure
)

// matrix measures the page of 40 × 40 departments in a company of its own: all 1 560 relations have figures.
func (b *bench) matrix(ctx context.Context, t *table) error {
	dir := filepath.Join(b.s.data, "company-matrix")
	if err := b.fillMatrix(ctx, dir); err != nil {
		return err
	}
	if err := b.serve(ctx, dir); err != nil {
		return err
	}
	admin, err := b.tokenIn(ctx, dir, "00001")
	if err != nil {
		return err
	}
	const path = "/relations"
	body, err := b.body(ctx, admin, path)
	if err != nil {
		return err
	}
	figures := len(figured.FindAll(body, -1))
	if figures < sides*(sides-1) {
		return fmt.Errorf("%s shows %d figures, not those of %d relations", path, figures, sides*(sides-1))
	}
	return b.page(ctx, t, admin, target{name: "matrix 40 × 40", path: path, budget: 5, page: true})
}

var figured = regexp.MustCompile(`<td[^>]*>(?:<a[^>]*>)?\d+\s`) // a share, and below it the number of cases

// fillMatrix builds the company through the product's own imports, unless an earlier run left it behind.
func (b *bench) fillMatrix(ctx context.Context, dir string) error {
	done := filepath.Join(dir, "filled")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		return err
	}
	began := time.Now()
	fmt.Fprintf(os.Stderr, "filling a company of %d departments …\n", sides)
	files, err := matrixFiles(dir, began)
	if err != nil {
		return err
	}
	if err := b.take(ctx, dir, files); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "filled in %s\n", time.Since(began).Round(time.Second))
	return os.WriteFile(done, nil, 0o600)
}

// serve puts the server in front of another company and waits until it has followed what was imported.
func (b *bench) serve(ctx context.Context, dir string) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	b.server.stop()
	if b.server, _, err = start(ctx, "/readyz", addr, b.binary, b.at(dir, "serve", "--listen", addr)...); err != nil {
		return err
	}
	if err := b.counting(); err != nil {
		return err
	}
	return b.settled(ctx)
}

// source is a file to import.
type source struct{ kind, path string }

// take imports files into the company of a folder.
func (b *bench) take(ctx context.Context, dir string, files []source) error {
	for _, f := range files {
		out, err := exec.CommandContext(ctx, b.binary, "import", f.kind, f.path, "--data", dir).CombinedOutput()
		if err != nil {
			return fmt.Errorf("import %s: %w\n%.2000s", f.path, err, out)
		}
	}
	return nil
}

// writeTable writes rows as a CSV file.
func writeTable(path string, rows [][]string) error {
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o600)
}

// matrixFiles writes what is imported: units, people, one service of each department, and the cases.
func matrixFiles(dir string, now time.Time) ([]source, error) {
	units := [][]string{{"code", "name_zh", "name_en", "level", "parent"}, {"hq", "总部", "Head office", "entity", ""}}
	people := [][]string{{"employee_no", "name", "unit", "roles"}, {"00001", "量测", "hq", "admin;quality"}}
	cases := [][]string{{"case", "service", "asked_by", "title", "opened_at", "taken_at", "delivered_at", "accepted_at", "assignee"}}
	var files []source
	for p := range sides {
		code := fmt.Sprintf("d%02d", p)
		region, craft := p/len(crafts), p%len(crafts)
		units = append(units, []string{code, regions[region] + crafts[craft], regionsEn[region] + " " + craftsEn[craft], "department", "hq"})
		people = append(people, []string{agent(p), "经办" + code, code, ""})
		pack, err := json.Marshal(map[string]any{"schema": "icm.template/v1", "locale_order": []string{"zh", "en"},
			"department": map[string]any{"code": code, "name": map[string]string{"zh": regions[region] + crafts[craft], "en": regionsEn[region] + " " + craftsEn[craft]}},
			"services": []any{map[string]any{"code": code + ".ask", "kind": "request", "name": map[string]string{"zh": "支持", "en": "Support"},
				"description": map[string]string{"zh": "日常支持。", "en": "Daily support."},
				"standards":   map[string]any{"response": map[string]any{"value": 4, "unit": "working_hours"}, "response_target_pct": 95, "completion_target_pct": 95, "completion": map[string]any{"value": 2, "unit": "workdays_eod"}}}}})
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, code+".json")
		if err := os.WriteFile(path, pack, 0o600); err != nil {
			return nil, err
		}
		files = append(files, source{"services", path})
		for c := range sides {
			if c == p {
				continue
			}
			for k := range casesEach {
				cases = append(cases, history(now, p, c, k))
			}
		}
	}
	tables := []source{{"units", filepath.Join(dir, "units.csv")}, {"people", filepath.Join(dir, "people.csv")}, {"requests", filepath.Join(dir, "cases.csv")}}
	for i, rows := range [][][]string{units, people, cases} {
		if err := writeTable(tables[i].path, rows); err != nil {
			return nil, err
		}
	}
	return append(append(tables[:2:2], files...), tables[2]), nil
}

func agent(unit int) string { return fmt.Sprintf("1%04d", unit) }

// history is one case between two departments; the share of late ones is another in every pair.
func history(now time.Time, provider, customer, k int) []string {
	at := func(hours int) string {
		return now.Add(-time.Duration(30*24-hours) * time.Hour).Format(time.RFC3339)
	}
	began := (provider*7 + customer*3 + k*29) % 200
	took := 8
	if (provider*3+customer*5+k*7)%casesEach < provider*customer%8 {
		took = 200
	}
	return []string{fmt.Sprintf("%02d-%02d-%d", provider, customer, k), fmt.Sprintf("d%02d.ask", provider), agent(customer), "月度支持",
		at(began), at(began + 2), at(began + took), at(began + took + 4), agent(provider)}
}

// body is what a page answers.
func (b *bench) body(ctx context.Context, token, path string) ([]byte, error) {
	req, err := b.request(ctx, token, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(res.Body)
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s", path, res.Status)
	}
	return out.Bytes(), err
}

// tokenIn makes an API token for a person of a company; more are further arguments.
func (b *bench) tokenIn(ctx context.Context, dir, no string, more ...string) (string, error) {
	cmd := exec.CommandContext(ctx, b.binary, append(b.at(dir, "token", "create", "--person", no, "--name", "bench"), more...)...)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return "", fmt.Errorf("token: %w: %s", err, exit.Stderr)
		}
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}
