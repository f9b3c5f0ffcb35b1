package relation

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const expectColumns = `x.id, x.edge, x.version, x.text, x.importance, x.kano, x.service, x.state, x.made_by, x.made_at,
	x.answer, x.target, x.target_version, x.target_zh, x.target_en, x.why, coalesce(x.answered_by, 0), x.answered_at, e.provider, e.customer`

const expectFrom = `
		from expectation x
		join edge e on e.id = x.edge`

func scanExpectation(row sqldb.Row) (Expectation, error) {
	var x Expectation
	var kano, state string
	err := row.Scan(&x.ID, &x.Edge, &x.Version, &x.Text, &x.Importance, &kano, &x.Service, &state, &x.By, &x.At,
		&x.Answer, &x.target, &x.targetVersion, &x.Title.Zh, &x.Title.En, &x.Why, &x.AnsweredBy, &x.AnsweredAt, &x.provider, &x.customer)
	x.Kano, x.kept = Kano(kano), ExpectState(state)
	return x, err
}

func expectationOf(ctx context.Context, rd sqldb.Reader, id ID) (Expectation, error) {
	return sqldb.One(ctx, rd, scanExpectation, `
		select `+expectColumns+expectFrom+`
		where x.id = $1`, id)
}

func expectationsByID(ctx context.Context, rd sqldb.Reader, ids []ID) ([]Expectation, error) {
	return sqldb.AllQ(ctx, rd, scanExpectation, sqldb.Select("select "+expectColumns+expectFrom).In("x.id", ids))
}

// expectations lists all of them, or those of some edges, in the order in which they were written.
func expectations(ctx context.Context, rd sqldb.Reader, edges []ID) ([]Expectation, error) {
	q := sqldb.Select("select " + expectColumns + expectFrom)
	if edges != nil {
		q = q.In("x.edge", edges)
	}
	return sqldb.AllQ(ctx, rd, scanExpectation, q.OrderBy("x.made_at, x.id"))
}

func insertExpectation(ctx context.Context, tx *sqldb.Tx, x Expectation) error {
	_, err := tx.Exec(ctx, `
		insert into expectation (id, edge, version, text, importance, kano, service, state, made_by, made_at, answer, target, target_version, target_zh, target_en, why)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, 0, '', '', '')`,
		x.ID, x.Edge, x.Version, x.Text, x.Importance, string(x.Kano), x.Service, string(x.kept), x.By, x.At)
	return err
}

func updateExpectation(ctx context.Context, tx *sqldb.Tx, x Expectation) error {
	_, err := tx.Exec(ctx, `
		update expectation
		set edge = $2, version = $3, text = $4, importance = $5, kano = $6, service = $7, state = $8, answer = $9, target = $10, target_version = $11,
			target_zh = $12, target_en = $13, why = $14, answered_by = $15, answered_at = $16
		where id = $1`,
		x.ID, x.Edge, x.Version, x.Text, x.Importance, string(x.Kano), x.Service, string(x.kept), x.Answer, x.target, x.targetVersion,
		x.Title.Zh, x.Title.En, x.Why, orNull(x.AnsweredBy), x.AnsweredAt)
	return err
}

func orNull(id org.ID) any {
	if id == 0 {
		return nil
	}
	return id
}

// noteExpectation writes a line of the history: its words as they are now.
func noteExpectation(ctx context.Context, tx *sqldb.Tx, x Expectation, what string, person org.ID, words string) error {
	_, err := tx.Exec(ctx, `
		insert into expectation_log (expectation, n, at, what, person, text, importance, kano, note)
		select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8
		from expectation_log
		where expectation = $1`,
		x.ID, tx.Now, what, orNull(person), x.Text, x.Importance, string(x.Kano), words)
	return err
}

// ExpectationChange is a line of the history of an expectation, with its words after it.
type ExpectationChange struct {
	N          int
	At         time.Time
	What       string // written, changed, withdrawn, answered, refused, moved
	Person     org.ID // 0: the house
	Text       string
	Importance int
	Kano       Kano
	Note       string // what answers it, why not, or which unit it came from
}

// expectationLog lists the history of one, the newest first.
func expectationLog(ctx context.Context, rd sqldb.Reader, id ID) ([]ExpectationChange, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (ExpectationChange, error) {
		var c ExpectationChange
		var kano string
		err := row.Scan(&c.N, &c.At, &c.What, &c.Person, &c.Text, &c.Importance, &kano, &c.Note)
		c.Kano = Kano(kano)
		return c, err
	}, `
		select n, at, what, coalesce(person, 0), text, importance, kano, note
		from expectation_log
		where expectation = $1
		order by n desc`, id)
}

// Expected names expectations for the audit trail: their words, by id.
func Expected(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]string, error) {
	out := map[ID]string{}
	_, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (ID, error) {
		var id ID
		var text string
		err := row.Scan(&id, &text)
		out[id] = text
		return id, err
	}, sqldb.Select("select id, text\nfrom expectation").In("id", ids))
	return out, err
}

// expectedOf lists the expectations that a unit has, or that others have of it, by id.
func expectedOf(ctx context.Context, rd sqldb.Reader, side Side, unit org.ID, after ID, limit int) ([]Expectation, error) {
	column := "e.provider"
	if side == Customer {
		column = "e.customer"
	}
	return sqldb.AllQ(ctx, rd, scanExpectation, sqldb.Select("select "+expectColumns+expectFrom).
		Where(column+" = ?", unit).Where("x.id > ?", after).OrderBy("x.id").Limit(limit))
}

func countExpected(ctx context.Context, rd sqldb.Reader, side Side, unit org.ID) (int, error) {
	if side == Customer {
		return sqldb.Value[int](ctx, rd, `
			select count(*)
			from expectation x
			join edge e on e.id = x.edge
			where e.customer = $1`, unit)
	}
	return sqldb.Value[int](ctx, rd, `
		select count(*)
		from expectation x
		join edge e on e.id = x.edge
		where e.provider = $1`, unit)
}

// expectedServices lists the services that the expectations of a provider are about, once for each; 0: none in particular.
func expectedServices(ctx context.Context, rd sqldb.Reader, unit org.ID) ([]ID, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (id ID, err error) { return id, row.Scan(&id) }, `
		select x.service
		from expectation x
		join edge e on e.id = x.edge
		where e.provider = $1
		order by x.id`, unit)
}
