package delivery

import (
	"context"
	"time"

	"neike/internal/app/importer"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Imports are the kinds of files that this room takes in.
func (s *Service) Imports() []importer.Kind {
	col := func(name, zh, en string, aliases ...string) importer.Column {
		return importer.Column{Name: name, Label: lang.Text{Zh: zh, En: en}, Aliases: aliases, Hint: "delivery.import." + name}
	}
	must := func(c importer.Column) importer.Column { c.Required, c.Narrow = true, true; return c }
	narrow := func(c importer.Column) importer.Column { c.Narrow = true; return c }
	external := must(col("external", "外部编号", "External number", "单号", "编号"))
	external.Key = true
	return []importer.Kind{{
		Name: "deliveries", Title: lang.Text{Zh: "例行交付", En: "Standing deliveries"}, Place: "/deliveries?view=all&state=any",
		Lead: lang.Text{Zh: "ERP、MES 等系统导出的交付记录", En: "what ERP, MES and the like have recorded"},
		Columns: []importer.Column{external, must(col("service", "服务编码", "Service code", "服务")), must(col("customer_unit", "客户单位编码", "Customer unit", "客户单位")),
			narrow(col("provider", "服务单位编码", "Provider unit", "服务单位")), narrow(col("receiver", "接收人工号", "Receiver", "接收人")), col("title", "标题", "Title"),
			narrow(col("due_at", "应交付时间", "Due at")), narrow(col("delivered_at", "交付时间", "Delivered at")), narrow(col("by", "交付人工号", "Delivered by", "交付人")),
			narrow(col("accepted_at", "验收时间", "Accepted at")), narrow(col("accepted_by", "验收人工号", "Accepted by", "验收人")),
			narrow(col("quantity", "数量", "Quantity")), col("text", "说明", "Text")},
		Check: func(context.Context) (importer.Checker, error) { return &checker{s: s}, nil },
		Apply: s.applyRows, Chunk: 250,
	}}
}

// imported is the context in which a file is judged: what it says of others is the past, told by whoever brings the file.
func imported(ctx context.Context) context.Context {
	a := actor.From(ctx)
	a.Import = true
	return actor.With(ctx, a)
}

// item reads a row of the file.
func item(r importer.Row, zone *time.Location) (Item, []importer.Problem) {
	var bad []importer.Problem
	at := func(name string) time.Time {
		text := r.Get(name)
		if text == "" {
			return noTime
		}
		if t, ok := importer.Time(text, zone); ok {
			return t
		}
		bad = append(bad, importer.Wrong(r.Line, name, "delivery.not-a-time", "value", text))
		return noTime
	}
	it := Item{Service: r.Get("service"), Provider: r.Get("provider"), Customer: r.Get("customer_unit"), Receiver: r.Get("receiver"), Title: r.Get("title"),
		DueAt: at("due_at"), DeliveredAt: at("delivered_at"), AcceptedAt: at("accepted_at"), By: r.Get("by"), AcceptedBy: r.Get("accepted_by"),
		Quantity: r.Get("quantity"), Text: r.Get("text"), External: r.Get("external")}
	return it, bad
}

type checker struct{ s *Service }

// Rows judges a batch of rows.
func (c *checker) Rows(ctx context.Context, rd sqldb.Reader, rows []importer.Row) ([]importer.Verdict, error) {
	zone := c.s.Org.Company(ctx).Location()
	items := make([]Item, len(rows))
	out := make([]importer.Verdict, len(rows))
	for i, r := range rows {
		it, bad := item(r, zone)
		items[i], out[i] = it, importer.Verdict{Line: r.Line, Key: it.External, Plan: importer.Create, Problems: bad}
	}
	list, problems, err := c.s.judge(imported(ctx), rd, items)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		for _, x := range problems[i] {
			out[i].Problems = append(out[i].Problems, importer.Wrong(rows[i].Line, x.Name, x.Key, fault.Flat(x.Args)...))
		}
		for _, name := range list[i].differs {
			out[i].Kept = append(out[i].Kept, importer.Wrong(rows[i].Line, name, "delivery.told-otherwise", "number", list[i].d.Ref()))
		}
		switch {
		case list[i].known && list[i].pending():
			out[i].Plan = importer.Update
			for _, e := range list[i].log {
				out[i].Changes = append(out[i].Changes, importer.Change{Column: map[Verb]string{VerbDeliver: "delivered_at", VerbAccept: "accepted_at"}[e.Kind], New: lang.DateTime(ctx, e.At)})
			}
		case list[i].known:
			out[i].Plan = importer.Unchanged
		}
	}
	return out, nil
}

// pending says whether an item adds anything to a known delivery.
func (x fed) pending() bool { return len(x.log) > 0 || x.named }

// End has nothing to add: rows do not depend on each other.
func (c *checker) End(context.Context, sqldb.Reader) (importer.Conclusion, error) {
	return importer.Conclusion{}, nil
}

// applyRows takes one chunk in. It judges again: between the check and now a service or a person may have gone.
func (s *Service) applyRows(ctx context.Context, tx *sqldb.Tx, rows []importer.Row) (importer.Count, error) {
	ctx = imported(ctx)
	zone := s.Org.Company(ctx).Location()
	var count importer.Count
	items := make([]Item, len(rows))
	for i, r := range rows {
		items[i], _ = item(r, zone)
	}
	list, problems, err := s.judge(ctx, tx, items)
	if err != nil {
		return count, err
	}
	for i := range problems {
		if len(problems[i]) > 0 {
			x := problems[i][0]
			return count, fault.New(fault.Conflict, x.Key, fault.Flat(x.Args)...)
		}
	}
	results, err := s.take(ctx, tx, list)
	for _, r := range results {
		switch r.Outcome {
		case FeedCreated:
			count.Created++
		case FeedUpdated:
			count.Updated++
		default:
			count.Unchanged++
		}
	}
	return count, err
}
