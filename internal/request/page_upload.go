package request

import (
	"context"
	"net/http"
	"slices"

	"neike/internal/kit/web"
)

// uploaded keeps the files that came with the form itself, and names those that a script uploaded before.
func (s *Service) uploaded(ctx context.Context, r *http.Request) ([]int64, error) {
	values, files, err := web.Input(r)
	if err != nil {
		return nil, err
	}
	ids, err := fileIDs(slices.DeleteFunc(slices.Clone(values["files"]), func(s string) bool { return s == "" }))
	if err != nil {
		return nil, err
	}
	more, err := s.Talk.UploadForm(ctx, files["files"])
	return append(ids, more...), err
}
