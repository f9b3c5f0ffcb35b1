package repeat

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/request"
	"neike/internal/talk"
)

// TestATemplateHoldsItsFiles: each date is asked with copies of its own, which its request keeps; the sweep leaves the template's
// alone until it ends; nobody puts in a file of somebody else.
func TestATemplateHoldsItsFiles(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		clerk := h.as("3002")
		file, err := h.Talk.Upload(clerk, "发票.pdf", strings.NewReader("%PDF-1.4 invoice"))
		must(t, err)
		id := strconv.FormatInt(file.ID, 10)
		w := monthly()
		w.Service, w.Fields = "finance.expense", map[string]any{"amount": "100", "budget": "6602", "reason": "现场", "invoice": []any{id}}
		if _, err := h.Make(h.as("3003"), w); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "fields.invoice") {
			t.Errorf("a file of a colleague: %v", err)
		}
		x := h.make("3002", w)
		dbtest.Clock(h.db).Advance(48 * time.Hour)
		must(t, h.Talk.Sweep(h.ctx))
		filesOf := func(r request.View) []talk.File {
			t.Helper()
			var out []talk.File
			must(t, h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
				var ids []int64
				for _, text := range strings.FieldsFunc(r.Fields, func(c rune) bool { return c < '0' || c > '9' }) {
					if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 1_000_000 {
						ids = append(ids, n)
					}
				}
				out, err = h.Talk.Files(ctx, rd, ids)
				return err
			}))
			return out
		}
		var given []int64
		for _, at := range []string{"2026-11-30 08:00", "2026-12-31 08:00"} {
			h.on(at)
			h.due()
			v, err := h.Template(clerk, x.Number)
			must(t, err)
			r, err := h.Request.ByNumber(clerk, v.Last[0].Number)
			must(t, err)
			list := filesOf(r)
			if len(list) != 1 || list[0].Subject != (access.Subject{Kind: request.Kind, ID: r.ID}) || list[0].Name != "发票.pdf" || list[0].Hash != file.Hash || list[0].ID == file.ID {
				t.Fatalf("%s: its files are %+v of %s", at, list, r.Fields)
			}
			given = append(given, list[0].ID)
		}
		if given[0] == given[1] {
			t.Error("two requests share a file")
		}
		asked, err := h.Ask(clerk, x.Number, "")
		must(t, err)
		r, err := h.Request.ByNumber(clerk, asked.Number)
		must(t, err)
		if list := filesOf(r); len(list) != 1 || slices.Contains(given, list[0].ID) {
			t.Errorf("asked by hand with %+v", list)
		}
		_, err = h.End(clerk, x.Number)
		must(t, err)
		dbtest.Clock(h.db).Advance(48 * time.Hour)
		must(t, h.Talk.Sweep(h.ctx))
		left, err := h.filesByID(clerk, []int64{file.ID, given[0]})
		if err != nil || left[file.ID].ID != 0 || left[given[0]].ID == 0 {
			t.Errorf("after its end there are %v, %v", left, err)
		}
	})
}

// TestFilesInTheRowsOfATableAreCopiedToo: by a date, and when a request is asked again; each copy belongs to one request alone.
func TestFilesInTheRowsOfATableAreCopiedToo(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.pack(withMonths)
		clerk := h.as("3002")
		file, err := h.Talk.Upload(clerk, "货架.pdf", strings.NewReader("%PDF-1.4 rack"))
		must(t, err)
		id := strconv.FormatInt(file.ID, 10)
		rows := []any{map[string]any{"name": "甲", "photo": []any{id}}, map[string]any{"name": "乙"}}
		w := monthly()
		w.Service, w.Fields = "finance.closing", map[string]any{"period": "{month}", "pick": "{workday+1 9:00}", "items": rows}
		if _, err := h.Make(h.as("3003"), w); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "fields.items[0].photo") {
			t.Errorf("a file of a colleague: %v", err)
		}
		x := h.make("3002", w)
		if x.Files != id {
			t.Errorf("it holds %q", x.Files)
		}
		dbtest.Clock(h.db).Advance(48 * time.Hour)
		must(t, h.Talk.Sweep(h.ctx))
		_, err = h.ChangeDate(clerk, x.Number, "2026-12", "", map[string]any{"period": "2026-10", "pick": "{workday+2 9:00}"})
		must(t, err)
		h.on("2026-11-30 08:00")
		h.due()
		v, err := h.Template(clerk, x.Number)
		must(t, err)
		r, err := h.Request.ByNumber(clerk, v.Last[0].Number)
		must(t, err)
		photo := func(fields map[string]any) int64 {
			t.Helper()
			texts := withFiles.RawFiles(fields)
			if len(texts) != 1 {
				t.Fatalf("files %v of %v", texts, fields)
			}
			n, err := strconv.ParseInt(texts[0], 10, 64)
			must(t, err)
			return n
		}
		answers, err := form.Decode([]byte(r.Fields))
		must(t, err)
		ask, _, err := h.Request.Copy(clerk, r.Number)
		must(t, err)
		first, again := photo(answers), photo(ask.Fields)
		found, err := h.filesByID(clerk, []int64{first, again})
		must(t, err)
		if first == file.ID || again == first || found[first].Subject != (access.Subject{Kind: request.Kind, ID: r.ID}) || found[again].Subject != (access.Subject{}) || found[again].Hash != file.Hash {
			t.Errorf("copies %+v", found)
		}
		if r.Fields = ""; answers["period"] != "2026-10" {
			t.Errorf("the date was asked with %v", answers)
		}
		second, err := h.Request.Open(clerk, ask)
		must(t, err)
		left, err := h.filesByID(clerk, []int64{again})
		if err != nil || left[again].Subject != (access.Subject{Kind: request.Kind, ID: second.ID}) {
			t.Errorf("asked again with %+v: %v", left, err)
		}
		if _, _, err := h.Request.Copy(h.as("3003"), r.Number); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger copies it: %v", err)
		}
	})
}

// withFiles is as much of the form of withMonths as holds files.
var withFiles = form.Form{Fields: []form.Field{{Key: "items", Type: form.Table, Fields: []form.Field{{Key: "photo", Type: form.Attachment}}}}}
