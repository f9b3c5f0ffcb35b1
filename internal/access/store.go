package access

import (
	"context"
	"slices"

	"neike/internal/kit/sqldb"
)

func insertGrants(ctx context.Context, tx *sqldb.Tx, grants []Grant) error {
	for _, g := range grants {
		_, err := tx.Exec(ctx, `
insert into access_grant (subject_kind, subject, holder_kind, holder, role, why, at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (subject_kind, subject, holder_kind, holder, role, why) do nothing`,
			g.Subject.Kind, g.Subject.ID, kindOf(g.Holder), g.Holder.ID, g.Holder.Role, g.Why, tx.Now)
		if err != nil {
			return err
		}
	}
	return nil
}

func deleteGrants(ctx context.Context, tx *sqldb.Tx, sub Subject, h Holder, why string) error {
	_, err := tx.Exec(ctx, `
delete from access_grant
where subject_kind = $1 and subject = $2 and holder_kind = $3 and holder = $4 and role = $5 and (why = $6 or $6 = '')`,
		sub.Kind, sub.ID, kindOf(h), h.ID, h.Role, why)
	return err
}

func deleteGrantsFor(ctx context.Context, tx *sqldb.Tx, sub Subject, why string) error {
	_, err := tx.Exec(ctx, `delete from access_grant where subject_kind = $1 and subject = $2 and why = $3`, sub.Kind, sub.ID, why)
	return err
}

func grantsOf(ctx context.Context, rd sqldb.Reader, sub Subject) ([]Grant, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Grant, error) {
		g := Grant{Subject: sub}
		var kind int
		err := row.Scan(&kind, &g.Holder.ID, &g.Holder.Role, &g.Why)
		g.Holder.Kind = holderKinds[kind]
		return g, err
	}, `
select holder_kind, holder, role, why
from access_grant
where subject_kind = $1 and subject = $2`, sub.Kind, sub.ID)
}

// grantsOfMany reads the grants of records of one kind, in chunks that a statement takes.
func grantsOfMany(ctx context.Context, rd sqldb.Reader, kind string, ids []ID) (map[ID][]Grant, error) {
	out := make(map[ID][]Grant, len(ids))
	for chunk := range slices.Chunk(ids, 500) {
		list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (Grant, error) {
			g := Grant{Subject: Subject{Kind: kind}}
			var holder int
			err := row.Scan(&g.Subject.ID, &holder, &g.Holder.ID, &g.Holder.Role, &g.Why)
			g.Holder.Kind = holderKinds[holder]
			return g, err
		}, sqldb.Select("select subject, holder_kind, holder, role, why\nfrom access_grant").Where("subject_kind = ?", kind).In("subject", chunk))
		if err != nil {
			return nil, err
		}
		for _, g := range list {
			out[g.Subject.ID] = append(out[g.Subject.ID], g)
		}
	}
	return out, nil
}

func grantsWithTime(ctx context.Context, rd sqldb.Reader, sub Subject) ([]Grant, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Grant, error) {
		g := Grant{Subject: sub}
		var kind int
		err := row.Scan(&kind, &g.Holder.ID, &g.Holder.Role, &g.Why, &g.At)
		g.Holder.Kind = holderKinds[kind]
		return g, err
	}, `
select holder_kind, holder, role, why, at
from access_grant
where subject_kind = $1 and subject = $2
order by at, holder_kind, holder`, sub.Kind, sub.ID)
}
