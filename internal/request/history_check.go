package request

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"neike/internal/app/importer"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/place"
)

// past is a judged case: the request as it is now, with all that happened.
type past struct {
	request Request
	log     []Event
	clocks  []clock.State
	said    map[int]string // by the event's n: its words
	rating  *Rating
}

// historyChecker judges the cases of one file.
type historyChecker struct{ s *Service }

func (s *Service) checkHistory(context.Context) (importer.Checker, error) {
	return historyChecker{s}, nil
}

// Rows judges some cases.
func (k historyChecker) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	out := make([]importer.Verdict, 0, len(rows))
	err := k.s.eachPast(ctx, rd, rows, func(row importer.Row, j *judging) error {
		v := importer.Verdict{Line: row.Line, Key: strings.TrimSpace(j.c.External + " " + j.c.Title), Plan: importer.Create}
		switch {
		case len(row.Problems) > 0: // what could not be read cannot be judged
		case j.known == nil:
			if err := j.judge(ctx); err != nil {
				return err
			}
		default:
			if err := j.more(ctx); err != nil {
				return err
			}
			v.Plan, v.Changes, v.Kept = importer.Unchanged, j.changes(), j.kept
			if len(v.Changes) > 0 {
				v.Plan = importer.Update
			}
		}
		v.Problems = j.problems
		out = append(out, v)
		return nil
	})
	return out, err
}

// End finds nothing: every case stands alone.
func (k historyChecker) End(context.Context, sqldb.Reader) (importer.Conclusion, error) {
	return importer.Conclusion{}, nil
}

// eachPast decodes cases and looks up what they name, for all of them at once.
func (s *Service) eachPast(ctx context.Context, rd sqldb.Reader, rows []importer.Row, fn func(row importer.Row, j *judging) error) error {
	cases := make([]pastCase, len(rows))
	var externals, nos, codes []string
	for i, row := range rows {
		if err := json.Unmarshal(row.Body, &cases[i]); err != nil {
			return err
		}
		c := cases[i]
		externals = append(externals, c.External)
		nos = append(nos, c.AskedBy, c.For, c.Worker)
		codes = append(codes, placeCode(c.Place))
		for _, e := range c.Events {
			nos = append(nos, e.By, e.Person)
		}
	}
	known, err := knownCases(ctx, rd, externals)
	if err != nil {
		return err
	}
	people, err := s.Org.PeopleByNo(ctx, rd, nos)
	if err != nil {
		return err
	}
	places, err := s.Place.ByCodes(ctx, rd, codes)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	for i, row := range rows {
		j := judging{s: s, people: people, places: places, tree: tree, snap: snap, c: cases[i], line: row.Line, now: rd.Instant(), known: known[cases[i].External]}
		if err := fn(row, &j); err != nil {
			return err
		}
	}
	return nil
}

// judging turns one case into a request, or says what is wrong with it.
type judging struct {
	s        *Service
	people   map[string]org.Person
	places   map[string]place.Place // by code, also those out of use
	tree     *org.Tree
	snap     *catalog.Snapshot
	c        pastCase
	line     int
	now      time.Time
	known    *knownCase // it is here already
	problems []importer.Problem
	kept     []importer.Problem // what it tells beyond the log of a known case and must not add
	p        past
	service  *catalog.Service
}

func (j *judging) wrong(line int, column, key string, args ...any) {
	j.problems = append(j.problems, importer.Wrong(line, column, key, args...))
}

// judge makes a request of a case that is not here yet.
func (j *judging) judge(ctx context.Context) error {
	j.c.Events = steppedEvents(j.c.Events, "")
	j.p.said = map[int]string{}
	j.head(ctx)
	j.where()
	if err := j.fields(ctx); err != nil || len(j.problems) > 0 {
		return err
	}
	if err := j.course(ctx); err != nil || len(j.problems) > 0 {
		return err
	}
	j.reclock(ctx)
	return nil
}

func (j *judging) reclock(ctx context.Context) {
	var err error
	if j.p.clocks, err = j.s.reclock(ctx, &j.p.request, j.p.log, j.now); err != nil {
		j.wrong(j.line, "at", "request.import.calendar")
	}
}

// head reads who asked whom for what.
func (j *judging) head(ctx context.Context) {
	r := &j.p.request
	r.External, r.Imported, r.State, r.Title = j.c.External, true, StateNew, strings.TrimSpace(j.c.Title)
	service, ok := j.snap.ByCode(j.c.Service)
	switch {
	case j.c.Service == "":
		j.wrong(j.line, "service", "request.import.empty", "column", "service")
	case !ok:
		j.wrong(j.line, "service", "request.import.service", "value", j.c.Service)
	case service.Kind == catalog.Standing:
		j.wrong(j.line, "service", "request.service-standing", "name", service.Name.In(ctx))
	default:
		j.service = service
		r.Service, r.Provider, r.Unit = service.ID, service.Unit, service.Unit
		if r.Title == "" {
			r.Title = service.Name.Zh
		}
	}
	if short := []rune(r.Title); len(short) > maxTitle {
		r.Title = string(short[:maxTitle-1]) + "…"
	}
	asker, ok := j.people[j.c.AskedBy]
	if !ok {
		j.wrong(j.line, "asked_by", "request.import.person", "value", j.c.AskedBy)
	}
	r.AskedBy, r.Customer = asker.ID, asker.Unit
	if j.c.For != "" && j.c.For != j.c.AskedBy {
		other, ok := j.people[j.c.For]
		if !ok {
			j.wrong(j.line, "on_behalf_of", "request.import.person", "value", j.c.For)
		}
		r.For, r.Customer = other.ID, other.Unit
	}
	if j.c.Customer != "" {
		u, ok := j.tree.ByCode(j.c.Customer)
		if !ok {
			j.wrong(j.line, "customer_unit", "request.import.unit", "value", j.c.Customer)
		}
		r.Customer = u.ID
	}
}

// placeCode is a code of a place as a file may write it.
func placeCode(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// where reads the place that it was asked from, in use or not.
func (j *judging) where() {
	code := placeCode(j.c.Place)
	if code == "" {
		return
	}
	p, ok := j.places[code]
	if !ok {
		j.wrong(j.line, "place", "request.import.place", "value", j.c.Place)
		return
	}
	j.p.request.Place = spotOf(p)
}

// fields reads answers of the form. History need not answer what was not asked then: nothing is required.
func (j *judging) fields(ctx context.Context) error {
	j.p.request.Fields = "{}"
	if j.service == nil || len(j.c.Fields) == 0 {
		return nil
	}
	raw := map[string]any{}
	for key, v := range j.c.Fields {
		raw[key] = v
	}
	values, bad, err := j.service.Form.Lenient().Validate(ctx, form.Resolve{Before: raw}, raw)
	for _, f := range bad.All() {
		j.problems = append(j.problems, importer.Problem{Line: j.line, Column: f.Name, Key: f.Key, Args: f.Args})
	}
	if bad.Len() == 0 && err == nil {
		j.p.request.Fields = values.JSON()
	}
	return err
}

// course walks through the events and lets the rules judge each.
func (j *judging) course(ctx context.Context) error {
	if len(j.c.Events) == 0 || j.c.Events[0].Kind != VerbOpen {
		j.wrong(j.line, "event", "request.import.no-open")
		return nil
	}
	for i, e := range j.c.Events {
		if i == 0 {
			if err := j.open(ctx, e); err != nil {
				return err
			}
			continue
		}
		if err := j.next(ctx, e); err != nil || len(j.problems) > 0 {
			return err
		}
	}
	return nil
}

// next judges one event after those before it.
func (j *judging) next(ctx context.Context, e pastEvent) error {
	at, err := moment(true, e.At, j.p.request.LastAt, j.now)
	if err != nil {
		j.wrong(e.Line, columnOf(e), "request.import.future", "value", e.At.Format(time.RFC3339))
		return nil
	}
	e.At = at
	return j.step(ctx, e)
}

func columnOf(e pastEvent) string {
	if e.Column != "" {
		return e.Column
	}
	return "at"
}

func (j *judging) open(ctx context.Context, e pastEvent) error {
	r := &j.p.request
	at, err := moment(true, e.At, time.Time{}, j.now)
	if err != nil {
		j.wrong(e.Line, columnOf(e), "request.import.future", "value", e.At.Format(time.RFC3339))
		return nil
	}
	version := j.service.At(at)
	r.OpenedAt, r.LastAt, r.ServiceVersion, r.Events, r.Hops = at, at, version.N, 1, 1
	first := Event{N: 1, At: at, Kind: VerbOpen, Actor: r.AskedBy, Side: CustomerSide, Unit: r.Unit, Imported: true}
	if first.Terms, err = j.s.promisedTerms(ctx, r.Unit, version.Standard); err != nil {
		return err
	}
	j.p.log = append(j.p.log, first)
	return nil
}

// step adds one event, with those that other systems do not write down before it: whoever works on a request has taken
// it, and what is accepted was delivered.
func (j *judging) step(ctx context.Context, e pastEvent) error {
	r := &j.p.request
	if e.Silent && r.State != StateNew && r.State != StateWorking && r.State != StateWaiting { // who keeps the papers of an ended case is no hand-over
		return nil
	}
	if handed := r.State == StateWorking && r.Assignee == 0; handed && e.By != "" && (e.Kind == VerbAsk || e.Kind == VerbDeliver) {
		if err := j.add(ctx, pastEvent{Line: e.Line, At: e.At, Kind: VerbTake, By: e.By}); err != nil || len(j.problems) > 0 {
			return err
		}
	}
	for _, missing := range implied(r.State, e.Kind) {
		if err := j.add(ctx, pastEvent{Line: e.Line, At: e.At, Kind: missing, By: j.worker(e)}); err != nil || len(j.problems) > 0 {
			return err
		}
	}
	switch {
	case e.Kind == VerbCancel && r.State == StateNew:
		e.Kind = VerbWithdraw
	case e.Kind == VerbHandOver && r.State == StateNew: // nobody had taken it: it was never that unit's to do
		e.Kind = VerbDecline
	}
	return j.add(ctx, e)
}

// worker is who served the case: whom the event names, or who has it.
func (j *judging) worker(e pastEvent) string {
	if e.By != "" && e.Kind != VerbAccept {
		return e.By
	}
	for _, x := range j.c.Events {
		if x.By != "" && (x.Kind == VerbTake || x.Kind == VerbDeliver || x.Kind == VerbAsk || x.Kind == VerbMessage) {
			return x.By
		}
	}
	return j.c.Worker
}

func (j *judging) add(ctx context.Context, e pastEvent) error {
	r := &j.p.request
	who, ok := j.actor(e)
	switch {
	case r.Events >= maxEvents:
		j.wrong(e.Line, "event", "request.too-long", "max", maxEvents)
		return nil
	case !ok && e.By == "":
		j.wrong(e.Line, "by", "request.import.nobody", "event", string(e.Kind))
		return nil
	case !ok:
		j.wrong(e.Line, "by", "request.import.person", "value", e.By)
		return nil
	}
	event := Event{N: r.Events + 1, At: e.At, Kind: e.Kind, Actor: who, Side: ProviderSide, Unit: r.Unit, Imported: true}
	if r.isCustomer(who) || who == 0 && customerVerb(e.Kind) {
		event.Side = CustomerSide
	}
	switch e.Kind {
	case VerbTake:
		event.Person = who
	case VerbAssign:
		p, ok := j.people[e.Person]
		if !ok {
			j.wrong(e.Line, "person", "request.import.person", "value", e.Person)
			return nil
		}
		event.Person = p.ID
	case VerbDecline:
		u, ok := j.tree.ByCode(e.Unit)
		if ok && u.ID == r.Unit && e.Silent {
			return nil
		}
		if !ok || u.ID == r.Unit {
			j.wrong(e.Line, "unit", "request.import.unit", "value", e.Unit)
			return nil
		}
		event.Unit = u.ID
		var err error
		if event.Terms, err = j.s.termsOf(ctx, u.ID); err != nil {
			return err
		}
		event.Why = e.Text
	case VerbHandOver:
		u, ok := j.tree.ByCode(e.Unit)
		switch {
		case !ok:
			j.wrong(e.Line, "unit", "request.import.unit", "value", e.Unit)
			return nil
		case u.ID == r.Unit: // a log of states says on every line who has it
			return nil
		}
		event.Unit, event.Why = u.ID, e.Text
		var err error
		if event.Terms, err = j.s.termsOf(ctx, u.ID); err != nil {
			return err
		}
	case VerbPropose:
		if !e.Due.After(e.At) {
			j.wrong(e.Line, "due", "request.import.due")
			return nil
		}
		event.DueTo, event.Why = e.Due, e.Text
	case VerbAgree: // with a date it is agreed on; without one the proposal is turned down
		if !e.Due.IsZero() && !e.Due.After(e.At) {
			j.wrong(e.Line, "due", "request.import.due")
			return nil
		}
		event.DueTo = e.Due
	case VerbReopen:
		event.Person, event.Why = r.Assignee, e.Text
	case VerbAccept:
		event.Other = int64(r.Reopens)
		if e.Text != "" {
			j.p.said[event.N] = e.Text
		}
	case VerbReturn, VerbCancel:
		event.Why = e.Text
	case VerbRate:
		if !j.rate(e, who) {
			return nil
		}
	default:
		if e.Text != "" {
			j.p.said[event.N] = e.Text
		}
	}
	r.CameBack += cameBack(j.p.log, event)
	if err := r.happen(event); err != nil {
		j.wrong(e.Line, "event", "request.import.not-allowed", "event", string(e.Kind), "state", string(r.State))
		return nil
	}
	j.p.log = append(j.p.log, event)
	return nil
}

// actor is who did it: whom the event names; otherwise the asker for what customers do, and nobody for the rest.
func (j *judging) actor(e pastEvent) (int64, bool) {
	if e.By != "" {
		p, ok := j.people[e.By]
		return p.ID, ok
	}
	if customerVerb(e.Kind) {
		return j.p.request.AskedBy, true
	}
	if e.Kind == VerbTake { // somebody has to have it
		return 0, false
	}
	return j.p.request.Assignee, true
}

func (j *judging) rate(e pastEvent, who int64) bool {
	score, err := strconv.Atoi(strings.TrimSpace(e.Score))
	if err != nil || rated(score, nil, e.Text) != nil {
		j.wrong(e.Line, "score", "request.import.score", "value", e.Score)
		return false
	}
	j.p.rating = &Rating{Person: who, Score: score, Comment: e.Text, At: e.At}
	return true
}

func customerVerb(v Verb) bool {
	switch v {
	case VerbOpen, VerbAnswer, VerbReturn, VerbAccept, VerbRate, VerbNudge, VerbWithdraw, VerbCancel, VerbAgree, VerbReopen:
		return true
	}
	return false
}
