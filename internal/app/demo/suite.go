package demo

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"neike/internal/app"
	"neike/internal/kit/chat"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// suite is the company's WeCom: it lives in the process and knows the people of the house as they are. Nothing of it
// reaches a network. What it says otherwise than the house is what there is to find in a sync.
type suite struct {
	app  *app.App
	part bool // the app no longer sees the warehouse, and there is a department that nobody has placed
}

// Furnish lets a demo company's chat connections lead to a suite in the process: messages arrive there, and a sync reads
// what it says. Call it before the house opens.
func Furnish(a *app.App) { furnish(a, &suite{app: a, part: true}) }

func furnish(a *app.App, x *suite) {
	a.Directory.DialBy(func(chat.Settings) (chat.Client, error) { return x, nil })
}

const (
	frozenNo  = "1043"      // whose account at WeCom is frozen: nothing reaches it
	hiddenAt  = "warehouse" // what the app no longer sees
	officeAt  = "digital"   // a department that the house does not know
	doubledNo = "1061"      // a 工号 with two accounts
)

// told otherwise: what WeCom has newer than the first file of people.
var toldOtherwise = map[string]chat.User{
	"1031": {Phone: "13900001031", Position: "高级应付会计"},
	"1052": {Phone: "13900001052"},
	"1070": {Position: "质量工程师（来料）"},
}

var office = []chat.User{
	{ID: "gu.xb", No: "3001", Name: "顾小北", Phone: "13900003001", Position: "数据工程师", Departments: []string{officeAt}},
	{ID: "nie.y", No: "3002", Name: "聂远", Phone: "13900003002", Position: "流程顾问", Departments: []string{officeAt}, State: chat.Waiting},
}

// Departments are the units with people in them, and the one above.
func (x *suite) Departments(ctx context.Context) ([]chat.Department, bool, error) {
	tree, err := x.app.Org.Tree(ctx)
	if err != nil {
		return nil, false, err
	}
	var out []chat.Department
	for _, u := range tree.All() {
		if !u.Valid(x.app.DB.Now()) || x.part && u.Code == hiddenAt {
			continue
		}
		d := chat.Department{ID: strconv.FormatInt(u.ID, 10), Code: u.Code, Name: u.Name.Zh, NameEn: u.Name.En, Order: len(out)}
		if u.Parent != 0 {
			d.Parent = strconv.FormatInt(u.Parent, 10)
		}
		out = append(out, d)
	}
	if x.part {
		out = append(out, chat.Department{ID: officeAt, Parent: out[0].ID, Name: "数字化办公室", NameEn: "Digital office", Order: len(out)})
	}
	return out, !x.part, nil
}

// Members are the people of one department.
func (x *suite) Members(ctx context.Context, department, page string) ([]chat.User, string, error) {
	if department == officeAt {
		return office, "", nil
	}
	tree, err := x.app.Org.Tree(ctx)
	if err != nil {
		return nil, "", err
	}
	id, _ := strconv.ParseInt(department, 10, 64)
	u, known := tree.ByID(id)
	if !known {
		return nil, "", nil
	}
	people, err := x.app.Org.People(ctx, org.PeopleFilter{Unit: u.Code, Cursor: page, Limit: 100})
	var out []chat.User
	for _, p := range people.Items {
		if p.Unit != u.ID {
			continue
		}
		out = append(out, x.userOf(p))
		if x.part && p.No == doubledNo {
			twin := x.userOf(p)
			twin.ID += "-2"
			out = append(out, twin)
		}
	}
	return out, people.NextCursor, err
}

func (x *suite) userOf(p org.Person) chat.User {
	u := chat.User{ID: "wx" + p.No, No: p.No, Name: p.Name, NameEn: p.NameEn, Phone: p.Phone, Position: p.Position, Departments: []string{strconv.FormatInt(p.Unit, 10)}}
	if newer, is := toldOtherwise[p.No]; is {
		u.Phone, u.Position = first(newer.Phone, u.Phone), first(newer.Position, u.Position)
	}
	if x.part && p.No == frozenNo {
		u.State = chat.Disabled
	}
	return u
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Person is one of them.
func (x *suite) Person(ctx context.Context, id string) (chat.User, error) {
	var found map[string]org.Person
	err := x.app.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		found, err = x.app.Org.PeopleByNo(ctx, rd, []string{strings.TrimPrefix(id, "wx")})
		return err
	})
	for _, p := range found {
		return x.userOf(p), err
	}
	if err == nil {
		err = &chat.Error{Platform: chat.WeCom, Code: "60111", Text: "userid not found", Reason: chat.Gone}
	}
	return chat.User{}, err
}

// Send takes every message; the frozen account gets none.
func (x *suite) Send(_ context.Context, to []string, m chat.Message) (chat.Receipt, error) {
	r := chat.Receipt{ID: "demo-" + m.ID, Failed: map[string]*chat.Error{}}
	for _, id := range to {
		if id == "wx"+frozenNo {
			r.Failed[id] = &chat.Error{Platform: chat.WeCom, Code: "invaliduser", Text: "WeCom does not know this person, or the app is not visible to them", Reason: chat.Gone}
		}
	}
	return r, nil
}

// Check knows nothing new.
func (x *suite) Check(_ context.Context, r chat.Receipt) (chat.Receipt, error) { return r, nil }

// Close has nothing to change.
func (x *suite) Close(context.Context, chat.Receipt, chat.Message) error { return nil }

var errNoDoor = errors.New("nobody signs in through the demo company's WeCom")

// LoginURL leads nowhere: the connection is not for signing in.
func (x *suite) LoginURL(string, string, bool) string { return "/signin" }

// Login refuses.
func (x *suite) Login(context.Context, url.Values, string) (chat.User, error) {
	return chat.User{}, errNoDoor
}

// Receive refuses: there is nobody to call back.
func (x *suite) Receive(*http.Request, []byte) (chat.Callback, error) {
	return chat.Callback{}, errNoDoor
}
