package catalog

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
)

// editedOf is a field as its editor shows it.
func editedOf(x form.Field) form.Values {
	v := form.Values{}
	put := func(key, text string) {
		if text != "" {
			v[key] = text
		}
	}
	tick := func(key string, on bool) {
		if on {
			v[key] = true
		}
	}
	put("label_zh", x.Label.Zh)
	put("label_en", x.Label.En)
	put("hint_zh", x.Hint.Zh)
	put("hint_en", x.Hint.En)
	put("min", x.Min)
	put("max", x.Max)
	put("pattern", x.Pattern)
	put("pattern_zh", x.PatternText.Zh)
	put("pattern_en", x.PatternText.En)
	put("default", x.Default)
	put("accept", x.Accept)
	put("of", x.Of)
	put("formula", x.Formula)
	put("number", x.Number)
	if x.Type == form.Formula {
		put("as", cmp.Or(string(x.As), string(form.Number)))
	}
	if x.Decimals != nil {
		v["decimals"] = json.Number(strconv.Itoa(*x.Decimals))
	}
	tick("required", x.Required)
	tick("sensitive", x.Sensitive)
	tick("indexed", x.Indexed)
	tick("sum", x.Sum)
	if rows := optionRows(x.Options, form.Option{}); len(rows) > 0 {
		v["options"] = rows
	}
	return v
}

// optionRows writes options as rows; those of a cascade as ways: "硬件/笔记本".
func optionRows(options []form.Option, above form.Option) []form.Values {
	way := func(a, b string) string {
		if a == "" {
			return b
		}
		return a + "/" + b
	}
	var rows []form.Values
	for _, o := range options {
		x := form.Option{Code: way(above.Code, o.Code), Label: lang.Text{Zh: way(above.Label.Zh, o.Label.Zh), En: way(above.Label.En, o.Label.En)}, Inactive: above.Inactive || o.Inactive}
		if len(o.Options) > 0 {
			rows = append(rows, optionRows(o.Options, x)...)
			continue
		}
		row := form.Values{"code": x.Code}
		if x.Label.Zh != "" {
			row["zh"] = x.Label.Zh
		}
		if x.Label.En != "" {
			row["en"] = x.Label.En
		}
		if x.Inactive {
			row["inactive"] = true
		}
		rows = append(rows, row)
	}
	return rows
}

// optionsOf reads rows back. A row without a code gets one; ways of one beginning come together.
func optionsOf(rows []form.Values, cascade bool) []form.Option {
	var out []form.Option
	for i, row := range rows {
		codes, zh, en := []string{row.String("code")}, []string{row.String("zh")}, []string{row.String("en")}
		if cascade {
			zh, en = steps(row.String("zh")), steps(row.String("en"))
			if codes = steps(row.String("code")); len(codes) != max(len(zh), len(en)) {
				codes = make([]string, max(len(zh), len(en)))
			}
		}
		if !cascade && codes[0] == "" {
			codes[0] = "o" + strconv.Itoa(i+1)
		}
		out = grow(out, codes, zh, en, row["inactive"] == true)
	}
	return out
}

func steps(way string) []string {
	if way == "" {
		return nil
	}
	list := strings.Split(strings.ReplaceAll(way, "／", "/"), "/")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// grow puts a way into a tree of options; a step that is there by code or name is gone along.
func grow(options []form.Option, codes, zh, en []string, inactive bool) []form.Option {
	if len(codes) == 0 {
		return options
	}
	label := lang.Text{Zh: firstStep(zh), En: firstStep(en)}
	at := -1
	if len(codes) > 1 {
		at = slices.IndexFunc(options, func(o form.Option) bool {
			same := o.Label.Zh == label.Zh && (label.Zh != "" || o.Label.En == label.En)
			return codes[0] != "" && o.Code == codes[0] || codes[0] == "" && same
		})
	}
	if at < 0 {
		o := form.Option{Code: cmp.Or(codes[0], "o"+strconv.Itoa(len(options)+1)), Label: label, Inactive: inactive && len(codes) == 1}
		options, at = append(options, o), len(options)
	}
	options[at].Options = grow(options[at].Options, codes[1:], behind(zh), behind(en), inactive)
	return options
}

// firstStep is the beginning of a way, behind what follows it.
func firstStep(way []string) string {
	if len(way) == 0 {
		return ""
	}
	return way[0]
}

func behind(way []string) []string {
	if len(way) == 0 {
		return nil
	}
	return way[1:]
}

// apply puts what the editor says into a field. What the editor does not ask (columns of a table) stays.
func apply(x form.Field, v form.Values, built builders) form.Field {
	x.Label = lang.Text{Zh: v.String("label_zh"), En: v.String("label_en")}
	x.Hint = lang.Text{Zh: v.String("hint_zh"), En: v.String("hint_en")}
	x.PatternText = lang.Text{Zh: v.String("pattern_zh"), En: v.String("pattern_en")}
	x.Min, x.Max, x.Pattern, x.Default = v.String("min"), v.String("max"), v.String("pattern"), v.String("default")
	x.Accept, x.Of, x.Formula, x.Number = v.String("accept"), v.String("of"), v.String("formula"), v.String("number")
	x.Required, x.Sensitive, x.Indexed, x.Sum = v["required"] == true, v["sensitive"] == true, v["indexed"] == true, v["sum"] == true
	x.As, x.Decimals = "", nil
	if as := form.Type(v.String("as")); as != form.Number {
		x.As = as
	}
	if n, err := strconv.Atoi(v.String("decimals")); err == nil {
		x.Decimals = &n
	}
	if x.Type.Selects() {
		x.Options = optionsOf(v.Rows("options"), x.Type == form.Cascade)
	}
	x.VisibleIf, x.RequiredIf, x.ReadOnlyIf = built.condition("visible"), built.condition("required"), built.condition("locked")
	if x.Type == form.Table && len(x.Fields) == 0 { // a table has a column from the beginning
		x.Fields = []form.Field{{Key: "item", Type: form.Text, Label: lang.Text{Zh: "项目", En: "Item"}, Required: true}}
	}
	return x
}

// sectionOf is a section as its editor shows it.
func sectionOf(s form.Section) form.Values {
	v := form.Values{}
	for key, text := range map[string]string{"title_zh": s.Title.Zh, "title_en": s.Title.En, "help_zh": s.Help.Zh, "help_en": s.Help.En} {
		if text != "" {
			v[key] = text
		}
	}
	if s.Columns > 0 {
		v["columns"] = strconv.Itoa(s.Columns)
	}
	return v
}

func applySection(s form.Section, v form.Values, built builders) form.Section {
	s.Title = lang.Text{Zh: v.String("title_zh"), En: v.String("title_en")}
	s.Help = lang.Text{Zh: v.String("help_zh"), En: v.String("help_en")}
	s.Columns, _ = strconv.Atoi(v.String("columns"))
	s.VisibleIf = built.condition("visible")
	return s
}

// atEditor gives findings of the whole form the names of the editor's inputs; at is the field's place in the definition
// ("fields[2]."). What concerns other parts of the form comes apart.
func atEditor(err error, at string) (own, others fault.Fields) {
	e, ok := fault.As(err)
	if !ok {
		return own, others
	}
	for _, x := range e.Fields {
		rest, mine := strings.CutPrefix(x.Name, at)
		if !mine {
			others.Add(x.Name, x.Key, fault.Flat(x.Args)...)
			continue
		}
		own.Add(editorInput(rest), x.Key, fault.Flat(x.Args)...)
	}
	return own, others
}

// editorInput is the input that stands for a part of a definition: "visible_if.all[0].any[1].value" is "visible[0][1].value".
func editorInput(name string) string {
	for from, to := range map[string]string{"visible_if": "visible", "required_if": "required", "read_only_if": "locked"} {
		if rest, ok := strings.CutPrefix(name, from); ok {
			return to + strings.NewReplacer(".all", "", ".any", "").Replace(rest)
		}
	}
	if rest, ok := strings.CutPrefix(name, "options["); ok { // those of a cascade below the first level are told at the table
		n, inner, _ := strings.Cut(rest, "].")
		name = "options[" + n + "]." + strings.NewReplacer("label.en", "en", "label.zh", "zh", "label", "zh").Replace(inner)
		if strings.HasPrefix(inner, "options") {
			name = "options"
		}
	}
	if field, locale, ok := strings.Cut(name, "."); ok && (field == "label" || field == "title") {
		name = field + "_" + locale
	}
	switch name {
	case "label", "title", "hint", "help":
		name += "_zh"
	case "pattern_text":
		name = "pattern_zh"
	}
	return "fields." + name
}
