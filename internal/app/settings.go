package app

import (
	"context"
	"net/http"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// setting is a page on which the house is arranged. Its words are app.settings.KEY and app.settings.KEY-note.
type setting struct{ key, icon, href, action string }

// settingGroups are the settings in the order of the page; the words of a group are app.settings.KEY.
var settingGroups = []struct {
	key      string
	settings []setting
}{
	{"own", []setting{
		{"me", "user", "/me", "signin.own"},
		{"factors", "shield-check", "/me/factors", "signin.factors"},
		{"absence", "calendar", "/me/absence", "person.absence.set"},
		{"my-notices", "bell", "/me/notices", "notice.own"},
		{"accounts", "link", "/me/accounts", "directory.own"},
		{"activity", "history", "/me/activity", "audit.own"},
		{"support", "heart-handshake", "/support", "support.ask"},
		{"told", "eye", "/me/access", "access.told"},
		{"my-data", "download", "/me/data", "person.data"},
		{"decided", "building", "/company", "company.see"},
		{"permissions", "key", "/settings/access/table", "access.table"},
		{"disclosure", "star", "/settings/disclosure", "disclose.see"},
	}},
	{"people", []setting{
		{"org", "sitemap", "/settings/org", "org.change"},
		{"reorganise", "sitemap", "/settings/org/reorganise", "org.reorganise"},
		{"activation", "key", "/settings/activation", "signin.activate"},
		{"import", "upload", "/settings/import", "org.import"},
		{"connections", "link", "/settings/connections", "directory.see"},
	}},
	{"company", []setting{
		{"company", "building", "/settings/company", "settings.change"},
		{"first-run", "list-check", "/settings/first-run", "settings.change"},
		{"calendars", "calendar", "/settings/calendars", "calendar.change"},
		{"years", "calendar", "/settings/calendar-years", "calendar.import"},
		{"topics", "tag", "/settings/topics", "service.topics"},
		{"notices", "bell", "/settings/notices", "notice.settings"},
		{"announce", "send", "/settings/notices/announce", "notice.announce"},
		{"mail", "mail", "/settings/mail", "notice.settings"},
	}},
	{"safety", []setting{
		{"door", "lock", "/settings/door", "signin.policy.see"},
		{"access", "key", "/settings/access", "access.held"},
		{"view", "eye", "/settings/access/view", "access.view-as"},
		{"why", "key", "/access/why", "access.why"},
		{"glass", "eye", "/settings/access/glass", "access.glass.see"},
		{"privacy", "user", "/settings/privacy", "person.erase"},
		{"audit", "history", "/settings/audit", "audit.read"},
	}},
}

// settingGroup is a group with what its reader may use of it.
type settingGroup struct {
	Key      string
	Settings []setting
}

// settings are the pages that the reader may use; groups without one are left out.
func (a *App) settings(ctx context.Context) []settingGroup {
	var out []settingGroup
	for _, g := range settingGroups {
		may := settingGroup{Key: g.key}
		for _, s := range g.settings {
			if a.allows(ctx, s.action) {
				may.Settings = append(may.Settings, s)
			}
		}
		if len(may.Settings) > 0 {
			out = append(out, may)
		}
	}
	return out
}

// ownPages are the pages about the reader that /me leads to: those of the settings, but for what /me shows itself.
func (a *App) ownPages(ctx context.Context) []ui.ListItemProps {
	var out []ui.ListItemProps
	for _, s := range settingGroups[0].settings {
		if (strings.HasPrefix(s.href, "/me/") || s.key == "support") && s.key != "factors" && a.allows(ctx, s.action) {
			out = append(out, ui.ListItemProps{Icon: s.icon, Title: lang.T(ctx, "app.settings."+s.key), Href: s.href, Note: lang.T(ctx, "app.settings."+s.key+"-note")})
		}
	}
	return out
}

func (a *App) showSettings(w http.ResponseWriter, r *http.Request) error {
	groups := a.settings(r.Context())
	return web.Show(w, r, http.StatusOK, settingsPage(groups), settingsContent(groups))
}
