package notice

import (
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/talk"
)

// never is the due time of what is finished.
const never int64 = 1 << 52

// takeMark reads how far a reader has come and keeps others from reading on until this transaction ends.
func takeMark(ctx context.Context, tx *sqldb.Tx, name string) (int64, error) {
	return sqldb.Value[int64](ctx, tx, `
insert into notice_mark (name, value)
values ($1, 0)
on conflict (name) do update
set value = notice_mark.value
returning value`, name)
}

func setMark(ctx context.Context, tx *sqldb.Tx, name string, value int64) error {
	_, err := tx.Exec(ctx, "update notice_mark set value = $2 where name = $1", name, value)
	return err
}

// markOf is how far a reader has come; 0 before its first time.
func markOf(ctx context.Context, rd sqldb.Reader, name string) (int64, error) {
	return sqldb.Value[int64](ctx, rd, "select coalesce(max(value), 0) from notice_mark where name = $1", name)
}

func toldBefore(ctx context.Context, rd sqldb.Reader, person org.ID, once string) (bool, error) {
	n, err := sqldb.Value[int](ctx, rd, "select count(*) from notice where person = $1 and once = $2 and once <> ''", person, once)
	return n > 0, err
}

// insertNotices writes many at once: a batch of events comes to hundreds.
// wasTold says whether a person has a notice about something.
func wasTold(ctx context.Context, rd sqldb.Reader, person org.ID, sub access.Subject) (bool, error) {
	ids, err := sqldb.All(ctx, rd, scanID, `
select id
from notice
where person = $1 and subject_kind = $2 and subject = $3
limit 1`, person, sub.Kind, sub.ID)
	return len(ids) > 0, err
}

func insertNotices(ctx context.Context, tx *sqldb.Tx, list []Notice) error {
	rows := make([][]any, len(list))
	for i, n := range list {
		rows[i] = []any{n.ID, n.Person, n.Kind, n.Subject.Kind, n.Subject.ID, n.Message, n.By, n.For, n.Note, n.Once, n.Shown, n.At, 0}
	}
	return tx.Insert(ctx, "notice", "id, person, kind, subject_kind, subject, message, by_person, for_person, note, once, shown, at, read_at", rows...)
}

const noticeColumns = `n.id, n.person, n.kind, n.subject_kind, n.subject, n.message, n.by_person, n.for_person, n.note, n.once, n.shown, n.at, n.read_at`

func scanNotice(r sqldb.Row) (Notice, error) {
	var n Notice
	var read int64
	err := r.Scan(&n.ID, &n.Person, &n.Kind, &n.Subject.Kind, &n.Subject.ID, &n.Message, &n.By, &n.For, &n.Note, &n.Once, &n.Shown, &n.At, &read)
	if read > 0 {
		n.ReadAt = time.UnixMilli(read).UTC()
	}
	return n, err
}

func scanID(r sqldb.Row) (id int64, err error) { return id, r.Scan(&id) }

// settle marks open notices of some kinds about a subject as read, and says whose listed ones they were.
func settle(ctx context.Context, tx *sqldb.Tx, sub access.Subject, kinds []string, before time.Time) ([]org.ID, error) {
	type gone struct {
		id, person int64
		shown      bool
	}
	open, err := sqldb.AllQ(ctx, tx, func(r sqldb.Row) (g gone, err error) { return g, r.Scan(&g.id, &g.person, &g.shown) },
		sqldb.Select("select id, person, shown from notice").
			Where("subject_kind = ?", sub.Kind).Where("subject = ?", sub.ID).Where("read_at = 0").Where("at <= ?", before).
			In("kind", kinds).Limit(chunk))
	if err != nil || len(open) == 0 {
		return nil, err
	}
	var people []org.ID
	ids := make([]int64, 0, len(open))
	for _, g := range open {
		ids = append(ids, g.id)
		if g.shown {
			people = append(people, g.person)
		}
	}
	return people, markRead(ctx, tx, ids, tx.Now)
}

// chunk is the most rows of one transaction.
const chunk = 500

func markRead(ctx context.Context, tx *sqldb.Tx, ids []int64, at time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	text, args := sqldb.Select("update notice set read_at = ?", at).In("id", ids).SQL()
	_, err := tx.Exec(ctx, text, args...)
	return err
}

func unreadOf(ctx context.Context, rd sqldb.Reader, person org.ID, before ID, limit int) ([]Notice, error) {
	q := sqldb.Select("select "+noticeColumns+" from notice n").
		Where("n.person = ?", person).Where("n.read_at = 0").Where("n.shown = true")
	if before != 0 {
		q = q.Where("n.id < ?", before)
	}
	return sqldb.AllQ(ctx, rd, scanNotice, q.OrderBy("n.id desc").Limit(limit))
}

func noticesOf(ctx context.Context, rd sqldb.Reader, person org.ID, before ID, limit int) ([]Notice, error) {
	q := sqldb.Select("select "+noticeColumns+" from notice n").Where("n.person = ?", person).Where("n.shown = true")
	if before != 0 {
		q = q.Where("n.id < ?", before)
	}
	return sqldb.AllQ(ctx, rd, scanNotice, q.OrderBy("n.id desc").Limit(limit))
}

// unreadMarks are a person's unread notices below an id (0: any), newest first, at most talk.MarkPage.
func unreadMarks(ctx context.Context, rd sqldb.Reader, person org.ID, before ID) ([]talk.Mark, error) {
	q := sqldb.Select("select id, subject_kind, subject from notice").
		Where("person = ?", person).Where("read_at = 0").Where("shown = true")
	if before != 0 {
		q = q.Where("id < ?", before)
	}
	return sqldb.AllQ(ctx, rd, func(r sqldb.Row) (m talk.Mark, err error) {
		err = r.Scan(&m.ID, &m.Subject.Kind, &m.Subject.ID)
		return m, err
	}, q.OrderBy("id desc").Limit(talk.MarkPage))
}

// standOf sums up what unreadMarks gives first.
func standOf(ctx context.Context, rd sqldb.Reader, person org.ID) (talk.Stand, error) {
	return sqldb.One(ctx, rd, talk.ScanStand, `
		select count(*), sum(id), max(id)
		from (select id from notice where person = $1 and read_at = 0 and shown = true order by id desc limit $2) newest`, person, talk.MarkPage)
}

// idsUnread are the ids of a person's open notices about a subject (nil: any) up to an id (0: any).
func idsUnread(ctx context.Context, rd sqldb.Reader, person org.ID, sub *access.Subject, upTo ID) ([]int64, error) {
	q := sqldb.Select("select id from notice").Where("person = ?", person).Where("read_at = 0")
	if sub != nil {
		q = q.Where("subject_kind = ?", sub.Kind).Where("subject = ?", sub.ID)
	} else {
		q = q.Where("shown = true")
	}
	if upTo != 0 {
		q = q.Where("id <= ?", upTo)
	}
	return sqldb.AllQ(ctx, rd, scanID, q.OrderBy("id desc").Limit(chunk))
}

// noticeFor is one notice of a person.
func noticeFor(ctx context.Context, rd sqldb.Reader, person org.ID, id ID) (Notice, error) {
	return sqldb.One(ctx, rd, scanNotice, "select "+noticeColumns+" from notice n where n.id = $1 and n.person = $2", id, person)
}
