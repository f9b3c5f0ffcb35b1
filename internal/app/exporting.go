package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"neike/internal/app/trail"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/xlsx"
	"neike/internal/org"
)

func init() { offer("export", runExport) }

// ExportArgs are those of `neike export`.
type ExportArgs struct{ Kind string }

// runExport writes a CSV file with the columns that import takes, for spreadsheets: with a byte order mark, and no text in
// it becomes a formula.
func runExport(ctx context.Context, a *App, c *Call) error {
	var args ExportArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	write := map[string]func(context.Context, *xlsx.Writer) error{"units": a.exportUnits, "people": a.exportPeople, "places": a.Place.Export}[args.Kind]
	if write == nil {
		return errors.New("there is no export of " + args.Kind)
	}
	if err := a.Reader.Note(ctx, trail.FileWasTaken{File: args.Kind + ".csv", Path: "neike export " + args.Kind}); err != nil {
		return err
	}
	w, err := xlsx.NewCSV(c.Out)
	if err != nil {
		return err
	}
	if err := write(ctx, w); err != nil {
		return err
	}
	return w.Close()
}

func (a *App) exportUnits(ctx context.Context, w *xlsx.Writer) error {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return err
	}
	if err := w.Row("code", "name_zh", "name_en", "level", "parent", "site", "head", "calendar"); err != nil {
		return err
	}
	return a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var heads []org.ID
		for _, u := range tree.All() {
			heads = append(heads, u.Head)
		}
		names, err := a.Org.Names(ctx, rd, heads)
		if err != nil {
			return err
		}
		for _, u := range tree.All() {
			parent, _ := tree.ByID(u.Parent) // a root has none
			if err := w.Row(u.Code, u.Name.Zh, u.Name.En, u.Level, parent.Code, u.Site, names[u.Head].No, u.Calendar); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) exportPeople(ctx context.Context, w *xlsx.Writer) error {
	everybody, err := a.everybody(ctx)
	if err != nil {
		return err
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return err
	}
	if err := w.Row("employee_no", "name", "name_en", "phone", "email", "unit", "position", "manager", "roles", "more_units", "dotted_managers"); err != nil {
		return err
	}
	return a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for _, one := range everybody {
			if !one.Active {
				continue
			}
			row, err := a.personRow(ctx, rd, tree, one.ID)
			if err != nil {
				return err
			}
			if err := w.Row(row...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) personRow(ctx context.Context, rd sqldb.Reader, tree *org.Tree, id org.ID) ([]any, error) {
	p, err := a.Org.PersonIn(ctx, rd, id)
	if err != nil {
		return nil, err
	}
	managers, err := a.Org.Names(ctx, rd, []org.ID{p.Manager})
	if err != nil {
		return nil, err
	}
	held, err := a.Org.Roles(ctx, rd, id)
	if err != nil {
		return nil, err
	}
	members, err := a.Org.Memberships(ctx, rd, id)
	if err != nil {
		return nil, err
	}
	dotted, err := a.Org.DottedOf(ctx, rd, []org.ID{p.ID})
	if err != nil {
		return nil, err
	}
	var roles, more []string
	for _, r := range held {
		roles = append(roles, r.String())
	}
	for _, m := range members {
		if !m.Main {
			more = append(more, moreUnit(tree, m, a.Org.Company(ctx).Location()))
		}
	}
	main, _ := tree.ByID(p.Unit) // a person always has one
	return []any{p.No, p.Name, p.NameEn, p.Phone, p.Email, main.Code, p.Position, managers[p.Manager].No,
		strings.Join(roles, ";"), strings.Join(more, ";"), org.WriteDotted(dotted[p.ID], a.Org.Company(ctx).Location())}, nil
}

// moreUnit writes a further membership as import takes it: unit[:position][@until], until being its last day.
func moreUnit(tree *org.Tree, m org.Membership, zone *time.Location) string {
	u, _ := tree.ByID(m.Unit) // a membership names one
	text := u.Code
	if m.Position != "" {
		text += ":" + m.Position
	}
	if !m.Until.IsZero() {
		text += "@" + m.Until.In(zone).Add(-time.Second).Format(time.DateOnly)
	}
	return text
}
