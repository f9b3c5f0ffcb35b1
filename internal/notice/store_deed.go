package notice

import (
	"context"
	"time"

	"neike/internal/kit/sqldb"
)

func deedUsed(ctx context.Context, rd sqldb.Reader, id ID) (bool, error) {
	n, err := sqldb.Value[int](ctx, rd, "select count(*) from notice_used where id = $1", id)
	return n > 0, err
}

func useDeed(ctx context.Context, tx *sqldb.Tx, d Deed) error {
	_, err := tx.Exec(ctx, `
insert into notice_used (id, person, verb, at)
values ($1, $2, $3, $4)
on conflict (id) do nothing`, d.ID, d.Person, d.Verb, tx.Now)
	return err
}

// purgeUsed forgets links that have run out for long.
func purgeUsed(ctx context.Context, tx *sqldb.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `
delete from notice_used
where id in (select id from notice_used where at < $1 order by id limit $2)`, before, limit)
}

// purgePosts forgets finished posts; dead ones are kept longer.
func purgePosts(ctx context.Context, tx *sqldb.Tx, finished, dead time.Time, limit int) (int64, error) {
	ids, err := sqldb.All(ctx, tx, scanID, `
select id
from notice_post
where due >= 4503599627370496 and created < $1
  and (state in ('sent', 'dropped', 'closed') and form <> 'card' or state = 'closed' or created < $2)
order by id
limit $3`, finished, dead, limit)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	text, args := sqldb.Select("delete from notice_item").In("post", ids).SQL()
	if _, err := tx.Exec(ctx, text, args...); err != nil {
		return 0, err
	}
	text, args = sqldb.Select("delete from notice_post").In("id", ids).SQL()
	return tx.Exec(ctx, text, args...)
}

// purgeNotices forgets old notices that no post tells any more.
func purgeNotices(ctx context.Context, tx *sqldb.Tx, read, unread time.Time, limit int) (int64, error) {
	return tx.Exec(ctx, `
delete from notice
where id in (
  select n.id
  from notice n
  where n.at < $1 and (n.read_at > 0 or n.shown = false or n.at < $2)
    and not exists (select 1 from notice_item i where i.notice = n.id)
  order by n.id
  limit $3)`, read, unread, limit)
}
