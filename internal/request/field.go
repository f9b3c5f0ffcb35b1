package request

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
)

// Names of parameters that filter by form fields: field.KEY=VALUE (more than one: any of them), field.KEY.min and
// field.KEY.max, both inclusive.
const fieldPrefix = "field."

// fieldsNamed picks the parameters that filter by form fields: what follows the prefix, and what is not blank.
func fieldsNamed(values map[string][]string) map[string][]string {
	out := map[string][]string{}
	for name, list := range values {
		name, ok := strings.CutPrefix(name, fieldPrefix)
		for _, v := range list {
			if v = strings.TrimSpace(v); ok && v != "" {
				out[name] = append(out[name], v)
			}
		}
	}
	return out
}

// fieldsOffered are the indexed fields that all the services share by key and type, in the order of the first. Several
// services share them by what the first calls them.
func fieldsOffered(services []*catalog.Service) []form.Field {
	var out []form.Field
	for i, x := range services {
		own := indexed(x.Form)
		if i == 0 {
			out = own
			continue
		}
		out = slices.DeleteFunc(out, func(f form.Field) bool {
			return !slices.ContainsFunc(own, func(g form.Field) bool { return g.Key == f.Key && g.Type == f.Type })
		})
	}
	return out
}

// fieldServices are the services whose fields the scope may name: the one chosen, or of the units chosen or served those
// that have indexed fields.
func (s *Service) fieldServices(ctx context.Context, sc scope) ([]*catalog.Service, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if sc.service != 0 {
		x, _ := snap.ByID(sc.service)
		return []*catalog.Service{x}, nil
	}
	units := sc.units
	if len(units) == 0 {
		units = s.served(ctx)
	}
	var out []*catalog.Service
	for _, u := range units {
		for _, x := range snap.Of(u) {
			if len(indexed(x.Form)) > 0 {
				out = append(out, x)
			}
		}
	}
	return out, nil
}

// aimFields turns what a filter says of form fields into conditions.
func (s *Service) aimFields(ctx context.Context, sc *scope, bad *fault.Fields) error {
	if len(sc.Fields) == 0 && (sc.Sort == "" || sc.byPlace) && len(sc.Columns) == 0 {
		return nil
	}
	services, err := s.fieldServices(ctx, *sc)
	if err != nil {
		return err
	}
	named := func(key string) (form.Field, bool) {
		var with []*catalog.Service
		for _, x := range services {
			if f, ok := x.Form.Field(key); ok && indexable(f) {
				with = append(with, x)
			}
		}
		offered := fieldsOffered(with)
		i := slices.IndexFunc(offered, func(f form.Field) bool { return f.Key == key })
		if i < 0 {
			return form.Field{}, false
		}
		for _, x := range with {
			sc.fieldIn = append(sc.fieldIn, x.ID)
		}
		return offered[i], true
	}
	s.readFields(ctx, sc, named, bad)
	if sc.Sort != "" && !sc.byPlace {
		key, down := strings.CutPrefix(sc.Sort, "-")
		key, is := strings.CutPrefix(key, fieldPrefix)
		f, ok := named(key)
		switch {
		case !is || !ok:
			bad.Add("sort", "request.field-unknown", "name", key)
		case !f.Type.Sortable():
			bad.Add("sort", "request.field-unsorted", "name", f.Label.In(ctx))
		default:
			sc.sortBy, sc.sortDown = &f, down
		}
	}
	for _, key := range sc.Columns {
		f, ok := named(key)
		if !ok {
			bad.Add("columns", "request.field-unknown", "name", key)
			continue
		}
		sc.columns = append(sc.columns, f)
	}
	sc.fieldIn = unique(sc.fieldIn)
	return nil
}

// readFields reads the conditions on fields.
func (s *Service) readFields(ctx context.Context, sc *scope, named func(string) (form.Field, bool), bad *fault.Fields) {
	names := make([]string, 0, len(sc.Fields))
	for name := range sc.Fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		key, end, _ := strings.Cut(name, ".")
		f, ok := named(key)
		if !ok || end != "" && (end != "min" && end != "max" || !ranged(f)) {
			bad.Add(fieldPrefix+name, "request.field-unknown", "name", key)
			continue
		}
		i := slices.IndexFunc(sc.fields, func(x fieldFilter) bool { return x.field.Key == key })
		if i < 0 {
			i, sc.fields = len(sc.fields), append(sc.fields, fieldFilter{field: f})
		}
		x := &sc.fields[i]
		for _, text := range sc.Fields[name] {
			entry, ok := typedEntry(ctx, f, text, end)
			switch {
			case !ok:
				bad.Add(fieldPrefix+name, "request.field-not-of-type", "value", text, "label", f.Label.In(ctx))
			case end == "min":
				x.min = entry
			case end == "max":
				x.max = entry
			case begun(f):
				x.prefix = entry
			default:
				x.is = append(x.is, entry)
			}
		}
	}
	sc.fields = slices.DeleteFunc(sc.fields, func(x fieldFilter) bool { cond, _ := x.cond(); return cond == "" })
}

// typedEntry reads what a filter says about a field, as people type it or as the API gives it. A day as the end of a range of
// moments is the whole day.
func typedEntry(ctx context.Context, f form.Field, text, end string) (string, bool) {
	if f.Type == form.Checkbox && (text == "false" || text == "true") {
		return map[string]string{"true": "true"}[text], true // what is not ticked is no answer
	}
	if begun(f) {
		return form.Normal(text), true
	}
	if f.Type == form.DateTime {
		if day, err := time.ParseInLocation(time.DateOnly, text, lang.Zone(ctx)); err == nil {
			if end == "max" {
				day = day.AddDate(0, 0, 1).Add(-time.Minute)
			}
			text = day.UTC().Format(time.RFC3339)
		}
	}
	e, ok := f.Sought(ctx, text)
	return ordered(e), ok
}

// index writes the entries of a new request.
func (s *Service) index(ctx context.Context, tx *sqldb.Tx, r Request, service *catalog.Service, v form.Values) error {
	return insertEntries(ctx, tx, entryRows(r, service, v))
}

// indexPast writes the entries of a request of the past.
func (s *Service) indexPast(ctx context.Context, tx *sqldb.Tx, r Request) error {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	service, ok := snap.ByID(r.Service)
	if !ok || len(indexed(service.Form)) == 0 {
		return nil
	}
	v, err := form.ParseValues(r.Fields)
	if err != nil {
		return err
	}
	return s.index(ctx, tx, r, service, v)
}

func entryRows(r Request, service *catalog.Service, v form.Values) []entryRow {
	var rows []entryRow
	unit := r.Unit
	if !r.ClosedAt.IsZero() {
		unit = 0
	}
	for key, list := range entriesOf(service.Form, v) {
		for _, e := range list {
			rows = append(rows, entryRow{r.ID, key, e, unit, r.Service})
		}
	}
	return rows
}

// reindex follows a change of a request: other answers, another unit, closed or open again.
func (s *Service) reindex(ctx context.Context, tx *sqldb.Tx, was, r Request) error {
	answered := was.Fields != r.Fields
	if !answered && was.Unit == r.Unit && was.ClosedAt.IsZero() == r.ClosedAt.IsZero() {
		return nil
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	service, ok := snap.ByID(r.Service)
	if !ok || len(indexed(service.Form)) == 0 {
		return nil
	}
	if !answered {
		unit := r.Unit
		if !r.ClosedAt.IsZero() {
			unit = 0
		}
		return moveEntries(ctx, tx, r.ID, unit)
	}
	v, err := form.ParseValues(r.Fields)
	if err != nil {
		return err
	}
	if err := deleteEntries(ctx, tx, r.ID); err != nil {
		return err
	}
	return insertEntries(ctx, tx, entryRows(r, service, v))
}

const indexJob = "request.index"

// indexing is the payload of indexJob: the answers of requests of a service with ids after one are to be indexed by the
// form that the service has now.
type indexing struct {
	Service int64 `json:"service"`
	After   ID    `json:"after"`
}

// indexChunk is how many requests one step of the job looks at; most are of other services.
const indexChunk = 500

// listenFields indexes anew what a service's requests answered when its form has changed.
func (s *Service) listenFields(bus *event.Bus, jobs *job.Queue) {
	event.Hear(bus, "request.index", func(ctx context.Context, tx *sqldb.Tx, e catalog.ServiceWasChanged) error {
		if !slices.Contains(e.What, "form") {
			return nil
		}
		return jobs.Enqueue(ctx, tx, indexJob, indexing{Service: e.Service}, job.Unique(fmt.Sprintf("%s:%d", indexJob, e.Service)))
	})
	job.Handle(jobs, indexJob, func(ctx context.Context, p indexing) error { return s.indexAll(ctx, jobs, p) }, job.Concurrency(1))
}

// indexAll goes through the requests in chunks, resting as long as each took, and goes on in a job of its own after a
// while. It may run twice: what is right is left alone.
func (s *Service) indexAll(ctx context.Context, jobs *job.Queue, p indexing) error {
	for began := s.db.Now(); ; {
		at, n := time.Now(), 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			list, err := toIndex(ctx, tx, p.Service, p.After, indexChunk)
			if n = len(list); err != nil || n == 0 {
				return err
			}
			if err := s.indexSome(ctx, tx, p.Service, list); err != nil {
				return err
			}
			p.After = list[n-1].ID
			if tx.Now.Sub(began) > refreshFor {
				return jobs.Enqueue(ctx, tx, indexJob, p)
			}
			return nil
		})
		if err != nil || n == 0 || s.db.Now().Sub(began) > refreshFor {
			return err
		}
		if err := job.Rest(ctx, time.Since(at)); err != nil {
			return err
		}
	}
}

// indexSome writes the entries of those requests of the service whose entries are not what their answers say.
func (s *Service) indexSome(ctx context.Context, tx *sqldb.Tx, id int64, list []Request) error {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	service, ok := snap.ByID(id)
	if !ok {
		return nil
	}
	var own []Request
	var ids []int64
	for _, r := range list {
		if r.Service == id {
			own, ids = append(own, r), append(ids, r.ID)
		}
	}
	known, err := entriesByRequest(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, r := range own {
		v, err := form.ParseValues(r.Fields)
		if err != nil {
			return err
		}
		want := entryRows(r, service, v)
		sorting.By(want, func(a, b entryRow) int { return strings.Compare(a.key+"\x00"+a.value, b.key+"\x00"+b.value) })
		if slices.Equal(want, known[r.ID]) {
			continue
		}
		if err := deleteEntries(ctx, tx, r.ID); err != nil {
			return err
		}
		if err := insertEntries(ctx, tx, want); err != nil {
			return err
		}
	}
	return nil
}
