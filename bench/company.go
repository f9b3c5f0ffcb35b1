package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// bench holds the binary under test, the filled company and what was learnt about it.
type bench struct {
	s      settings
	binary string
	server *process
	limit  map[string]float64 // machine's figures by name
	tokens []string           // API tokens of employees
	admin  string             // API token of an administrator who also is the quality office
	copies []string           // folders of copies to remove in the end
	pg     *postgres          // the private server, once it was needed
	url    string             // of the measured company's database on it; empty: the company is embedded
	mapped string             // the folder of another company that stands at url instead
}

func (b *bench) span() time.Duration { return time.Duration(b.s.seconds * float64(time.Second)) }

func (b *bench) close() {
	b.server.stop()
	b.pg.stop()
	for _, dir := range b.copies {
		_ = os.RemoveAll(dir)
	}
}

// prepare builds the binary.
func prepare(ctx context.Context, s settings) (*bench, error) {
	b := &bench{s: s, limit: map[string]float64{}}
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		return nil, err
	}
	b.binary = filepath.Join(s.data, "neike")
	build := exec.CommandContext(ctx, "sh", "scripts/build.sh", b.binary)
	if s.profile != "" {
		build.Args = append(build.Args, "-tags", "profile")
	}
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	return b, nil
}

// raise fills the company, unless an earlier run of the same size left one behind, and makes the copy that is measured.
func (b *bench) raise(ctx context.Context) error {
	if err := b.made(ctx); err != nil {
		return err
	}
	if err := b.copy(b.kept(), b.company()); err != nil {
		return err
	}
	if b.s.engine == "postgres" {
		url, err := b.onPostgres(ctx, b.kept())
		if err != nil {
			return err
		}
		b.url = url
	}
	// a company that an older version filled is brought up to date before anything is measured
	if out, err := exec.CommandContext(ctx, b.binary, b.at(b.company(), "migrate")...).CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w\n%s", err, out)
	}
	return nil
}

// kept is the folder of the company that runs measure copies of.
func (b *bench) kept() string {
	if b.s.copies > 1 {
		return filepath.Join(b.s.data, fmt.Sprintf("company-%dx%d", b.s.requests, b.s.copies))
	}
	return filepath.Join(b.s.data, fmt.Sprintf("company-%d", b.s.requests))
}

// made makes that company, unless it stands.
func (b *bench) made(ctx context.Context) error {
	if stood, err := os.Stat(filepath.Join(b.kept(), "filled")); err == nil && b.lasts(stood) {
		return nil
	}
	filled := filepath.Join(b.s.data, fmt.Sprintf("company-%d", b.s.requests))
	if err := b.fill(ctx, filled); err != nil || b.s.copies <= 1 {
		return err
	}
	return b.multiply(ctx, filled, b.kept())
}

// at is a command line for the company in dir, which is on PostgreSQL when the measured one is.
func (b *bench) at(dir string, command ...string) []string {
	out := append(command, "--data", dir)
	if b.url != "" && (dir == b.company() && b.mapped == "" || dir == b.mapped) {
		out = append(out, "--database-url", b.url)
	}
	return out
}

// counting lets the CPU of the database's server count, when the company is on one.
func (b *bench) counting() (err error) {
	if b.url != "" {
		b.server.beside, err = b.pg.pid()
	}
	return err
}

// company is the folder of the copy that is worked on.
func (b *bench) company() string { return filepath.Join(b.s.data, "run-company") }

// copy makes the folder to from the folder kept, so that each run measures the same company.
func (b *bench) copy(kept, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	b.copies = append(b.copies, to)
	return filepath.WalkDir(kept, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(kept, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if d.IsDir() {
			return os.MkdirAll(target, info.Mode().Perm())
		}
		return copyFile(path, target, info.Mode().Perm())
	})
}

func copyFile(from, to string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// fresh is how long a filled company is measured: of an older one the server has hours to catch up with, deadlines and
// messages, beside what is measured.
const fresh = time.Hour

func (b *bench) lasts(stood fs.FileInfo) bool { return b.s.old || time.Since(stood.ModTime()) < fresh }

// fill makes the demo company in dir through the product's own command and marks it complete, unless a fresh one stands
// already.
func (b *bench) fill(ctx context.Context, dir string) error {
	done := filepath.Join(dir, "filled")
	if stood, err := os.Stat(done); err == nil && b.lasts(stood) {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	began := time.Now()
	fmt.Fprintf(os.Stderr, "filling a company with %d requests …\n", b.s.requests)
	p, _, err := start(ctx, "/readyz", addr, b.binary, "demo", "--data", dir, "--listen", addr, "--requests", fmt.Sprint(b.s.requests))
	if err != nil {
		return err
	}
	p.stop()
	fmt.Fprintf(os.Stderr, "filled in %s\n", time.Since(began).Round(time.Second))
	return os.WriteFile(done, nil, 0o600)
}

// start brings the server up and measures the time to its first answer.
func (b *bench) start(ctx context.Context, t *table) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	if b.s.profile != "" {
		if err := os.Setenv("NEIKE_PROFILE", b.s.profile); err != nil {
			return err
		}
	}
	p, took, err := start(ctx, "/readyz", addr, b.binary, b.at(b.company(), "serve", "--listen", addr)...)
	if err != nil {
		return err
	}
	if err := os.Unsetenv("NEIKE_PROFILE"); err != nil { // the commands beside it are not measured
		return err
	}
	b.server = p
	if err := b.counting(); err != nil {
		return err
	}
	t.add(row{name: "start to first answer", value: float64(took.Milliseconds()), unit: "ms", budget: 300, atMost: true})
	if err := b.enrol(ctx); err != nil {
		return err
	}
	return b.disconnect(ctx)
}

// disconnect takes the connections of the demo company out of use: their other side lives in the demo's own process, and
// tries that lead nowhere are not what is measured.
func (b *bench) disconnect(ctx context.Context) error {
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := b.get(ctx, b.admin, "/api/v1/connections", &list); err != nil {
		return err
	}
	for _, c := range list.Items {
		req, err := b.request(ctx, b.admin, http.MethodPost, "/api/v1/connections/"+c.ID+"/end", []byte("{}"))
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		if res.StatusCode >= 300 {
			return fmt.Errorf("connection %s is not taken out of use: %s", c.ID, res.Status)
		}
	}
	return nil
}

// enrol makes API tokens: one for the administrator and some for employees of different units.
func (b *bench) enrol(ctx context.Context) error {
	var err error
	if b.admin, err = b.tokenIn(ctx, b.company(), "1001", "--scope", "read,write,admin"); err != nil {
		return err
	}
	var people struct {
		Items []struct {
			No string `json:"employee_no"`
		} `json:"items"`
	}
	if err := b.get(ctx, b.admin, "/api/v1/people?limit=200", &people); err != nil {
		return err
	}
	for i := 7; i < len(people.Items) && len(b.tokens) < 16; i += 11 {
		token, err := b.token(ctx, people.Items[i].No)
		if err != nil {
			return err
		}
		b.tokens = append(b.tokens, token)
	}
	if len(b.tokens) < 4 {
		return errors.New("the company has too few people")
	}
	return nil
}

func (b *bench) token(ctx context.Context, no string) (string, error) {
	return b.tokenIn(ctx, b.company(), no)
}

// request builds a call of the API or of a page by the holder of a token.
func (b *bench) request(ctx context.Context, token, method, path string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+b.server.addr+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// get reads path as JSON into dst.
func (b *bench) get(ctx context.Context, token, path string, dst any) error {
	req, err := b.request(ctx, token, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %.300s", path, res.Status, body)
	}
	return json.Unmarshal(body, dst)
}
