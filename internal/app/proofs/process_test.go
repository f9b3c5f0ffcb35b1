package proofs_test

import (
	"bufio"
	"bytes"
	"flag"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"neike/internal/app/cli"
	"neike/internal/kit/webtest"
)

// TestMain lets this binary be neike: tests that need processes of their own start it again. More of them go side by side
// than there are processors, because some wait for leases of the dead.
func TestMain(m *testing.M) {
	if os.Getenv(asNeike) != "" {
		os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		_ = p.Value.Set(strconv.Itoa(runtime.GOMAXPROCS(0) + 2))
	}
	code := m.Run()
	_ = os.RemoveAll(raised.dir)
	os.Exit(code)
}

const asNeike = "NEIKE_PROOFS_RUN"

func neike(args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil { // the binary runs
		panic(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), asNeike+"=1", "LANG=en_US.UTF-8")
	return c
}

// run is a command of neike that must end well; it gives what was printed.
func run(t *testing.T, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	c := neike(args...)
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		t.Fatalf("neike %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), said.String())
	}
	return out.String()
}

// process is `neike serve` in a process of its own.
type process struct {
	*webtest.Client
	cmd  *exec.Cmd
	once sync.Once
	said *bytes.Buffer
}

// serve starts a process and waits until it is ready. What is left of it ends with the test.
func serve(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: neike(append([]string{"serve", "--listen", "127.0.0.1:0", "--log-level", "error"}, args...)...), said: &bytes.Buffer{}}
	pipe, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.end(t, syscall.SIGKILL) })
	lines := bufio.NewReader(pipe)
	for p.Client == nil {
		line, err := lines.ReadString('\n')
		p.said.WriteString(line)
		if err != nil {
			t.Fatalf("neike serve: %v\n%s", err, p.said)
		}
		if _, at, ok := strings.Cut(line, " is at "); ok {
			p.Client = webtest.New(t, strings.TrimSpace(at))
		}
	}
	go func() { _, _ = io.Copy(p.said, lines) }() // read after the end
	for end := time.Now().Add(20 * time.Second); p.Get("/readyz").Status != 200; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never ready")
		}
	}
	return p
}

// end sends a signal and waits. Only a process that was asked to stop must end well.
func (p *process) end(t *testing.T, signal syscall.Signal) {
	t.Helper()
	p.once.Do(func() {
		_ = p.cmd.Process.Signal(signal) // it may have ended by itself: Wait tells
		if err := p.cmd.Wait(); err != nil && signal != syscall.SIGKILL {
			t.Errorf("neike serve ended badly: %v\n%s", err, p.said)
		}
	})
}
