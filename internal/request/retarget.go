package request

import (
	"context"
	"fmt"
	"time"

	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// retarget is the payload of retargetJob: open requests of a service with numbers after one get the targets of a version.
type retarget struct {
	Service int64  `json:"service"`
	Version int    `json:"version"`
	Policy  string `json:"policy"`
	Past    int64  `json:"past,omitempty"`
}

const retargetJob = "request.retarget"

// standardSet lets a new standard hold for the open requests, too, when its unit says so.
func (s *Service) standardSet(ctx context.Context, tx *sqldb.Tx, e catalog.StandardWasSet) error {
	if e.Open == catalog.OpenKeep {
		return nil
	}
	return s.queue.Enqueue(ctx, tx, retargetJob, retarget{Service: e.Service, Version: e.Version, Policy: e.Open},
		job.Unique(fmt.Sprintf("%s:%d:%d", retargetJob, e.Service, e.Version)))
}

// retarget gives open requests the targets of a version of their service's standard, few at a time. It may run twice.
func (s *Service) retarget(ctx context.Context, p retarget) error {
	for {
		at := time.Now()
		n := 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			rows, err := openOfService(ctx, tx, p.Service, p.Past, refreshChunk)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := s.retargetOne(ctx, tx, r.id, p); err != nil {
					return err
				}
			}
			n = len(rows)
			if n > 0 {
				p.Past = rows[n-1].number
			}
			return nil
		})
		if err != nil || n < refreshChunk {
			return err
		}
		if err := job.Rest(ctx, time.Since(at)); err != nil {
			return err
		}
	}
}

// retargetOne writes the new targets into the log of a request that began with an older version, once.
func (s *Service) retargetOne(ctx context.Context, tx *sqldb.Tx, id ID, p retarget) error {
	if err := tx.Lock(ctx, "request", id); err != nil {
		return err
	}
	was, err := byID(ctx, tx, id)
	if err != nil || !was.State.Open() || was.ServiceVersion >= p.Version {
		return err
	}
	log, err := eventsOf(ctx, tx, id)
	if err != nil || len(log) >= maxEvents {
		return err
	}
	for _, e := range log {
		if e.Kind == VerbRetarget && e.Other >= int64(p.Version) {
			return nil
		}
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	service, ok := snap.ByID(p.Service)
	if !ok {
		return nil
	}
	version, ok := service.Numbered(p.Version)
	if !ok {
		return nil
	}
	book, err := s.Calendar.Book(ctx)
	if err != nil {
		return err
	}
	own, err := s.ownCalendar(ctx, book, p.Service)
	if err != nil {
		return err
	}
	states, err := clock.Replay(book, marks(log), tx.Now)
	if err != nil {
		return fmt.Errorf("replay %s: %w", was.Ref(), err)
	}
	at := later(tx.Now, was.LastAt)
	std, _, err := s.Catalog.Terms(ctx, service, version.Standard, was.Customer, was.OpenedAt)
	if err != nil {
		return err
	}
	m := reaim(states, std.For(was.Priority == Urgent), own, p.Policy, at)
	e := Event{Request: id, N: was.Events + 1, At: at, Kind: VerbRetarget, Side: HouseSide, Unit: was.Unit, Why: p.Policy, Other: int64(p.Version), DueFrom: was.Due,
		Terms: Terms{Response: m.Response, Completion: m.Completion, Next: m.Next, ResponseIn: m.ResponseIn, CompletionIn: m.CompletionIn}}
	r := was
	if err := r.happen(e); err != nil {
		return err
	}
	states, err = s.reclock(ctx, &r, append(log[:len(log):len(log)], e), at)
	if err != nil {
		return err
	}
	e.DueTo = r.Due
	if err := insertEvents(ctx, tx, e); err != nil {
		return err
	}
	if err := updateRequest(ctx, tx, r); err != nil {
		return err
	}
	if err := s.saveClocks(ctx, tx, r, states); err != nil {
		return err
	}
	if err := s.owe(ctx, tx, was, r, append(log, e)); err != nil {
		return err
	}
	if err := s.tally(ctx, tx, was, r, e); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, WasRetargeted{About: about(r, 0, at), Version: p.Version, Policy: p.Policy, From: e.DueFrom, To: e.DueTo})
}

// retargetText says in one sentence what a new standard made of an open request.
func (s *Service) retargetText(ctx context.Context, e Event) string {
	text := lang.T(ctx, "request.did.retarget", "version", e.Other, "from", lang.DateTime(ctx, e.DueFrom), "to", lang.DateTime(ctx, e.DueTo))
	if e.DueFrom.Equal(e.DueTo) {
		return lang.T(ctx, "request.did.retarget-same", "version", e.Other)
	}
	if !e.DueTo.After(e.At) && e.DueFrom.After(e.At) {
		text += lang.T(ctx, "request.did.due-late")
	}
	return text
}
