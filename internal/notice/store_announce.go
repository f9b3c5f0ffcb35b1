package notice

import (
	"context"

	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

const announcementColumns = "id, title, body, link, unit, by_person, at, reached, told, done_at"

func scanAnnouncement(r sqldb.Row) (Announcement, error) {
	var a Announcement
	var done int64
	err := r.Scan(&a.ID, &a.Title, &a.Text, &a.Link, &a.Unit, &a.By, &a.At, &a.Reached, &a.Told, &done)
	a.DoneAt = moment(done)
	return a, err
}

func insertAnnouncement(ctx context.Context, tx *sqldb.Tx, a Announcement) error {
	_, err := tx.Exec(ctx, `
insert into notice_announcement (id, title, body, link, unit, by_person, at, reached, told, done_at)
values ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0)`, a.ID, a.Title, a.Text, a.Link, a.Unit, a.By, a.At)
	return err
}

func announcementByID(ctx context.Context, rd sqldb.Reader, id ID) (Announcement, error) {
	return sqldb.One(ctx, rd, scanAnnouncement, "select "+announcementColumns+" from notice_announcement where id = $1", id)
}

func announcementsByID(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Announcement, error) {
	return sqldb.AllQ(ctx, rd, scanAnnouncement, sqldb.Select("select "+announcementColumns+" from notice_announcement").In("id", ids))
}

func latestAnnouncements(ctx context.Context, rd sqldb.Reader, limit int) ([]Announcement, error) {
	return sqldb.All(ctx, rd, scanAnnouncement, "select "+announcementColumns+" from notice_announcement order by id desc limit $1", limit)
}

func reachAnnouncement(ctx context.Context, tx *sqldb.Tx, id ID, person org.ID, told int) error {
	_, err := tx.Exec(ctx, "update notice_announcement set reached = $2, told = told + $3 where id = $1", id, person, told)
	return err
}

func finishAnnouncement(ctx context.Context, tx *sqldb.Tx, id ID) error {
	_, err := tx.Exec(ctx, "update notice_announcement set done_at = $2 where id = $1", id, tx.Now)
	return err
}

// peopleAfter are the next active people by id; of the units, when any are given.
func peopleAfter(ctx context.Context, rd sqldb.Reader, units []org.ID, after org.ID, limit int) ([]org.ID, error) {
	q := sqldb.Select("select p.id from org_person_v p").Where("p.active = true").Where("p.id > ?", after)
	if len(units) > 0 {
		q = q.In("p.unit", units)
	}
	return sqldb.AllQ(ctx, rd, scanID, q.OrderBy("p.id").Limit(limit))
}
