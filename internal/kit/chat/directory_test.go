package chat_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
)

// everybody walks the whole directory as a synchronisation does.
func everybody(t *testing.T, c chat.Client) (departments []chat.Department, users map[string]chat.User, rows int, whole bool) {
	t.Helper()
	departments, whole, err := c.Departments(ctx)
	if err != nil {
		t.Fatal(err)
	}
	users = map[string]chat.User{}
	ids := []string{""}
	for _, d := range departments {
		ids = append(ids, d.ID)
	}
	for _, id := range ids {
		for page, first := "", true; first || page != ""; first = false {
			list, next, err := c.Members(ctx, id, page)
			if err != nil {
				t.Fatalf("members of %q: %v", id, err)
			}
			for _, u := range list {
				rows++
				if before, seen := users[u.ID]; seen {
					u.Leads = append(before.Leads, u.Leads...)
				}
				slices.Sort(u.Leads)
				u.Leads = slices.Compact(u.Leads)
				users[u.ID] = u
			}
			page = next
		}
	}
	return departments, users, rows, whole
}

func TestDirectory(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		departments, users, rows, whole := everybody(t, c)
		if !whole || len(users) != 3 || rows != 4 {
			t.Errorf("whole %v, %d people in %d rows", whole, len(users), rows)
		}
		at := map[string]chat.Department{}
		for _, d := range departments {
			at[d.ID] = d
		}
		top := at["20"].Parent
		if f.Platform == chat.Feishu && top != "" || f.Platform != chat.Feishu && (top != "1" || at["1"].Parent != "") {
			t.Errorf("the top: %+v", departments)
		}
		if at["21"].Parent != "20" || at["21"].Name != "一车间" || at["20"].Order >= at["30"].Order {
			t.Errorf("small first: %+v", departments)
		}
		if f.Platform != chat.DingTalk && fmt.Sprint(at["20"].Heads) != "[lisi]" {
			t.Errorf("heads: %v", at["20"].Heads)
		}
		u := users["zhangsan"]
		if fmt.Sprint(u.Departments) != "[21 30]" && (f.Platform != chat.WeCom || fmt.Sprint(u.Departments) != "[21 30]") {
			t.Errorf("several departments, the main one first: %v", u.Departments)
		}
		if u.No != "1001" || u.Name != "张三" || u.Phone != "13800000001" || u.Email != "zhang@neike.example" || u.Position != "班长" || u.Manager != "lisi" {
			t.Errorf("%+v", u)
		}
		if f.Platform != chat.DingTalk && fmt.Sprint(u.Dotted) != "[wangwu]" {
			t.Errorf("dotted lines: %v", u.Dotted)
		}
		if f.Platform != chat.Feishu && fmt.Sprint(u.Leads) != "[21]" { // Feishu tells it with the department
			t.Errorf("leads %v", u.Leads)
		}
		if users["wangwu"].State != chat.Waiting || users["lisi"].State != chat.Working {
			t.Errorf("states: %v %v", users["wangwu"].State, users["lisi"].State)
		}
	})
}

// A page may be empty and yet not the last; a list may have many pages.
func TestPages(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		for i := range 95 {
			f.AddUser(chat.User{ID: fmt.Sprint("p", i), Name: "员工", Departments: []string{"30"}})
			if f.Platform == chat.Feishu {
				f.AddDepartment(chat.Department{ID: fmt.Sprint("d", i), Parent: "30", Name: "组"})
			}
		}
		f.EmptyFirstPage()
		f.Page(7)
		departments, users, _, _ := everybody(t, c)
		if len(users) != 98 {
			t.Errorf("%d people", len(users))
		}
		if f.Platform == chat.Feishu && len(departments) != 98 {
			t.Errorf("%d departments", len(departments))
		}
	})
}

// The token ends between any two calls of the walk.
func TestTokenEndsDuringTheWalk(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		if _, _, err := c.Departments(ctx); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"20", "21", "30"} {
			f.ExpireTokens()
			if _, _, err := c.Members(ctx, id, ""); err != nil {
				t.Errorf("members of %s: %v", id, err)
			}
		}
	})
}

// An app that sees a part says so, and what it sees begins at the top.
func TestShrunkenScope(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		f.Scope("21")
		f.ScopePeople("wangwu")
		departments, users, _, whole := everybody(t, c)
		if whole {
			t.Error("a part of the company counts as the whole")
		}
		if len(departments) != 1 || departments[0].ID != "21" || departments[0].Parent != "" {
			t.Errorf("%+v", departments)
		}
		if len(users) != 2 || users["zhangsan"].ID == "" || users["wangwu"].No != "1003" {
			t.Errorf("%v", users)
		}
		if _, err := c.Person(ctx, "lisi"); err == nil {
			t.Error("somebody out of sight was seen")
		}
	})
}

// In a hurry Feishu and DingTalk say wait; a walk waits. When the month's calls are spent it does not.
func TestWalkWaitsAndGivesUp(t *testing.T) {
	slow := map[string]any{chat.WeCom: 45033, chat.Feishu: 99991400, chat.DingTalk: 90018}
	spent := map[string]any{chat.Feishu: 99991403, chat.DingTalk: 90020}
	members := map[string]string{chat.WeCom: "/cgi-bin/user/list", chat.Feishu: "/open-apis/contact/v3/users/find_by_department", chat.DingTalk: "/topapi/v2/user/list"}
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		f.Fail(members[f.Platform], slow[f.Platform], 1)
		_, _, err := c.Members(ctx, "30", "")
		if f.Platform == chat.WeCom {
			if e := why(err); e.Reason != chat.Slow || e.After == 0 {
				t.Errorf("WeCom says wait a minute, which is for the caller: %v", err)
			}
		} else if err != nil {
			t.Error(err)
		}
		f.Heal()
		if code, known := spent[f.Platform]; known {
			f.Fail(members[f.Platform], code, -1)
			before := f.Calls("")
			if _, _, err := c.Members(ctx, "30", ""); why(err).Reason != chat.Spent || f.Calls("")-before != 1 {
				t.Errorf("%v, after %d calls", err, f.Calls("")-before)
			}
		}
	})
}

func TestFeishuWalksALargeDepartmentByLevels(t *testing.T) {
	f := company(t, chat.Feishu)
	f.AddDepartment(chat.Department{ID: "211", Parent: "21", Name: "一班"})
	f.Fail("/open-apis/contact/v3/departments/0/children", 43010, 1)
	departments, whole, err := f.Client().Departments(ctx)
	if err != nil || !whole || len(departments) != 4 {
		t.Errorf("%+v, %v, %v", departments, whole, err)
	}
}

// userids of WeCom are one in small and capital letters; the ids that it shows are small here.
func TestWeComWritesIDsSmall(t *testing.T) {
	f := company(t, chat.WeCom)
	f.AddUser(chat.User{ID: "ZhaoLiu", No: "1009", Name: "赵六", Departments: []string{"30"}, Manager: "LiSi"})
	f.AddDepartment(chat.Department{ID: "40", Parent: "1", Name: "四部", Heads: []string{"ZhaoLiu"}})
	c := f.Client()
	departments, users, _, _ := everybody(t, c)
	if users["zhaoliu"].Manager != "lisi" || departments[len(departments)-1].Heads[0] != "zhaoliu" {
		t.Errorf("%+v", users)
	}
	if u, err := c.Login(ctx, f.LoginCode("ZhaoLiu"), back); err != nil || u.ID != "zhaoliu" || u.No != "1009" {
		t.Errorf("%+v, %v", u, err)
	}
	f.Invalid("ZhaoLiu")
	r, err := c.Send(ctx, []string{"ZhaoLiu", "lisi"}, chat.Message{Title: "t"})
	if err != nil || r.Failed["ZhaoLiu"] == nil || len(r.Failed) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWeComNumberField(t *testing.T) {
	f := company(t, chat.WeCom)
	s := f.Settings()
	s.NoField = "工牌"
	c, err := chat.New(s)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := c.Person(ctx, "lisi"); err != nil || u.No != "" {
		t.Errorf("another attribute was taken: %+v, %v", u, err)
	}
	f.Hide("phone", "email", "no")
	if u, err := f.Client().Person(ctx, "zhangsan"); err != nil || u.Phone+u.Email+u.No != "" || u.Name != "张三" {
		t.Errorf("%+v, %v", u, err)
	}
}

// Answers that are no answers of the platform are failures to try again, and show nothing of the address.
func TestAnswersOfOthers(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		for _, status := range []int{http.StatusOK, http.StatusBadGateway, http.StatusForbidden, http.StatusFound} {
			f.FailHTTP("/", status, 1)
			_, _, err := c.Departments(ctx)
			if e := why(err); e.Reason != chat.Broken || !e.Again() || !strings.HasPrefix(e.Code, "http-") {
				t.Errorf("HTTP %d: %v", status, err)
			}
		}
		if _, _, err := c.Departments(ctx); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// A list that says there is more and not where is no short list: who is missing has not left.
func TestAListThatBreaksOff(t *testing.T) {
	for platform, members := range map[string]string{
		chat.Feishu:   `{"code":0,"data":{"has_more":true,"items":[{"user_id":"a","name":"甲"}]}}`,
		chat.DingTalk: `{"errcode":0,"result":{"has_more":true,"list":[{"userid":"a","name":"甲"}]}}`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/tenant_access_token/internal"):
				fmt.Fprint(w, `{"code":0,"tenant_access_token":"t","expire":7200}`)
			case strings.HasSuffix(r.URL.Path, "/accessToken"):
				fmt.Fprint(w, `{"accessToken":"t","expireIn":7200}`)
			default:
				fmt.Fprint(w, members)
			}
		}))
		c, err := chat.New(chat.Settings{Platform: platform, Corp: "c", App: "a", Secret: "secret", API: server.URL, Private: true})
		if err != nil {
			t.Fatal(err)
		}
		list, next, err := c.Members(ctx, "1", "")
		if e := why(err); e.Code != "list" || !e.Again() {
			t.Errorf("%s: %d people, next %q, %v", platform, len(list), next, err)
		}
		server.Close()
	}
}

// Who is in several departments without a word about the main one is unranked.
func TestWhichDepartmentIsTheMainOne(t *testing.T) {
	each(t, func(t *testing.T, f *chattest.Fake, c chat.Client) {
		_, users, _, _ := everybody(t, c)
		for id, u := range users {
			if want := f.Platform == chat.DingTalk && len(u.Departments) > 1; u.Unranked != want {
				t.Errorf("%s in %v: unranked %v", id, u.Departments, u.Unranked)
			}
		}
	})
}
