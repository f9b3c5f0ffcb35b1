package notice

import (
	"context"
	"errors"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// mailOf is the mail server; the zero one before any was set.
func mailOf(ctx context.Context, rd sqldb.Reader) (MailServer, error) {
	m, err := sqldb.One(ctx, rd, func(r sqldb.Row) (MailServer, error) {
		var m MailServer
		err := r.Scan(&m.Active, &m.Host, &m.Port, &m.Mode, &m.User, &m.sealed, &m.Sender, &m.SenderName, &m.ReplyTo, &m.CA, &m.Revision)
		return m, err
	}, "select active, host, port, mode, login, password, sender, sender_name, reply_to, ca, revision from notice_mail where id = 1")
	if errors.Is(err, fault.ErrNotFound) {
		return MailServer{}, nil
	}
	return m, err
}

func saveMail(ctx context.Context, tx *sqldb.Tx, m MailServer) error {
	n, err := tx.Exec(ctx, `
insert into notice_mail (id, active, host, port, mode, login, password, sender, sender_name, reply_to, ca, revision)
values (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 + 1)
on conflict (id) do update
set active = $1, host = $2, port = $3, mode = $4, login = $5, password = $6, sender = $7, sender_name = $8, reply_to = $9, ca = $10,
  revision = notice_mail.revision + 1
where notice_mail.revision = $11`,
		m.Active, m.Host, m.Port, m.Mode, m.User, m.sealed, m.Sender, m.SenderName, m.ReplyTo, m.CA, m.Revision)
	if err == nil && n == 0 {
		return fault.New(fault.Precondition, "notice.changed-meanwhile")
	}
	return err
}

func choicesOf(ctx context.Context, rd sqldb.Reader, people []org.ID) (map[org.ID]choices, error) {
	out := map[org.ID]choices{}
	_, err := sqldb.AllQ(ctx, rd, func(r sqldb.Row) (struct{}, error) {
		var person org.ID
		var key [2]string
		var value string
		err := r.Scan(&person, &key[0], &key[1], &value)
		if out[person] == nil {
			out[person] = choices{}
		}
		out[person][key] = value
		return struct{}{}, err
	}, sqldb.Select("select person, kind, channel, value from notice_choice").In("person", people))
	return out, err
}

func saveChoice(ctx context.Context, tx *sqldb.Tx, person org.ID, c Chosen) error {
	if c.Value == "" {
		_, err := tx.Exec(ctx, "delete from notice_choice where person = $1 and kind = $2 and channel = $3", person, c.Kind, c.Channel)
		return err
	}
	_, err := tx.Exec(ctx, `
insert into notice_choice (person, kind, channel, value)
values ($1, $2, $3, $4)
on conflict (person, kind, channel) do update set value = $4`, person, c.Kind, c.Channel, c.Value)
	return err
}

func habitsOf(ctx context.Context, rd sqldb.Reader, people []org.ID) (map[org.ID]Habits, error) {
	out := map[org.ID]Habits{}
	_, err := sqldb.AllQ(ctx, rd, func(r sqldb.Row) (struct{}, error) {
		var person org.ID
		var h Habits
		err := r.Scan(&person, &h.Quiet, &h.From, &h.To, &h.Digest, &h.Revision)
		out[person] = h
		return struct{}{}, err
	}, sqldb.Select("select id, quiet, quiet_from, quiet_to, digest, revision from notice_person").In("id", people))
	return out, err
}

func saveHabits(ctx context.Context, tx *sqldb.Tx, person org.ID, h Habits) error {
	_, err := tx.Exec(ctx, `
insert into notice_person (id, quiet, quiet_from, quiet_to, digest, revision)
values ($1, $2, $3, $4, $5, 1)
on conflict (id) do update
set quiet = $2, quiet_from = $3, quiet_to = $4, digest = $5, revision = notice_person.revision + 1`, person, h.Quiet, h.From, h.To, h.Digest)
	return err
}

// anybodyChose says whether any person has set anything: as long as nobody has, nothing is looked up.
func anybodyChose(ctx context.Context, rd sqldb.Reader) (bool, error) {
	n, err := sqldb.Value[int](ctx, rd, `
select count(*)
from (
  select 1 from (select 1 from notice_choice where person > 0 limit 1) a
  union all
  select 1 from (select 1 from notice_person limit 1) b) x`)
	return n > 0, err
}

const robotColumns = "id, unit, platform, name, address, secret, locale, kinds, inside, active, revision"

func scanRobot(r sqldb.Row) (Robot, error) {
	var x Robot
	err := r.Scan(&x.ID, &x.Unit, &x.Platform, &x.Name, &x.address, &x.secret, &x.Locale, sqldb.JSON(&x.Kinds), &x.Inside, &x.Active, &x.Revision)
	return x, err
}

func robotsOf(ctx context.Context, rd sqldb.Reader) ([]Robot, error) {
	return sqldb.All(ctx, rd, scanRobot, "select "+robotColumns+" from notice_robot order by unit, id limit 1000")
}

func robotByID(ctx context.Context, rd sqldb.Reader, id ID) (Robot, error) {
	return sqldb.One(ctx, rd, scanRobot, "select "+robotColumns+" from notice_robot where id = $1", id)
}

func saveRobot(ctx context.Context, tx *sqldb.Tx, x Robot) error {
	n, err := tx.Exec(ctx, `
insert into notice_robot (id, unit, platform, name, address, secret, locale, kinds, inside, active, revision)
values ($1, $2, $3, $4, $5, $6, $7, $8, $11, $9, $10 + 1)
on conflict (id) do update
set unit = $2, platform = $3, name = $4, address = $5, secret = $6, locale = $7, kinds = $8, active = $9, inside = $11, revision = notice_robot.revision + 1
where notice_robot.revision = $10`, x.ID, x.Unit, x.Platform, x.Name, x.address, x.secret, x.Locale, sqldb.JSON(append([]string{}, x.Kinds...)), x.Active, x.Revision, x.Inside)
	if err == nil && n == 0 {
		return fault.New(fault.Precondition, "notice.changed-meanwhile")
	}
	return err
}

func deleteRobot(ctx context.Context, tx *sqldb.Tx, id ID) error {
	if _, err := tx.Exec(ctx, `
update notice_post
set state = 'dropped', due = $2
where channel = 'robot' and target = $1 and due < $2`, id, never); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "delete from notice_channel where channel = 'robot' and target = $1", id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "delete from notice_robot where id = $1", id)
	return err
}
