package org

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// personalRoutes are the pages of personal data. Copies are one's own matter: closed to who looks with another's eyes.
func (s *Service) personalRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /me/data", Action: "person.data", Do: s.showOwnData, Own: true},
		{Pattern: "GET /people/{no}/data", Action: "person.data", Do: s.showData, Own: true},
		{Pattern: "POST /people/{no}/data/copy", Action: "person.data", Do: s.submitDataCopy, Own: true},
		{Pattern: "POST /people/{no}/data/erase", Action: "person.erase", Do: s.submitErase},
		{Pattern: "POST /people/{no}/data/hold", Action: "person.erase", Do: s.submitHold},
		{Pattern: "GET /settings/privacy", Action: "person.erase", Do: s.showPrivacy},
		{Pattern: "POST /settings/privacy", Action: "person.erase", Do: s.submitPrivacy},
		{Pattern: "GET /settings/privacy/export", Action: "person.erase", Do: s.showPrivacyExport},
	}
}

type dataView struct {
	Person  Person
	Name    string
	Href    string
	Crumbs  []ui.Crumb
	Own     bool
	Erases  bool // the reader may erase and hold
	Kinds   []PersonalKind
	Leaver  Leaver
	Stands  string // how it stands with the person's data
	In      HoldInput
	No      string // typed
	Errors  ui.Errors
	HeldErr ui.Errors
}

func (s *Service) showOwnData(w http.ResponseWriter, r *http.Request) error {
	p, err := s.Person(r.Context(), actor.From(r.Context()).Person)
	if err != nil {
		return err
	}
	return s.renderData(w, r, http.StatusOK, p, dataView{Own: true})
}

func (s *Service) showData(w http.ResponseWriter, r *http.Request) error {
	p, err := s.ByRef(r.Context(), r.PathValue("no"))
	if err != nil {
		return err
	}
	return s.renderData(w, r, http.StatusOK, p, dataView{})
}

func (s *Service) renderData(w http.ResponseWriter, r *http.Request, status int, p Person, v dataView) error {
	ctx := r.Context()
	if err := mayCopy(ctx, p); err != nil {
		return err
	}
	a := actor.From(ctx)
	v.Person, v.Name, v.Href = p, NameOf(ctx, p), s.personHref(ctx, p)
	v.Own, v.Erases = a.Person == p.ID, a.Has("security") && a.Person != p.ID
	if v.Own {
		v.Crumbs = []ui.Crumb{{Label: lang.T(ctx, "org.personal-me"), Href: "/me"}, {Label: lang.T(ctx, "org.personal")}}
	} else {
		v.Crumbs = []ui.Crumb{{Label: v.Name, Href: v.Href}, {Label: lang.T(ctx, "org.personal")}}
	}
	copied, err := s.personalCopy(ctx, p, false)
	if err != nil {
		return err
	}
	v.Kinds = copied.Kinds
	l, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Leaver, error) { return leaverOf(ctx, rd, p.ID) })
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	v.Leaver = l
	v.Stands = s.standsText(ctx, p, l)
	if status == http.StatusOK {
		v.In = HoldInput{Held: l.Held, Why: l.HeldWhy}
	}
	return web.Show(w, r, status, dataPage(v), dataContent(v))
}

// standsText says how long the data of somebody stays.
func (s *Service) standsText(ctx context.Context, p Person, l Leaver) string {
	months := s.Company(ctx).Switches.EraseMonths
	switch {
	case !l.Erased.IsZero():
		return lang.T(ctx, "org.personal-was-erased", "date", lang.Date(ctx, l.Erased))
	case !l.Began.IsZero():
		return lang.T(ctx, "org.personal-under-way")
	case l.Held:
		return lang.T(ctx, "org.personal-is-held", "why", l.HeldWhy)
	case p.Active:
		return monthsHint(ctx, months)
	case months == 0:
		return lang.T(ctx, "org.personal-waits")
	case l.Left.IsZero():
		return lang.T(ctx, "org.personal-noted-tonight")
	}
	return lang.T(ctx, "org.personal-due", "date", lang.Date(ctx, l.Due(months)))
}

// monthsHint is the rule in a sentence.
func monthsHint(ctx context.Context, months int) string {
	if months == 0 {
		return lang.T(ctx, "org.personal-never")
	}
	return lang.T(ctx, "org.personal-after", "count", months)
}

// monthsText is the rule in a word, from the number that the log keeps.
func monthsText(ctx context.Context, months string) string {
	n, err := strconv.Atoi(months)
	if err != nil || n == 0 {
		return lang.T(ctx, "org.personal-off")
	}
	return lang.T(ctx, "org.personal-months-of", "count", n)
}

// submitDataCopy makes a copy, which is noted and told to the person, and sends it as a workbook with a sheet for each kind, or as JSON.
func (s *Service) submitDataCopy(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := s.CopyPersonal(ctx, r.PathValue("no"))
	if err != nil {
		return err
	}
	name := lang.T(ctx, "org.personal") + " " + c.Name
	if r.FormValue("format") == "json" {
		h := w.Header()
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + ".json"}))
		h.Set("Cache-Control", "no-store")
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(c)
	}
	return sendPersonal(ctx, w, name, c)
}

// sendPersonal writes the workbook: a sheet that says what there is, then one for each kind.
func sendPersonal(ctx context.Context, w http.ResponseWriter, name string, c PersonalCopy) error {
	out, err := xlsx.Send(w, "xlsx", name)
	if err != nil {
		return err
	}
	if err := out.Row(lang.T(ctx, "org.personal-kind"), lang.T(ctx, "org.personal-count"), lang.T(ctx, "org.personal-how-long")); err != nil {
		return err
	}
	for _, k := range c.Kinds {
		if err := out.Row(k.Title, len(k.Rows), k.Keeps); err != nil {
			return err
		}
	}
	for i, k := range c.Kinds {
		if err := out.Sheet(strconv.Itoa(i+1) + " " + k.Title); err != nil {
			return err
		}
		var heading []any
		for _, col := range k.Columns {
			heading = append(heading, personalHeading(ctx, col))
		}
		if err := out.Row(heading...); err != nil {
			return err
		}
		for _, row := range k.Rows {
			if err := out.Row(personalCells(ctx, k, row)...); err != nil {
				return err
			}
		}
		if k.Cut {
			if err := out.Row(lang.T(ctx, "org.personal-cut", "most", PersonalMost)); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

func personalHeading(ctx context.Context, column string) string {
	return lang.T(ctx, "org.personal-column-"+column)
}

func personalCells(ctx context.Context, k PersonalKind, row map[string]any) []any {
	out := make([]any, len(k.Columns))
	for i, col := range k.Columns {
		switch v := row[col].(type) {
		case time.Time:
			out[i] = v.In(lang.Zone(ctx))
		case bool:
			out[i] = lang.T(ctx, "org.personal-"+map[bool]string{true: "yes", false: "no"}[v])
		default:
			out[i] = v
		}
		if slices.Contains(k.Hidden, col) {
			out[i] = lang.T(ctx, "org.personal-words")
		}
	}
	return out
}

func (s *Service) submitErase(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		No string `form:"employee_no"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	p, err := s.erasable(ctx, r.PathValue("no"))
	if err != nil {
		return err
	}
	if err := s.Erase(ctx, r.PathValue("no"), in.No); err != nil {
		if !refused(err) {
			return err
		}
		v := dataView{No: in.No, Errors: ui.ErrorsOf(ctx, err, map[string]string{"employee_no": lang.T(ctx, "org.personal-type-no")})}
		return s.renderData(w, r, statusOf(err), p, v)
	}
	web.Toast(w, r, lang.T(ctx, "org.personal-erasing"), "")
	return web.See(w, r, "/people/"+erasedNo(p.ID)+"/data")
}

func (s *Service) submitHold(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in HoldInput
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	p, err := s.erasable(ctx, r.PathValue("no"))
	if err != nil {
		return err
	}
	if err := s.Hold(ctx, r.PathValue("no"), in); err != nil {
		if !refused(err) {
			return err
		}
		v := dataView{In: in, HeldErr: ui.ErrorsOf(ctx, err, map[string]string{"reason": lang.T(ctx, "org.personal-reason")})}
		return s.renderData(w, r, statusOf(err), p, v)
	}
	done := "org.personal-held-now"
	if !in.Held {
		done = "org.personal-held-no-more"
	}
	web.Toast(w, r, lang.T(ctx, done), "")
	return web.See(w, r, "/people/"+erasedNo(p.ID)+"/data")
}

// countsText says what was erased: "登录记录 12 · 消息 3".
func (s *Service) countsText(ctx context.Context, counts map[string]int) string {
	var out []string
	for _, d := range s.personal {
		if n := counts[d.Code]; n > 0 {
			out = append(out, lang.T(ctx, d.Label)+" "+strconv.Itoa(n))
		}
	}
	return strings.Join(out, " · ")
}
