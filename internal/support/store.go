package support

import (
	"context"

	"neike/internal/kit/sqldb"
)

const caseColumns = "id, ref, service, asker, supporter, state, asker_new, supporter_new, opened_at, last_at, closed_at, erase_at"

func scanCase(row sqldb.Row) (Case, error) {
	var c Case
	var state string
	err := row.Scan(&c.ID, &c.Ref, &c.Service, &c.Asker, &c.Supporter, &state, &c.AskerNew, &c.SupportNew, &c.Opened, &c.Last, &c.Closed, &c.Erase)
	c.State = State(state)
	return c, err
}

func byRef(ctx context.Context, rd sqldb.Reader, ref string) (Case, error) {
	return sqldb.One(ctx, rd, scanCase, "select "+caseColumns+"\nfrom support_case\nwhere ref = $1", ref)
}

// casesOf lists the cases of a person, those last written to first.
func casesOf(ctx context.Context, rd sqldb.Reader, person int64, limit int) ([]Case, error) {
	asked, err := sqldb.All(ctx, rd, scanCase, "select "+caseColumns+"\nfrom support_case\nwhere asker = $1\norder by last_at desc, id desc\nlimit $2", person, limit)
	if err != nil {
		return nil, err
	}
	given, err := sqldb.All(ctx, rd, scanCase, "select "+caseColumns+"\nfrom support_case\nwhere supporter = $1\norder by last_at desc, id desc\nlimit $2", person, limit)
	return append(asked, given...), err
}

// newOf counts the cases in which there are words that a person has not opened.
func newOf(ctx context.Context, rd sqldb.Reader, person int64) (int, error) {
	asked, err := sqldb.Value[int](ctx, rd, "select count(*)\nfrom support_case\nwhere asker = $1 and asker_new", person)
	if err != nil {
		return 0, err
	}
	given, err := sqldb.Value[int](ctx, rd, "select count(*)\nfrom support_case\nwhere supporter = $1 and supporter_new", person)
	return asked + given, err
}

func insertCase(ctx context.Context, tx *sqldb.Tx, c Case) error {
	return tx.Insert(ctx, "support_case", caseColumns, []any{
		c.ID, c.Ref, c.Service, c.Asker, c.Supporter, string(c.State), c.AskerNew, c.SupportNew, c.Opened, c.Last, c.Closed, c.Erase,
	})
}

func updateCase(ctx context.Context, tx *sqldb.Tx, c Case) error {
	_, err := tx.Exec(ctx, `update support_case
set supporter = $2, state = $3, asker_new = $4, supporter_new = $5, last_at = $6, closed_at = $7, erase_at = $8
where id = $1`, c.ID, c.Supporter, string(c.State), c.AskerNew, c.SupportNew, c.Last, c.Closed, c.Erase)
	return err
}

func markRead(ctx context.Context, tx *sqldb.Tx, id ID, asker bool) error {
	text := "update support_case\nset supporter_new = false\nwhere id = $1"
	if asker {
		text = "update support_case\nset asker_new = false\nwhere id = $1"
	}
	_, err := tx.Exec(ctx, text, id)
	return err
}

func insertWord(ctx context.Context, tx *sqldb.Tx, id ID, w Word) error {
	return tx.Insert(ctx, "support_word", "support_case, n, by_asker, text, at", []any{id, w.N, w.ByAsker, w.Text, w.At})
}

func wordCount(ctx context.Context, rd sqldb.Reader, id ID) (int, error) {
	return sqldb.Value[int](ctx, rd, "select count(*)\nfrom support_word\nwhere support_case = $1", id)
}

func wordsOf(ctx context.Context, rd sqldb.Reader, id ID) ([]Word, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (w Word, err error) {
		err = row.Scan(&w.N, &w.ByAsker, &w.Text, &w.At)
		return w, err
	}, "select n, by_asker, text, at\nfrom support_word\nwhere support_case = $1\norder by n", id)
}

// eraseDue takes away cases whose time has come, words first, and says how many.
func eraseDue(ctx context.Context, tx *sqldb.Tx, limit int) (int, error) {
	ids, err := sqldb.All(ctx, tx, func(row sqldb.Row) (id ID, err error) { err = row.Scan(&id); return id, err },
		"select id\nfrom support_case\nwhere erase_at <= $1\norder by erase_at\nlimit $2", tx.Now, limit)
	for _, id := range ids {
		if _, err := tx.Exec(ctx, "delete from support_word\nwhere support_case = $1", id); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, "delete from support_case\nwhere id = $1", id); err != nil {
			return 0, err
		}
	}
	return len(ids), err
}
