package chat

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// robotHosts are where the platforms' robots live. A Teams address is one of many; who enters it answers for it.
var robotHosts = map[string]map[string]bool{
	WeCom:    {"qyapi.weixin.qq.com": true},
	Feishu:   {"open.feishu.cn": true, "open.larksuite.com": true},
	DingTalk: {"oapi.dingtalk.com": true},
	Slack:    {"hooks.slack.com": true},
	Teams:    nil,
}

// CheckRobot says what is wrong with a robot's address, without asking it: nil when it may be used.
func CheckRobot(r Robot) error {
	_, _, err := openRobot(r)
	return err
}

func openRobot(r Robot) (*outside, *url.URL, error) {
	hosts, known := robotHosts[r.Platform]
	if !known {
		return nil, nil, &Error{Platform: r.Platform, Code: "settings", Text: "no such platform", Reason: Refused}
	}
	if r.Private {
		hosts = nil
	}
	u, err := url.Parse(strings.TrimSpace(r.URL))
	if err != nil || u.Host == "" || u.User != nil {
		return nil, nil, &Error{Platform: r.Platform, Code: "address", Text: "the robot's address is not understood", Reason: Refused}
	}
	secrets := []string{r.Secret, u.RawQuery, u.Path}
	for _, values := range u.Query() {
		secrets = append(secrets, values...)
	}
	out, err := newOutside(r.Platform, r.Proxy, r.Private, hosts, secrets...)
	if err != nil {
		return nil, nil, err
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !r.Private) {
		return nil, nil, out.refuse("address", "https is wanted")
	}
	if hosts != nil && !hosts[u.Hostname()] {
		return nil, nil, out.refuse("address", "not an address of this platform: "+u.Hostname())
	}
	return out, u, nil
}

// SendTo sends a message to a group through its robot.
func SendTo(ctx context.Context, r Robot, m Message) error { return sendTo(ctx, r, m, time.Now()) }

func sendTo(ctx context.Context, r Robot, m Message, now time.Time) error {
	out, u, err := openRobot(r)
	if err != nil {
		return err
	}
	defer out.http.CloseIdleConnections()
	var body map[string]any
	switch r.Platform {
	case WeCom:
		body = wecomRobotBody(m)
	case Feishu:
		body = map[string]any{"msg_type": "interactive", "card": feishuCard(m)}
		if r.Secret != "" {
			stamp := strconv.FormatInt(now.Unix(), 10)
			body["timestamp"], body["sign"] = stamp, feishuRobotSign(stamp, r.Secret)
		}
	case DingTalk:
		body = dingtalkRobotBody(m)
		if r.Secret != "" {
			stamp := strconv.FormatInt(now.UnixMilli(), 10)
			q := u.Query()
			q.Set("timestamp", stamp)
			q.Set("sign", dingtalkRobotSign(stamp, r.Secret))
			u.RawQuery = q.Encode()
			out.secrets = append(out.secrets, u.RawQuery)
		}
	case Slack:
		body = slackBody(m)
	case Teams:
		body = teamsBody(m)
	}
	a, err := out.ask(ctx, call{method: "POST", url: u.String(), body: body})
	if err != nil {
		return err
	}
	return robotAnswers[r.Platform](out, a)
}

// robotAnswers read what the platforms answer. Three of them write 200 above everything.
var robotAnswers = map[string]func(*outside, answer) error{
	WeCom: func(o *outside, a answer) error { return wecomAnswer(o, a, "", nil) },
	Feishu: func(o *outside, a answer) error {
		return feishuAnswer(o, a, "", nil, nil)
	},
	DingTalk: func(o *outside, a answer) error {
		err := dingtalkAnswer(o, a, "", nil)
		if codeIn(err, "410100", "130101") { // it stays silent for ten minutes
			asError(err).After = 10 * time.Minute
		}
		return err
	},
	Slack: func(o *outside, a answer) error { return plainAnswer(o, a, a.status == http.StatusOK) },
	Teams: func(o *outside, a answer) error {
		return plainAnswer(o, a, a.status == http.StatusAccepted || a.status == http.StatusOK)
	},
}

func plainAnswer(o *outside, a answer, ok bool) error {
	if ok {
		return nil
	}
	why := Refused
	switch {
	case a.status == http.StatusTooManyRequests:
		why = Slow
	case a.status >= 500:
		why = Broken
	case a.status == http.StatusNotFound || a.status == http.StatusGone:
		why = Gone
	}
	return o.fail("http-"+strconv.Itoa(a.status), strings.TrimSpace(string(a.body[:min(len(a.body), maxWords)])), why, waitOf(a.header))
}

// wecomRobotBody is a message in WeCom's markdown, which has colours and is shown everywhere.
func wecomRobotBody(m Message) map[string]any {
	colour := map[string]string{"": "", "warning": "warning", "danger": "warning", "done": "info"}[m.Tone]
	title := calm(cut(m.Title, 600))
	if colour != "" {
		title = `<font color="` + colour + `">` + title + `</font>`
	}
	end := ""
	for _, a := range openable(m.Actions) {
		link := "\n[" + calm(cutRunes(a.Text, 30)) + "](" + inLink(a.URL) + ")"
		if len(end)+len(link) <= wecomMarkdown/2 {
			end += link
		}
	}
	if !m.At.IsZero() {
		end += "\n" + `<font color="comment">` + m.At.Format("2006-01-02 15:04") + `</font>`
	}
	lines := []string{}
	if m.Text != "" {
		lines = append(lines, calm(m.Text))
	}
	for _, f := range m.Facts {
		lines = append(lines, "> "+calm(f.Label)+"："+calm(f.Value))
	}
	head := "**" + title + "**\n"
	return map[string]any{"msgtype": "markdown", "markdown": map[string]any{
		"content": head + cut(strings.Join(lines, "\n"), wecomMarkdown-len(head)-len(end)) + end}}
}

// inLink writes an address so that it ends where the link ends.
func inLink(address string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", " ", "%20").Replace(address)
}

// dingtalkRobotBody is a message of a robot: a card when something can be opened. Its fields are written together, unlike
// those of work notices.
func dingtalkRobotBody(m Message) map[string]any {
	text, title := dingtalkMarkdown(m, dingtalkRobot, false), cut(calm(m.Title), 200)
	actions := openable(m.Actions)
	switch len(actions) {
	case 0:
		return map[string]any{"msgtype": "markdown", "markdown": map[string]any{"title": title, "text": text}}
	case 1:
		return map[string]any{"msgtype": "actionCard", "actionCard": map[string]any{"title": title, "text": text, "btnOrientation": "0",
			"singleTitle": cutRunes(actions[0].Text, 20), "singleURL": actions[0].URL}}
	}
	var buttons []map[string]any
	for _, a := range actions[:min(len(actions), 6)] {
		buttons = append(buttons, map[string]any{"title": cutRunes(a.Text, 20), "actionURL": a.URL})
	}
	return map[string]any{"msgtype": "actionCard", "actionCard": map[string]any{"title": title, "text": text, "btnOrientation": "0", "btns": buttons}}
}

// slackBody is a message for an incoming webhook: blocks, and a text for clients that show none.
func slackBody(m Message) map[string]any {
	plain := func(text string, n int) map[string]any {
		return map[string]any{"type": "plain_text", "text": cutRunes(text, n)}
	}
	blocks := []any{map[string]any{"type": "header", "text": plain(first(m.Title, "-"), 150)}}
	body := m
	body.Title = ""
	if text := strings.TrimSpace(asText(body)); text != "" {
		blocks = append(blocks, map[string]any{"type": "section", "text": plain(text, 3000)})
	}
	var buttons []any
	for i, a := range openable(m.Actions) {
		if i < 25 {
			buttons = append(buttons, map[string]any{"type": "button", "text": plain(a.Text, 75), "url": a.URL})
		}
	}
	if buttons != nil {
		blocks = append(blocks, map[string]any{"type": "actions", "elements": buttons})
	}
	return map[string]any{"text": slackWords(cut(asText(m), 3000)), "blocks": blocks}
}

func slackWords(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// teamsBody is a message as an adaptive card, which a workflow of Teams posts. It may have 28 KB.
func teamsBody(m Message) map[string]any {
	colour := map[string]string{"": "default", "warning": "warning", "danger": "attention", "done": "good"}[m.Tone]
	body := []any{map[string]any{"type": "TextBlock", "size": "medium", "weight": "bolder", "wrap": true, "color": colour, "text": calm(cut(m.Title, 600))}}
	if m.Text != "" {
		body = append(body, map[string]any{"type": "TextBlock", "wrap": true, "text": calm(cut(m.Text, 12<<10))})
	}
	var facts []any
	for i, f := range m.Facts {
		if i < 20 {
			facts = append(facts, map[string]any{"title": cut(f.Label, 100), "value": calm(cut(f.Value, 400))})
		}
	}
	if facts != nil {
		body = append(body, map[string]any{"type": "FactSet", "facts": facts})
	}
	if !m.At.IsZero() {
		body = append(body, map[string]any{"type": "TextBlock", "isSubtle": true, "size": "small", "text": m.At.Format("2006-01-02 15:04")})
	}
	actions := []any{}
	for i, a := range openable(m.Actions) {
		if i < 6 {
			actions = append(actions, map[string]any{"type": "Action.OpenUrl", "title": cutRunes(a.Text, 40), "url": a.URL})
		}
	}
	card := map[string]any{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
		"body": body, "actions": actions}
	return map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card}}}
}
