package routing

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

// routes are the pages of the room.
func (s *Service) routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /units/{code}/routing", Action: doSee, Do: s.showRules},
		{Pattern: "POST /units/{code}/routing", Action: doSet, Do: s.submitRules},
		{Pattern: "GET /units/{code}/routing/rule", Action: doSet, Do: s.showRule},
		{Pattern: "POST /units/{code}/routing/rule", Action: doSet, Do: s.submitRule},
		{Pattern: "GET /units/{code}/routing/skills", Action: doSet, Do: s.showSkills},
		{Pattern: "POST /units/{code}/routing/skills", Action: doSet, Do: s.submitSkills},
		{Pattern: "POST /units/{code}/routing/dry-run", Action: doTry, Do: s.submitRun},
		{Pattern: "GET /units/{code}/routing/dry-run", Action: doSee, Do: s.showRun},
		{Pattern: "GET /units/{code}/routing/cases", Action: doSee, Do: s.showCases},
	}
}

// rulesView is the rules of a unit: those in force, or the draft.
type rulesView struct {
	Unit           org.Unit
	Name           string
	Lines          []ruleLine
	Draft          bool
	Base, Since    string
	MaySet, MayTry bool
	From, To       string // of a dry run
	Errors         ui.Errors
	Problem        string
}

type ruleLine struct {
	N           int
	ID          string
	Name        string
	When, Way   string
	First, Last bool
}

func routingHref(code string) string { return "/units/" + code + "/routing" }

// showRules is /units/{code}/routing.
func (s *Service) showRules(w http.ResponseWriter, r *http.Request) error {
	return s.rulesPage(w, r, http.StatusOK, nil)
}

func (s *Service) rulesPage(w http.ResponseWriter, r *http.Request, status int, cause error) error {
	ctx, code := r.Context(), r.PathValue("code")
	live, draft, editing, err := s.Rules(ctx, code)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	u, _ := tree.ByCode(code)
	v := rulesView{Unit: u, Name: u.Name.In(ctx), Draft: editing, MaySet: s.may(ctx, doSet, u.ID) == nil, MayTry: s.may(ctx, doTry, u.ID) == nil, Errors: ui.ErrorsOf(ctx, cause, nil)}
	if len(v.Errors.Fields) > 0 && v.Errors.At("to") == "" { // a rule of the draft names what is no more
		v.Problem = lang.T(ctx, "routing.draft-wrong")
	}
	set := live
	if editing {
		set = draft
	}
	if live.Version > 0 {
		v.Since = lang.T(ctx, "routing.since", "at", lang.Date(ctx, live.At), "version", live.Version)
	}
	if v.Lines, err = s.lines(ctx, set.Rules); err != nil {
		return err
	}
	now := s.db.Now().In(s.Org.Company(ctx).Location())
	v.From, v.To = now.AddDate(0, -3, 0).Format("2006-01-02"), now.Format("2006-01-02")
	if status != http.StatusOK {
		v.From, v.To = r.FormValue("from"), r.FormValue("to")
	}
	return web.Show(w, r, status, rulesPage(v), nil)
}

func (s *Service) lines(ctx context.Context, rules []Rule) ([]ruleLine, error) {
	var people []int64
	for _, r := range rules {
		people = append(people, r.People...)
	}
	var names map[int64]org.Person
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		names, err = s.Org.Names(ctx, rd, people)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []ruleLine
	for i, r := range rules {
		l := ruleLine{N: i + 1, ID: strconv.FormatInt(r.ID, 10), Name: r.Name, First: i == 0, Last: i == len(rules)-1}
		if l.When, err = s.conditions(ctx, r); err != nil {
			return nil, err
		}
		if l.Way, err = s.wayWords(ctx, r, names); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// submitRules moves or drops a rule of the draft, throws the draft away, or puts it in force.
func (s *Service) submitRules(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in struct {
		Do string `form:"do"`
		ID int64  `form:"id"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	var err error
	said := ""
	switch in.Do {
	case "up":
		err = s.Move(ctx, code, in.ID, -1)
	case "down":
		err = s.Move(ctx, code, in.ID, 1)
	case "drop":
		err = s.Drop(ctx, code, in.ID)
	case "discard":
		err, said = s.Discard(ctx, code), "routing.discarded"
	case "publish":
		_, err = s.Publish(ctx, code)
		said = "routing.published"
	default:
		return fault.ErrNotFound
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.rulesPage(w, r, http.StatusUnprocessableEntity, err)
	case fault.Precondition:
		return s.rulesPage(w, r, http.StatusPreconditionFailed, err)
	}
	if err != nil {
		return err
	}
	if said != "" {
		web.Toast(w, r, lang.T(ctx, said), "")
	}
	return web.See(w, r, routingHref(code))
}

// skillsView is what the agents of a unit can do.
type skillsView struct {
	Unit   org.Unit
	Name   string
	Rows   []skillRow
	Errors ui.Errors
}

type skillRow struct{ No, Name, Skills string }

func (s *Service) showSkills(w http.ResponseWriter, r *http.Request) error {
	return s.skillsPage(w, r, http.StatusOK, nil, nil)
}

func (s *Service) skillsPage(w http.ResponseWriter, r *http.Request, status int, typed map[string]string, cause error) error {
	ctx, code := r.Context(), r.PathValue("code")
	list, err := s.Skills(ctx, code)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	u, _ := tree.ByCode(code)
	v := skillsView{Unit: u, Name: u.Name.In(ctx), Errors: ui.ErrorsOf(ctx, cause, nil)}
	for _, x := range list {
		row := skillRow{No: x.Person.No, Name: x.Person.Display(ctx)}
		for i, k := range x.Skills {
			if i > 0 {
				row.Skills += lang.T(ctx, "ui.comma")
			}
			row.Skills += k
		}
		if text, given := typed[x.Person.No]; given {
			row.Skills = text
		}
		v.Rows = append(v.Rows, row)
	}
	return web.Show(w, r, status, skillsPage(v), nil)
}

func (s *Service) submitSkills(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	values, _, err := web.Input(r)
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for name, list := range values {
		if no, ok := cutPrefix(name, "skills."); ok && len(list) > 0 {
			typed[no] = list[0]
		}
	}
	err = s.SetSkills(ctx, code, typed)
	if fault.KindOf(err) == fault.Invalid {
		return s.skillsPage(w, r, http.StatusUnprocessableEntity, typed, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "routing.skills-saved"), "")
	return web.See(w, r, routingHref(code)+"/skills")
}
