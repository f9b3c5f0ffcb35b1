package relation

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const workshopColumns = `id, name, until_day, opened_by, opened_at, coalesce(closed_by, 0), closed_at`

func scanWorkshop(row sqldb.Row) (Workshop, error) {
	var w Workshop
	return w, row.Scan(&w.ID, &w.Name, &w.Until, &w.OpenedBy, &w.OpenedAt, &w.ClosedBy, &w.ClosedAt)
}

// workshops lists all of them, the newest first.
func workshops(ctx context.Context, rd sqldb.Reader) ([]Workshop, error) {
	return sqldb.All(ctx, rd, scanWorkshop, `select `+workshopColumns+` from workshop order by opened_at desc, id desc`)
}

func workshopOf(ctx context.Context, rd sqldb.Reader, id ID) (Workshop, error) {
	return sqldb.One(ctx, rd, scanWorkshop, `select `+workshopColumns+` from workshop where id = $1`, id)
}

func insertWorkshop(ctx context.Context, tx *sqldb.Tx, w Workshop) error {
	_, err := tx.Exec(ctx, `
		insert into workshop (id, name, until_day, opened_by, opened_at)
		values ($1, $2, $3, $4, $5)`, w.ID, w.Name, w.Until, w.OpenedBy, w.OpenedAt)
	return err
}

func closeWorkshop(ctx context.Context, tx *sqldb.Tx, id ID, by org.ID) error {
	_, err := tx.Exec(ctx, `
		update workshop
		set closed_by = $2, closed_at = $3
		where id = $1`, id, by, tx.Now)
	return err
}

const sheetColumns = `id, workshop, unit, from_unit, version, state, coalesce(changed_by, 0), changed_at, coalesce(handed_by, 0), handed_at`

func scanSheet(row sqldb.Row) (Sheet, error) {
	var s Sheet
	var state string
	err := row.Scan(&s.ID, &s.Workshop, &s.Unit, &s.From, &s.Version, &state, &s.ChangedBy, &s.ChangedAt, &s.HandedBy, &s.HandedAt)
	s.State = SheetState(state)
	return s, err
}

// sheetsOf lists the sheets of workshops, without their lines.
func sheetsOf(ctx context.Context, rd sqldb.Reader, workshops []ID) ([]Sheet, error) {
	return sqldb.AllQ(ctx, rd, scanSheet, sqldb.Select("select "+sheetColumns+"\nfrom sheet").In("workshop", workshops).OrderBy("workshop, id"))
}

func sheetOf(ctx context.Context, rd sqldb.Reader, workshop ID, unit org.ID) (Sheet, error) {
	s, err := sqldb.One(ctx, rd, scanSheet, `select `+sheetColumns+` from sheet where workshop = $1 and unit = $2`, workshop, unit)
	if err != nil {
		return s, err
	}
	lines, err := linesOf(ctx, rd, []ID{s.ID})
	s.Lines = lines[s.ID]
	return s, err
}

// openSheets lists the sheets of a unit in workshops that are not closed, with their lines.
func openSheets(ctx context.Context, rd sqldb.Reader, unit org.ID, after ID, limit int) ([]Sheet, error) {
	list, err := sqldb.AllQ(ctx, rd, scanSheet, sqldb.Select("select "+sheetColumns+"\nfrom sheet").Where("unit = ?", unit).
		Where("workshop in (select id from workshop where closed_at is null)").Where("id > ?", after).OrderBy("id").Limit(limit))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]ID, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	lines, err := linesOf(ctx, rd, ids)
	for i := range list {
		list[i].Lines = lines[list[i].ID]
	}
	return list, err
}

func countSheets(ctx context.Context, rd sqldb.Reader, unit org.ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `
		select count(*)
		from sheet
		where unit = $1 and workshop in (select id from workshop where closed_at is null)`, unit)
}

func insertSheet(ctx context.Context, tx *sqldb.Tx, s Sheet) error {
	_, err := tx.Exec(ctx, `
		insert into sheet (id, workshop, unit, from_unit, version, state)
		values ($1, $2, $3, $4, $5, $6)`, s.ID, s.Workshop, s.Unit, s.From, s.Version, string(s.State))
	return err
}

func updateSheet(ctx context.Context, tx *sqldb.Tx, s Sheet) error {
	_, err := tx.Exec(ctx, `
		update sheet
		set unit = $2, from_unit = $3, version = $4, state = $5, changed_by = $6, changed_at = $7, handed_by = $8, handed_at = $9
		where id = $1`, s.ID, s.Unit, s.From, s.Version, string(s.State), orNull(s.ChangedBy), s.ChangedAt, orNull(s.HandedBy), s.HandedAt)
	return err
}

func linesOf(ctx context.Context, rd sqldb.Reader, sheets []ID) (map[ID][]SheetLine, error) {
	out := map[ID][]SheetLine{}
	_, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (ID, error) {
		var l SheetLine
		var sheet ID
		var side string
		err := row.Scan(&sheet, &side, &l.Other, &l.Deliverable, &l.Frequency, &l.Criterion, &l.Expects, &l.Importance)
		l.Side = Side(side)
		out[sheet] = append(out[sheet], l)
		return sheet, err
	}, sqldb.Select("select sheet, side, other, deliverable, frequency, criterion, expects, importance\nfrom sheet_line").In("sheet", sheets).OrderBy("sheet, n"))
	return out, err
}

// setLines makes the lines of a sheet exactly these.
func setLines(ctx context.Context, tx *sqldb.Tx, sheet ID, lines []SheetLine) error {
	if _, err := tx.Exec(ctx, `delete from sheet_line where sheet = $1`, sheet); err != nil {
		return err
	}
	rows := make([][]any, len(lines))
	for i, l := range lines {
		rows[i] = []any{sheet, i, string(l.Side), l.Other, l.Deliverable, l.Frequency, l.Criterion, l.Expects, l.Importance}
	}
	return tx.Insert(ctx, "sheet_line", "sheet, n, side, other, deliverable, frequency, criterion, expects, importance", rows...)
}

// renameOther puts the unit that follows another into the lines of sheets in workshops that are not closed; what that unit says of
// itself then goes.
func renameOther(ctx context.Context, tx *sqldb.Tx, from, to org.ID) error {
	_, err := tx.Exec(ctx, `
		update sheet_line
		set other = $2
		where other = $1 and sheet in (select id from sheet where workshop in (select id from workshop where closed_at is null))`, from, to)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		delete from sheet_line
		where other = $1 and sheet in (select id from sheet where unit = $1)`, to)
	return err
}

// dropSheet removes a sheet with its lines: another has taken them over.
func dropSheet(ctx context.Context, tx *sqldb.Tx, sheet ID) error {
	if _, err := tx.Exec(ctx, `delete from sheet_line where sheet = $1`, sheet); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from sheet where id = $1`, sheet)
	return err
}

func scanHandOver(row sqldb.Row) (HandOver, error) {
	var h HandOver
	var side string
	err := row.Scan(&h.Edge, &side, &h.N, &h.Deliverable, &h.Frequency, &h.Criterion, &h.Person, &h.At, &h.From, &h.Provider, &h.Customer)
	h.Side = Side(side)
	return h, err
}

const handOverSelect = `select h.edge, h.side, h.n, h.deliverable, h.frequency, h.criterion, h.person, h.at, h.from_unit, e.provider, e.customer
		from handover h
		join edge e on e.id = h.edge`

// handOvers lists what goes over edges.
func handOvers(ctx context.Context, rd sqldb.Reader, edges []ID) ([]HandOver, error) {
	return sqldb.AllQ(ctx, rd, scanHandOver, sqldb.Select(handOverSelect).In("h.edge", edges).OrderBy("h.edge, h.side desc, h.n"))
}

// setHandOvers makes what one side says of an edge exactly this.
func setHandOvers(ctx context.Context, tx *sqldb.Tx, edge ID, side Side, list []HandOver) error {
	if _, err := tx.Exec(ctx, `delete from handover where edge = $1 and side = $2`, edge, string(side)); err != nil {
		return err
	}
	rows := make([][]any, len(list))
	for i, h := range list {
		rows[i] = []any{edge, string(side), i + 1, h.Deliverable, h.Frequency, h.Criterion, h.Person, h.At, h.From}
	}
	return tx.Insert(ctx, "handover", "edge, side, n, deliverable, frequency, criterion, person, at, from_unit", rows...)
}

// edgesHanding lists the edges of a unit over which something goes, in the order of their ids.
func edgesHanding(ctx context.Context, rd sqldb.Reader, unit org.ID, after ID, limit int) ([]edgeRow, error) {
	return sqldb.AllQ(ctx, rd, scanEdge, sqldb.Select("select "+edgeColumns+"\nfrom edge").Where("(provider = ? or customer = ?)", unit, unit).
		Where("id in (select edge from handover)").Where("id > ?", after).OrderBy("id").Limit(limit))
}

func countHanding(ctx context.Context, rd sqldb.Reader, unit org.ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `
		select count(*)
		from edge
		where (provider = $1 or customer = $1) and id in (select edge from handover)`, unit)
}

// Sheets names workshops and sheets for the audit trail: workshop and unit of each sheet, by id.
func Sheets(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]Sheet, error) {
	list, err := sqldb.AllQ(ctx, rd, scanSheet, sqldb.Select("select "+sheetColumns+"\nfrom sheet").In("id", ids))
	out := map[ID]Sheet{}
	for _, s := range list {
		out[s.ID] = s
	}
	return out, err
}

// WorkshopNames names workshops, by id.
func WorkshopNames(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]string, error) {
	list, err := sqldb.AllQ(ctx, rd, scanWorkshop, sqldb.Select("select "+workshopColumns+"\nfrom workshop").In("id", ids))
	out := map[ID]string{}
	for _, w := range list {
		out[w.ID] = w.Name
	}
	return out, err
}
