package fold

import (
	"testing"
	"time"
)

type row struct {
	n    int
	word string
	at   time.Time
	free string
}

var columns = Columns[row]{
	Of("n", func(r *row) *int { return &r.n }),
	Of("word", func(r *row) *string { return &r.word }),
	Time("at", func(r *row) *time.Time { return &r.at }),
}

func TestColumns(t *testing.T) {
	noon := time.Date(2026, 9, 25, 4, 0, 0, 5e6, time.UTC)
	here := row{1, "a", noon, "kept"}
	for _, c := range []struct {
		log  row
		want Difference
	}{
		{here, Difference{}},
		{row{1, "a", noon.In(time.FixedZone("", 8*3600)), "other"}, Difference{}},
		{row{2, "b", noon, ""}, Difference{"n", "1", "2"}},
		{row{1, "b", time.Time{}, ""}, Difference{"word", "a", "b"}},
		{row{1, "a", time.Time{}, ""}, Difference{"at", "2026-09-25T04:00:00.005Z", "-"}},
	} {
		if got := columns.Differ(here, c.log); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.log, got, c.want)
		}
		healed := here
		columns.Take(&healed, c.log)
		if got := columns.Differ(healed, c.log); got != (Difference{}) || healed.free != "kept" {
			t.Errorf("%+v is healed to %+v", c.log, healed)
		}
	}
}
