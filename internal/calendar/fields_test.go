package calendar

import "neike/internal/kit/fault"

func newFields() *fault.Fields { return new(fault.Fields) }
