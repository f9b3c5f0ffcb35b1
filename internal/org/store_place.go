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
