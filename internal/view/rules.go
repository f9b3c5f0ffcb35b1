package view

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/kit/fault"
)

const (
	longestName  = 40   // characters
	longestQuery = 2000 // bytes
	most         = 30   // views of one list that a holder keeps
)

// canonical is a query with its parameters in order, blank ones and the place in the list left out: two that mean the same
// are the same text.
func canonical(query string, f *fault.Fields) string {
	values, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil || len(query) > longestQuery {
		f.Add("query", "view.query-unreadable")
		return ""
	}
	return Canonical(values)
}

// Canonical is a query as views keep it.
func Canonical(values url.Values) string {
	kept := url.Values{}
	for name, list := range values {
		if name == "cursor" || name == "format" {
			continue
		}
		for _, v := range list {
			if v != "" {
				kept.Add(name, v)
			}
		}
	}
	return kept.Encode()
}

func checkName(name string, f *fault.Fields) {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		f.Add("name", "view.need-name")
	case n > longestName:
		f.Add("name", "form.too-long", "max", longestName, "count", n)
	}
}

// full refuses one more than a list bears.
func full(siblings []View) error {
	if len(siblings) < most {
		return nil
	}
	return fault.New(fault.Conflict, "view.too-many", "max", most)
}

// moved is the order after one view has changed places with its neighbour; at an end nothing changes.
func moved(siblings []View, id ID, do Do) []View {
	out := slices.Clone(siblings)
	i := slices.IndexFunc(out, func(v View) bool { return v.ID == id })
	j := i + 1
	if do == Up {
		j = i - 1
	}
	if i >= 0 && j >= 0 && j < len(out) {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// expected says whether an error is one that the reader can do something about.
func expected(err error) bool {
	k := fault.KindOf(err)
	return err != nil && (k == fault.Invalid || k == fault.Conflict)
}
