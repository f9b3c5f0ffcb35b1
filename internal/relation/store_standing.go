package relation

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Word is what a side says of an edge, and who said it for the side.
type Word struct {
	Side   Side
	Says   Says
	Person org.ID
	At     time.Time
	Note   string
}

// Change is a line of the log of an edge: what happened, and how it stood after.
type Change struct {
	Edge               ID
	N                  int
	At                 time.Time
	What               string // observed, declared, undeclared, taken, passed, or what was said
	Side               Side   // whose word; "": the house
	Person             org.ID
	Note               string
	Standing           Standing
	Observed, Declared bool
}

// wordEdge gets or makes the edge that is spoken of, locked against everybody else who would speak of it.
func wordEdge(ctx context.Context, tx *sqldb.Tx, provider, customer org.ID) (edgeRow, error) {
	_, err := tx.Exec(ctx, `
		insert into edge (id, provider, customer, observed_at, declared_at)
		values ($1, $2, $3, 0, 0)
		on conflict (provider, customer) do nothing`, tx.NewID(), provider, customer)
	if err != nil {
		return edgeRow{}, err
	}
	e, err := edgeOf(ctx, tx, provider, customer)
	if err != nil || tx.Engine() == sqldb.SQLite {
		return e, err
	}
	if err := tx.Lock(ctx, "edge", e.ID); err != nil {
		return e, err
	}
	return edgeOf(ctx, tx, provider, customer)
}

func edgeOf(ctx context.Context, rd sqldb.Reader, provider, customer org.ID) (edgeRow, error) {
	return sqldb.One(ctx, rd, scanEdge, `
		select `+edgeColumns+`
		from edge
		where provider = $1 and customer = $2`, provider, customer)
}

func wordsOf(ctx context.Context, rd sqldb.Reader, edges []ID) (map[ID][]Word, error) {
	out := map[ID][]Word{}
	_, err := sqldb.AllQ(ctx, rd, func(row sqldb.Row) (ID, error) {
		var w Word
		var edge ID
		var side, says string
		err := row.Scan(&edge, &side, &says, &w.Person, &w.At, &w.Note)
		w.Side, w.Says = Side(side), Says(says)
		out[edge] = append(out[edge], w)
		return edge, err
	}, sqldb.Select("select edge, side, says, person, at, note\nfrom edge_word").In("edge", edges).OrderBy("edge, at, side"))
	return out, err
}

func setWord(ctx context.Context, tx *sqldb.Tx, edge ID, w Word) error {
	_, err := tx.Exec(ctx, `
		insert into edge_word (edge, side, says, person, at, note)
		values ($1, $2, $3, $4, $5, $6)
		on conflict (edge, side) do update
		set says = excluded.says, person = excluded.person, at = excluded.at, note = excluded.note`,
		edge, string(w.Side), string(w.Says), w.Person, w.At, w.Note)
	return err
}

func dropWord(ctx context.Context, tx *sqldb.Tx, edge ID, side Side) error {
	_, err := tx.Exec(ctx, `
		delete from edge_word
		where edge = $1 and side = $2`, edge, string(side))
	return err
}

func setStanding(ctx context.Context, tx *sqldb.Tx, edge ID, s Standing) error {
	_, err := tx.Exec(ctx, `
		update edge
		set standing = $2, standing_at = $3
		where id = $1`, edge, string(s), tx.Now)
	return err
}

// note writes a line of the log: what happened to the edge, which stands as e says.
func note(ctx context.Context, tx *sqldb.Tx, e edgeRow, what string, w Word) error {
	var person any
	if w.Person != 0 {
		person = w.Person
	}
	_, err := tx.Exec(ctx, `
		insert into edge_log (edge, n, at, what, side, person, note, standing, observed, declared)
		select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9
		from edge_log
		where edge = $1`,
		e.ID, tx.Now, what, string(w.Side), person, w.Note, string(e.Standing), e.Observed, e.Declared)
	return err
}

const changeColumns = `edge, n, at, what, side, coalesce(person, 0), note, standing, observed, declared`

func scanChange(row sqldb.Row) (Change, error) {
	var c Change
	var side, standing string
	err := row.Scan(&c.Edge, &c.N, &c.At, &c.What, &side, &c.Person, &c.Note, &standing, &c.Observed, &c.Declared)
	c.Side, c.Standing = Side(side), Standing(standing)
	return c, err
}

// changesOf lists the log of one edge, the newest first.
func changesOf(ctx context.Context, rd sqldb.Reader, edge ID, limit int) ([]Change, error) {
	return sqldb.All(ctx, rd, scanChange, `
		select `+changeColumns+`
		from edge_log
		where edge = $1
		order by n desc
		limit $2`, edge, limit)
}

// changesIn lists the lines of all edges from one instant to another, in the order of time.
func changesIn(ctx context.Context, rd sqldb.Reader, from, to time.Time, limit int) ([]Change, error) {
	return sqldb.All(ctx, rd, scanChange, `
		select `+changeColumns+`
		from edge_log
		where at >= $1 and at < $2
		order by at, edge, n
		limit $3`, from, to, limit)
}

// asOf lists how each edge stood before an instant, by edge: its last line until then.
func asOf(ctx context.Context, rd sqldb.Reader, before time.Time) ([]Change, error) {
	return sqldb.All(ctx, rd, scanChange, `
		select l.edge, l.n, l.at, l.what, l.side, coalesce(l.person, 0), l.note, l.standing, l.observed, l.declared
		from edge_log l
		join (
			select edge, max(n) as last
			from edge_log
			where at < $1
			group by edge) x on x.edge = l.edge and x.last = l.n
		order by l.edge`, before)
}

// waitingFor lists which sides have spoken of the edges that wait for a word.
func waitingFor(ctx context.Context, rd sqldb.Reader) (map[ID]map[Side]bool, error) {
	out := map[ID]map[Side]bool{}
	_, err := sqldb.All(ctx, rd, func(row sqldb.Row) (ID, error) {
		var edge ID
		var side string
		err := row.Scan(&edge, &side)
		if out[edge] == nil {
			out[edge] = map[Side]bool{}
		}
		out[edge][Side(side)] = true
		return edge, err
	}, `
		select w.edge, w.side
		from edge_word w
		join edge e on e.id = w.edge
		where e.standing in ('proposed', 'disputed')`)
	return out, err
}
