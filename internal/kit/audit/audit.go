// Package audit keeps the trail of everything that happened: one row per event, each sealed with a SHA-256 hash
// over its content and the hash before it, so that a row that was changed, removed, inserted or moved is found by
// Verify. One follower of the events writes it, under its lease, so that hashing makes nobody wait.
//
// The chain proves that the trail was not touched in parts. Somebody who can rewrite the whole table can rewrite
// the whole chain: against that, note Report.Head outside the database from time to time.
package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
)

// Schema holds the tables audit and audit_head.
//
//go:embed schema
var Schema embed.FS

// Entry is one row of the trail.
type Entry struct {
	N           int64 // place in the chain, from 1
	Seq         int64 // number of the event
	At          time.Time
	Kind        string
	SubjectKind string
	Subject     int64
	Actor       int64 // person; 0: the system or nobody
	Via         string
	Body        string // canonical JSON: sorted keys, no spaces
	Prev, Hash  string // hex
}

// Trail is the audit trail of one database.
type Trail struct{ db *sqldb.DB }

// pace is how far the trail may lag behind: rows are sealed some at a time, so that one commit pays for many.
const pace = 250 * time.Millisecond

// New registers the follower that writes the trail.
func New(db *sqldb.DB, bus *event.Bus) *Trail {
	t := &Trail{db}
	bus.Follow("audit", t.append)
	bus.Pace("audit", pace)
	return t
}

// seal is the hash of an entry: over the hash before it and every field with its length, so that no two different
// entries read the same.
func (e Entry) seal() string {
	h := sha256.New()
	text := func(s string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	number := func(n int64) { h.Write(binary.BigEndian.AppendUint64(nil, uint64(n))) }
	text(e.Prev)
	number(e.Seq)
	number(e.At.UnixMilli())
	text(e.Kind)
	text(e.SubjectKind)
	number(e.Subject)
	number(e.Actor)
	text(e.Via)
	text(e.Body)
	return hex.EncodeToString(h.Sum(nil))
}

// canonical writes JSON in the one way in which it is hashed; the engines keep it with different spaces and order.
func canonical(body json.RawMessage) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return "", err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimSpace(out.Bytes())), nil
}

type head struct {
	n, seq int64
	hash   string
}

func scanHead(row sqldb.Row) (h head, err error) { return h, row.Scan(&h.n, &h.seq, &h.hash) }

const headText = "select n, seq, hash from audit_head where id = 1"

var errMoved = errors.New("the head of the audit trail moved")

// append writes a batch. The chain is computed before the transaction, which only checks that nobody else has
// written since. Events that are in the trail already are passed over.
func (t *Trail) append(ctx context.Context, batch []event.Record) error {
	var last head
	err := t.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		last, err = sqldb.One(ctx, rd, scanHead, headText)
		return err
	})
	if err != nil {
		return err
	}
	first := last
	var rows [][]any
	for _, r := range batch {
		if r.Seq <= last.seq {
			continue
		}
		body, err := canonical(r.Body)
		if err != nil {
			return fmt.Errorf("event %d: %w", r.Seq, err)
		}
		e := Entry{N: last.n + 1, Seq: r.Seq, At: r.At, Kind: r.Kind, SubjectKind: r.SubjectKind, Subject: r.Subject,
			Actor: r.Actor, Via: r.Via, Body: body, Prev: last.hash}
		e.Hash = e.seal()
		rows = append(rows, []any{e.N, e.Seq, e.At, e.Kind, e.SubjectKind, e.Subject, e.Actor, e.Via, e.Body, e.Prev, e.Hash})
		last = head{e.N, e.Seq, e.Hash}
	}
	if len(rows) == 0 {
		return nil
	}
	return t.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		moved, err := tx.Exec(ctx, "update audit_head set n = $1, seq = $2, hash = $3 where id = 1 and n = $4 and hash = $5",
			last.n, last.seq, last.hash, first.n, first.hash)
		if err != nil {
			return err
		}
		if moved == 0 {
			return errMoved
		}
		return tx.Insert(ctx, "audit", entryColumns, rows...)
	})
}

const entryColumns = "n, seq, at, kind, subject_kind, subject, actor, via, body, prev, hash"

func scanEntry(row sqldb.Row) (Entry, error) {
	var e Entry
	err := row.Scan(&e.N, &e.Seq, &e.At, &e.Kind, &e.SubjectKind, &e.Subject, &e.Actor, &e.Via, &e.Body, &e.Prev, &e.Hash)
	return e, err
}
