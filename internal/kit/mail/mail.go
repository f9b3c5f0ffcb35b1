package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// How a connection is kept from being read on its way.
const (
	Plain    = "none"     // not at all: a relay in the house
	StartTLS = "starttls" // must be offered by the server, or nothing is sent
	TLS      = "tls"      // from the first byte
)

// Modes lists them.
var Modes = []string{StartTLS, TLS, Plain}

// Settings are a mail server and how to speak with it.
type Settings struct {
	Host     string
	Port     int    // 0: what the mode is usually at: 587, 465, 25
	Mode     string // Plain, StartTLS or TLS
	User     string // "": the server wants none
	Password string
	From     string        // address of the sender
	FromName string        // shown beside it
	ReplyTo  string        // "": From
	CA       string        // PEM of the authority that signed the server's certificate; "": those the system trusts
	Patience time.Duration // for the greeting, and for a letter, which many servers read before they answer; 0: 2 min
}

// Letter is one mail to one person. Text is needed, HTML may be empty.
type Letter struct {
	ID          string // of the sender: the same ID has the same Message-ID
	To, ToName  string
	Subject     string
	Text, HTML  string
	Unsubscribe string // address of the page where the receiver says what to be told; "" none
	At          time.Time
}

// Fault says what is wrong.
type Fault int

// The faults.
const (
	Server   Fault = iota // away, too slow, refuses us: every letter fails
	Receiver              // this address
	Content               // this letter
)

// Error is what went wrong with a letter or a connection.
type Error struct {
	Fault     Fault
	Code      int  // of the server's reply; 0: there was none
	Permanent bool // trying again does not help
	Unsure    bool // the whole letter was handed over, and no answer came: it may have arrived
	Text      string
}

func (e *Error) Error() string {
	if e.Code == 0 {
		return "mail: " + e.Text
	}
	return "mail: " + strconv.Itoa(e.Code) + " " + e.Text
}

// Address says whether text is one address without a name, that a letter can be sent to.
func Address(text string) bool {
	a, err := netmail.ParseAddress(text)
	return err == nil && a.Address == text && a.Name == "" && !strings.ContainsFunc(text, unicode.IsControl)
}

// Conn is an open connection. It carries one letter after the other and belongs to one goroutine.
type Conn struct {
	settings Settings
	client   *gomail.Client
	wire     net.Conn
	broken   bool
}

// Dial connects, says hello, starts TLS and signs in, as the settings say.
func Dial(ctx context.Context, s Settings) (*Conn, error) {
	if s.Patience == 0 {
		s.Patience = 2 * time.Minute
	}
	c := &Conn{settings: s}
	options, err := s.options(c)
	if err != nil {
		return nil, err
	}
	if c.client, err = gomail.NewClient(s.Host, options...); err != nil {
		return nil, &Error{Fault: Server, Permanent: true, Text: tidy(err.Error())}
	}
	if err := c.client.DialWithContext(ctx); err != nil {
		if c.wire != nil {
			_ = c.wire.Close() // a greeting that failed leaves it open
		}
		return nil, refusal(err, Server)
	}
	return c, nil
}

func (s Settings) options(c *Conn) ([]gomail.Option, error) {
	trust := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.CA != "" {
		trust.RootCAs = x509.NewCertPool()
		if !trust.RootCAs.AppendCertsFromPEM([]byte(s.CA)) {
			return nil, &Error{Fault: Server, Permanent: true, Text: "the certificate of the authority cannot be read"}
		}
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		wire, err := (&net.Dialer{Timeout: 30 * time.Second}).DialContext(ctx, network, address)
		if err == nil && s.Mode == TLS {
			secured := tls.Client(wire, trust)
			if err = secured.HandshakeContext(ctx); err != nil {
				_ = wire.Close()
			}
			wire = secured
		}
		c.wire = wire
		return wire, err
	}
	options := []gomail.Option{gomail.WithTimeout(s.Patience), gomail.WithTLSConfig(trust), gomail.WithDialContextFunc(dial), gomail.WithoutNoop()}
	auth := gomail.SMTPAuthAutoDiscover
	switch s.Mode {
	case TLS:
		options = append(options, gomail.WithSSL(), gomail.WithPort(orPort(s.Port, 465)))
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithPort(orPort(s.Port, 587)))
	case Plain:
		auth = gomail.SMTPAuthPlainNoEnc
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithPort(orPort(s.Port, 25)))
	default:
		return nil, &Error{Fault: Server, Permanent: true, Text: fmt.Sprintf("no such mode: %q", s.Mode)}
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return options, nil
}

func orPort(port, usual int) int {
	if port == 0 {
		return usual
	}
	return port
}

// Send hands a letter over. nil: the server has taken it. After an error whose Fault is Server the connection is of no
// more use.
func (c *Conn) Send(ctx context.Context, l Letter) error {
	if c.broken {
		return &Error{Fault: Server, Text: "the connection is broken"}
	}
	m, err := c.settings.message(l)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.wire.Close() })
	err = c.client.Send(m)
	if !stop() {
		c.broken = true
	}
	switch {
	case err == nil:
		return nil
	case m.IsDelivered(): // only what was to follow it failed
		c.broken = true
		return nil
	}
	e := refusal(err, faultOf(err))
	if ctx.Err() != nil {
		e = &Error{Fault: Server, Text: ctx.Err().Error()}
	}
	e.Unsure = e.Fault == Server && handedOver(err)
	c.broken = c.broken || e.Fault == Server
	return e
}

// Close says good-bye.
func (c *Conn) Close() error {
	if c.broken {
		return c.wire.Close()
	}
	return c.client.Close()
}

// message is the letter as it goes over the wire.
func (s Settings) message(l Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	if !Address(l.To) {
		return nil, &Error{Fault: Receiver, Permanent: true, Text: "no address: " + line(l.To)}
	}
	if !Address(s.From) {
		return nil, &Error{Fault: Server, Permanent: true, Text: "no address of the sender: " + line(s.From)}
	}
	m.FromMailAddress(&netmail.Address{Name: line(s.FromName), Address: s.From})
	m.ToMailAddress(&netmail.Address{Name: line(l.ToName), Address: l.To})
	if s.ReplyTo != "" {
		if err := m.ReplyTo(s.ReplyTo); err != nil {
			return nil, &Error{Fault: Server, Permanent: true, Text: "no address to reply to: " + line(s.ReplyTo)}
		}
	}
	m.Subject(line(l.Subject))
	m.SetDateWithValue(l.At)
	_, domain, _ := strings.Cut(s.From, "@")
	m.SetMessageIDWithValue(word(l.ID) + "@" + domain)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // nobody's absence answers it
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	if l.Unsubscribe != "" {
		m.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+word(l.Unsubscribe)+">")
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	return m, nil
}

// line is text that ends no header.
func line(text string) string {
	text = strings.ToValidUTF8(text, "")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// word is line without anything that ends an address in angle brackets.
func word(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '<' || r == '>' || r > unicode.MaxASCII {
			return -1
		}
		return r
	}, text)
}

// faultOf says what the step at which a letter failed is about.
func faultOf(err error) Fault {
	var e *gomail.SendError
	if !errors.As(err, &e) || e.ErrorCode() == 0 || e.ErrorCode() == 421 {
		return Server
	}
	switch e.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrGetRcpts:
		return Receiver
	case gomail.ErrSMTPMailFrom, gomail.ErrConnCheck, gomail.ErrSMTPReset:
		return Server
	}
	return Content
}

// handedOver says whether only the answer to the whole letter is missing.
func handedOver(err error) bool {
	var e *gomail.SendError
	return errors.As(err, &e) && e.Reason == gomail.ErrSMTPDataClose && e.ErrorCode() == 0
}

// refusal reads the code of the server's reply out of an error.
func refusal(err error, f Fault) *Error {
	out := &Error{Fault: f, Text: tidy(err.Error())}
	var e *gomail.SendError
	if errors.As(err, &e) {
		out.Code = e.ErrorCode()
	}
	if out.Code == 0 {
		out.Code = codeIn(err)
	}
	out.Permanent = out.Code >= 500 && out.Code < 600
	return out
}

// codeIn finds the code at the beginning of what any error in the chain says.
func codeIn(err error) int {
	for ; err != nil; err = errors.Unwrap(err) {
		text := err.Error()
		for i := range text {
			if i+4 > len(text) || i > 0 && text[i-1] != ' ' {
				continue
			}
			code, bad := strconv.Atoi(text[i : i+3])
			if bad == nil && code >= 400 && code < 600 && (text[i+3] == ' ' || text[i+3] == '-') {
				return code
			}
		}
	}
	return 0
}

// tidy is an error on one line of reasonable length.
func tidy(text string) string {
	if r := []rune(line(text)); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return line(text)
}
