package app

import (
	"context"
	"net/http"
	"strconv"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

func (a *App) firstRunRoutes() []web.Route {
	return []web.Route{
		{Pattern: "GET /settings/first-run", Action: "settings.change", Do: a.showFirstRun},
		{Pattern: "GET /settings/first-run/{step}", Action: "settings.change", Do: a.showStep},
		{Pattern: "POST /settings/first-run/{step}", Action: "settings.change", Do: a.submitStep},
	}
}

// firstRunView is a step on its page.
type firstRunView struct {
	setup
	Step    string
	Errors  ui.Errors
	Company companyIn
	Locales []ui.Option
	Hours   []ui.Choice
	Packs   []packRow
	Plan    []packPlan // what taking the packs over would do; nil before anybody asked
	Sight   sightIn
	Entry   entryView
	Posters []posterRow
	Glass   bool // the emergency administrator is there
}

// companyIn is what a company is called and where it stands.
type companyIn struct {
	NameZh   string `form:"name_zh"`
	NameEn   string `form:"name_en"`
	Zone     string `form:"zone"`
	Locale   string `form:"locale"`
	Revision int64  `form:"revision"`
}

// sightIn is who may see what. Switches that are not here stay.
type sightIn struct {
	SharedInUnit    bool  `form:"shared_in_unit"`
	NumbersToAll    bool  `form:"numbers_to_all"`
	ShowNo          bool  `form:"show_no"`
	ReasonsToAgents bool  `form:"reasons_to_agents"`
	Revision        int64 `form:"revision"`
}

// showFirstRun goes on where the set-up stands.
func (a *App) showFirstRun(w http.ResponseWriter, r *http.Request) error {
	s, err := a.setupNow(r.Context())
	if err != nil {
		return err
	}
	next, _ := s.next()
	return web.See(w, r, next.href())
}

func (a *App) showStep(w http.ResponseWriter, r *http.Request) error {
	v, err := a.firstRunView(r.Context(), r.PathValue("step"))
	if err != nil {
		return err
	}
	if err := a.fillStep(r, &v); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, firstRunPage(v), firstRunContent(v))
}

func (a *App) firstRunView(ctx context.Context, step string) (v firstRunView, err error) {
	v.Step = step
	if v.setup, err = a.setupNow(ctx); err != nil {
		return v, err
	}
	if v.at(step) < 0 && step != lastStep {
		return v, fault.ErrNotFound
	}
	c := a.Org.Company(ctx)
	v.Company = companyIn{c.Name.Zh, c.Name.En, c.Zone, c.Locale, c.Revision}
	v.Sight = sightIn{c.Switches.SharedInUnit, c.Switches.NumbersToAll, c.Switches.ShowNo, c.Switches.ReasonsToAgents, c.Revision}
	return v, nil
}

// fillStep adds what only the page of the step shows.
func (a *App) fillStep(r *http.Request, v *firstRunView) (err error) {
	ctx := r.Context()
	switch v.Step {
	case "company":
		for _, l := range lang.Locales {
			v.Locales = append(v.Locales, ui.Option{Value: l, Text: lang.T(ctx, "app.first.locale-"+l), Selected: l == v.Company.Locale})
		}
	case "calendar":
		v.Hours, err = a.hours(ctx, v.setup)
	case "packs":
		if v.Packs == nil {
			v.Packs, err = a.packRows(ctx, nil)
		}
	case "entry":
		v.Entry, err = a.entry(ctx)
	case lastStep:
		if v.Posters, err = a.posterRows(ctx); err == nil {
			v.Glass, err = a.Signin.HasBreakGlass(ctx)
		}
	}
	return err
}

// hours are the patterns to choose from; what holds comes first.
func (a *App) hours(ctx context.Context, s setup) ([]ui.Choice, error) {
	list := []ui.Choice{{Value: "keep", Title: lang.T(ctx, "app.firstrun.hours-keep"), Text: s.Hours, Checked: true}}
	begin, err := a.Calendar.Beginnings(ctx)
	for _, b := range begin {
		if b.Hours != s.Hours {
			list = append(list, ui.Choice{Value: b.Name, Title: lang.T(ctx, "app.firstrun.hours-"+b.Name), Text: b.Hours})
		}
	}
	return list, err
}

// submitStep settles a step and leads to the one after it; what is wrong is shown on the page of the step.
func (a *App) submitStep(w http.ResponseWriter, r *http.Request) error {
	ctx, step := r.Context(), r.PathValue("step")
	v, err := a.firstRunView(ctx, step)
	if err != nil {
		return err
	}
	switch step {
	case "company":
		err = a.submitCompany(r, &v)
	case "calendar":
		err = a.submitHours(r)
	case "packs":
		err = a.submitPacks(w, r, &v)
		if err == nil && v.Plan != nil {
			return web.Show(w, r, http.StatusOK, firstRunPage(v), firstRunContent(v))
		}
	case "sight":
		err = a.submitSight(r, &v)
	case "entry":
		err = a.Org.MarkSetup(ctx, org.SetupEntry)
	case lastStep:
		if err = a.Org.MarkSetup(ctx, org.SetupFinished); err == nil {
			web.Toast(w, r, lang.T(ctx, "app.firstrun.over"), "")
			return web.See(w, r, "/")
		}
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Precondition || kind == fault.Conflict) {
		v.Errors = ui.ErrorsOf(ctx, err, stepLabels(ctx))
		if err := a.fillStep(r, &v); err != nil {
			return err
		}
		return web.Show(w, r, kind.Status(), firstRunPage(v), firstRunContent(v))
	}
	if err != nil {
		return err
	}
	return web.See(w, r, v.after())
}

func stepLabels(ctx context.Context) map[string]string {
	labels := map[string]string{}
	for _, name := range []string{"name_zh", "name_en", "zone", "locale"} {
		labels[name] = lang.T(ctx, "app.first."+name)
	}
	labels["pattern"] = lang.T(ctx, "app.firstrun.hours")
	return labels
}

func (a *App) submitCompany(r *http.Request, v *firstRunView) error {
	if err := web.Decode(r, &v.Company); err != nil {
		return err
	}
	c := a.Org.Company(r.Context())
	c.Name, c.Zone, c.Locale, c.Revision = lang.Text{Zh: v.Company.NameZh, En: v.Company.NameEn}, v.Company.Zone, v.Company.Locale, v.Company.Revision
	return a.Org.SetCompany(r.Context(), c)
}

func (a *App) submitHours(r *http.Request) error {
	var in struct {
		Pattern string `form:"pattern"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if in.Pattern == "keep" {
		return a.Org.MarkSetup(r.Context(), org.SetupCalendar)
	}
	services, err := a.Catalog.Snapshot(r.Context())
	if err != nil {
		return err
	}
	return a.Calendar.Begin(r.Context(), in.Pattern, len(services.All()) > 0)
}

func (a *App) submitSight(r *http.Request, v *firstRunView) error {
	ctx := r.Context()
	v.Sight = sightIn{}
	if err := web.Decode(r, &v.Sight); err != nil {
		return err
	}
	c := a.Org.Company(ctx)
	w := c.Switches
	w.SharedInUnit, w.NumbersToAll, w.ShowNo, w.ReasonsToAgents = v.Sight.SharedInUnit, v.Sight.NumbersToAll, v.Sight.ShowNo, v.Sight.ReasonsToAgents
	if w != c.Switches {
		c.Switches, c.Revision = w, v.Sight.Revision
		if err := a.Org.SetCompany(ctx, c); err != nil {
			return err
		}
	}
	return a.Org.MarkSetup(ctx, org.SetupSight)
}

// after is the address of the step after this one, before of the one before it; "" before the first.
func (v firstRunView) after() string {
	if i := v.at(v.Step); i >= 0 && i+1 < len(v.Steps) {
		return v.Steps[i+1].href()
	}
	return firstRun + "/" + lastStep
}

func (v firstRunView) before() string {
	switch i := v.at(v.Step); {
	case v.Step == lastStep:
		return v.Steps[len(v.Steps)-1].href()
	case i > 0:
		return v.Steps[i-1].href()
	}
	return ""
}

// way is the list of steps beside the page.
func (v firstRunView) way(ctx context.Context) []ui.Step {
	var list []ui.Step
	for _, s := range append(append([]setupStep{}, v.Steps...), setupStep{Key: lastStep}) {
		step := ui.Step{Text: lang.T(ctx, "app.firstrun."+s.Key), Href: s.href()}
		switch {
		case s.Key == v.Step:
			step.State = "now"
		case s.Done:
			step.State = "done"
		}
		list = append(list, step)
	}
	return list
}

// number is the place of the step in words: 第 2 步，共 7 步.
func (v firstRunView) number(ctx context.Context) string {
	i := v.at(v.Step)
	if i < 0 {
		i = len(v.Steps)
	}
	return lang.T(ctx, "app.firstrun.number", "number", i+1, "all", len(v.Steps)+1)
}

// lead is the line under the title. Nobody is told that people can ask while there is nothing to ask for.
func (v firstRunView) lead(ctx context.Context) string {
	if v.Step == lastStep && v.Services == 0 {
		return lang.T(ctx, "app.firstrun.done-not-yet")
	}
	return lang.T(ctx, "app.firstrun."+v.Step+"-lead")
}

// entryView is what is there already of the ways in.
type entryView struct {
	People, Ready   int // of all people, those who have a password
	Posters         int
	Suites, SignIns int // connections, and those that people sign in with
	Mail            bool
}

func (a *App) entry(ctx context.Context) (v entryView, err error) {
	list, err := a.Signin.ActivationList(ctx)
	if err != nil {
		return v, err
	}
	v.Posters = len(list.Posters)
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return v, err
	}
	for _, c := range list.Counts {
		if tree.Depth(c.Unit.ID) == 0 {
			v.People, v.Ready = v.People+c.People, v.Ready+c.Ready
		}
	}
	err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		connections, err := a.Directory.Connections(ctx, rd)
		for _, c := range connections {
			v.Suites++
			if c.SignIn {
				v.SignIns++
			}
		}
		return err
	})
	if err != nil {
		return v, err
	}
	mail, err := a.Notice.MailServer(ctx)
	v.Mail = mail.Active
	return v, err
}

// posterRow is a unit that people can ask, on the last page.
type posterRow struct {
	Name, Href, Poster string
	Services           int
	Nobody             bool // nobody is named to work on it
}

// posterRows lists the units that offer something.
func (a *App) posterRows(ctx context.Context) ([]posterRow, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := a.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var rows []posterRow
	for _, u := range tree.All() {
		n := len(askable(snap, []int64{u.ID}))
		if n == 0 || !u.Valid(a.DB.Now()) {
			continue
		}
		rows = append(rows, posterRow{Name: u.Name.In(ctx), Href: "/settings/org/units/" + u.Code, Poster: "/units/" + u.Code + "/poster", Services: n, Nobody: !tree.NamesAgents(u.ID)})
	}
	return rows, nil
}

func nextWords(ctx context.Context, s setup) string {
	next, _ := s.next()
	return lang.T(ctx, "app.firstrun.next-is", "number", strconv.Itoa(s.at(next.Key)+1), "step", lang.T(ctx, "app.firstrun."+next.Key))
}
