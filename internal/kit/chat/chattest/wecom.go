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

func fine(more map[string]any) map[string]any {
	out := map[string]any{"errcode": 0, "errmsg": "ok"}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func wrong(code int, text string) map[string]any {
	return map[string]any{"errcode": code, "errmsg": text}
}

// corp guards a call with the access token in the query, and holds the lock while it is answered.
func (f *Fake) corp(method string, do func(r *http.Request) map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		token := r.URL.Query().Get("access_token")
		until, known := f.tokens[token]
		switch {
		case r.Method != method:
			answer(w, 200, wrong(43001, "require "+method+" method"))
		case token == "":
			answer(w, 200, wrong(41001, "access_token missing"))
		case !known:
			answer(w, 200, wrong(40014, "invalid access_token "+token))
		case time.Now().After(until):
			answer(w, 200, wrong(42001, "access_token expired"))
		default:
			answer(w, 200, do(r))
		}
	}
}

func (f *Fake) wecom(mux *http.ServeMux) {
	mux.HandleFunc("/connect/oauth2/authorize", f.signInPage(map[string]string{"appid": "CORP", "redirect_uri": "*",
		"response_type": "code", "scope": "snsapi_base", "agentid": "APP"}))
	mux.HandleFunc("/wwlogin/sso/login", f.signInPage(map[string]string{"login_type": "CorpApp", "appid": "CORP", "agentid": "APP", "redirect_uri": "*"}))
	mux.HandleFunc("/cgi-bin/gettoken", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		q := r.URL.Query()
		switch {
		case q.Get("corpid") != f.settings.Corp:
			answer(w, 200, wrong(40013, "invalid corpid"))
		case q.Get("corpsecret") != f.settings.Secret:
			answer(w, 200, wrong(40001, "invalid credential: "+q.Get("corpsecret")))
		default:
			token := f.name("token")
			f.tokens[token] = time.Now().Add(f.life)
			answer(w, 200, fine(map[string]any{"access_token": token, "expires_in": int(f.life.Seconds())}))
		}
	})
	mux.HandleFunc("/cgi-bin/auth/getuserinfo", f.corp("GET", func(r *http.Request) map[string]any {
		l := f.take(r.URL.Query().Get("code"))
		switch {
		case l == nil:
			return wrong(40029, "invalid code")
		case l.foreign:
			return fine(map[string]any{"openid": "oDOxyz"})
		}
		u, _ := f.user(l.user)
		return fine(map[string]any{"userid": u.ID, "user_ticket": "ticket"})
	}))
	mux.HandleFunc("/cgi-bin/user/get", f.corp("GET", func(r *http.Request) map[string]any {
		u, known := f.user(r.URL.Query().Get("userid"))
		if !known {
			return wrong(60111, "userid not found")
		}
		if !f.seesUser(u) {
			return wrong(60011, "no privilege to access/modify contact/party/agent")
		}
		return fine(f.wecomUser(u))
	}))
	mux.HandleFunc("/cgi-bin/department/list", f.corp("GET", f.wecomDepartments))
	mux.HandleFunc("/cgi-bin/user/list", f.corp("GET", func(r *http.Request) map[string]any {
		id := r.URL.Query().Get("department_id")
		if !f.sees(id) {
			return wrong(60011, "no privilege to access/modify contact/party/agent")
		}
		out := []any{}
		for _, u := range f.users {
			if slices.Contains(u.Departments, id) {
				out = append(out, f.wecomUser(u))
			}
		}
		return fine(map[string]any{"userlist": out})
	}))
	mux.HandleFunc("/cgi-bin/agent/get", f.corp("GET", func(r *http.Request) map[string]any {
		if r.URL.Query().Get("agentid") != f.settings.App {
			return map[string]any{"errcode": 40056, "errmsg": "invalid agentid"}
		}
		people := []any{}
		for _, id := range f.people {
			people = append(people, map[string]any{"userid": id})
		}
		return fine(map[string]any{"agentid": 1000002, "allow_userinfos": map[string]any{"user": people}})
	}))
	mux.HandleFunc("/cgi-bin/message/send", f.corp("POST", f.wecomSend))
	mux.HandleFunc("/cgi-bin/message/update_template_card", f.corp("POST", f.wecomUpdate))
}

func (f *Fake) wecomDepartments(*http.Request) map[string]any {
	out := []any{}
	for _, d := range f.departments {
		if !f.sees(d.ID) {
			continue
		}
		id, _ := strconv.Atoi(d.ID)
		parent, _ := strconv.Atoi(d.Parent)
		out = append(out, map[string]any{"id": id, "parentid": parent, "name": d.Name, "name_en": d.NameEn,
			"order": 100000 - d.Order, "department_leader": d.Heads}) // large first
	}
	return fine(map[string]any{"department": out})
}

// wecomUser is a member; those fields that apps made today do not get are left out when hidden.
func (f *Fake) wecomUser(u chat.User) map[string]any {
	in, leads := []int{}, []int{}
	for _, d := range u.Departments {
		id, _ := strconv.Atoi(d)
		lead := 0
		if slices.Contains(u.Leads, d) {
			lead = 1
		}
		in, leads = append(in, id), append(leads, lead)
	}
	out := map[string]any{"userid": u.ID, "name": u.Name, "english_name": u.NameEn, "position": u.Position, "department": in,
		"is_leader_in_dept": leads, "status": map[chat.State]int{chat.Working: 1, chat.Disabled: 2, chat.Waiting: 4, chat.Left: 5}[u.State]}
	if len(in) > 0 {
		out["main_department"] = in[0]
		slices.Reverse(in) // the main one need not stand first
		slices.Reverse(leads)
	}
	if u.Manager != "" {
		out["direct_leader"] = append([]string{u.Manager}, u.Dotted...)
	}
	if phone := f.visible("phone", u.Phone); phone != "" {
		out["mobile"] = phone
	}
	if email := f.visible("email", u.Email); email != "" {
		out["biz_mail"] = email
	}
	if no := f.visible("no", u.No); no != "" {
		out["extattr"] = map[string]any{"attrs": []any{map[string]any{"type": 0, "name": "工号", "text": map[string]any{"value": no}}}}
	}
	return out
}

func (f *Fake) wecomSend(r *http.Request) map[string]any {
	m, raw := body(r)
	to := strings.Split(str(m["touser"]), "|")
	if str(m["agentid"]) != f.settings.App {
		return wrong(301002, "not allow operate another agent with this accesstoken")
	}
	if str(m["touser"]) == "" || len(to) > 1000 {
		return wrong(40031, "invalid userid list")
	}
	kind := str(m["msgtype"])
	if bad := wecomTooLong(kind, obj(m[kind])); bad != nil {
		return bad
	}
	s := Sent{ID: f.name("msg"), Kind: kind, Body: string(raw), Title: str(obj(m[kind])["title"])}
	var bad, unlicensed []string
	for _, id := range to {
		u, known := f.user(id)
		if f.unlicensed[strings.ToLower(id)] {
			unlicensed = append(unlicensed, strings.ToLower(id))
		} else if !known || !f.seesUser(u) || f.invalid[strings.ToLower(id)] {
			bad = append(bad, strings.ToLower(id)) // WeCom writes them in lower case
		} else {
			s.To = append(s.To, u.ID)
		}
	}
	if len(s.To) == 0 && len(unlicensed) == 0 {
		return map[string]any{"errcode": 81013, "errmsg": "user & party & tag all invalid", "invaliduser": strings.Join(bad, "|")}
	}
	more := map[string]any{"invaliduser": strings.Join(bad, "|"), "unlicenseduser": strings.Join(unlicensed, "|"), "msgid": s.ID}
	if kind == "template_card" {
		card := obj(m[kind])
		s.Title = str(obj(card["main_title"])["title"])
		if bad := f.wecomCard(card); bad != nil {
			return bad
		}
		s.Todo = true
		more["response_code"] = s.ID
	}
	var words []string
	gather(m[kind], &words, &s.Links)
	s.Text = strings.Join(words, "\n")
	f.keep(s)
	return fine(more)
}

func wecomTooLong(kind string, m map[string]any) map[string]any {
	limits := map[string]map[string]int{"text": {"content": 2048}, "markdown": {"content": 2048},
		"textcard": {"title": 128, "description": 512, "url": 2048}, "template_card": {}}
	limit, known := limits[kind]
	if !known {
		return wrong(40008, "invalid message type")
	}
	for field, most := range limit {
		if n := len(str(m[field])); n > most {
			return wrong(40058, field+" exceed max length "+strconv.Itoa(most)+". invalid Request Parameter")
		} else if n == 0 {
			return wrong(40035, field+" is missing")
		}
	}
	return nil
}

func (f *Fake) wecomCard(card map[string]any) map[string]any {
	task := str(card["task_id"])
	if str(card["card_type"]) != "button_interaction" || len(task) == 0 || len(task) > 128 || len(list(card["button_list"])) == 0 {
		return wrong(41063, "template_card is not complete")
	}
	for _, s := range f.sent {
		var before map[string]any
		json.Unmarshal([]byte(s.Body), &before)
		if str(obj(before["template_card"])["task_id"]) == task {
			return wrong(41066, "task_id duplicated")
		}
	}
	return nil
}

func (f *Fake) wecomUpdate(r *http.Request) map[string]any {
	m, _ := body(r)
	code := str(m["response_code"])
	for _, s := range f.sent {
		if s.ID != code || !s.Todo {
			continue
		}
		if s.Closed {
			return wrong(42047, "response_code has been used")
		}
		card := obj(m["template_card"])
		if str(obj(m["button"])["replace_name"]) == "" && str(obj(card["card_action"])["url"]) == "" {
			return wrong(41063, "template_card is not complete")
		}
		s.Closed = true
		return fine(map[string]any{"invaliduser": []any{}})
	}
	return wrong(40096, "invalid response_code")
}
