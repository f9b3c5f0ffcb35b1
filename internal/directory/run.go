package directory

import (
	"context"
	"errors"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// States of a run.
const (
	Reading  = "reading"
	Planning = "planning"
	Planned  = "planned"
	Applying = "applying"
	Done     = "done"
	Failed   = "failed"
	Dropped  = "dropped"
)

// Run is one sync of a connection's directory, running or past.
type Run struct {
	ID          ID
	Connection  ID
	Cause       string // hand, schedule, callback, command
	Person      org.ID // who began it; 0: the house
	State       string
	Whole       bool // the directory was seen as a whole
	Departments int
	Users       int // accounts read
	Calls       int // asked of the platform
	Planned     Counts
	Applied     Counts
	Total       int // items to apply
	Done        int
	Linked      int  // accounts that are somebody here
	Leaving     int  // people whom it would stop
	Asks        int  // departments that nobody has placed yet
	Guarded     bool // nobody is stopped until somebody has typed how many
	Stop        bool // people are stopped when it is applied
	Failure     *Why
	Began       time.Time
	Read        time.Time
	Ended       time.Time

	tries int
	atN   int
	page  string
}

// Why is a reason: a message and its values.
type Why struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

func why(key string, args ...any) *Why {
	w := &Why{Key: key, Args: map[string]any{}}
	for i := 0; i+1 < len(args); i += 2 {
		w.Args[args[i].(string)] = args[i+1]
	}
	return w
}

// Counts are what a run would do or did.
type Counts struct {
	UnitsNew      int `json:"units_new"`
	UnitsChanged  int `json:"units_changed"`
	UnitsClosed   int `json:"units_closed"`
	PeopleNew     int `json:"people_new"`
	PeopleChanged int `json:"people_changed"`
	PeopleStopped int `json:"people_stopped"`
	Linked        int `json:"linked" doc:"Accounts that are somebody from now on, those of new people included"`
	Conflicts     int `json:"conflicts"`
	Waiting       int `json:"waiting" doc:"People whose department has no place yet"`
	Kept          int `json:"kept" doc:"What stays although the directory says otherwise"`
	Unchanged     int `json:"unchanged"`
	Failed        int `json:"failed"`
}

// Changes is how many things there are to do.
func (c Counts) Changes() int {
	return c.UnitsNew + c.UnitsChanged + c.UnitsClosed + c.PeopleNew + c.PeopleChanged + c.PeopleStopped + c.Linked
}

// Answer is what a test of a connection came to: a message and its values.
type Answer struct {
	OK   bool           `json:"ok"`
	Key  string         `json:"key,omitempty"`
	Args map[string]any `json:"args,omitempty"`
}

// runJob goes on with a run from wherever it is.
type runJob struct {
	Run ID `json:"run"`
}

// Begin begins a sync of a connection's directory; a job reads it. Of several at once one begins, the others are a
// Conflict. A run that was read before and not applied is dropped: the new one knows better.
func (s *Service) Begin(ctx context.Context, connection ID, cause string) (Run, error) {
	var r Run
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		r, err = s.begin(ctx, tx, connection, cause, tx.Now)
		return err
	})
	return r, err
}

func (s *Service) begin(ctx context.Context, tx *sqldb.Tx, connection ID, cause string, at time.Time) (Run, error) {
	c, err := lockConnection(ctx, tx, connection)
	if err != nil {
		return Run{}, err
	}
	if !c.Active() || !c.Sync {
		return Run{}, fault.New(fault.Conflict, "directory.no-sync")
	}
	open, err := openRuns(ctx, tx, connection)
	if err != nil {
		return Run{}, err
	}
	for _, o := range open {
		if o.State != Planned {
			return Run{}, fault.New(fault.Conflict, "directory.run-busy")
		}
		o.State, o.Ended = Dropped, tx.Now
		if err := updateRun(ctx, tx, o); err != nil {
			return Run{}, err
		}
	}
	r := Run{ID: tx.NewID(), Connection: connection, Cause: cause, Person: actor.From(ctx).Person, State: Reading, Stop: true, Began: tx.Now, atN: -1}
	if err := insertRun(ctx, tx, r); err != nil {
		return r, err
	}
	if err := note(ctx, tx, r.ID, why("directory.log-began-"+cause)); err != nil {
		return r, err
	}
	c.Due, c.Next = time.Time{}, nextRun(c, tx.Now, s.org.Company(ctx).Location())
	if err := setDue(ctx, tx, c); err != nil {
		return r, err
	}
	if err := setNext(ctx, tx, c); err != nil {
		return r, err
	}
	return r, s.goOn(ctx, tx, r.ID, at)
}

// goOn lets a job continue with a run.
func (s *Service) goOn(ctx context.Context, tx *sqldb.Tx, run ID, at time.Time) error {
	return s.jobs.Enqueue(ctx, tx, "directory.run", runJob{run}, job.At(at), job.Unique("run:"+strconv.FormatInt(run, 10)))
}

// Run is one run; fault.ErrNotFound when there is none.
func (s *Service) Run(ctx context.Context, id ID) (Run, error) {
	var r Run
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		r, err = runByID(ctx, rd, id)
		return err
	})
	return r, err
}

// Work goes on with a run until it waits for somebody or has ended.
func (s *Service) Work(ctx context.Context, run ID) (Run, error) {
	for {
		r, err := s.Run(ctx, run)
		if err != nil {
			return r, err
		}
		switch r.State {
		case Reading:
			err = s.read(ctx, r)
		case Planning:
			err = s.plan(ctx, r)
		case Applying:
			err = s.apply(ctx, r)
		default:
			return r, s.clear(ctx, r)
		}
		if errors.Is(err, errDropped) || errors.Is(err, errLater) { // somebody else goes on with it, or a job does later
			return r, nil
		}
		if err != nil {
			return r, err
		}
	}
}

// Apply begins to take in what a run has planned. stop says whether people are stopped; when the run is guarded, confirm
// must be how many they are.
func (s *Service) Apply(ctx context.Context, run ID, stop bool, confirm int) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := lockRun(ctx, tx, run)
		if err != nil {
			return err
		}
		switch {
		case r.State == Applying || r.State == Done:
			return nil
		case r.State != Planned:
			return fault.New(fault.Conflict, "directory.run-not-ready")
		case r.Asks > 0:
			return fault.New(fault.Conflict, "directory.run-asks", "count", r.Asks)
		case stop && r.Guarded && confirm != r.Leaving:
			var f fault.Fields
			f.Add("confirm", "directory.confirm-number", "count", r.Leaving)
			return f.Err()
		}
		return s.beginApply(ctx, tx, r, stop)
	})
}

func (s *Service) beginApply(ctx context.Context, tx *sqldb.Tx, r Run, stop bool) error {
	r.State, r.Stop, r.atN, r.tries = Applying, stop, -1, 0
	if who := actor.From(ctx).Person; who != 0 {
		r.Person = who
	}
	if err := updateRun(ctx, tx, r); err != nil {
		return err
	}
	key := "directory.log-applies"
	if !stop && r.Leaving > 0 {
		key = "directory.log-applies-without"
	}
	if err := note(ctx, tx, r.ID, why(key, "count", r.Total, "leaving", r.Leaving)); err != nil {
		return err
	}
	return s.goOn(ctx, tx, r.ID, tx.Now)
}

// Drop ends a run that is planned or still reading, with nothing taken in.
func (s *Service) Drop(ctx context.Context, run ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := lockRun(ctx, tx, run)
		if err != nil {
			return err
		}
		switch r.State {
		case Reading, Planning, Planned:
			r.State, r.Ended = Dropped, tx.Now
			if err := updateRun(ctx, tx, r); err != nil {
				return err
			}
			return s.goOn(ctx, tx, r.ID, tx.Now) // takes the staging away
		case Dropped:
			return nil
		}
		return fault.New(fault.Conflict, "directory.run-not-ready")
	})
}

func lockRun(ctx context.Context, tx *sqldb.Tx, run ID) (Run, error) {
	if err := tx.Lock(ctx, "directory_run", run); err != nil {
		return Run{}, err
	}
	return runByID(ctx, tx, run)
}

// note writes a line of a run's log.
func note(ctx context.Context, tx *sqldb.Tx, run ID, w *Why) error {
	return insertLog(ctx, tx, run, w)
}

// fail ends a run with a reason.
func (s *Service) fail(ctx context.Context, run ID, w *Why) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := lockRun(ctx, tx, run)
		if err != nil || r.State == Done || r.State == Dropped || r.State == Failed {
			return err
		}
		r.State, r.Ended, r.Failure = Failed, tx.Now, w
		if err := updateRun(ctx, tx, r); err != nil {
			return err
		}
		return note(ctx, tx, run, w)
	})
}

// clear takes the staging of a run away that is over.
func (s *Service) clear(ctx context.Context, r Run) error {
	if r.State == Planned {
		return nil
	}
	for {
		var n int64
		err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = deleteStaged(ctx, tx, r.ID, 500)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
