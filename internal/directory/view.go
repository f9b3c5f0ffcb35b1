package directory

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func isSealed(v formView, f Field) bool { return slices.Contains(v.Sealed, f.Name) }

// sealedWord says that a secret is set, and nothing of it.
func sealedWord(ctx context.Context, v formView, f Field) string {
	if isSealed(v, f) {
		return lang.T(ctx, "directory.sealed")
	}
	return ""
}

// presetOf is what holds when the field is left empty.
func presetOf(v formView, f Field) string {
	return Connection{Kind: v.In.Kind, Settings: map[string]string{"preset": v.In.Settings["preset"]}}.setting(f.Name)
}

func formTitle(ctx context.Context, v formView) string {
	if v.ID == 0 {
		return lang.T(ctx, "directory.new-of", "kind", lang.T(ctx, "directory.kind-"+v.In.Kind))
	}
	return lang.T(ctx, "directory.edit-of", "name", lang.Text{Zh: v.In.NameZh, En: v.In.NameEn}.In(ctx))
}

func formBack(v formView) string {
	if v.ID == 0 {
		return "/settings/connections"
	}
	return pathOf(v.ID)
}

func everyHint(ctx context.Context, v formView) string {
	if budgets[v.In.Kind] > 0 {
		return lang.T(ctx, "directory.budget-hint", "budget", lang.Number(ctx, budgets[v.In.Kind]))
	}
	return ""
}

func nextWords(ctx context.Context, c Connection) string {
	if c.Next.IsZero() {
		return lang.T(ctx, "directory.next-none")
	}
	return lang.T(ctx, "directory.next-at", "when", lang.Short(ctx, c.Next))
}

func causeWords(ctx context.Context, r runLine) string {
	if r.Who != "" && (r.Cause == "hand" || r.Cause == "command") {
		return r.Who
	}
	return lang.T(ctx, "directory.cause-"+r.Cause)
}

func resultWords(ctx context.Context, r Run) string {
	switch r.State {
	case Done, Applying:
		return countWords(ctx, r.Applied)
	case Planned:
		return countWords(ctx, r.Planned)
	case Failed:
		if r.Failure != nil {
			return r.Failure.In(ctx)
		}
	case Reading:
		return lang.T(ctx, "directory.read-so-far", "count", r.Users)
	}
	return ""
}

// facts are the settings as they are, without what is secret.
func facts(ctx context.Context, v connectionView) []ui.Pair {
	out := []ui.Pair{{Term: lang.T(ctx, "directory.uses"), Text: strings.Join(usesOf(ctx, v.Connection), lang.T(ctx, "directory.comma"))},
		{Term: lang.T(ctx, "directory.accounts"), Text: lang.Number(ctx, v.People)}}
	for _, f := range FieldsOf(v.Kind) {
		switch {
		case f.Secret && slices.Contains(v.Sealed, f.Name):
			out = append(out, ui.Pair{Term: f.label(ctx, v.Kind), Text: lang.T(ctx, "directory.sealed-short")})
		case f.Secret && f.Required:
			out = append(out, ui.Pair{Term: f.label(ctx, v.Kind), Text: lang.T(ctx, "directory.not-set")})
		case f.Sort == "long" && v.Settings[f.Name] != "":
			out = append(out, ui.Pair{Term: f.label(ctx, v.Kind), Text: lang.T(ctx, "directory.is-set")})
		case f.Sort == "yes" && v.Settings[f.Name] != "":
			out = append(out, ui.Pair{Term: f.label(ctx, v.Kind), Text: lang.T(ctx, "directory.yes")})
		case !f.Secret && v.Settings[f.Name] != "":
			out = append(out, ui.Pair{Term: f.label(ctx, v.Kind), Text: v.Settings[f.Name]})
		}
	}
	if v.Sync && v.Kind != KindLDAP {
		text := lang.T(ctx, "directory.calls", "count", lang.Number(ctx, v.callsIn(lang.Now(ctx).In(lang.Zone(ctx)).Format("2006-01"))))
		if b := budgets[v.Kind]; b > 0 {
			text = lang.T(ctx, "directory.calls-of", "count", lang.Number(ctx, v.callsIn(lang.Now(ctx).In(lang.Zone(ctx)).Format("2006-01"))), "budget", lang.Number(ctx, b))
		}
		out = append(out, ui.Pair{Term: lang.T(ctx, "directory.calls-term"), Text: text})
	}
	return out
}

// callsIn is how many calls were made in a month.
func (c Connection) callsIn(month string) int {
	if c.Month != month {
		return 0
	}
	return c.Calls
}

// places are the addresses that the administrator enters on the other side, for what the connection is used for.
func places(ctx context.Context, c Connection, base string) (out []ui.Pair) {
	add := func(key, text string) { out = append(out, ui.Pair{Term: lang.T(ctx, key), Text: text}) }
	if c.SignIn && c.Kind != KindLDAP {
		if c.Kind == KindWeCom {
			_, host, _ := strings.Cut(base, "://")
			add("directory.place-domain", host)
		} else {
			add("directory.place-back", base+"/signin/back/"+strconv.FormatInt(c.ID, 10))
		}
		if c.Kind == KindOIDC {
			add("directory.place-out", base+"/signin")
		}
	}
	if c.Kind != KindLDAP && c.Kind != KindOIDC {
		add("directory.hook", base+"/hooks/"+c.Hook)
	}
	return out
}

// advancedOpen says whether the part for private installations has something in it.
func (v formView) advancedOpen() bool {
	return slices.ContainsFunc(FieldsOf(v.In.Kind), func(f Field) bool {
		return f.Advanced && (v.In.Settings[f.Name] != "" || v.Errors.At(f.path()) != "")
	})
}

// rulesOpen says whether the rules of the sync are to be looked at: something in them is wrong, or they are not as they came.
func (v formView) rulesOpen() bool {
	for _, f := range v.Errors.Fields {
		if strings.HasPrefix(f.Name, "rules.") {
			return true
		}
	}
	return v.ID != 0 && v.In.Sync
}
