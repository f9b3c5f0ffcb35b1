package place

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const columns = "id, code, path, name_zh, name_en, kind, parent, unit, asset, note, retired_at, revision"

func scanPlace(row sqldb.Row) (p Place, err error) {
	return p, row.Scan(&p.ID, &p.Code, &p.Path, &p.Name.Zh, &p.Name.En, &p.Kind, &p.Parent, &p.Unit, &p.Asset, &p.Note, &p.RetiredAt, &p.Revision)
}

func nobody(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// keys is what a search looks at, in small letters.
func keys(p Place) string {
	full, initials := catalog.Spell(p.Name.Zh)
	return strings.ToLower(strings.Join([]string{p.Code, p.Name.Zh, p.Name.En, full, initials, p.Asset}, "\n"))
}

func insert(ctx context.Context, tx *sqldb.Tx, p Place) error {
	return tx.Insert(ctx, "place", columns+", keys, changed_at", []any{p.ID, p.Code, p.Path, p.Name.Zh, p.Name.En, p.Kind, nobody(p.Parent), p.Unit, p.Asset, p.Note, p.RetiredAt,
		p.Revision, keys(p), tx.Now})
}

func update(ctx context.Context, tx *sqldb.Tx, p Place) error {
	n, err := tx.Exec(ctx, `
update place
set path = $2, name_zh = $3, name_en = $4, kind = $5, parent = $6, unit = $7, asset = $8, note = $9, retired_at = $10, revision = $11, keys = $12, changed_at = $13
where id = $1`, p.ID, p.Path, p.Name.Zh, p.Name.En, p.Kind, nobody(p.Parent), p.Unit, p.Asset, p.Note, p.RetiredAt, p.Revision, keys(p), tx.Now)
	if err == nil && n != 1 {
		err = fmt.Errorf("update place %d: %d rows", p.ID, n)
	}
	return err
}

// movePaths gives what lies under a path, and the place itself, the paths under another.
func movePaths(ctx context.Context, tx *sqldb.Tx, old, now string) error {
	from, to := under(old)
	_, err := tx.Exec(ctx, `
update place
set path = $3 || substr(path, $4), revision = revision + 1
where path >= $1 and path < $2`, from, to, now, len(old)+1)
	return err
}

// retire takes what lies under a path, and the place itself, out of use, and says how many those are.
func retire(ctx context.Context, tx *sqldb.Tx, path string) (int, error) {
	from, to := under(path)
	n, err := tx.Exec(ctx, `
update place
set retired_at = $3, revision = revision + 1, changed_at = $3
where path >= $1 and path < $2 and retired_at is null`, from, to, tx.Now)
	return int(n), err
}

func setServices(ctx context.Context, tx *sqldb.Tx, place ID, services []int64) error {
	if _, err := tx.Exec(ctx, `delete from place_service where place = $1`, place); err != nil {
		return err
	}
	rows := make([][]any, len(services))
	for i, id := range services {
		rows[i] = []any{place, i, id}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Insert(ctx, "place_service", "place, n, service", rows...)
}

func setKind(ctx context.Context, tx *sqldb.Tx, kind string, services []int64) error {
	if _, err := tx.Exec(ctx, `delete from place_kind_service where kind = $1`, kind); err != nil {
		return err
	}
	rows := make([][]any, len(services))
	for i, id := range services {
		rows[i] = []any{kind, i, id}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Insert(ctx, "place_kind_service", "kind, n, service", rows...)
}

// withServices adds the services of their own to places.
func withServices(ctx context.Context, rd sqldb.Reader, list []Place) ([]Place, error) {
	if len(list) == 0 {
		return list, nil
	}
	at := make(map[ID]int, len(list))
	ids := make([]int64, len(list))
	for i, p := range list {
		at[p.ID], ids[i] = i, p.ID
	}
	for chunk := range slices.Chunk(ids, 500) {
		_, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (struct{}, error) {
			var place, service int64
			err := row.Scan(&place, &service)
			list[at[place]].Services = append(list[at[place]].Services, service)
			return struct{}{}, err
		}, sqldb.Select("select place, service from place_service").In("place", chunk).OrderBy("place, n"))
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func one(ctx context.Context, rd sqldb.Reader, cond string, arg any) (Place, error) {
	list, err := sqldb.AllQ(ctx, rd, scanPlace, sqldb.Select("select "+columns+"\nfrom place").Where(cond, arg).Limit(1))
	if err != nil {
		return Place{}, err
	}
	if len(list) == 0 {
		return Place{}, fault.ErrNotFound
	}
	list, err = withServices(ctx, rd, list)
	if err != nil {
		return Place{}, err
	}
	return list[0], nil
}

func byID(ctx context.Context, rd sqldb.Reader, id ID) (Place, error) {
	return one(ctx, rd, "id = ?", id)
}

func byCode(ctx context.Context, rd sqldb.Reader, code string) (Place, error) {
	return one(ctx, rd, "code = ?", code)
}

// byIDs are the places of some ids, without their services.
func byIDs(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]Place, error) {
	out := make(map[ID]Place, len(ids))
	for chunk := range slices.Chunk(ids, 500) {
		list, err := sqldb.AllQ(ctx, rd, scanPlace, sqldb.Select("select "+columns+"\nfrom place").In("id", chunk))
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			out[p.ID] = p
		}
	}
	return out, nil
}

// byCodes are the places of some codes, those that there are.
func byCodes(ctx context.Context, rd sqldb.Reader, codes []string) (map[string]Place, error) {
	out := make(map[string]Place, len(codes))
	codes = slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return c == "" })
	slices.Sort(codes)
	for chunk := range slices.Chunk(slices.Compact(codes), 500) {
		list, err := sqldb.AllQ(ctx, rd, scanPlace, sqldb.Select("select "+columns+"\nfrom place").In("code", chunk))
		if err != nil {
			return nil, err
		}
		if list, err = withServices(ctx, rd, list); err != nil {
			return nil, err
		}
		for _, p := range list {
			out[p.Code] = p
		}
	}
	return out, nil
}

// kindServices are the services of kinds.
func kindServices(ctx context.Context, rd sqldb.Reader) (map[string][]int64, error) {
	out := map[string][]int64{}
	_, err := sqldb.All(ctx, rd, func(row sqldb.Row) (struct{}, error) {
		var kind string
		var service int64
		err := row.Scan(&kind, &service)
		out[kind] = append(out[kind], service)
		return struct{}{}, err
	}, `
select kind, service
from place_kind_service
order by kind, n
limit 500`)
	return out, err
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// list reads a page of places in the order of their paths.
func list(ctx context.Context, rd sqldb.Reader, sc scope) ([]Place, error) {
	q := sqldb.Select("select " + columns + "\nfrom place p")
	switch sc.state {
	case "", "in_use":
		q.Where("p.retired_at is null")
	case "retired":
		q.Where("p.retired_at is not null")
	}
	if sc.kind != "" {
		q.Where("p.kind = ?", sc.kind)
	}
	if len(sc.units) > 0 {
		q.In("p.unit", sc.units)
	}
	if sc.path != "" {
		from, to := under(sc.path)
		q.Where("p.path >= ?", from).Where("p.path < ?", to)
	}
	if sc.top {
		q.Where("p.parent is null")
	}
	if sc.direct != 0 {
		q.Where("p.parent = ?", sc.direct)
	}
	for _, w := range sc.words {
		q.Where("p.keys like ? escape '\\'", "%"+likeEscape.Replace(w)+"%")
	}
	if sc.after != 0 {
		q.Where("p.path > (\n\tselect l.path\n\tfrom place l\n\twhere l.id = ?)", sc.after)
	}
	rows, err := sqldb.AllQ(ctx, rd, scanPlace, q.OrderBy("p.path").Limit(sc.limit+1))
	if err != nil {
		return nil, err
	}
	return withServices(ctx, rd, rows)
}

// ofUnitAfter lists the places that a unit answers for, by id.
func ofUnitAfter(ctx context.Context, rd sqldb.Reader, unit org.ID, after ID, limit int) ([]Place, error) {
	return sqldb.All(ctx, rd, scanPlace, `
select `+columns+`
from place
where unit = $1 and id > $2
order by id
limit $3`, unit, after, limit)
}

func countOfUnit(ctx context.Context, rd sqldb.Reader, unit org.ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from place
where unit = $1`, unit)
}

func handTo(ctx context.Context, tx *sqldb.Tx, place ID, unit org.ID) error {
	_, err := tx.Exec(ctx, `
update place
set unit = $2, revision = revision + 1, changed_at = $3
where id = $1`, place, unit, tx.Now)
	return err
}

// after lists places by path, for a file of all of them.
func after(ctx context.Context, rd sqldb.Reader, path string, limit int) ([]Place, error) {
	rows, err := sqldb.All(ctx, rd, scanPlace, `
select `+columns+`
from place
where path > $1
order by path
limit $2`, path, limit)
	if err != nil {
		return nil, err
	}
	return withServices(ctx, rd, rows)
}

// Named are places by code.
func Named(ctx context.Context, rd sqldb.Reader, ids []ID) (map[string]Place, error) {
	out := make(map[string]Place, len(ids))
	for chunk := range slices.Chunk(ids, 500) {
		list, err := sqldb.AllQ(ctx, rd, scanPlace, sqldb.Select("select "+columns+"\nfrom place").In("id", chunk))
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			out[p.Code] = p
		}
	}
	return out, nil
}
