package notice

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/ui"
)

// matrixRow is a kind with what was chosen for it.
type matrixRow struct {
	Kind   Kind
	Title  string
	Cells  []matrixCell
	Errors string
}

// matrixCell is one select.
type matrixCell struct {
	Name, Label string
	Options     []ui.Option
}

// matrixGroup is a part of the matrix.
type matrixGroup struct {
	Title, Note string
	Chosen      string // how many differ from what is usual
	Rows        []matrixRow
}

// wrong says whether a choice of the group came back as an error.
func (g matrixGroup) wrong(errs ui.Errors) bool {
	return slices.ContainsFunc(g.Rows, func(r matrixRow) bool {
		return slices.ContainsFunc(r.Cells, func(c matrixCell) bool { return errs.At(c.Name) != "" })
	})
}

// matrix is the choices of a person, or of the company (person false). usual says what holds without a choice.
func (s *Service) matrix(ctx context.Context, own, company choices, person bool) []matrixGroup {
	var out []matrixGroup
	for _, g := range groups {
		chosen := 0
		group := matrixGroup{Title: lang.T(ctx, "notice.group."+g), Note: lang.T(ctx, "notice.group."+g+"-note")}
		for _, k := range s.kinds {
			if k.Group != g {
				continue
			}
			row := matrixRow{Kind: k, Title: lang.T(ctx, "notice.kind."+k.Code)}
			for _, channel := range Channels {
				if k.Code == "todo.card" && channel == Mail {
					continue
				}
				row.Cells = append(row.Cells, s.cell(ctx, k, channel, own, company, person))
			}
			group.Rows = append(group.Rows, row)
			for _, c := range row.Cells {
				if slices.ContainsFunc(c.Options, func(o ui.Option) bool { return o.Selected && o.Value != "" }) {
					chosen++
				}
			}
		}
		if group.Chosen = lang.T(ctx, "notice.matrix.usual"); chosen > 0 {
			group.Chosen = lang.T(ctx, "notice.matrix.chosen", "count", chosen)
		}
		out = append(out, group)
	}
	return out
}

func (s *Service) cell(ctx context.Context, k Kind, channel string, own, company choices, person bool) matrixCell {
	key := [2]string{k.Code, channel}
	c := matrixCell{Name: "choice." + k.Code + "." + channel, Label: lang.T(ctx, "notice.kind."+k.Code) + " · " + lang.T(ctx, "notice.channel."+channel)}
	if k.Fixed {
		return c
	}
	chosen, usual := own[key], usualWord(ctx, k, channel)
	if !person {
		chosen = company[key]
	} else if v := company[key]; v != "" {
		usual = lang.T(ctx, "notice.value."+v)
	}
	c.Options = append(c.Options, ui.Option{Value: "", Text: lang.T(ctx, "notice.as-usual", "value", usual), Selected: chosen == ""})
	for _, v := range Values {
		if v == k.Not {
			continue
		}
		c.Options = append(c.Options, ui.Option{Value: v, Text: lang.T(ctx, "notice.value."+v), Selected: chosen == v})
	}
	return c
}

// usualWord says what is usual: for mail, what comes when chat does not reach the person.
func usualWord(ctx context.Context, k Kind, channel string) string {
	var values []string
	for _, v := range k.As {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	sorting.By(values, func(a, b string) int { return slices.Index(Values, a) - slices.Index(Values, b) })
	for i, v := range values {
		values[i] = lang.T(ctx, "notice.value."+v)
	}
	return strings.Join(values, " / ")
}

// chosen reads the choices of a form: choice.KIND.CHANNEL.
func chosen(form map[string]string) []Chosen {
	var out []Chosen
	for name, value := range form {
		if i := strings.LastIndexByte(name, '.'); i > 0 {
			out = append(out, Chosen{Kind: name[:i], Channel: name[i+1:], Value: value})
		}
	}
	return sorted(out)
}

// wished are the choices of a form as they stand in it, right or wrong: a form that comes back loses nothing.
func wished(form map[string]string) choices {
	out := choices{}
	for _, c := range chosen(form) {
		out[[2]string{c.Kind, c.Channel}] = c.Value
	}
	return out
}

func sorted(list []Chosen) []Chosen {
	sorting.By(list, func(a, b Chosen) int { return strings.Compare(a.Kind+a.Channel, b.Kind+b.Channel) })
	return list
}

// clockText is a minute of the day: 08:30.
func clockText(minute int) string {
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	return two(minute/60) + ":" + two(minute%60)
}

// clockMinute reads it; -1 for what is no time.
func clockMinute(text string) int {
	h, m, ok := strings.Cut(strings.TrimSpace(text), ":")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || hour < 0 || hour > 24 || minute < 0 || minute > 59 || hour == 24 && minute != 0 {
		return -1
	}
	return hour*60 + minute
}

// healthRow is a lane on the settings page.
type healthRow struct {
	Name, State, Tone, Icon, Note string
	Waiting                       int
	Channel, Target               string
	Resting                       bool
}

func (s *Service) healthRows(ctx context.Context, list []Health, suites []Suite, robots []Robot) []healthRow {
	var out []healthRow
	for _, h := range list {
		row := healthRow{Name: laneName(ctx, h.lane, suites, robots), Waiting: h.Waiting, Channel: h.Channel, Target: idText(h.Target)}
		switch {
		case h.Failures > 0:
			row.State, row.Tone, row.Icon, row.Note = lang.T(ctx, "notice.health.failing"), "bad", "alert-triangle", h.Error
			row.Resting = true
		case h.OKAt.IsZero():
			row.State, row.Tone, row.Icon = lang.T(ctx, "notice.health.unused"), "na", "circle-dashed"
		default:
			row.State, row.Tone, row.Icon, row.Note = lang.T(ctx, "notice.health.works"), "good", "circle-check", lang.T(ctx, "notice.health.last", "at", lang.Short(ctx, h.OKAt))
		}
		out = append(out, row)
	}
	return out
}

func laneName(ctx context.Context, l lane, suites []Suite, robots []Robot) string {
	switch l.Channel {
	case Chat:
		for _, x := range suites {
			if x.ID == l.Target {
				return x.Name.In(ctx)
			}
		}
		return lang.T(ctx, "notice.channel.chat")
	case Group:
		for _, x := range robots {
			if x.ID == l.Target {
				return x.Name
			}
		}
		return lang.T(ctx, "notice.channel.robot")
	}
	return lang.T(ctx, "notice.channel."+l.Channel)
}

func platformOptions(ctx context.Context, now string) []ui.Option {
	var out []ui.Option
	for _, p := range chat.RobotPlatforms {
		out = append(out, ui.Option{Value: p, Text: lang.T(ctx, "notice.platform."+p), Selected: p == now})
	}
	return out
}

// sentBack says whether a form comes back, and with what.
func sentBack(ctx context.Context, err error) (ui.Errors, int, bool) {
	if err == nil {
		return ui.Errors{}, 0, false
	}
	switch kind := fault.KindOf(err); kind {
	case fault.Invalid, fault.Conflict, fault.Precondition:
		return ui.ErrorsOf(ctx, err, nil), kind.Status(), true
	}
	return ui.Errors{}, 0, false
}
