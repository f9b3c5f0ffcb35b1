package app

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/org"
	"neike/internal/todo"
)

const firstRun = "/settings/first-run"

// setupKeys are the steps from an empty house to the first request, in order. The words of each are app.firstrun.KEY.
var setupKeys = []string{"company", "calendar", "people", "packs", "sight", "entry"}

// lastStep shows what comes after the set-up; it is never done by itself.
const lastStep = "done"

// setupStep is one of them. Whether it is done follows from what there is.
type setupStep struct {
	Key  string
	Done bool
}

func (s setupStep) href() string { return firstRun + "/" + s.Key }

// setup is how far a new company is.
type setup struct {
	Steps                   []setupStep
	Finished                bool // somebody has said that it is enough
	Units, People, Services int
	Hours                   string // of the company's calendar, in words
	HoursDecided            bool   // by somebody, not as they came
}

// next is the first step that is not done; false when all are.
func (s setup) next() (setupStep, bool) {
	i := slices.IndexFunc(s.Steps, func(x setupStep) bool { return !x.Done })
	if i < 0 {
		return setupStep{Key: lastStep}, false
	}
	return s.Steps[i], true
}

// over says whether nobody has to be led any more.
func (s setup) over() bool {
	_, more := s.next()
	return s.Finished || !more
}

// at is the place of a step, from 0; -1 when there is none of that name.
func (s setup) at(key string) int {
	return slices.IndexFunc(s.Steps, func(x setupStep) bool { return x.Key == key })
}

// setupPanel leads the administrator of a new company from an empty house to the first request. It goes when every step
// is done, or when somebody says that it is enough.
func (a *App) setupPanel() todo.Panel {
	return todo.Panel{Slot: todo.Leading, Order: 1, Render: func(ctx context.Context) (templ.Component, error) {
		s, err := a.setupOpen(ctx)
		if err != nil || s == nil {
			return nil, err
		}
		return setupCard(*s), nil
	}}
}

// setupOpen is how far the company is, for administrators as long as it is not set up; nil otherwise. Once it is over
// nobody looks again.
func (a *App) setupOpen(ctx context.Context) (*setup, error) {
	if !actor.From(ctx).Has("admin") || a.setUp.Load() {
		return nil, nil
	}
	s, err := a.setupNow(ctx)
	if err != nil {
		return nil, err
	}
	if s.over() {
		a.setUp.Store(true)
		return nil, nil
	}
	return &s, nil
}

// setupNow reads how far the company is from what there is.
func (a *App) setupNow(ctx context.Context) (setup, error) {
	var s setup
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return s, err
	}
	services, err := a.Catalog.Snapshot(ctx)
	if err != nil {
		return s, err
	}
	if s.Hours, s.HoursDecided, err = a.Calendar.CompanyHours(ctx); err != nil {
		return s, err
	}
	var marks []string
	err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if s.People, err = a.Org.CountActive(ctx, rd); err == nil {
			marks, err = a.Org.SetupMarks(ctx, rd)
		}
		return err
	})
	if err != nil {
		return s, err
	}
	s.Units, s.Services, s.Finished = tree.Len(), len(services.All()), slices.Contains(marks, org.SetupFinished)
	c, fresh := a.Org.Company(ctx), org.NewCompany()
	done := map[string]bool{
		"company":  c.Name != fresh.Name,
		"calendar": s.HoursDecided || slices.Contains(marks, org.SetupCalendar),
		"people":   s.Units > 1 && s.People > 1,
		"packs":    s.Services > 0,
		"sight":    c.Switches != fresh.Switches || slices.Contains(marks, org.SetupSight),
		"entry":    slices.Contains(marks, org.SetupEntry),
	}
	for _, key := range setupKeys {
		s.Steps = append(s.Steps, setupStep{key, done[key]})
	}
	return s, nil
}

// setupState is the word beside a step.
func setupState(ctx context.Context, s setupStep) string {
	if s.Done {
		return lang.T(ctx, "app.setup.done")
	}
	return lang.T(ctx, "app.setup.open")
}

// guide is the line over the pages of settings that leads back to the set-up.
func (a *App) guide(ctx context.Context) *ui.NoteProps {
	s, err := a.setupOpen(ctx)
	if err != nil || s == nil {
		return nil
	}
	next, _ := s.next()
	return &ui.NoteProps{Tone: "accent", Icon: "list-check", Text: lang.T(ctx, "app.firstrun.on-the-way", "number", s.at(next.Key)+1, "step", lang.T(ctx, "app.firstrun."+next.Key)),
		Href: next.href(), Link: lang.T(ctx, "app.firstrun.go-on")}
}
