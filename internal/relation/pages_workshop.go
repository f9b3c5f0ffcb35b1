package relation

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// facedMost is how many pairs of units the page of a workshop shows.
const facedMost = 200

// workshopRoutes are the pages of 我的客户是谁.
func (s *Service) workshopRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /relations/workshop", Action: "workshop.see", Do: s.showNewestWorkshop},
		{Pattern: "GET /relations/workshop/new", Action: "workshop.run", Do: s.showOpenWorkshop},
		{Pattern: "POST /relations/workshop/new", Action: "workshop.run", Do: s.submitWorkshop},
		{Pattern: "GET /workshops/{id}", Action: "workshop.see", Do: s.showWorkshop},
		{Pattern: "POST /workshops/{id}/close", Action: "workshop.run", Do: s.submitClose},
		{Pattern: "GET /workshops/{id}/sheets/{unit}", Action: "sheet.see", Do: s.showSheet},
		{Pattern: "POST /workshops/{id}/sheets/{unit}", Action: "sheet.write", Do: s.submitSheet},
		{Pattern: "POST /workshops/{id}/sheets/{unit}/hand-in", Action: "sheet.hand-in", Do: s.submitHandIn},
		{Pattern: "POST /workshops/{id}/sheets/{unit}/take-back", Action: "sheet.hand-in", Do: s.submitTakeBack},
	}
}

// The groups of pairs that the page of a workshop shows.
const (
	showConflicts = "conflicts"
	showDiffers   = "differs"
	showWaits     = "waits"
	showAgrees    = "agrees"
	showSettled   = "settled" // was to be settled, and is
)

var facedTabs = []string{showConflicts, showDiffers, showWaits, showAgrees, showSettled}

func (f Faced) tab() string {
	switch {
	case f.Settled():
		return showSettled
	case f.Agreement.Conflict():
		return showConflicts
	}
	return string(f.Agreement)
}

type workshopView struct {
	Workshop
	There       bool
	Title, Lead string
	MayRun      bool
	Mine        []sheetRow // sheets that the reader fills in
	Rows        []sheetRow
	Tabs        []ui.TabProps
	Faced       []facedRow
	More        int
	Hidden      int
	Others      []workshopRow
	Handed      int
}

type sheetRow struct {
	Unit, Href, Who, From string
	State                 ui.TagProps
}

type workshopRow struct{ Name, Href, Line string }

// facedRow is what two units say of one hand-over, side by side.
type facedRow struct {
	Title, Href  string
	Tag          ui.TagProps
	Standing     *ui.TagProps
	Given, Taken facedSide
	Expected     []string
}

type facedSide struct {
	Unit, Missing string
	Lines         []string
	Expects       []string
}

// showNewestWorkshop is the newest that is open, or the newest at all.
func (s *Service) showNewestWorkshop(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Workshops(r.Context())
	if err != nil {
		return err
	}
	id := ID(0)
	if len(all) > 0 {
		id = all[0].ID
	}
	if i := slices.IndexFunc(all, func(w Workshop) bool { return !w.Closed() }); i >= 0 {
		id = all[i].ID
	}
	return s.workshopPage(w, r, id, all)
}

func (s *Service) showWorkshop(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	all, err := s.Workshops(r.Context())
	if err != nil {
		return err
	}
	return s.workshopPage(w, r, id, all)
}

func (s *Service) workshopPage(w http.ResponseWriter, r *http.Request, id ID, all []Workshop) error {
	ctx := r.Context()
	a := actor.From(ctx)
	v := workshopView{Title: lang.T(ctx, "relation.workshop.title"), Lead: lang.T(ctx, "relation.workshop.lead"), MayRun: a.Has("quality")}
	for _, x := range all {
		if x.ID != id {
			v.Others = append(v.Others, workshopRow{x.Name, workshopHref(x.ID), workshopLine(ctx, x)})
		}
	}
	if id != 0 {
		if err := s.fillWorkshop(ctx, &v, id, r.URL.Query().Get("show")); err != nil {
			return err
		}
	}
	return web.Show(w, r, http.StatusOK, workshopPage(v), workshopContent(v))
}

// workshopLine is how far a workshop is.
func workshopLine(ctx context.Context, w Workshop) string {
	key := "relation.workshop.progress"
	if w.Closed() {
		key = "relation.workshop.progress-closed"
	}
	return lang.T(ctx, key, "units", len(w.Sheets), "handed", w.Count(SheetHandedIn), "draft", w.Count(SheetDraft), "waiting", w.Count(SheetWaiting), "day", dayText(w.Until))
}

func (s *Service) fillWorkshop(ctx context.Context, v *workshopView, id ID, show string) error {
	x, err := s.Workshop(ctx, id)
	if err != nil {
		return err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	v.Workshop, v.There, v.Title, v.Lead, v.Handed = x, true, x.Name, workshopLine(ctx, x), x.Count(SheetHandedIn)
	var people []org.ID
	for _, sheet := range x.Sheets {
		people = append(people, sheet.ChangedBy, sheet.HandedBy)
	}
	var names map[org.ID]org.Person
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		names, err = s.org.Names(ctx, rd, people)
		return err
	})
	if err != nil {
		return err
	}
	for _, sheet := range x.Sheets {
		unit, _ := tree.ByID(sheet.Unit)
		see, write, _, err := s.toSheet(ctx, sheet.Unit)
		if err != nil {
			return err
		}
		row := sheetRow{Unit: unit.Name.In(ctx), State: sheetTag(ctx, sheet.State)}
		if see {
			row.Href = sheetHref(x.ID, unit.Code)
		}
		if from, known := tree.ByID(sheet.From); known {
			row.From = lang.T(ctx, "relation.sheet.came-from", "unit", from.Name.In(ctx))
		}
		switch sheet.State {
		case SheetHandedIn:
			row.Who = lang.T(ctx, "relation.expect.by-on", "person", names[sheet.HandedBy].Plain(ctx), "day", lang.Date(ctx, sheet.HandedAt))
		case SheetDraft:
			row.Who = lang.T(ctx, "relation.expect.by-on", "person", names[sheet.ChangedBy].Plain(ctx), "day", lang.Date(ctx, sheet.ChangedAt))
		}
		if v.Rows = append(v.Rows, row); write && !x.Closed() && sheet.State != SheetHandedIn {
			v.Mine = append(v.Mine, row)
		}
	}
	list, hidden, err := s.Merge(ctx, id)
	if err != nil {
		return err
	}
	v.Hidden = hidden
	counts := map[string]int{}
	for _, f := range list {
		counts[f.tab()]++
	}
	if !slices.Contains(facedTabs, show) {
		show = showConflicts
		for _, tab := range facedTabs { // the first that has some
			if counts[tab] > 0 {
				show = tab
				break
			}
		}
	}
	if len(list) > 0 {
		v.Title = lang.T(ctx, "relation.workshop.finding", "name", x.Name, "conflicts", counts[showConflicts])
	}
	for _, tab := range facedTabs {
		v.Tabs = append(v.Tabs, ui.TabProps{Text: lang.T(ctx, "relation.workshop.tab."+tab), Count: strconv.Itoa(counts[tab]), Href: workshopHref(id) + "?show=" + tab, On: tab == show})
	}
	for _, f := range list {
		if f.tab() != show {
			continue
		}
		if len(v.Faced) == facedMost {
			v.More++
			continue
		}
		v.Faced = append(v.Faced, facedRowOf(ctx, f))
	}
	return nil
}

func sheetTag(ctx context.Context, state SheetState) ui.TagProps {
	p := ui.TagProps{Text: lang.T(ctx, "relation.sheet.state."+string(state))}
	switch state {
	case SheetHandedIn:
		p.Icon = "circle-check"
	case SheetDraft:
		p.Icon = "pencil"
	default:
		p.Icon = "circle-dashed"
	}
	return p
}

func facedRowOf(ctx context.Context, f Faced) facedRow {
	row := facedRow{Title: f.From.Name.In(ctx) + " → " + f.To.Name.In(ctx), Href: edgeHref(f.From.Code, f.To.Code, Period{}), Tag: agreementTag(ctx, f),
		Given: facedSideOf(ctx, f.From, f.Given, "relation.workshop.believes"), Taken: facedSideOf(ctx, f.To, f.Taken, "relation.workshop.means"), Expected: f.Expected}
	if f.Agreement.Conflict() {
		row.Standing = new(standingTag(ctx, f.Standing))
	}
	for _, l := range f.Taken { // said there already
		row.Expected = slices.DeleteFunc(slices.Clone(row.Expected), func(text string) bool { return text == l.Expects })
	}
	switch {
	case f.Agreement == OnlyProvider:
		row.Taken.Missing = lang.T(ctx, "relation.workshop.not-listed")
	case f.Agreement == OnlyCustomer:
		row.Given.Missing = lang.T(ctx, "relation.workshop.not-listed")
	case len(f.Taken) == 0:
		row.Taken.Missing = lang.T(ctx, "relation.workshop.not-yet")
	case len(f.Given) == 0:
		row.Given.Missing = lang.T(ctx, "relation.workshop.not-yet")
	}
	return row
}

func agreementTag(ctx context.Context, f Faced) ui.TagProps {
	if f.Settled() {
		return ui.TagProps{Text: lang.T(ctx, "relation.workshop.settled"), Icon: "circle-check"}
	}
	p := ui.TagProps{Text: lang.T(ctx, "relation.workshop.agreement."+string(f.Agreement)), Icon: "circle-check"}
	switch {
	case f.Agreement.Conflict():
		p.Icon, p.Tone = "alert-triangle", "bad"
	case f.Agreement == Differs:
		p.Icon, p.Tone = "message-question", "warn"
	case f.Agreement == Waits:
		p.Icon = "circle-dashed"
	}
	return p
}

func facedSideOf(ctx context.Context, unit org.Unit, lines []SheetLine, key string) facedSide {
	side := facedSide{Unit: unit.Name.In(ctx)}
	for _, l := range lines {
		side.Lines = append(side.Lines, handLine(ctx, l.Deliverable, l.Frequency, l.Criterion))
		if l.Expects != "" {
			side.Expects = append(side.Expects, lang.T(ctx, key, "text", l.Expects, "importance", importanceWord(ctx, max(l.Importance, importanceLeast))))
		}
	}
	return side
}

// handLine is a hand-over in a line.
func handLine(ctx context.Context, deliverable, frequency, criterion string) string {
	if deliverable == "" {
		deliverable = lang.T(ctx, "relation.sheet.no-deliverable")
	}
	line := deliverable
	if frequency != "" {
		line += " · " + lang.T(ctx, "relation.sheet.frequency."+frequency)
	}
	if criterion != "" {
		line += " · " + lang.T(ctx, "relation.sheet.criterion-is", "text", criterion)
	}
	return line
}

// workshopForm is what the form of a new workshop says.
type workshopForm struct {
	Name  string   `form:"name"`
	Until string   `form:"until"`
	Units []string `form:"units"`
}

type workshopEdit struct {
	In     workshopForm
	Errors ui.Errors
	Units  []ui.Option
	Least  string
}

func (s *Service) showOpenWorkshop(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if !actor.From(ctx).Has("quality") {
		return fault.ErrNotFound
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	today := s.today(ctx)
	in := workshopForm{Name: lang.T(ctx, "relation.workshop.usual-name", "year", today.Year()), Until: today.AddDate(0, 0, 14).Format(time.DateOnly)}
	for _, u := range tree.All() {
		if u.Level == org.Department && u.Valid(s.db.Now()) && len(in.Units) < unitsOffered {
			in.Units = append(in.Units, u.Code)
		}
	}
	return s.openPage(w, r, http.StatusOK, in, nil)
}

func (s *Service) openPage(w http.ResponseWriter, r *http.Request, status int, in workshopForm, cause error) error {
	ctx := r.Context()
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	v := workshopEdit{In: in, Least: s.today(ctx).Format(time.DateOnly), Errors: ui.ErrorsOf(ctx, cause, map[string]string{"name": lang.T(ctx, "relation.workshop.name"),
		"until": lang.T(ctx, "relation.workshop.until"), "units": lang.T(ctx, "relation.workshop.units")})}
	for _, code := range in.Units {
		if u, known := tree.ByCode(code); known {
			v.Units = append(v.Units, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: true})
		}
	}
	return web.Show(w, r, status, openWorkshopPage(v), openWorkshopContent(v))
}

func (s *Service) submitWorkshop(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in workshopForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	x, err := s.OpenWorkshop(ctx, WorkshopInput(in))
	if status := refusedStatus(err); status != 0 {
		return s.openPage(w, r, status, in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "relation.workshop.opened"), "")
	return web.See(w, r, workshopHref(x.ID))
}

func (s *Service) submitClose(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := s.CloseWorkshop(r.Context(), id); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "relation.workshop.closed"), "")
	return web.See(w, r, workshopHref(id))
}
