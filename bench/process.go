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

// cpu returns user and system time of the process so far, from the kernel's account.
func (p *process) cpu() (time.Duration, error) {
	// schedstat counts nanoseconds per thread; stat counts 10 ms ticks for the whole process, dead threads included.
	body, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	end := bytes.LastIndexByte(body, ')')
	fields := strings.Fields(string(body[end+1:]))
	if len(fields) < 13 {
		return 0, errors.New("unexpected /proc stat")
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return 0, err
	}
	return time.Duration(user+system) * 10 * time.Millisecond, nil
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
