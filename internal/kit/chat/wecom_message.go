package chat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What WeCom takes, in bytes unless said otherwise.
const (
	wecomPeople      = 1000
	wecomWords       = 2048
	wecomTitle       = 128
	wecomDescription = 512
	wecomMarkdown    = 4096
	wecomTask        = 128
)

// Send sends a message of the app: a text without a button, a text card with one, a card that can be changed later for
// a to-do. Equal messages to the same people within half an hour are shown once.
func (c *wecom) Send(ctx context.Context, to []string, m Message) (Receipt, error) {
	return inChunks(to, wecomPeople, func(to []string) (Receipt, error) { return c.sendTo(ctx, to, m) })
}

func (c *wecom) sendTo(ctx context.Context, to []string, m Message) (Receipt, error) {
	body := c.message(m)
	body["touser"], body["agentid"] = strings.Join(to, "|"), c.agent
	body["enable_duplicate_check"], body["duplicate_check_interval"] = 1, 1800
	if card, ok := body["template_card"].(map[string]any); ok {
		card["task_id"] = taskName(m.ID, to)
	}
	var got struct {
		Invalid    string `json:"invaliduser"`
		Unlicensed string `json:"unlicenseduser"`
		Code       string `json:"response_code"`
	}
	err := c.ask(ctx, "POST", "/cgi-bin/message/send", nil, body, &got)
	if err != nil && !(says(err, "task_id") && says(err, "duplicat", "repeat", "exist")) { // the card is there already
		return Receipt{}, err
	}
	r := Receipt{ID: got.Code}
	c.failed(&r, to, got.Invalid, "invaliduser", "WeCom does not know this person, or the app is not visible to them")
	c.failed(&r, to, got.Unlicensed, "unlicenseduser", "this person has no licence for the app's calls")
	if len(r.Failed) == len(to) {
		return Receipt{}, r.Failed[to[0]]
	}
	return r, nil
}

// failed notes whom the answer names; it names them in lower case.
func (c *wecom) failed(r *Receipt, to []string, names, code, why string) {
	for name := range strings.SplitSeq(names, "|") {
		for _, one := range to {
			if name != "" && strings.EqualFold(one, name) {
				r.fail(one, c.out.fail(code, why, Gone, 0))
			}
		}
	}
}

func (c *wecom) message(m Message) map[string]any {
	actions := openable(m.Actions)
	switch {
	case m.Todo && len(actions) > 0:
		return map[string]any{"msgtype": "template_card", "template_card": wecomCard("button_interaction", m, actions)}
	case len(actions) > 0:
		return map[string]any{"msgtype": "textcard", "textcard": map[string]any{
			"title": cut(plainWords(m.Title), wecomTitle), "url": actions[0].URL, "btntxt": cutRunes(actions[0].Text, 4),
			"description": wecomDescriptionOf(m)}}
	}
	return map[string]any{"msgtype": "text", "text": map[string]any{"content": cut(asText(m), wecomWords)}}
}

// wecomDescriptionOf is the body of a text card: the time small, the text, the facts. Marks are closed after the cut.
func wecomDescriptionOf(m Message) string {
	when := ""
	if !m.At.IsZero() {
		when = `<div class="gray">` + m.At.Format("2006-01-02 15:04") + `</div>`
	}
	var lines []string
	if m.Text != "" {
		lines = append(lines, plainWords(m.Text))
	}
	for _, f := range m.Facts {
		lines = append(lines, plainWords(f.Label+"："+f.Value))
	}
	return when + cut(strings.Join(lines, "\n"), wecomDescription-len(when))
}

// plainWords keeps a text from being read as marks: WeCom knows no escape for them.
func plainWords(text string) string {
	return strings.NewReplacer("<", "＜", ">", "＞", "\r\n", "\n").Replace(text)
}

// wecomCard is a template card. Only what waits for a button can be changed later; it may become any other card then.
func wecomCard(kind string, m Message, actions []Action) map[string]any {
	colour := map[string]int{"": 0, "warning": 2, "danger": 2, "done": 3}[m.Tone]
	card := map[string]any{"card_type": kind, "main_title": map[string]any{"title": cutRunes(m.Title, 36)},
		"sub_title_text": cutRunes(m.Text, 160)}
	if !m.At.IsZero() {
		card["source"] = map[string]any{"desc": m.At.Format("2006-01-02 15:04"), "desc_color": colour}
	}
	var lines []map[string]any
	for _, f := range m.Facts {
		if len(lines) < 6 {
			lines = append(lines, map[string]any{"keyname": cutRunes(f.Label, 5), "value": cutRunes(f.Value, 30)})
		}
	}
	if lines != nil {
		card["horizontal_content_list"] = lines
	}
	if len(actions) > 0 {
		card["card_action"] = map[string]any{"type": 1, "url": actions[0].URL}
	}
	if kind != "button_interaction" {
		return card
	}
	var buttons []map[string]any
	for i, a := range actions {
		if i < 6 {
			buttons = append(buttons, map[string]any{"text": cutRunes(a.Text, 10), "style": min(i+1, 2), "type": 1, "url": a.URL, "key": fmt.Sprint("open-", i)})
		}
	}
	card["button_list"] = buttons
	return card
}

// taskName names a card, the same for the same people: letters, digits, _ - @ are what WeCom takes, once for one app.
func taskName(id string, to []string) string {
	sum := sha256.Sum256([]byte(id + "\x00" + strings.Join(to, "|")))
	keep := strings.Map(func(r rune) rune {
		if r < 128 && (unicode.IsDigit(r) || unicode.IsLetter(r)) || r == '_' || r == '-' || r == '@' {
			return r
		}
		return '-'
	}, id)
	return keep[:min(len(keep), wecomTask-17)] + "-" + hex.EncodeToString(sum[:8])
}

// says tells whether an error's text holds one of these words.
func says(err error, words ...string) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, w := range words {
		if strings.Contains(strings.ToLower(e.Text), w) {
			return true
		}
	}
	return false
}

// Check knows nothing more than Send did.
func (c *wecom) Check(_ context.Context, r Receipt) (Receipt, error) { return r, nil }

// Close changes the card of everybody who has it, once, within 72 hours; later it stays as it is.
func (c *wecom) Close(ctx context.Context, r Receipt, m Message) error {
	for code := range strings.SplitSeq(r.ID, "\n") {
		if code == "" {
			continue
		}
		body := map[string]any{"atall": 1, "agentid": c.agent, "response_code": code}
		if actions := openable(m.Actions); len(actions) > 0 {
			body["template_card"] = wecomCard("text_notice", m, actions)
		} else {
			body["button"] = map[string]any{"replace_name": cutRunes(m.Title, 20)}
		}
		err := c.ask(ctx, "POST", "/cgi-bin/message/update_template_card", nil, body, nil)
		if err != nil && !says(err, "response_code") { // it is used, or too old: nothing to change any more
			return err
		}
	}
	return nil
}

// openable are the actions whose address a browser may open.
func openable(list []Action) (out []Action) {
	for _, a := range list {
		u, err := url.Parse(a.URL)
		if err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
			out = append(out, Action{Text: first(a.Text, "→"), URL: u.String()})
		}
	}
	return out
}

// asText is a message as bare text.
func asText(m Message) string {
	lines := []string{m.Title}
	if m.Text != "" {
		lines = append(lines, m.Text)
	}
	for _, f := range m.Facts {
		lines = append(lines, f.Label+"："+f.Value)
	}
	if !m.At.IsZero() {
		lines = append(lines, m.At.Format("2006-01-02 15:04"))
	}
	return strings.Join(lines, "\n")
}

// cutRunes shortens a text to so many characters.
func cutRunes(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}
