package request

import (
	"context"
	"net/url"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/todo"
)

// judges are the people who decide what both sides of a request do not agree on, or who does what went round too often: the quality office, of the company and of
// what the unit belongs to. Of a confidential one, which that office may not read, the security officers: each opens it by
// break-glass first, with a reason, noted, and told to whoever asked. Nobody judges what is theirs.
func (s *Service) judges(ctx context.Context, rd sqldb.Reader, r Request) ([]int64, error) {
	var list []int64
	var err error
	if r.Confidential {
		list, err = s.Org.Holders(ctx, rd, "security")
	} else {
		list, err = s.Org.HoldersOver(ctx, rd, "quality", r.Unit)
	}
	return slices.DeleteFunc(list, func(p int64) bool { return r.isCustomer(p) || r.Confidential && p == r.Assignee }), err
}

// asJudge is what a judge owes on a request, told with no more than the judge may know: of a confidential one its number, and
// where it is opened.
func asJudge(r Request, t todo.Todo) todo.Todo {
	if r.Confidential {
		t.Title, t.For, t.Unit = r.Ref(), 0, 0
		t.Link = "/settings/access/glass?" + url.Values{"record": {r.Ref()}}.Encode()
	}
	return t
}

// mayJudge refuses who opened a confidential request to judge their own work in it.
func mayJudge(r Request, set access.Set, person int64) error {
	if set.Has(access.Glass) && (set.Has(access.Named|access.Asked) || r.Assignee == person) {
		return fault.New(fault.Conflict, "request.judge-own")
	}
	return nil
}
