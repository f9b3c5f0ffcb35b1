package app

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

// Restore puts a backup in the place of what is there. Everything is unpacked and checked beside it first; only then
// is the old state moved aside (a folder before-DATE, or on PostgreSQL a schema of that name) and the new one moved in.
// It gives where the old state is now; "" when there was none. It refuses while another process has the database.
func Restore(ctx context.Context, c Config, from io.Reader, progress func(done, total int64, what string)) (aside string, err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return "", err
	}
	if c.DatabaseURL == "" {
		lock, err := hold(c.Data)
		if err != nil {
			return "", err
		}
		defer func() { err = errors.Join(err, lock.Release()) }()
	}
	temp, err := os.MkdirTemp(c.Data, "restore-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	m, err := unpack(ctx, from, temp, progress)
	if err != nil {
		return "", fmt.Errorf("this backup cannot be used: %w", err)
	}
	stamp := "before-" + time.Now().UTC().Format("20060102-150405.000")
	if c.DatabaseURL != "" {
		return restorePostgres(ctx, c, temp, m, stamp)
	}
	if m.Engine != sqldb.SQLite {
		return "", fmt.Errorf("this backup is of a %s database", m.Engine)
	}
	if err := checkCopy(ctx, c, filepath.Join(temp, "neike.db"), m); err != nil {
		return "", fmt.Errorf("this backup cannot be used: %w", err)
	}
	return swap(c, temp, stamp)
}

// unpack writes the files of a backup below dir and compares them with its manifest.
func unpack(ctx context.Context, from io.Reader, dir string, progress func(done, total int64, what string)) (Manifest, error) {
	var m Manifest
	found := map[string]Packed{}
	var bytes int64
	for r := tar.NewReader(from); ; {
		head, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return m, err
		}
		if err := ctx.Err(); err != nil {
			return m, err
		}
		if head.Name == manifestName {
			if err := json.NewDecoder(r).Decode(&m); err != nil {
				return m, fmt.Errorf("manifest: %w", err)
			}
			continue
		}
		if head.Typeflag != tar.TypeReg || !filepath.IsLocal(head.Name) {
			return m, fmt.Errorf("a strange entry %q", head.Name)
		}
		packed, err := unpackOne(r, filepath.Join(dir, filepath.FromSlash(head.Name)))
		if err != nil {
			return m, err
		}
		packed.Name = head.Name
		found[head.Name] = packed
		bytes += packed.Size
		progress(bytes, 0, head.Name)
	}
	if m.Format != 1 {
		return m, errors.New("it has no manifest, or one of a newer neike")
	}
	for _, want := range m.Files {
		if found[want.Name] != want {
			return m, fmt.Errorf("%s is damaged or missing", want.Name)
		}
	}
	if len(found) != len(m.Files) {
		return m, errors.New("it holds files that its manifest does not name")
	}
	return m, nil
}

func unpackOne(r io.Reader, path string) (Packed, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Packed{}, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Packed{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), r)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Packed{}, err
	}
	return Packed{Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// checkCopy opens the copy of the database, looks for damage and for a schema that this program does not know.
func checkCopy(ctx context.Context, c Config, path string, m Manifest) (err error) {
	db, err := sqldb.Open(ctx, sqldb.Config{Path: path, Log: c.Log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Check(ctx); err != nil {
		return err
	}
	newest, err := sqldb.Newest(sqldb.SQLite, schemas()...)
	if err == nil && m.Schema > newest {
		err = fmt.Errorf("it was made by a newer neike (schema %d, this one knows %d)", m.Schema, newest)
	}
	return err
}

// swap moves the old files aside and the new ones in.
func swap(c Config, temp, stamp string) (aside string, err error) {
	old := []string{c.database(), c.database() + "-wal", c.database() + "-shm", c.blobs(), c.search(), c.search() + "-wal", c.search() + "-shm"}
	for _, path := range old {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			continue
		}
		if aside == "" {
			if aside, err = os.MkdirTemp(c.Data, stamp+"-"); err != nil {
				return "", err
			}
		}
		if err := os.Rename(path, filepath.Join(aside, filepath.Base(path))); err != nil {
			return aside, err
		}
	}
	for _, path := range []string{c.database(), c.blobs()} {
		err := os.Rename(filepath.Join(temp, filepath.Base(path)), path)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // no files at all
			return aside, err
		}
	}
	dir, err := os.Open(c.Data)
	if err != nil {
		return aside, err
	}
	return aside, errors.Join(dir.Sync(), dir.Close())
}

func restorePostgres(ctx context.Context, c Config, temp string, m Manifest, stamp string) (aside string, err error) {
	if m.Engine != sqldb.Postgres {
		return "", fmt.Errorf("this backup is of a %s database", m.Engine)
	}
	newest, err := sqldb.Newest(sqldb.Postgres, schemas()...)
	if err != nil {
		return "", err
	}
	if m.Schema != newest {
		return "", fmt.Errorf("this backup has schema %d and this neike %d: restore it with the neike that made it (%s), then upgrade", m.Schema, newest, m.Version)
	}
	aside = strings.NewReplacer("-", "_", ".", "_").Replace(stamp)
	schema, err := setAside(ctx, c, aside)
	if err != nil {
		return "", err
	}
	if err := loadFresh(ctx, c, filepath.Join(temp, "tables")); err != nil {
		return "", errors.Join(err, putBack(ctx, c, schema, aside))
	}
	blobs := c.blobs()
	if _, err := os.Stat(blobs); err == nil {
		if err := os.Rename(blobs, filepath.Join(c.Data, stamp+"-files")); err != nil {
			return aside, err
		}
	}
	if err := os.Rename(filepath.Join(temp, "files"), blobs); err != nil && !errors.Is(err, os.ErrNotExist) {
		return aside, err
	}
	return aside, nil
}

// onPostgres opens the database for one piece of work.
func onPostgres(ctx context.Context, c Config, work func(db *sqldb.DB) error) (err error) {
	db, err := sqldb.Open(ctx, sqldb.Config{URL: c.DatabaseURL, Log: c.Log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return work(db)
}

// setAside renames the schema in use and makes an empty one of its name. It refuses while another process is there.
func setAside(ctx context.Context, c Config, aside string) (schema string, err error) {
	err = onPostgres(ctx, c, func(db *sqldb.DB) error {
		n, err := db.Processes(ctx)
		if err != nil {
			return err
		}
		if n > 1 { // this process is one
			return errors.New("another neike process uses this database; stop it first (one that crashed is forgotten after a minute)")
		}
		return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if schema, err = sqldb.Value[string](ctx, tx, `select quote_ident(current_schema())`); err != nil {
				return err
			}
			for _, text := range []string{"alter schema " + schema + " rename to " + aside, "create schema " + schema} {
				if _, err := tx.Exec(ctx, text); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return schema, err
}

func loadFresh(ctx context.Context, c Config, dir string) error {
	return onPostgres(ctx, c, func(db *sqldb.DB) error {
		if _, err := db.Migrate(ctx, schemas()...); err != nil {
			return err
		}
		return load(ctx, db, dir)
	})
}

func putBack(ctx context.Context, c Config, schema, aside string) error {
	return onPostgres(context.WithoutCancel(ctx), c, func(db *sqldb.DB) error {
		return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			for _, text := range []string{"drop schema " + schema + " cascade", "alter schema " + aside + " rename to " + schema} {
				if _, err := tx.Exec(ctx, text); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
