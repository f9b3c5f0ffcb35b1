package mail_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"neike/internal/kit/mail"
	"neike/internal/kit/mail/mailtest"
)

func letter(id string) mail.Letter {
	return mail.Letter{ID: id, To: "lin@example.com", ToName: "林晓", Subject: "R-1024 已交付，请您验收", Text: "请验收。", HTML: "<p>请验收。</p>",
		Unsubscribe: "https://neike.example.com/me/notices", At: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)}
}

func dial(t *testing.T, s mail.Settings) *mail.Conn {
	t.Helper()
	c, err := mail.Dial(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// refused is the error of kind *mail.Error.
func refused(t *testing.T, err error) *mail.Error {
	t.Helper()
	var e *mail.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a refusal", err)
	}
	return e
}

func TestABatchGoesOverOneConnection(t *testing.T) {
	server := mailtest.New(t)
	c := dial(t, server.Settings())
	for _, id := range []string{"n-1", "n-2", "n-3"} {
		if err := c.Send(t.Context(), letter(id)); err != nil {
			t.Fatal(err)
		}
	}
	got := server.Taken()
	if len(got) != 3 || server.Conns() != 1 {
		t.Fatalf("%d letters over %d connections", len(got), server.Conns())
	}
	m := got[1]
	for name, want := range map[string]string{
		"Subject": "R-1024 已交付，请您验收", "Message-ID": "<n-2@example.com>", "List-Unsubscribe": "<https://neike.example.com/me/notices>",
		"Auto-Submitted": "auto-generated", "To": `林晓 <lin@example.com>`, "From": "内客 <neike@example.com>", "Date": "Sun, 22 Nov 2026 01:00:00 +0000",
	} {
		if have := m.Header(name); strings.ReplaceAll(have, `"`, "") != want {
			t.Errorf("%s: %q, want %q", name, have, want)
		}
	}
	if m.Text() != "请验收。" || m.HTML() != "<p>请验收。</p>" || m.To != "lin@example.com" {
		t.Errorf("%q %q to %s", m.Text(), m.HTML(), m.To)
	}
}

func TestNothingInALetterBeginsAHeader(t *testing.T) {
	server := mailtest.New(t)
	s := server.Settings()
	s.FromName = "x\r\nBcc: a@example.com"
	l := letter("n-1\r\nX-Evil: 1")
	l.Subject = "hello\r\nX-Evil: 2\n\nbody"
	l.ToName = "y\nX-Evil: 3"
	l.Unsubscribe = "https://x/\r\nX-Evil: 4"
	if err := dial(t, s).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	m := server.Taken()[0]
	if m.Header("X-Evil") != "" || m.Header("Bcc") != "" || !strings.HasPrefix(m.Header("Subject"), "hello X-Evil: 2") {
		t.Errorf("headers were injected:\n%s", m.Raw)
	}
	for _, to := range []string{"", "nobody", "a@b.c\r\nRCPT TO:<d@e.f>", "A <a@b.c>", "a@b.c, d@e.f"} {
		l.To = to
		if e := refused(t, dial(t, s).Send(t.Context(), l)); e.Fault != mail.Receiver || !e.Permanent {
			t.Errorf("%q: %+v", to, e)
		}
	}
}

func TestWhatAServerRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		script    mailtest.Script
		fault     mail.Fault
		code      int
		permanent bool
	}{
		"no such receiver": {mailtest.Script{Rcpt: func(string) error { return mailtest.Reply(550, "no such user") }}, mail.Receiver, 550, true},
		"greylisted":       {mailtest.Script{Rcpt: func(string) error { return mailtest.Reply(451, "try again later") }}, mail.Receiver, 451, false},
		"looks like spam":  {mailtest.Script{Data: func(int, mailtest.Mail) error { return mailtest.Reply(554, "spam") }}, mail.Content, 554, true},
		"over quota":       {mailtest.Script{Data: func(int, mailtest.Mail) error { return mailtest.Reply(452, "mailbox full") }}, mail.Content, 452, false},
		"shutting down":    {mailtest.Script{Rcpt: func(string) error { return mailtest.Reply(421, "closing") }}, mail.Server, 421, false},
	} {
		t.Run(name, func(t *testing.T) {
			server := mailtest.New(t)
			server.Script(c.script)
			conn := dial(t, server.Settings())
			e := refused(t, conn.Send(t.Context(), letter("n-1")))
			if e.Fault != c.fault || e.Code != c.code || e.Permanent != c.permanent {
				t.Errorf("got %+v", e)
			}
			server.Script(mailtest.Script{})
			if err := conn.Send(t.Context(), letter("n-2")); (err == nil) != (c.fault != mail.Server) {
				t.Errorf("the next letter: %v", err)
			}
		})
	}
}

func TestAConnectionThatIsCutMidLetterIsWorthAnotherTry(t *testing.T) {
	server := mailtest.New(t)
	server.Script(mailtest.Script{CutAfter: 2})
	c := dial(t, server.Settings())
	if err := c.Send(t.Context(), letter("n-1")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds the connection broken
		if e := refused(t, c.Send(t.Context(), letter("n-2"))); e.Permanent || e.Fault != mail.Server {
			t.Errorf("got %+v", e)
		}
	}
	server.Script(mailtest.Script{Rcpt: func(string) error { return mailtest.Reply(421, "closing") }})
	if e := refused(t, dial(t, server.Settings()).Send(t.Context(), letter("n-2"))); e.Unsure {
		t.Errorf("nothing was handed over, and yet: %+v", e)
	}
	server.Script(mailtest.Script{CutTaken: 2}) // taken, and the answer is lost: the second one has the same Message-ID
	if e := refused(t, dial(t, server.Settings()).Send(t.Context(), letter("n-2"))); e.Permanent || !e.Unsure {
		t.Errorf("got %+v", e)
	}
	server.Script(mailtest.Script{})
	if err := dial(t, server.Settings()).Send(t.Context(), letter("n-2")); err != nil {
		t.Fatal(err)
	}
	got := server.Taken()
	if len(got) != 3 || got[1].Header("Message-ID") != got[2].Header("Message-ID") {
		t.Errorf("%d letters", len(got))
	}
}

func TestASlowServerIsNotWaitedForForEver(t *testing.T) {
	server := mailtest.New(t)
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	server.Script(mailtest.Script{Hold: hold})
	s := server.Settings()
	s.Patience = 50 * time.Millisecond
	if e := refused(t, dial(t, s).Send(t.Context(), letter("n-1"))); e.Permanent || e.Fault != mail.Server {
		t.Errorf("got %+v", e)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c := dial(t, server.Settings())
	time.AfterFunc(20*time.Millisecond, cancel)
	if e := refused(t, c.Send(ctx, letter("n-2"))); e.Permanent || e.Fault != mail.Server {
		t.Errorf("a letter whose sender gave up: %+v", e)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes the connection and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s.Port = l.Addr().(*net.TCPAddr).Port
	_, err = mail.Dial(t.Context(), s)
	if e := refused(t, err); e.Permanent || e.Fault != mail.Server {
		t.Errorf("got %+v", e)
	}
}

func TestSigningIn(t *testing.T) {
	server := mailtest.New(t)
	server.Script(mailtest.Script{User: "neike", Password: "geheim"})
	s := server.Settings()
	s.User, s.Password = "neike", "falsch"
	_, err := mail.Dial(t.Context(), s)
	if e := refused(t, err); e.Code != 535 || !e.Permanent || e.Fault != mail.Server || strings.Contains(e.Error(), "falsch") {
		t.Errorf("got %+v", e)
	}
	s.Password = "geheim"
	if err := dial(t, s).Send(t.Context(), letter("n-1")); err != nil {
		t.Error(err)
	}
}

func TestTLS(t *testing.T) {
	config, ca := certificate(t)
	for _, mode := range []string{mail.StartTLS, mail.TLS} {
		t.Run(mode, func(t *testing.T) {
			server := mailtest.NewTLS(t, config, mode == mail.TLS)
			s := server.Settings()
			s.Mode = mode
			_, err := mail.Dial(t.Context(), s)
			if err == nil {
				t.Fatal("a certificate of nobody we know was taken")
			}
			s.CA = ca
			if err := dial(t, s).Send(t.Context(), letter("n-1")); err != nil || len(server.Taken()) != 1 {
				t.Error(err)
			}
		})
	}
	s := mailtest.New(t).Settings()
	s.Mode, s.CA = mail.StartTLS, ca
	if _, err := mail.Dial(t.Context(), s); err == nil {
		t.Error("a server that offers no TLS was spoken to in the clear")
	}
}

// certificate signs itself for 127.0.0.1.
func certificate(t *testing.T) (*tls.Config, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}},
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

func TestBothBodiesSayTheSameAndNothingIsMarkup(t *testing.T) {
	b := mail.Body{Lang: "zh", Company: "华衡", Title: "<b>R-1024</b>", FootIs: "不想收？", Foot: []mail.Link{{"设置", "https://x/me?a=1&b=2"}},
		Blocks: []mail.Block{{Title: "交付", Text: "第一行\n<script>", Facts: [][2]string{{"截止", "16:40"}}, Actions: []mail.Link{{"验收", `https://x/n/1"onload="`}}}}}
	html := b.HTML()
	for _, bad := range []string{"<script>", "<b>R", `"onload="`} {
		if strings.Contains(html, bad) {
			t.Errorf("%q is markup", bad)
		}
	}
	for _, want := range []string{"交付", "第一行", "截止", "16:40", "验收", "设置", "华衡", "不想收？"} {
		if !strings.Contains(html, want) || !strings.Contains(b.Text(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if !bytes.Contains([]byte(b.Text()), []byte("截止：16:40")) {
		t.Error(b.Text())
	}
}
