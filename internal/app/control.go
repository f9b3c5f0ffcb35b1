package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

// Call is one command of the command line, run by whichever process has the database.
type Call struct {
	Args     json.RawMessage                      // as the command's struct
	Locale   string                               // of the terminal
	In       io.Reader                            // a file that the command reads
	Out      io.Writer                            // what the command prints, or the file it writes
	Progress func(done, total int64, what string) // total 0: not known
}

// Decode reads the arguments.
func (c *Call) Decode(dst any) error {
	if err := json.Unmarshal(c.Args, dst); err != nil {
		return fmt.Errorf("arguments of the command: %w", err)
	}
	return nil
}

// Command is work for the process that has the database. An error becomes exit code 1; it must be worded by Words.
type Command func(ctx context.Context, a *App, c *Call) error

var offered = map[string]Command{}

// offer adds a command under its name, while the program starts.
func offer(name string, run Command) {
	if offered[name] != nil {
		panic("app: two commands " + name)
	}
	offered[name] = run
}

// Do runs a command in this process, as the system.
func (a *App) Do(ctx context.Context, name string, c *Call) error {
	run, ok := offered[name]
	if !ok {
		return fmt.Errorf("no command %q", name)
	}
	if c.Progress == nil {
		c.Progress = func(int64, int64, string) {}
	}
	ctx = lang.With(actor.System(ctx), a.Book, c.Locale, "")
	if err := run(ctx, a, c); err != nil {
		return worded(ctx, err)
	}
	return nil
}

// worded puts an expected error into the sentence for the operator; others stay as they are, for their detail.
func worded(ctx context.Context, err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	p := web.ProblemOf(ctx, f)
	text := p.Message
	for _, field := range p.Fields {
		text += "\n  " + field.Name + ": " + field.Message
	}
	return errors.New(text)
}

// The answer to a command is a row of frames: a kind, the length of what follows, and that.
const (
	frameOut      = 'o' // bytes for the terminal or the file
	frameProgress = 'p' // progress as JSON
	frameEnd      = 'e' // "" or the error
)

type progress struct {
	Done, Total int64
	What        string
}

type frames struct {
	mu sync.Mutex
	w  io.Writer
	rc *http.ResponseController
}

func (f *frames) send(kind byte, body []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	head := make([]byte, 5)
	head[0] = kind
	binary.BigEndian.PutUint32(head[1:], uint32(len(body)))
	if _, err := f.w.Write(append(head, body...)); err != nil {
		return err
	}
	return f.rc.Flush()
}

// Write sends a part of what the command prints.
func (f *frames) Write(b []byte) (int, error) {
	return len(b), f.send(frameOut, b)
}

func socket(dir string) string { return filepath.Join(dir, "neike.sock") }

// control listens on the socket in the data folder, where the command line sends its work while the folder is held.
// Whoever may open the socket is the operator: it is readable by the owner of the folder only.
func (a *App) control(ctx context.Context) error {
	path := socket(a.Config.Data)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err // the lock is ours, so nobody listens there
	}
	l, err := listenUnix(path)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", path, err)
	}
	server := &http.Server{Handler: http.HandlerFunc(a.answer), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	closed := context.AfterFunc(ctx, func() { _ = server.Close() }) // what runs sees its context end
	defer closed()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (a *App) answer(w http.ResponseWriter, r *http.Request) {
	f := &frames{w: w, rc: http.NewResponseController(w)}
	if err := f.rc.EnableFullDuplex(); err != nil {
		a.Log.Error("control socket", "err", err)
	}
	in := bufio.NewReaderSize(r.Body, 64<<10)
	args, err := in.ReadBytes('\n')
	if err != nil {
		http.Error(w, "no arguments", http.StatusBadRequest)
		return
	}
	call := &Call{Args: args, In: in, Out: f, Locale: r.Header.Get("Accept-Language"),
		Progress: func(done, total int64, what string) {
			body, _ := json.Marshal(progress{done, total, what}) // two numbers and a string
			_ = f.send(frameProgress, body)                      // the terminal may be gone; the work goes on
		}}
	text := ""
	if err := a.Do(r.Context(), r.URL.Path[1:], call); err != nil {
		text = err.Error()
		if text == "" {
			text = "failed"
		}
	}
	if err := f.send(frameEnd, []byte(text)); err != nil {
		a.Log.Debug("control socket", "err", err)
	}
}

// Send lets the process that holds the folder do the command; ErrHeld when it does not answer, and nothing was sent.
func Send(ctx context.Context, dir, name string, c *Call) error {
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dialUnix(ctx, socket(dir)) },
	}}
	defer client.CloseIdleConnections()
	args := append(append([]byte(nil), c.Args...), '\n')
	var body io.Reader = bytes.NewReader(args)
	if c.In != nil {
		body = io.MultiReader(bytes.NewReader(args), c.In)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://neike/"+name, body)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Language", c.Locale)
	res, err := client.Do(req)
	if dial := (*net.OpError)(nil); errors.As(err, &dial) && dial.Op == "dial" {
		return fmt.Errorf("%w: %s (%w)", ErrHeld, dir, err)
	}
	if err != nil {
		return fmt.Errorf("ask the running neike: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the running neike does not understand: %s", res.Status)
	}
	return receive(bufio.NewReader(res.Body), c)
}

func receive(r *bufio.Reader, c *Call) error {
	head := make([]byte, 5)
	for {
		if _, err := io.ReadFull(r, head); err != nil {
			return fmt.Errorf("the running neike stopped before the end: %w", err)
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(r, body); err != nil {
			return fmt.Errorf("the running neike stopped before the end: %w", err)
		}
		switch head[0] {
		case frameOut:
			if _, err := c.Out.Write(body); err != nil {
				return err
			}
		case frameProgress:
			var p progress
			if err := json.Unmarshal(body, &p); err == nil && c.Progress != nil {
				c.Progress(p.Done, p.Total, p.What)
			}
		case frameEnd:
			if len(body) > 0 {
				return errors.New(string(body))
			}
			return nil
		}
	}
}
