package catalog

import (
	"context"
	"time"

	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
)

// formDraft is a form that is being changed. Of a service without one it is the form in force, with Stamp 0.
type formDraft struct {
	Form  form.Form
	Base  int   // version of the service that it was begun on
	Stamp int64 // new with every change
	By    int64
	At    time.Time
}

func formDraftOf(ctx context.Context, rd sqldb.Reader, s *Service) (formDraft, error) {
	list, err := sqldb.All(ctx, rd, func(row sqldb.Row) (formDraft, error) {
		var d formDraft
		return d, row.Scan(sqldb.JSON(&d.Form), &d.Base, &d.Stamp, &d.By, &d.At)
	}, `select form, base, stamp, changed_by, changed_at
from catalog_form_draft
where service = $1`, s.ID)
	if err != nil || len(list) == 0 {
		return formDraft{Form: s.Form, Base: s.Version}, err
	}
	return list[0], nil
}

func saveFormDraft(ctx context.Context, tx *sqldb.Tx, service ID, d formDraft) error {
	_, err := tx.Exec(ctx, `insert into catalog_form_draft (service, form, base, stamp, changed_by, changed_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (service) do update set form = excluded.form, base = excluded.base, stamp = excluded.stamp,
  changed_by = excluded.changed_by, changed_at = excluded.changed_at`, service, string(d.Form.Canonical()), d.Base, d.Stamp, nobody(d.By), d.At)
	return err
}

func dropFormDraft(ctx context.Context, tx *sqldb.Tx, service ID) error {
	_, err := tx.Exec(ctx, "delete from catalog_form_draft\nwhere service = $1", service)
	return err
}

// versionsBy says who set which version of a service; versions that came with a pack or an import by nobody are absent.
func versionsBy(ctx context.Context, rd sqldb.Reader, service ID) (map[int]int64, error) {
	type row struct {
		n  int
		by int64
	}
	list, err := sqldb.All(ctx, rd, func(r sqldb.Row) (row, error) {
		var x row
		return x, r.Scan(&x.n, &x.by)
	}, "select n, set_by\nfrom catalog_version\nwhere service = $1 and set_by is not null", service)
	out := map[int]int64{}
	for _, x := range list {
		out[x.n] = x.by
	}
	return out, err
}
