package form

import (
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// count is what a formula comes to, nil when it is blank.
func (f Field) count(a *answers) any {
	n, bad := compiled(f.Formula)
	if bad != nil || !n.filled(a) {
		return nil
	}
	r := n.rat(a)
	if r == nil {
		return nil
	}
	decimals := f.decimals()
	if f.as() == Percent {
		r = new(big.Rat).Mul(r, big.NewRat(100, 1))
	}
	text := rounded(r, decimals)
	if whole, _, _ := strings.Cut(strings.TrimPrefix(text, "-"), "."); len(whole) > maxIntDigits {
		return nil
	}
	if f.as() == Currency {
		return text
	}
	return json.Number(plain(text))
}

func (f Field) decimals() int {
	switch {
	case f.as() == Currency || f.Decimals == nil:
		return 2
	}
	return *f.Decimals
}

// rounded writes a fraction with n decimals, half away from zero, as people round money.
func rounded(r *big.Rat, n int) string {
	text := r.FloatString(n) // rounds half away from zero
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return text
}

// plain drops zeros that say nothing.
func plain(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// filled says whether any of the fields is answered; a formula of numbers alone always is.
func (n node) filled(a *answers) bool {
	seen, answered := n.looks(a)
	return !seen || answered
}

func (n node) looks(a *answers) (seen, answered bool) {
	switch n.Op {
	case "f":
		_, v := a.find(n.Text)
		return true, v != nil
	case "c":
		table, _, _ := strings.Cut(n.Text, ".")
		_, v := a.find(table)
		return true, v != nil
	}
	for _, x := range n.Args {
		s, v := x.looks(a)
		seen, answered = seen || s, answered || v
	}
	return seen, answered
}

// rat is the value of a number; nil when it is blank.
func (n node) rat(a *answers) *big.Rat {
	switch n.Op {
	case "n":
		r, _ := new(big.Rat).SetString(n.Text)
		return r
	case "f":
		f, v := a.find(n.Text)
		return f.rat(v)
	case "?":
		if n.Args[0].truth(a) {
			return n.Args[1].rat(a)
		}
		return n.Args[2].rat(a)
	case "days":
		return daysBetween(n.Args[0].day(a), n.Args[1].day(a))
	case "count":
		return big.NewRat(int64(len(n.Args[0].rows(a))), 1)
	case "sum", "avg", "min", "max":
		if n.Args[0].Op == "c" {
			return fold(n.Op, n.Args[0].cells(a))
		}
	}
	args := make([]*big.Rat, 0, len(n.Args))
	for _, x := range n.Args {
		r := x.rat(a)
		if r == nil {
			return nil
		}
		args = append(args, r)
	}
	return arithmetic(n.Op, args)
}

func arithmetic(op string, args []*big.Rat) *big.Rat {
	out := new(big.Rat)
	switch op {
	case "+":
		return out.Add(args[0], args[1])
	case "-":
		return out.Sub(args[0], args[1])
	case "*":
		return out.Mul(args[0], args[1])
	case "/":
		if args[1].Sign() == 0 {
			return nil
		}
		return out.Quo(args[0], args[1])
	case "abs":
		return out.Abs(args[0])
	case "round":
		n := 0
		if len(args) == 2 {
			n = int(args[1].Num().Int64())
		}
		out.SetString(args[0].FloatString(n))
		return out
	}
	return fold(op, args)
}

func fold(op string, list []*big.Rat) *big.Rat {
	if len(list) == 0 {
		if op == "sum" {
			return new(big.Rat)
		}
		return nil
	}
	out := new(big.Rat).Set(list[0])
	for _, x := range list[1:] {
		switch {
		case op == "sum" || op == "avg":
			out.Add(out, x)
		case op == "min" && x.Cmp(out) < 0, op == "max" && x.Cmp(out) > 0:
			out.Set(x)
		}
	}
	if op == "avg" {
		out.Quo(out, big.NewRat(int64(len(list)), 1))
	}
	return out
}

// rat is an answer as a number: a percentage as its fraction, a blank as nothing.
func (f Field) rat(v any) *big.Rat {
	text := (Values{"": v}).String("")
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat)
	}
	if f.as() == Percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	return r
}

func (n node) truth(a *answers) bool {
	switch n.Op {
	case "f":
		_, v := a.find(n.Text)
		return v == true
	case "not":
		return !n.Args[0].truth(a)
	case "and":
		return n.Args[0].truth(a) && n.Args[1].truth(a)
	case "or":
		return n.Args[0].truth(a) || n.Args[1].truth(a)
	}
	x, y := n.Args[0].rat(a), n.Args[1].rat(a)
	if x == nil || y == nil {
		return false
	}
	switch sign := x.Cmp(y); n.Op {
	case "==":
		return sign == 0
	case "!=":
		return sign != 0
	case ">":
		return sign > 0
	case ">=":
		return sign >= 0
	case "<":
		return sign < 0
	default:
		return sign <= 0
	}
}

func (n node) day(a *answers) time.Time {
	_, v := a.find(n.Text)
	text, _ := v.(string)
	t, _ := time.Parse(time.DateOnly, text) // a blank day is the zero time
	return t
}

// daysBetween is how many days lie between two days: from Monday to Wednesday two.
func daysBetween(from, to time.Time) *big.Rat {
	if from.IsZero() || to.IsZero() {
		return nil
	}
	return big.NewRat(int64(to.Sub(from)/(24*time.Hour)), 1)
}

func (n node) rows(a *answers) []Values {
	table, _, _ := strings.Cut(n.Text, ".")
	_, v := a.find(table)
	rows, _ := v.([]Values)
	return rows
}

// cells are the numbers of a column, blanks left out.
func (n node) cells(a *answers) []*big.Rat {
	table, key, _ := strings.Cut(n.Text, ".")
	f, _ := a.find(table)
	var column Field
	for _, x := range f.Fields {
		if x.Key == key {
			column = x
		}
	}
	var out []*big.Rat
	for _, row := range n.rows(a) {
		if v := row[key]; v != nil {
			out = append(out, column.rat(v))
		}
	}
	return out
}
