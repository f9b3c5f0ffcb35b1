package routing

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// Mount adds the pages and calls of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.routes()...)
	const tag = "Routing"
	web.Op(m, web.Operation{ID: "get-routing", Method: http.MethodGet, Path: "/api/v1/units/{code}/routing", Action: doSee, Tag: tag,
		Summary: "The rules by which a unit gives out its requests"}, s.getRules)
	web.Op(m, web.Operation{ID: "put-routing", Method: http.MethodPut, Path: "/api/v1/units/{code}/routing", Action: doSet, Tag: tag, Scope: "write",
		Summary: "Put a whole set of rules in force, for requests from now on", Detail: "The first rule that holds and finds somebody decides. A rule keeps its turn when it keeps its `id`."}, s.putRules)
	web.Op(m, web.Operation{ID: "dry-run-routing", Method: http.MethodPost, Path: "/api/v1/units/{code}/routing/dry-run", Action: doTry, Tag: tag, Scope: "write",
		Summary: "Who would have had what: the draft, or the rules in force, on the requests of a span", Detail: "A large one goes on by itself: `state` is `running` then, ask again with its `run`. `people` is there for the unit's head alone."}, s.postRun)
	web.Op(m, web.Operation{ID: "get-routing-dry-run", Method: http.MethodGet, Path: "/api/v1/units/{code}/routing/dry-run", Action: doSee, Tag: tag,
		Summary: "A dry run of routing rules"}, s.getRun)
	web.Op(m, web.Operation{ID: "put-skills", Method: http.MethodPut, Path: "/api/v1/units/{code}/routing/skills", Action: doSet, Tag: tag, Scope: "write",
		Summary: "Write down what the agents of a unit can do"}, s.putSkills)
}

type routingUnitInput struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
}

// routingRuleJSON is a rule on the wire.
type routingRuleJSON struct {
	ID        string          `json:"id,omitempty" doc:"Of a rule that is there; empty: a new one"`
	Name      string          `json:"name" example:"Travel claims in turn"`
	Services  []string        `json:"services,omitempty" doc:"Codes; empty: all"`
	Customers []string        `json:"customers,omitempty" doc:"Codes of units, with what is below; empty: any"`
	Places    []string        `json:"places,omitempty" doc:"Codes of places, with what lies under them; empty: anywhere"`
	Priority  string          `json:"priority,omitempty" enum:",urgent,usual"`
	Time      string          `json:"time,omitempty" enum:",in,out,duty" doc:"In or outside the unit's working time; duty: while somebody is on duty"`
	When      *form.Condition `json:"when,omitempty" doc:"On the answers of the form; needs exactly one service"`
	Way       string          `json:"way" enum:"person,turn,load,skill,duty,unit,queue"`
	People    []string        `json:"people,omitempty" doc:"工号"`
	Unit      string          `json:"unit,omitempty" doc:"Code of a unit below"`
	Skill     string          `json:"skill,omitempty"`
}

type routingJSON struct {
	Version int               `json:"version" readOnly:"true" required:"false" doc:"0: there are no rules"`
	Rules   []routingRuleJSON `json:"rules"`
}

type routingOutput struct {
	ETag string `header:"ETag"`
	Body routingJSON
}

type routingEdit struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	web.IfMatch
	Body routingJSON
}

func (s *Service) getRules(ctx context.Context, in *routingUnitInput) (*routingOutput, error) {
	live, _, _, err := s.Rules(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	out := &routingOutput{ETag: web.ETag("routing", live.Unit, int64(live.Version)), Body: routingJSON{Version: live.Version, Rules: []routingRuleJSON{}}}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return out, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for _, r := range live.Rules {
			j := routingRuleJSON{ID: strconv.FormatInt(r.ID, 10), Name: r.Name, Priority: r.Priority, Time: r.Time, When: r.When, Way: string(r.Way), Skill: r.Skill}
			for _, id := range r.Services {
				if x, ok := snap.ByID(id); ok {
					j.Services = append(j.Services, x.Code)
				}
			}
			for _, id := range r.Customers {
				if u, ok := tree.ByID(id); ok {
					j.Customers = append(j.Customers, u.Code)
				}
			}
			places, err := s.placesOf(ctx, r)
			if err != nil {
				return err
			}
			for _, p := range places {
				j.Places = append(j.Places, p.Code)
			}
			if u, ok := tree.ByID(r.Unit); ok {
				j.Unit = u.Code
			}
			names, err := s.Org.Names(ctx, rd, r.People)
			if err != nil {
				return err
			}
			for _, id := range r.People {
				j.People = append(j.People, names[id].No)
			}
			out.Body.Rules = append(out.Body.Rules, j)
		}
		return nil
	})
}

func (s *Service) putRules(ctx context.Context, in *routingEdit) (*routingOutput, error) {
	now, err := s.getRules(ctx, &routingUnitInput{in.Code})
	if err != nil {
		return nil, err
	}
	base := -1
	if in.IfMatch.IfMatch != "" {
		if err := in.Check(now.ETag); err != nil {
			return nil, err
		}
		base = now.Body.Version
	}
	if _, err := s.unit(ctx, in.Code, doSet); err != nil {
		return nil, err
	}
	var f fault.Fields
	var rules []Rule
	for i, j := range in.Body.Rules {
		r, bad, err := s.ruleOn(ctx, j)
		if err != nil {
			return nil, err
		}
		f.Join("rules["+strconv.Itoa(i)+"]", bad)
		rules = append(rules, r)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	if _, err := s.Replace(ctx, in.Code, rules, base); err != nil {
		return nil, err
	}
	return s.getRules(ctx, &routingUnitInput{in.Code})
}

// ruleOn reads a rule from the wire; what names nothing is a finding.
func (s *Service) ruleOn(ctx context.Context, j routingRuleJSON) (Rule, fault.Fields, error) {
	var f fault.Fields
	id, _ := strconv.ParseInt(j.ID, 10, 64)
	r := Rule{ID: id, Name: j.Name, Priority: j.Priority, Time: j.Time, When: j.When, Way: Way(j.Way), Skill: j.Skill}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return r, f, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return r, f, err
	}
	for _, code := range j.Services {
		if x, ok := snap.ByCode(code); ok {
			r.Services = append(r.Services, x.ID)
		} else {
			f.Add("services", "routing.service-unknown")
		}
	}
	for _, code := range j.Customers {
		if x, ok := tree.ByCode(code); ok {
			r.Customers = append(r.Customers, x.ID)
		} else {
			f.Add("customers", "routing.unit-unknown")
		}
	}
	if r.Places, err = s.placeIDs(ctx, j.Places, &f); err != nil {
		return r, f, err
	}
	if x, ok := tree.ByCode(j.Unit); ok {
		r.Unit = x.ID
	}
	for _, no := range j.People {
		p, err := s.Org.PersonByNo(ctx, no)
		switch {
		case err == nil:
			r.People = append(r.People, p.ID)
		case fault.KindOf(err) == fault.NotFound:
			f.Add("people", "routing.not-agent")
		default:
			return r, f, err
		}
	}
	return r, f, nil
}

type routingRunInput struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	Body *struct {
		From string `json:"from,omitempty" doc:"First day; default: three months ago" example:"2026-07-01"`
		To   string `json:"to,omitempty" doc:"Last day; default: today" example:"2026-09-30"`
	}
}

type routingRunQuery struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	Run  string `query:"run" required:"true" doc:"From the answer that began it"`
}

type routingRunJSON struct {
	Run    string             `json:"run"`
	State  string             `json:"state" enum:"running,done"`
	From   time.Time          `json:"from"`
	To     time.Time          `json:"to" doc:"Not in the span any more"`
	Done   int64              `json:"done"`
	Total  int64              `json:"total"`
	Queue  int64              `json:"queue" doc:"Would have stayed open"`
	Same   int64              `json:"same" doc:"Would have gone to who had them"`
	Rules  []routingCountJSON `json:"rules"`
	People []routingCountJSON `json:"people,omitempty" doc:"For the unit's head alone"`
}

type routingCountJSON struct {
	Rule   string `json:"rule,omitempty"`
	Person string `json:"person,omitempty" doc:"工号"`
	N      int64  `json:"n" doc:"Would have got"`
	Had    int64  `json:"had,omitempty" doc:"Really had"`
	Most   int64  `json:"most_in_hand,omitempty"`
}

type routingRunOutput struct{ Body routingRunJSON }

func (s *Service) postRun(ctx context.Context, in *routingRunInput) (*routingRunOutput, error) {
	first, last := "", ""
	if in.Body != nil {
		first, last = in.Body.From, in.Body.To
	}
	from, to, err := s.span(ctx, first, last)
	if err != nil {
		return nil, err
	}
	run, err := s.Try(ctx, in.Code, from, to)
	if err != nil {
		return nil, err
	}
	return s.wireRun(ctx, run)
}

func (s *Service) getRun(ctx context.Context, in *routingRunQuery) (*routingRunOutput, error) {
	id, _ := strconv.ParseInt(in.Run, 10, 64)
	run, err := s.RunOf(ctx, in.Code, id)
	if err != nil {
		return nil, err
	}
	return s.wireRun(ctx, run)
}

func (s *Service) wireRun(ctx context.Context, run Run) (*routingRunOutput, error) {
	j := routingRunJSON{Run: strconv.FormatInt(run.ID, 10), State: "running", From: run.From, To: run.To, Done: run.Done, Total: run.Total, Rules: []routingCountJSON{}}
	if run.Result == nil {
		return &routingRunOutput{j}, nil
	}
	j.State, j.Queue, j.Same = "done", run.Result.Queue, run.Result.Same
	for _, x := range run.Result.Rules {
		j.Rules = append(j.Rules, routingCountJSON{Rule: strconv.FormatInt(x.Rule, 10), N: x.N})
	}
	var ids []int64
	for _, x := range run.Result.People {
		ids = append(ids, x.Person)
	}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		names, err := s.Org.Names(ctx, rd, ids)
		for _, x := range run.Result.People {
			j.People = append(j.People, routingCountJSON{Person: names[x.Person].No, N: x.Would, Had: x.Had, Most: x.Most})
		}
		return err
	})
	return &routingRunOutput{j}, err
}

type skillsInput struct {
	Code string `path:"code" doc:"Code of the unit" example:"finance"`
	Body struct {
		Skills map[string]string `json:"skills" doc:"By 工号, parted by commas; who is left out can nothing" example:"{\"1005\":\"SAP, contracts\"}"`
	}
}

type skillsOutput struct {
	Body struct {
		Skills map[string][]string `json:"skills" doc:"By 工号"`
	}
}

func (s *Service) putSkills(ctx context.Context, in *skillsInput) (*skillsOutput, error) {
	if err := s.SetSkills(ctx, in.Code, in.Body.Skills); err != nil {
		return nil, err
	}
	list, err := s.Skills(ctx, in.Code)
	out := &skillsOutput{}
	out.Body.Skills = map[string][]string{}
	for _, x := range list {
		if len(x.Skills) > 0 {
			out.Body.Skills[x.Person.No] = x.Skills
		}
	}
	return out, err
}
