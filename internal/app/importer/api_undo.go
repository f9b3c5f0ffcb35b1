package importer

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// foreseenInAPI is how many records of each sort an answer names.
const foreseenInAPI = 200

type runInput struct {
	Run int64 `path:"run" doc:"Of the import" example:"7043112200000001"`
}

type runJSON struct {
	Run   int64      `json:"run"`
	Kind  string     `json:"kind" example:"people"`
	File  string     `json:"file"`
	State string     `json:"state" enum:"reading,checked,rejected,applying,done,failed"`
	Began time.Time  `json:"began_at"`
	Ended *time.Time `json:"ended_at"`
	Count
}

type runsOutput struct {
	Body struct {
		Items []runJSON `json:"items" nullable:"false"`
	}
}

type undoJSON struct {
	State  string         `json:"state" enum:"possible,undoing,undone" doc:"possible: nobody has begun to, and the counts are what it would do"`
	Undone int            `json:"undone" doc:"Records that are, or would be, as they were before"`
	Kept   int            `json:"kept" doc:"Records that stay, in whole"`
	Items  []undoItemJSON `json:"kept_items" nullable:"false" doc:"Those that stay, or not wholly went back, with the reason; the first of them"`
}

type undoItemJSON struct {
	Key    string `json:"key" example:"00123"`
	Label  string `json:"label"`
	Partly bool   `json:"partly,omitempty" doc:"Some columns went back"`
	Why    string `json:"why"`
}

type undoOutput struct{ Body undoJSON }

// mountUndo adds the calls about past imports.
func (im *Importer) mountUndo(m *web.Mux) {
	op := func(id, method, path, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1/imports" + path, Action: "org.import", Tag: "Import", Scope: "import", Summary: summary}
	}
	web.Op(m, op("list-imports", http.MethodGet, "", "The last imports"), im.getRuns)
	web.Op(m, op("foresee-undo", http.MethodGet, "/{run}/undo", "What taking an import back would undo, or how far it is"), im.getUndo)
	web.Op(m, op("undo-import", http.MethodPost, "/{run}/undo", "Take an import back as far as nothing else has touched it; a job does it"), im.postUndo)
}

func (im *Importer) getRuns(ctx context.Context, _ *struct{}) (*runsOutput, error) {
	out := new(runsOutput)
	out.Body.Items = []runJSON{}
	var list []Run
	err := im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = lastRuns(ctx, rd, 50)
		return err
	})
	for _, r := range list {
		one := runJSON{Run: r.ID, Kind: r.Kind, File: r.File, State: r.State, Began: r.Began, Count: r.Applied}
		if !r.Ended.IsZero() {
			one.Ended = &r.Ended
		}
		out.Body.Items = append(out.Body.Items, one)
	}
	return out, err
}

func (im *Importer) postUndo(ctx context.Context, in *runInput) (*undoOutput, error) {
	if err := im.TakeBack(ctx, in.Run); err != nil {
		return nil, err
	}
	return im.getUndo(ctx, in)
}

func (im *Importer) getUndo(ctx context.Context, in *runInput) (*undoOutput, error) {
	run, err := im.Run(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	k, err := im.Kind(run.Kind)
	if err != nil {
		return nil, err
	}
	out := &undoOutput{Body: undoJSON{Items: []undoItemJSON{}}}
	b, err := im.Back(ctx, run.ID)
	var rows []undoRow
	switch {
	case err == nil:
		out.Body.State = b.State
		err = im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
			rows, err = keptUndo(ctx, rd, run.ID, foreseenInAPI)
			return err
		})
	case fault.KindOf(err) == fault.NotFound:
		out.Body.State = "possible"
		b, _, rows, err = im.Foresee(ctx, run, foreseenInAPI)
	}
	if err != nil {
		return nil, err
	}
	out.Body.Undone, out.Body.Kept = b.Undone, b.Kept
	for _, u := range rows {
		if u.Why != nil {
			out.Body.Items = append(out.Body.Items, undoItemJSON{u.Key, u.Label, u.State == partly, reason(ctx, k, *u.Why)})
		}
	}
	return out, nil
}
