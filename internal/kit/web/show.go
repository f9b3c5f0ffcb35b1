package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/text/language"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// IsHTMX says whether htmx asks for a fragment. A boosted link, a return through the history and a swap
// of the whole body want the page.
func IsHTMX(r *http.Request) bool {
	h := r.Header
	return h.Get("HX-Request") == "true" && h.Get("HX-History-Restore-Request") != "true"
}

// wantsContent says whether the content form of a page is wanted instead of the framed one.
func wantsContent(r *http.Request) bool {
	return IsHTMX(r) && r.Header.Get("HX-Boosted") != "true" && r.Header.Get("HX-Target") != ""
}

// Show answers with a page: content for htmx, full for a browser. Content may be nil when there is only
// one form. What is rendered is sent after the handler has returned, so an error here leaves no half page.
func Show(w http.ResponseWriter, r *http.Request, status int, full, content templ.Component) error {
	c := full
	if content != nil && wantsContent(r) {
		c = content
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "HX-Request")
	w.WriteHeader(status)
	ctx := r.Context()
	if status >= http.StatusBadRequest { // once more, when the fields that a summary names are known
		ctx = ui.Naming(ctx)
		if err := c.Render(ctx, io.Discard); err != nil {
			return err
		}
	}
	return c.Render(ctx, w)
}

// See sends the reader on with 303 after a POST. htmx fetches the page itself and keeps the address.
func See(w http.ResponseWriter, r *http.Request, to string) error {
	if IsHTMX(r) {
		w.Header().Set("HX-Location", to)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// Local is to when it is a path of this server, and otherwise fallback: nobody is sent elsewhere by a
// link that somebody made.
func Local(to, fallback string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return fallback
	}
	return to
}

// PageBefore is the path and query of the page of ours that a form was sent from; "" when the browser does not say.
func PageBefore(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return ""
	}
	return Local(u.RequestURI(), "")
}

// Flash is a word left for the next page.
type Flash struct {
	Text string `json:"t"`
	Undo string `json:"u,omitempty"` // address that takes it back by POST
}

// Toast leaves a word for the next page: what was done, and where to POST to undo it ("" for nothing).
func Toast(w http.ResponseWriter, r *http.Request, text string, undoURL string) {
	raw, err := json.Marshal(Flash{text, undoURL})
	if err != nil { // two strings
		panic(err)
	}
	SetCookie(w, r, "toast", base64.RawURLEncoding.EncodeToString(raw), time.Minute)
}

// TakeToast reads the word left by the page before, once.
func TakeToast(w http.ResponseWriter, r *http.Request) (Flash, bool) {
	c, err := r.Cookie("toast")
	if err != nil {
		return Flash{}, false
	}
	SetCookie(w, r, "toast", "", -1)
	var f Flash
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(raw, &f) != nil || f.Text == "" {
		return Flash{}, false
	}
	f.Undo = Local(f.Undo, "")
	return f, true
}

// SetCookie sets a cookie that scripts cannot read and other sites cannot send; a negative life removes it.
// It is Secure when the reader came by https or the public address is one of https.
func SetCookie(w http.ResponseWriter, r *http.Request, name, value string, life time.Duration) {
	res := responseOf(w)
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(life.Seconds()), Secure: IsSecure(r) || res != nil && res.secure}
	if life < 0 {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// IsSecure says whether the reader came by https, here or up to a proxy.
func IsSecure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// Theme is the reader's choice: "light", "dark", or "" for what the device says.
func Theme(r *http.Request) string {
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

// SetLook keeps the reader's choice of language ("zh", "en") and theme ("light", "dark", "auto" for what the device
// says) in this browser. What is empty or unknown stays as it is.
func SetLook(w http.ResponseWriter, r *http.Request, locale, theme string) {
	const life = 365 * 24 * time.Hour
	if slices.Contains(lang.Locales, locale) {
		SetCookie(w, r, "lang", locale, life)
	}
	switch theme {
	case "light", "dark":
		SetCookie(w, r, "theme", theme, life)
	case "auto":
		SetCookie(w, r, "theme", "", -1)
	}
}

// submitLook changes language and theme for this browser.
func (m *Mux) submitLook(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Locale string `form:"locale"`
		Theme  string `form:"theme"`
		Back   string `form:"back"`
	}
	if err := Decode(r, &in); err != nil {
		return err
	}
	SetLook(w, r, in.Locale, in.Theme)
	if in.Back == "" {
		if u, err := url.Parse(r.Referer()); err == nil {
			in.Back = u.RequestURI()
		}
	}
	w.Header().Set("Location", Local(in.Back, "/"))
	if IsHTMX(r) {
		w.Header().Set("HX-Redirect", Local(in.Back, "/"))
		w.WriteHeader(http.StatusOK)
		return nil
	}
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// words puts the reader's language and zone into the context. A page takes the browser's choice, then
// the person's, then what the browser asks for; a program takes what it asks for first.
func (m *Mux) words(ctx context.Context, r *http.Request, who actor.Actor) context.Context {
	locale := who.Locale
	asked := r.Header.Get("Accept-Language")
	if who.Token != 0 || locale == "" {
		if asked != "" {
			locale = pick(asked, m.o.Locale)
		}
	}
	if c, err := r.Cookie("lang"); err == nil && (c.Value == "zh" || c.Value == "en") {
		locale = c.Value
	}
	if locale == "" {
		locale = m.o.Locale
	}
	zone := who.Zone
	if zone == "" {
		zone = m.o.Zone
	}
	ctx = lang.With(ctx, m.o.Book, locale, zone)
	if m.o.Main != nil {
		ctx = lang.WithMain(ctx, m.o.Main(ctx))
	}
	return ctx
}

var matcher = language.NewMatcher([]language.Tag{language.Chinese, language.English})

func pick(asked, fallback string) string {
	switch { // what browsers send nearly always
	case strings.HasPrefix(asked, "zh"):
		return "zh"
	case strings.HasPrefix(asked, "en"):
		return "en"
	}
	tags, _, err := language.ParseAcceptLanguage(asked)
	if err != nil || len(tags) == 0 {
		return fallback
	}
	if _, i, sure := matcher.Match(tags...); sure > language.No {
		return lang.Locales[i]
	}
	return fallback
}

// plainError is the error page of a house that has no frame.
func plainError(_ context.Context, p Problem) (full, content templ.Component) {
	content = templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<section role="alert"><h1>`+html.EscapeString(p.Title)+`</h1><p>`+html.EscapeString(p.Message)+`</p></section>`)
		return err
	})
	full = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, "<!doctype html><html><head><meta charset=utf-8><title>"+html.EscapeString(p.Title)+"</title></head><body>"); err != nil {
			return err
		}
		if err := content.Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</body></html>")
		return err
	})
	return full, content
}
