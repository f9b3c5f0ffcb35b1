package ui

import "context"

// ErrorsOf turns the error of a use case into the sentences of its form.
func ErrorsOf(ctx context.Context, err error) Errors { return Errors{} }
