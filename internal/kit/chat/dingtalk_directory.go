package chat

import (
	"context"
	"slices"
	"strconv"
)

// dingtalkUser is a member as DingTalk writes one.
type dingtalkUser struct {
	UserID    string `json:"userid"`
	UnionID   string `json:"unionid"`
	Name      string `json:"name"`
	StateCode string `json:"state_code"`
	Mobile    string `json:"mobile"`
	Email     string `json:"email"`
	WorkEmail string `json:"org_email"`
	No        string `json:"job_number"`
	Title     string `json:"title"`
	Manager   string `json:"manager_userid"`
	In        []int  `json:"dept_id_list"`
	Active    *bool  `json:"active"`
	Leader    bool   `json:"leader"` // of the department asked
	LeaderIn  []struct {
		Department int  `json:"dept_id"`
		Leader     bool `json:"leader"`
	} `json:"leader_in_dept"`
}

func (u dingtalkUser) neutral(department string) User {
	n := User{ID: u.UserID, Union: u.UnionID, No: u.No, Name: u.Name, Phone: dingtalkPhone(u.StateCode, u.Mobile),
		Email: first(u.WorkEmail, u.Email), Position: u.Title, Manager: u.Manager}
	for _, id := range u.In {
		n.Departments = append(n.Departments, strconv.Itoa(id))
	}
	n.Unranked = len(u.In) > 1
	if u.Leader && department != "" {
		n.Leads = append(n.Leads, department)
	}
	for _, l := range u.LeaderIn {
		if l.Leader {
			n.Leads = append(n.Leads, strconv.Itoa(l.Department))
		}
	}
	if u.Active != nil && !*u.Active {
		n.State = Waiting
	}
	return n
}

type dingtalkDepartment struct {
	ID     int      `json:"dept_id"`
	Parent int      `json:"parent_id"`
	Name   string   `json:"name"`
	Code   string   `json:"source_identifier"`
	Order  *int     `json:"order"` // small first
	Heads  []string `json:"dept_manager_userid_list"`
}

func (d dingtalkDepartment) neutral(place int) Department {
	n := Department{ID: strconv.Itoa(d.ID), Parent: strconv.Itoa(d.Parent), Code: d.Code, Name: d.Name, Heads: d.Heads, Order: place}
	if d.Order != nil {
		n.Order = *d.Order
	}
	return n
}

// scope is what the app may see: departments (1 is the company), and people one by one.
func (c *dingtalk) scope(ctx context.Context) (departments []int, people []string, err error) {
	var got struct {
		Scopes struct {
			Departments []int    `json:"authed_dept"`
			People      []string `json:"authed_user"`
		} `json:"auth_org_scopes"`
	}
	err = patient(ctx, func() error { return c.ask(ctx, "GET", "/auth/scopes", nil, &got) })
	return got.Scopes.Departments, got.Scopes.People, err
}

// Departments walks down from what the app may see, one call for each department: DingTalk tells one level at a time.
// The heads of departments come with their members, to save the calls, which are counted by the month.
func (c *dingtalk) Departments(ctx context.Context) (list []Department, whole bool, err error) {
	roots, _, err := c.scope(ctx)
	if err != nil {
		return nil, false, err
	}
	seen := map[int]bool{}
	for place, id := range roots {
		if seen[id] {
			continue
		}
		var got struct {
			Result dingtalkDepartment `json:"result"`
		}
		err := patient(ctx, func() error {
			return c.ask(ctx, "POST", "/topapi/v2/department/get", map[string]any{"dept_id": id, "language": "zh_CN"}, &got)
		})
		if err != nil {
			return nil, false, err
		}
		seen[id] = true
		list = append(list, got.Result.neutral(place))
		if list, err = c.below(ctx, id, seen, list); err != nil {
			return nil, false, err
		}
	}
	return topless(list), slices.Contains(roots, 1), nil
}

// below adds all departments below one.
func (c *dingtalk) below(ctx context.Context, id int, seen map[int]bool, list []Department) ([]Department, error) {
	var got struct {
		Result []dingtalkDepartment `json:"result"`
	}
	err := patient(ctx, func() error {
		return c.ask(ctx, "POST", "/topapi/v2/department/listsub", map[string]any{"dept_id": id, "language": "zh_CN"}, &got)
	})
	if err != nil {
		return nil, err
	}
	for place, d := range got.Result {
		if seen[d.ID] {
			continue
		}
		seen[d.ID] = true
		list = append(list, d.neutral(place))
		if list, err = c.below(ctx, d.ID, seen, list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Members lists a page of a department's direct members. Department "" are the people whom the app's scope names one by
// one.
func (c *dingtalk) Members(ctx context.Context, department, page string) (list []User, next string, err error) {
	if department == "" {
		return c.single(ctx)
	}
	id, err := strconv.Atoi(department)
	if err != nil {
		return nil, "", c.out.fail("department", "no such department", Gone, 0)
	}
	cursor, _ := strconv.Atoi(page)
	var got struct {
		Result struct {
			More bool           `json:"has_more"`
			Next int            `json:"next_cursor"`
			List []dingtalkUser `json:"list"`
		} `json:"result"`
	}
	err = patient(ctx, func() error {
		return c.ask(ctx, "POST", "/topapi/v2/user/list", map[string]any{"dept_id": id, "cursor": cursor, "size": 100, "language": "zh_CN"}, &got)
	})
	if err != nil {
		return nil, "", err
	}
	for _, u := range got.Result.List {
		c.remember(u)
		list = append(list, u.neutral(department))
	}
	if got.Result.More && got.Result.Next <= cursor {
		return nil, "", c.out.brokenOff()
	}
	if got.Result.More {
		next = strconv.Itoa(got.Result.Next)
	}
	return list, next, nil
}

func (c *dingtalk) single(ctx context.Context) (list []User, next string, err error) {
	_, people, err := c.scope(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, id := range people {
		u, err := c.Person(ctx, id)
		if codeIn(err, "60121", "33012") {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		list = append(list, u)
	}
	return list, "", nil
}

// Person is one member.
func (c *dingtalk) Person(ctx context.Context, id string) (User, error) {
	var got struct {
		Result dingtalkUser `json:"result"`
	}
	err := patient(ctx, func() error {
		return c.ask(ctx, "POST", "/topapi/v2/user/get", map[string]any{"userid": id, "language": "zh_CN"}, &got)
	})
	if err != nil {
		return User{}, err
	}
	c.remember(got.Result)
	return got.Result.neutral(""), nil
}

// maxUnions is how many union ids are kept; they are asked again when they are wanted.
const maxUnions = 200_000

func (c *dingtalk) remember(u dingtalkUser) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if u.UnionID != "" && len(c.unions) < maxUnions {
		c.unions[u.UserID] = u.UnionID
	}
}

// union is somebody's union id, which the to-do centre wants.
func (c *dingtalk) union(ctx context.Context, id string) (string, error) {
	c.mu.Lock()
	known := c.unions[id]
	c.mu.Unlock()
	if known != "" {
		return known, nil
	}
	u, err := c.Person(ctx, id)
	return u.Union, err
}
