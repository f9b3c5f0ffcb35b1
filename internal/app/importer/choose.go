package importer

import (
	"context"
	"net/http"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// chosenMost is how many rows of a file may be chosen among one by one.
const chosenMost = 1000

// chosen says whether a row is one of those asked for. What has no key of its own is always judged: it speaks for the file.
func (k Kind) chosen(row Row, only []string) bool {
	if only == nil || k.Pick == nil {
		return true
	}
	key := k.Pick(row)
	return key == "" || slices.Contains(only, key)
}

// choosable refuses a choice among rows that cannot be chosen one by one.
func (k Kind) choosable(only []string) error {
	if only == nil || k.Pick != nil {
		return nil
	}
	var f fault.Fields
	f.Add("only", "importer.only-whole", "kind", k.Name)
	return f.Err()
}

// missing names those asked for that the file does not have.
func missing(only []string, found map[string]bool) error {
	var f fault.Fields
	for _, key := range only {
		if !found[key] {
			f.Add("only", "importer.only-unknown", "value", key)
		}
	}
	return f.Err()
}

// choose leaves of a run the rows with the keys asked for; the others are as if the file did not have them.
func (im *Importer) choose(ctx context.Context, tx *sqldb.Tx, k Kind, r *Run, only []string) error {
	if err := k.choosable(only); err != nil {
		return err
	}
	rows, err := choosableRows(ctx, tx, r.ID, chosenMost)
	if err != nil {
		return err
	}
	found := map[string]bool{}
	var out []int64
	planned := Count{}
	for _, row := range rows {
		found[k.Pick(row.Row)] = true
		if !k.chosen(row.Row, only) {
			out = append(out, int64(row.n))
			continue
		}
		switch row.plan {
		case Create:
			planned.Created++
		case Update:
			planned.Updated++
		default:
			planned.Unchanged++
		}
	}
	if err := missing(only, found); err != nil {
		return err
	}
	if planned.Created+planned.Updated == 0 {
		var f fault.Fields
		f.Add("only", "importer.none-chosen")
		return f.Err()
	}
	r.Planned, r.Good = planned, r.Good-len(out)
	for chunk := range slices.Chunk(out, ChunkRows) {
		if err := leaveOut(ctx, tx, r.ID, chunk); err != nil {
			return err
		}
	}
	return nil
}

// refusedChoice shows the plan again with what is wrong with the choice.
func (im *Importer) refusedChoice(w http.ResponseWriter, r *http.Request, run int64, cause error) error {
	ctx := r.Context()
	v, err := im.view(ctx, run, false)
	if err != nil {
		return err
	}
	v.Problem = ui.ErrorsOf(ctx, cause, map[string]string{"only": lang.T(ctx, "importer.only")}).Fields[0].Text
	return web.Show(w, r, http.StatusUnprocessableEntity, runPage(v), runContent(v))
}
