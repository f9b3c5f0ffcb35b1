package directory_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// company is a directory in memory: what a platform would say, page by page.
type company struct {
	chat.Client
	departments []chat.Department
	users       []chat.User
	part        bool // only a part is in sight
	page        int  // users a page, 0: 50
	asked       int
	fail        func(asked int) error
}

func (c *company) ask() error {
	c.asked++
	if c.fail != nil {
		return c.fail(c.asked)
	}
	return nil
}

func (c *company) Departments(context.Context) ([]chat.Department, bool, error) {
	return c.departments, !c.part, c.ask()
}

func (c *company) Members(_ context.Context, department, page string) ([]chat.User, string, error) {
	if err := c.ask(); err != nil {
		return nil, "", err
	}
	var all []chat.User
	for _, u := range c.users {
		if slices.Contains(u.Departments, department) || department == "" && len(u.Departments) == 0 {
			all = append(all, u)
		}
	}
	size := c.page
	if size == 0 {
		size = 50
	}
	from, _ := strconv.Atoi(page)
	to := min(from+size, len(all))
	next := ""
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return all[from:to], next, nil
}

func (c *company) user(id string) *chat.User {
	i := slices.IndexFunc(c.users, func(u chat.User) bool { return u.ID == id })
	return &c.users[i]
}

func (c *company) drop(id string) {
	c.users = slices.DeleteFunc(c.users, func(u chat.User) bool { return u.ID == id })
}

// small is a company of three departments and four people.
func small() *company {
	return &company{
		departments: []chat.Department{
			{ID: "1", Name: "华衡"}, {ID: "2", Parent: "1", Name: "财务部", Heads: []string{"xuhui"}, Order: 2}, {ID: "3", Parent: "1", Name: "项目部", Order: 1}},
		users: []chat.User{
			{ID: "xuhui", No: "02001", Name: "许慧", Departments: []string{"2"}, Position: "经理"},
			{ID: "csy", No: "02002", Name: "陈思远", Departments: []string{"2", "3"}, Manager: "xuhui", Phone: "13800000001"},
			{ID: "zhou", No: "03001", Name: "周敏", Departments: []string{"3"}, Leads: []string{"3"}},
			{ID: "lin", No: "03002", Name: "林晓", Departments: []string{"3"}, Manager: "zhou"}},
	}
}

// of lets connections read a company.
func (w *world) of(c *company) {
	w.DialBy(func(chat.Settings) (chat.Client, error) { return c, nil })
}

// sync begins a run and works until it waits or has ended.
func (w *world) sync(c directory.Connection) directory.Run {
	w.t.Helper()
	r, err := w.Begin(w.ctx(), c.ID, "hand")
	w.must(err)
	r, err = w.Work(w.ctx(), r.ID)
	w.must(err)
	return r
}

// applied syncs and applies everything.
func (w *world) applied(c directory.Connection) directory.Run {
	w.t.Helper()
	r := w.sync(c)
	if r.State != directory.Planned {
		return r
	}
	w.must(w.Apply(w.ctx(), r.ID, true, r.Leaving))
	r, err := w.Work(w.ctx(), r.ID)
	w.must(err)
	return r
}

// items are what a run shows, as lines: sort plan label: why changes.
func (w *world) items(r directory.Run) []string {
	w.t.Helper()
	list, _, err := w.Items(w.ctx(), r.ID, directory.ItemFilter{})
	w.must(err)
	var out []string
	for _, i := range list {
		line := i.Sort + " " + i.Plan + " " + i.Label
		if i.Why != nil {
			line += ": " + strings.TrimPrefix(i.Why.Key, "directory.why-")
		}
		for _, c := range i.Changes {
			line += fmt.Sprintf(" %s %q→%q", c.Column, c.Old, c.New)
		}
		out = append(out, line)
	}
	return out
}

// has says that a run shows these lines.
func (w *world) has(r directory.Run, lines ...string) {
	w.t.Helper()
	got := w.items(r)
	for _, line := range lines {
		if !slices.Contains(got, line) {
			w.t.Errorf("no %q in\n%s", line, strings.Join(got, "\n"))
		}
	}
}

func (w *world) units() map[string]org.Unit {
	w.t.Helper()
	tree, err := w.org.Tree(w.ctx())
	w.must(err)
	out := map[string]org.Unit{}
	for _, u := range tree.All() {
		out[u.Code] = u
	}
	return out
}

func (w *world) members(no string) (out []string) {
	w.t.Helper()
	tree, err := w.org.Tree(w.ctx())
	w.must(err)
	w.must(w.db.Read(w.ctx(), func(ctx context.Context, rd sqldb.Reader) error {
		list, err := w.org.Memberships(ctx, rd, w.no(no).ID)
		for _, m := range list {
			u, _ := tree.ByID(m.Unit)
			out = append(out, u.Code)
		}
		return err
	}))
	return out
}
