package importer

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

// Undo lets runs of a kind be taken back. Former values go back by the kind's own Check and Apply.
type Undo struct {
	// Look gives records by key under the columns of the kind, as a file would write them. Who does not exist, or has
	// ended, is not in the map.
	Look func(ctx context.Context, rd sqldb.Reader, keys []string) (map[string]map[string]string, error)
	// Used says why a record that a run made is to stay; nil when nothing stands in the way. going are records that are
	// taken back with it, or before it, and do not count.
	Used func(ctx context.Context, rd sqldb.Reader, key string, going map[string]bool) (*Problem, error)
	// Remove ends a record that a run made and nobody has used. History stays.
	Remove func(ctx context.Context, tx *sqldb.Tx, key string) error
	// Erased says that a value names somebody whose data was erased since: it reads otherwise, and nobody changed it. Optional.
	Erased func(value string) bool
}

// UndoFor is how long after its end a run can be taken back.
const UndoFor = 30 * 24 * time.Hour

// foreseenMost is about how many records are foreseen: of a large run the last written, for the page is waited for.
const foreseenMost = 2000

// undoChunk is how many records one transaction takes back.
const undoChunk = 100

// The states of what a run wrote.
const (
	undone = "undone"
	partly = "partly" // some columns were changed since and stay
	kept   = "kept"
)

// undoRow is what a run wrote of one record.
type undoRow struct {
	N           int
	Key, Label  string
	Made        bool
	Was, Became map[string]string
	State       string
	Why         *Problem
	restore     map[string]string // columns that still are as the run left them, with their former values
}

// Back is how far taking a run back is.
type Back struct {
	Run          int64
	Person       int64
	State        string // undoing, undone
	Undone, Kept int
	Began, Ended time.Time
	at           int
}

// keyColumn is the column that tells records apart.
func (k Kind) keyColumn() string {
	i := slices.IndexFunc(k.Columns, func(c Column) bool { return c.Key })
	if i < 0 {
		return ""
	}
	return k.Columns[i].Name
}

// noting applies a chunk and notes what it wrote, in the same transaction.
func (im *Importer) noting(ctx context.Context, tx *sqldb.Tx, k Kind, r Run, rows []Row) (Count, error) {
	if k.Undo == nil {
		return k.Apply(ctx, tx, rows)
	}
	column := k.keyColumn()
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = row.Get(column)
	}
	before, err := k.Undo.Look(ctx, tx, keys)
	if err != nil {
		return Count{}, err
	}
	count, err := k.Apply(ctx, tx, rows)
	if err != nil || count.Created+count.Updated == 0 {
		return count, err
	}
	after, err := k.Undo.Look(ctx, tx, keys)
	if err != nil {
		return count, err
	}
	var list []undoRow
	for i, key := range keys {
		was, there := before[key]
		now, is := after[key]
		u := undoRow{N: r.Done + i, Key: key, Label: labelOf(k, now, key), Made: !there, Was: map[string]string{}, Became: now}
		if there {
			u.Became = map[string]string{}
			for c, value := range now {
				if value != was[c] {
					u.Was[c], u.Became[c] = was[c], value
				}
			}
		}
		if is && len(u.Became) > 0 {
			list = append(list, u)
		}
	}
	return count, insertUndo(ctx, tx, r.ID, list)
}

// labelOf is a record as people call it: its key and its name.
func labelOf(k Kind, cells map[string]string, key string) string {
	for _, name := range []string{"name", "name_zh"} {
		if cells[name] != "" {
			return key + " " + cells[name]
		}
	}
	return key
}

// judge says what would become of records that a run wrote, given how they are now; rows come the last written first.
func (k Kind) judge(ctx context.Context, rd sqldb.Reader, rows []undoRow, going map[string]bool) error {
	keys := make([]string, len(rows))
	for i, u := range rows {
		keys[i] = u.Key
	}
	now, err := k.Undo.Look(ctx, rd, keys)
	if err != nil {
		return err
	}
	for i := range rows {
		if err := k.judgeOne(ctx, rd, &rows[i], now[rows[i].Key], going); err != nil {
			return err
		}
	}
	return nil
}

func (k Kind) judgeOne(ctx context.Context, rd sqldb.Reader, u *undoRow, now map[string]string, going map[string]bool) error {
	keep := func(p Problem) { u.State, u.Why = kept, &p }
	if now == nil {
		keep(Wrong(0, "", "importer.undo-gone"))
		return nil
	}
	u.restore = map[string]string{}
	var touched []string
	for _, c := range slices.Sorted(maps.Keys(u.Became)) {
		if now[c] == u.Became[c] || k.Undo.Erased != nil && k.Undo.Erased(now[c]) {
			u.restore[c] = u.Was[c]
		} else {
			touched = append(touched, c)
		}
	}
	switch {
	case u.Made && len(touched) > 0, len(u.restore) == 0:
		keep(Wrong(0, touched[0], "importer.undo-touched"))
		return nil
	case u.Made:
		why, err := k.Undo.Used(ctx, rd, u.Key, going)
		if err != nil {
			return err
		}
		if why != nil {
			keep(*why)
			return nil
		}
	case len(touched) > 0:
		u.State, u.Why = partly, ptr(Wrong(0, touched[0], "importer.undo-touched"))
	}
	if u.State == "" {
		u.State = undone
	}
	going[u.Key] = true
	return nil
}

func ptr(p Problem) *Problem { return &p }

// Foresee says what taking a run back would undo and what it could not, with the reasons: the last written first, up to
// most of each, of about the last 2 000 records.
func (im *Importer) Foresee(ctx context.Context, run Run, most int) (back Back, undoes, keeps []undoRow, err error) {
	k, err := im.undoable(run)
	if err != nil {
		return back, nil, nil, err
	}
	going := map[string]bool{}
	err = im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for at := run.Done; ; {
			rows, err := undoBefore(ctx, rd, run.ID, at, ChunkRows)
			if err != nil || len(rows) == 0 {
				return err
			}
			if back.Undone+back.Kept >= foreseenMost {
				return nil
			}
			if err := k.judge(ctx, rd, rows, going); err != nil {
				return err
			}
			for _, u := range rows {
				if u.State == kept {
					if back.Kept++; len(keeps) < most {
						keeps = append(keeps, u)
					}
				} else if back.Undone++; len(undoes) < most {
					undoes = append(undoes, u)
				}
			}
			at = rows[len(rows)-1].N
		}
	})
	return back, undoes, keeps, err
}

// undoable is the kind of a run that can be taken back; Conflict with the reason otherwise.
func (im *Importer) undoable(run Run) (Kind, error) {
	k, err := im.Kind(run.Kind)
	switch {
	case err != nil:
		return k, err
	case k.Undo == nil:
		return k, fault.New(fault.Conflict, "importer.undo-not-kind", "kind", run.Kind)
	case run.State != stateDone && run.State != stateFailed:
		return k, fault.New(fault.Conflict, "importer.not-ready")
	case run.Ended.Before(im.db.Now().Add(-UndoFor)):
		return k, fault.New(fault.Conflict, "importer.undo-old", "days", int(UndoFor/(24*time.Hour)))
	}
	return k, nil
}

// TakeBack begins taking a run back and returns at once; a job does it, record by record, the last written first. A run is
// taken back once.
func (im *Importer) TakeBack(ctx context.Context, id int64) error {
	return im.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		run, err := lockRun(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := im.undoable(run); err != nil {
			return err
		}
		if _, err := backOf(ctx, tx, id); fault.KindOf(err) != fault.NotFound || err == nil {
			if err == nil {
				err = fault.New(fault.Conflict, "importer.undo-twice")
			}
			return err
		}
		if err := insertBack(ctx, tx, Back{Run: id, Person: actor.From(ctx).Person, State: "undoing", at: run.Done, Began: tx.Now}); err != nil {
			return err
		}
		return im.jobs.Enqueue(ctx, tx, "import.undo", applyJob{id}, job.Unique("import-undo:"+strconv.FormatInt(id, 10)))
	})
}

// takeBack goes on with taking a run back, one transaction a chunk.
func (im *Importer) takeBack(ctx context.Context, id int64) error {
	for more := true; more; {
		err := im.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
			more, err = im.backChunk(ctx, tx, id)
			return err
		})
		if err != nil {
			return fmt.Errorf("take back import %d: %w", id, err)
		}
	}
	return nil
}

func (im *Importer) backChunk(ctx context.Context, tx *sqldb.Tx, id int64) (more bool, err error) {
	run, err := lockRun(ctx, tx, id)
	if err != nil {
		return false, err
	}
	b, err := backOf(ctx, tx, id)
	if err != nil || b.State != "undoing" {
		return false, err
	}
	k, err := im.Kind(run.Kind)
	if err != nil {
		return false, err
	}
	rows, err := undoBefore(ctx, tx, id, b.at, undoChunk)
	if err != nil {
		return false, err
	}
	ctx = asImport(actor.With(ctx, actor.Actor{Person: b.Person, System: true, Locale: "zh", Zone: "Asia/Shanghai"}))
	if len(rows) == 0 {
		b.State, b.Ended = undone, tx.Now
		if err := updateBack(ctx, tx, b); err != nil {
			return false, err
		}
		return false, im.announce(ctx, tx, WasTakenBack{Run: id, Kind: run.Kind, Person: b.Person, Undone: b.Undone, Kept: b.Kept})
	}
	if err := im.backRows(ctx, tx, k, rows); err != nil {
		return false, err
	}
	for _, u := range rows {
		if u.State == kept {
			b.Kept++
		} else {
			b.Undone++
		}
	}
	b.at = rows[len(rows)-1].N
	if err := saveUndo(ctx, tx, id, rows); err != nil {
		return false, err
	}
	return true, updateBack(ctx, tx, b)
}

// backRows takes a chunk back: first former values, checked as a file is, then what was made and is not in use.
func (im *Importer) backRows(ctx context.Context, tx *sqldb.Tx, k Kind, rows []undoRow) error {
	going := map[string]bool{}
	if err := k.judge(ctx, tx, rows, going); err != nil {
		return err
	}
	if err := im.giveBack(ctx, tx, k, rows); err != nil {
		return err
	}
	for i := range rows {
		u := &rows[i]
		if !u.Made || u.State != undone {
			continue
		}
		why, err := k.Undo.Used(ctx, tx, u.Key, nil) // as it is now: what stands before it in the chunk is done
		if err != nil {
			return err
		}
		if why != nil {
			u.State, u.Why = kept, why
			continue
		}
		if err := k.Undo.Remove(ctx, tx, u.Key); err != nil {
			return err
		}
	}
	return nil
}

// Back is how far taking a run back is; fault.ErrNotFound when nobody began to.
func (im *Importer) Back(ctx context.Context, run int64) (Back, error) {
	var b Back
	err := im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		b, err = backOf(ctx, rd, run)
		return err
	})
	return b, err
}
