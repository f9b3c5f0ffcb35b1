package place

import (
	"context"
	"net/http"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

type placeName struct {
	Zh string `json:"zh" example:"打印机 3F-02"`
	En string `json:"en" example:"Printer 3F-02"`
}

type placeItem struct {
	Code     string    `json:"code" example:"hq-3f-02"`
	Name     placeName `json:"name"`
	Kind     string    `json:"kind" example:"printer"`
	Parent   *string   `json:"parent" doc:"Code of the place around; null: at the top"`
	Path     []string  `json:"path" nullable:"false" doc:"Codes from the top down to this place"`
	Unit     string    `json:"unit" doc:"Code of the unit that answers for it"`
	Asset    string    `json:"asset"`
	Note     string    `json:"note"`
	State    string    `json:"state" enum:"in_use,retired"`
	Services []string  `json:"services" nullable:"false" doc:"Codes of its own services; empty: those of its kind, or of the place around"`
	Offers   []string  `json:"offers,omitempty" doc:"Codes of what the caller can ask for there; of one place alone"`
	Address  string    `json:"address" doc:"Path that its QR code leads to" example:"/p/hq-3f-02"`
}

type placesInput struct {
	web.Paging
	Q     string `query:"q" doc:"Words of the name, the code, their pinyin or initials, or of the asset number"`
	Kind  string `query:"kind" doc:"One kind alone" example:"printer"`
	Unit  string `query:"unit" doc:"Code; units below it count too"`
	Under string `query:"under" doc:"Code of a place: that one and what lies under it"`
	State string `query:"state" doc:"in_use (default), retired or any"`
}

type placesOutput struct{ Body web.Page[placeItem] }

type placeAnswer struct {
	Status int
	ETag   string `header:"ETag"`
	Body   placeItem
}

type placeCodeInput struct {
	Code string `path:"code" doc:"Of the place" example:"hq-3f-02"`
}

type placeSaveInput struct {
	web.IfMatch
	Body struct {
		Code     string    `json:"code" example:"hq-3f-02"`
		Name     placeName `json:"name"`
		Kind     string    `json:"kind" example:"printer"`
		Parent   string    `json:"parent,omitempty" doc:"Code of the place around"`
		Unit     string    `json:"unit,omitempty" doc:"Code; default: that of the place around"`
		Asset    string    `json:"asset,omitempty"`
		Note     string    `json:"note,omitempty"`
		Services []string  `json:"services,omitempty" doc:"Codes"`
	}
}

type placeKindsOutput struct {
	Body placeKinds
}

type placeKinds struct {
	Kinds map[string][]string `json:"kinds" example:"{\"printer\":[\"it.incident\"]}" doc:"By kind, the codes of the services that its places offer which have none of their own"`
}

type placeKindsInput struct {
	Body placeKinds
}

func (s *Service) api(m *web.Mux) {
	web.Op(m, web.Operation{ID: "list-places", Method: http.MethodGet, Path: "/api/v1/places", Action: doSee, Summary: "Places, each before what lies under it", Tag: "Places"}, s.getPlaces)
	web.Op(m, web.Operation{ID: "read-place", Method: http.MethodGet, Path: "/api/v1/places/{code}", Action: doSee, Summary: "One place", Tag: "Places"}, s.getPlace)
	web.Op(m, web.Operation{ID: "save-place", Method: http.MethodPost, Path: "/api/v1/places", Action: doEdit, Status: http.StatusCreated, Summary: "Make a place, or change the one of that code", Tag: "Places"}, s.postPlace)
	web.Op(m, web.Operation{ID: "retire-place", Method: http.MethodPost, Path: "/api/v1/places/{code}/retire", Action: doEdit, Summary: "Take a place and what lies under it out of use", Tag: "Places"}, s.postRetire)
	web.Op(m, web.Operation{ID: "restore-place", Method: http.MethodPost, Path: "/api/v1/places/{code}/restore", Action: doEdit, Summary: "Put a place into use again", Tag: "Places"}, s.postRestore)
	web.Op(m, web.Operation{ID: "get-place-kinds", Method: http.MethodGet, Path: "/api/v1/place-kinds", Action: doSee, Summary: "What places of each kind offer", Tag: "Places"}, s.getKinds)
	web.Op(m, web.Operation{ID: "set-place-kinds", Method: http.MethodPut, Path: "/api/v1/place-kinds", Action: doKind, Summary: "Say what places of kinds offer; kinds left out stay as they are", Tag: "Places"}, s.putKinds)
}

func (s *Service) wire(ctx context.Context, tree *org.Tree, p Place) (placeItem, error) {
	snap, err := s.catalog.Snapshot(ctx)
	if err != nil {
		return placeItem{}, err
	}
	in := s.inputOf(p, tree, snap)
	out := placeItem{Code: p.Code, Name: placeName{p.Name.Zh, p.Name.En}, Kind: p.Kind, Path: codesOf(p.Path), Unit: in.Unit, Asset: p.Asset, Note: p.Note, State: "in_use", Services: in.Services, Address: scan(p.Code)}
	if in.Parent != "" {
		out.Parent = &in.Parent
	}
	if p.Retired() {
		out.State = "retired"
	}
	if out.Services == nil {
		out.Services = []string{}
	}
	return out, nil
}

func (s *Service) getPlaces(ctx context.Context, in *placesInput) (*placesOutput, error) {
	page, err := s.List(ctx, Filter{Q: in.Q, Kind: in.Kind, Unit: in.Unit, Under: in.Under, State: in.State, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &placesOutput{Body: web.Page[placeItem]{Items: make([]placeItem, len(page.Items)), NextCursor: page.NextCursor}}
	for i, p := range page.Items {
		if out.Body.Items[i], err = s.wire(ctx, tree, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) answer(ctx context.Context, p Place, status int, err error) (*placeAnswer, error) {
	if err != nil {
		return nil, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &placeAnswer{Status: status, ETag: web.ETag(p.ID, p.Revision)}
	if out.Body, err = s.wire(ctx, tree, p); err != nil || p.Retired() {
		return out, err
	}
	offers, err := s.Offers(ctx, p)
	for _, x := range offers {
		out.Body.Offers = append(out.Body.Offers, x.Code)
	}
	return out, err
}

func (s *Service) getPlace(ctx context.Context, in *placeCodeInput) (*placeAnswer, error) {
	p, err := s.ByCode(ctx, in.Code)
	return s.answer(ctx, p, http.StatusOK, err)
}

func (s *Service) postPlace(ctx context.Context, in *placeSaveInput) (*placeAnswer, error) {
	b := in.Body
	revision := Anything
	if in.IfMatch.IfMatch != "" {
		old, err := s.ByCode(ctx, b.Code)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		if err := in.Check(web.ETag(old.ID, old.Revision)); err != nil {
			return nil, err
		}
		revision = old.Revision
	}
	p, created, err := s.Save(ctx, Input{Code: b.Code, NameZh: b.Name.Zh, NameEn: b.Name.En, Kind: b.Kind, Parent: b.Parent, Unit: b.Unit, Asset: b.Asset, Note: b.Note, Services: b.Services}, revision)
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	if wrong, ok := fault.As(err); ok { // the body has the name as one object
		for i, f := range wrong.Fields {
			wrong.Fields[i].Name = strings.Replace(f.Name, "name_", "name.", 1)
		}
	}
	return s.answer(ctx, p, status, err)
}

func (s *Service) postRetire(ctx context.Context, in *placeCodeInput) (*placeAnswer, error) {
	if _, err := s.Retire(ctx, in.Code); err != nil {
		return nil, err
	}
	return s.getPlace(ctx, in)
}

func (s *Service) postRestore(ctx context.Context, in *placeCodeInput) (*placeAnswer, error) {
	if err := s.Restore(ctx, in.Code); err != nil {
		return nil, err
	}
	return s.getPlace(ctx, in)
}

func (s *Service) getKinds(ctx context.Context, _ *struct{}) (*placeKindsOutput, error) {
	kinds, err := s.KindServices(ctx)
	return &placeKindsOutput{Body: placeKinds{kinds}}, err
}

func (s *Service) putKinds(ctx context.Context, in *placeKindsInput) (*placeKindsOutput, error) {
	if err := s.SetKinds(ctx, in.Body.Kinds); err != nil {
		return nil, err
	}
	return s.getKinds(ctx, nil)
}

// names are the names of places by code, of those that there are.
func (s *Service) names(ctx context.Context, codes []string) (map[string]lang.Text, error) {
	out := map[string]lang.Text{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		known, err := byCodes(ctx, rd, codes)
		for code, p := range known {
			out[code] = p.Name
		}
		return err
	})
	return out, err
}
