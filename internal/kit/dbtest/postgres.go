package dbtest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver

	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// Settings of the private server: nothing it holds needs to survive.
const serverOptions = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 " +
	"-c shared_buffers=128MB -c jit=off -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 " +
	"-c checkpoint_timeout=1h -c max_wal_size=512MB -c listen_addresses=''"

// maxTemplates is how many migrated templates the server keeps before the oldest unused ones are dropped.
const maxTemplates = 24

// server is the private PostgreSQL of this user on this machine.
type server struct {
	bin, dir string
	root     *sql.DB // connected to the database "postgres"
	copying  string  // how "create database" copies a template
}

var errNoPostgres = errors.New("no PostgreSQL server is installed (looked in PATH and /usr/lib/postgresql)")

var shared struct {
	once sync.Once
	*server
	err error
}

// postgresDatabase makes a database from the template of these schemas and says its URL.
func postgresDatabase(t testing.TB, print string, schemas []sqldb.Schema) string {
	t.Helper()
	demand := os.Getenv("NEIKE_PG")
	if os.Getenv("NEIKE_SERVERS") == "require" || os.Getenv("CI") != "" {
		demand = cmp.Or(demand, "require")
	}
	if demand == "off" {
		t.Skip("NEIKE_PG=off")
	}
	shared.once.Do(func() { shared.server, shared.err = startServer() })
	if errors.Is(shared.err, errNoPostgres) && demand != "require" {
		t.Skip(shared.err)
	}
	if shared.err != nil {
		t.Fatalf("start PostgreSQL: %v", shared.err)
	}
	s := shared.server
	name := fmt.Sprintf("neike_x_%d_%s", os.Getpid(), randomName())
	if err := s.fromTemplate(name, "neike_t_"+print, schemas); err != nil {
		t.Fatalf("make a PostgreSQL database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := s.root.Exec("drop database if exists " + name + " with (force)"); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
	})
	return s.url(name)
}

func (s *server) url(database string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database,
		RawQuery: url.Values{"host": {s.dir}, "user": {"postgres"}, "sslmode": {"disable"}}.Encode()}
	return u.String()
}

// fromTemplate copies the template, which one process makes first when it is missing.
func (s *server) fromTemplate(name, template string, schemas []sqldb.Schema) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	made, err := s.copyTemplate(ctx, name, template)
	if made || err != nil {
		return err
	}
	if err := s.makeTemplate(ctx, template, schemas); err != nil {
		return err
	}
	_, err = s.copyTemplate(ctx, name, template)
	return err
}

// copyTemplate makes the database if there is a template. Copies may go on side by side, but not while a template
// is made or dropped.
func (s *server) copyTemplate(ctx context.Context, name, template string) (made bool, err error) {
	unlock, err := s.lock(syscall.LOCK_SH)
	if err != nil {
		return false, err
	}
	defer unlock()
	if there, err := s.has(ctx, template); err != nil || !there {
		return false, err
	}
	_, err = s.root.ExecContext(ctx, "create database "+name+" template "+template+s.copying)
	return err == nil, err
}

func (s *server) has(ctx context.Context, database string) (there bool, err error) {
	err = s.root.QueryRowContext(ctx, "select count(*) > 0 from pg_database where datname = $1", database).Scan(&there)
	return there, err
}

func (s *server) makeTemplate(ctx context.Context, template string, schemas []sqldb.Schema) error {
	unlock, err := s.lock(syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock()
	if there, err := s.has(ctx, template); err != nil || there {
		return err
	}
	if err := s.sweep(ctx); err != nil {
		return err
	}
	raw := template + "_raw"
	for _, text := range []string{"drop database if exists " + raw + " with (force)", "create database " + raw} {
		if _, err := s.root.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	db, err := sqldb.Open(ctx, sqldb.Config{URL: s.url(raw), Log: quiet()})
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx, schemas...)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	_, err = s.root.ExecContext(ctx, "alter database "+raw+" rename to "+template)
	return err
}

// sweep drops the databases of processes that are gone, and the oldest templates when there are many.
func (s *server) sweep(ctx context.Context) error {
	rows, err := s.root.QueryContext(ctx, "select datname from pg_database where datname like 'neike%' order by oid")
	if err != nil {
		return err
	}
	defer rows.Close()
	var names, stale []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if pid, found := strings.CutPrefix(name, "neike_x_"); found {
			pid, _, _ = strings.Cut(pid, "_")
			if n, err := strconv.Atoi(pid); err == nil && errors.Is(syscall.Kill(n, 0), syscall.ESRCH) {
				stale = append(stale, name)
			}
		} else {
			names = append(names, name)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	stale = append(stale, names[:max(0, len(names)-maxTemplates)]...)
	for _, name := range stale {
		if _, err := s.root.ExecContext(ctx, "drop database if exists "+name+" with (force)"); err != nil {
			return err
		}
	}
	return nil
}

// startServer finds the running server, or makes and starts one.
func startServer() (*server, error) {
	bin, err := findServer()
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin, dir: place(bin)}
	unlock, err := s.lock(syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if s.root, err = sql.Open("pgx", s.url("postgres")); err != nil {
		return nil, err
	}
	s.root.SetMaxOpenConns(4)
	s.root.SetMaxIdleConns(1)
	if s.root.Ping() != nil {
		if err := s.start(); err != nil {
			return nil, err
		}
	}
	return s, s.choose()
}

// choose lets the server copy templates file by file: from version 15 on it would write every page to its log, which
// costs four times as much.
func (s *server) choose() error {
	var version int
	if err := s.root.QueryRow("select current_setting('server_version_num')::int").Scan(&version); err != nil {
		return err
	}
	if version >= 150000 {
		s.copying = " strategy file_copy"
	}
	return nil
}

// memory is a file system without a disk, and room what it must have free: databases that live for a second each cost a
// disk's file system more than they cost PostgreSQL.
const (
	memory = "/dev/shm"
	room   = 2 << 30
)

// place is the folder of the server.
func place(bin string) string {
	print := sha256.Sum256([]byte(bin + serverOptions + strconv.Itoa(os.Getuid())))
	name := "neike-pg-" + hex.EncodeToString(print[:4])
	fast := filepath.Join(memory, name)
	var free syscall.Statfs_t
	if _, err := os.Stat(fast); err == nil || syscall.Statfs(memory, &free) == nil && free.Bavail*uint64(free.Bsize) > room {
		return fast
	}
	return filepath.Join(os.TempDir(), name)
}

func findServer() (bin string, err error) {
	places, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	sorting.By(places, func(a, b string) int { return len(b) - len(a) + strings.Compare(b, a) })
	if found, err := exec.LookPath("initdb"); err == nil {
		places = append([]string{found}, places...)
	}
	for _, place := range places {
		if _, err := os.Stat(filepath.Join(filepath.Dir(place), "pg_ctl")); err == nil {
			return filepath.Dir(place), nil
		}
	}
	return "", errNoPostgres
}

// lock keeps other test processes out, shared or not; the kernel lets go when this process dies.
func (s *server) lock(how int) (unlock func(), err error) {
	f, err := os.OpenFile(s.dir+".lock", os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// start initialises the folder when that has not been done, and starts the server. A folder that does not start
// is made anew: it holds nothing that matters.
func (s *server) start() error {
	data := filepath.Join(s.dir, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		if s.run("pg_ctl", s.startArgs(data)...) == nil {
			return nil
		}
	}
	if err := os.RemoveAll(s.dir); err != nil {
		return err
	}
	if err := os.Mkdir(s.dir, 0o755); err != nil {
		return err
	}
	if owner, err := s.owner(); err != nil {
		return err
	} else if owner != nil {
		if err := os.Chown(s.dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	if err := s.run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"); err != nil {
		return err
	}
	return s.run("pg_ctl", s.startArgs(data)...)
}

func (s *server) startArgs(data string) []string {
	return []string{"-D", data, "-w", "-t", "60", "-l", filepath.Join(s.dir, "log"),
		"-o", serverOptions + " -c unix_socket_directories='" + s.dir + "'", "start"}
}

// owner is who the server runs as: it refuses to run as root, so root lends it the user postgres.
func (s *server) owner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (s *server) run(program string, args ...string) error {
	owner, err := s.owner()
	if err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Setsid: true}
	cmd.Dir = "/"
	// A file and not a pipe: the server that pg_ctl leaves behind would keep a pipe open.
	out, err := os.CreateTemp("", "neike-pg-out-")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", program, err, bytes.TrimSpace(said))
	}
	return nil
}

// Stop ends the private server, if it runs.
func Stop() error {
	bin, err := findServer()
	if err != nil {
		return err
	}
	s := &server{bin: bin, dir: place(bin)}
	unlock, err := s.lock(syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(s.dir, "data", "postmaster.pid")); err != nil {
		return nil
	}
	return s.run("pg_ctl", "-D", filepath.Join(s.dir, "data"), "-m", "immediate", "-w", "stop")
}
