package directory

import (
	"context"
	"maps"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// hinted are the fields with a line of help under them, as kind-field.
var hinted = []string{"wecom-corp", "wecom-app", "wecom-secret", "wecom-token", "wecom-no-field", "wecom-proxy", "wecom-private",
	"feishu-corp", "feishu-app", "feishu-token", "feishu-key", "feishu-api", "dingtalk-corp", "dingtalk-app", "dingtalk-token", "dingtalk-agent",
	"ldap-url", "ldap-bind-dn", "ldap-base", "ldap-preset", "ldap-user-filter", "ldap-attr-id", "ldap-attr-no", "ldap-ca", "ldap-attr-unit", "ldap-plain",
	"oidc-issuer", "oidc-no-claim", "oidc-mail-claim", "oidc-scopes", "oidc-private"}

func (f Field) hint(ctx context.Context, kind string) string {
	if key := kind + "-" + f.word(); slices.Contains(hinted, key) {
		return lang.T(ctx, "directory.hint-"+key)
	}
	return ""
}

// advancedKey is the heading of the settings that few need: of an LDAP server they are other ones.
func advancedKey(kind string) string {
	if kind == KindLDAP {
		return "directory.group-ldap-advanced"
	}
	return "directory.group-advanced"
}

// In is the reason in the reader's language.
func (w Why) In(ctx context.Context) string {
	return lang.T(ctx, w.Key, fault.Flat(plainly(ctx, w.Key, w.Args))...)
}

// netWords are what the network says in the middle of an error, and what that means.
var netWords = [][2]string{{"connection refused", "directory.net-refused"}, {"no such host", "directory.net-name"}, {"server misbehaving", "directory.net-name"},
	{"x509", "directory.net-cert"}, {"certificate", "directory.net-cert"}, {"unreachable", "directory.net-route"}, {"no route to host", "directory.net-route"},
	{"deadline exceeded", "directory.net-slow"}, {"timeout", "directory.net-slow"}, {"Timeout", "directory.net-slow"}, {"canceled", "directory.net-slow"}}

// plainly says in the reader's language why the other side cannot be reached; what is not known stays as it is.
func plainly(ctx context.Context, key string, args map[string]any) map[string]any {
	text, _ := args["text"].(string)
	if !strings.Contains(key, "away") {
		return args
	}
	for _, w := range netWords {
		if strings.Contains(text, w[0]) {
			args = maps.Clone(args)
			args["text"] = lang.T(ctx, w[1])
			return args
		}
	}
	return args
}

// In is the answer in the reader's language; "" before any test.
func (a Answer) In(ctx context.Context) string {
	if a.Key == "" {
		return ""
	}
	return lang.T(ctx, a.Key, fault.Flat(plainly(ctx, a.Key, a.Args))...)
}

func kindChoices(ctx context.Context) []ui.Choice {
	out := make([]ui.Choice, len(Kinds))
	for i, k := range Kinds {
		out[i] = ui.Choice{Value: k, Title: lang.T(ctx, "directory.kind-"+k), Text: lang.T(ctx, "directory.kind-"+k+"-text"), Checked: i == 0}
	}
	return out
}

func usesOf(ctx context.Context, c Connection) []string {
	var out []string
	for _, x := range []struct {
		on  bool
		key string
	}{{c.SignIn, "sign-in"}, {c.Sync, "sync"}, {c.Notify, "notify"}} {
		if x.on {
			out = append(out, lang.T(ctx, "directory.use-"+x.key))
		}
	}
	return out
}

// tested is the state of a connection as a word with its tone.
func tested(ctx context.Context, c Connection) ui.StatusProps {
	switch {
	case !c.Active():
		return ui.StatusProps{Text: lang.T(ctx, "directory.ended"), Tone: "na"}
	case c.Tested.IsZero():
		return ui.StatusProps{Text: lang.T(ctx, "directory.untested"), Tone: "na"}
	case c.Test.OK:
		return ui.StatusProps{Text: lang.T(ctx, "directory.works"), Tone: "good"}
	}
	return ui.StatusProps{Text: lang.T(ctx, "directory.fails"), Tone: "bad"}
}

func stateOf(ctx context.Context, r Run) ui.StatusProps {
	tone := map[string]string{Reading: "", Planning: "", Planned: "warn", Applying: "", Done: "good", Failed: "bad", Dropped: "na"}[r.State]
	return ui.StatusProps{Text: lang.T(ctx, "directory.state-"+r.State), Tone: tone}
}

func options(ctx context.Context, prefix, chosen string, values ...string) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		word := v
		if word == "" {
			word = "never"
		}
		out[i] = ui.Option{Value: v, Text: lang.T(ctx, prefix+word), Selected: v == chosen}
	}
	return out
}

func ownedOptions(ctx context.Context, r Rules) []ui.Option {
	out := make([]ui.Option, len(Owned))
	for i, v := range Owned {
		out[i] = ui.Option{Value: v, Text: lang.T(ctx, "directory.own-"+strings.ReplaceAll(v, "_", "-")), Selected: r.owns(v)}
	}
	return out
}

func hours(r Rules) []ui.Option {
	out := make([]ui.Option, 24)
	for i := range out {
		out[i] = ui.Option{Value: number(i), Text: number(i) + ":00", Selected: i == r.Hour}
	}
	return out
}

// countWords says what a run changes, in one line.
func countWords(ctx context.Context, c Counts) string {
	if c.Changes() == 0 && c.Waiting == 0 {
		return lang.T(ctx, "directory.no-changes")
	}
	var parts []string
	for _, x := range []struct {
		key string
		n   int
	}{{"units-new", c.UnitsNew}, {"units-changed", c.UnitsChanged}, {"units-closed", c.UnitsClosed}, {"people-new", c.PeopleNew}, {"people-changed", c.PeopleChanged},
		{"people-stopped", c.PeopleStopped}, {"linked", c.Linked}, {"waiting", c.Waiting}} {
		if x.n > 0 {
			parts = append(parts, lang.T(ctx, "directory.count-"+x.key, "count", x.n))
		}
	}
	return strings.Join(parts, lang.T(ctx, "directory.comma"))
}

// budgets are how many calls a month a platform allows; 0: it does not say.
var budgets = map[string]int{KindDingTalk: 10_000}
