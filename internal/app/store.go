package app

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// everybody lists people by 工号, active ones first, at most 100 000.
func (a *App) everybody(ctx context.Context) (list []org.Person, err error) {
	err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = sqldb.All(ctx, rd, func(row sqldb.Row) (p org.Person, err error) {
			err = row.Scan(&p.ID, &p.No, &p.Name, &p.NameEn, &p.Unit, &p.Position, &p.Active)
			return p, err
		}, `
			select id, no, name, name_en, unit, position, active
			from org_person_v
			order by active desc, no
			limit 100000`)
		return err
	})
	return list, err
}
