package importer

import (
	"context"
	"maps"

	"neike/internal/kit/sqldb"
)

// giveBack gives changed records their former values back, as far as the house still takes them: a value that names what is
// not there any more stays as it is, with the reason, and does not keep the others of its record.
func (im *Importer) giveBack(ctx context.Context, tx *sqldb.Tx, k Kind, rows []undoRow) error {
	for {
		part := former(k, rows)
		if len(part) == 0 {
			return nil
		}
		problems, err := judged(ctx, tx, k, part)
		if err != nil {
			return err
		}
		if len(problems) == 0 {
			_, err = k.Apply(ctx, tx, part)
			return err
		}
		for _, p := range problems {
			rows[p.Line-1].withhold(p)
		}
	}
}

// former are the changed records with what they were; the line is the place in rows, from 1.
func former(k Kind, rows []undoRow) []Row {
	var out []Row
	for i, u := range rows {
		if !u.Made && u.State != kept {
			cells := maps.Clone(u.restore)
			cells[k.keyColumn()] = u.Key
			out = append(out, Row{Line: i + 1, Cells: cells})
		}
	}
	return out
}

// judged is what is wrong with rows by the kind's own check.
func judged(ctx context.Context, tx *sqldb.Tx, k Kind, part []Row) ([]Problem, error) {
	check, err := k.Check(ctx)
	if err != nil {
		return nil, err
	}
	verdicts, err := check.Rows(ctx, tx, part)
	if err != nil {
		return nil, err
	}
	end, err := check.End(ctx, tx)
	problems := end.Problems
	for _, v := range verdicts {
		problems = append(problems, v.Problems...)
	}
	return problems, err
}

// withhold leaves the column out that a problem is about; a record of which nothing is left to restore is kept.
func (u *undoRow) withhold(p Problem) {
	if _, ours := u.restore[p.Column]; ours && len(u.restore) > 1 {
		delete(u.restore, p.Column)
		u.State, u.Why = partly, &p
		return
	}
	u.State, u.Why = kept, &p
}
