package relation

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/org"
)

type mapInput struct {
	web.Paging
	View     string `query:"view" enum:"mine,suggested,quiet" doc:"What waits for my word, what work suggests and nobody has spoken of, what was confirmed and has gone quiet; default: the whole map"`
	Standing string `query:"standing" enum:"proposed,disputed,unspoken,confirmed,ended" doc:"How it stands between its sides"`
	Unit     string `query:"unit" doc:"Code of a unit on either side, units below it included"`
}

type standJSON struct {
	Provider     string     `json:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer     string     `json:"customer" doc:"Code of the unit that is served" example:"sales"`
	ProviderName string     `json:"provider_name"`
	CustomerName string     `json:"customer_name"`
	Standing     string     `json:"standing" enum:"proposed,disputed,unspoken,confirmed,ended" doc:"unspoken: work runs over it or the catalogue declares it, and neither side has said a word"`
	Observed     bool       `json:"observed" doc:"Work has run over it"`
	Declared     bool       `json:"declared" doc:"The provider's catalogue declares it"`
	Quiet        bool       `json:"quiet" doc:"Confirmed, and nothing was asked over it in the last three whole months and this one"`
	Suggested    bool       `json:"suggested" doc:"Work runs over it, and nobody has spoken of it"`
	Requests     *int64     `json:"requests" doc:"Opened in the last three whole months and this one; null: not shown to this reader, or not counted in this answer"`
	Words        []wordJSON `json:"words" nullable:"false" doc:"The last word of each side"`
	MaySay       []Side     `json:"may_say" nullable:"false" doc:"For whom the caller may speak"`
	Log          []lineJSON `json:"log,omitempty" doc:"Of one relation alone: everything that changed, the newest first"`
}

type wordJSON struct {
	Side   Side      `json:"side" enum:"provider,customer,office"`
	Says   Says      `json:"says" enum:"yes,no,asks"`
	By     string    `json:"by" doc:"工号" example:"1004"`
	ByName string    `json:"by_name"`
	At     time.Time `json:"at"`
	Note   string    `json:"note,omitempty"`
}

type lineJSON struct {
	At       time.Time `json:"at"`
	What     string    `json:"what" enum:"observed,declared,undeclared,yes,no,asks,taken,passed" doc:"taken, passed: in a reorganisation, from or to the unit in note"`
	Side     string    `json:"side,omitempty" doc:"Whose word it was"`
	By       string    `json:"by,omitempty" doc:"工号; absent: the house"`
	Note     string    `json:"note,omitempty"`
	Standing string    `json:"standing" doc:"How it stood after"`
}

func (v Stand) wire(ctx context.Context) standJSON {
	out := standJSON{Provider: v.Provider.Code, Customer: v.Customer.Code, ProviderName: v.Provider.Name.In(ctx), CustomerName: v.Customer.Name.In(ctx), Standing: v.Standing.word(),
		Observed: v.Observed, Declared: v.Declared, Quiet: v.Quiet, Suggested: v.Suggestion, Words: []wordJSON{}, MaySay: append([]Side{}, v.MaySay...)}
	if v.Shown {
		out.Requests = &v.Requests
	}
	for _, w := range v.Words {
		p := v.People[w.Person]
		out.Words = append(out.Words, wordJSON{w.Side, w.Says, p.No, p.Plain(ctx), w.At.UTC(), w.Note})
	}
	for _, c := range v.Log {
		out.Log = append(out.Log, c.wire(v.People))
	}
	return out
}

func (c Change) wire(people map[org.ID]org.Person) lineJSON {
	return lineJSON{At: c.At.UTC(), What: c.What, Side: string(c.Side), By: people[c.Person].No, Note: c.Note, Standing: c.Standing.word()}
}

type pairInput struct {
	Provider string `path:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer string `path:"customer" doc:"Code of the unit that is served" example:"sales"`
}

type spokenInput struct {
	Provider string `path:"provider" doc:"Code of the unit that serves" example:"finance"`
	Customer string `path:"customer" doc:"Code of the unit that is served" example:"sales"`
	Body     struct {
		Says Says   `json:"says" enum:"yes,no,asks" doc:"It exists; it does not; asks: the quality office's question to both sides"`
		Note string `json:"note,omitempty" maxLength:"500" doc:"Why; needed for no, and for a ruling of the quality office" example:"半年没有往来，也没有约定交付什么"`
	}
}

type diffInput struct {
	From string `query:"from" doc:"First day (2026-07-01), or an instant; default: twelve months back"`
	To   string `query:"to" doc:"Last day (2026-09-30), or the instant before which; default: the end of this month"`
}

type diffJSON struct {
	From    string     `json:"from" doc:"The map at the beginning of this day …" example:"2026-07-01"`
	To      string     `json:"to" doc:"… and at the end of this one" example:"2026-09-30"`
	Then    int        `json:"then" doc:"Relations on the map"`
	Now     int        `json:"now"`
	Came    int        `json:"came"`
	Went    int        `json:"went"`
	Changes []turnJSON `json:"changes" nullable:"false"`
}

type turnJSON struct {
	Provider     string     `json:"provider"`
	Customer     string     `json:"customer"`
	ProviderName string     `json:"provider_name"`
	CustomerName string     `json:"customer_name"`
	Before       *string    `json:"before" doc:"How it stood; null: not on the map"`
	After        *string    `json:"after"`
	Log          []lineJSON `json:"log" nullable:"false"`
}

func (s *Service) mountMap(m *web.Mux) {
	web.Op(m, web.Operation{ID: "list-relation-map", Method: http.MethodGet, Path: "/api/v1/relation-map", Action: "relation.list",
		Summary: "The map: who says of which relation that it exists", Tag: "Relations", Scope: "read"}, s.getMap)
	web.Op(m, web.Operation{ID: "compare-relation-map", Method: http.MethodGet, Path: "/api/v1/relation-map/changes", Action: "relation.list",
		Summary: "What became of the map from one day to another", Tag: "Relations", Scope: "read"}, s.getDiff)
	web.Op(m, web.Operation{ID: "get-relation-standing", Method: http.MethodGet, Path: "/api/v1/relations/{provider}/{customer}/standing", Action: "relation.see",
		Summary: "What both sides say of a relation, and its history", Tag: "Relations", Scope: "read"}, s.getStand)
	web.Op(m, web.Operation{ID: "say-relation", Method: http.MethodPost, Path: "/api/v1/relations/{provider}/{customer}/standing", Action: "relation.propose",
		Summary: "Propose, confirm, dispute a relation; rule on it", Tag: "Relations", Scope: "write"}, s.postSay)
}

func (s *Service) getMap(ctx context.Context, in *mapInput) (*struct{ Body web.Page[standJSON] }, error) {
	var bad fault.Fields
	at, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		bad.Add("cursor", "web.cursor")
		at = nil
	}
	f := MapFilter{View: in.View, Standing: in.Standing, Unit: in.Unit, Limit: in.Size()}
	if at != nil {
		f.Offset = int(max(at[0], 0))
	}
	list, more, err := s.Map(ctx, f)
	if bad.Len() > 0 && (err == nil || fault.KindOf(err) == fault.Invalid) {
		return nil, bad.Err()
	}
	if err != nil {
		return nil, err
	}
	page := web.Page[standJSON]{Items: []standJSON{}}
	for _, v := range list {
		page.Items = append(page.Items, v.wire(ctx))
	}
	if more {
		page.NextCursor = web.Cursor(int64(f.Offset + len(list)))
	}
	return &struct{ Body web.Page[standJSON] }{page}, nil
}

func (s *Service) getStand(ctx context.Context, in *pairInput) (*struct{ Body standJSON }, error) {
	v, err := s.Stand(ctx, in.Provider, in.Customer)
	if err != nil {
		return nil, err
	}
	return &struct{ Body standJSON }{v.wire(ctx)}, nil
}

func (s *Service) postSay(ctx context.Context, in *spokenInput) (*struct{ Body standJSON }, error) {
	v, err := s.Say(ctx, in.Provider, in.Customer, Saying{in.Body.Says, in.Body.Note})
	if err != nil {
		return nil, err
	}
	return &struct{ Body standJSON }{v.wire(ctx)}, nil
}

func (s *Service) getDiff(ctx context.Context, in *diffInput) (*struct{ Body diffJSON }, error) {
	var bad fault.Fields
	p := s.period(ctx, in.From, in.To, &bad)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	d, err := s.Diff(ctx, p)
	if err != nil {
		return nil, err
	}
	out := diffJSON{From: dateOf(p.From).Format(time.DateOnly), To: dateOf(p.To).Format(time.DateOnly), Then: d.Then, Now: d.Now, Came: d.Came, Went: d.Went, Changes: []turnJSON{}}
	how := func(c Change) *string {
		if !c.mapped() {
			return nil
		}
		return new(c.Standing.word())
	}
	for _, t := range d.Turns {
		j := turnJSON{Provider: t.Provider.Code, Customer: t.Customer.Code, ProviderName: t.Provider.Name.In(ctx), CustomerName: t.Customer.Name.In(ctx),
			Before: how(t.Before), After: how(t.After), Log: []lineJSON{}}
		for _, l := range t.Lines {
			j.Log = append(j.Log, l.wire(d.People))
		}
		out.Changes = append(out.Changes, j)
	}
	return &struct{ Body diffJSON }{out}, nil
}
