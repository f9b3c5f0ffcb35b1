package ui

import (
	"net/http"
	"strings"
	"time"
)

const (
	themeCookie  = "nk_theme"
	localeCookie = "nk_locale"
)

// ThemeOf is the reader's choice: "light", "dark", or "" for what the device says.
func ThemeOf(r *http.Request) string { return choice(r, themeCookie, "light", "dark") }

// LocaleOf is the language chosen on this device, "zh" or "en", or "" for none.
func LocaleOf(r *http.Request) string { return choice(r, localeCookie, "zh", "en") }

// Preferences answers POST PrefsHref: it keeps theme or locale in a cookie for
// a year and sends the reader back to where the switch was. It returns the
// chosen locale, "" when none was chosen, so that an account can keep it too.
func Preferences(w http.ResponseWriter, r *http.Request) (locale string) {
	keep := func(cookie, value string, allowed ...string) string {
		for _, a := range allowed {
			if value == a {
				http.SetCookie(w, &http.Cookie{
					Name: cookie, Value: value, Path: "/", Expires: time.Now().AddDate(1, 0, 0),
					SameSite: http.SameSiteLaxMode, HttpOnly: true, Secure: r.TLS != nil,
				})
				return value
			}
		}
		return ""
	}
	back := r.FormValue("back") // parses the form
	if r.PostForm.Has("theme") {
		keep(themeCookie, r.PostForm.Get("theme"), "", "light", "dark")
	}
	locale = keep(localeCookie, r.PostForm.Get("locale"), "zh", "en")
	http.Redirect(w, r, local(back), http.StatusSeeOther)
	return locale
}

// local keeps a redirect on this site.
func local(back string) string {
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.HasPrefix(back, "/\\") {
		return "/"
	}
	return back
}

func choice(r *http.Request, cookie string, allowed ...string) string {
	c, err := r.Cookie(cookie)
	if err != nil {
		return ""
	}
	for _, a := range allowed {
		if c.Value == a {
			return a
		}
	}
	return ""
}
