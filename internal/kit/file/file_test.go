package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"neike/internal/kit/fault"
)

func folder(t *testing.T) *Folder {
	t.Helper()
	f, err := NewFolder(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func put(t *testing.T, f *Folder, text string) Blob {
	t.Helper()
	b, err := f.Put(t.Context(), strings.NewReader(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func files(t *testing.T, f *Folder) (n int) {
	t.Helper()
	err := filepath.WalkDir(f.dir, func(_ string, entry os.DirEntry, err error) error {
		if !entry.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatIsPutCanBeReadAndIsKeptOnce(t *testing.T) {
	f := folder(t)
	b := put(t, f, "hello")
	if b.SHA != "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" || b.Size != 5 {
		t.Errorf("got %+v", b)
	}
	put(t, f, "hello")
	if files(t, f) != 1 {
		t.Errorf("%d files", files(t, f))
	}
	r, err := f.Open(b.SHA)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if body, err := io.ReadAll(r); string(body) != "hello" || err != nil {
		t.Errorf("read %q, %v", body, err)
	}
}

func TestNothingStaysOfAPutThatFails(t *testing.T) {
	f := folder(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("the line broke")
	for _, c := range []struct {
		name  string
		ctx   context.Context
		r     io.Reader
		limit int64
		want  func(error) bool
	}{
		{"too large", t.Context(), bytes.NewReader(make([]byte, 1001)), 1000, func(err error) bool { return fault.KindOf(err) == fault.TooLarge }},
		{"the sender breaks off", t.Context(), io.MultiReader(strings.NewReader("x"), failing{broken}), 0, func(err error) bool { return errors.Is(err, broken) }},
		{"the caller has gone", gone, strings.NewReader("x"), 0, func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := f.Put(c.ctx, c.r, c.limit); !c.want(err) {
				t.Errorf("got %v", err)
			}
			if files(t, f) != 0 {
				t.Errorf("%d files are left", files(t, f))
			}
		})
	}
	if _, err := f.Put(t.Context(), bytes.NewReader(make([]byte, 1000)), 1000); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestOnlyNamesOfBlobsOpen(t *testing.T) {
	f := folder(t)
	if err := os.WriteFile(filepath.Join(f.dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "secret", "../secret", strings.Repeat("a", 64), strings.Repeat("A", 64), strings.Repeat("../", 21) + "x"} {
		if _, err := f.Open(name); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestSweepRemovesOldUnusedBlobsOnly(t *testing.T) {
	f := folder(t)
	used, unused, young, again := put(t, f, "used"), put(t, f, "unused"), put(t, f, "young"), put(t, f, "again")
	old := time.Now().Add(-48 * time.Hour)
	for _, b := range []Blob{used, unused, again} {
		if err := os.Chtimes(f.path(b.SHA), old, old); err != nil {
			t.Fatal(err)
		}
	}
	n, size, err := Sweep(t.Context(), f, time.Now(), func(_ context.Context, shas []string) (map[string]bool, error) {
		put(t, f, "again") // comes back while the sweep is on
		return map[string]bool{used.SHA: true}, nil
	})
	if err != nil || n != 1 || size != unused.Size {
		t.Errorf("removed %d, %d bytes, %v", n, size, err)
	}
	for _, c := range []struct {
		name  string
		b     Blob
		there bool
	}{{"used", used, true}, {"unused", unused, false}, {"young", young, true}, {"put again", again, true}} {
		r, err := f.Open(c.b.SHA)
		if (err == nil) != c.there {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil {
			r.Close()
		}
	}
}

func TestSweepClearsWhatAnInterruptedPutLeft(t *testing.T) {
	f := folder(t)
	put(t, f, "kept")
	old, young := filepath.Join(f.incoming(), "put-1"), filepath.Join(f.incoming(), "put-2")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-Young - time.Minute)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	all := func(_ context.Context, shas []string) (map[string]bool, error) { return nil, nil }
	if _, _, err := Sweep(t.Context(), f, time.Now(), all); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Error("what was left a day ago is still there")
	}
	if _, err := os.Stat(young); err != nil || files(t, f) != 2 {
		t.Errorf("what somebody is uploading now is gone: %v", err)
	}
}

func TestADiskWithoutRoomIsNobodysMistake(t *testing.T) {
	if err := notKept(&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
	if err := notKept(io.ErrUnexpectedEOF); fault.KindOf(err) == fault.Unavailable {
		t.Error(err)
	}
}
