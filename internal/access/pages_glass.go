package access

import (
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// registerRows is how many openings, and how many views, the registers show at once.
const registerRows = 100

type glassForm struct {
	Record string `form:"record"`
	Person string `form:"person"`
	Reason string `form:"reason"`
}

// registerLine is an opening or a view in words.
type registerLine struct {
	What, By, Reason string
	Href             string
	At, Until        time.Time
	Open             bool
}

type registerView struct {
	In     glassForm
	Errors ui.Errors
	Who    []ui.Option
	Lines  []registerLine
	May    bool // the reader may open another
	Kinds  string
}

func (s *Service) showGlass(w http.ResponseWriter, r *http.Request) error {
	return s.glassPage(w, r, http.StatusOK, glassForm{Record: clean(r.URL.Query().Get("record"))}, nil)
}

func (s *Service) glassPage(w http.ResponseWriter, r *http.Request, status int, in glassForm, cause error) error {
	ctx := r.Context()
	v := registerView{In: in, May: actor.From(ctx).Has("security")}
	if cause != nil {
		v.Errors = ui.ErrorsOf(ctx, cause, map[string]string{"record": lang.T(ctx, "access.record"), "reason": lang.T(ctx, "access.reason")})
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := glassesBefore(ctx, rd, math.MaxInt64, registerRows)
		if err != nil {
			return err
		}
		for _, g := range list {
			l := registerLine{What: g.Ref, Reason: g.Reason, At: g.Opened, Until: g.Until, Open: g.Until.After(rd.Instant())}
			if l.Open && g.Officer == actor.From(ctx).Person {
				if found, err := s.find(ctx, rd, g.Ref); err == nil {
					l.Href = found.Href
				}
			}
			v.Lines = append(v.Lines, l)
		}
		return s.names(ctx, rd, v.Lines, func(i int) (by, what ID) { return list[i].Officer, 0 })
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, status, accessPage(ctx, "glass", glassContent(v)), glassContent(v))
}

// names puts names for ids into lines.
func (s *Service) names(ctx context.Context, rd sqldb.Reader, lines []registerLine, of func(i int) (by, what ID)) error {
	var ids []ID
	for i := range lines {
		by, what := of(i)
		ids = append(ids, by, what)
	}
	slices.Sort(ids)
	names, err := s.org.Names(ctx, rd, slices.Compact(ids))
	for i := range lines {
		by, what := of(i)
		lines[i].By = names[by].Display(ctx)
		if what != 0 {
			lines[i].What = names[what].Display(ctx)
		}
	}
	return err
}

func (s *Service) submitGlass(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in glassForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	g, err := s.BreakGlass(ctx, in.Record, in.Reason)
	if refused(err) {
		return s.glassPage(w, r, fault.KindOf(err).Status(), in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "access.glass-open", "value", g.Ref, "until", lang.Clock(ctx, g.Until)), "")
	return web.See(w, r, "/settings/access/glass")
}

func (s *Service) showView(w http.ResponseWriter, r *http.Request) error {
	return s.viewPage(w, r, http.StatusOK, glassForm{Person: clean(r.URL.Query().Get("person"))}, nil)
}

func (s *Service) viewPage(w http.ResponseWriter, r *http.Request, status int, in glassForm, cause error) error {
	ctx := r.Context()
	v := registerView{In: in, May: true}
	if cause != nil {
		v.Errors = ui.ErrorsOf(ctx, cause, map[string]string{"person": lang.T(ctx, "access.person"), "reason": lang.T(ctx, "access.reason")})
	}
	if p, err := s.org.PersonByNo(ctx, in.Person); err == nil {
		v.Who = []ui.Option{{Value: p.No, Text: p.Display(ctx)}}
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := viewsBefore(ctx, rd, math.MaxInt64, registerRows)
		if err != nil {
			return err
		}
		for _, x := range list {
			until := x.Until
			if !x.Ended.IsZero() {
				until = x.Ended
			}
			v.Lines = append(v.Lines, registerLine{Reason: x.Reason, At: x.Began, Until: until, Open: until.After(rd.Instant())})
		}
		return s.names(ctx, rd, v.Lines, func(i int) (by, what ID) { return list[i].Viewer, list[i].Person })
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, status, accessPage(ctx, "view", viewContent(v)), viewContent(v))
}

func (s *Service) submitView(w http.ResponseWriter, r *http.Request) error {
	var in glassForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	_, err := s.ViewAs(r.Context(), in.Person, in.Reason)
	if refused(err) {
		return s.viewPage(w, r, fault.KindOf(err).Status(), in, err)
	}
	if err != nil {
		return err
	}
	return web.See(w, r, "/")
}

func (s *Service) submitStop(w http.ResponseWriter, r *http.Request) error {
	if err := s.StopViewing(r.Context()); err != nil {
		return err
	}
	if actor.From(r.Context()).Viewer == 0 {
		return web.See(w, r, "/")
	}
	return web.See(w, r, "/settings/access/view")
}

// told lists what the person of ctx was told, newest first.
func (s *Service) told(ctx context.Context, most int) (list []Told, lines []registerLine, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if list, err = toldTo(ctx, rd, actor.From(ctx).Person, most); err != nil {
			return err
		}
		for _, t := range list {
			lines = append(lines, registerLine{Reason: t.Reason, At: t.At, Until: t.Until})
		}
		if err := s.names(ctx, rd, lines, func(i int) (by, what ID) { return list[i].By, 0 }); err != nil {
			return err
		}
		for i, t := range list {
			lines[i].What = lang.T(ctx, "access.told-"+t.What, "by", lines[i].By, "ref", t.Ref)
		}
		return nil
	})
	return list, lines, err
}

func (s *Service) showTold(w http.ResponseWriter, r *http.Request) error {
	_, lines, err := s.told(r.Context(), registerRows)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, toldPage(lines), toldContent(lines))
}

func (s *Service) submitNoted(w http.ResponseWriter, r *http.Request) error {
	if err := s.Noted(r.Context()); err != nil {
		return err
	}
	return web.See(w, r, "/")
}

// HomePanel is what the reader was told and has not noted yet; nil when there is nothing.
func (s *Service) HomePanel(ctx context.Context) (templ.Component, error) {
	list, lines, err := s.told(ctx, 5)
	if err != nil || actor.From(ctx).Viewer != 0 {
		return nil, err
	}
	var fresh []registerLine
	for i, t := range list {
		if t.Noted.IsZero() {
			fresh = append(fresh, lines[i])
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	return toldCard(fresh), nil
}

// showHeldExport sends the holdings of the page, or with report=idle the idle accounts, as a file.
func (s *Service) showHeldExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := r.URL.Query()
	idle := q.Get("report") == "idle"
	f, err := heldFilterOf(r)
	if err != nil {
		return err
	}
	name := lang.T(ctx, "access.file-held")
	if idle {
		name = lang.T(ctx, "access.file-idle")
	}
	out, err := xlsx.Send(w, q.Get("format"), name)
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "access.column-", []string{"no", "person", "main-unit", "role", "scope", "reason", "by", "since", "until", "seen"}); err != nil {
		return err
	}
	for f.Limit = 1000; ; {
		list, next, err := []Holding(nil), ID(0), error(nil)
		if idle {
			list, err = s.Idle(ctx)
		} else {
			list, next, err = s.held(ctx, f)
		}
		if err != nil {
			return err
		}
		for _, h := range list {
			if err := out.Row(h.Who.No, h.Who.Display(ctx), h.UnitName, roleWord(ctx, h.Role.Code), scopeWord(ctx, h), h.Reason, h.GivenBy, cell(h.At), cell(h.Until), cell(h.LastSeen)); err != nil {
				return err
			}
		}
		if f.After = next; next == 0 {
			return out.Close()
		}
	}
}

// cell is a moment, or nothing.
func cell(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
