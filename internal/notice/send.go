package notice

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/mail"
	"neike/internal/kit/sqldb"
)

func idText(id int64) string { return strconv.FormatInt(id, 10) }

// open opens a lane; without one, the outcome says why.
func (s *Service) open(ctx context.Context, l lane) (carrier, outcome) {
	var c carrier
	var err error
	switch l.Channel {
	case Mail:
		c, err = s.openMail(ctx)
	case Chat:
		c, err = s.openChat(ctx, l.Target)
	case Group:
		c, err = s.openGroup(ctx, l.Target)
	default:
		err = errors.New("no such channel: " + l.Channel)
	}
	if err != nil {
		return nil, outcome{is: broken, problem: err.Error()}
	}
	return c, outcome{}
}

// letters is the lane of mail: one connection for a batch.
type letters struct {
	s    *Service
	conn *mail.Conn
}

// errNoMail says that mail is not in use: what waits, waits.
var errNoMail = errors.New("no mail server is in use")

func (s *Service) openMail(ctx context.Context) (carrier, error) {
	server, err := s.MailServer(ctx)
	if err != nil {
		return nil, err
	}
	if !server.Active {
		return nil, errNoMail
	}
	settings, err := s.smtp(server)
	if err != nil {
		return nil, err
	}
	conn, err := mail.Dial(ctx, settings)
	if err != nil {
		return nil, err
	}
	return &letters{s: s, conn: conn}, nil
}

func (x *letters) platform() string { return "" }

func (x *letters) close() { _ = x.conn.Close() } // a good-bye that nobody hears

func (x *letters) send(ctx context.Context, m message) outcome {
	err := x.conn.Send(ctx, x.s.letter(m.words))
	var e *mail.Error
	switch {
	case err == nil:
		return outcome{is: went}
	case !errors.As(err, &e):
		return outcome{is: later, problem: err.Error()}
	case e.Unsure:
		return outcome{is: unsure, problem: e.Error()}
	case e.Fault == mail.Server:
		return outcome{is: broken, problem: e.Error()}
	case e.Permanent:
		return outcome{is: refused, problem: e.Error()}
	}
	return outcome{is: later, problem: e.Error()}
}

// letter is a message as a mail.
func (s *Service) letter(w words) mail.Letter {
	ctx := w.ctx
	settings := s.Org.Address(ctx) + "/me/notices"
	b := mail.Body{Lang: lang.Locale(ctx), Company: s.Org.Company(ctx).Name.In(ctx), Title: w.title, FootIs: lang.T(ctx, "notice.mail.why"),
		Foot: []mail.Link{{Text: lang.T(ctx, "notice.mail.settings"), URL: settings}}}
	for _, k := range w.blocks {
		out := mail.Block{Title: k.title, Text: strings.Join(k.lines, "\n"), Facts: k.facts}
		if out.Title == w.title {
			out.Title = ""
		}
		if len(w.blocks) == 1 && out.Text == w.title {
			out.Text = ""
		}
		for _, a := range k.actions {
			out.Actions = append(out.Actions, mail.Link{Text: a.text, URL: a.url})
		}
		b.Blocks = append(b.Blocks, out)
	}
	if w.more > 0 {
		b.Blocks = append(b.Blocks, mail.Block{Text: lang.T(ctx, "notice.more", "count", w.more),
			Actions: []mail.Link{{Text: lang.T(ctx, "notice.open-inbox"), URL: s.Org.Address(ctx) + "/inbox"}}})
	}
	return mail.Letter{ID: w.id, To: w.person.Email, ToName: w.person.Plain(ctx), Subject: w.title, Text: b.Text(), HTML: b.HTML(),
		Unsubscribe: settings, At: w.at}
}

// cards is the lane of a chat connection.
type cards struct {
	s      *Service
	client chat.Client
	of     string
}

func (s *Service) openChat(ctx context.Context, connection int64) (carrier, error) {
	if s.Suites == nil {
		return nil, errors.New("no chat suite is connected")
	}
	client, platform, err := s.Suites.Client(ctx, connection)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil, errors.New("the connection is not in use")
	}
	if err != nil {
		return nil, err
	}
	return &cards{s, client, platform}, nil
}

func (x *cards) platform() string { return x.of }
func (x *cards) close()           {}

func (x *cards) send(ctx context.Context, m message) outcome {
	p, w := m.posts[0], m.words
	msg := chatMessage(x.s, w)
	msg.Todo = p.Form == card
	if p.State == Closing {
		msg.Tone = "done"
		return outcomeOf(x.client.Close(ctx, chat.Receipt{ID: p.Receipt}, msg), "")
	}
	receipt, err := x.client.Send(ctx, []string{w.chat}, msg)
	if err == nil {
		if failed := failedOf(receipt, w.chat); failed != nil {
			o := outcomeOf(failed, "")
			if o.is == broken { // the receiver's fault is never the lane's
				o.is = refused
			}
			return o
		}
	}
	o := outcomeOf(err, receipt.ID)
	if o.is == went && receipt.Unlisted != nil { // it arrived: the card has nothing to close, and the lists say why
		o.problem = short(receipt.Unlisted.Error())
	}
	return o
}

// failedOf is why a message did not reach its only receiver.
func failedOf(r chat.Receipt, address string) error {
	for id, e := range r.Failed {
		if strings.EqualFold(id, address) || len(r.Failed) == 1 {
			return e
		}
	}
	return nil
}

// outcomeOf reads what a platform answered.
func outcomeOf(err error, receipt string) outcome {
	var e *chat.Error
	switch {
	case err == nil:
		return outcome{is: went, receipt: receipt}
	case !errors.As(err, &e):
		return outcome{is: later, problem: short(err.Error())}
	}
	o := outcome{problem: short(e.Error()), after: e.After}
	switch e.Reason {
	case chat.Slow:
		o.is = slow
	case chat.Spent:
		o.is, o.after = broken, max(e.After, time.Hour)
	case chat.Refused:
		o.is = broken
	case chat.Gone:
		o.is = refused
	default:
		if o.is = later; e.Away {
			o.is = broken
		}
	}
	return o
}

func short(text string) string {
	if r := []rune(text); len(r) > 400 {
		return string(r[:400]) + "…"
	}
	return text
}

// chatMessage is a message as a card.
func chatMessage(s *Service, w words) chat.Message {
	m := chat.Message{ID: w.id, Title: w.title, Tone: w.tone, At: w.at.In(lang.Zone(w.ctx))}
	var text []string
	for _, b := range w.blocks {
		if b.title != "" && b.title != w.title {
			text = append(text, b.title)
		}
		for _, l := range b.lines {
			if l != w.title {
				text = append(text, l)
			}
		}
	}
	if len(w.blocks) == 1 {
		for _, f := range w.blocks[0].facts {
			m.Facts = append(m.Facts, chat.Fact{Label: f[0], Value: f[1]})
		}
		for _, a := range w.blocks[0].actions {
			m.Actions = append(m.Actions, chat.Action{Text: a.text, URL: a.url})
		}
	} else {
		if len(text) > mostShown {
			w.more += len(text) - mostShown
			text = text[:mostShown]
		}
		m.Actions = []chat.Action{{Text: lang.T(w.ctx, "notice.open-inbox"), URL: s.Org.Address(w.ctx) + "/inbox"}}
		if w.robot.ID != 0 {
			m.Actions = []chat.Action{{Text: lang.T(w.ctx, "notice.open-queue"), URL: s.Org.Address(w.ctx) + "/queue"}}
		}
	}
	if w.more > 0 {
		text = append(text, lang.T(w.ctx, "notice.more", "count", w.more))
	}
	m.Text = strings.Join(text, "\n")
	return m
}

// mostShown is how many lines a card of several records has.
const mostShown = 8

// group is the lane of a group's robot.
type group struct {
	s     *Service
	robot chat.Robot
}

func (s *Service) openGroup(ctx context.Context, id ID) (carrier, error) {
	var x Robot
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		x, err = robotByID(ctx, rd, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !x.Active {
		return nil, errors.New("the robot is not in use")
	}
	robot, err := s.opened(x)
	return &group{s, robot}, err
}

func (x *group) platform() string { return x.robot.Platform }
func (x *group) close()           {}

func (x *group) send(ctx context.Context, m message) outcome {
	o := outcomeOf(chat.SendTo(ctx, x.robot, chatMessage(x.s, m.words)), "")
	if o.is == refused { // a group that is gone: the settings are wrong, not the message
		o.is = broken
	}
	return o
}
