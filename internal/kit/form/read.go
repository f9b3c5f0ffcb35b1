package form

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"neike/internal/kit/lang"
)

// read turns one answer into its canonical value; nil when there is no answer. before is the canonical answer that was stored
// before: an option that is offered no longer may stay, not come.
func (f Field) read(ctx context.Context, find Resolve, raw, before any) (any, *bad, error) {
	switch f.Type {
	case MultiSelect:
		v, bad := f.choices(raw, before)
		return v, bad, nil
	case Attachment:
		return readFiles(ctx, find, raw)
	case Checkbox:
		v, bad := readTick(raw)
		return v, bad, nil
	case Cascade:
		raw = joined(raw)
	}
	s, bad := scalar(raw)
	if bad != nil {
		return nil, bad, nil
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return nil, wrong("form.not-text"), nil
	}
	if s = trim(s); s == "" {
		return nil, nil, nil
	}
	switch f.Type {
	case Person:
		return resolve(ctx, find.People, s, "person")
	case Department:
		return resolve(ctx, find.Units, s, "department")
	case Relation:
		return resolve(ctx, find.Of[f.Of], s, "relation")
	}
	v, bad := f.readPlain(ctx, s, before)
	return v, bad, nil
}

func (f Field) readPlain(ctx context.Context, s string, before any) (any, *bad) {
	switch f.Type {
	case Text:
		return readText(s)
	case LongText:
		return readLongText(s)
	case Number:
		n, bad := decimal(s, maxDecimals, "number")
		if bad != nil {
			return nil, bad
		}
		return json.Number(n), nil
	case Percent:
		return readPercent(s)
	case Currency:
		return readCurrency(s)
	case Date:
		return readDate(s)
	case DateTime:
		return readDateTime(s, lang.Zone(ctx))
	case Month:
		return readMonth(s)
	case Phone:
		return readPhone(s)
	case EmailURL:
		return f.readAddress(s)
	case Rating:
		return f.readStars(s)
	case SingleSelect, Cascade:
		return f.choice(s, before)
	}
	return nil, wrong("form.definition.type", "type", string(f.Type))
}

// trim cuts white space, the full-width one (U+3000) included.
func trim(s string) string { return strings.TrimSpace(s) }

func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

func readText(s string) (any, *bad) {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " ")
	if n := utf8.RuneCountInString(s); n > MaxText {
		return nil, wrong("form.too-long", "max", MaxText, "count", n)
	}
	return nonBlank(s), nil
}

func readLongText(s string) (any, *bad) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if n := utf8.RuneCountInString(s); n > MaxLongText {
		return nil, wrong("form.too-long", "max", MaxLongText, "count", n)
	}
	return nonBlank(s), nil
}

// nonBlank is the text without what cannot be printed; nil when nothing remains.
func nonBlank(s string) any {
	if s = trim(lang.Plain(strings.Map(printable, s))); s == "" {
		return nil
	}
	return s
}

// printable drops control characters that no keyboard makes and that break exports.
func printable(r rune) rune {
	if unicode.IsControl(r) && r != '\n' && r != '\t' {
		return -1
	}
	return r
}

var (
	plainNumber   = regexp.MustCompile(`^([-+]?)(\d+)(?:\.(\d*))?$`)
	groupedNumber = regexp.MustCompile(`^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$`)
)

// decimal reads a decimal number exactly, without a float on the way. kind picks the sentences.
func decimal(s string, decimals int, kind string) (string, *bad) {
	s = strings.ReplaceAll(lang.Narrow(s), " ", "")
	if groupedNumber.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	m := plainNumber.FindStringSubmatch(s)
	if m == nil {
		return "", wrong("form."+kind, "given", clip(s, 40))
	}
	whole, fraction := strings.TrimLeft(m[2], "0"), strings.TrimRight(m[3], "0")
	if len(fraction) > decimals {
		return "", wrong("form."+kind+"-decimals", "max", decimals)
	}
	if len(whole) > maxIntDigits {
		return "", wrong("form."+kind+"-range", "max", maxIntDigits)
	}
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if m[1] == "-" && whole != "0" {
		whole = "-" + whole
	}
	return whole, nil
}

func readCurrency(s string) (any, *bad) {
	s = strings.TrimSpace(lang.Narrow(s))
	s = strings.TrimSuffix(s, "元")
	for _, sign := range [...]string{"¥", "￥", "CNY", "RMB", "cny", "rmb"} {
		s = strings.TrimPrefix(s, sign)
	}
	n, bad := decimal(s, 2, "currency")
	if bad != nil {
		return nil, bad
	}
	whole, cents, _ := strings.Cut(n, ".")
	return whole + "." + (cents + "00")[:2], nil
}

var (
	mobile        = regexp.MustCompile(`^1[3-9]\d{9}$`)
	landline      = regexp.MustCompile(`^(0(?:10|2\d|[3-9]\d{2}))-?(\d{7,8})(?:-(\d{1,6}))?$`)
	extension     = regexp.MustCompile(`^\d{3,8}$`)
	service400    = regexp.MustCompile(`^[48]00-?\d{3}-?\d{4}$`)
	international = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
)

// readPhone reads a mobile number, a landline with area code, an extension, a 400 number, or E.164.
func readPhone(s string) (any, *bad) {
	given := clip(s, 40)
	s = lang.Narrow(s)
	s = strings.NewReplacer(" ", "", "(", "", ")", "-", ".", "-", "转", "-", "ext", "-").Replace(strings.ToLower(s))
	s = strings.Trim(strings.ReplaceAll(s, "--", "-"), "-")
	flat := strings.ReplaceAll(s, "-", "")
	for _, code := range [...]string{"+86", "0086"} {
		if rest, ok := strings.CutPrefix(flat, code); ok && mobile.MatchString(rest) {
			return rest, nil
		}
	}
	switch {
	case mobile.MatchString(flat):
		return flat, nil
	case service400.MatchString(s):
		return flat[:3] + "-" + flat[3:6] + "-" + flat[6:], nil
	case international.MatchString(flat):
		return flat, nil
	case extension.MatchString(s):
		return s, nil
	}
	m := landline.FindStringSubmatch(s)
	if m == nil {
		return nil, wrong("form.phone", "given", given)
	}
	out := m[1] + "-" + m[2]
	if m[3] != "" {
		out += "-" + m[3]
	}
	return out, nil
}

// choice reads an option by its code, or by its label in either language; of a cascade by the codes or labels on its way.
func (f Field) choice(s string, before any) (any, *bad) {
	if code, ok := f.find(s); ok && (f.offered(code) || code == before) {
		return code, nil
	}
	return nil, wrong("form.choice", "given", clip(s, 40), "options", f.codes())
}

// find is the code, of a cascade the path of codes, of an option named by codes or labels. A way in a cascade goes to its end.
func (f Field) find(s string) (string, bool) {
	names := []string{s}
	if f.Type == Cascade {
		names = strings.Split(strings.NewReplacer(" / ", "/", "／", "/").Replace(s), "/")
	}
	options, codes := f.Options, []string{}
	for _, name := range names {
		o, ok := named(options, trim(name))
		if !ok {
			return "", false
		}
		codes, options = append(codes, o.Code), o.Options
	}
	return strings.Join(codes, "/"), f.Type != Cascade || len(options) == 0
}

func named(options []Option, s string) (Option, bool) {
	for _, o := range options {
		if o.Code == s {
			return o, true
		}
	}
	for _, o := range options {
		if s == o.Label.Zh || strings.EqualFold(s, o.Label.En) {
			return o, true
		}
	}
	return Option{}, false
}

// offered says whether an option and all above it can be chosen.
func (f Field) offered(code string) bool {
	return !slices.ContainsFunc(f.path(code), func(o Option) bool { return o.Inactive })
}

func (f Field) choices(raw, before any) (any, *bad) {
	given, bad := several(raw)
	if bad != nil {
		return nil, bad
	}
	kept, _ := before.([]string)
	taken := map[string]bool{}
	for _, s := range given {
		code, ok := f.find(s)
		if !ok || !f.offered(code) && !slices.Contains(kept, code) {
			return nil, wrong("form.choice", "given", clip(s, 40), "options", f.codes())
		}
		taken[code] = true
	}
	var out []string
	for _, o := range f.Options {
		if taken[o.Code] {
			out = append(out, o.Code)
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

func (f Field) codes() string {
	var codes []string
	for _, x := range f.offers() {
		codes = append(codes, x.code)
	}
	return clip(strings.Join(codes, ", "), 200)
}

// resolve finds the one person or unit that the text means. kind picks the sentences.
func resolve(ctx context.Context, find func(context.Context, string) ([]Ref, error), s, kind string) (any, *bad, error) {
	if utf8.RuneCountInString(s) > 80 {
		return nil, wrong("form."+kind, "given", clip(s, 40)), nil
	}
	if find == nil {
		return s, nil, nil
	}
	found, err := find(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	switch len(found) {
	case 0:
		return nil, wrong("form."+kind, "given", clip(s, 40)), nil
	case 1:
		return found[0].Code, nil, nil
	}
	return nil, wrong("form."+kind+"-several", "given", clip(s, 40), "count", len(found), "example", found[0].Code), nil
}

var fileID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

func readFiles(ctx context.Context, find Resolve, raw any) (any, *bad, error) {
	given, bad := several(raw)
	if bad != nil {
		return nil, bad, nil
	}
	var ids []string
	seen := map[string]bool{}
	for _, id := range given {
		if !fileID.MatchString(id) {
			return nil, wrong("form.file", "given", clip(id, 40)), nil
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	switch {
	case len(ids) == 0:
		return nil, nil, nil
	case len(ids) > MaxFiles:
		return nil, wrong("form.too-many-files", "max", MaxFiles, "count", len(ids)), nil
	case find.Files == nil:
		return ids, nil, nil
	}
	found, err := find.Files(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range found {
		delete(seen, r.Code)
	}
	for _, id := range ids {
		if seen[id] {
			return nil, wrong("form.file", "given", id), nil
		}
	}
	return ids, nil, nil
}
