package directory

import (
	"context"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
	"neike/internal/org"
)

func (s *Service) postSync(ctx context.Context, in *idInput) (*runOutput, error) {
	r, err := s.Begin(ctx, in.ID, "hand")
	if err != nil {
		return nil, err
	}
	return &runOutput{runOf(ctx, r)}, nil
}

func (s *Service) getRuns(ctx context.Context, in *runsInput) (*runsOutput, error) {
	if _, err := s.Connection(ctx, in.ID); err != nil {
		return nil, err
	}
	at, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	var before time.Time
	if at != nil {
		before = time.UnixMilli(at[0])
	}
	list, err := s.Runs(ctx, in.ID, before, in.Size()+1)
	if err != nil {
		return nil, err
	}
	rows := make([]runJSON, len(list))
	for i, r := range list {
		rows[i] = runOf(ctx, r)
	}
	return &runsOutput{web.Cut(rows, in.Size(), func(r runJSON) string { return web.Cursor(r.Began.UnixMilli()) })}, nil
}

func (s *Service) getRun(ctx context.Context, in *runInput) (*runOutput, error) {
	r, err := s.Run(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	return &runOutput{runOf(ctx, r)}, nil
}

func (s *Service) getItems(ctx context.Context, in *itemsInput) (*itemsOutput, error) {
	at, err := web.ParseCursor(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	f := ItemFilter{Sort: in.Sort, Plan: in.Plan, State: in.State, Limit: in.Size()}
	if at != nil {
		f.Cursor = int(at[0])
	}
	list, next, err := s.Items(ctx, in.Run, f)
	if err != nil {
		return nil, err
	}
	out := &itemsOutput{web.Page[itemJSON]{Items: make([]itemJSON, len(list))}}
	for i, x := range list {
		out.Body.Items[i] = itemOf(ctx, x)
	}
	if next > 0 {
		out.Body.NextCursor = web.Cursor(int64(next))
	}
	return out, nil
}

func (s *Service) postPlace(ctx context.Context, in *placeInput) (*runOutput, error) {
	if err := s.Place(ctx, in.Run, in.Body.Places); err != nil {
		return nil, err
	}
	return s.getRun(ctx, &runInput{in.Run})
}

func (s *Service) postApply(ctx context.Context, in *applyInput) (*runOutput, error) {
	if err := s.Apply(ctx, in.Run, !in.Body.Without, in.Body.Confirm); err != nil {
		return nil, err
	}
	return s.getRun(ctx, &runInput{in.Run})
}

func (s *Service) postDrop(ctx context.Context, in *runInput) (*runOutput, error) {
	if err := s.Drop(ctx, in.Run); err != nil {
		return nil, err
	}
	return s.getRun(ctx, in)
}

func (s *Service) accountsJSON(ctx context.Context, person org.ID) (*accountsOutput, error) {
	v, err := s.accounts(ctx, person)
	if err != nil {
		return nil, err
	}
	out := &accountsOutput{web.Page[accountJSON]{Items: make([]accountJSON, len(v.Lines))}}
	for i, l := range v.Lines {
		out.Body.Items[i] = accountJSON{idText(l.Connection), l.Name, l.Kind, l.Subject, l.Why, l.Linked}
	}
	return out, nil
}

func (s *Service) getAccounts(ctx context.Context, in *personInput) (*accountsOutput, error) {
	p, err := s.org.PersonByNo(ctx, in.No)
	if err != nil {
		return nil, err
	}
	return s.accountsJSON(ctx, p.ID)
}

func (s *Service) postAccount(ctx context.Context, in *accountInput) (*accountsOutput, error) {
	p, err := s.org.PersonByNo(ctx, in.No)
	if err != nil {
		return nil, err
	}
	id, err := strconv.ParseInt(in.Body.Connection, 10, 64)
	if err != nil {
		var f fault.Fields
		f.Add("connection", "directory.connection-unknown", "value", in.Body.Connection)
		return nil, f.Err()
	}
	if err := s.LinkByHand(ctx, id, in.Body.Subject, p.No); err != nil {
		return nil, err
	}
	return s.accountsJSON(ctx, p.ID)
}

func (s *Service) deleteAccount(ctx context.Context, in *unlinkInput) (*accountsOutput, error) {
	p, err := s.org.PersonByNo(ctx, in.No)
	if err != nil {
		return nil, err
	}
	if err := s.Unlink(ctx, in.ID, p.ID); err != nil {
		return nil, err
	}
	return s.accountsJSON(ctx, p.ID)
}
