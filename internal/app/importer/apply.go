package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

// Stage reads and judges a file for the page: its rows stay until they are applied or a day has passed.
func (im *Importer) Stage(ctx context.Context, kind string, src io.Reader, name string, mapping []byte) (Run, error) {
	k, err := im.Kind(kind)
	if err != nil {
		return Run{}, err
	}
	file, closeFile, err := seekable(src)
	if err != nil {
		return Run{}, err
	}
	defer closeFile()
	file.Name, file.Mapping = name, mapping
	c := &check{im: im, kind: k, keep: true, problemsKept: maxProblems}
	err = c.run(asImport(ctx), file, false)
	return c.r, err
}

// Apply begins taking in a staged run and returns at once; a job does the work and the run tells how far it is. With
// wrong rows skipBad must be set. only are the keys of the rows to take, where rows are taken one by one; nil: all.
func (im *Importer) Apply(ctx context.Context, run int64, skipBad bool, only []string) error {
	return im.begin(ctx, run, skipBad, only, im.db.Now())
}

// begin moves a run to applying, together with the job that goes on with it at a time.
func (im *Importer) begin(ctx context.Context, run int64, skipBad bool, only []string, at time.Time) error {
	return im.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		r, err := lockRun(ctx, tx, run)
		if err != nil {
			return err
		}
		switch {
		case r.State == stateApplying || r.State == stateDone:
			return nil
		case r.State == stateRejected && !skipBad:
			return fault.New(fault.Conflict, "importer.has-errors", "count", r.Bad)
		case r.State != stateChecked && r.State != stateRejected:
			return fault.Wrap(fault.Conflict, errNotReady, "importer.not-ready")
		}
		if only != nil {
			k, err := im.Kind(r.Kind)
			if err == nil {
				err = im.choose(ctx, tx, k, &r, only)
			}
			if err != nil {
				return err
			}
		}
		r.State, r.SkipBad = stateApplying, skipBad
		if err := updateRun(ctx, tx, r); err != nil {
			return err
		}
		return im.jobs.Enqueue(ctx, tx, "import.apply", applyJob{run}, job.At(at), job.Unique("import:"+strconv.FormatInt(run, 10)))
	})
}

func lockRun(ctx context.Context, tx *sqldb.Tx, run int64) (Run, error) {
	if err := tx.Lock(ctx, "import_run", run); err != nil {
		return Run{}, err
	}
	return runByID(ctx, tx, run)
}

// maxCollisions is how often a run looks again after somebody made one of its records first.
const maxCollisions = 5

// apply takes in chunk after chunk until none is left. Two of them may work on one run: the cursor is read and moved in
// the transaction that applies the chunk.
func (im *Importer) apply(ctx context.Context, run int64, progress func(done, total int)) (Run, error) {
	r, err := im.Run(ctx, run)
	if err != nil {
		return r, err
	}
	if actor.From(ctx).Person != r.Person {
		ctx = actor.With(ctx, actor.Actor{Person: r.Person, System: r.Person == 0, Import: true, Locale: "zh", Zone: "Asia/Shanghai"})
	}
	ctx = asImport(ctx)
	collisions := 0
	for r.State == stateApplying {
		next, err := im.chunk(ctx, run)
		if sqldb.IsUnique(err) && collisions < maxCollisions { // another import made the same record meanwhile: look again
			collisions++
			continue
		}
		if err != nil {
			return im.stumble(ctx, run, err)
		}
		r = next
		if progress != nil {
			progress(r.Done, r.Good)
		}
	}
	if r.State == stateDone {
		return r, im.drop(ctx, run)
	}
	return r, nil
}

// chunk applies the rows after the cursor, or finishes the run when there are none.
func (im *Importer) chunk(ctx context.Context, run int64) (Run, error) {
	var r Run
	err := im.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var err error
		if r, err = lockRun(ctx, tx, run); err != nil || r.State != stateApplying {
			return err
		}
		k, err := im.Kind(r.Kind)
		if err != nil {
			return err
		}
		staged, err := goodRows(ctx, tx, run, r.atRank, r.atN, cmp.Or(k.Chunk, ChunkRows))
		if err != nil {
			return err
		}
		if len(staged) == 0 {
			return im.finishRun(ctx, tx, k, &r)
		}
		part := make([]Row, len(staged))
		for i, s := range staged {
			part[i] = s.Row
		}
		count, err := im.noting(ctx, tx, k, r, part)
		if err != nil {
			return fmt.Errorf("apply lines %d to %d: %w", part[0].Line, part[len(part)-1].Line, err)
		}
		last := staged[len(staged)-1]
		r.atRank, r.atN, r.Done = last.place, last.n, r.Done+len(staged)
		r.Applied.Add(count)
		return updateRun(ctx, tx, r)
	})
	return r, err
}

func (im *Importer) finishRun(ctx context.Context, tx *sqldb.Tx, k Kind, r *Run) error {
	if k.Finish != nil {
		if err := k.Finish(ctx, tx); err != nil {
			return fmt.Errorf("finish: %w", err)
		}
	}
	r.State, r.Ended = stateDone, tx.Now
	if err := updateRun(ctx, tx, *r); err != nil {
		return err
	}
	return im.ended(ctx, tx, *r)
}

// ended says that a run is over.
func (im *Importer) ended(ctx context.Context, tx *sqldb.Tx, r Run) error {
	return im.announce(ctx, tx, HasEnded{Run: r.ID, Kind: r.Kind, Person: r.Person, Failed: r.State == stateFailed, Count: r.Applied})
}

// stumble ends a run that an expected error stops (the database is no longer what it was when the file was judged); any
// other error leaves it to be gone on with.
func (im *Importer) stumble(ctx context.Context, run int64, cause error) (Run, error) {
	f, expected := fault.As(cause)
	if !expected || f.Kind == fault.Unavailable || f.Kind == fault.Internal {
		return Run{}, cause
	}
	var r Run
	err := im.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var err error
		if r, err = lockRun(ctx, tx, run); err != nil {
			return err
		}
		r.State, r.Ended = stateFailed, tx.Now
		p := Problem{Key: f.Key, Args: f.Args}
		if len(f.Fields) > 0 {
			p = Problem{Column: f.Fields[0].Name, Key: f.Fields[0].Key, Args: f.Fields[0].Args}
		}
		r.Failure = &p
		if err := updateRun(ctx, tx, r); err != nil {
			return err
		}
		return im.ended(ctx, tx, r)
	})
	if err != nil {
		return r, errors.Join(cause, err)
	}
	return r, nil
}

// drop takes a run's staged rows away in slices.
func (im *Importer) drop(ctx context.Context, run int64) error {
	for {
		var n int64
		err := im.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			var err error
			n, err = deleteRows(ctx, tx, run, ChunkRows)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// tidy takes away the staged rows of files that nobody applied within a day.
func (im *Importer) tidy(ctx context.Context) error {
	var stale []int64
	err := im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		stale, err = staleRuns(ctx, rd, rd.Instant().Add(-24*time.Hour))
		return err
	})
	if err != nil {
		return err
	}
	for _, run := range stale {
		if err := im.drop(ctx, run); err != nil {
			return err
		}
	}
	for n := int64(1); n > 0; {
		err := im.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = forgetUndo(ctx, tx, tx.Now.Add(-UndoFor), ChunkRows)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
