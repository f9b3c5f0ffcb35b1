package notice

import (
	"net/http"
	"strconv"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"

	"context"
)

// Mount adds the pages and the API of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(
		web.Route{Pattern: "GET /notices", Action: "notice.own", Do: s.showNotices, Own: true},
		web.Route{Pattern: "GET /notices/{id}", Action: "notice.own", Do: s.showNotice, Own: true},
		web.Route{Pattern: "GET /announcements/{id}", Action: "notice.own", Do: s.showAnnouncement},
		web.Route{Pattern: "GET /me/notices", Action: "notice.own", Do: s.showMine, Own: true},
		web.Route{Pattern: "POST /me/notices", Action: "notice.own", Do: s.submitMine},
		web.Route{Pattern: "GET /settings/notices", Action: "notice.settings", Do: s.showSettings},
		web.Route{Pattern: "POST /settings/notices", Action: "notice.settings", Do: s.submitSettings},
		web.Route{Pattern: "POST /settings/notices/channels/try", Action: "notice.settings", Do: s.submitTry},
		web.Route{Pattern: "GET /settings/notices/dead", Action: "notice.dead", Do: s.showDead},
		web.Route{Pattern: "GET /settings/notices/dead/export", Action: "notice.dead", Do: s.showDeadExport},
		web.Route{Pattern: "POST /settings/notices/dead/replay", Action: "notice.dead", Do: s.submitReplay},
		web.Route{Pattern: "GET /settings/notices/robots/{id}", Action: "notice.settings", Do: s.showRobot},
		web.Route{Pattern: "POST /settings/notices/robots/{id}", Action: "notice.settings", Do: s.submitRobot},
		web.Route{Pattern: "GET /settings/notices/announce", Action: "notice.announce", Do: s.showAnnounce},
		web.Route{Pattern: "POST /settings/notices/announce", Action: "notice.announce", Do: s.submitAnnounce},
		web.Route{Pattern: "GET /settings/mail", Action: "notice.settings", Do: s.showMail},
		web.Route{Pattern: "POST /settings/mail", Action: "notice.settings", Do: s.submitMail},
		web.Route{Pattern: "GET /n/{token}", Action: web.Public, Do: s.showDeed, Quiet: true},
		web.Route{Pattern: "POST /n/{token}", Action: web.Public, Do: s.submitDeed, Quiet: true},
	)
	s.api(m)
}

// showNotices leads to the one place for messages and notices.
func (s *Service) showNotices(w http.ResponseWriter, r *http.Request) error {
	return web.See(w, r, "/inbox?only=notices")
}

// showNotice opens what a notice is about, which counts as reading it.
func (s *Service) showNotice(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	href, err := s.Read(r.Context(), id)
	if err != nil {
		return err
	}
	if href == "" {
		href = "/inbox?only=notices"
	}
	return web.See(w, r, href)
}

func (s *Service) showAnnouncement(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	a, err := s.Announcement(r.Context(), id)
	if err != nil {
		return err
	}
	who, err := s.Org.Person(r.Context(), a.By)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return web.Show(w, r, http.StatusOK, announcementPage(a, who.Display(r.Context())), nil)
}

type mineView struct {
	Habits        Habits
	From, To      string
	Groups        []matrixGroup
	Errors        ui.Errors
	HasMail       bool
	Email         string
	Chats         []string
	MailOff       bool
	Open          string // time at which the next message would come, when it is quiet now
	ZoneName      string
	DigestAt      string
	CompanyChoice bool
}

func (s *Service) showMine(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mineView(r.Context())
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, minePage(v), mineContent(v))
}

func (s *Service) mineView(ctx context.Context) (v mineView, err error) {
	me := actor.From(ctx).Person
	if v.Habits, err = s.HabitsOf(ctx, me); err != nil {
		return v, err
	}
	v.From, v.To = clockText(v.Habits.From), clockText(v.Habits.To)
	own, err := s.ChoicesOf(ctx, me)
	if err != nil {
		return v, err
	}
	company, err := s.ChoicesOf(ctx, 0)
	if err != nil {
		return v, err
	}
	v.Groups = s.matrix(ctx, own, company, true)
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, err := s.Org.PersonIn(ctx, rd, me)
		if err != nil {
			return err
		}
		settings, err := s.settings(ctx, rd)
		if err != nil {
			return err
		}
		v.Email, v.MailOff = p.Email, !settings.mail
		table, err := s.Calendar.TableFor(ctx, p.Unit)
		if err != nil {
			return err
		}
		now := rd.Instant()
		if at := sendAt(now, false, v.Habits, table); at.After(now) {
			v.Open = lang.At(ctx, at)
		}
		v.DigestAt = lang.At(ctx, digestAt(now, me, v.Habits, table))
		if s.Suites == nil {
			return nil
		}
		suites, err := s.Suites.Notifying(ctx, rd)
		for _, x := range suites {
			address, err := s.addressOf(ctx, rd, x.ID, me)
			if err != nil {
				return err
			}
			if address != "" {
				v.Chats = append(v.Chats, x.Name.In(ctx))
			}
		}
		return err
	})
	return v, err
}

func (s *Service) submitMine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Quiet  string            `form:"quiet"`
		From   string            `form:"from"`
		To     string            `form:"to"`
		Digest string            `form:"digest"`
		Choice map[string]string `form:"choice"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	h := Habits{Quiet: in.Quiet, From: clockMinute(in.From), To: clockMinute(in.To), Digest: in.Digest}
	err := s.SetHabits(ctx, h)
	if err == nil {
		err = s.SetChoices(ctx, actor.From(ctx).Person, chosen(in.Choice))
	}
	if said, status, back := sentBack(ctx, err); back {
		v, err := s.mineView(ctx)
		if err != nil {
			return err
		}
		company, err := s.ChoicesOf(ctx, 0)
		if err != nil {
			return err
		}
		v.Errors, v.Habits, v.From, v.To = said, h, in.From, in.To
		v.Groups = s.matrix(ctx, wished(in.Choice), company, true)
		return web.Show(w, r, status, minePage(v), mineContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "notice.saved"), "")
	return web.See(w, r, "/me/notices")
}

type deedView struct {
	Token  string
	Shown  Shown
	Dead   bool
	Done   bool
	Next   string // link that may follow
	Errors ui.Errors
	Score  int
}

// showDeed shows what a link would do. It changes nothing, however often it is fetched.
func (s *Service) showDeed(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	v := deedView{Token: r.PathValue("token")}
	var err error
	if v.Shown, err = s.ShowDeed(r.Context(), v.Token); fault.KindOf(err) == fault.NotFound && err != nil {
		v.Dead = true
		return web.Show(w, r, http.StatusNotFound, deedPage(v), nil)
	}
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, deedPage(v), nil)
}

// submitDeed does it.
func (s *Service) submitDeed(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	ctx := r.Context()
	var in struct {
		Score int `form:"score"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v := deedView{Token: r.PathValue("token"), Score: in.Score}
	next, failed := s.Do(ctx, v.Token, in.Score)
	var err error
	v.Shown, err = s.ShowDeed(ctx, v.Token)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		v.Dead = true
		return web.Show(w, r, http.StatusNotFound, deedPage(v), nil)
	}
	if err != nil {
		return err
	}
	if failed == nil {
		v.Done, v.Next = true, next
		return web.Show(w, r, http.StatusOK, deedPage(v), nil)
	}
	said, status, back := sentBack(ctx, failed)
	if !back {
		if fault.KindOf(failed) == fault.NotFound { // no longer theirs
			v.Dead = true
			return web.Show(w, r, http.StatusNotFound, deedPage(v), nil)
		}
		return failed
	}
	v.Errors = said
	return web.Show(w, r, status, deedPage(v), nil)
}
