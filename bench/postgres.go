package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// pgOptions are the settings of the private server: those it comes with, but memory fit for the company, and commits that
// last.
const pgOptions = "-c shared_buffers=1GB -c max_wal_size=4GB -c checkpoint_timeout=30min -c max_connections=100 -c listen_addresses=''"

// postgres is a private PostgreSQL server from the binaries of the machine.
type postgres struct {
	bin, dir string
	owner    *syscall.Credential // root lends it the user postgres
}

var errNoPostgres = errors.New("no PostgreSQL server is installed (looked in PATH and /usr/lib/postgresql)")

// startPostgres starts the server whose files are kept in dir, which is made when it is missing.
func startPostgres(dir string) (*postgres, error) {
	s := &postgres{dir: dir}
	places, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if found, err := exec.LookPath("initdb"); err == nil {
		places = append(places, found)
	}
	if len(places) == 0 {
		return nil, errNoPostgres
	}
	s.bin = filepath.Dir(places[len(places)-1])
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		s.owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		if err := s.run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--locale=C", "--encoding=UTF8"); err != nil {
			return nil, err
		}
	}
	if s.run("pg_ctl", "-D", data, "status") == nil {
		return s, nil
	}
	return s, s.run("pg_ctl", "-D", data, "-w", "-t", "120", "-l", filepath.Join(dir, "log"), "-o", pgOptions+" -c unix_socket_directories='"+dir+"'", "start")
}

func (s *postgres) run(program string, args ...string) error {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner, Setsid: true}
	cmd.Dir = "/"
	said, err := os.CreateTemp("", "neike-bench") // a file: the server that pg_ctl leaves behind would keep a pipe open
	if err != nil {
		return err
	}
	defer os.Remove(said.Name())
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		words, _ := os.ReadFile(said.Name())
		return fmt.Errorf("%s: %w\n%.1000s", program, err, words)
	}
	return nil
}

func (s *postgres) stop() {
	if s != nil {
		_ = s.run("pg_ctl", "-D", filepath.Join(s.dir, "data"), "-m", "fast", "-w", "stop")
	}
}

func (s *postgres) url(database string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: url.Values{"host": {s.dir}, "user": {"postgres"}, "sslmode": {"disable"}}.Encode()}
	return u.String()
}

// pid is the first process of the server.
func (s *postgres) pid() (int, error) {
	body, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(body), "\n")
	return strconv.Atoi(first)
}

// do runs statements in a database, each by itself.
func (s *postgres) do(ctx context.Context, database string, texts ...string) error {
	conn, err := pgx.Connect(ctx, s.url(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, text := range texts {
		if _, err := conn.Exec(ctx, text); err != nil {
			return fmt.Errorf("%.200s: %w", text, err)
		}
	}
	return nil
}

// kept is the name of the database that holds the company of an embedded one, and run that of the copy that is worked on.
func keptDatabase(dir string) string { return strings.ReplaceAll(filepath.Base(dir), "-", "_") }

const runDatabase = "run_company"

// onPostgres starts the server and gives the address of a copy of the company of dir, which is moved there row by row
// unless an earlier run left it behind.
func (b *bench) onPostgres(ctx context.Context, dir string) (string, error) {
	if b.pg == nil {
		s, err := startPostgres(b.s.postgres)
		if err != nil {
			return "", err
		}
		b.pg = s
	}
	kept := keptDatabase(dir)
	filled, err := os.Stat(filepath.Join(dir, "filled"))
	if err != nil {
		return "", err
	}
	mark := fmt.Sprintf("of %d", filled.ModTime().UnixMilli())
	var said sql.NullString
	conn, err := pgx.Connect(ctx, b.pg.url("postgres"))
	if err != nil {
		return "", err
	}
	err = conn.QueryRow(ctx, "select shobj_description(oid, 'pg_database') from pg_database where datname = $1", kept).Scan(&said)
	conn.Close(ctx)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", err
	}
	if said.String != mark {
		if err := b.pg.do(ctx, "postgres", "drop database if exists "+kept+" with (force)", "create database "+kept); err != nil {
			return "", err
		}
		if err := b.move(ctx, dir, kept); err != nil {
			return "", err
		}
		if err := b.pg.do(ctx, "postgres", "comment on database "+kept+" is '"+mark+"'"); err != nil {
			return "", err
		}
	}
	return b.pg.url(runDatabase), b.pg.do(ctx, "postgres", "drop database if exists "+runDatabase+" with (force)",
		"create database "+runDatabase+" template "+kept+" strategy file_copy")
}

// move copies every table of the embedded database in dir, whose schema the product makes, without its indexes and with
// no look at foreign keys; doctor has to find nothing.
func (b *bench) move(ctx context.Context, dir, database string) error {
	began := time.Now()
	say := func(what string) { fmt.Fprintf(os.Stderr, "%6s %s\n", time.Since(began).Round(time.Second), what) }
	say("moving the company to PostgreSQL …")
	files := filepath.Join(b.s.data, "run-postgres") // what stands beside the database
	if err := b.copy(filepath.Join(dir, "files"), filepath.Join(files, "files")); err != nil {
		return err
	}
	b.copies = append(b.copies, files)
	if err := copyFile(filepath.Join(dir, "secret.key"), filepath.Join(files, "secret.key"), 0o600); err != nil {
		return err
	}
	at := []string{"--data", files, "--database-url", b.pg.url(database)}
	if out, err := exec.CommandContext(ctx, b.binary, append([]string{"migrate"}, at...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w\n%s", err, out)
	}
	lite, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "neike.db")+"?mode=ro")
	if err != nil {
		return err
	}
	defer lite.Close()
	conn, err := pgx.Connect(ctx, b.pg.url(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if err := moveTables(ctx, lite, conn, say); err != nil {
		return err
	}
	say("vacuum analyze") // as the server would by itself within minutes
	if _, err := conn.Exec(ctx, "vacuum analyze"); err != nil {
		return err
	}
	say("search index")
	if err := b.searchable(ctx, "pgx", b.pg.url(database), at...); err != nil {
		return err
	}
	say("doctor")
	if out, err := exec.CommandContext(ctx, b.binary, append([]string{"doctor"}, at...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("doctor: %w\n%.3000s", err, out)
	}
	say("moved")
	return nil
}

// notMoved are tables that the engines have each for themselves.
var notMoved = []string{"schema_version", "node_lease", "search_doc", "search_state"}

type indexOf struct{ name, table, text string }

func moveTables(ctx context.Context, lite *sql.DB, conn *pgx.Conn, say func(string)) error {
	names, err := listed(ctx, lite, "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name")
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(x string) bool { return slices.Contains(notMoved, x) })
	rows, err := conn.Query(ctx, `select indexname, tablename, indexdef from pg_indexes i
where schemaname = current_schema() and tablename = any($1) and not exists (select from pg_constraint c where c.conname = i.indexname)`, names)
	if err != nil {
		return err
	}
	indexes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x indexOf, err error) { return x, row.Scan(&x.name, &x.table, &x.text) })
	if err != nil {
		return err
	}
	texts := []string{"set session_replication_role = replica", "set maintenance_work_mem = '512MB'", "truncate " + strings.Join(names, ", ") + " cascade"}
	for _, x := range indexes {
		texts = append(texts, "drop index "+x.name)
	}
	for _, text := range texts {
		if _, err := conn.Exec(ctx, text); err != nil {
			return fmt.Errorf("%.200s: %w", text, err)
		}
	}
	for _, name := range names {
		n, err := moveTable(ctx, lite, conn, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if n > 100_000 {
			say(fmt.Sprintf("%s %d", name, n))
		}
	}
	say("indexes")
	for _, x := range indexes {
		if _, err := conn.Exec(ctx, x.text); err != nil {
			return fmt.Errorf("%s: %w", x.text, err)
		}
	}
	return setSequences(ctx, conn)
}

// setSequences goes on where the tables of numbers stand.
func setSequences(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, "select sequencename from pg_sequences where schemaname = current_schema()")
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == "schema_version_id_seq" {
			continue
		}
		table := strings.TrimSuffix(name, "_seq")
		text := fmt.Sprintf("select setval('%s', greatest((select next - 1 from %s where id = 1), 1), (select next > 1 from %s where id = 1))", name, table, table)
		switch name {
		case "request_number_seq":
			text = "select setval('request_number_seq', (select max(number) from request), true)"
		case "outbox_seq_seq":
			text = "select setval('outbox_seq_seq', greatest((select max(seq) from outbox), (select max(seq) from event_cursor), 1), true)"
		}
		if _, err := conn.Exec(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// moveTable copies the rows of one table.
func moveTable(ctx context.Context, lite *sql.DB, conn *pgx.Conn, name string) (int64, error) {
	described, err := conn.Query(ctx, `select column_name, data_type from information_schema.columns
where table_schema = current_schema() and table_name = $1 order by ordinal_position`, name)
	if err != nil {
		return 0, err
	}
	var columns, types []string
	for described.Next() {
		var column, kind string
		if err := described.Scan(&column, &kind); err != nil {
			return 0, err
		}
		columns, types = append(columns, column), append(types, kind)
	}
	if err := described.Err(); err != nil || len(columns) == 0 {
		return 0, err
	}
	rows, err := lite.QueryContext(ctx, "select "+strings.Join(columns, ", ")+" from "+name)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n, err := conn.CopyFrom(ctx, pgx.Identifier{name}, columns, &moved{rows: rows, types: types})
	return n, err
}

// moved gives the rows of an embedded table as PostgreSQL wants them.
type moved struct {
	rows  *sql.Rows
	types []string
	err   error
}

func (m *moved) Next() bool { return m.err == nil && m.rows.Next() }
func (m *moved) Err() error { return errors.Join(m.err, m.rows.Err()) }

func (m *moved) Values() ([]any, error) {
	values, into := make([]any, len(m.types)), make([]any, len(m.types))
	for i := range values {
		into[i] = &values[i]
	}
	if err := m.rows.Scan(into...); err != nil {
		return nil, err
	}
	for i, v := range values {
		switch x := v.(type) {
		case int64:
			switch m.types[i] {
			case "boolean":
				values[i] = x != 0
			case "double precision", "real":
				values[i] = float64(x)
			}
		case []byte:
			if m.types[i] != "bytea" {
				values[i] = string(x)
			}
		case string:
			switch m.types[i] {
			case "bytea":
				values[i] = []byte(x)
			case "jsonb":
				values[i] = []byte(x)
			}
		}
	}
	return values, nil
}
