package org

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// privacyRows is how many leavers the page lists at once.
const privacyRows = 50

type privacyView struct {
	Retention Retention
	Months    string
	Errors    ui.Errors
	State     string // left, held, erased
	Lines     []leaverLine
	More      string
}

type leaverLine struct {
	Name, Href, Ref, Unit, Left, Due, Held, Erased, By, What string
}

func privacyState(r *http.Request) string {
	switch state := r.URL.Query().Get("state"); state {
	case "held", "erased":
		return state
	}
	return "left"
}

func (s *Service) showPrivacy(w http.ResponseWriter, r *http.Request) error {
	return s.renderPrivacy(w, r, http.StatusOK, privacyView{})
}

func (s *Service) renderPrivacy(w http.ResponseWriter, r *http.Request, status int, v privacyView) error {
	ctx := r.Context()
	v.State = privacyState(r)
	var err error
	if v.Retention, err = s.Retention(ctx); err != nil {
		return err
	}
	if status == http.StatusOK {
		v.Months = strconv.Itoa(v.Retention.Months)
	}
	before, _ := parseID(r.URL.Query().Get("before"))
	list, err := s.leavers(ctx, v.State, before, privacyRows+1)
	if err != nil {
		return err
	}
	if len(list) > privacyRows {
		list = list[:privacyRows]
		v.More = "/settings/privacy?state=" + v.State + "&before=" + idText(list[privacyRows-1].Person)
	}
	if v.Lines, err = s.leaverLines(ctx, list, v.Retention.Months); err != nil {
		return err
	}
	return web.Show(w, r, status, privacyPage(v), privacyContent(v))
}

func (s *Service) leavers(ctx context.Context, state string, before ID, limit int) ([]Leaver, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) ([]Leaver, error) {
		return leavers(ctx, rd, state, before, limit)
	})
}

func (s *Service) leaverLines(ctx context.Context, list []Leaver, months int) ([]leaverLine, error) {
	var ids []ID
	for _, l := range list {
		ids = append(ids, l.Person, l.BeganBy, l.HeldBy)
	}
	names, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (map[ID]Person, error) { return s.Names(ctx, rd, ids) })
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]leaverLine, len(list))
	for i, l := range list {
		p := names[l.Person]
		line := leaverLine{Name: plainName(ctx, p), Href: s.personHref(ctx, p) + "/data", Ref: s.Ref(ctx, p), Unit: tree.Name(ctx, p.Unit),
			Left: dateOr(ctx, l.Left), Due: dateOr(ctx, l.Due(months)), Erased: dateOr(ctx, l.Erased), What: s.countsText(ctx, l.Counts)}
		switch {
		case !l.Began.IsZero() && l.Erased.IsZero():
			line.Due = lang.T(ctx, "org.personal-running")
		case line.Due == "" && l.Erased.IsZero():
			line.Due = lang.T(ctx, "org.personal-off")
		}
		if l.Held {
			line.Held = l.HeldWhy
			line.By = NameOf(ctx, names[l.HeldBy])
		}
		if !l.Erased.IsZero() {
			line.Held, line.By = "", lang.T(ctx, "org.personal-rule")
			if l.BeganBy != 0 {
				line.By = NameOf(ctx, names[l.BeganBy])
			}
		}
		out[i] = line
	}
	return out, nil
}

func dateOr(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return lang.Date(ctx, t)
}

func (s *Service) submitPrivacy(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Months string `form:"months"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	months, err := strconv.Atoi(strings.TrimSpace(in.Months))
	if err != nil {
		months = -1 // no number: the use case says so
	}
	if err := s.SetRetention(ctx, months); err != nil {
		if !refused(err) {
			return err
		}
		v := privacyView{Months: in.Months, Errors: ui.ErrorsOf(ctx, err, map[string]string{"erase_after_months": lang.T(ctx, "org.personal-months-label")})}
		return s.renderPrivacy(w, r, statusOf(err), v)
	}
	web.Toast(w, r, lang.T(ctx, "org.personal-rule-saved"), "")
	return web.See(w, r, "/settings/privacy")
}

// showPrivacyExport sends a list of the page whole, as a file.
func (s *Service) showPrivacyExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	state := privacyState(r)
	months := s.Company(ctx).Switches.EraseMonths
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "org.privacy")+" "+lang.T(ctx, "org.privacy-"+state))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "org.", []string{"no", "person", "unit", "personal-column-left-at", "personal-due-at", "personal-reason",
		"personal-column-erased-at", "personal-by", "personal-what"}); err != nil {
		return err
	}
	for before := ID(0); ; {
		list, err := s.leavers(ctx, state, before, 500)
		if err != nil {
			return err
		}
		lines, err := s.leaverLines(ctx, list, months)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := out.Row(l.Ref, l.Name, l.Unit, l.Left, l.Due, l.Held, l.Erased, l.By, l.What); err != nil {
				return err
			}
		}
		if len(list) < 500 {
			return out.Close()
		}
		before = list[len(list)-1].Person
	}
}
