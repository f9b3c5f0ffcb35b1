package signin

import (
	"context"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

func accountOf(ctx context.Context, rd sqldb.Reader, person ID) (account, error) {
	a, err := sqldb.One(ctx, rd, func(row sqldb.Row) (a account, err error) {
		err = row.Scan(&a.person, &a.hash, &a.mustChange, &a.until, &a.changed, &a.last, &a.breakGlass)
		return a, err
	}, `
		select person, hash, must_change, until, changed_at, last_at, break_glass
		from signin_account
		where person = $1`, person)
	if fault.KindOf(err) == fault.NotFound {
		return account{person: person}, nil
	}
	return a, err
}

func saveAccount(ctx context.Context, tx *sqldb.Tx, a account) error {
	_, err := tx.Exec(ctx, `
		insert into signin_account (person, hash, must_change, until, changed_at)
		values ($1, $2, $3, $4, $5)
		on conflict (person) do update
		set hash = excluded.hash, must_change = excluded.must_change, until = excluded.until, changed_at = excluded.changed_at`,
		a.person, a.hash, a.mustChange, a.until, a.changed)
	return err
}

func sawAccount(ctx context.Context, tx *sqldb.Tx, person ID, at time.Time) error {
	_, err := tx.Exec(ctx, `
		update signin_account
		set last_at = $2
		where person = $1`, person, at)
	return err
}

// fillAccount adds what the administrator sees to an account with its person.
func fillAccount(ctx context.Context, rd sqldb.Reader, a *Account) error {
	own, err := accountOf(ctx, rd, a.Person.ID)
	if err != nil {
		return err
	}
	a.Password, a.Must, a.Changed, a.Last = own.works(rd.Instant()) != "", own.mustChange, own.changed, own.last
	t, err := tryOf(ctx, rd, "person:"+a.Person.No)
	if err != nil {
		return err
	}
	if t.locked(rd.Instant()) > 0 {
		a.Locked = t.until
	}
	a.Sessions, err = sqldb.Value[int](ctx, rd, `
		select count(*)
		from signin_session
		where person = $1 and until > $2`, a.Person.ID, rd.Instant())
	if err != nil {
		return err
	}
	factors, err := factorsOf(ctx, rd, a.Person.ID)
	if err != nil {
		return err
	}
	a.Factors = len(factors)
	a.Link, err = sqldb.Value[time.Time](ctx, rd, `
		select max(until)
		from signin_link
		where person = $1 and used_at is null and until > $2`, a.Person.ID, rd.Instant())
	return err
}

// keepOld puts the password that is replaced into the history; the last ten are kept.
func keepOld(ctx context.Context, tx *sqldb.Tx, person ID) error {
	last, err := sqldb.Value[time.Time](ctx, tx, `
		select max(at)
		from signin_history
		where person = $1`, person)
	if err != nil {
		return err
	}
	at := tx.Now
	if !last.Before(at) { // two within a millisecond
		at = last.Add(time.Millisecond)
	}
	if _, err := tx.Exec(ctx, `
		insert into signin_history (person, at, hash)
		select person, $2, hash
		from signin_account
		where person = $1 and hash <> '' and until is null`, person, at); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		delete from signin_history
		where person = $1 and at not in (
			select at
			from signin_history
			where person = $2
			order by at desc
			limit 10)`, person, person)
	return err
}

// lastHashes are of the present password and those before it, n at most.
func lastHashes(ctx context.Context, rd sqldb.Reader, person ID, n int) ([]string, error) {
	list, err := sqldb.All(ctx, rd, func(row sqldb.Row) (hash string, err error) {
		err = row.Scan(&hash)
		return hash, err
	}, `
		select hash
		from signin_history
		where person = $1
		order by at desc
		limit $2`, person, n-1)
	if err != nil {
		return nil, err
	}
	a, err := accountOf(ctx, rd, person)
	if a.hash != "" {
		list = append(list, a.hash)
	}
	return list, err
}

func scanTry(row sqldb.Row) (t try, err error) {
	err = row.Scan(&t.failed, &t.until, &t.at)
	return t, err
}

func tryOf(ctx context.Context, rd sqldb.Reader, name string) (try, error) {
	t, err := sqldb.One(ctx, rd, scanTry, `
		select failed, until, at
		from signin_try
		where name = $1`, name)
	if fault.KindOf(err) == fault.NotFound {
		return try{}, nil
	}
	return t, err
}

// tryOfPerson is the one of a person, whatever login led there.
func tryOfPerson(ctx context.Context, rd sqldb.Reader, person ID) (try, error) {
	t, err := sqldb.One(ctx, rd, scanTry, `
		select t.failed, t.until, t.at
		from signin_try t
		join org_person_v p on t.name = 'person:' || p.no
		where p.id = $1`, person)
	if fault.KindOf(err) == fault.NotFound {
		return try{}, nil
	}
	return t, err
}

// lockTry makes the row and holds it, so that tries at once are all counted. person 0: nobody.
func lockTry(ctx context.Context, tx *sqldb.Tx, name string, person ID) (try, error) {
	var of any
	if person != 0 {
		of = person
	}
	return sqldb.One(ctx, tx, scanTry, `
		insert into signin_try (name, failed, until, at, person)
		values ($1, 0, null, $2, $3)
		on conflict (name) do update
		set name = excluded.name
		returning failed, until, at`, name, tx.Now, of)
}

func saveTry(ctx context.Context, tx *sqldb.Tx, name string, t try) error {
	_, err := tx.Exec(ctx, `
		update signin_try
		set failed = $2, until = $3, at = $4
		where name = $1`, name, t.failed, t.until, t.at)
	return err
}

// deleteTries forgets every wrong password of a person, on whatever browser.
func deleteTries(ctx context.Context, tx *sqldb.Tx, person ID) error {
	_, err := tx.Exec(ctx, `
		delete from signin_try
		where person = $1`, person)
	return err
}

func deleteTry(ctx context.Context, tx *sqldb.Tx, name string) error {
	_, err := tx.Exec(ctx, `
		delete from signin_try
		where name = $1`, name)
	return err
}

// forgive forgets the wrong passwords counted by a name; "" is the person's own. What was counted elsewhere stays: a
// guesser gets no new tries whenever the owner signs in on a known browser.
func forgive(ctx context.Context, tx *sqldb.Tx, person ID, name string) error {
	if name != "" {
		return deleteTry(ctx, tx, name)
	}
	_, err := tx.Exec(ctx, `
		delete from signin_try
		where name = (
			select 'person:' || no
			from org_person_v
			where id = $1)`, person)
	return err
}

func insertLink(ctx context.Context, tx *sqldb.Tx, print, code string, l Link, by ID, at time.Time) error {
	return tx.Insert(ctx, "signin_link", "print, code, person, made_by, made_at, until", []any{print, code, l.Person, by, at, l.Until})
}

// linkOf is the print and the sealed code of a person's link; both "" when there is none.
func linkOf(ctx context.Context, rd sqldb.Reader, person ID) (print, code string, err error) {
	_, err = sqldb.One(ctx, rd, func(row sqldb.Row) (bool, error) { return true, row.Scan(&print, &code) }, `
		select print, code
		from signin_link
		where person = $1 and used_at is null and until > $2
		order by made_at desc
		limit 1`, person, rd.Instant())
	if fault.KindOf(err) == fault.NotFound {
		err = nil
	}
	return print, code, err
}

func deleteLinks(ctx context.Context, tx *sqldb.Tx, person ID) error {
	_, err := tx.Exec(ctx, `
		delete from signin_link
		where person = $1 and used_at is null`, person)
	return err
}

func linkOwner(ctx context.Context, rd sqldb.Reader, print string) (ID, error) {
	person, err := sqldb.Value[ID](ctx, rd, `
		select person
		from signin_link
		where print = $1 and used_at is null and until > $2`, print, rd.Instant())
	if err == nil && person == 0 {
		err = fault.ErrNotFound
	}
	return person, err
}

func useLink(ctx context.Context, tx *sqldb.Tx, print string) error {
	n, err := tx.Exec(ctx, `
		update signin_link
		set used_at = $2
		where print = $1 and used_at is null and until > $2`, print, tx.Now)
	if err == nil && n == 0 {
		err = fault.ErrNotFound
	}
	return err
}

func scanSession(row sqldb.Row) (s Session, err error) {
	err = row.Scan(&s.ID, &s.Person, &s.Made, &s.Seen, &s.Until, &s.Address, &s.Agent, &s.How, &s.MustChange, &s.changed, &s.factors)
	return s, err
}

func insertSession(ctx context.Context, tx *sqldb.Tx, s Session, print string) error {
	return tx.Insert(ctx, "signin_session", "id, print, person, made_at, seen_at, until, address, agent, how",
		[]any{s.ID, print, s.Person, s.Made, s.Seen, s.Until, s.Address, s.Agent, s.How})
}

func liveSession(ctx context.Context, rd sqldb.Reader, print string) (Session, error) {
	return sqldb.One(ctx, rd, scanSession, `
		select s.id, s.person, s.made_at, s.seen_at, s.until, s.address, s.agent, s.how, coalesce(a.must_change, false), case when a.break_glass then null else a.changed_at end,
			case when a.break_glass then 1 else (select count(*) from signin_factor f where f.person = s.person) end
		from signin_session s
		left join signin_account a on a.person = s.person
		where s.print = $1 and s.until > $2`, print, rd.Instant())
}

func sessionsOf(ctx context.Context, rd sqldb.Reader, person ID) ([]Session, error) {
	return sqldb.All(ctx, rd, scanSession, `
		select id, person, made_at, seen_at, until, address, agent, how, false, cast(null as bigint), 0
		from signin_session
		where person = $1 and until > $2
		order by seen_at desc
		limit 100`, person, rd.Instant())
}

func sawSession(ctx context.Context, tx *sqldb.Tx, id ID, at, until time.Time) error {
	_, err := tx.Exec(ctx, `
		update signin_session
		set seen_at = $2, until = $3
		where id = $1`, id, at, until)
	return err
}

func deleteSession(ctx context.Context, tx *sqldb.Tx, person, id ID) (int64, error) {
	return tx.Exec(ctx, `
		delete from signin_session
		where person = $1 and id = $2`, person, id)
}

func deleteSessionByPrint(ctx context.Context, tx *sqldb.Tx, print string) error {
	_, err := tx.Exec(ctx, `
		delete from signin_session
		where print = $1`, print)
	return err
}

func deleteSessions(ctx context.Context, tx *sqldb.Tx, person, but ID) (int, error) {
	n, err := tx.Exec(ctx, `
		delete from signin_session
		where person = $1 and id <> $2`, person, but)
	return int(n), err
}

const tokenColumns = `t.id, t.person, p.no, t.name, t.scopes, t.made_at, t.used_at, t.until`

func scanToken(row sqldb.Row) (t Token, err error) {
	var scopes string
	err = row.Scan(&t.ID, &t.Person, &t.No, &t.Name, &scopes, &t.Made, &t.Used, &t.Until)
	t.Scopes = strings.Fields(scopes)
	return t, err
}

func insertToken(ctx context.Context, tx *sqldb.Tx, t Token, print string) error {
	return tx.Insert(ctx, "signin_token", "id, print, person, name, scopes, made_at, until",
		[]any{t.ID, print, t.Person, t.Name, strings.Join(t.Scopes, " "), t.Made, t.Until})
}

func liveToken(ctx context.Context, rd sqldb.Reader, print string) (Token, error) {
	return sqldb.One(ctx, rd, scanToken, `
		select `+tokenColumns+`
		from signin_token t
		join org_person_v p on p.id = t.person
		where t.print = $1 and (t.until is null or t.until > $2)`, print, rd.Instant())
}

// tokenUntil is when a token ends; NotFound for one that has been revoked.
func tokenUntil(ctx context.Context, tx *sqldb.Tx, id ID) (time.Time, error) {
	return sqldb.One(ctx, tx, func(row sqldb.Row) (until time.Time, err error) {
		err = row.Scan(&until)
		return until, err
	}, `
		select until
		from signin_token
		where id = $1`, id)
}

func tokensOf(ctx context.Context, rd sqldb.Reader, person ID) ([]Token, error) {
	return sqldb.All(ctx, rd, scanToken, `
		select `+tokenColumns+`
		from signin_token t
		join org_person_v p on p.id = t.person
		where t.person = $1
		order by t.id desc
		limit 200`, person)
}

func allTokens(ctx context.Context, rd sqldb.Reader) ([]Token, error) {
	return sqldb.All(ctx, rd, scanToken, `
		select `+tokenColumns+`
		from signin_token t
		join org_person_v p on p.id = t.person
		order by t.id desc
		limit 10000`)
}

func sawToken(ctx context.Context, tx *sqldb.Tx, id ID, at time.Time) error {
	_, err := tx.Exec(ctx, `
		update signin_token
		set used_at = $2
		where id = $1`, id, at)
	return err
}

func deleteToken(ctx context.Context, tx *sqldb.Tx, id, person ID, anybodys bool) (ID, error) {
	owner, err := sqldb.Value[ID](ctx, tx, `
		delete from signin_token
		where id = $1 and (person = $2 or $3)
		returning person`, id, person, anybodys)
	if err == nil && owner == 0 {
		err = fault.ErrNotFound
	}
	return owner, err
}

// purge removes what has run out, up to 5 000 rows of each.
func purge(ctx context.Context, tx *sqldb.Tx) error {
	day := 24 * time.Hour
	for _, one := range []struct {
		text string
		kept time.Duration
	}{
		{`delete from signin_session where id in (select id from signin_session where until < $1 limit 5000)`, day},
		{`delete from signin_try where name in (select name from signin_try where at < $1 limit 5000)`, day},
		{`delete from signin_link where print in (select print from signin_link where until < $1 limit 5000)`, day},
		{`delete from signin_half where print in (select print from signin_half where until < $1 limit 5000)`, 0},
		{`delete from signin_ceremony where print in (select print from signin_ceremony where until < $1 limit 5000)`, 0},
		{`delete from signin_claim where id in (select id from signin_claim where until < $1 limit 5000)`, 30 * day},
		{`delete from signin_device where print in (select print from signin_device where seen_at < $1 limit 5000)`, DeviceLife},
		{`delete from signin_news where id in (select id from signin_news where at < $1 limit 5000)`, 365 * day},
	} {
		if _, err := tx.Exec(ctx, one.text, tx.Now.Add(-one.kept)); err != nil {
			return err
		}
	}
	return nil
}
