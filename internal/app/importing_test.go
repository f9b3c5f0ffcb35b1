package app

import (
	"bytes"
	"context"
	"testing"

	"neike/internal/app/importer"
	"neike/internal/kit/lang"
)

// What an import prints says what was written, never counts of what was not.
func TestTheSummaryOfAnImport(t *testing.T) {
	book, err := lang.New(locales()...)
	if err != nil {
		t.Fatal(err)
	}
	wrong := []importer.RowError{{Line: 3, Column: "unit", Reason: "no such unit"}, {Line: 1, Reason: "the heading is there twice"}}
	done := importer.Count{Created: 2, Updated: 1, Unchanged: 4}
	for _, c := range []struct {
		name   string
		args   ImportArgs
		result importer.Result
		want   string
	}{
		{"done", ImportArgs{}, importer.Result{Count: done, Ignored: []string{"Sprint", "Labels"}},
			"These headings mean nothing here and are ignored: Sprint, Labels\ncreated 2, updated 1, unchanged 4\n"},
		{"refused", ImportArgs{}, importer.Result{Errors: wrong}, "line 3, unit: no such unit\nline 1: the heading is there twice\n"},
		{"the right rows", ImportArgs{SkipBad: true}, importer.Result{Count: done, Errors: wrong[:1]},
			"line 3, unit: no such unit\ncreated 2, updated 1, unchanged 4\nleft out one row that is wrong\n"},
		{"checked", ImportArgs{DryRun: true}, importer.Result{Count: done, Errors: wrong[:1]},
			"line 3, unit: no such unit\nchecked only, nothing written; of the right rows it would create 2, update 1, leave 4 unchanged\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := printImport(lang.With(context.Background(), book, "en", "UTC"), &Call{Out: &out}, c.args, c.result); err != nil || out.String() != c.want {
				t.Errorf("got %q, want %q (%v)", out.String(), c.want, err)
			}
		})
	}
}
