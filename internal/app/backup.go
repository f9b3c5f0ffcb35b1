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
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"neike/internal/kit/sqldb"
)

func init() {
	offer("backup", func(ctx context.Context, a *App, c *Call) error { return a.Backup(ctx, c.Out, c.Progress) })
}

// Manifest is the last file of a backup: what it holds, with a checksum each.
type Manifest struct {
	Format  int          `json:"format"` // 1
	Engine  sqldb.Engine `json:"engine"`
	Version string       `json:"version"` // of neike
	Schema  int64        `json:"schema"`  // newest migration
	MadeAt  time.Time    `json:"made_at"`
	Files   []Packed     `json:"files"`
}

// Packed is one file of a backup.
type Packed struct {
	Name   string `json:"name"` // "neike.db", "files/ab/cd/…", "tables/org_unit.ndjson"
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const manifestName = "manifest.json"

// Backup writes a consistent copy of everything to w as a tar file, while the house serves: the database as of one
// moment and all files it may name. The search index is left out; it is made anew. On SQLite the copy is the database
// file; on PostgreSQL it is every table as lines of JSON, read in one snapshot, so that no other program is needed.
func (a *App) Backup(ctx context.Context, w io.Writer, progress func(done, total int64, what string)) error {
	temp, err := os.MkdirTemp(a.Config.Data, "backup-")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer os.RemoveAll(temp)
	m := Manifest{Format: 1, Engine: a.DB.Engine(), Version: a.Config.Version, MadeAt: a.DB.Now()}
	if m.Schema, err = schemaVersion(ctx, a.DB); err != nil {
		return err
	}
	progress(0, 0, "database")
	if m.Engine == sqldb.SQLite {
		err = a.DB.Backup(ctx, filepath.Join(temp, "neike.db"))
	} else {
		err = dump(ctx, a.DB, filepath.Join(temp, "tables"))
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	p := packer{tar: tar.NewWriter(w), manifest: &m, progress: progress}
	if err := p.folder(ctx, temp, ""); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := p.folder(ctx, a.Config.blobs(), "files"); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return p.close()
}

func schemaVersion(ctx context.Context, db *sqldb.DB) (version int64, err error) {
	err = db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		version, err = sqldb.Value[int64](ctx, rd, `select max(version_id) from schema_version`)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("schema version: %w", err)
	}
	return version, nil
}

type packer struct {
	tar      *tar.Writer
	manifest *Manifest
	progress func(done, total int64, what string)
	bytes    int64
}

// folder packs every file below dir under prefix. A file that goes away meanwhile is not named by the database's copy
// either, which is older: only unused files are ever removed.
func (p *packer) folder(ctx context.Context, dir, prefix string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() || strings.Contains(path, "incoming") {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return p.file(path, filepath.ToSlash(filepath.Join(prefix, rel)))
	})
}

func (p *packer) file(path, name string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := p.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(p.tar, sum), io.LimitReader(f, info.Size())); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.manifest.Files = append(p.manifest.Files, Packed{name, info.Size(), hex.EncodeToString(sum.Sum(nil))})
	p.bytes += info.Size()
	p.progress(p.bytes, 0, name)
	return nil
}

func (p *packer) close() error {
	body, err := json.MarshalIndent(p.manifest, "", "  ")
	if err != nil {
		return err
	}
	if err := p.tar.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(body)), ModTime: p.manifest.MadeAt}); err != nil {
		return err
	}
	if _, err := p.tar.Write(body); err != nil {
		return err
	}
	return p.tar.Close()
}
