package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"neike/internal/kit/fault"
)

// Folder keeps each blob as a file under two levels of its name: ab/cd/abcd….
type Folder struct {
	dir string
	mu  sync.Mutex // a Put that finds its blob there, against a Remove
}

// NewFolder opens a folder, makes it when it is missing, and clears what an interrupted Put left a day ago.
func NewFolder(dir string) (*Folder, error) {
	f := &Folder{dir: dir}
	if err := os.MkdirAll(f.incoming(), 0o750); err != nil {
		return nil, fmt.Errorf("open the folder of blobs: %w", err)
	}
	return f, f.Clear(time.Now().Add(-Young))
}

// Clear implements Store.
func (f *Folder) Clear(before time.Time) error {
	left, err := os.ReadDir(f.incoming())
	if err != nil {
		return fmt.Errorf("clear the folder of blobs: %w", err)
	}
	for _, entry := range left {
		if info, err := entry.Info(); err == nil && info.ModTime().Before(before) {
			os.Remove(filepath.Join(f.incoming(), entry.Name()))
		}
	}
	return nil
}

// notKept is why a blob was not kept. A disk without room is nobody's mistake, and passes.
func notKept(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Wrap(fault.Unavailable, err, "file.no-room")
	}
	return fmt.Errorf("keep a blob: %w", err)
}

func (f *Folder) incoming() string { return filepath.Join(f.dir, "incoming") }

func (f *Folder) path(sha string) string { return filepath.Join(f.dir, sha[:2], sha[2:4], sha) }

// Put implements Store: a temporary file, synced, renamed, its folder synced.
func (f *Folder) Put(ctx context.Context, r io.Reader, limit int64) (Blob, error) {
	temp, err := os.CreateTemp(f.incoming(), "put-")
	if err != nil {
		return Blob{}, notKept(err)
	}
	defer os.Remove(temp.Name()) // no harm after the rename
	defer temp.Close()
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(temp, hash), &limited{r: cancelled{ctx, r}, limit: limit})
	if err != nil {
		if _, expected := fault.As(err); expected {
			return Blob{}, err
		}
		return Blob{}, notKept(err)
	}
	if err := errors.Join(temp.Chmod(0o440), temp.Sync(), temp.Close()); err != nil {
		return Blob{}, notKept(err)
	}
	b := Blob{hex.EncodeToString(hash.Sum(nil)), size}
	if err := f.settle(temp.Name(), f.path(b.SHA)); err != nil {
		return Blob{}, notKept(err)
	}
	return b, nil
}

// settle gives the file its name. One that is there already is made young again, so that no Sweep takes it.
func (f *Folder) settle(temp, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if err := os.Chtimes(path, now, now); err == nil {
		return nil
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return errors.Join(syncFolder(folder), syncFolder(filepath.Dir(folder)), syncFolder(f.dir))
}

func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements Store.
func (f *Folder) Open(sha string) (io.ReadSeekCloser, error) {
	if !valid(sha) {
		return nil, fault.ErrNotFound
	}
	file, err := os.Open(f.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open a blob: %w", err)
	}
	return file, nil
}

// Each implements Store.
func (f *Folder) Each(ctx context.Context, fn func(Blob, time.Time) error) error {
	return filepath.WalkDir(f.dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // removed meanwhile
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case entry.IsDir() && path == f.incoming():
			return fs.SkipDir
		case entry.IsDir() || !valid(entry.Name()):
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return fn(Blob{entry.Name(), info.Size()}, info.ModTime())
	})
}

// Remove implements Store.
func (f *Folder) Remove(sha string, unlessAfter time.Time) (removed bool, err error) {
	if !valid(sha) {
		return false, errName
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path(sha))
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.ModTime().After(unlessAfter) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = os.Remove(f.path(sha))
	return err == nil, err
}
