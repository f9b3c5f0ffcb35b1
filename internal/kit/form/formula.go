package form

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// Formulas are written as in a sheet: + - * / and brackets, comparisons with a ? b : c, round(x, n), abs, min, max, days(from, to),
// and over a table sum(items.amount), avg, min, max, count(items). expr reads them; what they come to is counted here, with exact
// fractions: a float would lose a cent. A formula sees the fields before it and nothing else.
//
// A blank number counts as nothing (0), a blank date makes days() blank, and a formula all of whose fields are blank is blank. So
// is one that divides by zero.

// Limits of a formula.
const (
	maxFormula = 500 // bytes of its text
	maxNodes   = 100
	maxLiteral = 15 // digits that a number in it keeps exactly
)

// node is one step of a formula: op is "n" (a number, in Text), "f" (a field), "c" (a column of a table: Text is "items.amount"),
// an operator or a function.
type node struct {
	Op   string
	Text string
	Args []node
}

// MarshalJSON writes ["+", a, b], ["n","1.06"]: what the script counts with.
func (n node) MarshalJSON() ([]byte, error) {
	list := []any{n.Op}
	if n.Text != "" {
		list = append(list, n.Text)
	}
	for _, a := range n.Args {
		list = append(list, a)
	}
	return json.Marshal(list)
}

// arity of the functions, least and most.
var functions = map[string][2]int{
	"sum": {1, 1}, "avg": {1, 1}, "count": {1, 1}, "round": {1, 2}, "abs": {1, 1}, "min": {1, 10}, "max": {1, 10}, "days": {2, 2},
}

var formulaOps = []string{"+", "-", "*", "/", ">", ">=", "<", "<=", "==", "!=", "and", "or"}

// compiled is a formula taken apart; bad says what is not understood.
func compiled(source string) (node, *bad) {
	if len(source) > maxFormula {
		return node{}, wrong("form.formula.too-long", "max", maxFormula)
	}
	tree, err := parser.Parse(source)
	if err != nil {
		return node{}, wrong("form.formula.syntax", "given", clip(firstLine(err.Error()), 120))
	}
	t := translation{}
	n := t.node(tree.Node)
	return n, t.bad
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// translation turns the tree of expr into nodes. The first thing that is not understood stops it.
type translation struct {
	count int
	bad   *bad
}

func (t *translation) fail(b *bad) node {
	if t.bad == nil {
		t.bad = b
	}
	return node{}
}

func (t *translation) nodes(list ...ast.Node) []node {
	out := make([]node, 0, len(list))
	for _, x := range list {
		out = append(out, t.node(x))
	}
	return out
}

func (t *translation) node(x ast.Node) node {
	if t.count++; t.count > maxNodes {
		return t.fail(wrong("form.formula.too-big", "max", maxNodes))
	}
	switch x := x.(type) {
	case *ast.IntegerNode:
		return t.number(strconv.Itoa(x.Value))
	case *ast.FloatNode:
		return t.number(strconv.FormatFloat(x.Value, 'f', -1, 64))
	case *ast.IdentifierNode:
		return node{Op: "f", Text: x.Value}
	case *ast.MemberNode:
		return t.column(x)
	case *ast.UnaryNode:
		switch x.Operator {
		case "+":
			return t.node(x.Node)
		case "-":
			return node{Op: "-", Args: append([]node{{Op: "n", Text: "0"}}, t.node(x.Node))}
		case "!", "not":
			return node{Op: "not", Args: t.nodes(x.Node)}
		}
		return t.fail(wrong("form.formula.unknown", "given", x.Operator))
	case *ast.BinaryNode:
		op := strings.NewReplacer("&&", "and", "||", "or").Replace(x.Operator)
		if !slices.Contains(formulaOps, op) {
			return t.fail(wrong("form.formula.unknown", "given", x.Operator))
		}
		return node{Op: op, Args: t.nodes(x.Left, x.Right)}
	case *ast.ConditionalNode:
		return node{Op: "?", Args: t.nodes(x.Cond, x.Exp1, x.Exp2)}
	case *ast.BuiltinNode:
		return t.call(x.Name, x.Arguments)
	case *ast.CallNode:
		if f, ok := x.Callee.(*ast.IdentifierNode); ok {
			return t.call(f.Value, x.Arguments)
		}
	}
	return t.fail(wrong("form.formula.unknown", "given", clip(x.String(), 40)))
}

func (t *translation) number(digits string) node {
	if n := len(strings.Trim(strings.ReplaceAll(digits, ".", ""), "0")); n > maxLiteral {
		return t.fail(wrong("form.formula.digits", "max", maxLiteral))
	}
	return node{Op: "n", Text: digits}
}

func (t *translation) column(x *ast.MemberNode) node {
	table, ok := x.Node.(*ast.IdentifierNode)
	key, isText := x.Property.(*ast.StringNode)
	if !ok || !isText || x.Optional {
		return t.fail(wrong("form.formula.unknown", "given", clip(x.String(), 40)))
	}
	return node{Op: "c", Text: table.Value + "." + key.Value}
}

func (t *translation) call(name string, args []ast.Node) node {
	if name == "mean" {
		name = "avg"
	}
	arity, ok := functions[name]
	switch {
	case !ok:
		return t.fail(wrong("form.formula.unknown", "given", clip(name, 40)))
	case len(args) < arity[0] || len(args) > arity[1]:
		return t.fail(wrong("form.formula.arguments", "given", name, "count", len(args)))
	}
	return node{Op: name, Args: t.nodes(args...)}
}

// kinds of what a node is.
const (
	aNumber = "number"
	aTruth  = "truth"
	aDay    = "day"
	aColumn = "column"
)

// check tells what is wrong with a formula, given the fields that it may see, and what it comes to.
func (n node) check(a *answers) (string, *bad) {
	kinds := make([]string, 0, len(n.Args))
	for _, x := range n.Args {
		if n.Op == "count" && x.Op == "f" {
			if f, _ := a.find(x.Text); f.Type == Table {
				return aNumber, nil
			}
		}
		k, bad := x.check(a)
		if bad != nil {
			return "", bad
		}
		kinds = append(kinds, k)
	}
	want, out := aNumber, aNumber
	switch n.Op {
	case "n":
		return aNumber, nil
	case "f":
		return fieldKind(a, n.Text)
	case "c":
		return columnKind(a, n.Text)
	case "and", "or", "not":
		want, out = aTruth, aTruth
	case ">", ">=", "<", "<=", "==", "!=":
		out = aTruth
	case "days":
		want = aDay
	case "sum", "avg", "count":
		want = aColumn
	case "?":
		if kinds[0] != aTruth {
			return "", wrong("form.formula.kind", "given", "?")
		}
		kinds = kinds[1:]
	case "min", "max":
		if len(kinds) == 1 && kinds[0] == aColumn {
			return aNumber, nil
		}
	case "round":
		if len(n.Args) == 2 && !smallInt(n.Args[1]) {
			return "", wrong("form.formula.round")
		}
	}
	for _, k := range kinds {
		if k != want {
			return "", wrong("form.formula.kind", "given", n.Op)
		}
	}
	return out, nil
}

func smallInt(n node) bool {
	d, err := strconv.Atoi(n.Text)
	return n.Op == "n" && err == nil && d >= 0 && d <= maxDecimals
}

func fieldKind(a *answers, key string) (string, *bad) {
	f, _ := a.find(key)
	switch {
	case f.Type.numeric():
		return aNumber, nil
	case f.Type == Checkbox:
		return aTruth, nil
	case f.Type == Date:
		return aDay, nil
	}
	return "", wrong("form.formula.field", "given", clip(key, 40))
}

func columnKind(a *answers, path string) (string, *bad) {
	table, key, _ := strings.Cut(path, ".")
	f, _ := a.find(table)
	for _, x := range f.Fields {
		if f.Type == Table && x.Key == key && x.Type.numeric() {
			return aColumn, nil
		}
	}
	return "", wrong("form.formula.field", "given", clip(path, 60))
}
