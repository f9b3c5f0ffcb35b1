package importer

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// Routes are the pages.
func (im *Importer) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /settings/import", Action: "org.import", Do: im.showStart},
		{Pattern: "POST /settings/import", Action: "org.import", Do: im.submitFile},
		{Pattern: "GET /settings/import/template/{name}", Action: "org.import", Do: im.showTemplate},
		{Pattern: "GET /settings/import/{run}", Action: "org.import", Do: im.showRun},
		{Pattern: "GET /settings/import/{run}/errors/all", Action: "org.import", Do: im.showErrors},
		{Pattern: "POST /settings/import/{run}/undo", Action: "org.import", Do: im.submitUndo},
		{Pattern: "POST /settings/import/{run}/apply", Action: "org.import", Do: im.submitApply},
	}
}

// startView is the page where a file is chosen.
type startView struct {
	Kinds  []Kind
	Kind   string
	Errors ui.Errors
	Last   []runLine
}

// chosenFirst are the kinds with the chosen one at the head: what helps with the file in hand stands next to it.
func (v startView) chosenFirst() []Kind {
	kinds := slices.Clone(v.Kinds)
	sorting.Stable(kinds, func(a, b Kind) int {
		switch v.Kind {
		case a.Name:
			return -1
		case b.Name:
			return 1
		}
		return 0
	})
	return kinds
}

// runLine is a past run in the list.
type runLine struct {
	Href, Title, File, When, State, Tone, Result string
}

func (im *Importer) showStart(w http.ResponseWriter, r *http.Request) error {
	return im.start(w, r, http.StatusOK, startView{Kind: r.URL.Query().Get("kind")})
}

func (im *Importer) start(w http.ResponseWriter, r *http.Request, status int, v startView) error {
	ctx := r.Context()
	v.Kinds = im.Kinds()
	if _, err := im.Kind(v.Kind); err != nil && len(v.Kinds) > 0 {
		v.Kind = v.Kinds[0].Name
	}
	var last []Run
	err := im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		last, err = lastRuns(ctx, rd, 10)
		return err
	})
	if err != nil {
		return err
	}
	for _, run := range last {
		v.Last = append(v.Last, im.line(ctx, run))
	}
	return web.Show(w, r, status, startPage(v), startContent(v))
}

func (im *Importer) line(ctx context.Context, run Run) runLine {
	k, _ := im.Kind(run.Kind)
	l := runLine{Href: RunHref(run.ID), Title: k.Title.In(ctx), File: run.File, When: lang.Short(ctx, run.Began),
		State: lang.T(ctx, "importer.state-"+run.State)}
	switch run.State {
	case stateDone:
		l.Tone, l.Result = "good", countWords(ctx, run.Applied)
	case stateRejected:
		l.Tone, l.Result = "bad", lang.T(ctx, "importer.bad-rows", "count", run.Bad)
	case stateFailed:
		l.Tone = "bad"
	case stateChecked:
		l.Tone, l.Result = "warn", countWords(ctx, run.Planned)
	}
	return l
}

func countWords(ctx context.Context, c Count) string {
	return lang.T(ctx, "importer.counts", "created", c.Created, "updated", c.Updated, "unchanged", c.Unchanged)
}

type fileForm struct {
	Kind    string                  `form:"kind"`
	Ready   string                  `form:"ready"` // name of a file that comes along, in place of File
	File    []*multipart.FileHeader `form:"file"`
	Mapping []*multipart.FileHeader `form:"mapping"`
}

// submitFile reads and judges the file and leads to what it would do.
func (im *Importer) submitFile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var form fileForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	if form.Ready == "" && (len(form.File) == 0 || form.File[0].Size == 0) {
		v := startView{Kind: form.Kind, Errors: ui.Errors{Fields: []ui.FieldError{{Name: "file", Label: lang.T(ctx, "importer.file"), Text: lang.T(ctx, "importer.no-file")}}}}
		return im.start(w, r, http.StatusUnprocessableEntity, v)
	}
	run, err := im.stageUpload(ctx, form)
	if f, ok := fault.As(err); ok && f.Kind != fault.Internal && f.Kind != fault.Unavailable {
		v := startView{Kind: form.Kind, Errors: ui.Errors{Form: lang.T(ctx, f.Key, fault.Flat(f.Args)...)}}
		for _, x := range f.Fields {
			v.Errors.Fields = append(v.Errors.Fields, ui.FieldError{Name: "mapping", Label: x.Name, Text: lang.T(ctx, x.Key, fault.Flat(x.Args)...)})
		}
		return im.start(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.See(w, r, RunHref(run.ID))
}

func (im *Importer) stageUpload(ctx context.Context, form fileForm) (Run, error) {
	if form.Ready != "" {
		k, err := im.Kind(form.Kind)
		if err != nil {
			return Run{}, err
		}
		f, ok := k.readyFile(form.Ready)
		if !ok {
			return Run{}, fault.New(fault.Invalid, "importer.no-file")
		}
		return im.Stage(ctx, form.Kind, bytes.NewReader(f.Data), f.Name, nil)
	}
	file, err := form.File[0].Open()
	if err != nil {
		return Run{}, err
	}
	defer file.Close()
	var mapping []byte
	if len(form.Mapping) > 0 {
		m, err := form.Mapping[0].Open()
		if err != nil {
			return Run{}, err
		}
		defer m.Close()
		if mapping, err = io.ReadAll(io.LimitReader(m, 1<<20)); err != nil {
			return Run{}, err
		}
	}
	return im.Stage(ctx, form.Kind, file, form.File[0].Filename, mapping)
}

// shownLines are the lines of each plan on the page of a run, shownErrors the errors; all errors are in the file beside.
const (
	shownLines  = 30
	shownErrors = 200
)

// runView is a run with what it would do, does or did.
type runView struct {
	Run
	Title   string
	Dry     ui.DryRunProps
	Job     *ui.JobProps
	Ignored string
	Failure string
	Problem string // with the choice
	Choose  bool   // rows are ticked one by one
	Again   string
	Place   string // where what was imported is seen
	Undo    backView
}

func (im *Importer) showRun(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := strconv.ParseInt(r.PathValue("run"), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	v, err := im.view(ctx, id, r.URL.Query().Has("undo"))
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, runPage(v), runContent(v))
}

func (im *Importer) view(ctx context.Context, id int64, undo bool) (runView, error) {
	run, err := im.Run(ctx, id)
	if err != nil {
		return runView{}, err
	}
	k, err := im.Kind(run.Kind)
	if err != nil {
		return runView{}, err
	}
	v := runView{Run: run, Title: k.Title.In(ctx), Place: cmp.Or(k.Place, "/"), Ignored: strings.Join(run.Ignored, lang.T(ctx, "importer.comma")), Again: "/settings/import?" + url.Values{"kind": {run.Kind}}.Encode()}
	if run.Failure != nil {
		v.Failure = reason(ctx, k, *run.Failure)
	}
	switch run.State {
	case stateApplying:
		v.Job = jobProps(ctx, run)
	case stateChecked, stateRejected:
		v.Choose = k.Pick != nil
		v.Dry, err = im.dry(ctx, k, run)
	case stateDone, stateFailed:
		err = im.fillBack(ctx, k, run, undo, &v.Undo)
		v.Job = v.Undo.Job
	}
	return v, err
}

// advice says what to do about a file with errors: nothing can be taken in, or the rest can.
func (v runView) advice(ctx context.Context) string {
	if v.Planned.Created+v.Planned.Updated == 0 {
		return lang.T(ctx, "importer.none-good")
	}
	return lang.T(ctx, "importer.has-errors", "count", v.Bad)
}

// showErrors sends all errors of a checked file, row by row, for whoever has to mend it.
func (im *Importer) showErrors(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := strconv.ParseInt(r.PathValue("run"), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	run, err := im.Run(ctx, id)
	if err != nil {
		return err
	}
	k, err := im.Kind(run.Kind)
	if err != nil {
		return err
	}
	var wrong []Problem
	var labels map[int]string
	err = im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		if wrong, err = problemsOf(ctx, rd, id, -1, maxProblems+1); err != nil {
			return err
		}
		labels, err = badLabels(ctx, rd, id, maxProblems+1)
		return err
	})
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "importer.errors-file"))
	if err != nil {
		return err
	}
	if err := out.Row(lang.T(ctx, "ui.dry-line"), lang.T(ctx, "ui.dry-column"), lang.T(ctx, "ui.dry-content"), lang.T(ctx, "ui.dry-reason")); err != nil {
		return err
	}
	for _, e := range reasons(ctx, k, wrong) {
		if err := out.Row(e.Line, k.label(ctx, e.Column), labels[e.Line], e.Reason); err != nil {
			return err
		}
	}
	return out.Close()
}

func jobProps(ctx context.Context, run Run) *ui.JobProps {
	href := RunHref(run.ID)
	return &ui.JobProps{ID: "import", Title: run.File, State: "running", Done: int64(run.Done), Total: int64(run.Good), Refresh: href,
		Progress: strconv.Itoa(run.Done) + " / " + strconv.Itoa(run.Good), Text: lang.T(ctx, "importer.running")}
}

// dry is what the run would do: errors first, then what changes, then what is new.
func (im *Importer) dry(ctx context.Context, k Kind, run Run) (ui.DryRunProps, error) {
	p := ui.DryRunProps{Title: run.File, Tools: errorFiles(run), Create: run.Planned.Created, Change: run.Planned.Updated, Unchanged: run.Planned.Unchanged, Errors: run.Bad}
	err := im.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		wrong, err := problemsOf(ctx, rd, run.ID, -1, shownErrors)
		if err != nil {
			return err
		}
		labels, err := badLabels(ctx, rd, run.ID, shownErrors)
		if err != nil {
			return err
		}
		for _, e := range reasons(ctx, k, wrong) {
			p.Rows = append(p.Rows, ui.DryRunRow{Kind: "error", Content: labels[e.Line], Line: strconv.Itoa(e.Line), Column: k.label(ctx, e.Column), Reason: e.Reason})
		}
		if k.Pick != nil {
			rows, err := choosableRows(ctx, rd, run.ID, chosenMost)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if row.plan != Unchanged {
					d := dryRow(ctx, k, row)
					d.Decide = choice(k.Pick(row.Row), row.label, d.Kind)
					p.Rows = append(p.Rows, d)
				}
			}
		}
		for _, plan := range []Plan{Update, Create} {
			if k.Pick != nil {
				break
			}
			rows, err := shownRows(ctx, rd, run.ID, plan, shownLines)
			if err != nil {
				return err
			}
			for _, row := range rows {
				p.Rows = append(p.Rows, dryRow(ctx, k, row))
			}
		}
		kept, err := keptRows(ctx, rd, run.ID, shownLines)
		p.Skip = len(kept)
		for _, row := range kept {
			for _, e := range reasons(ctx, k, row.kept) {
				p.Rows = append(p.Rows, ui.DryRunRow{Kind: "skip", Line: strconv.Itoa(e.Line), Column: k.label(ctx, e.Column), Content: row.label, Reason: e.Reason})
			}
		}
		return err
	})
	p.More = max(0, run.Bad+run.Planned.Created+run.Planned.Updated+p.Skip-len(p.Rows))
	return p, err
}

func dryRow(ctx context.Context, k Kind, row stagedRow) ui.DryRunRow {
	d := ui.DryRunRow{Kind: string(row.plan), Line: strconv.Itoa(row.Line), Content: row.label}
	if row.plan != Update {
		return d
	}
	d.Kind = "change"
	columns, words := make([]string, len(row.changes)), make([]string, len(row.changes))
	for i, c := range row.changes {
		columns[i] = k.label(ctx, c.Column)
		words[i] = lang.T(ctx, "importer.change", "column", columns[i], "old", orEmpty(ctx, c.Old), "new", orEmpty(ctx, c.New))
	}
	d.Column, d.Reason = strings.Join(columns, lang.T(ctx, "importer.comma")), strings.Join(words, lang.T(ctx, "importer.semicolon"))
	return d
}

func orEmpty(ctx context.Context, value string) string {
	if value == "" {
		return lang.T(ctx, "importer.empty-cell")
	}
	return value
}

func (im *Importer) submitApply(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("run"), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	var form struct {
		SkipBad bool     `form:"skip_bad"`
		Choose  bool     `form:"choose"` // only what is ticked
		Only    []string `form:"only"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	if !form.Choose {
		form.Only = nil
	} else if form.Only == nil {
		form.Only = []string{}
	}
	err = im.Apply(r.Context(), id, form.SkipBad, form.Only)
	if form.Choose && fault.KindOf(err) == fault.Invalid && err != nil {
		return im.refusedChoice(w, r, id, err)
	}
	if err != nil {
		return err
	}
	return web.See(w, r, RunHref(id))
}

// showTemplate gives a workbook or a CSV with the columns of a kind: "people.xlsx".
func (im *Importer) showTemplate(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	name, ending, _ := strings.Cut(r.PathValue("name"), ".")
	k, err := im.Kind(name)
	if err != nil || len(k.Columns) == 0 {
		return fault.ErrNotFound
	}
	make, kind := xlsx.NewCSV, "text/csv; charset=utf-8"
	if ending == "xlsx" {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		make = func(out io.Writer) (*xlsx.Writer, error) { return xlsx.NewXLSX(out, k.Title.In(ctx)) }
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+k.Name+"."+ending+`"`)
	table, err := make(w)
	if err != nil {
		return err
	}
	heading := []any{}
	for _, c := range k.Columns {
		heading = append(heading, c.Label.In(ctx))
	}
	if err := table.Row(heading...); err != nil {
		return err
	}
	return table.Close()
}
