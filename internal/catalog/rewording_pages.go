package catalog

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// rewordingView is the live words beside those that are to take their place.
type rewordingView struct {
	*Service
	Rewording
	Title              string
	UnitName, UnitHref string
	Rows               []rewordedRow
	Line               string // who prepared it, and where it stands
	MayApprove         bool
	Typed              string
	Errors             ui.Errors
	Problem            string
}

// rewordedRow is one part that differs.
type rewordedRow struct {
	Label string
	parting
	Both bool // it was changed on both sides meanwhile
}

// showRewording is /services/{code}/change.
func (c *Catalog) showRewording(w http.ResponseWriter, r *http.Request) error {
	v, err := c.rewordingView(r.Context(), r.PathValue("code"))
	if fault.KindOf(err) == fault.NotFound && v.Service != nil { // it has ended: the service is there
		return web.See(w, r, "/services/"+v.Code)
	}
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, rewordingPage(v), nil)
}

func (c *Catalog) rewordingView(ctx context.Context, code string) (rewordingView, error) {
	s, re, err := c.RewordingOf(ctx, code)
	v := rewordingView{Service: s, Rewording: re}
	if err != nil {
		return v, err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return v, err
	}
	unit, _ := tree.ByID(s.Unit)
	v.Title, v.UnitName, v.UnitHref = s.Name.In(ctx), unit.Name.In(ctx), "/services?unit="+unit.Code
	v.MayApprove = c.may(ctx, doApprove, s) == nil
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return v, err
	}
	v.Rows = rewordedRows(ctx, snap, wordsOf(s), re)
	v.Line, err = c.rewordingLine(ctx, re)
	return v, err
}

// rewordingLine says who prepared a change, and where it stands.
func (c *Catalog) rewordingLine(ctx context.Context, re Rewording) (line string, err error) {
	key, who, at := "catalog.reword-line", re.By, re.At
	if re.State == Review {
		key, who, at = "catalog.reword-line-review", re.ProposedBy, re.ProposedAt
	}
	err = c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		p, err := c.org.PersonIn(ctx, rd, who)
		line = lang.T(ctx, key, "name", org.NameOf(ctx, p), "when", lang.At(ctx, at))
		return err
	})
	return line, err
}

// rewordedRows are the parts that will be different, in the order of the form.
func rewordedRows(ctx context.Context, snap *Snapshot, live Words, re Rewording) []rewordedRow {
	next, both := re.over(live)
	var rows []rewordedRow
	add := func(part, key, now, then string) {
		if now != then {
			rows = append(rows, rewordedRow{Label: lang.T(ctx, key), parting: partingOf(now, then), Both: slices.Contains(both, part)})
		}
	}
	for _, p := range wordParts {
		label := p.name
		if label == "quality_criterion" {
			label = "criterion"
		}
		add(p.name, "catalog."+label+"-zh", p.of(&live).Zh, p.of(&next).Zh)
		add(p.name, "catalog."+label+"-en", p.of(&live).En, p.of(&next).En)
	}
	add(partTopic, "catalog.topic", topicName(ctx, snap, live.Topic), topicName(ctx, snap, next.Topic))
	add(schedulePart, "catalog.due", schedule(ctx, live.Schedule), schedule(ctx, next.Schedule))
	return rows
}

// rewordingDone is one step of a prepared change: what of it was wrong comes back with the page.
func (c *Catalog) rewordingDone(do func(ctx context.Context, code, reason string, stamp int64) (*Service, string, error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, code := r.Context(), r.PathValue("code")
		var in struct {
			Stamp  int64  `form:"stamp"`
			Reason string `form:"reason"`
		}
		if err := web.Decode(r, &in); err != nil {
			return err
		}
		s, word, err := do(ctx, code, in.Reason, in.Stamp)
		status := http.StatusConflict
		switch fault.KindOf(err) {
		case fault.Invalid:
			status = http.StatusUnprocessableEntity
		case fault.Precondition:
			status = http.StatusPreconditionFailed
		case fault.Conflict:
		default:
			if err != nil {
				return err
			}
			web.Toast(w, r, lang.T(ctx, word, "name", s.Name.In(ctx)), "")
			return web.See(w, r, "/services/"+code)
		}
		v, seen := c.rewordingView(ctx, code)
		if seen != nil {
			return web.See(w, r, "/services/"+code) // it has ended meanwhile
		}
		v.Typed, v.Errors = in.Reason, ui.ErrorsOf(ctx, err, nil)
		v.Problem = v.Errors.Form
		return web.Show(w, r, status, rewordingPage(v), nil)
	}
}

func (c *Catalog) rewordingRoutes() []web.Route {
	at := "/services/{code}/change"
	return []web.Route{
		{Pattern: "GET " + at, Action: doPropose, Do: c.showRewording},
		{Pattern: "POST " + at + "/propose", Action: doPropose, Do: c.rewordingDone(func(ctx context.Context, code, _ string, stamp int64) (*Service, string, error) {
			s, _, err := c.ProposeWords(ctx, code, stamp)
			return s, "catalog.proposed", err
		})},
		{Pattern: "POST " + at + "/send-back", Action: doApprove, Do: c.rewordingDone(func(ctx context.Context, code, why string, stamp int64) (*Service, string, error) {
			s, _, err := c.SendBackWords(ctx, code, why, stamp)
			return s, "catalog.sent-back", err
		})},
		{Pattern: "POST " + at + "/publish", Action: doApprove, Do: c.rewordingDone(func(ctx context.Context, code, _ string, stamp int64) (*Service, string, error) {
			s, err := c.PublishWords(ctx, code, stamp)
			return s, "catalog.reword-published", err
		})},
		{Pattern: "POST " + at + "/drop", Action: doPropose, Do: c.rewordingDone(func(ctx context.Context, code, _ string, stamp int64) (*Service, string, error) {
			s, err := c.DropWords(ctx, code, stamp)
			return s, "catalog.reword-dropped", err
		})},
	}
}

// noteRewording says on a live service's page that other words are on their way, to whom it concerns.
func (c *Catalog) noteRewording(ctx context.Context, v *serviceView) error {
	if v.State != Live || c.may(ctx, doPropose, v.Service) != nil {
		return nil
	}
	v.MayReword = true
	_, re, err := c.RewordingOf(ctx, v.Code)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	v.Reworded, err = c.rewordingLine(ctx, re)
	return err
}

func stampText(n int64) string { return strconv.FormatInt(n, 10) }

// saveWord is what the button of the words' form does.
func saveWord(v editView) string {
	if v.State == Live {
		return "catalog.reword-save"
	}
	return "catalog.save"
}
