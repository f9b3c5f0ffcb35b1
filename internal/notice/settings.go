package notice

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/mail"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// settingsFor is how long what everybody's notices depend on is remembered: another process may have changed it.
const settingsFor = 5 * time.Second

// snapshot is what the company has set.
type snapshot struct {
	mail     bool // there is a mail server in use
	choices  choices
	personal bool // anybody has chosen anything
	robots   []Robot
	read     time.Time
}

type settingsCache struct{ now atomic.Pointer[snapshot] }

func (s *Service) forgetSettings() { s.company.now.Store(nil) }

// settings is what the company has set, a few seconds old at most.
func (s *Service) settings(ctx context.Context, rd sqldb.Reader) (*snapshot, error) {
	if x := s.company.now.Load(); x != nil && time.Since(x.read) < settingsFor {
		return x, nil
	}
	x := &snapshot{read: time.Now()}
	server, err := mailOf(ctx, rd)
	if err != nil {
		return nil, err
	}
	x.mail = server.Active
	all, err := choicesOf(ctx, rd, []org.ID{0})
	if err != nil {
		return nil, err
	}
	x.choices = all[0]
	if x.personal, err = anybodyChose(ctx, rd); err != nil {
		return nil, err
	}
	if x.robots, err = robotsOf(ctx, rd); err != nil {
		return nil, err
	}
	s.company.now.Store(x)
	return x, nil
}

// MailServer is the company's mail server. Password is what somebody types; it is sealed and never shown again.
type MailServer struct {
	Active     bool   `json:"active" form:"active"`
	Host       string `json:"host" form:"host" example:"smtp.example.com"`
	Port       int    `json:"port" form:"port" doc:"0: the usual one of the mode"`
	Mode       string `json:"mode" form:"mode" enum:"starttls,tls,none"`
	User       string `json:"user" form:"user"`
	Password   string `json:"-" form:"password"`
	Sender     string `json:"from" form:"from" example:"neike@example.com"`
	SenderName string `json:"from_name" form:"from_name"`
	ReplyTo    string `json:"reply_to" form:"reply_to"`
	CA         string `json:"ca" form:"ca" doc:"PEM of the authority of the server's certificate; empty: those the system trusts"`
	Revision   int64  `json:"-" form:"revision"`
	sealed     string
}

// HasPassword says whether one is kept.
func (m MailServer) HasPassword() bool { return m.sealed != "" }

const mailPurpose = "notice.smtp"

// MailServer is the mail server as it is set.
func (s *Service) MailServer(ctx context.Context) (m MailServer, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		m, err = mailOf(ctx, rd)
		return err
	})
	if m.Mode == "" {
		m.Mode = mail.StartTLS
	}
	return m, err
}

// MailWasSet says that the mail server was set.
type MailWasSet struct {
	Active bool   `json:"active"`
	Host   string `json:"host"`
}

// EventKind of MailWasSet.
func (MailWasSet) EventKind() string { return "notice.mail-was-set" }

// EventSubject of MailWasSet.
func (MailWasSet) EventSubject() (string, int64) { return "notice", 1 }

// SetMailServer sets the mail server; an empty password keeps the one there is as long as the server is the same one.
func (s *Service) SetMailServer(ctx context.Context, m MailServer) error {
	m = m.tidy()
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		old, err := mailOf(ctx, tx)
		if err != nil {
			return err
		}
		if m.Revision != old.Revision {
			return fault.New(fault.Precondition, "notice.changed-meanwhile")
		}
		f := m.check()
		m.sealed = old.sealed
		switch {
		case m.User == "":
			m.sealed = ""
		case m.Password != "":
			m.sealed = s.Secrets.Seal(mailPurpose, m.Password)
		case old.sealed == "" || m.Host != old.Host || m.User != old.User: // a secret is not carried to another server
			f.Add("password", "notice.mail.need-password")
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := saveMail(ctx, tx, m); err != nil {
			return err
		}
		if err := laneTries(ctx, tx, Mail, 0); err != nil {
			return err
		}
		tx.OnCommit(s.forgetSettings)
		return s.events.Emit(ctx, tx, MailWasSet{m.Active, m.Host})
	})
	if sqldb.IsUnique(err) {
		return fault.New(fault.Precondition, "notice.changed-meanwhile")
	}
	return err
}

func (m MailServer) tidy() MailServer {
	for _, p := range []*string{&m.Host, &m.Mode, &m.User, &m.Sender, &m.SenderName, &m.ReplyTo, &m.CA} {
		*p = strings.TrimSpace(*p)
	}
	if m.Mode == "" {
		m.Mode = mail.StartTLS
	}
	return m
}

func (m MailServer) check() *fault.Fields {
	f := new(fault.Fields)
	if !slices.Contains(mail.Modes, m.Mode) {
		f.Add("mode", "notice.mail.mode-unknown")
	}
	if m.Host == "" || strings.ContainsAny(m.Host, " \t\r\n/:@") {
		f.Add("host", "notice.mail.need-host")
	}
	if m.Port < 0 || m.Port > 65535 {
		f.Add("port", "notice.mail.port")
	}
	if !mail.Address(m.Sender) {
		f.Add("from", "notice.mail.need-sender")
	}
	if m.ReplyTo != "" && !mail.Address(m.ReplyTo) {
		f.Add("reply_to", "notice.mail.no-address")
	}
	if m.CA != "" && !strings.Contains(m.CA, "BEGIN CERTIFICATE") {
		f.Add("ca", "notice.mail.ca")
	}
	for field, text := range map[string]string{"user": m.User, "from_name": m.SenderName} {
		if strings.ContainsAny(text, "\r\n") || len(text) > 200 {
			f.Add(field, "notice.one-line")
		}
	}
	return f
}

// smtp is the server as kit/mail takes it.
func (s *Service) smtp(m MailServer) (mail.Settings, error) {
	password, err := s.Secrets.Open(mailPurpose, m.sealed)
	if m.sealed == "" {
		password, err = "", nil
	}
	return mail.Settings{Host: m.Host, Port: m.Port, Mode: m.Mode, User: m.User, Password: password, From: m.Sender, FromName: m.SenderName,
		ReplyTo: m.ReplyTo, CA: m.CA}, err
}

// Chosen is a choice of a person, or of the company: "" for as usual.
type Chosen struct {
	Kind    string `json:"kind" example:"request.delivered"`
	Channel string `json:"channel" enum:"chat,mail"`
	Value   string `json:"value" enum:"now,digest,off,"`
}

// checkChoices says what is wrong with choices: their channel, their value, or that there is no such kind to choose of.
func (s *Service) checkChoices(f *fault.Fields, list []Chosen) {
	for i, c := range list {
		at := "choices[" + strconv.Itoa(i) + "]."
		k, known := s.kind(c.Kind)
		if !known || k.Fixed {
			f.Add(at+"kind", "notice.unknown-choice", "kind", c.Kind)
		}
		if !slices.Contains(Channels, c.Channel) {
			f.Add(at+"channel", "notice.unknown-value", "value", c.Channel)
		}
		if c.Value != "" && (!slices.Contains(Values, c.Value) || c.Value == k.Not) {
			f.Add(at+"value", "notice.unknown-value", "value", c.Value)
		}
	}
}

// SetChoices sets what the person (0: the company) is told of by which channel; a value "" is as usual again. What is not
// in the list stays as it is.
func (s *Service) SetChoices(ctx context.Context, person org.ID, list []Chosen) error {
	var f fault.Fields
	for _, c := range list {
		k, known := s.kind(c.Kind)
		switch {
		case !known || k.Fixed || !slices.Contains(Channels, c.Channel):
			f.Add("choice."+c.Kind+"."+c.Channel, "notice.unknown-choice", "kind", c.Kind)
		case c.Value != "" && !slices.Contains(Values, c.Value) || c.Value != "" && c.Value == k.Not:
			f.Add("choice."+c.Kind+"."+c.Channel, "notice.unknown-value", "value", c.Value)
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, c := range list {
			if err := saveChoice(ctx, tx, person, c); err != nil {
				return err
			}
		}
		tx.OnCommit(s.forgetSettings)
		return nil
	})
}

// HabitsOf is when a person wants to be told.
func (s *Service) HabitsOf(ctx context.Context, person org.ID) (h Habits, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		all, err := habitsOf(ctx, rd, []org.ID{person})
		found, chosen := all[person]
		if h = found; !chosen {
			h = usualHabits
		}
		return err
	})
	return h, err
}

// SetHabits sets when the actor of ctx wants to be told.
func (s *Service) SetHabits(ctx context.Context, h Habits) error {
	var f fault.Fields
	checkHabits(&f, h)
	if err := f.Err(); err != nil {
		return err
	}
	if h.Quiet != QuietHours {
		h.From, h.To = usualHabits.From, usualHabits.To
	}
	person := actor.From(ctx).Person
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		tx.OnCommit(s.forgetSettings)
		return saveHabits(ctx, tx, person, h)
	})
}

// checkHabits says what is wrong with when somebody may be told.
func checkHabits(f *fault.Fields, h Habits) {
	if !slices.Contains([]string{QuietCalendar, QuietHours, QuietNever}, h.Quiet) {
		f.Add("quiet", "notice.unknown-value", "value", h.Quiet)
	}
	if h.Digest != Daily && h.Digest != Weekly {
		f.Add("digest", "notice.unknown-value", "value", h.Digest)
	}
	if h.Quiet == QuietHours && (min(h.From, h.To) < 0 || h.From >= 24*60 || h.To > 24*60 || h.From == h.To) {
		f.Add("to", "notice.hours-order")
	}
}

// ChoicesOf are what a person (0: the company) has chosen.
func (s *Service) ChoicesOf(ctx context.Context, person org.ID) (c choices, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		all, err := choicesOf(ctx, rd, []org.ID{person})
		c = all[person]
		return err
	})
	return c, err
}
