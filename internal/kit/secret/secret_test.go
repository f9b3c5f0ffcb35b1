package secret

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestBox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "secret.key")
	box, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal("app", "密钥 s3cret")
	if strings.Contains(sealed, "s3cret") || sealed == box.Seal("app", "密钥 s3cret") {
		t.Errorf("sealed twice the same or in clear: %s", sealed)
	}
	again, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := again.Open("app", sealed); err != nil || text != "密钥 s3cret" {
		t.Errorf("opened %q, %v", text, err)
	}
	other, err := File(filepath.Join(t.TempDir(), "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (string, error){
		"another purpose": func() (string, error) { return box.Open("totp", sealed) },
		"another key":     func() (string, error) { return other.Open("app", sealed) },
		"altered":         func() (string, error) { return box.Open("app", "A"+sealed[1:len(sealed)-1]+"A") },
		"no base64":       func() (string, error) { return box.Open("app", "*") },
		"too short":       func() (string, error) { return box.Open("app", "AAAA") },
	} {
		if text, err := open(); !errors.Is(err, ErrKey) || text != "" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info.Mode(), err)
	}
	if s := box.Seal("app", ""); s != "" {
		t.Errorf("nothing was sealed as %q", s)
	}
}

func TestTwoProcessesMakeOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	boxes := make([]*Box, 8)
	var all sync.WaitGroup
	for i := range boxes {
		all.Go(func() {
			box, err := File(path)
			if err != nil {
				t.Error(err)
			}
			boxes[i] = box
		})
	}
	all.Wait()
	sealed := boxes[0].Seal("x", "one")
	for i, b := range boxes {
		if text, err := b.Open("x", sealed); err != nil || text != "one" {
			t.Errorf("process %d: %q, %v", i, text, err)
		}
	}
}

func TestABrokenKeyFileIsSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	if err := os.WriteFile(path, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := File(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a broken key file: %v", err)
	}
}
