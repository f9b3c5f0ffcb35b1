package request

import (
	"context"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
)

// SealBy gives the box that seals when a form was opened: without it nothing is measured.
func (s *Service) SealBy(box *secret.Box) { s.seals = box }

const raisePurpose = "request.raise"

// sealed is the stint as the form carries it.
func (s *Service) sealed(ctx context.Context, service ID, x stint) string {
	if s.seals == nil {
		return ""
	}
	return s.seals.Seal(raisePurpose, x.text(actor.From(ctx).Person, service))
}

// unsealed reads what the form carries; false: nothing, or what the house did not write for this person and service.
func (s *Service) unsealed(ctx context.Context, service ID, text string) (stint, bool) {
	if s.seals == nil || text == "" {
		return stint{}, false
	}
	open, err := s.seals.Open(raisePurpose, text)
	if err != nil {
		return stint{}, false
	}
	x, err := stintOf(open, actor.From(ctx).Person, service, s.db.Now())
	return x, err == nil
}

// opens is what a form carries that is shown now: going on with what the draft says, if there is one.
func (s *Service) opens(ctx context.Context, service ID, draft string) string {
	now := s.db.Now()
	if x, ok := s.unsealed(ctx, service, draft); ok {
		return s.sealed(ctx, service, x.seen(now))
	}
	return s.sealed(ctx, service, begunAt(now))
}

// onward is the work on a form that came in, with what its draft says of it; false: it cannot be measured.
func (s *Service) onward(ctx context.Context, service ID, page, draft string) (stint, bool) {
	x, ok := s.unsealed(ctx, service, page)
	if !ok {
		return stint{}, false
	}
	if d, drafted := s.unsealed(ctx, service, draft); drafted {
		x = x.joined(d)
	}
	return x.seen(s.db.Now()), true
}

// raising is the work on the form that is filed now.
func (s *Service) raising(ctx context.Context, service ID, page, draft string) (*stint, error) {
	x, ok := s.unsealed(ctx, service, page)
	if !ok {
		return nil, nil
	}
	if d, drafted := s.unsealed(ctx, service, draft); drafted {
		x = x.joined(d)
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		filed, err := filedAfter(ctx, rd, actor.From(ctx).Person, x.from)
		if err == nil && !filed.IsZero() {
			x = x.after(filed)
		}
		return err
	})
	x = x.seen(s.db.Now())
	return &x, err
}

// Worked says how long the form of an ask took and whether it was left: for the demo company and for tests, no door says it.
func (a Ask) Worked(took time.Duration, left bool) Ask {
	a.raised = &stint{took: took, left: left}
	return a
}

// Raised is how many requests for a service were raised in one way, and how long their forms took.
type Raised struct {
	Service, Provider ID
	Way               string // one of Ways
	Took              int    // seconds, coarser the longer; -1: not measured; -2: the form was left
	N                 int
}

// What Raised.Took says beside seconds.
const (
	NotMeasured = -1
	FormLeft    = -2
)

// RaisedBetween counts requests filed in [from, until) by service, way and how long the form took. It reads every request of that
// time: for what is counted once a night.
func RaisedBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]Raised, error) {
	return raisedBetween(ctx, rd, from, until)
}

// Asking is what a month says of a service's form and steps.
type Asking struct {
	Service  ID
	N        int // requests made by people
	Nudged   int // of them: urged at least once
	Done     int // of them: accepted
	Returned int // of those: sent back at least once
}

// AskedBetween sums up the requests filed by people in [from, until), by service.
func AskedBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time) ([]Asking, error) {
	return askedBetween(ctx, rd, from, until)
}

// AnswersBetween gives the answers of every request that people filed in [from, until), by service, as they are kept.
func AnswersBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time, fn func(service ID, fields string) error) error {
	return answersBetween(ctx, rd, from, until, fn)
}

// Asker is one person who filed requests for a service.
type Asker struct{ Service, Provider, Person ID }

// AskersBetween gives who filed something by hand in [from, until), each once for a service: to be counted, and forgotten.
func AskersBetween(ctx context.Context, rd sqldb.Reader, from, until time.Time, fn func(Asker)) error {
	return askersBetween(ctx, rd, from, until, fn)
}
