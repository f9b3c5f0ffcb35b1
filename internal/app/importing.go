package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	Only    []string // keys of the rows to take; nil: all
	JSON    bool
}

// runImport takes a file in. With wrong rows and no SkipBad nothing is written and the command fails.
func runImport(ctx context.Context, a *App, c *Call) error {
	var args ImportArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	o := importer.Options{DryRun: args.DryRun, SkipBad: args.SkipBad, Only: args.Only, Name: args.Name,
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
		err = printImport(ctx, c, args, result)
	}
	if bad := wrongRows(result.Errors); err == nil && bad > 0 && !args.SkipBad {
		key := "app.import-refused"
		if args.DryRun {
			key = "app.import-would-refuse"
		}
		err = errors.New(lang.T(ctx, key, "count", bad))
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

// printImport lists what is wrong, what stays and what means nothing, and last what was done. Of a refused file it
// counts nothing: the failure says so.
func printImport(ctx context.Context, c *Call, args ImportArgs, r importer.Result) error {
	var lines []string
	for _, e := range slices.Concat(r.Errors, r.Kept) {
		key := "app.import-row"
		if e.Column == "" {
			key = "app.import-line"
		}
		lines = append(lines, lang.T(ctx, key, "line", e.Line, "column", e.Column, "reason", e.Reason))
	}
	if len(r.Ignored) > 0 {
		lines = append(lines, lang.T(ctx, "importer.ignored", "headings", strings.Join(r.Ignored, lang.T(ctx, "importer.comma"))))
	}
	bad := wrongRows(r.Errors)
	if bad == 0 || args.SkipBad || args.DryRun {
		key := "app.import-done"
		if args.DryRun {
			key = "app.import-would"
		}
		lines = append(lines, lang.T(ctx, key, "created", r.Created, "updated", r.Updated, "unchanged", r.Unchanged))
	}
	if bad > 0 && args.SkipBad {
		lines = append(lines, lang.T(ctx, "app.import-skipped", "count", bad))
	}
	_, err := fmt.Fprintln(c.Out, strings.Join(lines, "\n"))
	return err
}
