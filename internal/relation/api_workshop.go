package relation

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/org"
)

type workshopJSON struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Until    string     `json:"until" doc:"Until when the sheets are asked for" example:"2026-12-31"`
	OpenedAt time.Time  `json:"opened_at"`
	ClosedAt *time.Time `json:"closed_at" doc:"null: it is open"`
	Units    int        `json:"units"`
	HandedIn int        `json:"handed_in"`
	Draft    int        `json:"draft"`
	Waiting  int        `json:"waiting" doc:"Nobody has begun"`
}

type workshopInFullJSON struct {
	workshopJSON
	Sheets    []sheetStateJSON `json:"sheets" nullable:"false"`
	Conflicts int              `json:"conflicts" doc:"One side lists the relation, the other does not, and nobody has settled it; among what the caller sees"`
	Faced     []facedJSON      `json:"faced" nullable:"false" doc:"What was handed in, face to face: what has to be settled first"`
	Hidden    int              `json:"hidden" doc:"Pairs of units whose numbers the caller does not see"`
}

type sheetStateJSON struct {
	Unit     string     `json:"unit" example:"finance"`
	UnitName string     `json:"unit_name"`
	State    SheetState `json:"state" enum:"waiting,draft,handed_in"`
}

type facedJSON struct {
	Provider  string          `json:"provider" example:"finance"`
	Customer  string          `json:"customer" example:"sales"`
	Agreement Agreement       `json:"agreement" enum:"only_provider,only_customer,differs,waits,agrees"`
	Settled   bool            `json:"settled" doc:"A conflict about a relation that both confirm by now, or that has ended"`
	Standing  string          `json:"standing" enum:"proposed,disputed,unspoken,confirmed,ended"`
	Given     []sheetLineJSON `json:"given" nullable:"false" doc:"In the provider's words; expects is what it believes"`
	Taken     []sheetLineJSON `json:"taken" nullable:"false" doc:"In the customer's words; expects is what it means"`
	Expected  []string        `json:"expected" nullable:"false" doc:"What the customer has written down as expectations"`
}

type sheetLineJSON struct {
	Unit        string `json:"unit" doc:"Code of the other unit" example:"sales"`
	Deliverable string `json:"deliverable,omitempty" maxLength:"100" example:"月度经营分析"`
	Frequency   string `json:"frequency,omitempty" enum:"per_case,on_demand,daily,weekly,monthly,quarterly,yearly" example:"monthly"`
	Criterion   string `json:"criterion,omitempty" maxLength:"200" doc:"When it is good" example:"每月第三个工作日前，口径与预算一致"`
	Expects     string `json:"expects,omitempty" maxLength:"500" doc:"What the customer expects: believed on the side of customers, meant on the side of providers"`
	Importance  int    `json:"importance,omitempty" minimum:"0" maximum:"5" doc:"Of what is expected, 1 to 5; 0 or absent: not said" example:"4"`
}

type sheetJSON struct {
	Workshop  string          `json:"workshop"`
	Unit      string          `json:"unit" example:"finance"`
	Version   int             `json:"version" doc:"Counts every time it was saved; give it back with a change"`
	State     SheetState      `json:"state" enum:"waiting,draft,handed_in"`
	Customers []sheetLineJSON `json:"customers" nullable:"false" doc:"Whom the unit serves, and with what"`
	Providers []sheetLineJSON `json:"providers" nullable:"false" doc:"Who serves it, and with what"`
	CameFrom  string          `json:"came_from,omitempty" doc:"Code of the unit it came from with a change of the organisation"`
	MayWrite  bool            `json:"may_write"`
	MayHandIn bool            `json:"may_hand_in"`
}

type workshopIDInput struct {
	ID ID `path:"id" doc:"Of the workshop" example:"887186227200000"`
}

type openWorkshopInput struct {
	Body struct {
		Name  string   `json:"name" maxLength:"60" example:"我的客户是谁（2026 年）"`
		Until string   `json:"until" doc:"A day that is not over" example:"2026-12-31"`
		Units []string `json:"units" nullable:"false" doc:"Codes of the units that fill in a sheet"`
	}
}

type sheetInput struct {
	ID   ID     `path:"id" doc:"Of the workshop" example:"887186227200000"`
	Unit string `path:"unit" doc:"Code of the unit" example:"finance"`
}

type saveSheetInput struct {
	ID   ID     `path:"id" doc:"Of the workshop" example:"887186227200000"`
	Unit string `path:"unit" doc:"Code of the unit" example:"finance"`
	Body struct {
		Version int             `json:"version" minimum:"0" doc:"The one that was read" example:"3"`
		Side    Side            `json:"side" enum:"customer,provider" doc:"Which lines these are; those of the other side stay"`
		Lines   []sheetLineJSON `json:"lines" nullable:"false"`
	}
}

type sheetDeedInput struct {
	ID   ID     `path:"id" doc:"Of the workshop" example:"887186227200000"`
	Unit string `path:"unit" doc:"Code of the unit" example:"finance"`
	Body struct {
		Version int `json:"version" minimum:"0" doc:"The one that was read" example:"3"`
	}
}

type sheetOutput struct{ Body sheetJSON }

func (s *Service) mountWorkshop(m *web.Mux) {
	web.Op(m, web.Operation{ID: "list-workshops", Method: http.MethodGet, Path: "/api/v1/workshops", Action: "workshop.see",
		Summary: "Rounds in which units say whom they serve", Tag: "Relations", Scope: "read"}, s.getWorkshops)
	web.Op(m, web.Operation{ID: "open-workshop", Method: http.MethodPost, Path: "/api/v1/workshops", Action: "workshop.run",
		Summary: "Open a workshop", Tag: "Relations", Scope: "write"}, s.postWorkshop)
	web.Op(m, web.Operation{ID: "get-workshop", Method: http.MethodGet, Path: "/api/v1/workshops/{id}", Action: "workshop.see",
		Summary: "One workshop, with what was handed in face to face", Tag: "Relations", Scope: "read"}, s.getWorkshop)
	web.Op(m, web.Operation{ID: "close-workshop", Method: http.MethodPost, Path: "/api/v1/workshops/{id}/close", Action: "workshop.run",
		Summary: "Close a workshop", Tag: "Relations", Scope: "write"}, s.postClose)
	web.Op(m, web.Operation{ID: "get-sheet", Method: http.MethodGet, Path: "/api/v1/workshops/{id}/sheets/{unit}", Action: "sheet.see",
		Summary: "The sheet of a unit", Tag: "Relations", Scope: "read"}, s.getSheet)
	web.Op(m, web.Operation{ID: "save-sheet", Method: http.MethodPut, Path: "/api/v1/workshops/{id}/sheets/{unit}", Action: "sheet.write",
		Summary: "Save one side of a sheet", Tag: "Relations", Scope: "write"}, s.putSheet)
	web.Op(m, web.Operation{ID: "hand-in-sheet", Method: http.MethodPost, Path: "/api/v1/workshops/{id}/sheets/{unit}/hand-in", Action: "sheet.hand-in",
		Summary: "Hand in a sheet", Tag: "Relations", Scope: "write"}, s.postHandIn)
	web.Op(m, web.Operation{ID: "take-back-sheet", Method: http.MethodPost, Path: "/api/v1/workshops/{id}/sheets/{unit}/take-back", Action: "sheet.hand-in",
		Summary: "Take a sheet back to change it", Tag: "Relations", Scope: "write"}, s.postTakeBack)
}

func (w Workshop) wire() workshopJSON {
	out := workshopJSON{ID: strconv.FormatInt(w.ID, 10), Name: w.Name, Until: dayText(w.Until), OpenedAt: w.OpenedAt.UTC(), Units: len(w.Sheets),
		HandedIn: w.Count(SheetHandedIn), Draft: w.Count(SheetDraft), Waiting: w.Count(SheetWaiting)}
	if w.Closed() {
		out.ClosedAt = new(w.ClosedAt.UTC())
	}
	return out
}

func wireLines(tree *org.Tree, lines []SheetLine) []sheetLineJSON {
	out := make([]sheetLineJSON, len(lines))
	for i, l := range lines {
		u, _ := tree.ByID(l.Other)
		out[i] = sheetLineJSON{u.Code, l.Deliverable, l.Frequency, l.Criterion, l.Expects, l.Importance}
	}
	return out
}

// OpenWord asks for the workshops that are under way.
const OpenWord = "open"

type workshopsInput struct {
	State string `query:"state" enum:"open,closed" doc:"Only those under way, or those that are closed"`
}

func (s *Service) getWorkshops(ctx context.Context, in *workshopsInput) (*struct{ Body web.Page[workshopJSON] }, error) {
	all, err := s.Workshops(ctx)
	if err != nil {
		return nil, err
	}
	page := web.Page[workshopJSON]{Items: []workshopJSON{}}
	for _, w := range all {
		if in.State != "" && w.Closed() == (in.State == OpenWord) {
			continue
		}
		page.Items = append(page.Items, w.wire())
	}
	return &struct{ Body web.Page[workshopJSON] }{page}, nil
}

func (s *Service) postWorkshop(ctx context.Context, in *openWorkshopInput) (*struct{ Body workshopJSON }, error) {
	w, err := s.OpenWorkshop(ctx, WorkshopInput{Name: in.Body.Name, Until: in.Body.Until, Units: in.Body.Units})
	if err != nil {
		return nil, err
	}
	return &struct{ Body workshopJSON }{w.wire()}, nil
}

func (s *Service) getWorkshop(ctx context.Context, in *workshopIDInput) (*struct{ Body workshopInFullJSON }, error) {
	w, err := s.Workshop(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	list, hidden, err := s.Merge(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := workshopInFullJSON{workshopJSON: w.wire(), Sheets: []sheetStateJSON{}, Faced: []facedJSON{}, Hidden: hidden}
	for _, x := range w.Sheets {
		u, _ := tree.ByID(x.Unit)
		out.Sheets = append(out.Sheets, sheetStateJSON{u.Code, u.Name.In(ctx), x.State})
	}
	for _, f := range list {
		if f.Agreement.Conflict() && !f.Settled() {
			out.Conflicts++
		}
		out.Faced = append(out.Faced, facedJSON{Provider: f.From.Code, Customer: f.To.Code, Agreement: f.Agreement, Settled: f.Settled(), Standing: f.Standing.word(),
			Given: wireLines(tree, f.Given), Taken: wireLines(tree, f.Taken), Expected: append([]string{}, f.Expected...)})
	}
	return &struct{ Body workshopInFullJSON }{out}, nil
}

func (s *Service) postClose(ctx context.Context, in *workshopIDInput) (*struct{ Body workshopJSON }, error) {
	w, err := s.CloseWorkshop(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body workshopJSON }{w.wire()}, nil
}

// wireSheet is a sheet on the wire.
func (s *Service) wireSheet(ctx context.Context, v SheetView, err error) (*sheetOutput, error) {
	if err != nil {
		return nil, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	return &sheetOutput{sheetJSON{Workshop: strconv.FormatInt(v.Workshop.ID, 10), Unit: v.Unit.Code, Version: v.Version, State: v.State, Customers: wireLines(tree, v.Of(Customer)),
		Providers: wireLines(tree, v.Of(Provider)), CameFrom: v.From.Code, MayWrite: v.MayWrite, MayHandIn: v.MayHand}}, nil
}

func (s *Service) getSheet(ctx context.Context, in *sheetInput) (*sheetOutput, error) {
	v, err := s.SheetOf(ctx, in.ID, in.Unit)
	return s.wireSheet(ctx, v, err)
}

func (s *Service) putSheet(ctx context.Context, in *saveSheetInput) (*sheetOutput, error) {
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	lines := make([]SheetLine, len(in.Body.Lines))
	for i, l := range in.Body.Lines {
		u, _ := tree.ByCode(l.Unit)
		lines[i] = SheetLine{Other: u.ID, Deliverable: l.Deliverable, Frequency: l.Frequency, Criterion: l.Criterion, Expects: l.Expects, Importance: l.Importance}
	}
	v, err := s.SaveSheet(ctx, in.ID, in.Unit, in.Body.Version, in.Body.Side, lines)
	return s.wireSheet(ctx, v, apiNames(err))
}

func (s *Service) postHandIn(ctx context.Context, in *sheetDeedInput) (*sheetOutput, error) {
	v, err := s.HandIn(ctx, in.ID, in.Unit, in.Body.Version)
	return s.wireSheet(ctx, v, apiNames(err))
}

func (s *Service) postTakeBack(ctx context.Context, in *sheetDeedInput) (*sheetOutput, error) {
	v, err := s.TakeBack(ctx, in.ID, in.Unit, in.Body.Version)
	return s.wireSheet(ctx, v, err)
}

// apiNames calls the fields of lines as a program sends them: lines[3].deliverable, and the other unit of a line unit.
func apiNames(err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	named := *f
	named.Fields = nil
	for _, x := range f.Fields {
		if field, at, found := cutLast(x.Name); found {
			if field == "other" {
				field = "unit"
			}
			x.Name = "lines[" + strconv.Itoa(at) + "]." + field
		}
		named.Fields = append(named.Fields, x)
	}
	return &named
}
