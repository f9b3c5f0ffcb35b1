package proofs_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/webtest"
)

const inner = "NEIKE_PROOFS_INNER"

// TestDiskFull fills the disk under a serving house: what cannot be kept is refused as a problem and leaves nothing
// behind, pages go on, and as soon as there is space the same process writes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		elsewhere(t, err)
		return
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	t.Run("small", func(t *testing.T) { full(t, dir) })
}

// elsewhere runs the test again where this process may mount: in a namespace of its own.
func elsewhere(t *testing.T, why error) {
	t.Helper()
	if os.Getenv(inner) != "" {
		t.Fatalf("no file system of a size of its own: %v", why)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, "-test.run=^TestDiskFull$", "-test.v")
	c.Env = append(os.Environ(), inner+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case err != nil && (!errors.As(err, &ended) || bytes.Contains(out, []byte("no file system of a size"))):
		t.Skipf("this machine lets nobody mount a small file system (%v; in a namespace: %v), so a full disk cannot be shown", why, err)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	}
}

func full(t *testing.T, dir string) {
	h := small(t, app.Config{Data: filepath.Join(dir, "data")})
	customer, agent := h.TokenOf("3002"), h.TokenOf("2002")
	kept := map[string]string{}
	ask := func(title string) *webtest.Answer {
		a := customer.Post("/api/v1/requests", advance(title))
		if a.Status == 201 {
			var b brief
			a.Decode(&b)
			kept[b.Number] = title
		}
		return a
	}
	ask("vorher").Is(201)
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	refused := []string{}
	for n := 0; len(refused) < 12; n++ {
		title := fmt.Sprintf("满 %d", n)
		a := ask(title)
		if a.Status == 201 {
			if n > 5000 {
				t.Fatal("the disk does not fill up")
			}
			continue
		}
		refused = append(refused, title)
		if a.Status != 503 && a.Status != 500 || a.Header.Get("Content-Type") != "application/problem+json" || a.Key() == "" {
			t.Fatalf("a full disk is answered with %d %s", a.Status, a.Body)
		}
	}
	upload(t, customer, 6<<20)
	customer.Get("/api/v1/requests/R-1001").Is(200)
	customer.Get("/requests/R-1001").Is(200)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for a := ask("nachher 0"); a.Status != 201; a = ask("nachher 0") {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("does not write on: %d %s", a.Status, a.Body)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("%d kept, %d refused, writes again %s after there was space", len(kept), len(refused), time.Since(began).Round(time.Millisecond))
	agent.Post("/api/v1/requests/R-1001/take", nil).Is(200)
	for number, title := range kept {
		var b brief
		if customer.Get("/api/v1/requests/" + number).Is(200).Decode(&b); b.Title != title {
			t.Errorf("%s is %q, was %q", number, b.Title, title)
		}
	}
	for _, title := range refused {
		if a := customer.Get("/api/v1/requests?q=" + strings.ReplaceAll(title, " ", "%20")); bytes.Contains(a.Body, []byte(`"`+title+`"`)) {
			t.Errorf("%s was refused and is there", title)
		}
	}
	if err := h.Catch(h.System()); err != nil {
		t.Errorf("what follows does not catch up: %v", err)
	}
	sound(t, h)
}

// fill takes what space there is but a little.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 64<<10)
	var space syscall.Statfs_t
	for {
		if err := syscall.Statfs(path, &space); err != nil {
			t.Fatal(err)
		}
		if int64(space.Bavail)*space.Bsize < 256<<10 {
			break
		}
		if _, err := f.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// upload sends a file for which there is no space.
func upload(t *testing.T, c *webtest.Client, size int) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "gross.bin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	a := c.JSON("POST", "/files", form.String(), "Content-Type", w.FormDataContentType(), "Accept", "application/problem+json")
	if a.Status < 500 || a.Key() == "" {
		t.Errorf("a file without space: %d %s", a.Status, a.Body)
	}
}

// sound runs doctor, replay and verify in the house.
func sound(t *testing.T, h *house.House) {
	t.Helper()
	for _, command := range []string{"doctor", "replay", "verify"} {
		var out strings.Builder
		call := &app.Call{Args: []byte(`{"JSON":true}`), Locale: "en", Out: &out}
		if err := h.App.Do(t.Context(), command, call); err != nil {
			t.Errorf("%s: %v\n%s", command, err, out.String())
		}
		if command == "replay" && strings.Contains(strings.ReplaceAll(out.String(), `"changed": 0`, ""), `"changed": `) {
			t.Errorf("replay had to repair: %s", out.String())
		}
	}
}
