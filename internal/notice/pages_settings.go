package notice

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"neike/internal/kit/actor"
	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/mail"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

type settingsView struct {
	Groups  []matrixGroup
	Healths []healthRow
	Dead    int
	Robots  []robotRow
	Past    []Announcement
	Errors  ui.Errors
	NoURL   bool
}

type robotRow struct {
	Robot
	UnitName, PlatformName string
}

func (s *Service) settingsView(ctx context.Context) (v settingsView, err error) {
	company, err := s.ChoicesOf(ctx, 0)
	if err != nil {
		return v, err
	}
	v.Groups, v.NoURL = s.matrix(ctx, nil, company, false), s.Org.Address(ctx) == ""
	list, err := s.Healths(ctx)
	if err != nil {
		return v, err
	}
	robots, err := s.Robots(ctx)
	if err != nil {
		return v, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return v, err
	}
	for _, x := range robots {
		v.Robots = append(v.Robots, robotRow{x, tree.FullName(ctx, x.Unit), lang.T(ctx, "notice.platform."+x.Platform)})
	}
	var suites []Suite
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if v.Dead, err = countDead(ctx, rd, 1000); err != nil || s.Suites == nil {
			return err
		}
		suites, err = s.Suites.Notifying(ctx, rd)
		return err
	})
	if err != nil {
		return v, err
	}
	v.Healths = s.healthRows(ctx, list, suites, robots)
	v.Past, err = s.Announcements(ctx, 5)
	return v, err
}

func (s *Service) showSettings(w http.ResponseWriter, r *http.Request) error {
	v, err := s.settingsView(r.Context())
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, settingsPage(v), settingsContent(v))
}

func (s *Service) submitSettings(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Choice map[string]string `form:"choice"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	err := s.SetChoices(ctx, 0, chosen(in.Choice))
	if said, status, back := sentBack(ctx, err); back {
		v, err := s.settingsView(ctx)
		if err != nil {
			return err
		}
		v.Errors, v.Groups = said, s.matrix(ctx, nil, wished(in.Choice), false)
		return web.Show(w, r, status, settingsPage(v), settingsContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "notice.saved"), "")
	return web.See(w, r, "/settings/notices")
}

// submitTry lets a channel that rests after a failure try again at once.
func (s *Service) submitTry(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Channel string `form:"channel"`
		Target  int64  `form:"target"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if err := s.TryAgain(r.Context(), in.Channel, in.Target); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "notice.tries"), "")
	return web.See(w, r, "/settings/notices")
}

// TryAgain lets a channel that rests after a failure try again at once.
func (s *Service) TryAgain(ctx context.Context, channel string, target int64) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := laneTries(ctx, tx, channel, target); err != nil {
			return err
		}
		return s.wake(ctx, tx, map[lane]bool{{channel, target}: true})
	})
}

type deadView struct {
	Items []deadRow
	Next  string
	First bool
}

type deadRow struct {
	DeadPost
	ChannelName string
}

func (s *Service) showDead(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	cursor := r.URL.Query().Get("cursor")
	page, err := s.DeadPosts(ctx, web.Paging{Cursor: cursor})
	if err != nil {
		return err
	}
	v := deadView{First: cursor == ""}
	for _, p := range page.Items {
		v.Items = append(v.Items, deadRow{p, lang.T(ctx, "notice.channel."+p.Channel)})
	}
	if page.NextCursor != "" {
		v.Next = "/settings/notices/dead?cursor=" + page.NextCursor
	}
	return web.Show(w, r, http.StatusOK, deadPage(v), deadContent(v))
}

func (s *Service) submitReplay(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		ID int64 `form:"id"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	n, err := s.Revive(r.Context(), in.ID)
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "notice.dead.again", "count", n), "")
	return web.See(w, r, "/settings/notices/dead")
}

type robotView struct {
	Robot
	New    bool
	Title  string
	Units  []ui.Option
	Kinds  []ui.Option
	Errors ui.Errors
}

func (s *Service) robotView(ctx context.Context, id string) (v robotView, err error) {
	if v.New = id == "+"; v.New {
		v.Platform, v.Active, v.Locale = chat.WeCom, true, s.Org.Company(ctx).Locale
		v.Robot.Kinds = []string{"request.opened", "request.passed-on", "request.nudged", "request.breached"}
	} else {
		n, bad := strconv.ParseInt(id, 10, 64)
		if bad != nil {
			return v, fault.ErrNotFound
		}
		err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			v.Robot, err = robotByID(ctx, rd, n)
			return err
		})
	}
	return v, err
}

func (s *Service) fillRobot(ctx context.Context, v *robotView) error {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	v.Title = lang.T(ctx, "notice.robot.new")
	if !v.New {
		v.Title = lang.T(ctx, "notice.robot.title", "name", v.Name)
	}
	v.Units = []ui.Option{{Text: lang.T(ctx, "notice.robot.choose-unit")}}
	if u, known := tree.ByID(v.Unit); known {
		v.Units = []ui.Option{{Value: u.Code, Text: tree.FullName(ctx, u.ID), Selected: true}}
	}
	v.Kinds = nil
	for _, k := range s.RobotKinds() {
		v.Kinds = append(v.Kinds, ui.Option{Value: k.Code, Text: lang.T(ctx, "notice.kind."+k.Code), Selected: slices.Contains(v.Robot.Kinds, k.Code)})
	}
	return nil
}

func (s *Service) showRobot(w http.ResponseWriter, r *http.Request) error {
	v, err := s.robotView(r.Context(), r.PathValue("id"))
	if err == nil {
		err = s.fillRobot(r.Context(), &v)
	}
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, robotPage(v), robotContent(v))
}

// robotForm is the form of a robot; Do is "", "test" or "remove".
type robotForm struct {
	Do       string   `form:"do"`
	Unit     string   `form:"unit"`
	Platform string   `form:"platform"`
	Name     string   `form:"name"`
	Address  string   `form:"address"`
	Secret   string   `form:"secret"`
	Locale   string   `form:"locale"`
	Kinds    []string `form:"kinds"`
	Inside   bool     `form:"inside"`
	Active   bool     `form:"active"`
	Revision int64    `form:"revision"`
}

func (s *Service) submitRobot(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in robotForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v, err := s.robotView(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	said := "notice.saved"
	switch {
	case in.Do == "test" && !v.New:
		said, err = "notice.robot.tested", s.TestRobot(ctx, v.ID)
	case in.Do == "remove" && !v.New:
		if err := s.RemoveRobot(ctx, v.ID); err != nil {
			return err
		}
		web.Toast(w, r, lang.T(ctx, "notice.robot.removed"), "")
		return web.See(w, r, "/settings/notices#robots")
	default:
		var unit org.ID
		tree, bad := s.Org.Tree(ctx)
		if bad != nil {
			return bad
		}
		if u, known := tree.ByCode(in.Unit); known {
			unit = u.ID
		}
		v.Unit, v.Platform, v.Name, v.Address, v.Secret = unit, in.Platform, in.Name, in.Address, in.Secret
		v.Locale, v.Robot.Kinds, v.Inside, v.Active, v.Revision = in.Locale, in.Kinds, in.Inside, in.Active, in.Revision
		var saved Robot
		if saved, err = s.SaveRobot(ctx, v.Robot); err == nil {
			v.Robot = saved
		}
	}
	if errs, status, back := sentBack(ctx, err); back {
		v.Errors, v.Address, v.Secret = errs, "", ""
		if err := s.fillRobot(ctx, &v); err != nil {
			return err
		}
		return web.Show(w, r, status, robotPage(v), robotContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, said), "")
	return web.See(w, r, "/settings/notices/robots/"+idText(v.ID))
}

// TestRobot says a word in a group now, past the outbox.
func (s *Service) TestRobot(ctx context.Context, id ID) error {
	var x Robot
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		x, err = robotByID(ctx, rd, id)
		return err
	})
	if err != nil {
		return err
	}
	robot, err := s.opened(x)
	if err != nil {
		return fault.Wrap(fault.Conflict, err, "notice.robot.key")
	}
	speak := lang.In(ctx, x.Locale)
	err = chat.SendTo(ctx, robot, chat.Message{ID: "neike-test-" + idText(s.db.NewID()), Title: lang.T(speak, "notice.robot.test-title"),
		Text: lang.T(speak, "notice.robot.test-text", "at", lang.Clock(speak, s.db.Now())), At: s.db.Now()})
	if err != nil {
		return fault.Wrap(fault.Conflict, err, "notice.robot.refused", "reason", short(err.Error()))
	}
	return nil
}

type announceView struct {
	Announcement
	Units  []ui.Option
	Errors ui.Errors
}

func (s *Service) showAnnounce(w http.ResponseWriter, r *http.Request) error {
	return web.Show(w, r, http.StatusOK, announcePage(announceView{}), nil)
}

func (s *Service) submitAnnounce(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Title string `form:"title"`
		Text  string `form:"text"`
		Link  string `form:"link"`
		Unit  string `form:"unit"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v := announceView{Announcement: Announcement{Title: in.Title, Text: in.Text, Link: in.Link}}
	var err error
	if v.Unit, err = s.unitOf(ctx, in.Unit); err != nil {
		return err
	}
	if v.Units, err = s.unitOptions(ctx, in.Unit); err != nil {
		return err
	}
	_, err = s.Announce(ctx, v.Announcement)
	if said, status, back := sentBack(ctx, err); back {
		v.Errors = said
		return web.Show(w, r, status, announcePage(v), nil)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "notice.announce.done"), "")
	if actor.From(ctx).Has("admin") {
		return web.See(w, r, "/settings/notices")
	}
	return web.See(w, r, "/settings/notices/announce")
}

// unitOptions keeps a unit chosen in a picker.
func (s *Service) unitOptions(ctx context.Context, code string) ([]ui.Option, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	if u, known := tree.ByCode(code); known {
		return []ui.Option{{Value: u.Code, Text: tree.FullName(ctx, u.ID), Selected: true}}, nil
	}
	return nil, nil
}

// unitOf is the unit of a code; 0 for none given, an id that is nobody's for an unknown one.
func (s *Service) unitOf(ctx context.Context, code string) (org.ID, error) {
	if code == "" {
		return 0, nil
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return 0, err
	}
	if u, known := tree.ByCode(code); known {
		return u.ID, nil
	}
	return -1, nil
}

type mailView struct {
	MailServer
	Errors ui.Errors
	Modes  []ui.Option
	To     string
	NoURL  bool
	Known  bool
}

func (s *Service) mailView(ctx context.Context) (v mailView, err error) {
	if v.MailServer, err = s.MailServer(ctx); err != nil {
		return v, err
	}
	p, err := s.Org.Person(ctx, actor.From(ctx).Person)
	v.To, v.NoURL, v.Known = p.Email, s.Org.Address(ctx) == "", v.Host != ""
	return v, err
}

func (v *mailView) fill(ctx context.Context) {
	v.Modes = nil
	for _, m := range mail.Modes {
		v.Modes = append(v.Modes, ui.Option{Value: m, Text: lang.T(ctx, "notice.mail.mode."+m), Selected: v.Mode == m})
	}
}

func (s *Service) showMail(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mailView(r.Context())
	if err != nil {
		return err
	}
	v.fill(r.Context())
	return web.Show(w, r, http.StatusOK, mailPage(v), mailContent(v))
}

// submitMail sets the server, or sends a test with what is set.
func (s *Service) submitMail(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		MailServer
		Do string `form:"do"`
		To string `form:"to"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	said := "notice.saved"
	var err error
	if in.Do == "test" {
		said, err = "notice.mail.tested", s.TestMail(ctx, in.To)
	} else {
		in.MailServer.Password = r.PostFormValue("password") // a password is not trimmed
		err = s.SetMailServer(ctx, in.MailServer)
	}
	if errs, status, back := sentBack(ctx, err); back {
		v, err := s.mailView(ctx)
		if err != nil {
			return err
		}
		if v.Errors = errs; in.Do != "test" {
			sealed := v.sealed
			v.MailServer = in.MailServer
			v.Password, v.sealed = "", sealed
		} else {
			v.To = in.To
		}
		v.fill(ctx)
		return web.Show(w, r, status, mailPage(v), mailContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, said), "")
	return web.See(w, r, "/settings/mail")
}
