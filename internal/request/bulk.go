package request

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// Bulk is what somebody did to many requests at once, request by request.
type Bulk struct {
	ID     int64
	Person int64
	Verb   Verb
	At     time.Time
	Undone bool
	Rows   []BulkRow
}

// BulkRow is what came of it for one request.
type BulkRow struct {
	Ref    string `json:"ref"`
	Events int    `json:"events,omitempty"` // of the log after it; 0: not done
	Was    int64  `json:"was,omitempty"`    // who had it before; 0: nobody
	Why    string `json:"why,omitempty"`    // in the doer's words, when it was not done
}

// Done counts the requests for which it worked.
func (b Bulk) Done() int {
	n := 0
	for _, r := range b.Rows {
		if r.Events > 0 {
			n++
		}
	}
	return n
}

// Limits of what is done to many.
const (
	maxBulk  = 200             // requests at once
	undoFor  = time.Minute     // as long as it may be taken back
	bulkKept = 24 * time.Hour  // as long as it is said what came of it
	undoHead = 5 * time.Second // what a click and its way may take beyond that
)

// undoable are the verbs that have an inverse: what was taken is put back, what was assigned goes to whoever had it.
func undoable(v Verb) bool { return v == VerbTake || v == VerbAssign || v == VerbMerge }

// one is what is done to one of many.
type one = func(ctx context.Context, number int64) (Request, error)

func (s *Service) taking(ctx context.Context, n int64) (Request, error) {
	return s.Take(ctx, n, When{})
}

func (s *Service) assigning(no string) one {
	return func(ctx context.Context, n int64) (Request, error) { return s.Assign(ctx, n, no, When{}) }
}

func (s *Service) writing(text string) one {
	return func(ctx context.Context, n int64) (Request, error) { return s.Message(ctx, n, text, nil, When{}) }
}

// merging lets each go along with one; that one, when it was chosen with them, stays as it is.
func (s *Service) merging(into string) one {
	return func(ctx context.Context, n int64) (Request, error) { return s.Merge(ctx, n, into, "", When{}) }
}

func notTooMany(f *fault.Fields, refs []string) {
	if n := len(refs); n > maxBulk {
		f.Add("numbers", "request.bulk-too-many", "max", maxBulk, "count", n)
	}
}

// Many does the same to each of the requests, in transactions of their own: one that refuses holds no other back. What
// came of each is kept for a day.
func (s *Service) Many(ctx context.Context, verb Verb, refs []string, do one) (Bulk, error) {
	b := Bulk{Person: actor.From(ctx).Person, Verb: verb}
	var f fault.Fields
	if notTooMany(&f, refs); f.Err() != nil {
		return b, f.Err()
	}
	var seen []string
	for _, ref := range refs {
		if slices.Contains(seen, ref) {
			continue
		}
		seen = append(seen, ref)
		row := BulkRow{Ref: ref}
		number, err := ParseRef(ref)
		var was, is Request
		if err == nil {
			was, err = s.before(ctx, number)
		}
		if err == nil {
			is, err = do(ctx, number)
		}
		switch kind := fault.KindOf(err); {
		case err == nil:
			row.Ref, row.Events, row.Was = is.Ref(), is.Events, was.Assignee
		case kind == fault.Internal || kind == fault.Unavailable:
			return b, err
		default:
			row.Why = said(ctx, err)
		}
		b.Rows = append(b.Rows, row)
	}
	return b, s.keepBulk(ctx, &b)
}

// said is a refusal in one sentence.
func said(ctx context.Context, err error) string {
	e := ui.ErrorsOf(ctx, err, nil)
	if len(e.Fields) > 0 {
		return e.Sentence(ctx)
	}
	if fault.KindOf(err) == fault.NotFound {
		return lang.T(ctx, "request.bulk-not-found")
	}
	return e.Form
}

// before reads who had a request; whether the actor may know is the verb's to decide.
func (s *Service) before(ctx context.Context, number int64) (r Request, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		r, err = byNumber(ctx, rd, number)
		return err
	})
	return r, err
}

func (s *Service) keepBulk(ctx context.Context, b *Bulk) error {
	if b.Person == 0 || len(b.Rows) == 0 {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		b.ID, b.At = tx.NewID(), tx.Now
		if err := forgetBulk(ctx, tx, tx.Now.Add(-bulkKept)); err != nil {
			return err
		}
		return insertBulk(ctx, tx, *b)
	})
}

// BulkByID is what the actor did; not found when somebody else did, or after a day.
func (s *Service) BulkByID(ctx context.Context, id int64) (b Bulk, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		b, err = bulkByID(ctx, rd, id)
		return err
	})
	if err == nil && b.Person != actor.From(ctx).Person {
		return Bulk{}, fault.ErrNotFound
	}
	return b, err
}

// Undo takes back, once and within a minute, what the actor did to many: each request to whom it was with, unless
// something has happened to it since. It says what came of each.
func (s *Service) Undo(ctx context.Context, id int64) (Bulk, error) {
	b, err := s.BulkByID(ctx, id)
	if err != nil {
		return b, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, "request_bulk", id); err != nil {
			return err
		}
		now, err := bulkByID(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case !undoable(b.Verb):
			return fault.New(fault.Conflict, "request.bulk-no-undo")
		case now.Undone:
			return fault.New(fault.Conflict, "request.bulk-undone")
		case tx.Now.Sub(b.At) > undoFor+undoHead:
			return fault.New(fault.Conflict, "request.bulk-too-late")
		}
		return markUndone(ctx, tx, id)
	})
	if err != nil {
		return b, err
	}
	var refs []string
	done := map[string]BulkRow{}
	for _, r := range b.Rows {
		if r.Events > 0 {
			refs, done[r.Ref] = append(refs, r.Ref), r
		}
	}
	return s.Many(ctx, VerbPutBack, refs, func(ctx context.Context, number int64) (Request, error) {
		return s.undoOne(ctx, number, done[Ref(number)])
	})
}

// undoOne gives one request back to whom it was with.
func (s *Service) undoOne(ctx context.Context, number int64, r BulkRow) (Request, error) {
	now, err := s.before(ctx, number)
	if err != nil {
		return now, err
	}
	if now.Events != r.Events {
		return now, fault.New(fault.Conflict, "request.bulk-moved-on")
	}
	if now.GoesAlong() {
		return s.Unmerge(ctx, number, When{})
	}
	if r.Was == 0 {
		return s.PutBack(ctx, number, When{})
	}
	p, err := s.Org.Person(ctx, r.Was)
	if err != nil {
		return now, fmt.Errorf("who had %s before: %w", r.Ref, err)
	}
	if now.Assignee == r.Was { // it was confirmed: that is no harm
		return now, nil
	}
	return s.Assign(ctx, number, p.No, When{})
}
