package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

var (
	// ErrHeld says that another process has the folder of the embedded database.
	ErrHeld = errors.New("another neike process has this data folder")
	// ErrFilling says that a demo company is being made in the folder, so that nothing can be asked of it yet.
	ErrFilling = errors.New("a demo company is still being made in this data folder")
)

// Held is the exclusive lock on a data folder. The kernel gives it back when the process ends, however it ends.
type Held struct{ file *os.File }

// filling is what the lock says beside the process, as long as the folder is being filled.
const filling = "filling"

// glance is how long who only looks whether a folder is held may hold it.
const glance = 200 * time.Millisecond

// HoldToFill takes the folder, which may not be there yet, to make a company in it; until Filled nobody else is let in.
func HoldToFill(dir string) (*Held, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	h, err := hold(dir)
	if err != nil {
		return nil, err
	}
	if err := h.say(filling); err != nil {
		return nil, errors.Join(err, h.Release())
	}
	return h, nil
}

// hold takes the folder, or says ErrHeld with the process that has it.
func hold(dir string) (*Held, error) {
	for end := time.Now().Add(glance); ; time.Sleep(glance / 20) {
		h, err := tryHold(dir)
		if !errors.Is(err, ErrHeld) || time.Now().After(end) {
			return h, err
		}
	}
}

// tryHold is hold without patience.
func tryHold(dir string) (*Held, error) {
	file, err := os.OpenFile(filepath.Join(dir, "neike.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		said := make([]byte, 40)
		n, _ := file.ReadAt(said, 0) // only for the message
		_ = file.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", dir, err)
		}
		owner, what, _ := strings.Cut(string(said[:n]), " ")
		if what == filling {
			return nil, fmt.Errorf("%w: %s (process %s)%w", ErrFilling, dir, owner, silent{ErrHeld})
		}
		return nil, fmt.Errorf("%w: %s (process %s)", ErrHeld, dir, owner)
	}
	h := &Held{file}
	if err := h.say(""); err != nil {
		return nil, errors.Join(err, h.Release())
	}
	return h, nil
}

// silent is an error that is meant and not said.
type silent struct{ error }

// Error is nothing.
func (silent) Error() string { return "" }

// Unwrap is what is meant.
func (s silent) Unwrap() error { return s.error }

// say writes into the lock whose it is, and what for.
func (h *Held) say(what string) error {
	err := h.file.Truncate(0)
	if err == nil {
		_, err = h.file.WriteAt([]byte(strings.TrimSpace(fmt.Sprintf("%d %s", os.Getpid(), what))), 0)
	}
	return err
}

// Filled says that what was made in the folder is there: it goes on being held.
func (h *Held) Filled() error { return h.say("") }

// IsHeld says whether a process has the folder now; ErrFilling when it is one that makes a company in it.
func IsHeld(dir string) (bool, error) {
	if _, err := os.Stat(filepath.Join(dir, "neike.lock")); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	h, err := tryHold(dir)
	switch {
	case errors.Is(err, ErrFilling):
		return true, err
	case errors.Is(err, ErrHeld):
		return true, nil
	}
	return false, errors.Join(err, h.Release())
}

// hold takes the folder of the embedded database, when it is not held already. On PostgreSQL nobody has it; only while a
// company is being made nobody else is let in.
func (c Config) hold() (*Held, error) {
	switch {
	case c.DatabaseURL == "" && c.Lock == nil:
		return hold(c.Data)
	case c.DatabaseURL == "":
		return c.Lock, nil
	case c.Lock == nil && c.Data != "":
		_, err := IsHeld(c.Data)
		return nil, err
	}
	return nil, nil
}

// Release gives the folder back.
func (h *Held) Release() error {
	if h == nil {
		return nil
	}
	return h.file.Close()
}
