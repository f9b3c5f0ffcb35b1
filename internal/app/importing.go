package app

import (
	"context"
	"errors"
	"fmt"

	"neike/internal/app/importer"
	"neike/internal/kit/lang"
)

func init() { offer("import", runImport) }

// ImportArgs are those of `neike import`; the file itself follows as the call's input.
type ImportArgs struct {
	Kind    string
	Name    string // of the file: its ending says how to read it
	Mapping string // content of the mapping file
	DryRun  bool
	SkipBad bool
	JSON    bool
}

// runImport takes a file in. With wrong rows and no SkipBad nothing is written and the command fails.
func runImport(ctx context.Context, a *App, c *Call) error {
	var args ImportArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	o := importer.Options{DryRun: args.DryRun, SkipBad: args.SkipBad, Name: args.Name,
		Progress: func(done, total int) { c.Progress(int64(done), int64(total), args.Kind) }}
	if args.Mapping != "" {
		o.Mapping = []byte(args.Mapping)
	}
	result, err := a.Importer.Import(ctx, args.Kind, c.In, o)
	if err != nil {
		return err
	}
	if result.Errors == nil {
		result.Errors = []importer.RowError{}
	}
	if args.JSON {
		err = printJSON(c, result)
	} else {
		err = printImport(ctx, c, result)
	}
	if err == nil && len(result.Errors) > 0 && !args.SkipBad {
		err = errors.New(lang.T(ctx, "app.import-refused", "count", wrongRows(result.Errors)))
	}
	return err
}

// wrongRows counts rows: one may be wrong in several columns.
func wrongRows(list []importer.RowError) int {
	lines := map[int]bool{}
	for _, e := range list {
		lines[e.Line] = true
	}
	return len(lines)
}

func printImport(ctx context.Context, c *Call, r importer.Result) error {
	for _, e := range r.Errors {
		if _, err := fmt.Fprintln(c.Out, lang.T(ctx, "app.import-row", "line", e.Line, "column", e.Column, "reason", e.Reason)); err != nil {
			return err
		}
	}
	for _, e := range r.Kept {
		if _, err := fmt.Fprintln(c.Out, lang.T(ctx, "app.import-row", "line", e.Line, "column", e.Column, "reason", e.Reason)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(c.Out, lang.T(ctx, "app.import-done", "created", r.Created, "updated", r.Updated, "unchanged", r.Unchanged))
	return err
}
