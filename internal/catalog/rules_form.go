package catalog

import (
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/form"
)

// A form that is being designed is a list of items in the order in which they are asked: fields, and the heads of sections, which
// hold what follows them until the next. A column of a table is named "items.amount".

// item is a field, or the head of a section.
type item struct {
	section *form.Section
	field   form.Field
}

func (x item) key() string {
	if x.section != nil {
		return "#" + x.section.Key
	}
	return x.field.Key
}

// itemsOf takes a form apart.
func itemsOf(f form.Form) []item {
	head := map[string]int{}
	var bare []int // sections without fields stand at the end
	for i, s := range f.Sections {
		if len(s.Fields) == 0 {
			bare = append(bare, i)
			continue
		}
		head[s.Fields[0]] = i + 1
	}
	var out []item
	for _, x := range f.Fields {
		if i := head[x.Key]; i > 0 {
			out = append(out, item{section: &f.Sections[i-1]})
		}
		out = append(out, item{field: x})
	}
	for _, i := range bare {
		out = append(out, item{section: &f.Sections[i]})
	}
	return out
}

// formOf puts items together.
func formOf(items []item) form.Form {
	f := form.Form{Fields: []form.Field{}}
	for _, x := range items {
		if x.section != nil {
			s := *x.section
			s.Fields = []string{}
			f.Sections = append(f.Sections, s)
			continue
		}
		f.Fields = append(f.Fields, x.field)
		if n := len(f.Sections); n > 0 {
			f.Sections[n-1].Fields = append(f.Sections[n-1].Fields, x.field.Key)
		}
	}
	return f
}

// fieldAt finds a field or a column by its path.
func fieldAt(f form.Form, path string) (form.Field, bool) {
	table, column, inTable := strings.Cut(path, ".")
	x, ok := f.Field(table)
	if !ok || !inTable {
		return x, ok
	}
	return x.Column(column)
}

// before lists the fields that conditions and formulas of a place may look at, nearest first: of a new one ("" or "items.") all.
func before(f form.Form, path string) []form.Field {
	table, column, inTable := strings.Cut(path, ".")
	var out []form.Field
	for _, x := range f.Fields {
		if x.Key == table && path != "" {
			if inTable {
				var own []form.Field
				for _, c := range x.Fields {
					if c.Key == column {
						break
					}
					own = append(own, c)
				}
				return append(own, out...)
			}
			break
		}
		out = append(out, x)
	}
	return out
}

// put replaces the field at a path, or adds one: at the end, or to a table when the path is "items.".
func put(f form.Form, path string, x form.Field) form.Form {
	table, column, inTable := strings.Cut(path, ".")
	items := itemsOf(f)
	for i := range items {
		y := &items[i].field
		if items[i].section != nil || y.Key != table {
			continue
		}
		if !inTable {
			*y = x
			return formOf(items)
		}
		y.Fields = slices.Clone(y.Fields)
		if n := slices.IndexFunc(y.Fields, func(c form.Field) bool { return c.Key == column }); n >= 0 {
			y.Fields[n] = x
		} else {
			y.Fields = append(y.Fields, x)
		}
		return formOf(items)
	}
	return formOf(append(items, item{field: x}))
}

// putSection replaces the head of a section, or adds one at the end.
func putSection(f form.Form, s form.Section) form.Form {
	items := itemsOf(f)
	for i, x := range items {
		if x.section != nil && x.section.Key == s.Key {
			items[i].section = &s
			return formOf(items)
		}
	}
	return formOf(append(items, item{section: &s}))
}

// remove takes out a field, a column, or the head of a section, whose fields stay.
func remove(f form.Form, path string) form.Form {
	table, column, inTable := strings.Cut(path, ".")
	items := itemsOf(f)
	if !inTable {
		return formOf(slices.DeleteFunc(items, func(x item) bool { return x.key() == path }))
	}
	for i := range items {
		if x := &items[i].field; items[i].section == nil && x.Key == table {
			x.Fields = slices.DeleteFunc(slices.Clone(x.Fields), func(c form.Field) bool { return c.Key == column })
		}
	}
	return formOf(items)
}

// move puts an item by so many places up (negative) or down. At the end it stays.
func move(f form.Form, path string, by int) form.Form {
	table, column, inTable := strings.Cut(path, ".")
	items := itemsOf(f)
	if !inTable {
		return formOf(shifted(items, by, func(x item) bool { return x.key() == path }))
	}
	for i := range items {
		if x := &items[i].field; items[i].section == nil && x.Key == table {
			x.Fields = shifted(slices.Clone(x.Fields), by, func(c form.Field) bool { return c.Key == column })
		}
	}
	return formOf(items)
}

// arrange puts an item before another; before "" is the end. A column stays in its table. A section goes with all its fields, and
// only to where one begins: before the next head at or behind the place.
func arrange(f form.Form, path, before string) form.Form {
	table, column, inTable := strings.Cut(path, ".")
	items := itemsOf(f)
	if inTable {
		other, next, _ := strings.Cut(before, ".")
		if before != "" && other != table {
			return f
		}
		for i := range items {
			if x := &items[i].field; items[i].section == nil && x.Key == table {
				x.Fields = putBefore(slices.Clone(x.Fields), func(c form.Field) bool { return c.Key == column }, 1, func(c form.Field) bool { return c.Key == next })
			}
		}
		return formOf(items)
	}
	is := func(x item) bool { return x.key() == path }
	at := slices.IndexFunc(items, is)
	if at < 0 || path == before {
		return f
	}
	n := 1
	if items[at].section != nil {
		for at+n < len(items) && items[at+n].section == nil {
			n++
		}
		before = nextHead(items, before)
	}
	return formOf(putBefore(items, is, n, func(x item) bool { return before != "" && x.key() == before }))
}

// nextHead is the key of the first head of a section at or behind an item, "" when there is none.
func nextHead(items []item, from string) string {
	i := slices.IndexFunc(items, func(x item) bool { return x.key() == from })
	for ; i >= 0 && i < len(items); i++ {
		if items[i].section != nil {
			return items[i].key()
		}
	}
	return ""
}

// putBefore moves n entries from the first that is before the one that next is, or to the end; before itself it stays.
func putBefore[T any](list []T, is func(T) bool, n int, next func(T) bool) []T {
	at := slices.IndexFunc(list, is)
	if at < 0 {
		return list
	}
	block := slices.Clone(list[at : at+n])
	if slices.ContainsFunc(block, next) {
		return list
	}
	rest := slices.Delete(list, at, at+n)
	to := slices.IndexFunc(rest, next)
	if to < 0 {
		to = len(rest)
	}
	return slices.Insert(rest, to, block...)
}

func shifted[T any](list []T, by int, is func(T) bool) []T {
	at := slices.IndexFunc(list, is)
	if at < 0 {
		return list
	}
	to := min(max(at+by, 0), len(list)-1)
	x := list[at]
	return slices.Insert(slices.Delete(list, at, at+1), to, x)
}

// freeKey is a key that the form does not use yet: "text", "text_2".
func freeKey(f form.Form, kind string) string {
	used := map[string]bool{}
	for _, x := range f.Fields {
		used[x.Key] = true
		for _, c := range x.Fields {
			used[c.Key] = true
		}
	}
	for _, s := range f.Sections {
		used[s.Key] = true
	}
	key := kind
	for n := 2; used[key]; n++ {
		key = kind + "_" + strconv.Itoa(n)
	}
	return key
}

// formChange is one difference between two forms.
type formChange struct {
	What  string // "added", "removed", "changed", "moved"
	Field form.Field
}

// formChanges tells how a form differs from another, field by field; layout says whether only the order or the sections do.
func formChanges(old, now form.Form) (list []formChange, layout bool) {
	for _, x := range now.Fields {
		y, known := old.Field(x.Key)
		switch {
		case !known:
			list = append(list, formChange{"added", x})
		case string(form.Form{Fields: []form.Field{x}}.Canonical()) != string(form.Form{Fields: []form.Field{y}}.Canonical()):
			list = append(list, formChange{"changed", x})
		}
	}
	for _, y := range old.Fields {
		if _, known := now.Field(y.Key); !known {
			list = append(list, formChange{"removed", y})
		}
	}
	return list, len(list) == 0 && !sameForm(old, now)
}
