package sqldb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Schema is the migrations of one room: files named YYYYMMDDNN_what.sql in goose's format, their numbers unique
// over all rooms. A file for one engine only ends in .sqlite.sql or .postgres.sql.
//
// One text serves both engines. For SQLite the loader turns "bigint primary key" into the rowid ("integer primary
// key"), jsonb into text and bytea into blob; a comment "-- without rowid" on the line of a create table, or on
// its last line, adds those words.
type Schema struct {
	Room string
	FS   fs.FS // the files, or one folder with them
}

func (s Schema) files() ([]string, error) {
	for _, pattern := range []string{"*.sql", "*/*.sql"} {
		if names, err := fs.Glob(s.FS, pattern); err != nil || len(names) > 0 {
			return names, err
		}
	}
	return nil, nil
}

const versionTable = "schema_version"

// Migrate applies what is missing, all rooms together in the order of their numbers, each file in a transaction
// of its own. Several processes may call it at once. It says how many files it applied. ErrNewer for a database with a
// file newer than all of these: what a newer program keeps there an older one would break.
func (db *DB) Migrate(ctx context.Context, schemas ...Schema) (applied int, err error) {
	files, err := merged(db.engine, append([]Schema{{"sqldb", ownSchema}}, schemas...))
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{
		goose.WithTableName(versionTable), goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true),
	}
	pool := db.backend.pool()
	if db.engine == Postgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return 0, fmt.Errorf("migrate: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, pool, files, options...)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	if err := notNewer(ctx, provider); err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return len(results), fmt.Errorf("migrate: %w", err)
	}
	if db.engine == SQLite && len(results) > 0 {
		if err := checkForeignKeys(ctx, pool); err != nil {
			return len(results), fmt.Errorf("migrate: %w", err)
		}
	}
	return len(results), db.leaseNode(ctx)
}

// ErrNewer says that a newer version of the program has been here.
var ErrNewer = errors.New("the database was made by a newer version of this program")

func notNewer(ctx context.Context, provider *goose.Provider) error {
	there, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	newest := int64(0)
	for _, s := range provider.ListSources() {
		newest = max(newest, s.Version)
	}
	if there > newest {
		return fmt.Errorf("%w (schema %d; this one knows %d)", ErrNewer, there, newest)
	}
	return nil
}

// Newest is the number of the newest migration that an engine gets: what Migrate brings it to.
func Newest(engine Engine, schemas ...Schema) (newest int64, err error) {
	for _, schema := range append([]Schema{{"sqldb", ownSchema}}, schemas...) {
		names, err := schema.files()
		if err != nil {
			return 0, err
		}
		for _, name := range names {
			target, wanted := forEngine(engine, path.Base(name))
			if !wanted {
				continue
			}
			number, _, _ := strings.Cut(target, "_")
			version, err := strconv.ParseInt(number, 10, 64)
			if err != nil {
				return 0, err
			}
			newest = max(newest, version)
		}
	}
	return newest, nil
}

// merged puts the files of all rooms into one folder, as the engine wants them.
func merged(engine Engine, schemas []Schema) (fs.FS, error) {
	files := fstest.MapFS{}
	owner := map[string]string{}
	for _, schema := range schemas {
		names, err := schema.files()
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			target, wanted := forEngine(engine, path.Base(name))
			if !wanted {
				continue
			}
			version, _, _ := strings.Cut(target, "_")
			if other, taken := owner[version]; taken {
				return nil, fmt.Errorf("version %s is used by %s and %s", version, other, schema.Room)
			}
			owner[version] = schema.Room
			body, err := fs.ReadFile(schema.FS, name)
			if err != nil {
				return nil, err
			}
			files[target] = &fstest.MapFile{Data: []byte(dialect(engine, string(body))), Mode: 0o444}
		}
	}
	return files, nil
}

func forEngine(engine Engine, name string) (target string, wanted bool) {
	for _, e := range []Engine{SQLite, Postgres} {
		if stem, found := strings.CutSuffix(name, "."+string(e)+".sql"); found {
			return stem + ".sql", e == engine
		}
	}
	return name, true
}

var (
	rowid        = regexp.MustCompile(`(?i)\bbigint\s+primary\s+key\b`)
	jsonColumn   = regexp.MustCompile(`(?i)\bjsonb\b`)
	byteColumn   = regexp.MustCompile(`(?i)\bbytea\b`)
	withoutRowid = regexp.MustCompile(`(?i)--\s*without rowid\s*$`)
	createTable  = regexp.MustCompile(`(?i)^\s*create table\b`)
)

// dialect writes a migration for the engine.
func dialect(engine Engine, text string) string {
	if !strings.Contains(text, "+goose Up") {
		text = "-- +goose Up\n" + text
	}
	if engine == Postgres {
		return text
	}
	text = rowid.ReplaceAllString(text, "integer primary key")
	text = jsonColumn.ReplaceAllString(text, "text")
	text = byteColumn.ReplaceAllString(text, "blob")
	lines := strings.Split(text, "\n")
	marked := false // the current statement wants no rowid
	for i, line := range lines {
		if createTable.MatchString(line) {
			marked = false
		}
		marked = marked || withoutRowid.MatchString(line)
		bare, comment, _ := strings.Cut(line, "--")
		bare = strings.TrimRight(bare, " \t")
		if marked && strings.HasSuffix(bare, ");") {
			lines[i] = strings.TrimSuffix(bare, ";") + " without rowid; --" + comment
			marked = false
		}
	}
	return strings.Join(lines, "\n")
}

// Fingerprint names what Migrate would build from nothing on an engine: equal schemas, equal fingerprints.
func Fingerprint(engine Engine, schemas ...Schema) (string, error) {
	files, err := merged(engine, append([]Schema{{"sqldb", ownSchema}}, schemas...))
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		fmt.Fprintf(hash, "%s %d\n%s", name, len(body), body)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil)[:8]), err
}
