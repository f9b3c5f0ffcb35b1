package chat

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/sorting"
)

// feishuUser is a person as Feishu writes one. Each private field needs a permission of its own and is absent without.
type feishuUser struct {
	UserID     string   `json:"user_id"`
	OpenID     string   `json:"open_id"`
	UnionID    string   `json:"union_id"`
	Name       string   `json:"name"`
	NameEn     string   `json:"en_name"`
	Mobile     string   `json:"mobile"`
	Email      string   `json:"email"`
	WorkEmail  string   `json:"enterprise_email"`
	No         string   `json:"employee_no"`
	Title      string   `json:"job_title"`
	In         []string `json:"department_ids"`
	Leader     string   `json:"leader_user_id"`
	DottedList []string `json:"dotted_line_leader_user_ids"`
	Orders     []struct {
		Department string `json:"department_id"`
		Order      int    `json:"department_order"` // large first
		Primary    bool   `json:"is_primary_dept"`
	} `json:"orders"`
	Status *struct {
		Frozen    bool `json:"is_frozen"`
		Resigned  bool `json:"is_resigned"`
		Activated bool `json:"is_activated"`
		Exited    bool `json:"is_exited"`
		Unjoined  bool `json:"is_unjoin"`
	} `json:"status"`
}

func (u feishuUser) neutral() User {
	n := User{ID: first(u.UserID, u.OpenID), Union: u.UnionID, No: u.No, Name: u.Name, NameEn: u.NameEn, Phone: phone(u.Mobile),
		Email: first(u.WorkEmail, u.Email), Position: u.Title, Manager: u.Leader, Dotted: u.DottedList}
	rank := func(id string) int {
		for _, o := range u.Orders {
			if o.Department == id && o.Primary {
				return -1 << 40
			} else if o.Department == id {
				return -o.Order
			}
		}
		return 1 << 40
	}
	for _, id := range u.In {
		if id != "0" { // the company itself is no department here
			n.Departments = append(n.Departments, id)
		}
	}
	sorting.Stable(n.Departments, func(a, b string) int { return rank(a) - rank(b) })
	n.Unranked = len(n.Departments) > 1 && len(u.Orders) == 0
	if s := u.Status; s != nil {
		switch {
		case s.Resigned || s.Exited:
			n.State = Left
		case s.Frozen:
			n.State = Disabled
		case !s.Activated || s.Unjoined:
			n.State = Waiting
		}
	}
	return n
}

type feishuLeader struct {
	Type int    `json:"leaderType"` // 1 head, 2 deputy
	ID   string `json:"leaderID"`
}

type feishuDepartment struct {
	ID     string `json:"open_department_id"`
	Code   string `json:"department_id"`
	Parent string `json:"parent_department_id"`
	Name   string `json:"name"`
	I18n   struct {
		English string `json:"en_us"`
	} `json:"i18n_name"`
	Leader  string         `json:"leader_user_id"`
	Leaders []feishuLeader `json:"leaders"`
	Order   string         `json:"order"` // small first
	Status  struct {
		Deleted bool `json:"is_deleted"`
	} `json:"status"`
}

func (d feishuDepartment) neutral() Department {
	n := Department{ID: d.ID, Parent: d.Parent, Name: d.Name, NameEn: d.I18n.English}
	if d.Code != d.ID && !strings.HasPrefix(d.Code, "od-") {
		n.Code = d.Code
	}
	n.Order, _ = strconv.Atoi(d.Order)
	if d.Leader != "" {
		n.Heads = []string{d.Leader}
	}
	sorting.Stable(d.Leaders, func(a, b feishuLeader) int { return a.Type - b.Type })
	for _, l := range d.Leaders {
		if !slices.Contains(n.Heads, l.ID) {
			n.Heads = append(n.Heads, l.ID)
		}
	}
	return n
}

// scoped asks a question of the directory. An app that may not see user ids asks by open_id from then on.
func (c *feishu) scoped(ctx context.Context, path string, query url.Values, into any) error {
	return patient(ctx, func() error {
		query.Set("department_id_type", "open_department_id")
		query.Set("user_id_type", c.idKind())
		err := c.ask(ctx, "GET", path, query, nil, into)
		if codeIn(err, "99991672", "99991679") && says(err, "employee_id") && !c.openIDs.Swap(true) {
			query.Set("user_id_type", c.idKind())
			err = c.ask(ctx, "GET", path, query, nil, into)
		}
		return err
	})
}

func (c *feishu) idKind() string {
	if c.openIDs.Load() {
		return "open_id"
	}
	return "user_id"
}

// Departments lists what the app may see. The root answers only an app that may see all staff; else its scope is walked.
func (c *feishu) Departments(ctx context.Context) (list []Department, whole bool, err error) {
	list, err = c.below(ctx, "0")
	if err == nil {
		return topless(list), true, nil
	}
	if !codeIn(err, "40004", "40014") {
		return nil, false, err
	}
	ids, _, err := c.scope(ctx)
	if err != nil {
		return nil, false, err
	}
	seen := map[string]bool{}
	keep := func(found ...Department) {
		for _, d := range found {
			if !seen[d.ID] {
				seen[d.ID] = true
				list = append(list, d)
			}
		}
	}
	for _, id := range ids {
		var got struct {
			Department feishuDepartment `json:"department"`
		}
		if err := c.scoped(ctx, "/open-apis/contact/v3/departments/"+url.PathEscape(id), url.Values{}, &got); err != nil {
			return nil, false, err
		}
		below, err := c.below(ctx, id)
		if err != nil {
			return nil, false, err
		}
		keep(got.Department.neutral())
		keep(below...)
	}
	return topless(list), false, nil
}

// below lists all departments below one. Of a very large one Feishu refuses to tell at once; it is walked by levels.
func (c *feishu) below(ctx context.Context, id string) (list []Department, err error) {
	list, err = c.children(ctx, id, true)
	if !codeIn(err, "43010") {
		return list, err
	}
	if list, err = c.children(ctx, id, false); err != nil {
		return nil, err
	}
	for _, d := range list {
		more, err := c.below(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

func (c *feishu) children(ctx context.Context, id string, deep bool) (list []Department, err error) {
	for page := ""; ; {
		var got struct {
			More  bool               `json:"has_more"`
			Page  string             `json:"page_token"`
			Items []feishuDepartment `json:"items"`
		}
		q := url.Values{"fetch_child": {strconv.FormatBool(deep)}, "page_size": {"50"}}
		if page != "" {
			q.Set("page_token", page)
		}
		if err := c.scoped(ctx, "/open-apis/contact/v3/departments/"+url.PathEscape(id)+"/children", q, &got); err != nil {
			return nil, err
		}
		for _, d := range got.Items {
			if !d.Status.Deleted {
				list = append(list, d.neutral())
			}
		}
		if !got.More {
			return list, nil
		}
		if got.Page == "" || got.Page == page {
			return nil, c.out.brokenOff()
		}
		page = got.Page
	}
}

// scope lists what the app may see: departments, and people one by one.
func (c *feishu) scope(ctx context.Context) (departments, people []string, err error) {
	for page := ""; ; {
		var got struct {
			More        bool     `json:"has_more"`
			Page        string   `json:"page_token"`
			Departments []string `json:"department_ids"`
			People      []string `json:"user_ids"`
		}
		q := url.Values{"page_size": {"100"}}
		if page != "" {
			q.Set("page_token", page)
		}
		if err := c.scoped(ctx, "/open-apis/contact/v3/scopes", q, &got); err != nil {
			return nil, nil, err
		}
		departments, people = append(departments, got.Departments...), append(people, got.People...)
		if !got.More {
			return departments, people, nil
		}
		if got.Page == "" || got.Page == page {
			return nil, nil, c.out.brokenOff()
		}
		page = got.Page
	}
}

// Members lists a page of a department's direct members. Department "" are the people directly below the company, or,
// for an app that does not see all, those whom its scope names one by one.
func (c *feishu) Members(ctx context.Context, department, page string) (list []User, next string, err error) {
	at := department
	if at == "" {
		at = "0"
	}
	var got struct {
		More  bool         `json:"has_more"`
		Page  string       `json:"page_token"`
		Items []feishuUser `json:"items"`
	}
	q := url.Values{"department_id": {at}, "page_size": {"50"}}
	if page != "" {
		q.Set("page_token", page)
	}
	err = c.scoped(ctx, "/open-apis/contact/v3/users/find_by_department", q, &got)
	if department == "" && codeIn(err, "40004", "40014") {
		return c.single(ctx)
	}
	if err != nil {
		return nil, "", err
	}
	for _, u := range got.Items {
		list = append(list, u.neutral())
	}
	if got.More && (got.Page == "" || got.Page == page) {
		return nil, "", c.out.brokenOff()
	}
	if got.More {
		next = got.Page
	}
	return list, next, nil
}

func (c *feishu) single(ctx context.Context) (list []User, next string, err error) {
	_, people, err := c.scope(ctx)
	if err != nil {
		return nil, "", err
	}
	for portion := range slices.Chunk(people, 50) {
		var got struct {
			Items []feishuUser `json:"items"`
		}
		if err := c.scoped(ctx, "/open-apis/contact/v3/users/batch", url.Values{"user_ids": portion}, &got); err != nil {
			return nil, "", err
		}
		for _, u := range got.Items {
			list = append(list, u.neutral())
		}
	}
	return list, "", nil
}
