package catalog

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

// exportColumns are the columns of a file of services; their words are catalog.export-NAME.
var exportColumns = []string{"unit-code", "unit", "code", "name", "description", "kind", "state", "schedule", "response", "response-target",
	"completion", "completion-target", "quality", "starting", "next-response", "next-response-target", "topic"}

// showExport sends what the reader sees of the catalogue as a file, with what each service promises: of one department
// (unit), or what answers to a search (q). Whoever keeps drafts gets those too.
func (c *Catalog) showExport(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return c.export(w, r, "catalog.title", func(ctx context.Context, snap *Snapshot, u org.Unit, s *Service) bool {
		query := clip(strings.TrimSpace(q.Get("q")), 60)
		return (q.Get("unit") == "" || q.Get("unit") == u.Code) && snap.finds(s, u, query)
	})
}

// showStandardsExport sends what the page of standards shows as a file.
func (c *Catalog) showStandardsExport(w http.ResponseWriter, r *http.Request) error {
	mine, err := c.mine(r.Context())
	if err != nil {
		return err
	}
	unit := r.URL.Query().Get("unit")
	return c.export(w, r, "catalog.standards", func(_ context.Context, _ *Snapshot, u org.Unit, s *Service) bool {
		return s.State != Retired && (unit == "" && mine[u.ID] || unit != "" && unit == u.Code)
	})
}

func (c *Catalog) export(w http.ResponseWriter, r *http.Request, title string, wanted func(context.Context, *Snapshot, org.Unit, *Service) bool) error {
	ctx := r.Context()
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, title)+"_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "catalog.export-", exportColumns); err != nil {
		return err
	}
	for _, u := range tree.All() {
		for _, s := range slices.DeleteFunc(slices.Clone(snap.Of(u.ID)), func(s *Service) bool { return !c.sees(ctx, s) || !wanted(ctx, snap, u, s) }) {
			if err := out.Row(cellsOf(ctx, snap, u, s)...); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

// cellsOf is a service as a row of the file, in the order of exportColumns.
func cellsOf(ctx context.Context, snap *Snapshot, u org.Unit, s *Service) []any {
	row := standardRowOf(ctx, s, false)
	kind, starting := "catalog.on-request", "catalog.export-no"
	if s.Kind == Standing {
		kind, row.Completion = "catalog.standing", ""
	}
	if s.Standard.Starting {
		starting = "catalog.export-yes"
	}
	topic, _ := snap.TopicOf(s)
	return []any{u.Code, u.Name.In(ctx), s.Code, row.Name, row.Description, lang.T(ctx, kind), lang.T(ctx, "catalog.state."+string(s.State)), row.Schedule, row.Response, row.ResponseTarget,
		row.Completion, row.CompletionTarget, row.Quality, lang.T(ctx, starting), s.Standard.NextResponse.Label(ctx), share(ctx, s.Standard.NextResponseTarget), topic.Name.In(ctx)}
}
