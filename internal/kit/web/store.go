package web

import (
	"context"
	"embed"
	"time"

	"neike/internal/kit/sqldb"
)

// Schema is the table of idempotency keys.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of the door.
//
//go:embed locale/*.toml
var Locale embed.FS

// claim takes the key for this run, or gives what is known about it.
func (k *keys) claim(ctx context.Context, person int64, name, print string) (before stored, fresh bool, err error) {
	err = k.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `
			insert into web_key (person, name, print, at, status, kind, location, etag, body)
			values ($1, $2, $3, $4, 0, '', '', '', '')
			on conflict do nothing`, person, name, print, tx.Now)
		if err != nil || n == 1 {
			fresh = err == nil
			return err
		}
		fresh = false
		before, err = sqldb.One(ctx, tx, scanStored, `
			select print, at, status, kind, location, etag, body
			from web_key
			where person = $1 and name = $2`, person, name)
		return err
	})
	return before, fresh, err
}

// Once spends the key of a form that a person sent, inside the transaction of what the form does. It gives the empty
// string the first time; after that, where the first time led, and then nothing must be done again.
func Once(ctx context.Context, tx *sqldb.Tx, person int64, key, location string) (before string, err error) {
	name := "form " + key
	n, err := tx.Exec(ctx, `
		insert into web_key (person, name, print, at, status, kind, location, etag, body)
		values ($1, $2, '', $3, 303, '', $4, '', '')
		on conflict do nothing`, person, name, tx.Now, location)
	if err != nil || n == 1 {
		return "", err
	}
	return sqldb.Value[string](ctx, tx, `
		select location
		from web_key
		where person = $1 and name = $2`, person, name)
}

func (k *keys) keep(ctx context.Context, person int64, name string, s stored) error {
	return k.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
			update web_key
			set status = $3, kind = $4, location = $5, etag = $6, body = $7
			where person = $1 and name = $2`, person, name, s.status, s.kind, s.location, s.etag, s.body)
		return err
	})
}

func (k *keys) forget(ctx context.Context, person int64, name string) error {
	return k.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
			delete from web_key
			where person = $1 and name = $2`, person, name)
		return err
	})
}

// ForgetKeys removes idempotency keys older than KeyLife, up to 5 000 at once; it is called every hour.
func ForgetKeys(ctx context.Context, db *sqldb.DB) error {
	return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `
			delete from web_key
			where (person, name) in (
				select person, name
				from web_key
				where at < $1
				limit 5000)`, tx.Now.Add(-KeyLife))
		return err
	})
}

func scanStored(row sqldb.Row) (s stored, err error) {
	var at time.Time
	err = row.Scan(&s.print, &at, &s.status, &s.kind, &s.location, &s.etag, &s.body)
	s.at = at
	return s, err
}
