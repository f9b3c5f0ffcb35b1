package directory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"neike/internal/app/importer"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// chunkItems is the most items in one transaction of an apply.
const chunkItems = 500

// apply takes in chunk after chunk until none is left. Two of them may work on one run: the cursor is read and moved in
// the transaction that applies the chunk. An item that the organisation refuses (it is no longer what it was when the run
// was compared) is set aside with the reason, and the rest goes on.
func (s *Service) apply(ctx context.Context, r Run) error {
	ctx = actor.With(ctx, actor.Actor{Person: r.Person, System: r.Person == 0, Import: true, Locale: "zh", Zone: s.org.Company(ctx).Zone})
	size, careful := chunkItems, 0
	for r.State == Applying {
		next, did, err := s.chunk(ctx, r, size)
		switch {
		case sqldb.IsUnique(err) && size > 1, refusedBy(err) && size > 1:
			size, careful = 1, chunkItems
			continue
		case sqldb.IsUnique(err), refusedBy(err):
			if next, err = s.setAside(ctx, r, err); err != nil {
				return err
			}
			did = 1
		case err != nil:
			return fmt.Errorf("apply run %d: %w", r.ID, err)
		}
		r = next
		if careful -= did; careful <= 0 {
			size = chunkItems
		}
	}
	return nil
}

// refusedBy says whether an error is what a room answers to a deed that does not fit.
func refusedBy(err error) bool {
	f, ok := fault.As(err)
	return ok && f.Kind != fault.Unavailable && f.Kind != fault.Internal
}

// chunk applies the items after the cursor that are of one sort, or finishes the run when there are none. did is how many.
func (s *Service) chunk(ctx context.Context, r Run, size int) (next Run, did int, err error) {
	var closing []Item
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		closing, did = nil, 0
		if next, err = lockRun(ctx, tx, r.ID); err != nil || next.State != Applying {
			return err
		}
		items, err := nextItems(ctx, tx, r.ID, next.atN, size)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			return s.finishApply(ctx, tx, &next)
		}
		items = alike(items)
		if items[0].Sort == "close" { // ends a unit by a use case of its own
			closing = items[:1]
			return nil
		}
		did = len(items)
		if err := s.take(ctx, tx, &next, items); err != nil {
			return err
		}
		next.atN, next.Done = items[len(items)-1].N, next.Done+len(items)
		return updateRun(ctx, tx, next)
	})
	if err == nil && len(closing) > 0 {
		next, err = s.closeUnit(ctx, next, closing[0])
		did = 1
	}
	return next, did, err
}

// alike is the beginning of a list that is of one sort.
func alike(items []Item) []Item {
	for i := range items {
		if items[i].Sort != items[0].Sort {
			return items[:i]
		}
	}
	return items
}

// take applies items of one sort.
func (s *Service) take(ctx context.Context, tx *sqldb.Tx, r *Run, items []Item) error {
	state := Done
	var err error
	switch items[0].Sort {
	case "unit":
		err = s.takeUnits(ctx, tx, r, items)
	case "person":
		err = s.takePeople(ctx, tx, r, items)
	case "stop":
		if !r.Stop {
			state = "skipped"
			break
		}
		err = s.takeStops(ctx, tx, r, items)
	}
	if err != nil {
		return err
	}
	return setItems(ctx, tx, r.ID, items[0].N, items[len(items)-1].N, state)
}

// kind is one of the files that org takes; a run goes in as they do.
func (s *Service) kind(name string) (importer.Kind, error) {
	for _, k := range s.org.Imports() {
		if k.Name == name {
			return k, nil
		}
	}
	return importer.Kind{}, errors.New("directory: org takes no " + name)
}

// takeRows gives rows to org as a file of that kind.
func (s *Service) takeRows(ctx context.Context, tx *sqldb.Tx, name string, rows []importer.Row) (importer.Count, error) {
	k, err := s.kind(name)
	if err != nil {
		return importer.Count{}, err
	}
	return k.Apply(ctx, tx, rows)
}

func rowsOf(items []Item) []importer.Row {
	var rows []importer.Row
	for _, i := range items {
		if len(i.Cells) > 0 && i.Plan != "link" {
			rows = append(rows, importer.Row{Line: i.N + 1, Cells: i.Cells})
		}
	}
	return rows
}

func (s *Service) takeUnits(ctx context.Context, tx *sqldb.Tx, r *Run, items []Item) error {
	count, err := s.takeRows(ctx, tx, "units", rowsOf(items))
	if err != nil {
		return err
	}
	r.Applied.UnitsNew += count.Created
	r.Applied.UnitsChanged += count.Updated
	tree, err := org.TreeIn(ctx, tx)
	if err != nil {
		return err
	}
	for _, i := range items {
		u, ok := tree.ByCode(i.Code)
		if !ok {
			return fault.New(fault.Conflict, "directory.unit-unknown", "value", i.Code)
		}
		if err := putPlacement(ctx, tx, r.Connection, Placement{Department: i.Department, Unit: u.ID, Choice: placeUnit}); err != nil {
			return err
		}
		if i.Plan == "link" {
			r.Applied.Linked++
		}
	}
	return nil
}

func (s *Service) takePeople(ctx context.Context, tx *sqldb.Tx, r *Run, items []Item) error {
	rows := rowsOf(items)
	if len(rows) > 0 {
		count, err := s.takeRows(ctx, tx, "people", rows)
		if err != nil {
			return err
		}
		r.Applied.PeopleNew += count.Created
		r.Applied.PeopleChanged += count.Updated
	}
	var nos []string
	for _, i := range items {
		nos = append(nos, i.Code)
	}
	people, err := s.org.PeopleByNo(ctx, tx, nos)
	if err != nil {
		return err
	}
	for _, i := range items {
		person, ok := people[i.Code]
		if !ok || i.Person != 0 && person.ID != i.Person {
			return fault.New(fault.Conflict, "directory.person-changed", "no", i.Code)
		}
		if err := s.takeLink(ctx, tx, r, i, person.ID); err != nil {
			return err
		}
	}
	return nil
}

// takeLink links the account of an item, or gives the person's account its new name.
func (s *Service) takeLink(ctx context.Context, tx *sqldb.Tx, r *Run, i Item, person org.ID) error {
	held, err := s.identitiesOf(ctx, tx, r.Connection, []org.ID{person})
	if err != nil {
		return err
	}
	own, linked := held[person]
	switch {
	case linked && i.Cells["active"] == "yes":
		if err := setStopped(ctx, tx, own.ID, false); err != nil {
			return err
		}
	case i.Link == "":
		return nil
	}
	if linked && subjectKey(own.Subject) == subjectKey(i.Subject) {
		return nil // done before, or not to be done
	}
	if i.Renames != 0 && own.ID == i.Renames {
		if err := renameIdentity(ctx, tx, own.ID, i.Subject, i.Union); err != nil {
			return err
		}
		r.Applied.Linked++
		return s.events.Emit(ctx, tx, PersonWasLinked{Person: person, Connection: r.Connection, Subject: i.Subject, Why: "renamed"})
	}
	if i.Link == "" {
		return nil
	}
	r.Applied.Linked++
	return s.link(ctx, tx, Identity{Connection: r.Connection, Subject: i.Subject, Union: i.Union, Person: person, Why: i.Link})
}

func (s *Service) takeStops(ctx context.Context, tx *sqldb.Tx, r *Run, items []Item) error {
	count, err := s.takeRows(ctx, tx, "people", rowsOf(items))
	if err != nil {
		return err
	}
	r.Applied.PeopleStopped += count.Updated
	var ids []org.ID
	for _, i := range items {
		ids = append(ids, i.Person)
	}
	held, err := s.identitiesOf(ctx, tx, r.Connection, ids)
	if err != nil {
		return err
	}
	for _, i := range held {
		if err := setStopped(ctx, tx, i.ID, true); err != nil {
			return err
		}
	}
	return nil
}

// closeUnit ends a unit whose department is gone. One that is still in use stays, and the item says why.
func (s *Service) closeUnit(ctx context.Context, r Run, i Item) (Run, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return r, err
	}
	if u, ok := tree.ByCode(i.Code); ok && u.ValidTo.IsZero() {
		err = s.org.CloseUnit(ctx, i.Code, nil)
	}
	if refusedBy(err) {
		return s.setAside(ctx, r, err)
	}
	if err != nil {
		return r, err
	}
	return s.pass(ctx, r, i, func(ctx context.Context, tx *sqldb.Tx, r *Run) error {
		r.Applied.UnitsClosed++
		return setItems(ctx, tx, r.ID, i.N, i.N, Done)
	})
}

// pass moves a run over one item, unless somebody else has.
func (s *Service) pass(ctx context.Context, r Run, i Item, fn func(ctx context.Context, tx *sqldb.Tx, r *Run) error) (Run, error) {
	next := r
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if next, err = lockRun(ctx, tx, r.ID); err != nil || next.State != Applying || next.atN != r.atN {
			return err
		}
		next.atN, next.Done = i.N, next.Done+1
		if err := fn(ctx, tx, &next); err != nil {
			return err
		}
		return updateRun(ctx, tx, next)
	})
	return next, err
}

// setAside marks the item after the cursor as failed, with the reason, and goes on behind it.
func (s *Service) setAside(ctx context.Context, r Run, cause error) (Run, error) {
	var items []Item
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		items, err = nextItems(ctx, rd, r.ID, r.atN, 1)
		return err
	})
	if err != nil || len(items) == 0 {
		return r, errors.Join(err, cause)
	}
	i := items[0]
	i.Failure = why("directory.why-refused-here")
	if f, ok := fault.As(cause); ok {
		i.Failure = &Why{f.Key, f.Args}
		if len(f.Fields) > 0 {
			i.Failure = &Why{f.Fields[0].Key, f.Fields[0].Args}
		}
	}
	return s.pass(ctx, r, i, func(ctx context.Context, tx *sqldb.Tx, r *Run) error {
		r.Applied.Failed++
		return setItemFailed(ctx, tx, r.ID, i)
	})
}

func (s *Service) finishApply(ctx context.Context, tx *sqldb.Tx, r *Run) error {
	units, err := s.kind("units")
	if err != nil {
		return err
	}
	if err := units.Finish(ctx, tx); err != nil {
		return err
	}
	r.State, r.Ended = Done, tx.Now
	if err := updateRun(ctx, tx, *r); err != nil {
		return err
	}
	if err := note(ctx, tx, r.ID, why("directory.log-done", "count", r.Done-r.Applied.Failed, "failed", r.Applied.Failed)); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, SyncWasApplied{Connection: r.Connection, Run: r.ID, Counts: r.Applied})
}

// keepItems is how long what a run did in detail can be looked up; the counts and the audit trail stay.
const keepItems = 60 * 24 * time.Hour

// tidy forgets old callbacks and the details of old runs.
func (s *Service) tidy(ctx context.Context) error {
	var stale []Run
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if err := forgetHeard(ctx, tx, tx.Now.Add(-7*24*time.Hour)); err != nil {
			return err
		}
		stale, err = staleRuns(ctx, tx, tx.Now.Add(-keepItems))
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range stale {
		for n := int64(1); n > 0; {
			err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
				n, err = deleteItems(ctx, tx, r.ID, 500)
				return err
			})
			if err != nil {
				return err
			}
		}
		if err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return deleteLog(ctx, tx, r.ID) }); err != nil {
			return err
		}
	}
	return nil
}
