package org

import (
	"context"
	"slices"
	"strconv"

	"neike/internal/kit/sqldb"
)

// Forecast is what a change will do, before it does it.
type Forecast struct {
	Stages  []Stage
	Remarks []Remark // of the whole
	Of      [][]Remark
}

// refusal is the first thing that stands in the way; the zero Remark when nothing does.
func (f Forecast) refusal() Remark {
	for _, list := range append([][]Remark{f.Remarks}, f.Of...) {
		if i := slices.IndexFunc(list, func(r Remark) bool { return r.Bad }); i >= 0 {
			return list[i]
		}
	}
	return Remark{}
}

// forecast asks every room what the change would do to what it keeps.
func (s *Service) forecast(ctx context.Context, rd sqldb.Reader, c *Change) (Forecast, error) {
	var f Forecast
	var err error
	if f.Remarks, err = s.ready(ctx, rd, c); err != nil {
		return f, err
	}
	if f.Stages, err = s.stages(ctx, rd, *c); err != nil {
		return f, err
	}
	f.Of = make([][]Remark, len(f.Stages))
	for i, stage := range f.Stages {
		h, _ := s.holding(stage.Holding)
		if h.Weigh == nil || stage.Total == 0 {
			continue
		}
		if f.Of[i], err = h.Weigh(ctx, rd, s.handing(*c, stage)); err != nil {
			return f, err
		}
	}
	return f, nil
}

// parseID reads an id of an address.
func parseID(text string) (ID, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0
}
