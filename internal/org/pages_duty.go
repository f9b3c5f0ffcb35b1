package org

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// dutyRoutes are the pages about who is on duty.
func (s *Service) dutyRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /units/{code}/duty", Action: "org.duty.see", Do: s.showDuty},
		{Pattern: "GET /units/{code}/duty/export", Action: "org.duty", Do: s.showDutyExport},
		{Pattern: "POST /units/{code}/duty", Action: "org.duty", Do: s.submitShift},
		{Pattern: "POST /units/{code}/duty/copy", Action: "org.duty", Do: s.submitCopyWeek},
		{Pattern: "POST /duty/{id}/remove", Action: "org.duty", Do: s.submitRemoveShift},
		{Pattern: "GET /duty/{id}/note", Action: "org.handover.write", Do: s.showNote},
		{Pattern: "POST /duty/{id}/note", Action: "org.handover.write", Do: s.submitNote},
		{Pattern: "POST /duty/{id}/read", Action: "org.handover", Do: s.submitRead},
	}
}

// shiftLine is a shift in a list.
type shiftLine struct {
	ID                  ID
	Name, Href          string
	Time                string // "08:00–20:00"
	Task, Phone, Note   string
	Now, Away           bool
	RemoveHref, NoteRef string // "": not the reader's to do
}

type dutyDay struct {
	Title string // "today", "23 November Monday"
	Date  string // "11/23", where the title does not say it
	Today bool
	Lines []shiftLine
}

// noteLine is a hand-over note in the history.
type noteLine struct {
	ID                       string // "note-17", so that a notice leads to it
	Name, When, Text, ReadBy string
	ReadHref                 string // to confirm; "": done, or not the reader's
	EditHref                 string
}

type dutyView struct {
	Unit       Unit
	Title      string
	Crumbs     []ui.Crumb
	Href       string
	Week       string // Monday, 2026-11-23
	Lead       string
	Prev, Next string
	Now        []shiftLine
	Days       []dutyDay
	Any        bool
	Keeps      bool
	Notes      []noteLine
	MayRead    bool
	MyNote     *shiftLine // the reader's shift whose note is due
	In         ShiftInput
	Chosen     []ui.Option
	Errors     ui.Errors
	Away       bool // offer to put somebody on who is away
}

func dutyHref(u Unit) string { return "/units/" + url.PathEscape(u.Code) + "/duty" }

func (s *Service) showDuty(w http.ResponseWriter, r *http.Request) error {
	v, err := s.dutyView(r.Context(), r.PathValue("code"), r.URL.Query().Get("week"))
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, dutyPage(v), dutyContent(v))
}

func (s *Service) dutyView(ctx context.Context, code, week string) (dutyView, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return dutyView{}, err
	}
	u, ok := tree.ByCode(code)
	if !ok {
		return dutyView{}, fault.ErrNotFound
	}
	zone := tree.Zone(u.ID, s.Company(ctx))
	ctx = lang.InZone(ctx, zone)
	monday := s.mondayOf(week, zone)
	v := dutyView{Unit: u, Title: lang.T(ctx, "org.duty-of", "unit", u.Label(ctx)), Href: dutyHref(u), Week: monday.Format(time.DateOnly),
		Keeps: mayKeepDuty(actor.From(ctx), tree, u.ID) && u.Valid(s.now())}
	v.Crumbs = append(crumbs(ctx, tree, u), ui.Crumb{Label: lang.T(ctx, "org.duty")})
	v.Crumbs[len(v.Crumbs)-2].Href = unitHref(u)
	v.Lead = lang.T(ctx, "org.duty-week", "from", lang.Date(ctx, monday), "until", lang.Date(ctx, monday.AddDate(0, 0, 6)), "zone", zone.String())
	v.Prev, v.Next = v.Href+"?week="+monday.AddDate(0, 0, -7).Format(time.DateOnly), v.Href+"?week="+monday.AddDate(0, 0, 7).Format(time.DateOnly)
	return v, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if err := s.fillWeek(ctx, rd, &v, monday, zone); err != nil {
			return err
		}
		return s.fillNotes(ctx, rd, &v, zone)
	})
}

// fillWeek puts the shifts of a week on their days, and who is on duty now on top.
func (s *Service) fillWeek(ctx context.Context, rd sqldb.Reader, v *dutyView, monday time.Time, zone *time.Location) error {
	shifts, err := shiftsIn(ctx, rd, v.Unit.ID, monday, monday.AddDate(0, 0, 7))
	if err != nil {
		return err
	}
	now, err := shiftsAt(ctx, rd, v.Unit.ID, rd.Instant())
	if err != nil {
		return err
	}
	me := actor.From(ctx).Person
	recent, err := shiftsOf(ctx, rd, v.Unit.ID, me, rd.Instant().Add(-lateNote), rd.Instant())
	if err != nil {
		return err
	}
	lines, err := s.shiftLines(ctx, rd, slices.Concat(shifts, now, recent), zone, v.Keeps)
	if err != nil {
		return err
	}
	v.Any, v.Now = len(shifts) > 0, lines[len(shifts):len(shifts)+len(now)]
	for day := range 7 {
		from := monday.AddDate(0, 0, day)
		d := dutyDay{Title: lang.ShortDate(ctx, from), Today: !rd.Instant().Before(from) && rd.Instant().Before(from.AddDate(0, 0, 1))}
		if !strings.ContainsAny(d.Title, "0123456789") {
			d.Date = lang.MonthDay(ctx, from)
		}
		for i, h := range shifts {
			begins := !h.From.Before(from) && h.From.Before(from.AddDate(0, 0, 1))
			if begins || day == 0 && h.From.Before(from) {
				d.Lines = append(d.Lines, lines[i])
			}
		}
		v.Days = append(v.Days, d)
	}
	for i := range recent { // the last of the reader's that has no note yet
		if _, err := handoverOf(ctx, rd, recent[i].ID); fault.KindOf(err) == fault.NotFound && err != nil {
			line := lines[len(shifts)+len(now)+i]
			v.MyNote = &line
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) shiftLines(ctx context.Context, rd sqldb.Reader, shifts []Shift, zone *time.Location, keeps bool) ([]shiftLine, error) {
	ids := make([]ID, len(shifts))
	for i, h := range shifts {
		ids[i] = h.Person
	}
	names, err := s.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	st, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	me := actor.From(ctx).Person
	out := make([]shiftLine, len(shifts))
	for i, h := range shifts {
		p := names[h.Person]
		l := shiftLine{ID: h.ID, Name: NameOf(ctx, p), Href: s.personHref(ctx, p), Time: shiftTime(ctx, h, zone), Task: h.Task, Phone: h.Phone, Note: h.Note, Now: h.Valid(rd.Instant())}
		if l.Phone == "" {
			l.Phone = p.Phone
		}
		at := h.From
		if at.Before(rd.Instant()) {
			at = rd.Instant()
		}
		_, l.Away = st.absent(h.Person, at)
		if keeps && h.Until.After(rd.Instant()) {
			l.RemoveHref = "/duty/" + idText(h.ID) + "/remove"
		}
		if (keeps || me == h.Person) && !rd.Instant().Before(h.From) && rd.Instant().Before(h.Until.Add(lateNote)) {
			l.NoteRef = "/duty/" + idText(h.ID) + "/note"
		}
		out[i] = l
	}
	return out, nil
}

// shiftTime is from when to when; with the day where it ends on another.
func shiftTime(ctx context.Context, h Shift, zone *time.Location) string {
	from, until := h.From.In(zone), h.Until.In(zone)
	end := lang.Clock(ctx, h.Until)
	switch days := int(until.Sub(from).Hours()) / 24; {
	case from.Day() == until.Day() && days == 0:
	case days == 0:
		end = lang.T(ctx, "org.next-day", "time", end)
	default:
		end = lang.ShortDate(ctx, h.Until) + " " + end
	}
	return lang.Clock(ctx, h.From) + "–" + end
}

// notesShown is how many hand-over notes the page of a duty list shows.
const notesShown = 14

func (s *Service) fillNotes(ctx context.Context, rd sqldb.Reader, v *dutyView, zone *time.Location) error {
	notes, err := s.Handovers(ctx, rd, v.Unit.ID, notesShown)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	v.MayRead = true
	var ids []ID
	for _, n := range notes {
		ids = append(ids, n.Person)
		for _, r := range n.Read {
			ids = append(ids, r.Person)
		}
	}
	names, err := s.Names(ctx, rd, ids)
	me := actor.From(ctx).Person
	for _, n := range notes {
		l := noteLine{ID: "note-" + idText(n.Shift), Name: NameOf(ctx, names[n.Person]), When: lang.Short(ctx, n.At), Text: n.Text}
		mine := n.Person == me
		for _, r := range n.Read {
			mine = mine || r.Person == me
			l.ReadBy = joinedList(ctx, l.ReadBy, NameOf(ctx, names[r.Person])+" "+lang.Short(ctx, r.At))
		}
		if !mine && me != 0 {
			l.ReadHref = "/duty/" + idText(n.Shift) + "/read"
		}
		if n.Person == me && rd.Instant().Before(n.At.Add(lateNote)) {
			l.EditHref = "/duty/" + idText(n.Shift) + "/note"
		}
		v.Notes = append(v.Notes, l)
	}
	return err
}

func (s *Service) submitShift(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in struct {
		ShiftInput
		Week string `form:"week"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	_, err := s.AddShift(ctx, code, in.ShiftInput)
	if refused(err) {
		v, again := s.dutyView(ctx, code, in.Week)
		if again != nil {
			return again
		}
		v.In, v.Away = in.ShiftInput, in.Person != ""
		names := labels(ctx, "person", "task", "note")
		names["from"], names["until"], names["phone"] = lang.T(ctx, "org.field-begin"), lang.T(ctx, "org.field-end"), lang.T(ctx, "org.field-duty-phone")
		v.Errors = ui.ErrorsOf(ctx, err, names)
		if p, err := s.ByRef(ctx, in.Person); err == nil {
			v.Chosen = []ui.Option{{Value: in.Person, Text: NameOf(ctx, p)}}
		}
		return web.Show(w, r, statusOf(err), dutyPage(v), dutyContent(v))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.shift-saved"), "")
	return web.See(w, r, weekHref(code, in.Week))
}

func weekHref(code, week string) string {
	href := "/units/" + url.PathEscape(code) + "/duty"
	if week != "" {
		href += "?week=" + url.QueryEscape(week)
	}
	return href
}

func (s *Service) submitCopyWeek(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	week := r.FormValue("week")
	monday, err := time.Parse(time.DateOnly, week)
	if err != nil {
		monday, week = s.now(), ""
	} else {
		monday = monday.Add(12 * time.Hour) // noon lies on that day wherever the unit is
	}
	copied, left, err := s.CopyWeek(ctx, code, monday)
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "org.duty-copied", "copied", copied, "left", left), "")
	return web.See(w, r, weekHref(code, week))
}

func (s *Service) submitRemoveShift(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := absenceID(r)
	if err != nil {
		return err
	}
	h, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Shift, error) { return shiftByID(ctx, rd, id) })
	if err != nil {
		return err
	}
	if err := s.RemoveShift(ctx, id); err != nil {
		return err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	u, _ := tree.ByID(h.Unit)
	web.Toast(w, r, lang.T(ctx, "org.shift-removed"), "")
	return web.See(w, r, weekHref(u.Code, h.From.In(tree.Zone(u.ID, s.Company(ctx))).Format(time.DateOnly)))
}

type noteView struct {
	Title    string
	Crumbs   []ui.Crumb
	Post     string
	Shift    string
	Text     string
	Revision int64
	Errors   ui.Errors
	Back     string
}

func (s *Service) showNote(w http.ResponseWriter, r *http.Request) error {
	id, err := absenceID(r)
	if err != nil {
		return err
	}
	v, err := s.noteView(r.Context(), id)
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, notePage(v), noteContent(v))
}

// noteView is the note as it was written, or what is open in the unit as its beginning.
func (s *Service) noteView(ctx context.Context, id ID) (noteView, error) {
	var v noteView
	var h Shift
	var p Person
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if h, err = s.shiftOf(ctx, rd, id); err != nil {
			return err
		}
		if p, err = personByID(ctx, rd, h.Person); err != nil {
			return err
		}
		n, err := handoverOf(ctx, rd, id)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			return nil
		}
		v.Text, v.Revision = n.Text, n.Revision
		return err
	})
	if err != nil {
		return v, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return v, err
	}
	u, _ := tree.ByID(h.Unit)
	zone := tree.Zone(u.ID, s.Company(ctx))
	ctx = lang.InZone(ctx, zone)
	v.Title, v.Back, v.Post = lang.T(ctx, "org.note-title", "unit", u.Label(ctx)), dutyHref(u), "/duty/"+idText(id)+"/note"
	v.Shift = joined(NameOf(ctx, p), lang.ShortDate(ctx, h.From)+" "+shiftTime(ctx, h, zone), h.Task)
	v.Crumbs = append(crumbs(ctx, tree, u), ui.Crumb{Label: lang.T(ctx, "org.duty"), Href: v.Back}, ui.Crumb{Label: lang.T(ctx, "org.note")})
	v.Crumbs[len(v.Crumbs)-3].Href = unitHref(u)
	if v.Revision == 0 {
		v.Text, err = s.draft(ctx, u.Code, func(l OpenLine) string { return openText(ctx, l) })
	}
	return v, err
}

// openText is one line of what a note begins with.
func openText(ctx context.Context, l OpenLine) string {
	text := l.Ref + " " + l.Title
	if !l.Due.IsZero() {
		text += lang.T(ctx, "org.note-due", "when", lang.Short(ctx, l.Due))
	}
	if l.Holder != "" {
		text += lang.T(ctx, "org.note-holder", "name", l.Holder)
	}
	return text
}

func (s *Service) submitNote(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := absenceID(r)
	if err != nil {
		return err
	}
	var in struct {
		Text     string `form:"text"`
		Revision int64  `form:"revision"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	_, err = s.WriteHandover(ctx, id, in.Text, in.Revision)
	if err != nil && !refused(err) {
		return err
	}
	v, again := s.noteView(ctx, id)
	if again != nil {
		return again
	}
	if err != nil {
		v.Text, v.Errors = in.Text, ui.ErrorsOf(ctx, err, labels(ctx, "text"))
		return web.Show(w, r, statusOf(err), notePage(v), noteContent(v))
	}
	web.Toast(w, r, lang.T(ctx, "org.note-saved"), "")
	return web.See(w, r, v.Back)
}

func (s *Service) submitRead(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := absenceID(r)
	if err != nil {
		return err
	}
	if err := s.ConfirmHandover(ctx, id); err != nil {
		return err
	}
	h, err := read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Shift, error) { return shiftByID(ctx, rd, id) })
	if err != nil {
		return err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	u, _ := tree.ByID(h.Unit)
	web.Toast(w, r, lang.T(ctx, "org.note-read"), "")
	return web.See(w, r, dutyHref(u))
}
