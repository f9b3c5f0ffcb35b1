package mail

import (
	"html"
	"strings"
)

// Body is what a letter says, without a look: Text and HTML write the same words.
type Body struct {
	Lang    string // "zh" or "en"
	Company string
	Title   string
	Blocks  []Block
	Foot    []Link // where the receiver says what to be told
	FootIs  string // the sentence before it
}

// Block is a part of a letter: one thing that happened.
type Block struct {
	Title   string // "": the only one
	Text    string // line breaks are kept
	Facts   [][2]string
	Actions []Link // the first is the main one
}

// Link is an address with its words.
type Link struct{ Text, URL string }

// Text is the body for a reader without HTML.
func (b Body) Text() string {
	var w strings.Builder
	w.WriteString(b.Title + "\n")
	for _, k := range b.Blocks {
		w.WriteString("\n")
		if k.Title != "" {
			w.WriteString(k.Title + "\n")
		}
		if k.Text != "" {
			w.WriteString(k.Text + "\n")
		}
		for _, f := range k.Facts {
			w.WriteString(f[0] + colon(b.Lang) + f[1] + "\n")
		}
		for _, a := range k.Actions {
			w.WriteString("→ " + a.Text + "\n  " + a.URL + "\n")
		}
	}
	w.WriteString("\n-- \n" + b.Company + "\n")
	if b.FootIs != "" {
		w.WriteString(b.FootIs + "\n")
	}
	for _, a := range b.Foot {
		w.WriteString(a.Text + colon(b.Lang) + a.URL + "\n")
	}
	return w.String()
}

func colon(lang string) string {
	if lang == "zh" {
		return "："
	}
	return ": "
}

// HTML is the body as a page of tables and plain styles, which every mail program shows.
func (b Body) HTML() string {
	var w strings.Builder
	put := func(parts ...string) {
		for _, p := range parts {
			w.WriteString(p)
		}
	}
	esc := html.EscapeString
	put(`<!doctype html><html lang="`, esc(b.Lang), `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>`, esc(b.Title), `</title></head>`,
		`<body style="margin:0;background:#f4f5f7;font:15px/1.6 -apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#1d2129">`,
		`<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">`,
		`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#fff;border:1px solid #e5e6eb;border-radius:8px"><tr><td style="padding:24px">`,
		`<h1 style="margin:0 0 8px;font-size:18px;line-height:1.4">`, esc(b.Title), `</h1>`)
	for i, k := range b.Blocks {
		rule := ""
		if i > 0 {
			rule = ";border-top:1px solid #e5e6eb;padding-top:12px"
		}
		put(`<div style="margin-top:12px`, rule, `">`)
		if k.Title != "" {
			put(`<div style="font-weight:600">`, esc(k.Title), `</div>`)
		}
		if k.Text != "" {
			put(`<p style="margin:4px 0;white-space:pre-line">`, esc(k.Text), `</p>`)
		}
		if len(k.Facts) > 0 {
			put(`<table role="presentation" cellpadding="0" cellspacing="0" style="margin:4px 0">`)
			for _, f := range k.Facts {
				put(`<tr><td style="padding:1px 12px 1px 0;color:#5b6470;vertical-align:top;white-space:nowrap">`, esc(f[0]), `</td><td>`, esc(f[1]), `</td></tr>`)
			}
			put(`</table>`)
		}
		for j, a := range k.Actions {
			style := "display:inline-block;margin:8px 8px 0 0;padding:7px 16px;border-radius:6px;border:1px solid #1f5fd0;color:#1f5fd0;text-decoration:none"
			if j == 0 {
				style = "display:inline-block;margin:8px 8px 0 0;padding:7px 16px;border-radius:6px;border:1px solid #1f5fd0;background:#1f5fd0;color:#fff;text-decoration:none"
			}
			put(`<a href="`, esc(a.URL), `" style="`, style, `">`, esc(a.Text), `</a>`)
		}
		put(`</div>`)
	}
	put(`</td></tr></table><div style="max-width:560px;padding:12px;color:#5b6470;font-size:13px">`, esc(b.Company))
	if b.FootIs != "" {
		put(`<br>`, esc(b.FootIs))
	}
	for _, a := range b.Foot {
		put(` <a href="`, esc(a.URL), `" style="color:#5b6470">`, esc(a.Text), `</a>`)
	}
	put(`</div></td></tr></table></body></html>`)
	return w.String()
}
