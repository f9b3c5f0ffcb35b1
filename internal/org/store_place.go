package org

import (
	"context"

	"neike/internal/kit/sqldb"
)

const placeColumns = `unit, address_zh, address_en, zone, legal_name, legal_no, entity, revision`

func scanPlace(row sqldb.Row) (Place, error) {
	var p Place
	err := row.Scan(&p.Unit, &p.Address.Zh, &p.Address.En, &p.Zone, &p.LegalName, &p.LegalNo, &p.Entity, &p.Revision)
	return p, err
}

func allPlaces(ctx context.Context, rd sqldb.Reader) (map[ID]Place, error) {
	list, err := sqldb.All(ctx, rd, scanPlace, `select `+placeColumns+` from org_place`)
	if err != nil {
		return nil, err
	}
	out := make(map[ID]Place, len(list))
	for _, p := range list {
		out[p.Unit] = p
	}
	return out, nil
}

func savePlace(ctx context.Context, tx *sqldb.Tx, p Place) error {
	_, err := tx.Exec(ctx, `
insert into org_place (unit, address_zh, address_en, zone, legal_name, legal_no, entity, revision)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (unit) do update
set address_zh = excluded.address_zh, address_en = excluded.address_en, zone = excluded.zone, legal_name = excluded.legal_name,
	legal_no = excluded.legal_no, entity = excluded.entity, revision = excluded.revision`,
		p.Unit, p.Address.Zh, p.Address.En, p.Zone, p.LegalName, p.LegalNo, orNull(p.Entity), p.Revision)
	return err
}
