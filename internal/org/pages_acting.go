package org

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// headFacts say who answers for a unit: its head, who acts, or while nobody does, who answers from above.
func (s *Service) headFacts(ctx context.Context, tree *Tree, u Unit, heads []ID, from ID, names map[ID]Person, fact func(id, text, href string)) {
	if from != u.ID || len(heads) == 0 {
		meanwhile := ""
		for _, id := range heads {
			meanwhile = joinedList(ctx, meanwhile, NameOf(ctx, names[id]))
		}
		text := lang.T(ctx, "org.head-vacant")
		if meanwhile != "" {
			text = lang.T(ctx, "org.head-vacant-meanwhile", "names", meanwhile, "unit", tree.Name(ctx, from))
		}
		fact("org.head", text, "")
		return
	}
	for _, id := range heads {
		term := "org.acting-head"
		if id == u.Head {
			term = "org.head"
		}
		fact(term, NameOf(ctx, names[id]), s.personHref(ctx, names[id]))
	}
}

// joinedList puts the reader's comma between names.
func joinedList(ctx context.Context, list, name string) string {
	if list == "" {
		return name
	}
	return list + lang.T(ctx, "org.comma") + name
}

// actingLine is somebody who acts, or will act, as head.
type actingLine struct {
	Name, Href, Span, Why, End string
}

// actingView is who acts as head of a unit, to those who may name one.
type actingView struct {
	May    bool
	Post   string
	Lines  []actingLine
	In     ActingInput
	Chosen []ui.Option
	Errors ui.Errors
}

func (s *Service) actingView(ctx context.Context, rd sqldb.Reader, tree *Tree, u Unit) (actingView, error) {
	v := actingView{May: s.mayNameHead(ctx, tree, u) && u.Valid(rd.Instant()), Post: unitHref(u) + "/acting"}
	list, err := s.Acting(ctx, rd, u.ID)
	if err != nil {
		return v, err
	}
	var ids []ID
	for _, a := range list {
		ids = append(ids, a.Person)
	}
	names, err := s.Names(ctx, rd, ids)
	zone := tree.Zone(u.ID, s.Company(ctx))
	for _, a := range list {
		l := actingLine{Name: NameOf(ctx, names[a.Person]), Href: s.personHref(ctx, names[a.Person]), Why: a.Why,
			Span: spanText(ctx, Absence{From: a.From, Until: a.Until}, zone)}
		if v.May {
			l.End = v.Post + "/" + strconv.FormatInt(a.ID, 10) + "/end"
		}
		v.Lines = append(v.Lines, l)
	}
	return v, err
}

func (s *Service) submitActing(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in ActingInput
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	_, err := s.SetActing(ctx, code, in)
	if refused(err) {
		v, again := s.unitView(ctx, code, "", "")
		if again != nil {
			return again
		}
		v.Acting.In, v.Acting.Errors = in, ui.ErrorsOf(ctx, err, labels(ctx, "person", "from", "until", "why"))
		if p, err := s.ByRef(ctx, in.Person); err == nil {
			v.Acting.Chosen = []ui.Option{{Value: in.Person, Text: NameOf(ctx, p)}}
		}
		return web.Show(w, r, statusOf(err), unitPage(v), unitContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.acting-saved"), "")
	return web.See(w, r, "/org/units/"+url.PathEscape(code))
}

func (s *Service) submitActingEnd(w http.ResponseWriter, r *http.Request) error {
	id, err := absenceID(r)
	if err != nil {
		return err
	}
	if err := s.EndActing(r.Context(), r.PathValue("code"), id); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "org.acting-ended"), "")
	return web.See(w, r, "/org/units/"+url.PathEscape(r.PathValue("code")))
}
