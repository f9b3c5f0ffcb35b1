package catalog

import (
	"context"
	"net/http"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

type startingValueJSON struct {
	Code     string       `json:"code"`
	Name     lang.Text    `json:"name"`
	Unit     string       `json:"unit"`
	Revision int          `json:"revision"`
	Standard standardJSON `json:"standard"`
	Opened   time.Time    `json:"example_opened_at" doc:"Of the example: before the next holidays"`
	Response *time.Time   `json:"example_response_due_at"`
	Due      *time.Time   `json:"example_due_at"`
}

type startingInput struct {
	Unit string `query:"unit" doc:"Code; units below it count too; default: all that the caller may confirm"`
}

type startingOutput struct {
	Body web.Page[startingValueJSON]
}

type confirmManyInput struct {
	Body struct {
		Items []confirmingJSON `json:"items" minItems:"1" maxItems:"200"`
	}
}

type confirmingJSON struct {
	Code             string             `json:"code" example:"hr.onboard"`
	Revision         int                `json:"revision,omitempty" doc:"The state that was seen; left out: whatever it is"`
	Response         *calendar.Duration `json:"response,omitempty" doc:"Left out: as it is"`
	Completion       *calendar.Duration `json:"completion,omitempty" doc:"Left out: as it is"`
	ResponseTarget   *float64           `json:"response_target,omitempty" doc:"Share in time; left out: as it is" example:"0.95"`
	CompletionTarget *float64           `json:"completion_target,omitempty" doc:"Share in time; left out: as it is" example:"0.9"`
}

type confirmManyOutput struct {
	Body struct {
		Confirmed int `json:"confirmed"`
	}
}

type typicalStandardJSON struct {
	Function string       `json:"function" example:"finance"`
	Code     string       `json:"code"`
	Name     lang.Text    `json:"name"`
	Standard standardJSON `json:"standard"`
}

type libraryInput struct {
	Function string `query:"function" doc:"Code of a function; default: all" example:"finance"`
}

type libraryOutput struct {
	Body web.Page[typicalStandardJSON]
}

func (c *Catalog) mountStarting(m *web.Mux, tag string) {
	web.Op(m, web.Operation{ID: "list-starting-values", Method: http.MethodGet, Path: "/api/v1/standards/starting", Action: doConfirm, Tag: tag,
		Summary: "Starting values that the caller may confirm, each with the due times of an example"}, c.getStarting)
	web.Op(m, web.Operation{ID: "confirm-starting-values", Method: http.MethodPost, Path: "/api/v1/standards/confirm", Action: doConfirm, Tag: tag, Scope: "write",
		Summary: "Confirm starting values at once, as they are or adjusted", Detail: "All of them or none: what is wrong comes for all together, under CODE.field."}, c.postConfirmMany)
	web.Op(m, web.Operation{ID: "list-typical-standards", Method: http.MethodGet, Path: "/api/v1/standards/library", Action: doSee, Tag: tag,
		Summary: "The typical standards of the packs that come with Neike, by function"}, c.getLibrary)
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (c *Catalog) getStarting(ctx context.Context, in *startingInput) (*startingOutput, error) {
	list, err := c.StartingOf(ctx, in.Unit)
	if err != nil {
		return nil, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &startingOutput{Body: web.Page[startingValueJSON]{Items: []startingValueJSON{}}}
	for _, x := range list {
		u, _ := tree.ByID(x.Unit)
		out.Body.Items = append(out.Body.Items, startingValueJSON{Code: x.Code, Name: x.Name, Unit: u.Code, Revision: x.Revision, Standard: *wireStandard(x.Standard), Opened: x.Opened.UTC(), Response: instant(x.ResponseDue), Due: instant(x.Due)})
	}
	return out, nil
}

func (c *Catalog) postConfirmMany(ctx context.Context, in *confirmManyInput) (*confirmManyOutput, error) {
	list := make([]Confirming, len(in.Body.Items))
	for i, x := range in.Body.Items {
		list[i] = Confirming(x)
	}
	if err := c.ConfirmMany(ctx, list); err != nil {
		return nil, err
	}
	out := &confirmManyOutput{}
	out.Body.Confirmed = len(list)
	return out, nil
}

func (c *Catalog) getLibrary(_ context.Context, in *libraryInput) (*libraryOutput, error) {
	out := &libraryOutput{Body: web.Page[typicalStandardJSON]{Items: []typicalStandardJSON{}}}
	for _, t := range Library(in.Function) {
		out.Body.Items = append(out.Body.Items, typicalStandardJSON{Function: t.Pack, Code: t.Entry.Code, Name: t.Entry.Name, Standard: *wireStandard(t.Entry.Standard)})
	}
	return out, nil
}
