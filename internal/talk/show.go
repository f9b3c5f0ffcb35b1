package talk

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

// View says how a conversation is shown to its reader.
type View struct {
	ID       string
	Customer org.ID // the customer's unit: its people get the other tone
	Hidden   string // who cannot see a note, by name
	Ask      string // the tag of a question: "要求补充，计时暂停"
	Unread   []ID   // marked as new
	Older    string // address of the earlier ones; empty: there are none
	Empty    string
}

// Props turns entries into the conversation of kit/ui, in the reader's language.
func Props(ctx context.Context, list []Entry, v View) ui.ConversationProps {
	p := ui.ConversationProps{ID: v.ID, Empty: v.Empty, Messages: make([]ui.MessageProps, len(list))}
	if len(list) == PageSize {
		p.Older = v.Older
	}
	unread := map[ID]bool{}
	for _, id := range v.Unread {
		unread[id] = true
	}
	for i, e := range list {
		m := ui.MessageProps{ID: "m-" + strconv.FormatInt(e.ID, 10), Kind: e.Kind, Person: e.Author(ctx), Unit: e.UnitName.In(ctx),
			When: lang.Short(ctx, e.At), At: e.At.UTC().Format(time.RFC3339), Text: e.Text, Unread: unread[e.ID]}
		if len(e.Names) > 0 || link.MatchString(e.Text) {
			m.Body = Body(e.Text, e.Names)
		}
		if e.Unit != 0 && e.Unit == v.Customer {
			m.Tone = 2
		}
		switch e.Kind {
		case KindNote:
			m.Hidden = v.Hidden
		case KindAsk:
			m.Tag = v.Ask
		}
		for _, f := range e.Attachments {
			m.Files = append(m.Files, ui.FileProps{Name: f.Name, Href: f.Href(), Thumb: f.Thumb(), Size: Size(ctx, f.Size)})
		}
		p.Messages[i] = m
	}
	return p
}

// Body is a text as HTML: line breaks, links to http and https, and the names of those mentioned. Everything the
// writer typed is escaped.
func Body(text string, names map[string]lang.Text) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		put := func(s string) (err error) {
			_, err = io.WriteString(w, s)
			return err
		}
		if err := put("<p>"); err != nil {
			return err
		}
		for _, p := range Pieces(text) {
			shown := templ.EscapeString(p.Text)
			switch p.Kind {
			case "link":
				shown = `<a href="` + shown + `" rel="noopener noreferrer nofollow" target="_blank">` + shown + `</a>`
			case "mention":
				name := names[p.Text].In(ctx)
				if name == "" {
					name = p.Text
				}
				shown = `<span class="nk-mention">@` + templ.EscapeString(name) + `</span>`
			}
			if err := put(shown); err != nil {
				return err
			}
		}
		return put("</p>")
	})
}

// Size is a number of bytes for people: "38 KB", "2.4 MB".
func Size(ctx context.Context, bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + " B"
	case bytes < 1000*1000:
		return lang.Number(ctx, (bytes+500)/1000) + " KB"
	default:
		return lang.Number(ctx, float64(bytes)/1e6, 1) + " MB"
	}
}

// namesNow is the names in the reader's language, for an excerpt.
func namesNow(ctx context.Context, names map[string]lang.Text) map[string]string {
	out := make(map[string]string, len(names))
	for no, name := range names {
		out[no] = name.In(ctx)
	}
	return out
}

func iconOf(u Unread) string {
	switch {
	case u.Mentioned:
		return "at"
	case u.Kind == KindNote:
		return "lock"
	case u.Kind == KindAsk:
		return "message-question"
	}
	return "message"
}

// hrefOf leads to the very message.
func hrefOf(u Unread) string { return u.About.Link + "#m-" + strconv.FormatInt(u.ID, 10) }

// noteOf is the reference and the beginning of the text.
func noteOf(ctx context.Context, u Unread) string {
	text := Excerpt(u.Text, 80, namesNow(ctx, u.Names))
	if text == "" {
		text = lang.T(ctx, "talk.only-files", "count", u.fileCount)
	}
	return u.About.Ref + " · " + text
}

func backHref(v inboxView) string {
	if v.First {
		return ""
	}
	return inboxHref(v.Only, "")
}

// openLabel says what is opened, to whoever does not see the line.
func openLabel(ctx context.Context, title string) string {
	return lang.T(ctx, "talk.open") + " " + title
}
