package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// Logical copy of a PostgreSQL database: one file of JSON lines per table, and the sequences.

// dump writes every table of the current schema below dir, as of one moment.
func dump(ctx context.Context, db *sqldb.DB, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		tables, err := tablesOf(ctx, rd)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if err := dumpTable(ctx, rd, table, filepath.Join(dir, table+".ndjson")); err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		}
		sequences, err := sqldb.All(ctx, rd, scanSequence, `
			select sequencename, coalesce(last_value, 0)
			from pg_sequences
			where schemaname = current_schema()
			order by 1`)
		if err != nil {
			return err
		}
		body, err := json.Marshal(sequences)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "sequences.json"), body, 0o600)
	})
}

type sequence struct {
	Name string
	Last int64
}

func scanSequence(row sqldb.Row) (s sequence, err error) {
	err = row.Scan(&s.Name, &s.Last)
	return s, err
}

func scanText(row sqldb.Row) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}

func tablesOf(ctx context.Context, rd sqldb.Reader) ([]string, error) {
	tables, err := sqldb.All(ctx, rd, scanText, `
		select c.relname::text
		from pg_class c
		where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
		order by 1`)
	return slices.DeleteFunc(tables, func(t string) bool { return slices.Contains(sqldb.OwnTables, t) }), err
}

func dumpTable(ctx context.Context, rd sqldb.Reader, table, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 256<<10)
	err = sqldb.Each(ctx, rd, func(row sqldb.Row) error {
		line, err := scanText(row)
		if err != nil {
			return err
		}
		if _, err := w.WriteString(line); err != nil {
			return err
		}
		return w.WriteByte('\n')
	}, `select row_to_json(t)::text from "`+table+`" t`)
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// load fills the tables of a migrated, unused database from a dump, in one transaction. Foreign keys are taken off and
// put back, so that every one is checked.
func load(ctx context.Context, db *sqldb.DB, dir string) error {
	return db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		tables, err := tablesOf(ctx, tx)
		if err != nil {
			return err
		}
		keys, err := takeKeysOff(ctx, tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if err := loadTable(ctx, tx, table, filepath.Join(dir, table+".ndjson")); err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		}
		for _, key := range keys {
			if _, err := tx.Exec(ctx, key); err != nil {
				return err
			}
		}
		if err := event.Unclaim(ctx, tx); err != nil {
			return err
		}
		return loadSequences(ctx, tx, filepath.Join(dir, "sequences.json"))
	})
}

// takeKeysOff drops the foreign keys and gives the statements that put them back.
func takeKeysOff(ctx context.Context, tx *sqldb.Tx) (back []string, err error) {
	type key struct{ name, table, text string }
	keys, err := sqldb.All(ctx, tx, func(row sqldb.Row) (k key, err error) {
		err = row.Scan(&k.name, &k.table, &k.text)
		return k, err
	}, `
		select quote_ident(conname), conrelid::regclass::text, pg_get_constraintdef(oid)
		from pg_constraint
		where contype = 'f' and connamespace = current_schema()::regnamespace
		order by 1`)
	for _, k := range keys {
		if _, err := tx.Exec(ctx, "alter table "+k.table+" drop constraint "+k.name); err != nil {
			return nil, err
		}
		back = append(back, "alter table "+k.table+" add constraint "+k.name+" "+k.text)
	}
	return back, err
}

func loadTable(ctx context.Context, tx *sqldb.Tx, table, path string) error {
	if _, err := tx.Exec(ctx, `delete from "`+table+`"`); err != nil { // what migrations put there
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 256<<10)
	for {
		lines, end := nextLines(r, 500)
		if len(lines) > 0 {
			_, err := tx.Exec(ctx, `
				insert into "`+table+`"
				select *
				from json_populate_recordset(null::"`+table+`", $1::json)`, "["+strings.Join(lines, ",")+"]")
			if err != nil {
				return err
			}
		}
		if end == io.EOF {
			return nil
		}
		if end != nil {
			return end
		}
	}
}

func nextLines(r *bufio.Reader, most int) (lines []string, err error) {
	for len(lines) < most {
		line, err := r.ReadString('\n')
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			lines = append(lines, line)
		}
		if err != nil {
			return lines, err
		}
	}
	return lines, nil
}

func loadSequences(ctx context.Context, tx *sqldb.Tx, path string) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var sequences []sequence
	if err := json.Unmarshal(body, &sequences); err != nil {
		return err
	}
	for _, s := range sequences {
		if _, err := sqldb.Value[int64](ctx, tx, `select setval($1::text::regclass, greatest($2::bigint, 1), $2::bigint > 0)`, s.Name, s.Last); err != nil {
			return fmt.Errorf("sequence %s: %w", s.Name, err)
		}
	}
	return nil
}
