package chat

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// wecomUser is a member as WeCom writes one. Phone and mail are absent for apps made after June 2022.
type wecomUser struct {
	UserID   string   `json:"userid"`
	Name     string   `json:"name"`
	Alias    string   `json:"alias"`
	EnName   string   `json:"english_name"`
	Mobile   string   `json:"mobile"`
	Email    string   `json:"email"`
	BizMail  string   `json:"biz_mail"`
	Position string   `json:"position"`
	In       []int    `json:"department"`
	Leads    []int    `json:"is_leader_in_dept"`
	Main     int      `json:"main_department"`
	Managers []string `json:"direct_leader"`
	Status   int      `json:"status"`
	Extra    struct {
		Attrs []struct {
			Name  string `json:"name"`
			Value string `json:"value"` // as it was before 2018
			Text  struct {
				Value string `json:"value"`
			} `json:"text"`
		} `json:"attrs"`
	} `json:"extattr"`
}

// usualNoFields are what companies call the 工号 among WeCom's extra attributes.
var usualNoFields = []string{"工号", "员工号", "员工编号", "员工工号", "人员编号", "职工号", "job number", "employee no", "employee id", "staff id"}

func (u wecomUser) neutral(noField string) User {
	n := User{ID: strings.ToLower(u.UserID), Name: u.Name, NameEn: first(u.EnName, ascii(u.Alias)), Phone: phone(u.Mobile),
		Email: first(u.BizMail, u.Email), Position: u.Position}
	for i, id := range u.In {
		at := strconv.Itoa(id)
		if id == u.Main {
			n.Departments = slices.Insert(n.Departments, 0, at)
		} else {
			n.Departments = append(n.Departments, at)
		}
		if i < len(u.Leads) && u.Leads[i] == 1 {
			n.Leads = append(n.Leads, at)
		}
	}
	n.Unranked = len(u.In) > 1 && !slices.Contains(u.In, u.Main)
	for i, id := range u.Managers {
		if i == 0 {
			n.Manager = strings.ToLower(id)
		} else {
			n.Dotted = append(n.Dotted, strings.ToLower(id))
		}
	}
	for _, a := range u.Extra.Attrs {
		name := strings.ToLower(strings.TrimSpace(a.Name))
		if noField == "" && slices.Contains(usualNoFields, name) || noField != "" && name == strings.ToLower(noField) {
			n.No = strings.TrimSpace(first(a.Text.Value, a.Value))
		}
	}
	switch u.Status {
	case 2:
		n.State = Disabled
	case 4:
		n.State = Waiting
	case 5:
		n.State = Left
	}
	return n
}

// first is the first text that says something.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// ascii is a text when it is Latin: an alias that is Chinese is no English name.
func ascii(text string) string {
	for _, r := range text {
		if r > 0x24F {
			return ""
		}
	}
	return text
}

// Departments lists what the app may see; whole when that begins at the company itself.
func (c *wecom) Departments(ctx context.Context) (list []Department, whole bool, err error) {
	var got struct {
		List []struct {
			ID     int      `json:"id"`
			Parent int      `json:"parentid"`
			Name   string   `json:"name"`
			NameEn string   `json:"name_en"`
			Heads  []string `json:"department_leader"`
			Order  int      `json:"order"`
		} `json:"department"`
	}
	err = patient(ctx, func() error { return c.ask(ctx, "GET", "/cgi-bin/department/list", nil, nil, &got) })
	if err != nil {
		return nil, false, err
	}
	for _, d := range got.List {
		one := Department{ID: strconv.Itoa(d.ID), Parent: strconv.Itoa(d.Parent), Name: d.Name, NameEn: d.NameEn, Order: -d.Order}
		for _, head := range d.Heads {
			one.Heads = append(one.Heads, strings.ToLower(head))
		}
		whole = whole || d.ID == 1
		list = append(list, one)
	}
	return topless(list), whole, nil
}

// topless takes away parents that are not visible: who has such a parent stands at the top.
func topless(list []Department) []Department {
	known := map[string]bool{}
	for _, d := range list {
		known[d.ID] = true
	}
	for i := range list {
		if !known[list[i].Parent] {
			list[i].Parent = ""
		}
	}
	return list
}

// Members lists a department's direct members: WeCom gives them all at once. Department "" are those whom the app's
// visible range names one by one.
func (c *wecom) Members(ctx context.Context, department, _ string) (list []User, next string, err error) {
	if department == "" {
		return c.single(ctx)
	}
	var got struct {
		List []wecomUser `json:"userlist"`
	}
	err = patient(ctx, func() error {
		return c.ask(ctx, "GET", "/cgi-bin/user/list", url.Values{"department_id": {department}}, nil, &got)
	})
	if err != nil {
		return nil, "", err
	}
	for _, u := range got.List {
		list = append(list, u.neutral(c.s.NoField))
	}
	return list, "", nil
}

func (c *wecom) single(ctx context.Context) (list []User, next string, err error) {
	var got struct {
		Users struct {
			User []struct {
				ID string `json:"userid"`
			} `json:"user"`
		} `json:"allow_userinfos"`
	}
	err = patient(ctx, func() error {
		return c.ask(ctx, "GET", "/cgi-bin/agent/get", url.Values{"agentid": {c.s.App}}, nil, &got)
	})
	if err != nil {
		return nil, "", err
	}
	for _, one := range got.Users.User {
		var u User
		err := patient(ctx, func() (err error) { u, err = c.Person(ctx, one.ID); return err })
		if codeIn(err, "60111") {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		list = append(list, u)
	}
	return list, "", nil
}
