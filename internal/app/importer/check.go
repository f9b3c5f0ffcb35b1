package importer

import (
	"context"
	"slices"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
)

// maxProblems are kept of one file; a file with more has another kind of trouble.
const maxProblems = 10_000

// check reads and judges one file, and stages its rows when keep is set.
type check struct {
	im           *Importer
	kind         Kind
	keep         bool
	r            Run
	checker      Checker
	problems     []Problem
	kept         []Problem // what stays as it was changed here
	problemsKept int
	only         []string // keys of the rows to take; nil: all
	seen         map[string]bool
	written      int // problems in the database
	bad          map[int]bool
	plans        map[int]Plan
}

// run ends with the run checked or rejected.
func (c *check) run(ctx context.Context, src Source, skipBad bool) error {
	c.r = Run{Kind: c.kind.Name, File: src.Name, Person: actor.From(ctx).Person, State: stateReading, SkipBad: skipBad, atRank: -1, atN: -1}
	c.bad, c.plans, c.seen = map[int]bool{}, map[int]Plan{}, map[string]bool{}
	if c.keep {
		c.r.ID = c.im.db.NewID()
		if err := c.write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return insertRun(ctx, tx, c.r) }); err != nil {
			return err
		}
	}
	var err error
	if c.checker, err = c.kind.Check(ctx); err != nil {
		return err
	}
	ignored := func(headings []string) { c.r.Ignored = headings }
	if err := rows(ctx, c.kind, src, ignored, func(batch []Row) error { return c.batch(ctx, batch) }); err != nil {
		return err
	}
	return c.conclude(ctx)
}

func (c *check) write(ctx context.Context, fn func(ctx context.Context, tx *sqldb.Tx) error) error {
	return c.im.db.Write(ctx, fn)
}

// batch judges some rows and stages them.
func (c *check) batch(ctx context.Context, batch []Row) error {
	if c.only != nil {
		batch = slices.DeleteFunc(batch, func(r Row) bool {
			c.seen[c.kind.Pick(r)] = true
			return !c.kind.chosen(r, c.only)
		})
	}
	var verdicts []Verdict
	judged := slices.DeleteFunc(slices.Clone(batch), func(r Row) bool { return len(r.Cells) == 0 && len(r.Body) == 0 })
	err := c.im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		verdicts, err = c.checker.Rows(ctx, rd, judged)
		return err
	})
	if err != nil {
		return err
	}
	byLine := make(map[int]Verdict, len(verdicts))
	for _, v := range verdicts {
		byLine[v.Line] = v
	}
	staged := make([]stagedRow, 0, len(batch))
	for _, row := range batch {
		v := byLine[row.Line]
		problems := append(slices.Clone(row.Problems), v.Problems...)
		for i := range problems {
			if problems[i].Line == 0 { // a row of a pack has several lines and says which
				problems[i].Line = row.Line
			}
		}
		if len(problems) > 0 {
			c.bad[row.Line] = true
		}
		c.found(problems)
		c.kept = append(c.kept, v.Kept[:min(len(v.Kept), max(0, maxProblems-len(c.kept)))]...)
		c.r.Total++
		c.plans[row.Line] = v.Plan
		staged = append(staged, stagedRow{Row: row, n: c.r.Total - 1, good: len(problems) == 0, plan: v.Plan, label: v.Key, changes: v.Changes, kept: v.Kept})
	}
	if !c.keep {
		return nil
	}
	return c.write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return insertRows(ctx, tx, c.r.ID, staged) })
}

func (c *check) found(problems []Problem) {
	for _, p := range problems {
		switch n := len(c.problems); {
		case n < c.problemsKept:
			c.problems = append(c.problems, p)
		case n == c.problemsKept:
			c.problems = append(c.problems, Wrong(p.Line, "", "importer.more-problems", "count", n))
		}
	}
}

// conclude hears what the whole file shows, gives the rows their order and the run its verdict.
func (c *check) conclude(ctx context.Context) error {
	if err := missing(c.only, c.seen); err != nil && len(c.problems) == 0 {
		return err
	}
	var end Conclusion
	err := c.im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		end, err = c.checker.End(ctx, rd)
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range end.Problems {
		c.bad[p.Line] = true
	}
	c.found(end.Problems)
	if c.r.Total == 0 {
		c.found([]Problem{Wrong(1, "", "importer.no-rows")})
	}
	for line, plan := range c.plans {
		switch {
		case c.bad[line]:
			c.r.Bad++
			continue
		case plan == Create:
			c.r.Planned.Created++
		case plan == Update:
			c.r.Planned.Updated++
		default:
			c.r.Planned.Unchanged++
		}
		c.r.Good++
	}
	c.r.Bad = max(c.r.Bad, min(1, len(c.problems)))
	c.r.State = stateChecked
	if c.r.Bad > 0 {
		c.r.State = stateRejected
	}
	if !c.keep {
		return nil
	}
	if err := c.place(ctx, end); err != nil {
		return err
	}
	return c.write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return updateRun(ctx, tx, c.r) })
}

// place writes problems, bad rows and ranks in slices that hold up nobody.
func (c *check) place(ctx context.Context, end Conclusion) error {
	for part := range slices.Chunk(c.problems, ChunkRows) {
		from := c.written
		c.written += len(part)
		if err := c.write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return insertProblems(ctx, tx, c.r.ID, from, part) }); err != nil {
			return err
		}
	}
	var late []int64
	for _, p := range end.Problems {
		late = append(late, int64(p.Line))
	}
	for part := range slices.Chunk(late, ChunkRows) {
		if err := c.write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return markBad(ctx, tx, c.r.ID, part) }); err != nil {
			return err
		}
	}
	byRank := map[int][]int64{}
	for line, rank := range end.Rank {
		if rank != 0 {
			byRank[rank] = append(byRank[rank], int64(line))
		}
	}
	for rank, lines := range byRank {
		slices.Sort(lines)
		for part := range slices.Chunk(lines, ChunkRows) {
			if err := c.write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return setRank(ctx, tx, c.r.ID, rank, part) }); err != nil {
				return err
			}
		}
	}
	return nil
}
