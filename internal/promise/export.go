package promise

import (
	"net/http"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// exported is how many promises one file holds at most; whoever wants more narrows the list.
const exported = 50_000

// exportColumns are the columns of a file; their words are promise.export.NAME.
var exportColumns = []string{"number", "what", "giver", "giver_unit", "receiver", "receiver_unit", "due", "first_due", "moves", "state", "about", "made", "closed"}

// showExport sends the list with its filter as a file: all of it, not only the page shown.
func (s *Service) showExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in asking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	in.Cursor = ""
	f, err := in.filter()
	if err != nil {
		return err
	}
	f.Limit = web.MaxLimit
	page, err := s.List(ctx, f)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "promise.title")+"_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "promise.export.", exportColumns); err != nil {
		return err
	}
	at := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return t.In(lang.Zone(ctx))
	}
	for n := 0; ; {
		for _, l := range page.Items {
			giver, _ := tree.ByID(l.GiverUnit)
			receiver, _ := tree.ByID(l.ReceiverUnit)
			if err := out.Row(l.Ref(), l.What, l.From.Display(ctx), giver.Name.In(ctx), l.To.Display(ctx), receiver.Name.In(ctx), at(l.Due), at(l.FirstDue), l.Moves,
				l.tag(ctx, s.db.Now()).Text, l.Place.Ref, at(l.MadeAt), at(l.ClosedAt)); err != nil {
				return err
			}
		}
		if n += len(page.Items); page.NextCursor == "" || n >= exported {
			return out.Close()
		}
		f.Cursor = page.NextCursor
		if page, err = s.List(ctx, f); err != nil {
			return err
		}
	}
}
