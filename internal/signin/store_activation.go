package signin

import (
	"context"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

func policyIn(ctx context.Context, rd sqldb.Reader) (Policy, error) {
	p, err := sqldb.One(ctx, rd, func(row sqldb.Row) (p Policy, err error) {
		err = row.Scan(&p.Strict, &p.PhoneDigits, &p.Factors, &p.OnlySSO, &p.Revision)
		return p, err
	}, `
		select strict, phone_digits, factors, only_sso, revision
		from signin_policy
		where id = 1`)
	if fault.KindOf(err) == fault.NotFound {
		return Policy{}, nil
	}
	return p, err
}

// savePolicy answers 0 when the revision is not the one that stands.
func savePolicy(ctx context.Context, tx *sqldb.Tx, p Policy) (int64, error) {
	return tx.Exec(ctx, `
		insert into signin_policy (id, strict, phone_digits, factors, only_sso, revision)
		values (1, $1, $2, $3, $4, 1)
		on conflict (id) do update
		set strict = excluded.strict, phone_digits = excluded.phone_digits, factors = excluded.factors,
			only_sso = excluded.only_sso, revision = signin_policy.revision + 1
		where signin_policy.revision = $5`, p.Strict, p.PhoneDigits, p.Factors, p.OnlySSO, p.Revision)
}

func countBreakGlass(ctx context.Context, rd sqldb.Reader) (int, error) {
	return sqldb.Value[int](ctx, rd, `
		select count(*)
		from signin_account
		where break_glass and hash <> ''`)
}

// isDevice says whether a person has signed in with a browser before.
func isDevice(ctx context.Context, rd sqldb.Reader, print string, person ID) (bool, error) {
	n, err := sqldb.Value[int](ctx, rd, `
		select count(*)
		from signin_device
		where print = $1 and person = $2 and seen_at > $3`, print, person, rd.Instant().Add(-DeviceLife))
	return n > 0, err
}

func saveDevice(ctx context.Context, tx *sqldb.Tx, print string, person ID) error {
	_, err := tx.Exec(ctx, `
		insert into signin_device (print, person, made_at, seen_at)
		values ($1, $2, $3, $4)
		on conflict (print, person) do update
		set seen_at = excluded.seen_at`, print, person, tx.Now, tx.Now)
	return err
}

func insertPoster(ctx context.Context, tx *sqldb.Tx, p Poster, print, sealed string, by ID) error {
	return tx.Insert(ctx, "signin_poster", "id, print, sealed, unit, made_by, made_at, until",
		[]any{p.ID, print, sealed, p.Unit, by, p.Made, p.Until})
}

const posterColumns = `id, unit, sealed, made_by, made_at, until, revoked_at is not null`

func scanPoster(row sqldb.Row) (p Poster, err error) {
	err = row.Scan(&p.ID, &p.Unit, &p.sent, &p.maker, &p.Made, &p.Until, &p.Ended)
	return p, err
}

func posterByID(ctx context.Context, rd sqldb.Reader, id ID) (Poster, error) {
	return sqldb.One(ctx, rd, scanPoster, `
		select `+posterColumns+`
		from signin_poster
		where id = $1`, id)
}

func livePoster(ctx context.Context, rd sqldb.Reader, print string) (Poster, error) {
	return sqldb.One(ctx, rd, scanPoster, `
		select `+posterColumns+`
		from signin_poster
		where print = $1 and revoked_at is null and until > $2`, print, rd.Instant())
}

func livePosters(ctx context.Context, rd sqldb.Reader) ([]Poster, error) {
	return sqldb.All(ctx, rd, scanPoster, `
		select `+posterColumns+`
		from signin_poster
		where revoked_at is null and until > $1
		order by id desc
		limit 500`, rd.Instant())
}

func endPoster(ctx context.Context, tx *sqldb.Tx, id ID) (int64, error) {
	return tx.Exec(ctx, `
		update signin_poster
		set revoked_at = $2
		where id = $1 and revoked_at is null`, id, tx.Now)
}

func insertClaim(ctx context.Context, tx *sqldb.Tx, c Claim, print, agent string) error {
	var person any
	if c.person != 0 {
		person = c.person
	}
	return tx.Insert(ctx, "signin_claim", "id, print, poster, person, typed_no, typed_name, number, digits, hash, state, wrong, address, agent, made_at, until",
		[]any{c.ID, print, c.Poster, person, c.No, c.Name, c.Number, c.Digits, c.hash, c.State, 0, c.Address, agent, c.Made, c.Until})
}

const claimColumns = `c.id, c.poster, p.unit, c.person, c.typed_no, c.typed_name, c.number, c.digits, c.hash, c.state, c.wrong, c.address, c.made_at, c.until`

func scanClaim(row sqldb.Row) (c Claim, err error) {
	err = row.Scan(&c.ID, &c.Poster, &c.Unit, &c.person, &c.No, &c.Name, &c.Number, &c.Digits, &c.hash, &c.State, &c.wrong, &c.Address, &c.Made, &c.Until)
	return c, err
}

func claimByID(ctx context.Context, rd sqldb.Reader, id ID) (Claim, error) {
	return sqldb.One(ctx, rd, scanClaim, `
		select `+claimColumns+`
		from signin_claim c
		join signin_poster p on p.id = c.poster
		where c.id = $1`, id)
}

func claimByPrint(ctx context.Context, rd sqldb.Reader, print string) (Claim, error) {
	return sqldb.One(ctx, rd, scanClaim, `
		select `+claimColumns+`
		from signin_claim c
		join signin_poster p on p.id = c.poster
		where c.print = $1`, print)
}

func waitingClaims(ctx context.Context, rd sqldb.Reader, limit int) ([]Claim, error) {
	return sqldb.All(ctx, rd, scanClaim, `
		select `+claimColumns+`
		from signin_claim c
		join signin_poster p on p.id = c.poster
		where c.state = 'waiting' and c.until > $1
		order by c.id
		limit $2`, rd.Instant(), limit)
}

// countClaims by a poster from an address since a moment.
func countClaims(ctx context.Context, rd sqldb.Reader, poster ID, address string, since time.Time) (int, error) {
	return sqldb.Value[int](ctx, rd, `
		select count(*)
		from signin_claim
		where poster = $1 and address = $2 and made_at > $3`, poster, address, since)
}

func countWrong(ctx context.Context, tx *sqldb.Tx, id ID) error {
	_, err := tx.Exec(ctx, `
		update signin_claim
		set wrong = wrong + 1
		where id = $1`, id)
	return err
}

func decideClaim(ctx context.Context, tx *sqldb.Tx, id ID, state string, by ID) error {
	_, err := tx.Exec(ctx, `
		update signin_claim
		set state = $2, decided_by = $3, decided_at = $4, hash = ''
		where id = $1 and state = 'waiting'`, id, state, by, tx.Now)
	return err
}

// useClaim is NotFound for one that is not confirmed, or used, or older than a claim lives.
func useClaim(ctx context.Context, tx *sqldb.Tx, id ID) error {
	n, err := tx.Exec(ctx, `
		update signin_claim
		set state = 'used'
		where id = $1 and state = 'confirmed' and until > $2`, id, tx.Now)
	if err == nil && n == 0 {
		err = fault.ErrNotFound
	}
	return err
}

// countReady counts the active people of units, and those of them who have a password.
func countReady(ctx context.Context, rd sqldb.Reader, units []ID) (people, ready int, err error) {
	q := sqldb.Select(`
		select count(*), coalesce(sum(case when a.hash <> '' then 1 else 0 end), 0)
		from org_person_v p
		left join signin_account a on a.person = p.id`).Where("p.active").In("p.unit", units)
	list, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (n [2]int, err error) {
		err = row.Scan(&n[0], &n[1])
		return n, err
	}, q)
	if err != nil || len(list) == 0 {
		return 0, 0, err
	}
	return list[0][0], list[0][1], nil
}

// withoutPassword are the active people of units who have never set one, by 工号.
func withoutPassword(ctx context.Context, rd sqldb.Reader, units []ID, most int) ([]ID, error) {
	q := sqldb.Select(`
		select p.id
		from org_person_v p
		left join signin_account a on a.person = p.id`).Where("p.active").Where("coalesce(a.hash, '') = ''").
		In("p.unit", units).OrderBy("p.unit, p.no").Limit(most)
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (id ID, err error) {
		err = row.Scan(&id)
		return id, err
	}, q)
}

func insertNews(ctx context.Context, tx *sqldb.Tx, person ID, kind string, by, about ID, address string) error {
	of := func(id ID) any {
		if id == 0 {
			return nil
		}
		return id
	}
	return tx.Insert(ctx, "signin_news", "id, person, kind, doer, about, address, at",
		[]any{tx.NewID(), person, kind, of(by), of(about), address, tx.Now})
}

// newsRow is a piece of news with the people by their ids.
type newsRow struct {
	News
	by, about ID
}

func newsOf(ctx context.Context, rd sqldb.Reader, person ID) ([]newsRow, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (n newsRow, err error) {
		err = row.Scan(&n.ID, &n.Kind, &n.by, &n.about, &n.Address, &n.At)
		return n, err
	}, `
		select id, kind, doer, about, address, at
		from signin_news
		where person = $1 and seen_at is null
		order by id desc
		limit 20`, person)
}

func sawNews(ctx context.Context, tx *sqldb.Tx, person, upTo ID) (int64, error) {
	return tx.Exec(ctx, `
		update signin_news
		set seen_at = $3
		where person = $1 and id <= $2 and seen_at is null`, person, upTo, tx.Now)
}
