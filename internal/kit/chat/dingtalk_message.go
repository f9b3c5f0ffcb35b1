package chat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// What DingTalk takes.
const (
	dingtalkPeople  = 100
	dingtalkNotice  = 2048  // bytes of a work notice
	dingtalkTodo    = 1024  // bytes of a to-do's subject
	dingtalkDetails = 4096  // bytes of a to-do's description
	dingtalkRobot   = 15000 // bytes of a robot's text
)

// Send sends a work notice, and enters a to-do into each one's list when the message is one. DingTalk drops what somebody
// was told today in the same words; so the text says when it was said.
func (c *dingtalk) Send(ctx context.Context, to []string, m Message) (Receipt, error) {
	return inChunks(to, dingtalkPeople, func(to []string) (Receipt, error) { return c.sendTo(ctx, to, m) })
}

func (c *dingtalk) sendTo(ctx context.Context, to []string, m Message) (Receipt, error) {
	agent, err := strconv.ParseInt(c.s.Agent, 10, 64)
	if err != nil {
		return Receipt{}, c.out.refuse("settings", "the app's agent id is wanted for work notices")
	}
	msg, err := dingtalkMessage(m)
	if err != nil {
		return Receipt{}, err
	}
	var got struct {
		Task int64 `json:"task_id"`
	}
	err = c.ask(ctx, "POST", "/topapi/message/corpconversation/asyncsend_v2", map[string]any{"agent_id": agent,
		"userid_list": strings.Join(to, ","), "to_all_user": false, "msg": msg}, &got)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{ID: "n " + strconv.FormatInt(got.Task, 10)}
	if m.Todo {
		for _, one := range to {
			line, err := c.enter(ctx, one, m)
			if err != nil {
				r.Unlisted = asError(err)
				break // the rest would fail alike: no permission, or no calls left
			}
			r.ID += "\n" + line
		}
	}
	return r, nil
}

// enter puts a to-do into somebody's list and says how to find it again.
func (c *dingtalk) enter(ctx context.Context, one string, m Message) (string, error) {
	union, err := c.union(ctx, one)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(m.ID + "\x00" + one))
	body := map[string]any{"sourceId": hex.EncodeToString(sum[:16]), "subject": cut(m.Title, dingtalkTodo), "creatorId": union,
		"description": cut(asText(m), dingtalkDetails), "executorIds": []string{union}, "isOnlyShowExecutor": true}
	if actions := openable(m.Actions); len(actions) > 0 {
		body["detailUrl"] = map[string]any{"appUrl": actions[0].URL, "pcUrl": actions[0].URL}
	}
	var got struct {
		ID string `json:"id"`
	}
	err = c.askNew(ctx, "POST", "/v1.0/todo/users/"+url.PathEscape(union)+"/tasks", url.Values{"operatorId": {union}}, body, &got)
	return "t " + union + " " + got.ID, err
}

// dingtalkMessage is a message as a card of a work notice (which writes its fields with underscores), as long as it may be.
func dingtalkMessage(m Message) (map[string]any, error) {
	for size := dingtalkNotice; ; size -= 100 {
		msg := dingtalkNoticeOf(m, max(size, 60))
		text, err := plainJSON(msg)
		if err != nil || len(text) <= dingtalkNotice || size <= 60 {
			return msg, err
		}
	}
}

func dingtalkNoticeOf(m Message, size int) map[string]any {
	text, title := dingtalkMarkdown(m, size, true), cut(calm(m.Title), 100)
	actions := openable(m.Actions)
	switch len(actions) {
	case 0:
		return map[string]any{"msgtype": "markdown", "markdown": map[string]any{"title": title, "text": text}}
	case 1:
		return map[string]any{"msgtype": "action_card", "action_card": map[string]any{"title": title, "markdown": text,
			"single_title": cutRunes(actions[0].Text, 20), "single_url": actions[0].URL}}
	}
	var buttons []map[string]any
	for _, a := range actions[:min(len(actions), 3)] {
		buttons = append(buttons, map[string]any{"title": cutRunes(a.Text, 20), "action_url": a.URL})
	}
	return map[string]any{"msgtype": "action_card", "action_card": map[string]any{"title": title, "markdown": text,
		"btn_orientation": "0", "btn_json_list": buttons}}
}

// dingtalkMarkdown is a message in DingTalk's markdown. unique: with the time to the second and a mark of the message.
func dingtalkMarkdown(m Message, size int, unique bool) string {
	lines := []string{"### " + calm(m.Title)}
	if m.Text != "" {
		lines = append(lines, strings.ReplaceAll(calm(m.Text), "\n", "  \n"))
	}
	for _, f := range m.Facts {
		lines = append(lines, "**"+calm(f.Label)+"**："+calm(f.Value))
	}
	var small []string
	if !m.At.IsZero() {
		small = append(small, m.At.Format("2006-01-02 15:04:05"))
	}
	if unique && m.ID != "" {
		sum := sha256.Sum256([]byte(m.ID))
		small = append(small, hex.EncodeToString(sum[:3]))
	}
	end := ""
	if small != nil {
		end = "\n\n" + strings.Join(small, " · ")
	}
	return cut(strings.Join(lines, "\n\n"), size-len(end)) + end
}

// calm keeps words that somebody typed from being read as a link, a picture or a mention.
func calm(text string) string {
	return strings.NewReplacer("<", "＜", ">", "＞", "](", "] (", "\r\n", "\n").Replace(text)
}

// Check asks whom a work notice did not reach; DingTalk knows after some seconds, for a day.
func (c *dingtalk) Check(ctx context.Context, r Receipt) (Receipt, error) {
	for line := range strings.SplitSeq(r.ID, "\n") {
		task, found := strings.CutPrefix(line, "n ")
		if !found {
			continue
		}
		var got struct {
			Result struct {
				Invalid   []string `json:"invalid_user_id_list"`
				Forbidden []string `json:"forbidden_user_id_list"`
				Failed    []string `json:"failed_user_id_list"`
			} `json:"send_result"`
		}
		err := c.ask(ctx, "POST", "/topapi/message/corpconversation/getsendresult",
			map[string]any{"agent_id": json.Number(c.s.Agent), "task_id": json.Number(task)}, &got)
		if err != nil {
			return r, err
		}
		for _, one := range got.Result.Invalid {
			r.fail(one, c.out.fail("invalid-user", "DingTalk does not know this person, or the app is not visible to them", Gone, 0))
		}
		for _, one := range got.Result.Forbidden {
			r.fail(one, c.out.fail("forbidden-user", "told too often today, or told the same already", Refused, 0))
		}
		for _, one := range got.Result.Failed {
			r.fail(one, c.out.fail("failed-user", "DingTalk could not deliver it", Broken, 0))
		}
	}
	return r, nil
}

// Close marks the to-dos of the message as done. A work notice cannot be changed.
func (c *dingtalk) Close(ctx context.Context, r Receipt, _ Message) error {
	for line := range strings.SplitSeq(r.ID, "\n") {
		parts := strings.Fields(line)
		if len(parts) != 3 || parts[0] != "t" {
			continue
		}
		union, task := parts[1], parts[2]
		err := c.askNew(ctx, "PUT", "/v1.0/todo/users/"+url.PathEscape(union)+"/tasks/"+url.PathEscape(task),
			url.Values{"operatorId": {union}}, map[string]any{"done": true}, nil)
		if err != nil && asError(err).Reason != Gone {
			return err
		}
	}
	return nil
}
