package article

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const columns = "id, number, unit, owner, state, work, version, title_zh, title_en, body_zh, body_en, services, note, check_by, told, written_by, proposed_by, proposed_at, sent_back, revision, made_at, changed_at"

func scanArticle(row sqldb.Row) (a Article, err error) {
	var state, work string
	err = row.Scan(&a.ID, &a.Number, &a.Unit, &a.Owner, &state, &work, &a.Version, &a.Title.Zh, &a.Title.En, &a.Body.Zh, &a.Body.En, sqldb.JSON(&a.Services), &a.Note,
		&a.CheckBy, &a.Told, &a.WrittenBy, &a.ProposedBy, &a.ProposedAt, &a.SentBack, &a.Revision, &a.MadeAt, &a.ChangedAt)
	a.State, a.Work = State(state), State(work)
	return a, err
}

// listed is never null in JSON.
func listed(ids []int64) any {
	if ids == nil {
		ids = []int64{}
	}
	return sqldb.JSON(ids)
}

func insertArticle(ctx context.Context, tx *sqldb.Tx, a Article) error {
	return tx.Insert(ctx, "article", columns, []any{a.ID, a.Number, a.Unit, a.Owner, string(a.State), string(a.Work), a.Version, a.Title.Zh, a.Title.En, a.Body.Zh, a.Body.En,
		listed(a.Services), a.Note, a.CheckBy, a.Told, a.WrittenBy, a.ProposedBy, a.ProposedAt, a.SentBack, a.Revision, a.MadeAt, a.ChangedAt})
}

// updateArticle stores all that can change; the revision goes up by one.
func updateArticle(ctx context.Context, tx *sqldb.Tx, a *Article) error {
	a.Revision++
	a.ChangedAt = tx.Now
	_, err := tx.Exec(ctx, `
update article
set unit = $2, owner = $3, state = $4, work = $5, version = $6, title_zh = $7, title_en = $8, body_zh = $9, body_en = $10, services = $11, note = $12,
	check_by = $13, told = $14, written_by = $15, proposed_by = $16, proposed_at = $17, sent_back = $18, revision = $19, changed_at = $20
where id = $1`, a.ID, a.Unit, a.Owner, string(a.State), string(a.Work), a.Version, a.Title.Zh, a.Title.En, a.Body.Zh, a.Body.En, listed(a.Services), a.Note,
		a.CheckBy, a.Told, a.WrittenBy, a.ProposedBy, a.ProposedAt, a.SentBack, a.Revision, a.ChangedAt)
	return err
}

func byNumber(ctx context.Context, rd sqldb.Reader, number int64) (Article, error) {
	return sqldb.One(ctx, rd, scanArticle, `
select `+columns+`
from article
where number = $1`, number)
}

func byIDs(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Article, error) {
	return sqldb.AllQ(ctx, rd, scanArticle, sqldb.Select("select "+columns+"\nfrom article").In("id", ids).Limit(len(ids)+1))
}

// lock takes an article for a change.
func lock(ctx context.Context, tx *sqldb.Tx, number int64) (Article, error) {
	a, err := byNumber(ctx, tx, number)
	if err != nil {
		return a, err
	}
	if err := tx.Lock(ctx, "article", a.ID); err != nil {
		return a, err
	}
	return byNumber(ctx, tx, number)
}

const versionColumns = "article, n, title_zh, title_en, body_zh, body_en, services, note, written_by, by_person, at"

func scanVersion(row sqldb.Row) (v Version, err error) {
	var article ID
	err = row.Scan(&article, &v.N, &v.Title.Zh, &v.Title.En, &v.Body.Zh, &v.Body.En, sqldb.JSON(&v.Services), &v.Note, &v.WrittenBy, &v.By, &v.At)
	return v, err
}

func insertVersion(ctx context.Context, tx *sqldb.Tx, article ID, v Version) error {
	return tx.Insert(ctx, "article_version", versionColumns, []any{article, v.N, v.Title.Zh, v.Title.En, v.Body.Zh, v.Body.En, listed(v.Services), v.Note, v.WrittenBy, v.By, v.At})
}

func versionOf(ctx context.Context, rd sqldb.Reader, article ID, n int) (Version, error) {
	return sqldb.One(ctx, rd, scanVersion, `
select `+versionColumns+`
from article_version
where article = $1 and n = $2`, article, n)
}

// mostVersions is how many versions a history shows: the newest ones.
const mostVersions = 100

func versionsOf(ctx context.Context, rd sqldb.Reader, article ID) ([]Version, error) {
	return sqldb.All(ctx, rd, scanVersion, `
select `+versionColumns+`
from article_version
where article = $1
order by n desc
limit $2`, article, mostVersions)
}

// allArticles reads the whole shelf: every article with its working text, and the newest versions by article.
func allArticles(ctx context.Context, rd sqldb.Reader) ([]Article, map[ID]Version, error) {
	list, err := sqldb.All(ctx, rd, scanArticle, `
select `+columns+`
from article
order by number desc`)
	if err != nil {
		return nil, nil, err
	}
	versions := map[ID]Version{}
	err = sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		var article ID
		var v Version
		err := row.Scan(&article, &v.N, &v.Title.Zh, &v.Title.En, &v.Body.Zh, &v.Body.En, sqldb.JSON(&v.Services), &v.At)
		versions[article] = v
		return err
	}, `
select v.article, v.n, v.title_zh, v.title_en, v.body_zh, v.body_en, v.services, v.at
from article_version v
join article a on a.id = v.article and a.version = v.n`)
	return list, versions, err
}

// dueToCheck lists published articles whose day has come and whose owner has not been told.
func dueToCheck(ctx context.Context, rd sqldb.Reader, now time.Time, limit int) ([]Article, error) {
	return sqldb.All(ctx, rd, scanArticle, `
select `+columns+`
from article
where state = 'published' and told = false and check_by <= $1
order by check_by, id
limit $2`, now, limit)
}

func heldBy(ctx context.Context, rd sqldb.Reader, column string, keeper, after int64, limit int) ([]Article, error) {
	return sqldb.AllQ(ctx, rd, scanArticle, sqldb.Select("select "+columns+"\nfrom article").Where(column+" = ?", keeper).Where("state <> 'retired'").
		Where("id > ?", after).OrderBy("id").Limit(limit))
}

func countHeld(ctx context.Context, rd sqldb.Reader, column string, keeper int64) (int, error) {
	return sqldb.Value[int](ctx, rd, "select count(*)\nfrom article\nwhere "+column+" = $1 and state <> 'retired'", keeper)
}

// Rating is what one person says of one version.
type Rating struct {
	Version int
	Person  org.ID
	Helpful bool
	Reason  string
	Words   string
	At      time.Time
}

func putRating(ctx context.Context, tx *sqldb.Tx, article ID, r Rating) error {
	_, err := tx.Exec(ctx, `
insert into article_rating (article, version, person, helpful, reason, words, at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (article, version, person) do update set helpful = excluded.helpful, reason = excluded.reason, words = excluded.words, at = excluded.at`,
		article, r.Version, r.Person, r.Helpful, r.Reason, r.Words, tx.Now)
	return err
}

func scanRating(row sqldb.Row) (r Rating, err error) {
	return r, row.Scan(&r.Version, &r.Person, &r.Helpful, &r.Reason, &r.Words, &r.At)
}

func ratingBy(ctx context.Context, rd sqldb.Reader, article ID, version int, person org.ID) (Rating, error) {
	return sqldb.One(ctx, rd, scanRating, `
select version, person, helpful, reason, words, at
from article_rating
where article = $1 and version = $2 and person = $3`, article, version, person)
}

// ratingsOf are the counts of one version, and what was said against it, by day and without who.
func ratingsOf(ctx context.Context, rd sqldb.Reader, article ID, version int) (helpful, all int64, said []Rating, err error) {
	err = sqldb.Each(ctx, rd, func(row sqldb.Row) error { return row.Scan(&helpful, &all) }, `
select coalesce(sum(case when helpful then 1 else 0 end), 0), count(*)
from article_rating
where article = $1 and version = $2`, article, version)
	if err != nil {
		return 0, 0, nil, err
	}
	said, err = sqldb.All(ctx, rd, func(row sqldb.Row) (r Rating, err error) { return r, row.Scan(&r.Reason, &r.Words) }, `
select reason, words
from article_rating
where article = $1 and version = $2 and helpful = false
order by reason, words
limit 100`, article, version)
	return helpful, all, said, err
}
