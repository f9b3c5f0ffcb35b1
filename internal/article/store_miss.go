package article

import (
	"context"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// wordsOfAll are the words by which articles are found beside their titles.
func wordsOfAll(ctx context.Context, rd sqldb.Reader) (map[ID][]string, error) {
	out := map[ID][]string{}
	err := sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var article ID
		var word string
		err := row.Scan(&article, &word)
		out[article] = append(out[article], word)
		return err
	}, "select article, word\nfrom article_word\norder by article, word")
	return out, err
}

func addWord(ctx context.Context, tx *sqldb.Tx, article ID, word string) error {
	_, err := tx.Exec(ctx, "insert into article_word (article, word)\nvalues ($1, $2)\non conflict (article, word) do nothing", article, word)
	return err
}

func dropWord(ctx context.Context, tx *sqldb.Tx, article ID, word string) error {
	_, err := tx.Exec(ctx, "delete from article_word\nwhere article = $1 and word = $2", article, word)
	return err
}

func countWords(ctx context.Context, rd sqldb.Reader, article ID) (int, error) {
	return sqldb.Value[int](ctx, rd, "select count(*)\nfrom article_word\nwhere article = $1", article)
}

// noteMiss counts one more search for words that found nothing; only from the third day on it keeps the words.
func noteMiss(ctx context.Context, tx *sqldb.Tx, print, words string, day int) error {
	_, err := tx.Exec(ctx, `
insert into article_miss (print, words, days, times, last_day)
values ($1, '', 1, 1, $3)
on conflict (print) do update
set times = article_miss.times + 1,
	words = case when article_miss.days + (case when article_miss.last_day < $3 then 1 else 0 end) >= 3 then $2 else '' end,
	days = article_miss.days + (case when article_miss.last_day < $3 then 1 else 0 end),
	last_day = $3`, print, words, day)
	return err
}

// Miss is words that were searched on three days or more and found nothing.
type Miss struct {
	Words   string
	Days    int
	Times   int
	LastDay int // 20261122
}

func misses(ctx context.Context, rd sqldb.Reader, limit int) ([]Miss, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (m Miss, err error) {
		return m, row.Scan(&m.Words, &m.Days, &m.Times, &m.LastDay)
	}, `
select words, days, times, last_day
from article_miss
where words <> ''
order by times desc, print
limit $1`, limit)
}

func dropMiss(ctx context.Context, tx *sqldb.Tx, print string) error {
	_, err := tx.Exec(ctx, "delete from article_miss\nwhere print = $1", print)
	return err
}

func forgetMisses(ctx context.Context, tx *sqldb.Tx, before, limit int) (int64, error) {
	return tx.Exec(ctx, `
delete from article_miss
where print in (
	select print
	from article_miss
	where last_day < $1
	limit $2)`, before, limit)
}

// deskOf is the service of the front desk; 0: none.
func deskOf(ctx context.Context, rd sqldb.Reader) (int64, error) {
	id, err := sqldb.Value[int64](ctx, rd, "select service\nfrom article_desk\nwhere id = 1")
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return 0, nil
	}
	return id, err
}

func setDesk(ctx context.Context, tx *sqldb.Tx, service int64) error {
	_, err := tx.Exec(ctx, "insert into article_desk (id, service)\nvalues (1, $1)\non conflict (id) do update set service = excluded.service", service)
	return err
}
