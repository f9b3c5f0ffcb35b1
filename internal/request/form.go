package request

import (
	"context"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/place"
)

// resolve finds what answers of forms point at, and what defaults say of the actor.
func (s *Service) resolve() form.Resolve { return s.resolveFor("") }

// resolveFor is resolve with the defaults of the person of a 工号; of the actor when it is empty or unknown.
func (s *Service) resolveFor(no string) form.Resolve { return s.resolveAt(no, place.Place{}) }

// resolveAt is resolveFor with the defaults of a place.
func (s *Service) resolveAt(no string, at place.Place) form.Resolve {
	g := &given{s: s, no: strings.TrimSpace(no), at: at}
	return form.Resolve{
		People: s.findPeople, Units: s.findUnits, Files: s.findFiles, Given: g.fill,
		Of: map[string]func(context.Context, string) ([]form.Ref, error){
			"person": s.findPeople, "unit": s.findUnits, "service": s.findServices, "request": s.findRequests, "place": s.findPlaces,
		},
	}
}

// pickers are where related records are found while one types.
var pickers = map[string]string{"person": "/people/find", "unit": "/units/find", "service": "/services/find", "place": "/places/find"}

// inputs is a form as it is drawn for a request.
func (s *Service) inputs(ctx context.Context, f form.Form, raw map[string]any) (form.InputsProps, error) {
	p := form.InputsProps{Form: f, Raw: raw, PeopleSource: "/people/find", UnitSource: "/units/find", Sources: pickers}
	var err error
	p.Chosen, err = f.Chosen(ctx, s.resolve(), raw)
	return p, err
}

// given fills in defaults: from the person who asks, the unit and the calendar. The person is looked up once, when asked about.
type given struct {
	s      *Service
	no     string
	person org.Person
	at     place.Place
}

func (g *given) fill(ctx context.Context, name string) (string, error) {
	now := lang.Now(ctx)
	switch name {
	case "today":
		return now.Format(time.DateOnly), nil
	case "month":
		return now.Format("2006-01"), nil
	case "now":
		return now.UTC().Truncate(time.Minute).Format(time.RFC3339), nil
	case "next_workday":
		return g.nextWorkday(ctx, now)
	case "place", "place.code", "place.name", "place.asset":
		return placeGiven(ctx, g.at, name), nil
	}
	p, err := g.who(ctx)
	if err != nil {
		return "", err
	}
	switch name {
	case "person.name":
		return p.Plain(ctx), nil
	case "person.no":
		return p.No, nil
	case "person.phone":
		return p.Phone, nil
	case "person.email":
		return p.Email, nil
	case "person.position":
		return p.Position, nil
	case "manager":
		return g.managerOf(ctx, p)
	}
	tree, err := g.s.Org.Tree(ctx)
	if err != nil {
		return "", err
	}
	unit, _ := tree.ByID(p.Unit)
	site, _ := tree.ByID(tree.SiteOf(p.Unit))
	return map[string]string{"unit": unit.Code, "unit.name": unit.Name.In(ctx), "site": site.Code, "site.name": site.Name.In(ctx)}[name], nil
}

func (g *given) who(ctx context.Context) (org.Person, error) {
	if g.person.ID != 0 {
		return g.person, nil
	}
	a := actor.From(ctx)
	no := a.No
	if g.no != "" {
		no = g.no
	}
	p, err := g.s.Org.PersonByNo(ctx, no)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return org.Person{}, nil // an unknown 工号 is told at its own field
	}
	g.person = p
	return p, err
}

func (g *given) managerOf(ctx context.Context, p org.Person) (no string, err error) {
	if p.Manager == 0 {
		return "", nil
	}
	err = g.s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		m, err := g.s.Org.PersonIn(ctx, rd, p.Manager)
		no = m.No
		return err
	})
	return no, err
}

// nextWorkday is the first day after today on which the asker's unit works.
func (g *given) nextWorkday(ctx context.Context, now time.Time) (string, error) {
	p, err := g.who(ctx)
	if err != nil {
		return "", err
	}
	table, err := g.s.Calendar.TableFor(ctx, p.Unit)
	if err != nil {
		return "", err
	}
	today := calendar.DateOf(now.In(table.Location()))
	for _, d := range table.Days(today+1, today+31) {
		if d.Seconds > 0 {
			return d.Date.String(), nil
		}
	}
	return "", nil
}

// findServices finds a service that is offered, by its code or its name.
func (s *Service) findServices(ctx context.Context, text string) ([]form.Ref, error) {
	found, err := s.Catalog.Visible(ctx, strings.TrimSpace(text))
	if err == nil {
		return []form.Ref{{Code: found.Code, Name: found.Name.In(ctx), Link: "/services/" + found.Code}}, nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []form.Ref
	for _, x := range snap.All() {
		if x.Name.Zh != text && x.Name.En != text {
			continue
		}
		if x, err := s.Catalog.Visible(ctx, x.Code); err == nil {
			out = append(out, form.Ref{Code: x.Code, Name: x.Name.In(ctx), Link: "/services/" + x.Code})
		}
	}
	return out, nil
}

// findRequests finds a request that the actor may see, by its number.
func (s *Service) findRequests(ctx context.Context, text string) ([]form.Ref, error) {
	digits := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "R-")
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || number <= 0 {
		return nil, nil //nolint:nilerr // what is no number is no request
	}
	line, ok, err := s.Exactly(ctx, number)
	if err != nil || !ok {
		return nil, err
	}
	return []form.Ref{{Code: line.Ref(), Name: line.Title, Link: link(line.Number)}}, nil
}

// answersOf takes the answers out of a posted form, with files that came without a script uploaded first.
func (s *Service) answersOf(ctx context.Context, f form.Form, values url.Values, files map[string][]*multipart.FileHeader) (map[string]any, error) {
	values = maps.Clone(values)
	for name, list := range files {
		if !f.TakesFiles(name) {
			continue
		}
		ids, err := s.Talk.UploadForm(ctx, list)
		if err != nil {
			return f.Posted(values), err
		}
		kept := slices.Clone(values[name])
		for _, id := range ids {
			kept = append(kept, idText(id))
		}
		values[name] = kept
	}
	return f.Posted(values), nil
}

// giveNumbers gives a new request the numbers that its form counts, and its answers with them. The answers are copied: on PostgreSQL
// the transaction may run twice.
func giveNumbers(ctx context.Context, tx *sqldb.Tx, o *order) (form.Values, error) {
	if !o.form.Numbers() {
		return o.values, nil
	}
	values := maps.Clone(o.values)
	err := o.form.Numbered(values, o.request.OpenedAt.In(lang.Zone(ctx)), func(series string) (int64, error) {
		return nextOf(ctx, tx, o.request.Service, series)
	})
	o.request.Fields = values.JSON()
	return values, err
}

// labelled gives each finding the name of its input: the room's own, or what the form calls it.
func labelled(ctx context.Context, f form.Form, problem error) map[string]string {
	names := labels(ctx)
	e, _ := fault.As(problem)
	if e == nil {
		return names
	}
	for _, x := range e.Fields {
		if name := f.NameOf(ctx, x.Name); name != "" {
			names[x.Name] = name
		}
	}
	return names
}

// formsInUse is how many open requests of a service keep which version of its form.
func (s *Service) formsInUse(ctx context.Context, service catalog.ID) (map[int]int, error) {
	var out map[int]int
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out, err = openByVersion(ctx, rd, service)
		return err
	})
	return out, err
}
