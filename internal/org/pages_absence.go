package org

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// absenceRoutes are the pages about who is away.
func (s *Service) absenceRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /me/absence", Action: "person.absence", Do: s.showAbsences, Own: true},
		{Pattern: "POST /me/absence", Action: "person.absence.set", Do: s.submitAbsence},
		{Pattern: "GET /people/{no}/absence", Action: "person.absence", Do: s.showAbsences, Own: true},
		{Pattern: "POST /people/{no}/absence", Action: "person.absence.set", Do: s.submitAbsence},
		{Pattern: "GET /absences/{id}", Action: "person.absence", Do: s.showAbsence, Own: true},
		{Pattern: "POST /absences/{id}", Action: "person.absence.set", Do: s.submitAbsenceChange},
		{Pattern: "POST /absences/{id}/end", Action: "person.absence.set", Do: s.submitAbsenceEnd},
		{Pattern: "POST /org/units/{code}/acting", Action: "org.acting", Do: s.submitActing},
		{Pattern: "POST /org/units/{code}/acting/{id}/end", Action: "org.acting", Do: s.submitActingEnd},
	}
}

// absenceForm is an absence as the page takes it: a span that is tapped, or dates.
type absenceForm struct {
	AbsenceInput
	Span     string `form:"span"` // today, tomorrow, week; "dates": as written
	Revision int64  `form:"revision"`
}

// spans are what is tapped instead of writing dates.
var spans = []string{"today", "tomorrow", "week", "dates"}

// dated fills in the dates of the span that was tapped; dates that were written count more.
func (f *absenceForm) dated(now time.Time) {
	if f.From != "" || f.Until != "" || f.Span == "dates" {
		return
	}
	first, last := now, now
	switch f.Span {
	case "tomorrow":
		first = now.AddDate(0, 0, 1)
		last = first
	case "week": // to its Friday; at its end, to the next one's
		for last.Weekday() != time.Friday {
			last = last.AddDate(0, 0, 1)
		}
	case "today":
	default:
		return
	}
	f.From, f.Until = first.Format(time.DateOnly), last.Format(time.DateOnly)
}

// absenceLine is an absence in a list.
type absenceLine struct {
	Href, Span, Kind, Note string
	Deputy, DeputyHref     string
	State                  string // now, coming, over
}

type absencesView struct {
	Own    bool
	Title  string
	Crumbs []ui.Crumb
	Post   string
	Form   absenceForm
	Errors ui.Errors
	Lines  []absenceLine // that hold or come
	Past   []absenceLine
	absenceFields
}

// absenceFields are what the form offers.
type absenceFields struct {
	Spans   []ui.SegmentProps
	Kinds   []ui.Option
	Deputy  []ui.Option // of a small unit: one taps a colleague
	Chosen  []ui.Option // of a large one: one finds them by typing
	MayTake bool        // offer to take a deputy who is away, too
}

// whose is the person the page is about: the reader, or whom the address names.
func (s *Service) whose(ctx context.Context, r *http.Request) (Person, error) {
	if ref := r.PathValue("no"); ref != "" {
		return s.ByRef(ctx, ref)
	}
	if a := actor.From(ctx); a.Person != 0 {
		return s.Person(ctx, a.Person)
	}
	return Person{}, fault.ErrNotFound
}

func (s *Service) showAbsences(w http.ResponseWriter, r *http.Request) error {
	p, err := s.whose(r.Context(), r)
	if err != nil {
		return err
	}
	v, err := s.absencesView(r.Context(), p, absenceForm{Span: "today", AbsenceInput: AbsenceInput{Kind: Holiday}}, r.PathValue("no") == "", false)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, absencesPage(v), absencesContent(v))
}

func (s *Service) submitAbsence(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := s.whose(ctx, r)
	if err != nil {
		return err
	}
	var in absenceForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	zone, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (*time.Location, error) {
		return s.zoneOfPerson(ctx, rd, p.ID)
	})
	if err != nil {
		return err
	}
	typed := in
	in.dated(s.now().In(zone))
	own := r.PathValue("no") == ""
	_, err = s.SetAbsence(ctx, "~"+strconv.FormatInt(p.ID, 10), in.AbsenceInput)
	if refused(err) {
		v, again := s.absencesView(ctx, p, typed, own, true)
		if again != nil {
			return again
		}
		v.Errors = ui.ErrorsOf(ctx, err, labels(ctx, "from", "until", "kind", "deputy", "note"))
		return web.Show(w, r, statusOf(err), absencesPage(v), absencesContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.absence-saved"), "")
	return web.See(w, r, s.absenceHref(ctx, p, own))
}

func (s *Service) absenceHref(ctx context.Context, p Person, own bool) string {
	if own {
		return "/me/absence"
	}
	return s.personHref(ctx, p) + "/absence"
}

func (s *Service) absencesView(ctx context.Context, p Person, form absenceForm, own, again bool) (absencesView, error) {
	v := absencesView{Own: own, Form: form, Post: s.absenceHref(ctx, p, own), Title: lang.T(ctx, "org.absence-own")}
	if err := s.mayKeepAbsence(ctx, p); err != nil {
		return v, err
	}
	v.Crumbs = []ui.Crumb{{Label: lang.T(ctx, "org.me"), Href: "/me"}, {Label: v.Title}}
	if !own {
		v.Title = lang.T(ctx, "org.absence-of", "name", NameOf(ctx, p))
		v.Crumbs = []ui.Crumb{{Label: NameOf(ctx, p), Href: s.personHref(ctx, p)}, {Label: lang.T(ctx, "org.absence")}}
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := newestAbsences(ctx, rd, p.ID, 50)
		if err != nil {
			return err
		}
		zone, err := s.zoneOfPerson(ctx, rd, p.ID)
		if err != nil {
			return err
		}
		lines, err := s.absenceLines(ctx, rd, list, zone)
		for _, l := range lines {
			if l.State == "over" {
				v.Past = append(v.Past, l)
			} else {
				v.Lines = append([]absenceLine{l}, v.Lines...)
			}
		}
		if err != nil {
			return err
		}
		v.absenceFields, err = s.absenceFields(ctx, rd, p, form, list, again)
		return err
	})
	return v, err
}

func (s *Service) absenceLines(ctx context.Context, rd sqldb.Reader, list []Absence, zone *time.Location) ([]absenceLine, error) {
	var ids []ID
	for _, a := range list {
		ids = append(ids, a.Deputy)
	}
	names, err := s.Names(ctx, rd, ids)
	out := make([]absenceLine, len(list))
	for i, a := range list {
		l := absenceLine{Href: "/absences/" + strconv.FormatInt(a.ID, 10), Span: spanText(ctx, a, zone), Kind: lang.T(ctx, "org.absence-"+a.Kind), Note: a.Note, State: "coming"}
		switch {
		case a.Over(rd.Instant()):
			l.State = "over"
		case a.Valid(rd.Instant()):
			l.State = "now"
		}
		if d, ok := names[a.Deputy]; ok {
			l.Deputy, l.DeputyHref = NameOf(ctx, d), s.personHref(ctx, d)
		}
		out[i] = l
	}
	return out, err
}

// deputiesOffered is how many colleagues the form offers to be tapped.
const deputiesOffered = 60

// absenceFields offer who may stand in: who did before, then the colleagues of the main unit.
func (s *Service) absenceFields(ctx context.Context, rd sqldb.Reader, p Person, form absenceForm, before []Absence, again bool) (absenceFields, error) {
	f := absenceFields{MayTake: again && form.Deputy != ""}
	for _, span := range spans {
		f.Spans = append(f.Spans, ui.SegmentProps{Text: lang.T(ctx, "org.absence-span-"+span), Value: span, On: cmp.Or(form.Span, "dates") == span})
	}
	for _, kind := range AbsenceKinds {
		f.Kinds = append(f.Kinds, ui.Option{Value: kind, Text: lang.T(ctx, "org.absence-"+kind), Selected: form.Kind == kind})
	}
	var ids []ID
	for _, a := range before {
		ids = append(ids, a.Deputy)
	}
	colleagues, err := membersOf(ctx, rd, p.Unit, rd.Instant(), deputiesOffered+1)
	if err != nil {
		return f, err
	}
	if chosen, err := s.byRefIn(ctx, rd, form.Deputy); err == nil {
		ids = append([]ID{chosen.ID}, ids...)
		f.Chosen = []ui.Option{{Value: s.Ref(ctx, chosen), Text: NameOf(ctx, chosen)}}
	} else if !gone(err) {
		return f, err
	}
	if len(colleagues) > deputiesOffered {
		return f, nil
	}
	names, err := s.Names(ctx, rd, append(ids, colleagues...))
	if err != nil {
		return f, err
	}
	st, err := s.standing(ctx)
	if err != nil {
		return f, err
	}
	f.Deputy = []ui.Option{{Text: lang.T(ctx, "org.deputy-none"), Selected: form.Deputy == ""}}
	seen := []ID{p.ID, 0}
	for _, id := range append(ids, colleagues...) {
		d, known := names[id]
		if !known || !d.Active || slices.Contains(seen, id) {
			continue
		}
		seen = append(seen, id)
		text := NameOf(ctx, d)
		if a, away := st.absent(id, rd.Instant()); away {
			text = awayName(ctx, text, a)
		}
		f.Deputy = append(f.Deputy, ui.Option{Value: s.Ref(ctx, d), Text: text, Selected: form.Deputy != "" && form.Deputy == s.Ref(ctx, d)})
	}
	return f, nil
}

// awayName is a name with until when the person is away.
func awayName(ctx context.Context, name string, a Absence) string {
	if a.Until.IsZero() {
		return lang.T(ctx, "org.away-open", "name", name)
	}
	return lang.T(ctx, "org.away-until", "name", name, "until", lang.Short(ctx, a.Until))
}

type absenceView struct {
	absenceFields
	ID       ID
	Own      bool
	Title    string
	Crumbs   []ui.Crumb
	Facts    []ui.Pair
	State    string
	Form     absenceForm
	Errors   ui.Errors
	Deeds    []ui.TimelineItem
	Revision int64
}

func absenceID(r *http.Request) (ID, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, fault.ErrNotFound
	}
	return id, nil
}

func (s *Service) showAbsence(w http.ResponseWriter, r *http.Request) error {
	id, err := absenceID(r)
	if err != nil {
		return err
	}
	v, err := s.absenceView(r.Context(), id, nil)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, absencePage(v), absenceContent(v))
}

// absenceView is one absence: what it is, what was done meanwhile in the person's place, and while it is not over the
// form to change it.
func (s *Service) absenceView(ctx context.Context, id ID, typed *absenceForm) (absenceView, error) {
	a, p, err := s.AbsenceByID(ctx, id)
	if err != nil {
		return absenceView{}, err
	}
	own := actor.From(ctx).Person == p.ID
	v := absenceView{ID: id, Own: own, Revision: a.Revision, Title: lang.T(ctx, "org.absence-of", "name", NameOf(ctx, p))}
	v.Crumbs = []ui.Crumb{{Label: NameOf(ctx, p), Href: s.personHref(ctx, p)}, {Label: lang.T(ctx, "org.absence"), Href: s.absenceHref(ctx, p, own)}, {Label: lang.T(ctx, "org.absence-one")}}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		zone, err := s.zoneOfPerson(ctx, rd, p.ID)
		if err != nil {
			return err
		}
		lines, err := s.absenceLines(ctx, rd, []Absence{a}, zone)
		if err != nil {
			return err
		}
		v.State, v.Facts = lines[0].State, s.absenceFacts(ctx, rd, a, lines[0])
		deputy, err := s.Names(ctx, rd, []ID{a.Deputy})
		if err != nil {
			return err
		}
		if v.Form = formOf(a, s.Ref(ctx, deputy[a.Deputy]), zone); a.Deputy == 0 {
			v.Form.Deputy = ""
		}
		if typed != nil {
			v.Form = *typed
		}
		if v.absenceFields, err = s.absenceFields(ctx, rd, p, v.Form, []Absence{a}, typed != nil); err != nil {
			return err
		}
		deeds, err := s.deedsIn(ctx, rd, a)
		for _, d := range deeds {
			v.Deeds = append(v.Deeds, ui.TimelineItem{When: lang.Short(ctx, d.At), At: d.At.Format(time.RFC3339), Icon: "user", Text: d.Text, Note: joined(d.Ref, d.Title), Href: d.Link})
		}
		return err
	})
	return v, err
}

func (s *Service) absenceFacts(ctx context.Context, rd sqldb.Reader, a Absence, l absenceLine) []ui.Pair {
	out := []ui.Pair{{Term: lang.T(ctx, "org.absence-when"), Text: l.Span}, {Term: lang.T(ctx, "org.field-kind"), Text: l.Kind},
		{Term: lang.T(ctx, "org.field-deputy"), Text: cmp.Or(l.Deputy, lang.T(ctx, "org.deputy-none")), Href: l.DeputyHref}}
	if a.Note != "" {
		out = append(out, ui.Pair{Term: lang.T(ctx, "org.field-note"), Text: a.Note})
	}
	if a.Change != 0 {
		out = append(out, ui.Pair{Term: lang.T(ctx, "org.leave-handed"), Text: lang.T(ctx, "org.leave-handed-see"), Href: changeHref(a.Change)})
	}
	names, err := s.Names(ctx, rd, []ID{a.By, a.EndedBy})
	if err != nil {
		return out
	}
	if p, ok := names[a.By]; ok && a.By != a.Person {
		out = append(out, ui.Pair{Term: lang.T(ctx, "org.absence-by"), Text: NameOf(ctx, p) + " · " + lang.Short(ctx, a.At)})
	}
	if p, ok := names[a.EndedBy]; ok && !a.EndedAt.IsZero() {
		out = append(out, ui.Pair{Term: lang.T(ctx, "org.absence-ended"), Text: NameOf(ctx, p) + " · " + lang.Short(ctx, a.EndedAt)})
	}
	return out
}

// formOf is an absence as its form shows it: days, or moments where it does not begin or end with one.
func formOf(a Absence, deputy string, zone *time.Location) absenceForm {
	text := func(t time.Time, end bool) string {
		local := t.In(zone)
		switch {
		case t.IsZero():
			return ""
		case local.Hour()+local.Minute() != 0:
			return local.Format("2006-01-02T15:04")
		case end:
			return local.AddDate(0, 0, -1).Format(time.DateOnly)
		}
		return local.Format(time.DateOnly)
	}
	return absenceForm{Span: "dates", Revision: a.Revision, AbsenceInput: AbsenceInput{From: text(a.From, false), Until: text(a.Until, true),
		Kind: a.Kind, Deputy: deputy, Note: a.Note}}
}

func (s *Service) submitAbsenceChange(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := absenceID(r)
	if err != nil {
		return err
	}
	var in absenceForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	_, err = s.ChangeAbsence(ctx, id, in.AbsenceInput, in.Revision)
	if refused(err) {
		v, again := s.absenceView(ctx, id, &in)
		if again != nil {
			return again
		}
		v.Errors = ui.ErrorsOf(ctx, err, labels(ctx, "from", "until", "kind", "deputy", "note"))
		return web.Show(w, r, statusOf(err), absencePage(v), absenceContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.absence-saved"), "")
	return web.See(w, r, "/absences/"+r.PathValue("id"))
}

func (s *Service) submitAbsenceEnd(w http.ResponseWriter, r *http.Request) error {
	id, err := absenceID(r)
	if err != nil {
		return err
	}
	var in absenceForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if _, err := s.EndAbsence(r.Context(), id, in.Revision); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "org.absence-ended-now"), "")
	return web.See(w, r, "/absences/"+url.PathEscape(r.PathValue("id")))
}

// awayFact says to everybody that a person is away, until when, and who stands in; "" for somebody who is there.
func (s *Service) awayFact(ctx context.Context, rd sqldb.Reader, p Person) (string, error) {
	st, err := s.standing(ctx)
	if err != nil {
		return "", err
	}
	a, away := st.absent(p.ID, rd.Instant())
	if !away {
		return "", nil
	}
	zone, err := s.zoneOfPerson(ctx, rd, p.ID)
	if err != nil {
		return "", err
	}
	names, err := s.Names(ctx, rd, st.deputies(p.ID, rd.Instant()))
	if err != nil {
		return "", err
	}
	key, who := "org.away-fact", ""
	for _, id := range st.deputies(p.ID, rd.Instant()) {
		who = joinedList(ctx, who, NameOf(ctx, names[id]))
	}
	if a.Until.IsZero() {
		key += "-open"
	}
	if who != "" {
		key += "-deputy"
	}
	text := lang.T(ctx, key, "until", dayOrAt(ctx, a.Until, zone, true), "deputy", who)
	if a.Long() {
		text = joined(lang.T(ctx, "org.on-leave"), text)
	}
	return text, nil
}
