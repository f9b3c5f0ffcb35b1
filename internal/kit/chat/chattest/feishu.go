package chattest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/chat"
)

func larkFine(data map[string]any) map[string]any {
	return map[string]any{"code": 0, "msg": "success", "data": data}
}

func larkWrong(code int, text string) map[string]any {
	return map[string]any{"code": code, "msg": text}
}

// larkError is an answer with a status of its own.
type larkError struct {
	status int
	body   map[string]any
}

// lark guards a call with the tenant's token, and holds the lock while it is answered.
func (f *Fake) lark(do func(r *http.Request) (map[string]any, *larkError)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		until, known := f.tokens[token]
		switch {
		case !found || token == "":
			answer(w, 400, larkWrong(99991661, "Missing access token for authorization."))
		case !known || time.Now().After(until):
			answer(w, 400, larkWrong(99991663, "Invalid access token for authorization: "+token))
		default:
			data, bad := do(r)
			if bad != nil {
				answer(w, bad.status, bad.body)
				return
			}
			answer(w, 200, larkFine(data))
		}
	}
}

func (f *Fake) feishu(mux *http.ServeMux) {
	mux.HandleFunc("GET /open-apis/authen/v1/authorize", f.signInPage(map[string]string{"client_id": "APP", "redirect_uri": "*",
		"response_type": "code", "code_challenge_method": "S256", "code_challenge": "*"}))
	mux.HandleFunc("POST /open-apis/auth/v3/tenant_access_token/internal", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		m, _ := body(r)
		if m["app_id"] != f.settings.App || m["app_secret"] != f.settings.Secret {
			answer(w, 200, larkWrong(10014, "app secret invalid: "+str(m["app_secret"])))
			return
		}
		token := f.name("t-")
		f.tokens[token] = time.Now().Add(f.life)
		answer(w, 200, map[string]any{"code": 0, "msg": "ok", "tenant_access_token": token, "expire": int(f.life.Seconds())})
	})
	mux.HandleFunc("POST /oauth/v3/token", f.larkUserToken)
	mux.HandleFunc("POST /open-apis/authen/v2/oauth/token", f.larkUserToken)
	mux.HandleFunc("GET /open-apis/authen/v1/user_info", f.larkUserInfo)
	mux.HandleFunc("GET /open-apis/contact/v3/scopes", f.lark(func(r *http.Request) (map[string]any, *larkError) {
		departments := slices.Clone(f.scope)
		if len(f.scope) == 0 {
			for _, d := range f.departments {
				if d.Parent == "" {
					departments = append(departments, d.ID)
				}
			}
		}
		return map[string]any{"has_more": false, "department_ids": departments, "user_ids": f.people}, nil
	}))
	mux.HandleFunc("GET /open-apis/contact/v3/departments/{id}", f.lark(func(r *http.Request) (map[string]any, *larkError) {
		for _, d := range f.departments {
			if d.ID == r.PathValue("id") && f.sees(d.ID) {
				return map[string]any{"department": larkDepartment(d)}, nil
			}
		}
		return nil, &larkError{403, larkWrong(40004, "no dept authority error")}
	}))
	mux.HandleFunc("GET /open-apis/contact/v3/departments/{id}/children", f.lark(f.larkChildren))
	mux.HandleFunc("GET /open-apis/contact/v3/users/find_by_department", f.lark(f.larkMembers))
	mux.HandleFunc("GET /open-apis/contact/v3/users/batch", f.lark(func(r *http.Request) (map[string]any, *larkError) {
		out := []any{}
		for _, id := range r.URL.Query()["user_ids"] {
			if u, known := f.user(id); known && f.seesUser(u) {
				out = append(out, f.larkUser(u, r))
			}
		}
		return map[string]any{"items": out}, nil
	}))
	mux.HandleFunc("GET /open-apis/contact/v3/users/{id}", f.lark(func(r *http.Request) (map[string]any, *larkError) {
		if u, known := f.byLark(r.PathValue("id")); known && f.seesUser(u) {
			return map[string]any{"user": f.larkUser(u, r)}, nil
		}
		return nil, &larkError{400, larkWrong(41050, "no user authority error")}
	}))
	mux.HandleFunc("POST /open-apis/im/v1/messages", f.lark(f.larkSend))
	mux.HandleFunc("PATCH /open-apis/im/v1/messages/{id}", f.lark(f.larkUpdate))
}

func (f *Fake) larkUserToken(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, _ := body(r)
	bad := func(code int, kind, text string) {
		answer(w, 400, map[string]any{"code": code, "error": kind, "error_description": text})
	}
	l := f.codes[str(m["code"])]
	switch {
	case str(m["client_id"]) != f.settings.App || str(m["client_secret"]) != f.settings.Secret:
		bad(20002, "invalid_client", "The client secret is invalid: "+str(m["client_secret"]))
	case str(m["grant_type"]) != "authorization_code" || l == nil:
		bad(20003, "invalid_grant", "The authorization code is not found.")
	case l.back != "" && l.back != str(m["redirect_uri"]):
		bad(20071, "invalid_grant", "The redirect URI does not match.")
	case !l.proves(str(m["code_verifier"])):
		bad(20049, "invalid_grant", "PKCE code challenge failed.")
	default:
		f.take(str(m["code"]))
		l.token = f.name("u-")
		f.codes[l.token] = l
		answer(w, 200, map[string]any{"code": 0, "access_token": l.token, "expires_in": 7200, "token_type": "Bearer"})
	}
}

func (f *Fake) larkUserInfo(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.codes[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if l == nil || l.token == "" {
		answer(w, 400, larkWrong(20005, "The user access token passed is invalid"))
		return
	}
	u, _ := f.user(l.user)
	tenant := f.settings.Corp
	if l.foreign {
		u, tenant = chat.User{ID: l.user, Name: "外人", Union: "on_x"}, "anothertenant"
	}
	out := map[string]any{"open_id": "ou_" + u.ID, "union_id": u.Union, "name": u.Name, "en_name": u.NameEn, "tenant_key": tenant}
	for name, value := range map[string]string{"user_id": f.visible("id", u.ID), "mobile": f.visible("phone", foreignPhone(u.Phone)),
		"email": f.visible("email", u.Email), "employee_no": f.visible("no", u.No)} {
		if value != "" {
			out[name] = value
		}
	}
	answer(w, 200, larkFine(out))
}

func foreignPhone(phone string) string {
	if phone == "" || strings.HasPrefix(phone, "+") {
		return phone
	}
	return "+86" + phone
}

func larkDepartment(d chat.Department) map[string]any {
	parent := d.Parent
	if parent == "" {
		parent = "0"
	}
	out := map[string]any{"open_department_id": d.ID, "department_id": "od-custom-" + d.ID, "parent_department_id": parent, "name": d.Name,
		"i18n_name": map[string]any{"zh_cn": d.Name, "en_us": d.NameEn}, "order": strconv.Itoa(d.Order), "status": map[string]any{"is_deleted": false}}
	if d.Code != "" {
		out["department_id"] = d.Code
	}
	var leaders []any
	for i, id := range d.Heads {
		leaders = append([]any{map[string]any{"leaderType": min(i+1, 2), "leaderID": id}}, leaders...)
	}
	if leaders != nil {
		out["leaders"], out["leader_user_id"] = leaders, d.Heads[0]
	}
	return out
}

// pages cuts a list into pages, the first of them empty when that is wanted.
func (f *Fake) pages(r *http.Request, n int) (from, to int, more bool, next string) {
	token := r.URL.Query().Get("page_token")
	if token == "" && f.empty {
		return 0, 0, true, "p0"
	}
	from, _ = strconv.Atoi(strings.TrimPrefix(token, "p"))
	from = min(from, n)
	to = min(from+f.page, n)
	if to < n {
		return from, to, true, "p" + strconv.Itoa(to)
	}
	return from, to, false, ""
}

func (f *Fake) larkChildren(r *http.Request) (map[string]any, *larkError) {
	root := r.PathValue("id")
	if root == "0" && len(f.scope) > 0 || root != "0" && !f.sees(root) {
		return nil, &larkError{403, larkWrong(40004, "no dept authority error")}
	}
	within := map[string]bool{root: true}
	var found []chat.Department
	for range f.departments { // as often as the tree may be deep
		for _, d := range f.departments {
			parent := d.Parent
			if parent == "" {
				parent = "0"
			}
			if within[parent] && !within[d.ID] && (r.URL.Query().Get("fetch_child") == "true" || parent == root) {
				within[d.ID] = true
				found = append(found, d)
			}
		}
	}
	from, to, more, next := f.pages(r, len(found))
	out := []any{}
	for _, d := range found[from:to] {
		out = append(out, larkDepartment(d))
	}
	data := map[string]any{"has_more": more, "items": out}
	if more {
		data["page_token"] = next
	}
	return data, nil
}

func (f *Fake) larkMembers(r *http.Request) (map[string]any, *larkError) {
	id := r.URL.Query().Get("department_id")
	if id == "0" && len(f.scope) > 0 || id != "0" && !f.sees(id) {
		return nil, &larkError{403, larkWrong(40004, "no dept authority error")}
	}
	var found []chat.User
	for _, u := range f.users {
		if slices.Contains(u.Departments, id) || id == "0" && len(u.Departments) == 0 {
			found = append(found, u)
		}
	}
	from, to, more, next := f.pages(r, len(found))
	out := []any{}
	for _, u := range found[from:to] {
		out = append(out, f.larkUser(u, r))
	}
	data := map[string]any{"has_more": more, "items": out}
	if more {
		data["page_token"] = next
	}
	return data, nil
}

func (f *Fake) larkUser(u chat.User, r *http.Request) map[string]any {
	open := r.URL.Query().Get("user_id_type") == "open_id"
	id := func(one string) string {
		if one != "" && open {
			return "ou_" + one
		}
		return one
	}
	out := map[string]any{"open_id": "ou_" + u.ID, "union_id": u.Union, "name": u.Name, "en_name": u.NameEn, "job_title": u.Position,
		"leader_user_id": id(u.Manager), "status": map[string]any{"is_frozen": u.State == chat.Disabled, "is_resigned": u.State == chat.Left,
			"is_activated": u.State != chat.Waiting, "is_exited": false, "is_unjoin": u.State == chat.Waiting}}
	var dotted []string
	for _, one := range u.Dotted {
		dotted = append(dotted, id(one))
	}
	out["dotted_line_leader_user_ids"] = dotted
	ids, orders := slices.Clone(u.Departments), []any{}
	for i, d := range ids {
		orders = append(orders, map[string]any{"department_id": d, "user_order": 0, "department_order": len(ids) - i, "is_primary_dept": i == 0})
	}
	slices.Reverse(ids) // the main one need not stand first
	if len(ids) == 0 {
		ids = []string{"0"}
	}
	out["department_ids"], out["orders"] = ids, orders
	for name, value := range map[string]string{"user_id": f.visible("id", u.ID), "mobile": f.visible("phone", foreignPhone(u.Phone)),
		"email": f.visible("email", u.Email), "employee_no": f.visible("no", u.No)} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}

// byLark finds somebody by any of Feishu's ids.
func (f *Fake) byLark(id string) (chat.User, bool) {
	return f.user(strings.TrimPrefix(id, "ou_"))
}

func (f *Fake) larkSend(r *http.Request) (map[string]any, *larkError) {
	m, raw := body(r)
	kind := r.URL.Query().Get("receive_id_type")
	u, known := f.byLark(str(m["receive_id"]))
	openID := strings.HasPrefix(str(m["receive_id"]), "ou_")
	if !known || !f.seesUser(u) || f.invalid[strings.ToLower(u.ID)] || openID != (kind == "open_id") {
		return nil, &larkError{400, larkWrong(230001, "Your request contains an invalid request parameter, ext=invalid receive_id")}
	}
	text, isText := m["content"].(string)
	var card map[string]any
	if !isText || json.Unmarshal([]byte(text), &card) != nil {
		return nil, &larkError{400, larkWrong(230001, "content is not a string in json format")}
	}
	if len(text) > 30<<10 {
		return nil, &larkError{400, larkWrong(230025, "The length of the message content reaches its limit.")}
	}
	if uuid := str(m["uuid"]); uuid != "" {
		if len(uuid) > 50 {
			return nil, &larkError{400, larkWrong(230001, "uuid is too long")}
		}
		for _, s := range f.sent {
			if !s.Robot && strings.Contains(s.Body, `"uuid":"`+uuid+`"`) {
				return map[string]any{"message_id": s.ID}, nil // shown once
			}
		}
	}
	s := f.keep(Sent{ID: f.name("om_"), To: []string{u.ID}, Kind: str(m["msg_type"]), Body: string(raw),
		Todo: obj(card["config"])["update_multi"] == true})
	s.read(card)
	return map[string]any{"message_id": s.ID}, nil
}

func (s *Sent) read(card map[string]any) {
	s.Title, s.Links = str(obj(obj(card["header"])["title"])["content"]), nil
	words := []string{}
	gatherLark(card, &words, &s.Links)
	s.Text = strings.Join(words, "\n")
}

// gatherLark collects what a card shows, and not its marks.
func gatherLark(v any, words, links *[]string) {
	switch v := v.(type) {
	case map[string]any:
		if text := str(v["content"]); text != "" {
			*words = append(*words, text)
		}
		if link := str(v["url"]); link != "" {
			*links = append(*links, link)
		}
		for _, name := range []string{"header", "title", "elements", "text", "fields", "actions"} {
			gatherLark(v[name], words, links)
		}
	case []any:
		for _, one := range v {
			gatherLark(one, words, links)
		}
	}
}

func (f *Fake) larkUpdate(r *http.Request) (map[string]any, *larkError) {
	m, _ := body(r)
	var card map[string]any
	if json.Unmarshal([]byte(str(m["content"])), &card) != nil || obj(card["config"])["update_multi"] != true {
		return nil, &larkError{400, larkWrong(230099, "Failed to create card content")}
	}
	for _, s := range f.sent {
		if s.ID == r.PathValue("id") {
			s.Closed = true
			s.read(card)
			return map[string]any{}, nil
		}
	}
	return nil, &larkError{400, larkWrong(230001, "invalid message_id")}
}
