package agreement

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const columns = "id, number, provider, customer, revision, created_at, ended_at, ended_by, ended_why"

func scan(row sqldb.Row) (a Agreement, err error) {
	var ended int64
	err = row.Scan(&a.ID, &a.Number, &a.Provider, &a.Customer, &a.Revision, &a.CreatedAt, &ended, &a.EndedBy, &a.EndedWhy)
	a.EndedAt = timeOf(ended)
	return a, err
}

// timeOf reads a moment; 0 is none.
func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func msOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func insert(ctx context.Context, tx *sqldb.Tx, a Agreement) error {
	return tx.Insert(ctx, "agreement", columns, []any{a.ID, a.Number, a.Provider, a.Customer, a.Revision, a.CreatedAt, msOf(a.EndedAt), a.EndedBy, a.EndedWhy})
}

// update writes what may change of an agreement.
func update(ctx context.Context, tx *sqldb.Tx, a Agreement) error {
	_, err := tx.Exec(ctx, `
update agreement
set provider = $2, customer = $3, revision = $4, ended_at = $5, ended_by = $6, ended_why = $7
where id = $1`, a.ID, a.Provider, a.Customer, a.Revision, msOf(a.EndedAt), a.EndedBy, a.EndedWhy)
	return err
}

func byID(ctx context.Context, rd sqldb.Reader, id ID) (Agreement, error) {
	return sqldb.One(ctx, rd, scan, "select "+columns+"\nfrom agreement\nwhere id = $1", id)
}

func byNumber(ctx context.Context, rd sqldb.Reader, number int64) (Agreement, error) {
	return sqldb.One(ctx, rd, scan, "select "+columns+"\nfrom agreement\nwhere number = $1", number)
}

// ofPair is the agreement of a pair that is not ended; none: ErrNotFound.
func ofPair(ctx context.Context, rd sqldb.Reader, provider, customer org.ID) (Agreement, error) {
	return sqldb.One(ctx, rd, scan, "select "+columns+"\nfrom agreement\nwhere provider = $1 and customer = $2 and ended_at = 0", provider, customer)
}

// all are all agreements after a number, the newest first; 0: from the newest.
func all(ctx context.Context, rd sqldb.Reader, before int64, limit int) ([]Agreement, error) {
	q := sqldb.Select("select " + columns + "\nfrom agreement")
	if before > 0 {
		q.Where("number < ?", before)
	}
	return sqldb.AllQ(ctx, rd, scan, q.OrderBy("number desc").Limit(limit))
}

// ofUnit are the agreements of a unit that are not ended, on either side.
func ofUnit(ctx context.Context, rd sqldb.Reader, unit org.ID, after ID, limit int) ([]Agreement, error) {
	return sqldb.All(ctx, rd, scan, "select "+columns+`
from agreement
where (provider = $1 or customer = $1) and ended_at = 0 and id > $2
order by id
limit $3`, unit, after, limit)
}

func countOfUnit(ctx context.Context, rd sqldb.Reader, unit org.ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from agreement
where (provider = $1 or customer = $1) and ended_at = 0`, unit)
}

const versionColumns = "agreement, n, terms, from_day, to_day, review_day, person, at, signed_at, reviewed"

func scanVersion(row sqldb.Row) (v Version, err error) {
	var signed int64
	err = row.Scan(&v.Agreement, &v.N, sqldb.JSON(&v.Terms), &v.From, &v.To, &v.Review, &v.Person, &v.At, &signed, &v.Reviewed)
	v.SignedAt = timeOf(signed)
	return v, err
}

func insertVersion(ctx context.Context, tx *sqldb.Tx, v Version) error {
	return tx.Insert(ctx, "agreement_version", versionColumns,
		[]any{v.Agreement, v.N, sqldb.JSON(v.Terms), v.From, v.To, v.Review, v.Person, v.At, msOf(v.SignedAt), v.Reviewed})
}

func updateVersion(ctx context.Context, tx *sqldb.Tx, v Version) error {
	_, err := tx.Exec(ctx, `
update agreement_version
set terms = $3, from_day = $4, to_day = $5, review_day = $6, person = $7, at = $8, signed_at = $9, reviewed = $10
where agreement = $1 and n = $2`, v.Agreement, v.N, sqldb.JSON(v.Terms), v.From, v.To, v.Review, v.Person, v.At, msOf(v.SignedAt), v.Reviewed)
	return err
}

func deleteVersion(ctx context.Context, tx *sqldb.Tx, v Version) error {
	_, err := tx.Exec(ctx, "delete from agreement_version\nwhere agreement = $1 and n = $2", v.Agreement, v.N)
	return err
}

// versionsOf are the versions of agreements with their signatures, by agreement, the newest first.
func versionsOf(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID][]Version, error) {
	out := make(map[ID][]Version, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	list, err := sqldb.AllQ(ctx, rd, scanVersion, sqldb.Select("select "+versionColumns+"\nfrom agreement_version").In("agreement", ids).OrderBy("agreement, n desc"))
	if err != nil {
		return nil, err
	}
	signed, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (s Signature, err error) {
		var side string
		err = row.Scan(&s.Agreement, &s.N, &side, &s.Person, &s.At, &s.Print)
		s.Side = Side(side)
		return s, err
	}, sqldb.Select("select agreement, n, side, person, at, print\nfrom agreement_signature").In("agreement", ids).OrderBy("agreement, n, at"))
	for _, v := range list {
		for _, s := range signed {
			if s.Agreement == v.Agreement && s.N == v.N {
				v.Signatures = append(v.Signatures, s)
			}
		}
		out[v.Agreement] = append(out[v.Agreement], v)
	}
	return out, err
}

// toReview are versions signed by both whose review is due by a day, and of whose review nobody was reminded.
func toReview(ctx context.Context, rd sqldb.Reader, day int64, limit int) ([]Version, error) {
	return sqldb.All(ctx, rd, scanVersion, "select "+versionColumns+`
from agreement_version
where signed_at > 0 and reviewed = false and review_day <= $1
order by agreement, n
limit $2`, day, limit)
}

func insertSignature(ctx context.Context, tx *sqldb.Tx, s Signature) error {
	return tx.Insert(ctx, "agreement_signature", "agreement, n, side, person, at, print", []any{s.Agreement, s.N, string(s.Side), s.Person, s.At, s.Print})
}

// unsign takes the signatures under a draft away.
func unsign(ctx context.Context, tx *sqldb.Tx, agreement ID, n int) error {
	_, err := tx.Exec(ctx, "delete from agreement_signature\nwhere agreement = $1 and n = $2", agreement, n)
	return err
}

func insertWord(ctx context.Context, tx *sqldb.Tx, w Word) error {
	return tx.Insert(ctx, "agreement_word", "id, agreement, n, quarter, side, person, text, at",
		[]any{w.ID, w.Agreement, w.N, w.Quarter, string(w.Side), w.Person, w.Text, w.At})
}

// wordsOf are the words of an agreement on a quarter, or on its drafts (quarter 0), the newest first.
func wordsOf(ctx context.Context, rd sqldb.Reader, agreement ID, quarter Quarter) ([]Word, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (w Word, err error) {
		var side string
		err = row.Scan(&w.ID, &w.Agreement, &w.N, &w.Quarter, &side, &w.Person, &w.Text, &w.At)
		w.Side = Side(side)
		return w, err
	}, `
select id, agreement, n, quarter, side, person, text, at
from agreement_word
where agreement = $1 and quarter = $2
order by id desc
limit 100`, agreement, int(quarter))
}

// lastSpoke is when each side last spoke of a quarter.
func lastSpoke(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]map[Side]time.Time, error) {
	out := map[ID]map[Side]time.Time{}
	if len(ids) == 0 {
		return out, nil
	}
	_, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (id ID, err error) {
		var side string
		var at time.Time
		err = row.Scan(&id, &side, &at)
		if out[id] == nil {
			out[id] = map[Side]time.Time{}
		}
		out[id][Side(side)] = at
		return id, err
	}, sqldb.Select("select agreement, side, max(at)\nfrom agreement_word").Where("quarter <> 0").In("agreement", ids).GroupBy("agreement, side"))
	return out, err
}

// mayWait are the agreements that have a draft, or a version whose review is due by a day or that counts on it, once each.
func mayWait(ctx context.Context, rd sqldb.Reader, day int64) ([]ID, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (id ID, err error) { return id, row.Scan(&id) }, `
select agreement from agreement_version where signed_at = 0
union select agreement from agreement_version where signed_at > 0 and review_day > 0 and review_day <= $1
union select agreement from agreement_version where signed_at > 0 and from_day <= $1 and (to_day = 0 or to_day >= $1)`, day)
}

// references are the numbers of agreements.
func references(ctx context.Context, rd sqldb.Reader, ids []ID) ([]Agreement, error) {
	return sqldb.AllQ(ctx, rd, scan, sqldb.Select("select "+columns+"\nfrom agreement").In("id", ids))
}
