package importer

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// backView is what the page of a run says about taking it back.
type backView struct {
	May     bool // it can be taken back, and nobody has begun to
	Asked   bool // what it would do is shown
	Dry     ui.DryRunProps
	Partly  string // it was foreseen in part
	Back    Back
	Job     *ui.JobProps
	Kept    []keptLine
	Refused string
}

type keptLine struct{ Label, Why string }

// fillBack adds to the view of a run whether and how it can be taken back, and how far that is; asked shows what it would do.
func (im *Importer) fillBack(ctx context.Context, k Kind, run Run, asked bool, v *backView) error {
	back, err := im.Back(ctx, run.ID)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		_, refused := im.undoable(run)
		if v.May = refused == nil; !v.May || !asked {
			return nil
		}
		v.Asked = true
		return im.foreseen(ctx, k, run, v)
	}
	if err != nil {
		return err
	}
	v.Back = back
	if back.State == "undoing" {
		v.Job = &ui.JobProps{ID: "import-undo", Title: lang.T(ctx, "importer.undo"), State: "running", Done: int64(back.Undone + back.Kept),
			Total: int64(run.Applied.Created + run.Applied.Updated), Refresh: RunHref(run.ID), Text: lang.T(ctx, "importer.undo-running"),
			Progress: strconv.Itoa(back.Undone+back.Kept) + " / " + strconv.Itoa(run.Applied.Created+run.Applied.Updated)}
		return nil
	}
	var rows []undoRow
	err = im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		rows, err = keptUndo(ctx, rd, run.ID, shownErrors)
		return err
	})
	for _, u := range rows {
		v.Kept = append(v.Kept, keptLine{u.Label, reason(ctx, k, *u.Why)})
	}
	return err
}

func (im *Importer) foreseen(ctx context.Context, k Kind, run Run, v *backView) error {
	back, undoes, keeps, err := im.Foresee(ctx, run, shownLines)
	if err != nil {
		return err
	}
	p := ui.DryRunProps{Title: lang.T(ctx, "importer.undo-foreseen"), Change: back.Undone, Skip: back.Kept}
	for _, u := range append(keeps, undoes...) {
		p.Rows = append(p.Rows, undoLine(ctx, k, u))
	}
	p.More = max(0, back.Undone+back.Kept-len(p.Rows))
	v.Dry = p
	if rest := run.Applied.Created + run.Applied.Updated - back.Undone - back.Kept; rest > 0 {
		v.Partly = lang.T(ctx, "importer.undo-partly-foreseen", "seen", back.Undone+back.Kept, "count", rest)
	}
	return nil
}

// undoLine is a record in the list of what would be taken back.
func undoLine(ctx context.Context, k Kind, u undoRow) ui.DryRunRow {
	d := ui.DryRunRow{Kind: "change", Line: strconv.Itoa(u.N + 1), Content: u.Label}
	if u.Why != nil {
		d.Reason = reason(ctx, k, *u.Why)
	}
	switch {
	case u.State == kept:
		d.Kind = "skip"
	case u.Made:
		d.Reason = lang.T(ctx, "importer.undo-ends")
	default:
		var words []string
		for c, was := range u.restore {
			words = append(words, lang.T(ctx, "importer.change", "column", k.label(ctx, c), "old", orEmpty(ctx, u.Became[c]), "new", orEmpty(ctx, was)))
		}
		d.Column = lang.T(ctx, "importer.undo-fields", "count", len(words))
		d.Reason = strings.Trim(strings.Join(words, lang.T(ctx, "importer.semicolon"))+lang.T(ctx, "importer.semicolon")+d.Reason, lang.T(ctx, "importer.semicolon"))
	}
	return d
}

func (im *Importer) submitUndo(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("run"), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	err = im.TakeBack(r.Context(), id)
	if f, ok := fault.As(err); ok && f.Kind == fault.Conflict {
		web.Toast(w, r, lang.T(r.Context(), f.Key, fault.Flat(f.Args)...), "")
		err = nil
	}
	if err != nil {
		return err
	}
	return web.See(w, r, RunHref(id))
}
