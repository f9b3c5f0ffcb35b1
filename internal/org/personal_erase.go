package org

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Leaver is what is noted about somebody who has left: since when, whether the data must be kept, what was erased.
type Leaver struct {
	Person  ID
	Left    time.Time // when it was noted; zero: not yet, or here
	Held    bool      // must be kept, whatever the rule says
	HeldWhy string
	HeldBy  ID
	HeldAt  time.Time
	Began   time.Time // erasing began; zero: it has not
	BeganBy ID        // 0: the company's rule
	Erased  time.Time
	Counts  map[string]int // rows that went, by the code of the kind
	step    string
}

// erasedMark begins the number of a person who was erased. No 工号 may begin so (noOK), so nobody can type one, no import
// and no directory brings one, and Ref of the person stays what it was to those who could not see the number.
const erasedMark = "~"

func erasedNo(id ID) string { return erasedMark + idText(id) }

// IsErased says whether the person was erased: the record is there so that counts and histories hold, and names nobody.
func (p Person) IsErased() bool { return p.Name == "" && strings.HasPrefix(p.No, erasedMark) }

// erasedName is what somebody who was erased is called.
var erasedName = lang.Text{Zh: "已删除的人员", En: "Erased person"}

// NameText is what somebody is called whose number and names a room has read by itself.
func NameText(no, name, nameEn string) lang.Text {
	if (Person{No: no, Name: name}).IsErased() {
		return erasedName
	}
	return lang.Text{Zh: name, En: nameEn}
}

const (
	eraseKind = "org.erase"
	// eraseChunk is how many rows one transaction takes away.
	eraseChunk = 500
	// retainChunk is how many people one transaction of the nightly round looks at.
	retainChunk = 200
)

type eraseJob struct {
	Person ID `json:"person"`
}

// eraseBy lets the room erase by jobs of the queue.
func (s *Service) eraseBy(q *job.Queue) {
	job.Handle(q, eraseKind, s.carryErasing, job.Timeout(time.Hour), job.Concurrency(1))
}

// Erase begins to take away what the house keeps about somebody who has left. typed is the 工号 once more, so that nobody is
// erased by a slip. There is no way back. Conflict when the person works here, is held, or is erased already.
func (s *Service) Erase(ctx context.Context, ref, typed string) error {
	p, err := s.erasable(ctx, ref)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		l, p, err := lockLeaver(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if clean(typed) != p.No {
			var f fault.Fields
			f.Add("employee_no", "org.personal-wrong-no")
			return f.Err()
		}
		switch {
		case p.Active:
			return fault.New(fault.Conflict, "org.personal-here", "name", p.Plain(ctx))
		case l.Held:
			return fault.New(fault.Conflict, "org.personal-is-held", "why", l.HeldWhy)
		case !l.Began.IsZero():
			return nil
		}
		return s.beginErasing(ctx, tx, l, actor.From(ctx).Person)
	})
}

// erasable finds the person for the security officer; to others nobody is there.
func (s *Service) erasable(ctx context.Context, ref string) (Person, error) {
	p, err := s.ByRef(ctx, ref)
	if err != nil {
		return Person{}, err
	}
	if a := actor.From(ctx); !a.System && !a.Has("security") || a.Person == p.ID && p.ID != 0 {
		return Person{}, fault.ErrNotFound
	}
	return p, nil
}

// lockLeaver locks the person and reads the note; it is empty when there is none. Conflict for somebody who was erased.
func lockLeaver(ctx context.Context, tx *sqldb.Tx, id ID) (Leaver, Person, error) {
	if err := tx.Lock(ctx, "org_person", id); err != nil {
		return Leaver{}, Person{}, err
	}
	p, err := personByID(ctx, tx, id)
	if err != nil {
		return Leaver{}, p, err
	}
	l, err := leaverOf(ctx, tx, id)
	if errors.Is(err, fault.ErrNotFound) {
		l, err = Leaver{Person: id}, nil
	}
	if err == nil && !l.Erased.IsZero() {
		err = fault.New(fault.Conflict, "org.personal-erased-already")
	}
	return l, p, err
}

func (s *Service) beginErasing(ctx context.Context, tx *sqldb.Tx, l Leaver, by ID) error {
	l.Began, l.BeganBy, l.step = tx.Now, by, ""
	if l.Left.IsZero() {
		l.Left = tx.Now
	}
	if err := saveLeaver(ctx, tx, l); err != nil {
		return err
	}
	return s.jobs.Enqueue(ctx, tx, eraseKind, eraseJob{l.Person}, job.Unique(idText(l.Person)))
}

// carryErasing erases chunk by chunk. How far it came is written with the chunk: whoever was killed goes on behind it.
func (s *Service) carryErasing(ctx context.Context, j eraseJob) error {
	for {
		began := time.Now()
		more, err := s.eraseStretch(ctx, j.Person)
		if err != nil || !more {
			return err
		}
		if err := job.Rest(ctx, time.Since(began)); err != nil {
			return err
		}
	}
}

// eraseStretch is one transaction of it; more says that there is another one. Somebody who came back meanwhile stays.
func (s *Service) eraseStretch(ctx context.Context, id ID) (more bool, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		more = false
		l, p, err := lockLeaver(ctx, tx, id)
		if err != nil || l.Began.IsZero() {
			return overAndDone(err)
		}
		if p.Active {
			l.Began, l.BeganBy, l.step = time.Time{}, 0, ""
			return saveLeaver(ctx, tx, l)
		}
		if more, err = s.wipeSome(ctx, tx, &l); err != nil {
			return err
		}
		if more {
			return saveLeaver(ctx, tx, l)
		}
		return s.bury(ctx, tx, l, p)
	})
	return more, err
}

// overAndDone is nil for what is done already.
func overAndDone(err error) error {
	if fault.KindOf(err) == fault.Conflict && err != nil {
		return nil
	}
	return err
}

// wipeSome runs the statements from the one the note stands at, over no more than a chunk of rows. more: there are others.
func (s *Service) wipeSome(ctx context.Context, tx *sqldb.Tx, l *Leaver) (more bool, err error) {
	if l.Counts == nil {
		l.Counts = map[string]int{}
	}
	done, at := 0, l.step == ""
	for _, d := range s.personal {
		for i, text := range d.Wipe {
			step := d.Code + "/" + strconv.Itoa(i)
			if at = at || step == l.step; !at {
				continue
			}
			l.step = step
			n, err := wipe(ctx, tx, text, l.Person, eraseChunk-done)
			if err != nil {
				return false, err
			}
			if n > 0 {
				l.Counts[d.Code] += n
			}
			if done += n; done >= eraseChunk {
				return true, nil
			}
		}
	}
	if !at { // the statement it stood at is no more: everything bears to be run again
		l.step = ""
		return true, nil
	}
	return false, nil
}

// bury ends it: the record names nobody from now on, and everybody hears of it.
func (s *Service) bury(ctx context.Context, tx *sqldb.Tx, l Leaver, p Person) error {
	if err := bury(ctx, tx, p); err != nil {
		return err
	}
	l.step, l.Erased = "", tx.Now
	l.Counts["org.person"] = 1
	if err := saveLeaver(ctx, tx, l); err != nil {
		return err
	}
	company := s.Company(ctx)
	ctx = actor.With(ctx, actor.Actor{System: true, Person: l.BeganBy, Locale: company.Locale, Zone: company.Zone})
	return s.events.Emit(ctx, tx, PersonWasErased{Person: p.ID, ByRule: l.BeganBy == 0, Counts: l.Counts})
}

// HoldInput says whether somebody's data must be kept, and why.
type HoldInput struct {
	Held bool   `json:"held" form:"held" doc:"Keep the data although it is due"`
	Why  string `json:"reason,omitempty" form:"reason" doc:"Needed to hold" example:"2027 年度仲裁，法务要求保留"`
}

// Hold keeps somebody's data from being erased, for a reason, or lets it go again. Conflict while it is being erased.
func (s *Service) Hold(ctx context.Context, ref string, in HoldInput) error {
	p, err := s.erasable(ctx, ref)
	if err != nil {
		return err
	}
	in.Why = clean(in.Why)
	var f fault.Fields
	if in.Held && in.Why == "" {
		f.Add("reason", "org.personal-why")
	}
	for _, x := range checkText("reason", in.Why, 500) {
		f.Add(x.field, x.key, x.args...)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		l, _, err := lockLeaver(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if !l.Began.IsZero() {
			return fault.New(fault.Conflict, "org.personal-under-way")
		}
		if l.Held == in.Held && (!in.Held || l.HeldWhy == in.Why) {
			return nil
		}
		l.Held, l.HeldWhy, l.HeldBy, l.HeldAt = in.Held, in.Why, actor.From(ctx).Person, tx.Now
		if !in.Held {
			l.HeldWhy, l.HeldBy, l.HeldAt = "", 0, time.Time{}
		}
		if err := saveLeaver(ctx, tx, l); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, PersonWasHeld{Person: p.ID, Held: in.Held, Why: in.Why})
	})
}

// notBuried refuses to change somebody whose data is going or gone: who was erased does not come back, who is hired again
// is a new person.
func notBuried(ctx context.Context, rd sqldb.Reader, id ID) error {
	l, err := leaverOf(ctx, rd, id)
	switch {
	case errors.Is(err, fault.ErrNotFound):
		return nil
	case err == nil && !l.Erased.IsZero():
		return fault.New(fault.Conflict, "org.personal-erased-already")
	case err == nil && !l.Began.IsZero():
		return fault.New(fault.Conflict, "org.personal-under-way")
	}
	return err
}
