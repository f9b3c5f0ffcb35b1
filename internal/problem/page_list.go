package problem

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"neike/internal/kit/event"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// longestQuery is how many characters of a search are read.
const longestQuery = 100

// askedFor is what a list is searched for.
func askedFor(r *http.Request) string {
	q := []rune(strings.TrimSpace(r.URL.Query().Get("q")))
	return string(q[:min(len(q), longestQuery)])
}

// arrangeBar puts the search and the file above a list.
func (v *listView) arrangeBar(ctx context.Context, query string) {
	v.Query, v.Self, v.File = query, "/problems", "/problems/export"
	if query != "" {
		q := "?" + url.Values{"q": {query}}.Encode()
		v.Self, v.File = v.Self+q, v.File+q
	}
	v.Filter = ui.FilterProps{Action: "/problems", Target: "list", Live: true, Tools: listTools(*v),
		Search: &ui.FilterSearch{Name: "q", Label: lang.T(ctx, "problem.search"), Value: query}}
	if query != "" {
		v.Filter.Clear = "/problems"
	}
}

// exportColumns of the file of known problems, in order.
var exportColumns = []string{"number", "title", "state", "unit", "unit-name", "services", "words", "opened", "changed", "expected", "ended", "people"}

// showExport sends the list as a file: what is open, then what has ended, as the reader may see it.
func (s *Service) showExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var list []Listed
	for _, ended := range []bool{false, true} {
		part, err := s.Find(ctx, askedFor(r), ended)
		if err != nil {
			return err
		}
		list = append(list, part...)
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "problem.title")+"_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "problem.export.", exportColumns); err != nil {
		return err
	}
	for _, l := range list {
		var names []string
		for _, id := range l.Services {
			if sv, ok := snap.ByID(id); ok && (serves(ctx, l.Unit) || s.Catalog.Sees(ctx, sv)) {
				names = append(names, sv.Name.In(ctx))
			}
		}
		unit, _ := tree.ByID(l.Unit)
		err := out.Row(l.Ref(), l.Title.In(ctx), lang.T(ctx, "problem.state."+string(l.State)), unit.Code, unit.Name.In(ctx), strings.Join(names, lang.T(ctx, "ui.comma")), l.Words.In(ctx),
			momentOf(ctx, l.OpenedAt), momentOf(ctx, l.ChangedAt), momentOf(ctx, l.Expected), momentOf(ctx, l.EndedAt), peopleOn(ctx, l))
		if err != nil {
			return err
		}
	}
	return out.Close()
}

// peopleOn is how many have a problem, as the reader may know it.
func peopleOn(ctx context.Context, l Listed) any {
	if n := l.Count.Public(); n >= 0 {
		return n
	}
	if serves(ctx, l.Unit) {
		return l.Count.People
	}
	return lang.T(ctx, "problem.export.few", "few", l.Count.Least)
}

// topicOfList is what every list of known problems listens to.
const topicOfList = "problems:0"

// Follow tells open lists that a problem was made known, changed, ended, or that somebody has it, too: event "problems", without
// saying which. A list fetches what it shows with the rights of its reader. Call it while wiring.
func (s *Service) Follow(live *web.Hub) {
	s.events.Live(func(r event.Record) {
		if r.SubjectKind == Kind && strings.HasPrefix(r.Kind, "problem.") {
			live.Publish(topicOfList, "problems", "")
		}
	})
}

// momentOf is a time of a file in the reader's zone; nothing for none.
func momentOf(ctx context.Context, t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(lang.Zone(ctx))
}
