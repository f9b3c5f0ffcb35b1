package measure

import (
	"context"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// wireValues are values with who said so; the newest of a month stands first.
func (s *Service) wireValues(ctx context.Context, m Measure, tree *org.Tree, list []Value) ([]measureValueJSON, error) {
	people := make([]org.ID, len(list))
	for i, v := range list {
		people[i] = v.By
	}
	var names map[org.ID]org.Person
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		names, err = s.Org.Names(ctx, rd, people)
		return err
	})
	out := []measureValueJSON{}
	for i, v := range list {
		j := measureValueJSON{Month: MonthText(v.Month), Revision: v.Revision, Gone: v.Gone, Note: v.Note, At: v.At.UTC(),
			Counts: i == 0 || list[i-1].Month != v.Month || list[i-1].Unit != v.Unit}
		if u, ok := tree.ByID(v.Unit); ok {
			j.Unit = &u.Code
		}
		if p, ok := names[v.By]; ok && p.No != "" {
			j.By = &p.No
		}
		if !v.Gone {
			if m.Kind == Share {
				j.Hits = &v.Hits
			} else {
				j.Value = &v.Amount
			}
			if v.N > 0 {
				j.N = &v.N
			}
		}
		out = append(out, j)
	}
	return out, err
}

type measureValuesEdit struct {
	Code   string `path:"code" doc:"Of a measure of the company's own" example:"scrap"`
	DryRun bool   `query:"dry_run" doc:"Judge only; nothing is taken"`
	Body   struct {
		Items []measureEntryJSON `json:"items" nullable:"false"`
	}
}

type measureEntryJSON struct {
	Unit  string   `json:"unit,omitempty" doc:"Code; left out for what is kept for the company" example:"production"`
	Month string   `json:"month" example:"2026-10"`
	Hits  *int64   `json:"hits,omitempty" nullable:"true" doc:"Of a share" example:"42"`
	N     *int64   `json:"n,omitempty" nullable:"true" doc:"Of a share all of them; otherwise what the value is about" example:"1204"`
	Value *float64 `json:"value,omitempty" nullable:"true" doc:"Of what is no share, in its unit of measurement"`
	Note  string   `json:"note,omitempty" doc:"Why it was corrected"`
	Gone  bool     `json:"gone,omitempty" doc:"There is no value any longer"`
}

type measureValuesDone struct {
	Body struct {
		DryRun    bool `json:"dry_run"`
		Created   int  `json:"created"`
		Updated   int  `json:"updated" doc:"Corrected: what they were is kept"`
		Unchanged int  `json:"unchanged"`
	}
}

func (s *Service) putValues(ctx context.Context, in *measureValuesEdit) (*measureValuesDone, error) {
	entries := make([]Entry, len(in.Body.Items))
	for i, x := range in.Body.Items {
		entries[i] = Entry{Unit: strings.TrimSpace(x.Unit), Hits: x.Hits, N: x.N, Amount: x.Value, Note: strings.TrimSpace(x.Note), Gone: x.Gone}
		entries[i].Month, _ = MonthOf(x.Month)
	}
	done, err := s.Record(ctx, in.Code, entries, in.DryRun)
	if err != nil {
		return nil, err
	}
	var bad fault.Fields
	for i, r := range done.Rows {
		bad.Join(itemAt(i), r.Bad)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	out := &measureValuesDone{}
	out.Body.DryRun, out.Body.Created, out.Body.Updated, out.Body.Unchanged = in.DryRun, done.Fresh, done.Changed, done.Same
	return out, nil
}
