package proofs_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"neike/content"
	"neike/internal/access"
	"neike/internal/app/house"
	"neike/internal/app/importer"
	"neike/internal/catalog"
	"neike/internal/directory"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest"
	"neike/internal/org"
	"neike/internal/request"
	"neike/internal/signin"
)

// player is one person of the cast. What the person is to each record is written down here by hand, from the words of
// the design, so that the crawl does not ask the code which it proves.
type player struct {
	no, who string
	unit    string
	roles   []string
	is      map[string]access.Set // by kind of record
	service access.Set            // to the service finance.expense
	account access.Set            // to the account of a colleague in finance
	house   access.Set            // somewhere in the house: what opens addresses without a record
}

// The kinds of records.
const (
	plain   = "plain"   // asked by 3002 for 3004, served by 2002 of finance
	veiled  = "veiled"  // confidential: asked by 3002, named 2003, who gave it to 2002
	own     = "own"     // an agent of finance asks finance
	foreign = "foreign" // hr asks it: nobody of the cast but the quality office and the top has anything to do with it
)

var recordKinds = []string{plain, veiled, own, foreign}

const (
	asked    = access.Asked
	sameUnit = access.SameUnit
	serves   = access.HeadServes
	asks     = access.HeadAsks
	quality  = access.Quality
)

// cast stands in every relation that access.md knows.
var cast = []player{
	{no: "3002", who: "customer", unit: "project", is: map[string]access.Set{plain: asked | sameUnit, veiled: asked}},
	{no: "3004", who: "person it is asked for", unit: "project", is: map[string]access.Set{plain: asked | sameUnit}},
	{no: "3003", who: "colleague of the customer", unit: "project", is: map[string]access.Set{plain: sameUnit}},
	{no: "3005", who: "delegate of the customer", unit: "project", is: map[string]access.Set{plain: sameUnit | access.Delegate}},
	{no: "3007", who: "deputy of the customer", unit: "project", is: map[string]access.Set{plain: sameUnit | access.DeputyAsks}},
	{no: "3001", who: "head of the customer's unit", unit: "project", roles: []string{"head@project"},
		is: map[string]access.Set{plain: sameUnit | asks}, house: access.Head},
	{no: "1200", who: "head above the customer's unit", unit: "field", roles: []string{"head@field"}, is: map[string]access.Set{plain: asks}, house: access.Head},
	{no: "3006", who: "secretary of the customer's unit", unit: "project", roles: []string{"secretary@project"},
		is: map[string]access.Set{plain: sameUnit}, house: access.Secretary},

	{no: "2002", who: "assignee", unit: "finance", roles: []string{"agent@finance"}, house: access.Agent, service: access.Agent,
		is: map[string]access.Set{plain: access.Assignee | access.Agent, veiled: access.Named | access.Assignee, own: access.Assignee | access.Agent | sameUnit}},
	{no: "2003", who: "agent, named for the confidential one", unit: "finance", roles: []string{"agent@finance"}, house: access.Agent, service: access.Agent,
		is: map[string]access.Set{plain: access.Agent, veiled: access.Named, own: access.Agent | sameUnit}},
	{no: "2004", who: "agent who is a customer", unit: "finance", roles: []string{"agent@finance"}, house: access.Agent, service: access.Agent,
		is: map[string]access.Set{plain: access.Agent, own: asked | access.Agent | sameUnit}},
	{no: "2001", who: "head of the serving unit", unit: "finance", roles: []string{"head@finance"}, house: access.Head, service: serves, account: serves,
		is: map[string]access.Set{plain: serves, own: serves | asks | sameUnit}},
	{no: "2007", who: "deputy of the head of the serving unit", unit: "finance", house: access.Head, service: serves, account: serves,
		is: map[string]access.Set{plain: serves, own: serves | asks | sameUnit}},
	{no: "1100", who: "head above the serving unit", unit: "money", roles: []string{"head@money"}, house: access.Head, service: serves, account: serves,
		is: map[string]access.Set{plain: serves, own: serves | asks}},
	{no: "2005", who: "watcher of the serving unit", unit: "finance",
		is: map[string]access.Set{plain: access.Watcher | access.InsideWatcher, own: sameUnit}},
	{no: "2008", who: "member of the serving unit, no agent", unit: "finance", is: map[string]access.Set{own: sameUnit}},
	{no: "2006", who: "secretary of the serving unit", unit: "finance", roles: []string{"secretary@finance"}, house: access.Secretary,
		is: map[string]access.Set{own: sameUnit}, service: access.Secretary, account: access.Secretary},

	{no: "5001", who: "watcher from outside", unit: "legal", is: map[string]access.Set{plain: access.Watcher, veiled: access.Watcher}},
	{no: "5002", who: "mentioned", unit: "legal", is: map[string]access.Set{plain: access.Watcher}},
	{no: "5003", who: "stranger", unit: "legal"},
	{no: "5004", who: "owner of the service", unit: "legal", roles: []string{"owner@finance.expense", "owner@finance.draft"}, service: access.Owner, house: access.Owner},
	{no: "6001", who: "customer of the foreign one", unit: "hr", is: map[string]access.Set{foreign: asked | sameUnit}},

	{no: "1000", who: "head of the company", unit: "hq", roles: []string{"head@hq"}, house: access.Head, service: serves, account: serves,
		is: map[string]access.Set{plain: serves | asks, own: serves | asks, foreign: serves | asks}},
	{no: "1310", who: "quality office of a site", unit: "money", roles: []string{"quality@money"}, house: quality, service: quality, account: quality,
		is: map[string]access.Set{plain: quality, own: quality}},
	{no: "1311", who: "people office of a site", unit: "money", roles: []string{"hr@money"}, house: access.HR, service: access.HR, account: access.HR,
		is: map[string]access.Set{plain: access.HR, own: access.HR}},
	{no: "1312", who: "executive of a site", unit: "money", roles: []string{"executive@money"}, house: access.Executive, service: access.Executive, account: access.Executive,
		is: map[string]access.Set{plain: access.Executive, own: access.Executive}},
	{no: "1406", who: "quality office", unit: "hq", roles: []string{"quality"}, house: quality, service: quality, account: quality,
		is: map[string]access.Set{plain: quality, veiled: quality, own: quality, foreign: quality}},
	role("1401", "hr", access.HR), role("1402", "executive", access.Executive), role("1403", "admin", access.Admin),
	role("1404", "security", access.Security), role("1405", "auditor", access.Auditor),
}

// role is somebody at the top of the house with one company-wide role, who has that role towards everything.
func role(no, code string, set access.Set) player {
	return player{no: no, who: code, unit: "hq", roles: []string{code}, house: set, service: set, account: set,
		is: map[string]access.Set{plain: set, veiled: set, own: set, foreign: set}}
}

// at is what the person is somewhere in the house. A member is agent of a unit that names no agents.
func (p player) at() access.Set {
	set := p.house | access.Everyone | access.Member
	if p.unit != "finance" && p.unit != "it" {
		set |= access.Agent
	}
	return set
}

// to is what the person is to a kind of record.
func (p player) to(kind string) access.Set { return p.is[kind] | access.Everyone }

// may is the table's answer for the person and a record.
func (p player) may(action, kind string) bool { return access.May(action, p.to(kind), kind == veiled) }

// record is what the crawl stands before.
type record struct {
	kind         string
	working      string // number of one that somebody has in hand
	done         string // number of one that is over: no verb but rate, message and note finds it as it wants it
	ids          [2]request.ID
	title        string // in the titles of both
	note         string // in their notes
	file, hidden string // addresses of a file of a message and of a note
}

// stage is the whole product with the cast on it.
type stage struct {
	*house.House
	records  []record
	tokens   map[string]*webtest.Client // by 工号; "" is nobody
	pages    map[string]*webtest.Client
	made     map[string]int64 // ids of what belongs to none of the cast: run, session, token
	imported int              // how often imports has run
}

func (s *stage) must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

// settle makes units, services and people.
func (s *stage) settle() {
	s.T.Helper()
	ctx := s.System()
	for _, u := range []org.UnitInput{
		{Code: "hq", NameZh: "总部", NameEn: "Head office", Level: "entity"},
		{Code: "money", NameZh: "职能中心", NameEn: "Functions", Level: "site", Parent: "hq"},
		{Code: "field", NameZh: "现场", NameEn: "Field", Level: "site", Parent: "hq"},
		{Code: "finance", NameZh: "财务部", NameEn: "Finance", Parent: "money"},
		{Code: "project", NameZh: "项目部", NameEn: "Project", Parent: "field"},
		{Code: "it", NameZh: "信息技术部", NameEn: "IT", Parent: "hq"},
		{Code: "hr", NameZh: "人力资源部", NameEn: "HR", Parent: "hq"},
		{Code: "legal", NameZh: "法务部", NameEn: "Legal", Parent: "hq"},
		{Code: "spare", NameZh: "备用", NameEn: "Spare", Parent: "hq"},
	} {
		_, err := s.Org.SaveUnit(ctx, u)
		s.must(err)
	}
	for _, name := range []string{"finance", "it"} {
		data, ok := content.Pack(name)
		if !ok {
			s.T.Fatal("no pack " + name)
		}
		out, err := s.Catalog.Import(ctx, name, data, false)
		s.must(err)
		if len(out.Problems) > 0 {
			s.T.Fatal(out.Problems)
		}
	}
	s.must(s.Calendar.Install(ctx, "plant-2shift"))
	_, _, err := s.Catalog.Write(ctx, catalog.Definition{Code: "finance.draft", Unit: "finance", Name: lang.Text{Zh: "草稿", En: "Draft"},
		Kind: catalog.OnRequest, State: catalog.Draft}, 0)
	s.must(err)
	extra := []player{{no: "2009", who: "without password", unit: "finance"}, {no: "6101", who: "agent of it", unit: "it", roles: []string{"agent@it"}}}
	var ids []org.ID
	for _, p := range append(extra, cast...) {
		made, err := s.Org.SavePerson(ctx, org.PersonInput{No: p.no, Name: "某" + p.no, NameEn: p.who, Unit: p.unit})
		s.must(err)
		if p.roles != nil {
			s.must(s.Org.SetRoles(ctx, p.no, p.roles, 0))
		}
		if p.no != "2009" {
			ids = append(ids, made.ID)
		}
	}
	s.must(s.Signin.SetPasswords(ctx, ids, house.Password))
	for away, deputy := range map[string]string{"3002": "3007", "2001": "2007"} {
		s.must(second(s.Org.SetAbsence(ctx, away, org.AbsenceInput{From: s.day(0), Until: s.day(30), Kind: org.Leave, Deputy: deputy})))
	}
}

// enter gives everybody of the cast a browser and a program.
func (s *stage) enter() {
	s.T.Helper()
	s.tokens[""], s.pages[""] = s.Fresh(), s.Fresh()
	for _, p := range cast {
		s.tokens[p.no] = s.TokenOf(p.no, "read", "write", "import", "admin")
		s.pages[p.no] = s.SignedIn(p.no)
	}
}

// furnish makes what addresses without a request are about: an import of the administrator, the session and a token of
// somebody outside the cast.
func (s *stage) furnish() {
	s.T.Helper()
	run, err := s.Importer.Stage(s.As("1403"), "units", strings.NewReader("code,name_zh\nspare,备用\n"), "units.csv", nil)
	s.must(err)
	_, err = s.Signin.SignIn(s.System(), signin.In{Login: "6101", Password: house.Password})
	s.must(err)
	sessions, err := s.Signin.Sessions(s.As("6101"))
	s.must(err)
	token, _, err := s.Signin.MakeToken(s.System(), s.ID("6101"), "test", nil, time.Time{})
	s.must(err)
	link, err := s.Directory.SaveConnection(s.As("1403"), 0, directory.ConnectionInput{Kind: "wecom", NameZh: "企微", Sync: true,
		Settings: map[string]string{"corp": "ww1", "app": "1", "api": "http://127.0.0.1:9", "private": "true"}, Secrets: map[string]string{"secret": "s"}})
	s.must(err)
	sync, err := s.Directory.Begin(s.As("1403"), link.ID, "hand")
	s.must(err)
	s.made = map[string]int64{"connection": link.ID, "sync": sync.ID, "proof": s.proof(), "run": run.ID, "ended": s.imports(), "session": sessions[0].ID, "token": token.ID}
	s.overTime()
	s.unasked()
	s.written()
	s.tried()
	s.atTheDoor()
}

// imports is an import that has ended and can be taken back.
func (s *stage) imports() int64 {
	s.T.Helper()
	s.imported++
	file := fmt.Sprintf("code,name_zh,short_en\nspare,备用,Spare %d\n", s.imported)
	done, err := s.Importer.Import(s.As("1403"), "units", strings.NewReader(file), importer.Options{Name: "short.csv"})
	s.must(err)
	return done.Run
}

// proof is a file that a platform asks for.
func (s *stage) proof() int64 {
	s.T.Helper()
	s.must(s.Directory.PutProof(s.As("1403"), "WW_verify_x.txt", "x"))
	proofs, err := s.Directory.Proofs(s.As("1403"))
	s.must(err)
	return proofs[0].ID
}

// make brings a record of a kind about, once in work and once done, with a note and files.
func (s *stage) make(kind string) record {
	s.T.Helper()
	r := record{kind: kind, title: "标题暗号" + kind, note: "备注暗号" + kind}
	for i, done := range []bool{false, true} {
		one := s.open(kind, r.title)
		r.ids[i] = one.ID
		customer, agent := s.parties(kind)
		s.talk(&r, one, agent, customer)
		if !done {
			r.working = one.Ref()
			continue
		}
		r.done = one.Ref()
		s.must(second(s.Request.Deliver(s.As(agent), one.Number, "好了", nil, request.When{})))
		s.must(second(s.Request.Accept(s.As(customer), one.Number, request.When{})))
	}
	return r
}

func second[T any](_ T, err error) error { return err }

// parties are the customer and the assignee of a kind.
func (s *stage) parties(kind string) (customer, agent string) {
	switch kind {
	case own:
		return "2004", "2002"
	case foreign:
		return "6001", "6101"
	}
	return "3002", "2002"
}

// open asks and takes.
func (s *stage) open(kind, title string) request.Request {
	s.T.Helper()
	ask := request.Ask{Service: "finance.advance", Title: title, Fields: map[string]any{"amount": "5000", "reason": "备用金", "due": "2026-12-01"}}
	customer, agent := s.parties(kind)
	switch kind {
	case plain:
		ask.For = "3004"
	case veiled:
		ask.Confidential, ask.Named = true, []string{"2003"}
	case foreign:
		ask.Service, ask.Fields = "it.incident", map[string]any{"system": "oa", "impact": "one", "steps": "打不开", "device": "PC-1"}
	}
	r, err := s.Request.Open(s.As(customer), ask)
	s.must(err)
	if kind == veiled {
		s.must(second(s.Request.Assign(s.As("2003"), r.Number, agent, request.When{})))
	}
	s.must(second(s.Request.Take(s.As(agent), r.Number, request.When{})))
	s.connect(kind, r)
	return r
}

// connect writes the relations that no verb makes: watchers, a delegate, and on the confidential one a grant that must
// open nothing.
func (s *stage) connect(kind string, r request.Request) {
	s.T.Helper()
	sub := access.Subject{Kind: request.Kind, ID: r.ID}
	grant := func(no, why string) access.Grant {
		return access.Grant{Subject: sub, Holder: access.Person(s.ID(no)), Why: why}
	}
	var list []access.Grant
	switch kind {
	case plain:
		list = []access.Grant{grant("5001", access.WhyWatches), grant("2005", access.WhyWatches), grant("3005", access.WhyDelegated)}
	case veiled:
		list = []access.Grant{grant("5001", access.WhyWatches)}
	}
	s.must(s.DB.Write(s.System(), func(ctx context.Context, tx *sqldb.Tx) error {
		for _, g := range list {
			if err := s.Talk.Watch(ctx, tx, sub, g.Holder.ID, g.Why); err != nil {
				return err
			}
		}
		return s.Access.Grant(ctx, tx, list...)
	}))
}

// talk says something with a file, mentions somebody, and writes a note with a file.
func (s *stage) talk(r *record, one request.Request, agent, customer string) {
	s.T.Helper()
	ctx := s.As(agent)
	shown, err := s.Talk.Upload(ctx, "清单.txt", strings.NewReader("清单 "+one.Ref()))
	s.must(err)
	hidden, err := s.Talk.Upload(ctx, r.note+".txt", strings.NewReader(r.note))
	s.must(err)
	text := "已收到"
	if r.kind == plain {
		text = "请 @[5002] 看一下"
	}
	s.must(second(s.Request.Message(ctx, one.Number, text, []int64{shown.ID}, request.When{})))
	s.must(second(s.Request.Note(ctx, one.Number, r.note+" @[2003]", []int64{hidden.ID}, request.When{})))
	s.must(second(s.Request.Message(s.As(customer), one.Number, "谢谢", nil, request.When{})))
	r.file, r.hidden = shown.Href(), hidden.Href()
}
