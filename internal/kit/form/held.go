package form

import "neike/internal/kit/fault"

// Holds says whether a condition is true of the answers of the form.
func (f Form) Holds(c *Condition, v Values) bool {
	return c == nil || c.holds(&answers{fields: f.Fields, values: v})
}

// CheckCondition finds what is wrong with a condition that stands outside the form and looks at all of it.
func (f Form) CheckCondition(c *Condition) fault.Fields {
	var check checking
	check.condition("when", c, &answers{fields: f.Fields})
	return check.errs
}
