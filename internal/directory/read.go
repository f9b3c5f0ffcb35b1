package directory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// source is a directory that is read page by page. Clients of the chat suites are one.
type source interface {
	Departments(ctx context.Context) (list []chat.Department, whole bool, err error)
	Members(ctx context.Context, department, page string) (list []chat.User, next string, err error)
}

// sourceOf is the directory of a connection.
func (s *Service) sourceOf(ctx context.Context, c Connection) (source, func(), error) {
	if c.Kind == KindLDAP {
		return s.ldapSource(ctx, c)
	}
	client, err := s.chatOf(c)
	return client, func() {}, err
}

// read brings a directory into staging: departments first, then the members of each, page by page. The cursor moves in
// the transaction that keeps a page, so that nothing is read twice after a crash but the page under way.
func (s *Service) read(ctx context.Context, r Run) error {
	c, err := s.Connection(ctx, r.Connection)
	if err != nil {
		return err
	}
	from, end, err := s.sourceOf(ctx, c)
	if err != nil {
		return s.stumble(ctx, r, err)
	}
	defer end()
	for r.State == Reading {
		if r.atN < 0 {
			r, err = s.readDepartments(ctx, c, r, from)
		} else {
			r, err = s.readPage(ctx, c, r, from)
		}
		if err != nil {
			return s.stumble(ctx, r, err)
		}
	}
	return nil
}

// moved says that a run is no longer where a reader thought: somebody else goes on with it, or it was dropped.
func moved(r, before Run) bool {
	return r.State != Reading || r.atN != before.atN || r.page != before.page
}

func (s *Service) readDepartments(ctx context.Context, c Connection, r Run, from source) (Run, error) {
	list, whole, err := from.Departments(ctx)
	if err != nil {
		return r, err
	}
	list = each(list)
	next := r
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if next, err = lockRun(ctx, tx, r.ID); err != nil || moved(next, r) {
			return err
		}
		if err := deleteDepartments(ctx, tx, r.ID); err != nil {
			return err
		}
		for n := 0; n < len(list); n += 500 {
			if err := insertDepartments(ctx, tx, r.ID, n, list[n:min(n+500, len(list))]); err != nil {
				return err
			}
		}
		next.Whole, next.Departments, next.atN, next.tries = whole, len(list), 0, 0
		key := "directory.log-departments"
		if !whole {
			key = "directory.log-departments-part"
		}
		if err := note(ctx, tx, r.ID, why(key, "count", len(list))); err != nil {
			return err
		}
		return s.count(ctx, tx, c, &next, departmentCalls(c.Kind, len(list)))
	})
	return next, err
}

// each is every department once, those without an id left out.
func each(list []chat.Department) []chat.Department {
	seen := map[string]bool{"": true}
	return slices.DeleteFunc(slices.Clone(list), func(d chat.Department) bool {
		again := seen[d.ID]
		seen[d.ID] = true
		return again
	})
}

// count notes what was asked of the platform, and moves the run.
func (s *Service) count(ctx context.Context, tx *sqldb.Tx, c Connection, r *Run, calls int) error {
	r.Calls += calls
	if err := addCalls(ctx, tx, c.ID, tx.Now.In(s.org.Company(ctx).Location()).Format("2006-01"), calls); err != nil {
		return err
	}
	return updateRun(ctx, tx, *r)
}

// departmentCalls is about how many calls listing departments takes.
func departmentCalls(kind string, departments int) int {
	switch kind {
	case KindDingTalk: // one level a call
		return departments + 1
	case KindFeishu:
		return departments/50 + 2
	}
	return 1
}

func (s *Service) readPage(ctx context.Context, c Connection, r Run, from source) (Run, error) {
	department := "" // after the last: people outside of any
	if r.atN < r.Departments {
		err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			department, err = departmentAt(ctx, rd, r.ID, r.atN)
			return err
		})
		if err != nil {
			return r, err
		}
	}
	list, page, err := from.Members(ctx, department, r.page)
	if err != nil {
		return r, err
	}
	next := r
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if next, err = lockRun(ctx, tx, r.ID); err != nil || moved(next, r) {
			return err
		}
		fresh, err := stage(ctx, tx, c, r.ID, department, list)
		if err != nil {
			return err
		}
		next.Users += fresh
		next.page, next.tries = page, 0
		if page == "" {
			next.atN++
		}
		if next.atN > r.Departments {
			next.State, next.Read, next.atN = Planning, tx.Now, -1
			if err := note(ctx, tx, r.ID, why("directory.log-read", "count", next.Users)); err != nil {
				return err
			}
		}
		return s.count(ctx, tx, c, &next, 1)
	})
	return next, err
}

// stage keeps a page of members. Who was seen in another department before belongs to both. It says how many are new.
func stage(ctx context.Context, tx *sqldb.Tx, c Connection, run ID, department string, list []chat.User) (int, error) {
	list = slices.DeleteFunc(slices.Clone(list), func(u chat.User) bool { return subjectKey(u.ID) == "" })
	if len(list) == 0 {
		return 0, nil
	}
	keys := make([]string, len(list))
	for i, u := range list {
		keys[i] = subjectKey(u.ID)
	}
	known, err := usersByKey(ctx, tx, run, keys)
	if err != nil {
		return 0, err
	}
	fresh := 0
	at := map[string]int{}
	var staged []stagedUser
	for _, u := range list {
		key := subjectKey(u.ID)
		old, seen := known[key]
		u.Departments = together(u.Departments, old.Departments)
		if department != "" {
			u.Departments = together(u.Departments, []string{department})
		}
		if !seen {
			fresh++
		}
		known[key] = u
		one := stagedUser{u, c.Rules.numberOf(u)}
		if i, twice := at[key]; twice {
			staged[i] = one
			continue
		}
		at[key] = len(staged)
		staged = append(staged, one)
	}
	if err := putUsers(ctx, tx, run, staged); err != nil {
		return 0, err
	}
	return fresh, putLeads(ctx, tx, run, list)
}

// together is a list with what another adds to it.
func together(a, b []string) []string {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// maxTries is how often a page is asked for before a run gives up.
const maxTries = 8

// stumble decides what an error of the outside world means: again later, or the end of the run. An error of the house
// itself is for the job to try again.
func (s *Service) stumble(ctx context.Context, r Run, cause error) error {
	reason, outside := inWords(cause)
	if !outside {
		return cause
	}
	var e *chat.Error
	if !errors.As(cause, &e) || !e.Again() || r.tries+1 >= maxTries {
		if err := s.fail(ctx, r.ID, reason); err != nil {
			return err
		}
		return nil
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		next, err := lockRun(ctx, tx, r.ID)
		if err != nil || moved(next, r) {
			return err
		}
		next.tries++
		pause := max(e.After, time.Duration(next.tries*next.tries)*15*time.Second)
		if err := updateRun(ctx, tx, next); err != nil {
			return err
		}
		reason.Key += "-again"
		reason.Args["seconds"] = int(pause.Seconds())
		if err := note(ctx, tx, r.ID, reason); err != nil {
			return err
		}
		return s.goOn(ctx, tx, r.ID, tx.Now.Add(pause))
	})
	return cmp.Or(err, errLater)
}

// errLater says that a run waits for its job.
var errLater = errors.New("directory: asked again later")

// inWords says what an error of a platform or of settings means to an administrator; outside is false for an error of the
// house itself.
func inWords(err error) (w *Why, outside bool) {
	var e *chat.Error
	if errors.As(err, &e) {
		return platformWords(e), true
	}
	if f, ok := fault.As(err); ok && f.Kind != fault.Unavailable && f.Kind != fault.Internal {
		return &Why{Key: f.Key, Args: f.Args}, true
	}
	var l *ldapError
	if errors.As(err, &l) {
		return why(l.key, "text", l.text), true
	}
	return nil, false
}
