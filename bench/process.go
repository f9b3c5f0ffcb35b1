package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server under measurement: a child of this program.
type process struct {
	cmd  *exec.Cmd
	addr string
	log  bytes.Buffer

	beside int // the first process of a server whose CPU counts, too; 0: none
}

// start runs name with args and waits until GET path answers 200. It returns the time from exec to that answer.
func start(ctx context.Context, path, addr, name string, args ...string) (*process, time.Duration, error) {
	p := &process{addr: addr}
	p.cmd = exec.CommandContext(ctx, name, args...)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.Env = os.Environ()
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, 0, err
	}
	exited := make(chan error, 1)
	go func() { exited <- p.cmd.Wait() }()
	client := http.Client{Timeout: 2 * time.Second}
	for {
		res, err := client.Get("http://" + addr + path)
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return p, time.Since(began), nil
			}
		}
		select {
		case err := <-exited:
			return nil, 0, fmt.Errorf("%s ended: %v\n%s", name, err, p.log.String())
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func (p *process) stop() {
	if p == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	for range 200 {
		if p.cmd.Process.Signal(syscall.Signal(0)) != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = p.cmd.Process.Kill()
}

// cpu returns user and system time of the process so far, from the kernel's account, and of the database's server beside it.
func (p *process) cpu() (time.Duration, error) {
	own, err := statOf(p.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	all := own.used
	if p.beside != 0 {
		first, err := statOf(p.beside)
		if err != nil {
			return 0, err
		}
		all += first.used + first.buried
		list, err := filepath.Glob("/proc/[0-9]*")
		if err != nil {
			return 0, err
		}
		for _, folder := range list {
			if pid, err := strconv.Atoi(filepath.Base(folder)); err == nil {
				if child, err := statOf(pid); err == nil && child.parent == p.beside { // others come and go
					all += child.used
				}
			}
		}
	}
	return time.Duration(all) * 10 * time.Millisecond, nil
}

// stat is what the kernel counts of a process, dead threads included: its time and that of the children it has buried, in
// 10 ms.
type stat struct {
	parent       int
	used, buried int64
}

func statOf(pid int) (s stat, err error) {
	body, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, err
	}
	var user, system, buriedUser, buriedSystem int64
	fields := strings.Fields(string(body[bytes.LastIndexByte(body, ')')+1:]))
	if len(fields) < 15 {
		return s, errors.New("unexpected /proc stat")
	}
	for i, into := range map[int]*int64{11: &user, 12: &system, 13: &buriedUser, 14: &buriedSystem} {
		if *into, err = strconv.ParseInt(fields[i], 10, 64); err != nil {
			return s, err
		}
	}
	s.parent, err = strconv.Atoi(fields[1])
	s.used, s.buried = user+system, buriedUser+buriedSystem
	return s, err
}

// memory returns the whole and the anonymous proportional set size in MB.
func (p *process) memory() (whole, anonymous float64, err error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		kb, _ := strconv.ParseFloat(fields[1], 64)
		switch fields[0] {
		case "Pss:":
			whole = kb / 1024
		case "Pss_Anon:":
			anonymous = kb / 1024
		}
	}
	return whole, anonymous, lines.Err()
}

// freeAddr returns a loopback address that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
