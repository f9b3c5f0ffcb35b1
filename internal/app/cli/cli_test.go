package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"neike/internal/app"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"neike": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the command line as an operator does. Beside testscript's own commands there are
//
//	exits CODE command…   the command ends with this code; stdout and stderr can be looked at afterwards
//	ready                 waits until http://$ADDR/readyz answers
//	get PATH [TOKEN]      prints the answer's status and body
//	decode FROM TO        writes what is in base64, for what no script can hold
func TestScripts(t *testing.T) { scripts(t, "testdata", "") }

// TestScriptsOnPostgres runs scripts with an empty, migrated database of their own at $DB.
func TestScriptsOnPostgres(t *testing.T) {
	scripts(t, "testdata/postgres", dbtest.URL(t, app.Schemas()...))
}

// TestFillingOnPostgres: the demo company has a database of its own.
func TestFillingOnPostgres(t *testing.T) {
	scripts(t, "testdata/filling", dbtest.URL(t, app.Schemas()...))
}

func scripts(t *testing.T, dir, database string) {
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			e.Setenv("ADDR", l.Addr().String())
			e.Setenv("DB", database)
			e.Setenv("LANG", "en_US.UTF-8")
			e.Setenv("LC_ALL", "")
			return l.Close()
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "ready": ready, "get": get, "decode": decode},
	})
}

func decode(ts *testscript.TestScript, _ bool, args []string) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), raw, 0o600))
}

// TestHelp: every command has help with examples, and takes the flags that say where the house is.
func TestHelp(t *testing.T) {
	words := func(args ...string) string {
		var out, said bytes.Buffer
		if code := Main(args, strings.NewReader(""), &out, &said); code != Fine {
			t.Errorf("neike %s ends with %d: %s", strings.Join(args, " "), code, said.String())
		}
		return out.String()
	}
	all := words("--help")
	for _, sub := range []string{"token create", "token list", "token revoke", "person list", "person show", "person reset", "person unlock", "person activate-link"} {
		if !strings.Contains(words(append(strings.Fields(sub), "--help")...), "neike "+sub+" --data") {
			t.Errorf("neike %s has no example of itself", sub)
		}
	}
	for command := range strings.FieldsSeq("serve demo import export sync token person backup restore doctor replay verify migrate openapi bench config version") {
		if !strings.Contains(all, "\n  "+command) {
			t.Errorf("the help does not name %s", command)
		}
		help := words(command, "--help")
		for _, must := range []string{"Examples:\n", "neike " + command, "--data=DIR", "--database-url=URL"} {
			if !strings.Contains(help, must) {
				t.Errorf("the help of %s lacks %q", command, must)
			}
		}
	}
	for command := range strings.FieldsSeq("import sync doctor replay verify config version") {
		if !strings.Contains(words(command, "--help"), "--json") {
			t.Errorf("%s prints no JSON", command)
		}
	}
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func ready(ts *testscript.TestScript, _ bool, _ []string) {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		res, err := http.Get("http://" + ts.Getenv("ADDR") + "/readyz")
		if err == nil {
			ts.Check(res.Body.Close())
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(end) {
			ts.Fatalf("never ready: %v", err)
		}
	}
}

func get(ts *testscript.TestScript, _ bool, args []string) {
	r, err := http.NewRequest(http.MethodGet, "http://"+ts.Getenv("ADDR")+args[0], nil)
	ts.Check(err)
	if len(args) > 1 {
		r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(ts.ReadFile(args[1])))
	}
	res, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	_, err = fmt.Fprintf(ts.Stdout(), "%d %s\n", res.StatusCode, body)
	ts.Check(err)
}

func TestOrigins(t *testing.T) {
	dir := t.TempDir()
	file := dir + "/neike.toml"
	if err := os.WriteFile(file, []byte("listen = \"127.0.0.1:1\"\nurl = \"https://file.example\"\nproxies = [\"10.0.0.0/8\", \"192.168.1.1\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"NEIKE_URL": "https://env.example", "NEIKE_DATABASE_URL": "postgres://neike:secret@db/neike"}
	s, err := gather(map[string]string{"data": dir}, func(name string) string { return env[name] }, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, value, origin string }{
		{"data", dir, "--data"},
		{"listen", "127.0.0.1:1", file},
		{"url", "https://env.example", "NEIKE_URL"},
		{"log-level", "info", "default"},
		{"proxies", "10.0.0.0/8,192.168.1.1", file},
	} {
		for _, one := range s {
			if one.Name == c.name && (one.Value != c.value || one.Origin != c.origin) {
				t.Errorf("%s is %q from %s", c.name, one.Value, one.Origin)
			}
		}
		if s.get(c.name) != c.value {
			t.Errorf("%s is %q", c.name, s.get(c.name))
		}
	}
	config, err := s.config(io.Discard)
	if err != nil || len(config.Proxies) != 2 {
		t.Errorf("%v %v", config.Proxies, err)
	}
	for _, one := range s {
		if strings.Contains(one.shown(), "secret") {
			t.Errorf("%s shows a password: %s", one.Name, one.shown())
		}
	}
	if err := os.WriteFile(file, []byte("lisen = \"x\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := gather(map[string]string{"data": dir}, func(string) string { return "" }, ""); err == nil {
		t.Error("a slip in the file goes unseen")
	}
	if _, err := gather(nil, func(string) string { return "" }, dir+"/none.toml"); err == nil {
		t.Error("a file that was named must be there")
	}
	raw, err := json.Marshal(s)
	if err != nil || !strings.Contains(string(raw), `"origin":"--data"`) {
		t.Errorf("%s %v", raw, err)
	}
}

// TestAnOlderNeikeKeepsOffANewerHouse: every command that would open it refuses, and changes nothing.
func TestAnOlderNeikeKeepsOffANewerHouse(t *testing.T) {
	dir := t.TempDir()
	run := func(args ...string) (int, string) {
		var out, said bytes.Buffer
		return Main(append(args, "--data", dir), strings.NewReader(""), &out, &said), said.String()
	}
	if code, said := run("migrate"); code != Fine {
		t.Fatal(said)
	}
	db, err := sqldb.Open(t.Context(), sqldb.Config{Path: dir + "/neike.db"})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "insert into schema_version (version_id, is_applied) values (2099123100, 1)")
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"migrate", "doctor", "verify", "serve --listen 127.0.0.1:0", "person list"} {
		if code, said := run(strings.Fields(command)...); code != Failed || !strings.Contains(said, "made by a newer version") || !strings.Contains(said, "2099123100") {
			t.Errorf("%s ends with %d: %s", command, code, said)
		}
	}
}

// TestTheHouseIsItsOwners: nobody else on the machine reads its files, also in a folder that others look into.
func TestTheHouseIsItsOwners(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	if code := Main([]string{"doctor", "--data", dir}, strings.NewReader(""), &out, &said); code != Fine {
		t.Fatal(said.String())
	}
	for _, name := range []string{"neike.db", "search.db"} {
		info, err := os.Stat(dir + "/" + name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}
