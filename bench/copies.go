package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// most is how many times a company is copied at most: a copy's ids are the original's with another of the 16 node numbers in
// them (see sqldb.Source), so that they keep the order of time.
const most = 16

// copied is a table whose rows tell about requests: which of its rows are copied with them, and what differs in a copy.
type copied struct {
	table, where string
	ids          string            // columns with ids of rows that are copied, too
	differ       map[string]string // other columns, by expression over the row o, the copy's number k and the span of numbers
}

const aboutRequests = "o.subject_kind = 'request'"

// copies are all tables that tell about requests and that a page, a job or doctor reads. The trail, the outbox, notices
// and what points at single requests (promises, problems, samples) stay with the originals.
var copies = []copied{
	{table: "request", ids: "id parent merged_into again_of", differ: map[string]string{
		"number": "o.number + k.n * s.span", "external": "o.external || case when k.n > 0 then '-' || k.n else '' end"}},
	{table: "request_event", ids: "request message", differ: map[string]string{
		"other": "case when o.kind <> 'reopen' and o.other in (select id from old.request) then o.other + (k.n << 8) when o.kind = 'reopen' then o.other + k.n * s.span else o.other end"}},
	{table: "request_field", ids: "request"},
	{table: "request_step", ids: "request"},
	{table: "request_link", ids: "id request other"},
	{table: "request_stand_in", ids: "request"},
	{table: "request_answer_draft", ids: "request"},
	{table: "hop", ids: "request"},
	{table: "rating", ids: "request"},
	{table: "breach_cause", ids: "request"},
	{table: "clock", where: aboutRequests, ids: "subject"},
	{table: "access_grant", where: aboutRequests, ids: "subject"},
	{table: "talk_message", where: aboutRequests, ids: "id subject"},
	{table: "talk_file", where: aboutRequests, ids: "id subject message"},
	{table: "talk_mention", where: "o.message in (select id from old.talk_message where subject_kind = 'request')", ids: "message"},
	{table: "talk_unread", where: aboutRequests, ids: "message subject"},
	{table: "talk_watch", where: aboutRequests, ids: "subject"},
	{table: "todo", where: aboutRequests, ids: "subject", differ: map[string]string{
		"id":  "case when k.n = 0 then o.id else (select max(id) from old.todo) + row_number() over () end", // a server starting writes many at one moment
		"ref": shiftedRef, "link": "replace(o.link, o.ref, " + shiftedRef + ")"}},
}

const shiftedRef = "case when o.ref like 'R-%' then 'R-' || (cast(substr(o.ref, 3) as integer) + k.n * s.span) else o.ref end"

// counted are tables of counters over requests: column by column times the copies. What they count is derived, and replay
// and doctor prove it afterwards.
var counted = map[string]string{"edge_contact": "n", "request_took": "n"}

// multiply makes the company in dir that holds every request of the one in from as many times as s.copies says. Filling a
// million requests step by step takes hours; a copy has ids and numbers of its own and otherwise the same log, hops,
// clocks, answers, conversation, watchers, grants and todos. Tallies and load are rebuilt by replay, the search index by the
// server, and doctor has to find nothing.
func (b *bench) multiply(ctx context.Context, from, dir string) error {
	done := filepath.Join(dir, "filled")
	if stood, err := os.Stat(done); err == nil && b.lasts(stood) {
		return nil
	}
	began := time.Now()
	say := func(what string) { fmt.Fprintf(os.Stderr, "%6s %s\n", time.Since(began).Round(time.Second), what) }
	say(fmt.Sprintf("copying each request %d times …", b.s.copies))
	if err := b.copy(from, dir); err != nil {
		return err
	}
	b.copies = b.copies[:len(b.copies)-1] // it is kept
	for _, name := range []string{"filled", "search.db", "search.db-wal", "search.db-shm"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	for _, at := range []string{from, dir} { // the rows are read from one and written into the other
		if out, err := exec.CommandContext(ctx, b.binary, "migrate", "--data", at).CombinedOutput(); err != nil {
			return fmt.Errorf("migrate: %w\n%s", err, out)
		}
	}
	if err := copyRows(ctx, filepath.Join(from, "neike.db"), filepath.Join(dir, "neike.db"), b.s.copies, say); err != nil {
		return err
	}
	say("replay")
	if out, err := exec.CommandContext(ctx, b.binary, "replay", "tallies", "load", "--data", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("replay: %w\n%.3000s", err, out)
	}
	say("search index")
	if err := b.searchable(ctx, "sqlite", "file:"+filepath.Join(dir, "search.db")+"?mode=ro", "--data", dir); err != nil {
		return err
	}
	say("doctor")
	if out, err := exec.CommandContext(ctx, b.binary, "doctor", "--data", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("doctor: %w\n%.3000s", err, out)
	}
	say("copied")
	return os.WriteFile(done, nil, 0o600)
}

// searchable serves a company until its search index is built, which stands in the database that driver and source name.
func (b *bench) searchable(ctx context.Context, driver, source string, at ...string) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	p, _, err := start(ctx, "/readyz", addr, b.binary, append([]string{"serve", "--listen", addr}, at...)...)
	if err != nil {
		return err
	}
	defer p.stop()
	db, err := sql.Open(driver, source)
	if err != nil {
		return err
	}
	defer db.Close()
	for built := false; !built; time.Sleep(500 * time.Millisecond) {
		if err := db.QueryRowContext(ctx, "select built from search_state where id = 1").Scan(&built); err != nil {
			return fmt.Errorf("search index: %w", err)
		}
	}
	return nil
}

// copyRows writes the rows of the tables anew: each table without its indexes, from the old file in the order of its key.
func copyRows(ctx context.Context, from, to string, times int, say func(string)) error {
	if times > most {
		return fmt.Errorf("at most %d copies", most)
	}
	db, err := sql.Open("sqlite", "file:"+to+"?_pragma=journal_mode(delete)&_pragma=synchronous(off)&_pragma=foreign_keys(0)&_pragma=cache_size(-1000000)&_pragma=temp_store(memory)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	exec := func(text string, args ...any) error {
		if _, err := db.ExecContext(ctx, text, args...); err != nil {
			return fmt.Errorf("%.300s: %w", text, err)
		}
		return nil
	}
	if err := exec("attach ? as old", from); err != nil {
		return err
	}
	for _, text := range []string{
		"create temp table k (n integer primary key)",
		"create temp table s as select max(number) - min(number) + 1 as span from old.request",
		fmt.Sprintf("with recursive i (n) as (select 0 union all select n + 1 from i where n < %d) insert into k select n from i", times-1),
	} {
		if err := exec(text); err != nil {
			return err
		}
	}
	for _, c := range copies {
		say(c.table)
		if err := copyTable(ctx, db, c, exec); err != nil {
			return fmt.Errorf("%s: %w", c.table, err)
		}
	}
	for table, column := range counted {
		if err := exec(fmt.Sprintf("update %s set %s = %s * %d", table, column, column, times)); err != nil {
			return err
		}
	}
	for _, text := range []string{
		"update request_number set next = (select max(number) + 1 from request)",
		"detach old", "pragma journal_mode = wal",
	} {
		if err := exec(text); err != nil {
			return err
		}
	}
	return nil
}

// listed reads one column of texts.
func listed(ctx context.Context, db *sql.DB, text string, args ...any) ([]string, error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var x string
		if err := rows.Scan(&x); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// copyTable empties the table of what is copied and fills it with the copies.
func copyTable(ctx context.Context, db *sql.DB, c copied, exec func(string, ...any) error) error {
	columns, err := listed(ctx, db, "select name from pragma_table_info(?) order by cid", c.table)
	if err != nil {
		return err
	}
	indexes, err := listed(ctx, db, "select sql from sqlite_master where type = 'index' and tbl_name = ? and sql is not null", c.table)
	if err != nil {
		return err
	}
	names, err := listed(ctx, db, "select name from sqlite_master where type = 'index' and tbl_name = ? and sql is not null", c.table)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := exec("drop index " + name); err != nil {
			return err
		}
	}
	for _, text := range []string{"delete from " + c.table, fmt.Sprintf("insert into %s (%s) %s", c.table, strings.Join(columns, ", "), c.selecting(columns))} {
		if err := exec(text); err != nil {
			return err
		}
	}
	for _, text := range indexes {
		if err := exec(text); err != nil {
			return err
		}
	}
	return nil
}

// selecting is the query for the rows of the table: those that are copied, copy by copy, and once those that are not.
func (c copied) selecting(columns []string) string {
	values := make([]string, len(columns))
	for i, column := range columns {
		values[i] = "o." + column
		if slices.Contains(strings.Fields(c.ids), column) {
			values[i] = fmt.Sprintf("case when o.%s > 0 then o.%s + (k.n << 8) else o.%s end", column, column, column)
		}
		if x, ok := c.differ[column]; ok {
			values[i] = x
		}
	}
	text := "select " + strings.Join(values, ", ") + " from old." + c.table + " o cross join k cross join s"
	if c.where == "" {
		return text
	}
	return text + " where " + c.where + " union all select o." + strings.Join(columns, ", o.") + " from old." + c.table + " o where not (" + c.where + ")"
}
