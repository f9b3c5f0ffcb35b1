package form

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// chooses is what types say that choose.
func (d drawing) chooses(ctx context.Context, q question, u *ui.FieldProps) {
	switch q.Type {
	case Person:
		u.Source, u.Placeholder = d.PeopleSource, lang.T(ctx, "form.person-placeholder")
		u.Options = d.chosen(q, u.Value)
	case Department:
		u.Source, u.Placeholder = d.UnitSource, lang.T(ctx, "form.department-placeholder")
		u.Options = d.chosen(q, u.Value)
		if len(d.Units) > 0 {
			u.Options, u.Placeholder = choose(ctx, d.Units, u.Value), ""
		}
	case Relation:
		u.Source, u.Placeholder = d.Sources[q.Of], lang.T(ctx, "form.relation-placeholder")
		u.Options = d.chosen(q, u.Value)
	case Attachment:
		d.files(ctx, q, u)
	case SingleSelect, Cascade:
		u.Options = choose(ctx, q.options(ctx, q.raw), u.Value)
	case MultiSelect:
		u.Options = q.options(ctx, q.raw)
	case Checkbox:
		u.Checked, u.Value = u.Value == "true", "true"
	}
}

func (q question) stars(ctx context.Context, u ui.FieldProps) ui.StarsProps {
	n, _ := strconv.Atoi(u.Value)
	return ui.StarsProps{Name: u.Name, Label: u.Label, Value: n, Required: u.Required, Optional: u.Optional, Disabled: u.Disabled, Hint: u.Hint, Error: u.Error, Plain: true}
}

// chosen is the answer as the one option of a picker.
func (d drawing) chosen(q question, value string) []ui.Option {
	if value == "" {
		return nil
	}
	text := value
	for _, r := range d.Chosen[q.chosenKey()] {
		if r.Code == value {
			text = r.label()
		}
	}
	return []ui.Option{{Value: value, Text: text, Selected: true}}
}

// chosenKey is where what is chosen in the field is named: cells of a table share its key.
func (q question) chosenKey() string {
	if q.table != "" {
		return q.table
	}
	return q.Key
}

func (r Ref) label() string {
	if r.Name == "" {
		return r.Code
	}
	return r.Name + " " + r.Code
}

// choose puts 'please choose' before options and selects one.
func choose(ctx context.Context, options []ui.Option, value string) []ui.Option {
	out := make([]ui.Option, 0, len(options)+1)
	out = append(out, ui.Option{Text: lang.T(ctx, "form.choose"), Selected: value == ""})
	for _, o := range options {
		o.Selected = value != "" && o.Value == value
		out = append(out, o)
	}
	return out
}

// options are those that are offered, and those chosen before that are offered no longer.
func (f Field) options(ctx context.Context, raw any) []ui.Option {
	taken := map[string]bool{}
	if raw != nil {
		list, _ := several(raw) // what cannot be read is not ticked
		for _, s := range list {
			taken[s] = true
		}
	}
	var out []ui.Option
	for _, o := range f.allOffers() {
		if o.off && !taken[o.code] {
			continue
		}
		out = append(out, ui.Option{Value: o.code, Text: o.label(ctx), Selected: taken[o.code]})
	}
	return out
}

func (o offer) label(ctx context.Context) string {
	names := make([]string, 0, len(o.labels))
	for _, l := range o.labels {
		names = append(names, l.Label.In(ctx))
	}
	return strings.Join(names, " / ")
}

func (d drawing) files(ctx context.Context, q question, u *ui.FieldProps) {
	u.Multiple, u.Value = true, ""
	limit := MaxFiles
	if n, err := strconv.Atoi(q.Max); err == nil {
		limit = n
	}
	if q.Accept == "image" {
		u.Accept = "image/*"
	}
	if u.Hint == "" {
		u.Hint = lang.T(ctx, "form.files-hint", "max", limit)
	}
	ids, _ := several(q.raw) // what cannot be read is no file
	for _, id := range ids {
		file := ui.FileProps{Name: id, Input: q.at, Value: id, Bad: true}
		for _, r := range d.Chosen[q.chosenKey()] {
			if r.Code == id {
				file.Name, file.Size, file.Href, file.Bad = r.Name, r.Detail, r.Link, false
			}
		}
		u.Files = append(u.Files, file)
	}
}

// Chosen is what people, units, records and files that answers name are called, for InputsProps.
func (f Form) Chosen(ctx context.Context, find Resolve, raw map[string]any) (map[string][]Ref, error) {
	out := map[string][]Ref{}
	for _, x := range f.Fields {
		refs, err := x.refs(ctx, find, raw[x.Key])
		if err != nil {
			return nil, fmt.Errorf("name the answer of %s: %w", x.Key, err)
		}
		if len(refs) > 0 {
			out[x.Key] = refs
		}
	}
	return out, nil
}

func (f Field) refs(ctx context.Context, find Resolve, raw any) ([]Ref, error) {
	list, _ := several(raw)
	var look func(context.Context, string) ([]Ref, error)
	switch f.Type {
	case Person:
		look = find.People
	case Department:
		look = find.Units
	case Relation:
		look = find.Of[f.Of]
	case Attachment:
		if find.Files != nil && len(list) > 0 {
			return find.Files(ctx, list)
		}
	case Table:
		var all []Ref
		rows, _ := rowsOf(raw)
		for _, row := range rows {
			for _, c := range f.Fields {
				refs, err := c.refs(ctx, find, row[c.Key])
				if err != nil {
					return nil, err
				}
				all = append(all, refs...)
			}
		}
		return all, nil
	}
	if look == nil || len(list) == 0 {
		return nil, nil
	}
	return look(ctx, list[0])
}
