package talk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

func insertMessage(ctx context.Context, tx *sqldb.Tx, m Message) error {
	_, err := tx.Exec(ctx, `
		insert into talk_message (id, subject_kind, subject, person, unit, kind, body, files, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.ID, m.Subject.Kind, m.Subject.ID, m.Person, m.Unit, m.Kind, m.Text, len(m.Files), m.At)
	return err
}

func insertMentions(ctx context.Context, tx *sqldb.Tx, message ID, people []org.Person) error {
	rows := make([][]any, len(people))
	for i, p := range people {
		rows[i] = []any{message, p.ID}
	}
	return tx.Insert(ctx, "talk_mention", "message, person", rows...)
}

func insertUnread(ctx context.Context, tx *sqldb.Tx, m Message, readers, named []org.ID) error {
	if len(readers) == 0 {
		return nil
	}
	rows := make([][]any, len(readers))
	for i, id := range readers {
		rows[i] = []any{id, m.ID, m.Subject.Kind, m.Subject.ID, slices.Contains(named, id)}
	}
	return tx.Insert(ctx, "talk_unread", "person, message, subject_kind, subject, mentioned", rows...)
}

func peopleByNo(ctx context.Context, rd sqldb.Reader, nos []string) ([]org.Person, error) {
	q := sqldb.Select(`select id, no, name, unit, active from org_person_v`).In("no", nos)
	return sqldb.AllQ(ctx, rd, func(r sqldb.Row) (org.Person, error) {
		var p org.Person
		err := r.Scan(&p.ID, &p.No, &p.Name, &p.Unit, &p.Active)
		return p, err
	}, q)
}

func watchers(ctx context.Context, rd sqldb.Reader, sub access.Subject) ([]org.ID, error) {
	return sqldb.All(ctx, rd, scanID, `
		select person
		from talk_watch
		where subject_kind = $1 and subject = $2
		order by person`, sub.Kind, sub.ID)
}

func scanID(r sqldb.Row) (id int64, err error) {
	err = r.Scan(&id)
	return id, err
}

func insertWatch(ctx context.Context, tx *sqldb.Tx, sub access.Subject, person org.ID, why string) error {
	_, err := tx.Exec(ctx, `
		insert into talk_watch (subject_kind, subject, person, why, at)
		values ($1, $2, $3, $4, $5)
		on conflict (subject_kind, subject, person) do nothing`,
		sub.Kind, sub.ID, person, why, tx.Now)
	return err
}

func deleteWatch(ctx context.Context, tx *sqldb.Tx, sub access.Subject, person org.ID) error {
	_, err := tx.Exec(ctx, `
		delete from talk_watch
		where subject_kind = $1 and subject = $2 and person = $3`, sub.Kind, sub.ID, person)
	return err
}

const entryColumns = `
	select m.id, m.subject_kind, m.subject, m.person, m.unit, m.kind, m.body, m.files, m.at, p.no, p.name, p.name_en,
	  u.name_zh, u.name_en, u.short_zh, u.short_en
	from talk_message m
	left join org_person_v p on p.id = m.person
	left join org_unit_v u on u.id = m.unit`

func scanEntry(r sqldb.Row) (Entry, error) {
	var e Entry
	var person org.Person
	var short lang.Text
	err := r.Scan(&e.ID, &e.Subject.Kind, &e.Subject.ID, &e.Person, &e.Unit, &e.Kind, &e.Text, &e.fileCount, &e.At,
		&person.No, &person.Name, &person.NameEn, &e.UnitName.Zh, &e.UnitName.En, &short.Zh, &short.En)
	e.PersonNo, e.PersonName = person.No, org.NameText(person.No, person.Name, person.NameEn)
	if !short.Empty() {
		e.UnitName = short
	}
	return e, err
}

// messages reads the newest messages of a subject before a key, oldest first.
func messages(ctx context.Context, rd sqldb.Reader, sub access.Subject, withNotes bool, before Key, limit int) ([]Entry, error) {
	q := sqldb.Select(entryColumns).
		Where("m.subject_kind = ?", sub.Kind).
		Where("m.subject = ?", sub.ID)
	if !withNotes {
		q = q.Where("m.kind <> ?", KindNote)
	}
	if before != (Key{}) {
		q = q.Where("(m.at, m.id) < (?, ?)", before.At, before.ID)
	}
	list, err := sqldb.AllQ(ctx, rd, scanEntry, q.OrderBy("m.at desc, m.id desc").Limit(limit))
	slices.Reverse(list)
	return list, err
}

// namesIn reads who is mentioned in the messages: message → 工号 → name.
func namesIn(ctx context.Context, rd sqldb.Reader, ids []ID) (map[ID]map[string]lang.Text, error) {
	type row struct {
		message ID
		no      string
		name    lang.Text
	}
	q := sqldb.Select(`
		select n.message, p.no, p.name, p.name_en
		from talk_mention n
		join org_person_v p on p.id = n.person`).In("n.message", ids)
	rows, err := sqldb.AllQ(ctx, rd, func(r sqldb.Row) (row, error) {
		var x row
		err := r.Scan(&x.message, &x.no, &x.name.Zh, &x.name.En)
		return x, err
	}, q)
	if err != nil {
		return nil, err
	}
	out := map[ID]map[string]lang.Text{}
	for _, x := range rows {
		if out[x.message] == nil {
			out[x.message] = map[string]lang.Text{}
		}
		out[x.message][x.no] = org.NameText(x.no, x.name.Zh, x.name.En)
	}
	return out, nil
}

// unreadOf lists what a person has not read, newest first.
func unreadOf(ctx context.Context, rd sqldb.Reader, person org.ID, mentionsOnly bool, before ID, limit int) ([]Unread, error) {
	q := sqldb.Select(`
		select x.mentioned, m.id, m.subject_kind, m.subject, m.person, m.unit, m.kind, m.body, m.files, m.at,
		  p.no, p.name, p.name_en, u.name_zh, u.name_en, u.short_zh, u.short_en
		from talk_unread x
		join talk_message m on m.id = x.message
		left join org_person_v p on p.id = m.person
		left join org_unit_v u on u.id = m.unit`).
		Where("x.person = ?", person)
	if mentionsOnly {
		q = q.Where("x.mentioned = ?", true)
	}
	if before != 0 {
		q = q.Where("x.message < ?", before)
	}
	return sqldb.AllQ(ctx, rd, func(r sqldb.Row) (Unread, error) {
		var u Unread
		var err error
		u.Entry, err = scanEntry(behind{r, &u.Mentioned})
		return u, err
	}, q.OrderBy("x.message desc").Limit(limit))
}

// behind scans a first column of its own before those of the row.
type behind struct {
	row   sqldb.Row
	first any
}

// Scan puts the first column aside and passes the rest on.
func (b behind) Scan(dest ...any) error { return b.row.Scan(append([]any{b.first}, dest...)...) }

// unreadCount counts up to the cap.
func unreadCount(ctx context.Context, rd sqldb.Reader, person org.ID, limit int) (int, error) {
	return sqldb.Value[int](ctx, rd, `
		select count(*)
		from (select 1 from talk_unread where person = $1 limit $2) x`, person, limit)
}

// unreadMarks are a person's unread messages below an id (0: any), newest first.
func unreadMarks(ctx context.Context, rd sqldb.Reader, person org.ID, before ID, limit int) ([]Mark, error) {
	q := sqldb.Select("select message, subject_kind, subject from talk_unread").Where("person = ?", person)
	if before != 0 {
		q = q.Where("message < ?", before)
	}
	return sqldb.AllQ(ctx, rd, func(r sqldb.Row) (m Mark, err error) {
		err = r.Scan(&m.ID, &m.Subject.Kind, &m.Subject.ID)
		return m, err
	}, q.OrderBy("message desc").Limit(limit))
}

func standOf(ctx context.Context, rd sqldb.Reader, person org.ID) (Stand, error) {
	return sqldb.One(ctx, rd, ScanStand, `
		select count(*), sum(message), max(message)
		from (select message from talk_unread where person = $1 order by message desc limit $2) newest`, person, MarkPage)
}

// unreadIn lists the unread messages of a person on one subject.
func unreadIn(ctx context.Context, rd sqldb.Reader, person org.ID, sub access.Subject) ([]ID, error) {
	return sqldb.All(ctx, rd, scanID, `
		select message
		from talk_unread
		where person = $1 and subject_kind = $2 and subject = $3
		order by message`, person, sub.Kind, sub.ID)
}

// deleteUnread removes what was shown, and nothing that arrived meanwhile.
func deleteUnread(ctx context.Context, tx *sqldb.Tx, person org.ID, messages []ID) error {
	for chunk := range slices.Chunk(messages, 100) {
		args := []any{person}
		var in strings.Builder
		for i, id := range chunk {
			if i > 0 {
				in.WriteString(", ")
			}
			args = append(args, id)
			in.WriteString("$" + strconv.Itoa(len(args)))
		}
		if _, err := tx.Exec(ctx, `delete from talk_unread where person = $1 and message in (`+in.String()+`)`, args...); err != nil {
			return err
		}
	}
	return nil
}

func deleteAllUnread(ctx context.Context, tx *sqldb.Tx, person org.ID, upTo ID) error {
	_, err := tx.Exec(ctx, `
		delete from talk_unread
		where person = $1 and message <= $2`, person, upTo)
	return err
}

func insertFile(ctx context.Context, tx *sqldb.Tx, f File) error {
	_, err := tx.Exec(ctx, `
		insert into talk_file (id, subject_kind, subject, message, internal, name, type, size, hash, person, at)
		values ($1, '', 0, 0, false, $2, $3, $4, $5, $6, $7)`,
		f.ID, f.Name, f.Type, f.Size, f.Hash, f.Person, f.At)
	return err
}

const fileColumns = `select id, subject_kind, subject, message, internal, name, type, size, hash, person, at from talk_file`

func scanFile(r sqldb.Row) (File, error) {
	var f File
	err := r.Scan(&f.ID, &f.Subject.Kind, &f.Subject.ID, &f.Message, &f.Internal, &f.Name, &f.Type, &f.Size, &f.Hash, &f.Person, &f.At)
	return f, err
}

func filesByID(ctx context.Context, rd sqldb.Reader, ids []ID) ([]File, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return sqldb.AllQ(ctx, rd, scanFile, sqldb.Select(fileColumns).In("id", ids).OrderBy("id"))
}

func filesOf(ctx context.Context, rd sqldb.Reader, sub access.Subject, messages []ID) ([]File, error) {
	return sqldb.AllQ(ctx, rd, scanFile, sqldb.Select(fileColumns).
		Where("subject_kind = ?", sub.Kind).
		Where("subject = ?", sub.ID).
		In("message", messages).
		OrderBy("id"))
}

func attachFile(ctx context.Context, tx *sqldb.Tx, id ID, sub access.Subject, message ID, internal bool) error {
	_, err := tx.Exec(ctx, `
		update talk_file
		set subject_kind = $2, subject = $3, message = $4, internal = $5
		where id = $1`, id, sub.Kind, sub.ID, message, internal)
	return err
}

// handFiles changes whose loose files are.
func handFiles(ctx context.Context, tx *sqldb.Tx, ids []ID, from, to int64) error {
	for _, id := range ids {
		if _, err := tx.Exec(ctx, `
update talk_file
set person = $3
where id = $1 and person = $2 and subject = 0`, id, from, to); err != nil {
			return err
		}
	}
	return nil
}

// orphans are some files that nobody attached since before a moment, in the order of their ids, from one on.
func orphans(ctx context.Context, rd sqldb.Reader, before time.Time, after ID, limit int) ([]ID, error) {
	return sqldb.All(ctx, rd, func(r sqldb.Row) (id ID, err error) {
		err = r.Scan(&id)
		return id, err
	}, `
		select id
		from talk_file
		where subject_kind = '' and subject = 0 and at < $1 and id > $2
		order by id
		limit $3`, before, after, limit)
}

func deleteFiles(ctx context.Context, tx *sqldb.Tx, ids []ID) error {
	for _, id := range ids {
		if _, err := tx.Exec(ctx, `
			delete from talk_file
			where id = $1 and subject_kind = '' and subject = 0`, id); err != nil {
			return err
		}
	}
	return nil
}

func hashesInUse(ctx context.Context, rd sqldb.Reader, hashes []string) (map[string]bool, error) {
	list, err := sqldb.AllQ(ctx, rd, func(r sqldb.Row) (hash string, err error) {
		err = r.Scan(&hash)
		return hash, err
	}, sqldb.Select(`select distinct hash from talk_file`).In("hash", hashes))
	if err != nil {
		return nil, err
	}
	thumbs, err := sqldb.AllQ(ctx, rd, func(r sqldb.Row) (hash string, err error) {
		err = r.Scan(&hash)
		return hash, err
	}, sqldb.Select(`select thumb from talk_thumb`).Where("exists (select 1 from talk_file where talk_file.hash = talk_thumb.hash)").In("thumb", hashes))
	used := make(map[string]bool, len(list)+len(thumbs))
	for _, hash := range append(list, thumbs...) {
		used[hash] = true
	}
	return used, err
}

// thumbOf is the hash of the small picture of some contents, "" when there can be none; known says whether it was tried.
func thumbOf(ctx context.Context, rd sqldb.Reader, hash string) (small string, known bool, err error) {
	list, err := sqldb.AllQ(ctx, rd, func(r sqldb.Row) (thumb string, err error) {
		err = r.Scan(&thumb)
		return thumb, err
	}, sqldb.Select(`select thumb from talk_thumb`).Where("hash = ?", hash))
	if err != nil || len(list) == 0 {
		return "", false, err
	}
	return list[0], true, nil
}

func insertThumb(ctx context.Context, tx *sqldb.Tx, hash, small string) error {
	_, err := tx.Exec(ctx, `
		insert into talk_thumb (hash, thumb)
		values ($1, $2)
		on conflict (hash) do nothing`, hash, small)
	return err
}

// deleteThumbs forgets some small pictures whose large ones are gone, and says how many.
func deleteThumbs(ctx context.Context, tx *sqldb.Tx, limit int) (int64, error) {
	return tx.Exec(ctx, `
		delete from talk_thumb
		where hash in (
		  select t.hash
		  from talk_thumb t
		  where not exists (select 1 from talk_file f where f.hash = t.hash)
		  order by t.hash
		  limit $1)`, limit)
}
