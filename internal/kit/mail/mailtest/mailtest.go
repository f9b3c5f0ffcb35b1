// Package mailtest is a mail server in the test's own process that speaks real SMTP and does what a test scripts: it
// refuses, asks to come back later, cuts the line, is slow.
package mailtest

import (
	"bytes"
	"errors"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"crypto/tls"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"neike/internal/kit/mail"
)

// Mail is what the server has taken.
type Mail struct {
	From string
	To   string
	Raw  []byte
}

// Header is a header of it, decoded.
func (m Mail) Header(name string) string {
	msg, err := netmail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return ""
	}
	return decode(msg.Header.Get(name))
}

// Server takes mails.
type Server struct {
	T    testing.TB
	addr *net.TCPAddr

	mu    sync.Mutex
	taken []Mail
	conns int

	// What the script says; set them by Script.
	script Script
}

// Script is what the server does. The zero Script takes everything.
type Script struct {
	User, Password string                    // wanted when not ""
	Rcpt           func(to string) error     // refuses a receiver: Reply(550, …)
	Data           func(n int, m Mail) error // refuses the n-th letter (from 1) after it was read
	CutAfter       int                       // the line is cut while the n-th letter is on its way: 0 never
	CutTaken       int                       // the n-th letter is taken, and the line is cut before the server says so
	Lost           func(m Mail) bool         // the letter is taken, and the line is cut before the server says so
	Hold           <-chan struct{}           // a letter is answered when it is closed
}

// Reply is a refusal.
func Reply(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text}
}

// New starts a server without TLS that ends with the test.
func New(t testing.TB) *Server { return start(t, nil) }

// NewTLS starts one that offers STARTTLS, or speaks TLS from the first byte.
func NewTLS(t testing.TB, c *tls.Config, implicit bool) *Server {
	s := &Server{T: t}
	s.listen(c, implicit)
	return s
}

func start(t testing.TB, c *tls.Config) *Server {
	s := &Server{T: t}
	s.listen(c, false)
	return s
}

func (s *Server) listen(c *tls.Config, implicit bool) {
	s.T.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.T.Fatal(err)
	}
	s.addr = l.Addr().(*net.TCPAddr)
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns++
		return &session{server: s, conn: c}, nil
	}))
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "localhost", true, silent{}
	server.TLSConfig = c
	if implicit {
		l = tls.NewListener(l, c)
		server.TLSConfig = nil
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l) // ends with Close
	}()
	s.T.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
}

// Settings of the server, for a sender neike@example.com.
func (s *Server) Settings() mail.Settings {
	return mail.Settings{Host: "127.0.0.1", Port: s.addr.Port, Mode: mail.Plain, From: "neike@example.com", FromName: "内客", Patience: 5 * time.Second}
}

// Port is where the server listens.
func (s *Server) Port() int { return s.addr.Port }

// Script sets what the server does from now on.
func (s *Server) Script(x Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = x
}

// Taken lists what the server has taken.
func (s *Server) Taken() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.taken...)
}

// Conns is how many connections there were.
func (s *Server) Conns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

type session struct {
	server *Server
	conn   *smtp.Conn
	signed bool
	mail   Mail
}

func (x *session) plan() (Script, int) {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	return x.server.script, len(x.server.taken) + 1
}

func (x *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if plan, _ := x.plan(); plan.User != user || plan.Password != password {
			return smtp.ErrAuthFailed
		}
		x.signed = true
		return nil
	}), nil
}

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if plan, _ := x.plan(); plan.User != "" && !x.signed {
		return smtp.ErrAuthRequired
	}
	x.mail = Mail{From: from}
	return nil
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if plan, _ := x.plan(); plan.Rcpt != nil {
		if err := plan.Rcpt(to); err != nil {
			return err
		}
	}
	x.mail.To = to
	return nil
}

func (x *session) Data(r io.Reader) error {
	plan, n := x.plan()
	if plan.CutAfter == n {
		_ = x.conn.Conn().Close()
		return errors.New("cut")
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	x.mail.Raw = raw
	if plan.Hold != nil {
		<-plan.Hold
	}
	if plan.Data != nil {
		if err := plan.Data(n, x.mail); err != nil {
			return err
		}
	}
	x.server.mu.Lock()
	x.server.taken = append(x.server.taken, x.mail)
	x.server.mu.Unlock()
	if plan.CutTaken == n || plan.Lost != nil && plan.Lost(x.mail) {
		_ = x.conn.Conn().Close()
	}
	return nil
}

func (x *session) Reset()        { x.mail = Mail{} }
func (x *session) Logout() error { return nil }

// Text is the plain part of a mail, decoded.
func (m Mail) Text() string { return strings.ReplaceAll(part(m.Raw, "text/plain"), "\r\n", "\n") }

// HTML is the other part.
func (m Mail) HTML() string { return part(m.Raw, "text/html") }
