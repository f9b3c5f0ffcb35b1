package notice

import (
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
)

// The states of a post.
const (
	Waiting = "waiting" // collects what belongs to it until it is due
	Sending = "sending" // claimed; due is when another may try
	Sent    = "sent"
	Closing = "closing" // a card whose todo is done
	Closed  = "closed"
	Dead    = "dead"
	Dropped = "dropped" // nothing was left to say
)

// Post is one message by one channel.
type Post struct {
	ID      ID
	Channel string
	Target  int64
	Person  int64
	Form    string // Now, Digest or card
	Subject access.Subject
	Verb    string
	State   string
	Urgent  bool
	Due     time.Time
	Tries   int
	Unsure  int // of the tries: handed over whole, without an answer
	Error   string
	Receipt string
	Created time.Time
	Done    time.Time
}

func (p Post) lane() lane { return lane{p.Channel, p.Target} }

const postColumns = `p.id, p.channel, p.target, p.person, p.form, p.subject_kind, p.subject, p.verb, p.state, p.urgent, p.due, p.tries, p.unsure, p.error, p.receipt, p.created, p.done`

func scanPost(r sqldb.Row) (Post, error) {
	var p Post
	var due, done int64
	err := r.Scan(&p.ID, &p.Channel, &p.Target, &p.Person, &p.Form, &p.Subject.Kind, &p.Subject.ID, &p.Verb, &p.State, &p.Urgent, &due, &p.Tries, &p.Unsure,
		&p.Error, &p.Receipt, &p.Created, &done)
	if due < never {
		p.Due = time.UnixMilli(due).UTC()
	}
	if done > 0 {
		p.Done = time.UnixMilli(done).UTC()
	}
	return p, err
}

// joinPosts writes posts, or joins those that wait for the same target and subject, which leave at the earlier time. It
// gives the post that each of the list went into, in the list's order.
func joinPosts(ctx context.Context, tx *sqldb.Tx, list []Post) ([]ID, error) {
	first := map[postKey]int{} // of rows
	rows := make([][]any, 0, len(list))
	for _, p := range list {
		if i, ok := first[p.key()]; ok {
			rows[i][8] = rows[i][8].(bool) || p.Urgent
			rows[i][9] = earlier(rows[i][9].(time.Time), p.Due)
			continue
		}
		first[p.key()] = len(rows)
		rows = append(rows, []any{p.ID, p.Channel, p.Target, p.Person, p.Form, p.Subject.Kind, p.Subject.ID, p.Verb, p.Urgent, p.Due, tx.Now, Waiting, 0, "", "", 0})
	}
	joined := make(map[postKey]ID, len(rows))
	err := tx.Upsert(ctx, "notice_post", "id, channel, target, person, form, subject_kind, subject, verb, urgent, due, created, state, tries, error, receipt, done", `
on conflict (channel, target, person, form, subject_kind, subject, verb) where state = 'waiting' do update
set due = case when excluded.due < notice_post.due then excluded.due else notice_post.due end,
  urgent = notice_post.urgent or excluded.urgent
returning id, channel, target, person, form, subject_kind, subject, verb`, func(r sqldb.Row) error {
		var id ID
		var k postKey
		err := r.Scan(&id, &k.channel, &k.target, &k.person, &k.form, &k.subject.Kind, &k.subject.ID, &k.verb)
		joined[k] = id
		return err
	}, rows...)
	ids := make([]ID, len(list))
	for i, p := range list {
		ids[i] = joined[p.key()]
	}
	return ids, err
}

// postKey is what two waiting posts never share.
type postKey struct {
	channel        string
	target, person int64
	form           string
	subject        access.Subject
	verb           string
}

func (p Post) key() postKey {
	return postKey{p.Channel, p.Target, p.Person, p.Form, p.Subject, p.Verb}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func insertItems(ctx context.Context, tx *sqldb.Tx, list []item) error {
	rows := make([][]any, len(list))
	for i, x := range list {
		rows[i] = []any{x.post, x.notice}
	}
	return tx.Insert(ctx, "notice_item", "post, notice", rows...)
}

func itemsOf(ctx context.Context, rd sqldb.Reader, posts []ID) (map[ID][]Notice, error) {
	out := map[ID][]Notice{}
	_, err := sqldb.AllQ(ctx, rd, func(r sqldb.Row) (struct{}, error) {
		var post ID
		n, err := scanNotice(first{r, &post})
		out[post] = append(out[post], n)
		return struct{}{}, err
	}, sqldb.Select("select i.post, "+noticeColumns+" from notice_item i join notice n on n.id = i.notice").In("i.post", posts).OrderBy("i.post, n.id"))
	return out, err
}

// first scans a column of its own before those of the row.
type first struct {
	row  sqldb.Row
	dest any
}

// Scan puts the first column aside and passes the rest on.
func (f first) Scan(dest ...any) error { return f.row.Scan(append([]any{f.dest}, dest...)...) }

func knowLane(ctx context.Context, tx *sqldb.Tx, l lane) error {
	_, err := tx.Exec(ctx, `
insert into notice_channel (channel, target, ok_at, failed_at, failures, error, paused_until)
values ($1, $2, 0, 0, 0, '', 0)
on conflict (channel, target) do nothing`, l.Channel, l.Target)
	return err
}

// lanesDue are the lanes that have something due and do not rest.
func lanesDue(ctx context.Context, rd sqldb.Reader, now time.Time) ([]lane, error) {
	return sqldb.All(ctx, rd, func(r sqldb.Row) (l lane, err error) { return l, r.Scan(&l.Channel, &l.Target) }, `
select c.channel, c.target
from notice_channel c
where c.paused_until <= $1
  and exists (
    select 1
    from notice_post p
    where p.channel = c.channel and p.target = c.target and p.due <= $1 and p.due < 4503599627370496)`, now)
}

// nextDue are the next posts of a lane that are due; of person, when that is not 0.
func nextDue(ctx context.Context, rd sqldb.Reader, l lane, person int64, now time.Time, limit int) ([]Post, error) {
	q := sqldb.Select("select "+postColumns+" from notice_post p").
		Where("p.channel = ?", l.Channel).Where("p.target = ?", l.Target).Where("p.due <= ?", now).Where("p.due < 4503599627370496")
	if person != 0 {
		q = q.Where("p.person = ?", person)
	}
	return sqldb.AllQ(ctx, rd, scanPost, q.OrderBy("p.due, p.id").Limit(limit))
}

// claim takes posts that are still due; until is when another may try. Closing a card claims it as it is.
func claim(ctx context.Context, tx *sqldb.Tx, posts []Post, until time.Time) ([]Post, error) {
	var out []Post
	for _, p := range posts {
		n, err := tx.Exec(ctx, `
update notice_post
set state = case when state = 'closing' then 'closing' else 'sending' end, due = $2, tries = tries + 1
where id = $1
  and state in ('waiting', 'sending', 'closing')
  and due <= $3`, p.ID, until, tx.Now)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			p.Tries++
			out = append(out, p)
		}
	}
	return out, nil
}

// finish writes how a post fared.
func finish(ctx context.Context, tx *sqldb.Tx, id ID, state string, due int64, problem, receipt string) error {
	done := int64(0)
	if due == never {
		done = tx.Now.UnixMilli()
	}
	_, err := tx.Exec(ctx, `
update notice_post
set state = $2, due = $3, error = $4, receipt = case when $5 = '' then receipt else $5 end, done = $6
where id = $1`, id, state, due, problem, receipt, done)
	return err
}

// mayHaveArrived notes that a post was handed over and nobody said whether it arrived.
func mayHaveArrived(ctx context.Context, tx *sqldb.Tx, id ID) error {
	_, err := tx.Exec(ctx, "update notice_post set unsure = unsure + 1 where id = $1", id)
	return err
}

// putBack makes a claim undone: the post waits, and the try does not count.
func putBack(ctx context.Context, tx *sqldb.Tx, id ID, due time.Time) error {
	_, err := tx.Exec(ctx, `
update notice_post
set due = $2, tries = case when tries > 0 then tries - 1 else 0 end
where id = $1`, id, due)
	return err
}

// orphans lets posts that a process which is gone had claimed be tried at once; on SQLite there is one process.
func orphans(ctx context.Context, tx *sqldb.Tx) error {
	_, err := tx.Exec(ctx, `
update notice_post
set due = $1
where state = 'sending' and due > $1 and due < 4503599627370496`, tx.Now)
	return err
}

// Health is how a lane fares.
type Health struct {
	lane
	OKAt, FailedAt, PausedUntil time.Time
	Failures                    int
	Error                       string
	Waiting, Dead               int
}

func healthOf(ctx context.Context, rd sqldb.Reader) ([]Health, error) {
	return sqldb.All(ctx, rd, func(r sqldb.Row) (Health, error) {
		var h Health
		var ok, failed, paused int64
		err := r.Scan(&h.Channel, &h.Target, &ok, &failed, &h.Failures, &h.Error, &paused)
		h.OKAt, h.FailedAt, h.PausedUntil = moment(ok), moment(failed), moment(paused)
		return h, err
	}, "select channel, target, ok_at, failed_at, failures, error, paused_until from notice_channel order by channel, target")
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func laneFailed(ctx context.Context, tx *sqldb.Tx, l lane, problem string, until time.Time) error {
	_, err := tx.Exec(ctx, `
update notice_channel
set failed_at = $3, failures = failures + 1, error = $4, paused_until = $5
where channel = $1 and target = $2`, l.Channel, l.Target, tx.Now, problem, until)
	return err
}

func laneWorks(ctx context.Context, tx *sqldb.Tx, l lane) error {
	_, err := tx.Exec(ctx, `
update notice_channel
set ok_at = $3, failures = 0, error = '', paused_until = 0
where channel = $1 and target = $2`, l.Channel, l.Target, tx.Now)
	return err
}

// laneTries lets a lane that rests try again at once.
func laneTries(ctx context.Context, tx *sqldb.Tx, channel string, target int64) error {
	_, err := tx.Exec(ctx, "update notice_channel set paused_until = 0, failures = 0 where channel = $1 and target = $2", channel, target)
	return err
}

func failuresOf(ctx context.Context, rd sqldb.Reader, l lane) (int, error) {
	return sqldb.Value[int](ctx, rd, "select coalesce(max(failures), 0) from notice_channel where channel = $1 and target = $2", l.Channel, l.Target)
}

func resting(ctx context.Context, rd sqldb.Reader, l lane, now time.Time) (bool, error) {
	n, err := sqldb.Value[int](ctx, rd, "select count(*) from notice_channel where channel = $1 and target = $2 and paused_until > $3", l.Channel, l.Target, now)
	return n > 0, err
}

// countWaiting counts the posts of a lane that have not left, of those that were made by the given moment.
func countWaiting(ctx context.Context, rd sqldb.Reader, l lane, by time.Time, limit int) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from (
	select 1 from notice_post
	where channel = $1 and target = $2 and due < 4503599627370496 and created <= $3
	limit $4) x`, l.Channel, l.Target, by, limit)
}

func deadPosts(ctx context.Context, rd sqldb.Reader, before ID, limit int) ([]Post, error) {
	q := sqldb.Select("select " + postColumns + " from notice_post p").Where("p.state = 'dead'")
	if before != 0 {
		q = q.Where("p.id < ?", before)
	}
	return sqldb.AllQ(ctx, rd, scanPost, q.OrderBy("p.id desc").Limit(limit))
}

func countDead(ctx context.Context, rd sqldb.Reader, limit int) (int, error) {
	return sqldb.Value[int](ctx, rd, "select count(*) from (select 1 from notice_post where state = 'dead' limit $1) x", limit)
}

func postByID(ctx context.Context, rd sqldb.Reader, id ID) (Post, error) {
	return sqldb.One(ctx, rd, scanPost, "select "+postColumns+" from notice_post p where p.id = $1", id)
}

// revive lets a dead post be tried again, as if for the first time.
func revive(ctx context.Context, tx *sqldb.Tx, id ID) (Post, bool, error) {
	n, err := tx.Exec(ctx, `
update notice_post
set state = 'sending', due = $2, tries = 0, unsure = 0, done = 0
where id = $1 and state = 'dead'`, id, tx.Now)
	if err != nil || n == 0 {
		return Post{}, false, err
	}
	p, err := postByID(ctx, tx, id)
	return p, err == nil, err
}

// stuckPosts counts what has been due since before a time, but for lanes that have failed for as long: they are counted whole.
func stuckPosts(ctx context.Context, rd sqldb.Reader, since time.Time, limit int) (int, error) {
	return sqldb.Value[int](ctx, rd, `
select count(*)
from (
  select 1
  from notice_post p
  left join notice_channel c on c.channel = p.channel and c.target = p.target
  where p.due < $1 and p.due < 4503599627370496 and p.state in ('waiting', 'sending', 'closing')
    and (c.failures is null or c.failures < 3 or c.ok_at >= $1)
  limit $2) x`, since, limit)
}

// delay moves when a post is due.
func delay(ctx context.Context, tx *sqldb.Tx, id ID, at time.Time) error {
	_, err := tx.Exec(ctx, "update notice_post set due = $2 where id = $1 and due < 4503599627370496", id, at)
	return err
}

// cardsOf are the cards that stand about a subject.
func cardsOf(ctx context.Context, rd sqldb.Reader, sub access.Subject) ([]Post, error) {
	return sqldb.All(ctx, rd, scanPost, "select "+postColumns+` from notice_post p
where p.form = 'card' and p.state <> 'closed' and p.subject_kind = $1 and p.subject = $2
  and p.state in ('waiting', 'sending', 'sent')`, sub.Kind, sub.ID)
}

func cardsAfter(ctx context.Context, rd sqldb.Reader, after ID, limit int) ([]Post, error) {
	return sqldb.All(ctx, rd, scanPost, "select "+postColumns+` from notice_post p
where p.form = 'card' and p.state <> 'closed' and p.state in ('waiting', 'sending', 'sent') and p.id > $1
order by p.id
limit $2`, after, limit)
}

// closeCard ends a card: one that was not shown yet is dropped when its turn comes, one that stands is closed.
func closeCard(ctx context.Context, tx *sqldb.Tx, p Post) error {
	_, err := tx.Exec(ctx, `
update notice_post
set state = 'closing', due = $2, tries = 0
where id = $1 and state = 'sent'`, p.ID, tx.Now)
	return err
}
