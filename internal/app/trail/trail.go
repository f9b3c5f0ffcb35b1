// Package trail shows the audit trail to people: to the auditor all of it, to everybody what they did themselves. What
// happened is said in words, about records by the names that their rooms give; the sealed row stands behind it.
package trail

import (
	"context"
	"embed"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/audit"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Locale holds the words of the trail.
//
//go:embed locale/*.toml
var Locale embed.FS

// Thing is how a record is called, and where it is seen.
type Thing struct {
	Text, Href string
	Closed     bool // its page opens only to those concerned: the auditor gets no link
}

// Namer names records of one kind in the reader's language; what it does not know it leaves out. It gives no more than a
// name that whoever may read the trail may know: of a request its number.
type Namer func(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]Thing, error)

// Reader shows the trail.
type Reader struct {
	db     *sqldb.DB
	trail  *audit.Trail
	people *org.Service
	namers map[string]Namer
	bus    *event.Bus
}

// New makes the reader. Persons and units it can name itself.
func New(db *sqldb.DB, trail *audit.Trail, people *org.Service) *Reader {
	r := &Reader{db: db, trail: trail, people: people, namers: map[string]Namer{}}
	r.Name("person", r.namePeople)
	r.Name("unit", r.nameUnits)
	return r
}

// Name registers who names records of a kind.
func (r *Reader) Name(kind string, n Namer) { r.namers[kind] = n }

// entry is a row of the trail in words.
type entry struct {
	audit.Entry
	Who     Thing // Text "" : the system
	What    string
	Subject Thing
	Facts   []fact
}

type fact struct{ Label, Value string }

// question is what a reader of the trail asks.
type question struct {
	Person   string // 工号
	Kind     string // "org." or "request.opened"
	Record   string // "R-12", or kind:id
	From, To string // 2026-11-01, in the reader's zone; To is included
	Cursor   string
	Limit    int
	Own      bool // what the reader did
}

// ask turns the question into a filter, with everything that is wrong with it at once.
func (r *Reader) ask(ctx context.Context, q *question) (audit.Filter, error) {
	var bad fault.Fields
	f := audit.Filter{Kind: strings.TrimSpace(q.Kind), Limit: q.Limit}
	if q.Own {
		f.Actor = actor.From(ctx).Person
	} else if no := strings.TrimSpace(q.Person); no != "" {
		p, err := r.people.PersonByNo(ctx, no)
		if fault.KindOf(err) == fault.NotFound {
			bad.Add("person", "trail.no-such-person", "value", no)
		} else if err != nil {
			return f, err
		}
		f.Actor = p.ID
	}
	if q.Record != "" {
		kind, id, ok := recordOf(q.Record)
		if !ok {
			bad.Add("record", "trail.no-such-record", "value", q.Record)
		}
		f.SubjectKind, f.Subject = kind, id
	}
	for _, d := range []struct {
		name, text string
		to         *time.Time
		days       int
	}{{"from", q.From, &f.From, 0}, {"to", q.To, &f.To, 1}} {
		if d.text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, d.text, lang.Zone(ctx))
		if err != nil {
			bad.Add(d.name, "trail.no-date", "value", d.text)
			continue
		}
		*d.to = day.AddDate(0, 0, d.days)
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		bad.Add("to", "trail.ends-before")
	}
	parts, err := web.ParseCursor(q.Cursor, 1)
	if err != nil {
		return f, err
	}
	if parts != nil {
		f.Before = parts[0]
	}
	return f, bad.Err()
}

// recordOf reads "person:123". ok is false when it is not of that form.
func recordOf(text string) (kind string, id int64, ok bool) {
	kind, number, found := strings.Cut(text, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	return kind, id, found && err == nil && id > 0 && kind != ""
}

// list is a page of the trail in words.
func (r *Reader) list(ctx context.Context, q question) (web.Page[entry], error) {
	page := web.Page[entry]{Items: []entry{}}
	f, err := r.ask(ctx, &q)
	if err != nil {
		return page, err
	}
	rows, next, err := r.trail.List(ctx, f)
	if err != nil {
		return page, err
	}
	if next > 0 {
		page.NextCursor = web.Cursor(next)
	}
	page.Items, err = r.words(ctx, rows)
	for i := range page.Items {
		if s := &page.Items[i].Subject; s.Closed && !q.Own {
			s.Href = ""
		}
	}
	return page, err
}

// words says what rows say. Names are read once per kind.
func (r *Reader) words(ctx context.Context, rows []audit.Entry) ([]entry, error) {
	ids := map[string][]int64{}
	for _, e := range rows {
		ids[e.SubjectKind] = append(ids[e.SubjectKind], e.Subject)
		if e.Actor != 0 {
			ids["person"] = append(ids["person"], e.Actor)
		}
	}
	names := map[string]map[int64]Thing{}
	err := r.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for kind, list := range ids {
			name, ok := r.namers[kind]
			if !ok {
				continue
			}
			slices.Sort(list)
			found, err := name(ctx, rd, slices.Compact(list))
			if err != nil {
				return err
			}
			names[kind] = found
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]entry, len(rows))
	for i, e := range rows {
		subject, ok := names[e.SubjectKind][e.Subject]
		if !ok {
			subject.Text = subjectWord(ctx, e.SubjectKind)
		}
		out[i] = entry{Entry: e, Who: names["person"][e.Actor], What: kindWord(ctx, e.Kind), Subject: subject, Facts: facts(e.Body)}
	}
	return out, nil
}

// facts are the fields of an event, flat, in the order of their names; what says nothing is left out.
func facts(body string) []fact {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &fields) != nil {
		return nil
	}
	var out []fact
	for name, raw := range fields {
		value := string(raw)
		var text string
		if json.Unmarshal(raw, &text) == nil {
			value = text
		}
		if value != "" && value != "0" && value != "null" && value != "false" {
			out = append(out, fact{name, value})
		}
	}
	sorting.By(out, func(a, b fact) int { return strings.Compare(a.Label, b.Label) })
	return out
}

func (r *Reader) namePeople(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]Thing, error) {
	people, err := r.people.Names(ctx, rd, ids)
	out := map[int64]Thing{}
	for id, p := range people {
		out[id] = Thing{Text: p.Display(ctx), Href: "/people/" + url.PathEscape(r.people.Ref(ctx, p))}
	}
	return out, err
}

func (r *Reader) nameUnits(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]Thing, error) {
	tree, err := r.people.Tree(ctx)
	out := map[int64]Thing{}
	for _, id := range ids {
		if u, ok := tree.ByID(id); ok {
			out[id] = Thing{Text: u.Name.In(ctx), Href: "/org/units/" + url.PathEscape(u.Code)}
		}
	}
	return out, err
}
