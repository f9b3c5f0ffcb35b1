package chat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
)

// feishuCardSize is how many bytes a card has at most: a robot takes a message of 20 KB, an app a card of 30.
const feishuCardSize = 18 << 10

// Send sends a card to each: Feishu takes one person a call. The same message to the same person within an hour is shown
// once. When Feishu asks to slow down, those who are left are in the receipt.
func (c *feishu) Send(ctx context.Context, to []string, m Message) (Receipt, error) {
	text, err := plainJSON(feishuCard(m))
	if err != nil {
		return Receipt{}, err
	}
	var stop *Error
	return inChunks(to, 1, func(to []string) (Receipt, error) {
		if stop != nil {
			return Receipt{}, stop
		}
		body := map[string]any{"receive_id": to[0], "msg_type": "interactive", "content": string(text)}
		if m.ID != "" {
			sum := sha256.Sum256([]byte(m.ID + "\x00" + to[0]))
			body["uuid"] = hex.EncodeToString(sum[:16])
		}
		var got struct {
			ID string `json:"message_id"`
		}
		err := c.ask(ctx, "POST", "/open-apis/im/v1/messages", url.Values{"receive_id_type": {receiveKind(to[0])}}, body, &got)
		var e *Error
		if errors.As(err, &e) && (e.Reason == Slow || e.Reason == Spent) {
			stop = e
		}
		return Receipt{ID: got.ID}, err
	})
}

// receiveKind says which kind of id this is.
func receiveKind(id string) string {
	switch {
	case strings.HasPrefix(id, "ou_"):
		return "open_id"
	case strings.HasPrefix(id, "on_"):
		return "union_id"
	case strings.HasPrefix(id, "oc_"):
		return "chat_id"
	}
	return "user_id"
}

// feishuCard is a message as a card of the first version, which every client and every robot shows. All words are plain
// text: what somebody typed can neither mention anybody nor hide a link.
func feishuCard(m Message) map[string]any {
	for size := 12 << 10; ; size /= 2 {
		card := feishuCardOf(m, size)
		if text, err := plainJSON(card); err != nil || len(text) <= feishuCardSize || size < 500 {
			return card
		}
	}
}

// feishuCardOf is the card with so many bytes of text, and of facts.
func feishuCardOf(m Message, size int) map[string]any {
	colour := map[string]string{"": "blue", "warning": "orange", "danger": "red", "done": "green"}[m.Tone]
	plain := func(text string) map[string]any { return map[string]any{"tag": "plain_text", "content": text} }
	elements := []any{}
	if m.Text != "" {
		elements = append(elements, map[string]any{"tag": "div", "text": plain(cut(m.Text, size))})
	}
	var fields []any
	for i, f := range m.Facts {
		if i < 20 {
			fields = append(fields, map[string]any{"is_short": false, "text": plain(cut(f.Label+"："+f.Value, size/20))})
		}
	}
	if fields != nil {
		elements = append(elements, map[string]any{"tag": "div", "fields": fields})
	}
	var buttons []any
	for i, a := range openable(m.Actions) {
		if i == 6 {
			break
		}
		kind := "default"
		if i == 0 {
			kind = "primary"
		}
		buttons = append(buttons, map[string]any{"tag": "button", "type": kind, "text": plain(cutRunes(a.Text, 30)), "url": a.URL})
	}
	if buttons != nil {
		elements = append(elements, map[string]any{"tag": "action", "actions": buttons})
	}
	if !m.At.IsZero() {
		elements = append(elements, map[string]any{"tag": "note", "elements": []any{plain(m.At.Format("2006-01-02 15:04"))}})
	}
	return map[string]any{"config": map[string]any{"wide_screen_mode": true, "update_multi": true},
		"header": map[string]any{"template": colour, "title": plain(cutRunes(m.Title, 120))}, "elements": elements}
}

// Check knows nothing more than Send did.
func (c *feishu) Check(_ context.Context, r Receipt) (Receipt, error) { return r, nil }

// Close changes every card of the message. A card that is gone, or older than Feishu changes, stays as it is.
func (c *feishu) Close(ctx context.Context, r Receipt, m Message) error {
	text, err := plainJSON(feishuCard(m))
	if err != nil {
		return err
	}
	for id := range strings.SplitSeq(r.ID, "\n") {
		if id == "" {
			continue
		}
		err := c.ask(ctx, "PATCH", "/open-apis/im/v1/messages/"+url.PathEscape(id), nil, map[string]any{"content": string(text)}, nil)
		if err != nil && !codeIn(err, "230011", "230031", "230001") {
			return err
		}
	}
	return nil
}
