package chattest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/sorting"
)

func (f *Fake) dingtalk(mux *http.ServeMux) {
	mux.HandleFunc("/oauth2/auth", f.signInPage(map[string]string{"client_id": "APP", "redirect_uri": "*", "response_type": "code",
		"scope": "openid corpid", "prompt": "consent"}))
	mux.HandleFunc("/gettoken", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if q := r.URL.Query(); q.Get("appkey") != f.settings.App || q.Get("appsecret") != f.settings.Secret {
			answer(w, 200, wrong(40089, "不合法的corpid或corpsecret "+q.Get("appsecret")))
			return
		}
		token := f.name("dt")
		f.tokens[token] = time.Now().Add(f.life)
		answer(w, 200, fine(map[string]any{"access_token": token, "expires_in": int(f.life.Seconds())}))
	})
	mux.HandleFunc("POST /v1.0/oauth2/accessToken", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		m, _ := body(r)
		if m["appKey"] != f.settings.App || m["appSecret"] != f.settings.Secret {
			answer(w, 400, map[string]any{"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret " + str(m["appSecret"])})
			return
		}
		token := f.name("dt")
		f.tokens[token] = time.Now().Add(f.life)
		answer(w, 200, map[string]any{"accessToken": token, "expireIn": int(f.life.Seconds())})
	})
	mux.HandleFunc("POST /v1.0/oauth2/userAccessToken", f.dingUserToken)
	mux.HandleFunc("GET /v1.0/contact/users/me", f.dingMe)
	mux.HandleFunc("/auth/scopes", f.corp("GET", func(*http.Request) map[string]any {
		departments := []int{1}
		if len(f.scope) > 0 {
			departments = nil
			for _, id := range f.scope {
				n, _ := strconv.Atoi(id)
				departments = append(departments, n)
			}
		}
		return fine(map[string]any{"auth_org_scopes": map[string]any{"authed_dept": departments, "authed_user": f.people}})
	}))
	f.dingDirectory(mux)
	mux.HandleFunc("/topapi/message/corpconversation/asyncsend_v2", f.corp("POST", f.dingSend))
	mux.HandleFunc("/topapi/message/corpconversation/getsendresult", f.corp("POST", f.dingResult))
	mux.HandleFunc("POST /v1.0/todo/users/{union}/tasks", f.ding(f.dingTodo))
	mux.HandleFunc("PUT /v1.0/todo/users/{union}/tasks/{id}", f.ding(f.dingTodoDone))
}

func (f *Fake) dingUserToken(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, _ := body(r)
	if m["clientId"] != f.settings.App || m["clientSecret"] != f.settings.Secret || m["grantType"] != "authorization_code" {
		answer(w, 400, map[string]any{"code": "invalidParameter", "message": "clientSecret " + str(m["clientSecret"])})
		return
	}
	l := f.take(str(m["code"]))
	if l == nil {
		answer(w, 400, map[string]any{"code": "invalidParameter.authCode.notFound", "message": "不存在的临时授权码"})
		return
	}
	l.token = f.name("ut")
	f.codes[l.token] = l
	corp := f.settings.Corp
	if l.foreign {
		corp = "dinganothercompany"
	}
	answer(w, 200, map[string]any{"accessToken": l.token, "refreshToken": "r", "expireIn": 7200, "corpId": corp})
}

func (f *Fake) dingMe(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.codes[r.Header.Get("x-acs-dingtalk-access-token")]
	if l == nil || l.token == "" {
		answer(w, 401, map[string]any{"code": "InvalidAuthentication", "message": "不合法的access_token"})
		return
	}
	u, _ := f.user(l.user)
	answer(w, 200, map[string]any{"nick": u.Name, "mobile": f.visible("phone", u.Phone), "openId": "o" + u.ID, "unionId": u.Union,
		"email": f.visible("email", u.Email), "stateCode": "86"})
}

// dingDirectory are the calls of the directory.
func (f *Fake) dingDirectory(mux *http.ServeMux) {
	denied := wrong(60011, "没有调用该接口的权限")
	mux.HandleFunc("/topapi/user/getbyunionid", f.corp("POST", func(r *http.Request) map[string]any {
		m, _ := body(r)
		for _, u := range f.users {
			if u.Union == str(m["unionid"]) {
				return fine(map[string]any{"result": map[string]any{"contact_type": 0, "userid": u.ID}})
			}
		}
		return wrong(60121, "找不到该用户")
	}))
	mux.HandleFunc("/topapi/v2/user/getuserinfo", f.corp("POST", func(r *http.Request) map[string]any {
		m, _ := body(r)
		l := f.take(str(m["code"]))
		if l == nil || l.foreign {
			return wrong(40078, "不存在的临时授权码")
		}
		u, _ := f.user(l.user)
		return fine(map[string]any{"result": map[string]any{"userid": u.ID, "unionid": u.Union, "name": u.Name}})
	}))
	mux.HandleFunc("/topapi/v2/user/get", f.corp("POST", func(r *http.Request) map[string]any {
		m, _ := body(r)
		u, known := f.user(str(m["userid"]))
		if !known || u.ID != str(m["userid"]) {
			return wrong(60121, "找不到该用户")
		}
		if !f.seesUser(u) {
			return denied
		}
		return fine(map[string]any{"result": f.dingUser(u, "")})
	}))
	mux.HandleFunc("/topapi/v2/user/list", f.corp("POST", func(r *http.Request) map[string]any {
		m, _ := body(r)
		id, size := str(m["dept_id"]), 0
		if n, ok := m["size"].(float64); ok {
			size = int(n)
		}
		if size < 1 || size > 100 {
			return wrong(400002, "size")
		}
		if !f.sees(id) {
			return denied
		}
		return fine(map[string]any{"result": f.dingMembers(id, str(m["cursor"]), min(size, f.page))})
	}))
	mux.HandleFunc("/topapi/v2/department/get", f.corp("POST", func(r *http.Request) map[string]any {
		m, _ := body(r)
		for _, d := range f.departments {
			if d.ID == str(m["dept_id"]) && f.sees(d.ID) {
				out := dingDepartment(d)
				out["order"], out["dept_manager_userid_list"] = d.Order, d.Heads
				return fine(map[string]any{"result": out})
			}
		}
		return wrong(50004, "企业部门不在授权范围")
	}))
	mux.HandleFunc("/topapi/v2/department/listsub", f.corp("POST", func(r *http.Request) map[string]any {
		m, _ := body(r)
		id, out := str(m["dept_id"]), []any{}
		if !f.sees(id) {
			return wrong(50004, "企业部门不在授权范围")
		}
		below := slices.Clone(f.departments)
		sorting.Stable(below, func(a, b chat.Department) int { return a.Order - b.Order })
		for _, d := range below {
			if d.Parent == id {
				out = append(out, dingDepartment(d))
			}
		}
		return fine(map[string]any{"result": out})
	}))
}

func dingDepartment(d chat.Department) map[string]any {
	id, _ := strconv.Atoi(d.ID)
	parent, _ := strconv.Atoi(d.Parent)
	return map[string]any{"dept_id": id, "parent_id": parent, "name": d.Name, "source_identifier": d.Code}
}

func (f *Fake) dingMembers(id, cursor string, size int) map[string]any {
	var found []chat.User
	for _, u := range f.users {
		if slices.Contains(u.Departments, id) && u.State != chat.Left { // who has left is in no list
			found = append(found, u)
		}
	}
	from, _ := strconv.Atoi(cursor)
	if f.empty {
		if from == 0 {
			return map[string]any{"has_more": true, "next_cursor": 1, "list": []any{}}
		}
		from--
	}
	from = min(from, len(found))
	to := min(from+size, len(found))
	out := []any{}
	for _, u := range found[from:to] {
		out = append(out, f.dingUser(u, id))
	}
	result := map[string]any{"has_more": to < len(found), "list": out}
	if to < len(found) {
		next := to
		if f.empty {
			next++
		}
		result["next_cursor"] = next
	}
	return result
}

func (f *Fake) dingUser(u chat.User, in string) map[string]any {
	ids := []int{}
	for _, d := range u.Departments {
		n, _ := strconv.Atoi(d)
		ids = append(ids, n)
	}
	out := map[string]any{"userid": u.ID, "unionid": u.Union, "name": u.Name, "title": u.Position, "dept_id_list": ids,
		"manager_userid": u.Manager, "active": u.State == chat.Working, "state_code": "86", "mobile": f.visible("phone", u.Phone),
		"org_email": f.visible("email", u.Email), "job_number": f.visible("no", u.No)}
	if in != "" {
		out["leader"] = slices.Contains(u.Leads, in)
		return out
	}
	leads := []any{}
	for i, d := range u.Departments {
		leads = append(leads, map[string]any{"dept_id": ids[i], "leader": slices.Contains(u.Leads, d)})
	}
	out["leader_in_dept"] = leads
	return out
}

func (f *Fake) dingSend(r *http.Request) map[string]any {
	m, raw := body(r)
	to := strings.Split(str(m["userid_list"]), ",")
	msg := obj(m["msg"])
	kind := str(msg["msgtype"])
	content := obj(msg[kind])
	switch {
	case str(m["agent_id"]) != f.settings.Agent:
		return wrong(400002, "agent_id 不合法")
	case str(m["userid_list"]) == "" || len(to) > 100:
		return wrong(400002, "userid_list 最大100个")
	case content == nil || kind != "markdown" && kind != "action_card" && kind != "text":
		return wrong(400002, "msg 不合法") // actionCard is what robots take
	case dingSize(raw) > 2048:
		return wrong(400002, "msg 过长")
	}
	s := Sent{ID: strconv.Itoa(1000 + len(f.sent)), Kind: kind, Title: str(content["title"]), Body: string(raw)}
	words := []string{}
	gather(msg[kind], &words, &s.Links)
	s.Text = strings.Join(words, "\n")
	for _, id := range to {
		u, known := f.user(id)
		if known && u.ID == id && f.seesUser(u) && !f.invalid[strings.ToLower(id)] && !f.told(id, s.Text) {
			s.To = append(s.To, id)
		}
	}
	f.keep(s)
	return fine(map[string]any{"task_id": 1000 + len(f.sent) - 1, "request_id": "r"})
}

// dingSize is how large the message within a call is.
func dingSize(raw []byte) int {
	text := string(raw)
	_, text, _ = strings.Cut(text, `"msg":`)
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// told says whether somebody got the same words before: DingTalk drops them for a day.
func (f *Fake) told(id, text string) bool {
	return slices.ContainsFunc(f.sent, func(s *Sent) bool { return s.Text == text && slices.Contains(s.To, id) })
}

func (f *Fake) dingResult(r *http.Request) map[string]any {
	m, _ := body(r)
	for _, s := range f.sent {
		if s.ID != str(m["task_id"]) {
			continue
		}
		invalid, forbidden := []string{}, []string{}
		_, all, _ := strings.Cut(s.Body, `"userid_list":"`)
		all, _, _ = strings.Cut(all, `"`)
		for _, id := range strings.Split(all, ",") {
			u, known := f.user(id)
			switch {
			case !known || !f.seesUser(u) || f.invalid[strings.ToLower(id)]:
				invalid = append(invalid, id)
			case !slices.Contains(s.To, id):
				forbidden = append(forbidden, id)
			}
		}
		return fine(map[string]any{"send_result": map[string]any{"invalid_user_id_list": invalid, "forbidden_user_id_list": forbidden,
			"failed_user_id_list": []string{}, "unread_user_id_list": s.To}})
	}
	return wrong(400002, "task_id 不存在")
}

// ding guards a call of the newer interface.
func (f *Fake) ding(do func(r *http.Request) (int, map[string]any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		until, known := f.tokens[r.Header.Get("x-acs-dingtalk-access-token")]
		if !known || time.Now().After(until) {
			answer(w, 401, map[string]any{"code": "InvalidAuthentication", "message": "不合法的access_token"})
			return
		}
		status, out := do(r)
		answer(w, status, out)
	}
}

func (f *Fake) dingTodo(r *http.Request) (int, map[string]any) {
	m, raw := body(r)
	union := r.PathValue("union")
	u, known := f.user(union)
	executors := list(m["executorIds"])
	if !known || u.Union != union || len(executors) == 0 || str(executors[0]) != union || r.URL.Query().Get("operatorId") == "" {
		return 400, map[string]any{"code": "param.error", "message": "unionId 不合法"}
	}
	if n := len([]rune(str(m["subject"]))); n == 0 || n > 1024 {
		return 400, map[string]any{"code": "param.error", "message": "subject 不合法"}
	}
	for _, s := range f.sent {
		if s.Kind == "todo" && strings.Contains(s.Body, `"sourceId":"`+str(m["sourceId"])+`"`) {
			return 200, map[string]any{"id": s.ID}
		}
	}
	s := Sent{ID: f.name("task"), To: []string{u.ID}, Kind: "todo", Title: str(m["subject"]), Todo: true, Body: string(raw)}
	words := []string{}
	gather(map[string]any{"a": m["subject"], "b": m["description"], "c": m["detailUrl"]}, &words, &s.Links)
	s.Text = strings.Join(words, "\n")
	f.keep(s)
	return 200, map[string]any{"id": s.ID, "done": false}
}

func (f *Fake) dingTodoDone(r *http.Request) (int, map[string]any) {
	m, _ := body(r)
	for _, s := range f.sent {
		if s.ID == r.PathValue("id") && s.Kind == "todo" {
			s.Closed = m["done"] == true
			return 200, map[string]any{"result": true}
		}
	}
	return 404, map[string]any{"code": "task.not.exist", "message": "待办不存在"}
}
