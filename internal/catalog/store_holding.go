package catalog

import (
	"context"

	"neike/internal/kit/sqldb"
)

func countServices(ctx context.Context, rd sqldb.Reader, unit ID) (int, error) {
	return sqldb.Value[int](ctx, rd, "select count(*)\nfrom catalog_service\nwhere unit = $1 and state <> 'retired'", unit)
}

// servicesAfter lists the services of a unit that are not retired, by id: code, name and version.
func servicesAfter(ctx context.Context, rd sqldb.Reader, unit, after ID, limit int) ([]Service, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (Service, error) {
		var s Service
		err := row.Scan(&s.ID, &s.Code, &s.Name.Zh, &s.Name.En, &s.Version)
		return s, err
	}, `select id, code, name_zh, name_en, version
from catalog_service
where unit = $1 and state <> 'retired' and id > $2
order by id
limit $3`, unit, after, limit)
}

func moveService(ctx context.Context, tx *sqldb.Tx, id, unit ID) error {
	_, err := tx.Exec(ctx, "update catalog_service\nset unit = $2, revision = revision + 1, changed_at = $3\nwhere id = $1", id, unit, tx.Now)
	return err
}

// namersOf lists the units that declare the unit of a code as their customer.
func namersOf(ctx context.Context, rd sqldb.Reader, code string) ([]ID, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (id ID, err error) { err = row.Scan(&id); return id, err },
		"select unit\nfrom catalog_customer\nwhere kind = 'unit' and code = $1\norder by unit", code)
}
