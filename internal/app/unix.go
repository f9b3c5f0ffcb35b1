package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
)

// maxSocket is the longest path of a socket that every system takes.
const maxSocket = 100

// short gives a path to the socket that is short enough: by way of the folder's descriptor when it is not.
func short(path string) (string, func(), error) {
	if len(path) <= maxSocket || runtime.GOOS != "linux" {
		return path, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)), func() { _ = dir.Close() }, nil
}

func listenUnix(path string) (net.Listener, error) {
	name, done, err := short(path)
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.Listen("unix", name)
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(name == path)
	if err := os.Chmod(name, 0o600); err != nil { // the folder is 0700 when we made it; it may be the operator's own
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func dialUnix(ctx context.Context, path string) (net.Conn, error) {
	name, done, err := short(path)
	if err != nil {
		return nil, err
	}
	defer done()
	var d net.Dialer
	return d.DialContext(ctx, "unix", name)
}
