package notice

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

type noticeJSON struct {
	ID     int64      `json:"id"`
	Kind   string     `json:"kind" example:"request.delivered"`
	Text   string     `json:"text" doc:"The sentence in the asked language"`
	Ref    string     `json:"ref,omitempty" example:"R-1024"`
	Title  string     `json:"title,omitempty"`
	URL    string     `json:"url,omitempty"`
	At     time.Time  `json:"at"`
	ReadAt *time.Time `json:"read_at"`
}

type listInput struct {
	web.Paging
	Unread bool `query:"unread" doc:"Only those not read"`
}

type readInput struct {
	Body struct {
		UpTo int64 `json:"up_to,omitempty" doc:"The newest one that was seen; 0: all" example:"7043112200000001"`
	}
}

type none struct{}

type habitsJSON struct {
	Quiet   string   `json:"quiet" enum:"calendar,hours,never"`
	From    string   `json:"from" example:"08:00"`
	To      string   `json:"to" example:"20:00"`
	Digest  string   `json:"digest" enum:"daily,weekly"`
	Choices []Chosen `json:"choices" nullable:"false" doc:"What was chosen; everything else is as usual. Giving one with an empty value takes it back"`
}

type (
	habitsInput  struct{ Body habitsJSON }
	habitsOutput struct{ Body habitsJSON }
	choicesBody  struct {
		Choices []Chosen `json:"choices" nullable:"false"`
	}
	choicesInput  struct{ Body choicesBody }
	choicesOutput struct{ Body choicesBody }
)

type mailJSON struct {
	MailServer
	HasPassword bool  `json:"has_password"`
	Revision    int64 `json:"revision"`
}

type mailInput struct {
	Body struct {
		MailServer
		Password string `json:"password,omitempty" doc:"Empty keeps the one there is"`
		Revision int64  `json:"revision" doc:"The one that was read; 0 before the first"`
	}
}

type healthJSON struct {
	Channel     string     `json:"channel" enum:"mail,chat,robot"`
	Target      int64      `json:"target" doc:"Connection or robot; 0 for mail"`
	Failures    int        `json:"failures" doc:"In a row"`
	Error       string     `json:"error"`
	Waiting     int        `json:"waiting"`
	OKAt        *time.Time `json:"ok_at"`
	FailedAt    *time.Time `json:"failed_at"`
	PausedUntil *time.Time `json:"paused_until"`
}

type deadJSON struct {
	ID      int64      `json:"id"`
	Channel string     `json:"channel" enum:"mail,chat,robot"`
	To      string     `json:"to"`
	About   string     `json:"about,omitempty" example:"R-1024"`
	Error   string     `json:"error"`
	Tries   int        `json:"tries"`
	Unsure  int        `json:"unsure" doc:"of the tries: handed over whole, without an answer; it may have arrived"`
	GivenUp *time.Time `json:"given_up_at"`
}

type robotJSON struct {
	ID         int64    `json:"id"`
	Unit       string   `json:"unit" example:"finance"`
	Platform   string   `json:"platform" enum:"wecom,feishu,dingtalk,slack,teams"`
	Name       string   `json:"name"`
	Address    string   `json:"address,omitempty" doc:"Write only; empty keeps the one there is"`
	Secret     string   `json:"secret,omitempty" doc:"Write only"`
	Locale     string   `json:"locale" enum:"zh,en"`
	Kinds      []string `json:"kinds" nullable:"false"`
	Inside     bool     `json:"inside" doc:"The address lies inside the company"`
	Active     bool     `json:"active"`
	Revision   int64    `json:"revision"`
	HasAddress bool     `json:"has_address"`
}

type (
	robotInput struct {
		ID   int64 `path:"id" doc:"Of the robot" example:"7043112200000001"`
		Body robotJSON
	}
	newRobotInput struct{ Body robotJSON }
	idInput       struct {
		ID int64 `path:"id" doc:"Of the robot, or of the post" example:"7043112200000001"`
	}
	robotOutput struct{ Body robotJSON }
)

type announceInput struct {
	Body struct {
		Title string `json:"title"`
		Text  string `json:"text,omitempty"`
		Link  string `json:"link,omitempty" example:"/services"`
		Unit  string `json:"unit,omitempty" doc:"Code; with those below. Empty: everybody"`
	}
}

type announcementJSON struct {
	ID    int64     `json:"id"`
	Title string    `json:"title"`
	At    time.Time `json:"at"`
	Told  int       `json:"told"`
	Done  bool      `json:"done"`
}

type countOutput struct {
	Body struct {
		Count int `json:"count"`
	}
}

// api adds the calls of the room.
func (s *Service) api(m *web.Mux) {
	op := func(id, method, path, action, summary string, status int) web.Operation {
		scope := "write"
		switch {
		case method == http.MethodGet:
			scope = "read"
		case action == "notice.settings" || action == "notice.dead":
			scope = "admin"
		}
		return web.Operation{ID: id, Method: method, Path: "/api/v1" + path, Action: action, Own: action == "notice.own", Summary: summary, Tag: "Notices", Scope: scope, Status: status}
	}
	web.Op(m, op("list-notices", http.MethodGet, "/notices", "notice.own", "What I was told", 0), s.getNotices)
	web.Op(m, op("read-notices", http.MethodPost, "/notices/read", "notice.own", "Mark my notices as read", http.StatusNoContent), s.postRead)
	web.Op(m, op("get-notice-settings", http.MethodGet, "/me/notice-settings", "notice.own", "What I want to be told, and when", 0), s.getMine)
	web.Op(m, op("set-notice-settings", http.MethodPut, "/me/notice-settings", "notice.own", "Choose what I am told, and when", 0), s.putMine)
	web.Op(m, op("get-notice-defaults", http.MethodGet, "/settings/notices", "notice.settings", "Defaults of the company", 0), s.getDefaults)
	web.Op(m, op("set-notice-defaults", http.MethodPut, "/settings/notices", "notice.settings", "Set defaults of the company", 0), s.putDefaults)
	web.Op(m, op("get-mail-server", http.MethodGet, "/settings/mail", "notice.settings", "The mail server, without its password", 0), s.getMail)
	web.Op(m, op("set-mail-server", http.MethodPut, "/settings/mail", "notice.settings", "Set the mail server", 0), s.putMail)
	web.Op(m, op("test-mail-server", http.MethodPost, "/settings/mail/test", "notice.settings", "Send a test mail now", http.StatusNoContent), s.postMailTest)
	web.Op(m, op("list-notice-channels", http.MethodGet, "/notices/channels", "notice.settings", "How each channel fares", 0), s.getChannels)
	web.Op(m, op("list-dead-notices", http.MethodGet, "/notices/dead", "notice.dead", "Messages that could not be sent", 0), s.getDead)
	web.Op(m, op("replay-dead-notices", http.MethodPost, "/notices/dead/replay", "notice.dead", "Send all of them again", 0), s.postReplayAll)
	web.Op(m, op("replay-dead-notice", http.MethodPost, "/notices/dead/{id}/replay", "notice.dead", "Send one of them again", 0), s.postReplay)
	web.Op(m, op("list-robots", http.MethodGet, "/notices/robots", "notice.settings", "Robots of groups, without their secrets", 0), s.getRobots)
	web.Op(m, op("make-robot", http.MethodPost, "/notices/robots", "notice.settings", "Add a group's robot", http.StatusCreated), s.postRobot)
	web.Op(m, op("change-robot", http.MethodPut, "/notices/robots/{id}", "notice.settings", "Change a group's robot", 0), s.putRobot)
	web.Op(m, op("remove-robot", http.MethodDelete, "/notices/robots/{id}", "notice.settings", "Remove a group's robot", http.StatusNoContent), s.deleteRobot)
	web.Op(m, op("test-robot", http.MethodPost, "/notices/robots/{id}/test", "notice.settings", "Say a word in the group now", http.StatusNoContent), s.postRobotTest)
	web.Op(m, op("list-announcements", http.MethodGet, "/announcements", "notice.announce", "The latest announcements, and whom they have reached", 0), s.getAnnouncements)
	web.Op(m, op("announce", http.MethodPost, "/announcements", "notice.announce", "Announce something to everybody or to a unit", http.StatusCreated), s.postAnnounce)
}

func (s *Service) getNotices(ctx context.Context, in *listInput) (*struct{ Body web.Page[noticeJSON] }, error) {
	page, err := s.List(ctx, in.Unread, in.Paging)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body web.Page[noticeJSON] }{Body: web.Page[noticeJSON]{Items: make([]noticeJSON, len(page.Items)), NextCursor: page.NextCursor}}
	for i, e := range page.Items {
		out.Body.Items[i] = noticeJSON{ID: e.ID, Kind: e.Kind, Text: e.Text, Ref: e.Ref, Title: e.Title, URL: e.Link, At: e.At, ReadAt: orNull(e.ReadAt)}
	}
	return out, nil
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s *Service) postRead(ctx context.Context, in *readInput) (*none, error) {
	person := actor.From(ctx).Person
	any, err := s.readAbout(ctx, person, nil, in.Body.UpTo)
	if any {
		s.Talk.Announce(ctx, person)
	}
	return &none{}, err
}

func listed(c choices) []Chosen {
	out := []Chosen{}
	for key, v := range c {
		out = append(out, Chosen{Kind: key[0], Channel: key[1], Value: v})
	}
	return sorted(out)
}

func (s *Service) getMine(ctx context.Context, _ *none) (*habitsOutput, error) {
	me := actor.From(ctx).Person
	h, err := s.HabitsOf(ctx, me)
	if err != nil {
		return nil, err
	}
	c, err := s.ChoicesOf(ctx, me)
	return &habitsOutput{habitsJSON{Quiet: h.Quiet, From: clockText(h.From), To: clockText(h.To), Digest: h.Digest, Choices: listed(c)}}, err
}

func (s *Service) putMine(ctx context.Context, in *habitsInput) (*habitsOutput, error) {
	b := in.Body
	h := Habits{Quiet: b.Quiet, From: clockMinute(b.From), To: clockMinute(b.To), Digest: b.Digest}
	var f fault.Fields
	checkHabits(&f, h)
	s.checkChoices(&f, b.Choices)
	if err := f.Err(); err != nil { // before anything is written
		return nil, err
	}
	if err := s.SetHabits(ctx, h); err != nil {
		return nil, err
	}
	if err := s.SetChoices(ctx, actor.From(ctx).Person, b.Choices); err != nil {
		return nil, err
	}
	return s.getMine(ctx, nil)
}

func (s *Service) getDefaults(ctx context.Context, _ *none) (*choicesOutput, error) {
	c, err := s.ChoicesOf(ctx, 0)
	return &choicesOutput{choicesBody{listed(c)}}, err
}

func (s *Service) putDefaults(ctx context.Context, in *choicesInput) (*choicesOutput, error) {
	var f fault.Fields
	if s.checkChoices(&f, in.Body.Choices); f.Len() > 0 {
		return nil, f.Err()
	}
	if err := s.SetChoices(ctx, 0, in.Body.Choices); err != nil {
		return nil, err
	}
	return s.getDefaults(ctx, nil)
}

func (s *Service) getMail(ctx context.Context, _ *none) (*struct{ Body mailJSON }, error) {
	m, err := s.MailServer(ctx)
	return &struct{ Body mailJSON }{mailJSON{m, m.HasPassword(), m.Revision}}, err
}

func (s *Service) putMail(ctx context.Context, in *mailInput) (*struct{ Body mailJSON }, error) {
	m := in.Body.MailServer
	m.Password, m.Revision = in.Body.Password, in.Body.Revision
	if err := s.SetMailServer(ctx, m); err != nil {
		return nil, err
	}
	return s.getMail(ctx, nil)
}

type testInput struct {
	Body struct {
		To string `json:"to" example:"lin@example.com"`
	}
}

func (s *Service) postMailTest(ctx context.Context, in *testInput) (*none, error) {
	return &none{}, s.TestMail(ctx, in.Body.To)
}

func (s *Service) getChannels(ctx context.Context, _ *none) (*struct{ Body web.Page[healthJSON] }, error) {
	list, err := s.Healths(ctx)
	out := &struct{ Body web.Page[healthJSON] }{Body: web.Page[healthJSON]{Items: []healthJSON{}}}
	for _, h := range list {
		out.Body.Items = append(out.Body.Items, healthJSON{Channel: h.Channel, Target: h.Target, Failures: h.Failures, Error: h.Error, Waiting: h.Waiting,
			OKAt: orNull(h.OKAt), FailedAt: orNull(h.FailedAt), PausedUntil: orNull(h.PausedUntil)})
	}
	return out, err
}

func (s *Service) getDead(ctx context.Context, in *struct{ web.Paging }) (*struct{ Body web.Page[deadJSON] }, error) {
	page, err := s.DeadPosts(ctx, in.Paging)
	out := &struct{ Body web.Page[deadJSON] }{Body: web.Page[deadJSON]{Items: []deadJSON{}, NextCursor: page.NextCursor}}
	for _, p := range page.Items {
		out.Body.Items = append(out.Body.Items, deadJSON{ID: p.ID, Channel: p.Channel, To: p.Name, About: p.About, Error: p.Error, Tries: p.Tries, Unsure: p.Unsure, GivenUp: orNull(p.Done)})
	}
	return out, err
}

func (s *Service) postReplayAll(ctx context.Context, _ *none) (*countOutput, error) {
	out := &countOutput{}
	var err error
	out.Body.Count, err = s.Revive(ctx, 0)
	return out, err
}

func (s *Service) postReplay(ctx context.Context, in *idInput) (*countOutput, error) {
	if in.ID <= 0 {
		return nil, fault.ErrNotFound
	}
	out := &countOutput{}
	var err error
	out.Body.Count, err = s.Revive(ctx, in.ID)
	return out, err
}

func (s *Service) wireRobot(ctx context.Context, x Robot) (robotJSON, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return robotJSON{}, err
	}
	u, _ := tree.ByID(x.Unit)
	kinds := x.Kinds
	if kinds == nil {
		kinds = []string{}
	}
	return robotJSON{ID: x.ID, Unit: u.Code, Platform: x.Platform, Name: x.Name, Locale: x.Locale, Kinds: kinds, Inside: x.Inside,
		Active: x.Active, Revision: x.Revision, HasAddress: x.address != ""}, nil
}

func (s *Service) getRobots(ctx context.Context, _ *none) (*struct{ Body web.Page[robotJSON] }, error) {
	list, err := s.Robots(ctx)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body web.Page[robotJSON] }{Body: web.Page[robotJSON]{Items: []robotJSON{}}}
	for _, x := range list {
		j, err := s.wireRobot(ctx, x)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

func (s *Service) postRobot(ctx context.Context, in *newRobotInput) (*robotOutput, error) {
	return s.keepRobot(ctx, 0, in.Body)
}

func (s *Service) putRobot(ctx context.Context, in *robotInput) (*robotOutput, error) {
	if in.ID <= 0 {
		return nil, fault.ErrNotFound
	}
	return s.keepRobot(ctx, in.ID, in.Body)
}

func (s *Service) keepRobot(ctx context.Context, id ID, j robotJSON) (*robotOutput, error) {
	unit, err := s.unitOf(ctx, j.Unit)
	if err != nil {
		return nil, err
	}
	saved, err := s.SaveRobot(ctx, Robot{ID: id, Unit: unit, Platform: j.Platform, Name: j.Name, Address: j.Address, Secret: j.Secret,
		Locale: j.Locale, Kinds: j.Kinds, Inside: j.Inside, Active: j.Active, Revision: j.Revision})
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		saved, err = robotByID(ctx, rd, saved.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	out, err := s.wireRobot(ctx, saved)
	return &robotOutput{out}, err
}

func (s *Service) deleteRobot(ctx context.Context, in *idInput) (*none, error) {
	return &none{}, s.RemoveRobot(ctx, in.ID)
}

func (s *Service) postRobotTest(ctx context.Context, in *idInput) (*none, error) {
	return &none{}, s.TestRobot(ctx, in.ID)
}

func (s *Service) postAnnounce(ctx context.Context, in *announceInput) (*struct{ Body announcementJSON }, error) {
	unit, err := s.unitOf(ctx, in.Body.Unit)
	if err != nil {
		return nil, err
	}
	a, err := s.Announce(ctx, Announcement{Title: in.Body.Title, Text: in.Body.Text, Link: in.Body.Link, Unit: unit})
	return &struct{ Body announcementJSON }{announcementJSON{ID: a.ID, Title: a.Title, At: a.At}}, err
}

func (s *Service) getAnnouncements(ctx context.Context, in *struct{ web.Paging }) (*struct{ Body web.Page[announcementJSON] }, error) {
	list, err := s.Announcements(ctx, in.Size())
	out := &struct{ Body web.Page[announcementJSON] }{Body: web.Page[announcementJSON]{Items: []announcementJSON{}}}
	for _, a := range list {
		out.Body.Items = append(out.Body.Items, announcementJSON{ID: a.ID, Title: a.Title, At: a.At, Told: a.Told, Done: !a.DoneAt.IsZero()})
	}
	return out, err
}
