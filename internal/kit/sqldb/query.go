package sqldb

import (
	"fmt"
	"strconv"
	"strings"
)

// Query builds a select whose conditions are known only at run time. Placeholders are "?" and are numbered when
// the text is built, so that parts can come in any order.
type Query struct {
	from  string
	args  []any
	where []string
	wargs []any
	group string
	order string
	limit int
}

// Select starts a query with everything up to the where: "select a, b from t join u on …".
func Select(text string, args ...any) *Query {
	return &Query{from: text, args: args}
}

// Where adds a condition; all of them must hold.
func (q *Query) Where(cond string, args ...any) *Query {
	q.where = append(q.where, cond)
	q.wargs = append(q.wargs, args...)
	return q
}

// In adds "col in (…)" for []int64 or []string; an empty list matches nothing. The list is padded to a power of
// two with its last value, so that few different statements have to be prepared.
func (q *Query) In(col string, list any) *Query {
	var args []any
	switch list := list.(type) {
	case []int64:
		for _, v := range list {
			args = append(args, v)
		}
	case []string:
		for _, v := range list {
			args = append(args, v)
		}
	default:
		panic(fmt.Sprintf("sqldb: In takes []int64 or []string, not %T", list))
	}
	if len(args) == 0 {
		return q.Where("1 = 0")
	}
	for len(args)&(len(args)-1) != 0 {
		args = append(args, args[len(args)-1])
	}
	return q.Where(col+" in (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
}

// InFirst adds "col in (the first n of all parts)": each part selects "id" and "place" in the order of the whole, which is
// by place and then id, descending if desc, and has a limit of n itself. The rows of several index ranges are merged where
// they lie; none is read that the answer does not hold.
func (q *Query) InFirst(col string, n int, desc bool, parts ...*Query) *Query {
	var b strings.Builder
	var args []any
	b.WriteString(col + " in (\nselect id\nfrom (")
	for i, p := range parts {
		text, own := p.plain()
		if i > 0 {
			b.WriteString("\nunion\n")
		}
		fmt.Fprintf(&b, "select id, place\nfrom (\n%s) as part%d", text, i)
		args = append(args, own...)
	}
	order := "place, id"
	if desc {
		order = "place desc, id desc"
	}
	b.WriteString(") as parts\norder by " + order + "\nlimit ?)")
	return q.Where(b.String(), append(args, n)...)
}

// GroupBy sets the grouping.
func (q *Query) GroupBy(cols string) *Query {
	q.group = cols
	return q
}

// OrderBy sets the order.
func (q *Query) OrderBy(cols string) *Query {
	q.order = cols
	return q
}

// Limit sets the greatest number of rows; 0 means no limit.
func (q *Query) Limit(n int) *Query {
	q.limit = n
	return q
}

// SQL is the text with $1, $2 … and its arguments.
func (q *Query) SQL() (string, []any) {
	text, args := q.plain()
	return number(text), args
}

// plain is SQL with "?" for the arguments.
func (q *Query) plain() (string, []any) {
	var b strings.Builder
	b.WriteString(q.from)
	for i, cond := range q.where {
		if i == 0 {
			b.WriteString("\nwhere (")
		} else {
			b.WriteString("\n  and (")
		}
		b.WriteString(cond)
		b.WriteByte(')')
	}
	if q.group != "" {
		b.WriteString("\ngroup by " + q.group)
	}
	if q.order != "" {
		b.WriteString("\norder by " + q.order)
	}
	args := make([]any, 0, len(q.args)+len(q.wargs)+1)
	args = append(append(args, q.args...), q.wargs...)
	if q.limit > 0 {
		b.WriteString("\nlimit ?")
		args = append(args, q.limit)
	}
	return b.String(), args
}

// number replaces each "?" outside quotes by $1, $2 …
func number(text string) string {
	var b strings.Builder
	n, quote := 0, byte(0)
	for i := range len(text) {
		c := text[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '?':
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
