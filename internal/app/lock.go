package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrHeld says that another process has the folder of the embedded database.
var ErrHeld = errors.New("another neike process has this data folder")

// held is the exclusive lock on a data folder. The kernel gives it back when the process ends, however it ends.
type held struct{ file *os.File }

// hold takes the folder, or says ErrHeld with the process that has it.
func hold(dir string) (*held, error) {
	file, err := os.OpenFile(filepath.Join(dir, "neike.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner := make([]byte, 20)
		n, _ := file.ReadAt(owner, 0) // only for the message
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s (process %s)", ErrHeld, dir, owner[:n])
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if err = file.Truncate(0); err == nil {
		_, err = fmt.Fprintf(file, "%d", os.Getpid())
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &held{file}, nil
}

// IsHeld says whether a process has the folder now.
func IsHeld(dir string) (bool, error) {
	if _, err := os.Stat(filepath.Join(dir, "neike.lock")); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	h, err := hold(dir)
	if errors.Is(err, ErrHeld) {
		return true, nil
	}
	return false, errors.Join(err, h.release())
}

func (h *held) release() error {
	if h == nil {
		return nil
	}
	return h.file.Close()
}
