package article

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

// Count is what became of reading before asking. Of an article the forms in which it stood; of a service (article 0) the forms.
type Count struct {
	Service int64
	Article ID
	Shown   int64
	Opened  int64
	Solved  int64
	Asked   int64
}

// add adds to the counts of a day; each row is one service and article.
func add(ctx context.Context, tx *sqldb.Tx, day int, c Count) error {
	_, err := tx.Exec(ctx, `
insert into article_count (day, service, article, shown, opened, solved, asked)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (service, article, day) do update
set shown = article_count.shown + excluded.shown, opened = article_count.opened + excluded.opened,
	solved = article_count.solved + excluded.solved, asked = article_count.asked + excluded.asked`,
		day, c.Service, c.Article, c.Shown, c.Opened, c.Solved, c.Asked)
	return err
}

// spend notes that a form has come to an end; false when it had before.
func spend(ctx context.Context, tx *sqldb.Tx, form string, article ID, day int) (bool, error) {
	n, err := tx.Exec(ctx, `
insert into article_form (form, article, day)
values ($1, $2, $3)
on conflict (form) do nothing`, form, article, day)
	return n == 1, err
}

// spentOn is the article that a form ended with; 0 when it was sent.
func spentOn(ctx context.Context, rd sqldb.Reader, form string) (ID, error) {
	return sqldb.Value[ID](ctx, rd, "select article\nfrom article_form\nwhere form = $1", form)
}

func respend(ctx context.Context, tx *sqldb.Tx, form string) error {
	_, err := tx.Exec(ctx, "update article_form\nset article = 0\nwhere form = $1", form)
	return err
}

func forgetForms(ctx context.Context, tx *sqldb.Tx, before, limit int) (int64, error) {
	return tx.Exec(ctx, `
delete from article_form
where form in (
	select form
	from article_form
	where day < $1
	limit $2)`, before, limit)
}

// counted adds up the counts of some services from one day to another, both counted, by service and article.
func counted(ctx context.Context, rd sqldb.Reader, services []int64, from, to int) ([]Count, error) {
	return sqldb.AllQ(ctx, rd, func(row sqldb.Row) (c Count, err error) {
		return c, row.Scan(&c.Service, &c.Article, &c.Shown, &c.Opened, &c.Solved, &c.Asked)
	}, sqldb.Select("select service, article, sum(shown), sum(opened), sum(solved), sum(asked)\nfrom article_count").
		In("service", services).Where("day >= ?", from).Where("day <= ?", to).GroupBy("service, article").OrderBy("service, article").Limit(10000))
}

// dayOf is a day as these tables write it: 20261122.
func dayOf(t time.Time, zone *time.Location) int {
	t = t.In(zone)
	return t.Year()*10000 + int(t.Month())*100 + t.Day()
}
