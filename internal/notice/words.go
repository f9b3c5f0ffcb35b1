package notice

import (
	"context"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func reachPairs(ctx context.Context, v mineView) []ui.Pair {
	mail := v.Email
	switch {
	case v.MailOff:
		mail = lang.T(ctx, "notice.mine.mail-off")
	case mail == "":
		mail = lang.T(ctx, "notice.mine.no-mail")
	}
	chat := strings.Join(v.Chats, "、")
	if lang.Locale(ctx) == "en" {
		chat = strings.Join(v.Chats, ", ")
	}
	if chat == "" {
		chat = lang.T(ctx, "notice.mine.no-chat")
	}
	pairs := []ui.Pair{
		{Term: lang.T(ctx, "notice.channel.house"), Text: lang.T(ctx, "notice.always")},
		{Term: lang.T(ctx, "notice.channel.chat"), Text: chat},
		{Term: lang.T(ctx, "notice.channel.mail"), Text: mail},
	}
	if v.Open != "" {
		pairs = append(pairs, ui.Pair{Term: lang.T(ctx, "notice.mine.now"), Text: lang.T(ctx, "notice.mine.quiet-until", "at", v.Open)})
	}
	return pairs
}

func deedTitle(ctx context.Context, v deedView) string {
	switch {
	case v.Dead:
		return lang.T(ctx, "notice.deed.dead-title")
	case v.Done:
		return lang.T(ctx, "notice.deed.done."+v.Shown.Verb)
	}
	return lang.T(ctx, "notice.deed."+v.Shown.Verb)
}

func deedLead(ctx context.Context, v deedView) string {
	if v.Dead {
		return lang.T(ctx, "notice.deed.dead")
	}
	lead := strings.TrimSpace(v.Shown.Ref + " " + v.Shown.Title)
	return lang.T(ctx, "notice.deed.for", "name", v.Shown.Name, "title", lead)
}

func deedState(ctx context.Context, v deedView) string {
	switch v.Shown.State {
	case "used":
		return lang.T(ctx, "notice.deed.used")
	case "expired":
		return lang.T(ctx, "notice.deed.expired")
	}
	return lang.T(ctx, "notice.deed.over")
}

func announceNote(ctx context.Context, a Announcement) string {
	if a.DoneAt.IsZero() {
		return lang.T(ctx, "notice.announce.going", "count", a.Told)
	}
	return lang.Short(ctx, a.At) + " · " + lang.T(ctx, "notice.announce.told", "count", a.Told)
}

func robotHref(v robotView) string {
	if v.New {
		return "/settings/notices/robots/+"
	}
	return "/settings/notices/robots/" + idText(v.ID)
}

// keepHint says that what is kept stays when nothing is typed.
func keepHint(ctx context.Context, kept bool) string {
	if kept {
		return lang.T(ctx, "notice.keep-hint")
	}
	return ""
}

func aboutOrForm(ctx context.Context, p deadRow) string {
	switch {
	case p.About != "":
		return p.About
	case p.Form == Digest:
		return lang.T(ctx, "notice.value.digest")
	}
	return "–"
}

func firstDead(v deadView) string {
	if v.First {
		return ""
	}
	return "/settings/notices/dead"
}

func portText(v mailView) string {
	if v.Port == 0 {
		return ""
	}
	return idText(int64(v.Port))
}
