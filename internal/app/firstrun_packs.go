package app

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/catalog"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// newUnit stands in the choice of units for one that is yet to be made.
const newUnit = "+"

// unitChoices is how many units the choice offers: those of the upper levels.
const unitChoices = 200

// packRow is a pack that comes with Neike and the unit that may take it over.
type packRow struct {
	Code, Name string
	Services   int
	Taken      int // services of the pack that are here already
	Units      []ui.Option
}

// packPlan is what taking a pack over would do.
type packPlan struct {
	Code, Name, Unit, Choice string
	importer.Count
	Wrong    string // the first reason why it cannot be taken over
	Services []packTick
}

// packTick is one service of a pack that may be left out.
type packTick struct{ Code, Name string }

// ticked are the services chosen of each pack whose plan was shown; a pack without an entry is taken as a whole.
func ticked(values url.Values) map[string][]string {
	out := map[string][]string{}
	for _, p := range catalog.PacksAlong() {
		if values.Has("choose." + p.Code) {
			out[p.Code] = append([]string{}, values["only."+p.Code]...)
		}
	}
	return out
}

// packRows lists the packs, each with the unit that is chosen, has taken it, or is called like it.
func (a *App) packRows(ctx context.Context, chosen map[string]string) ([]packRow, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := a.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	units := tree.Upper(a.DB.Now(), unitChoices)
	var rows []packRow
	for _, p := range catalog.PacksAlong() {
		row := packRow{Code: p.Code, Name: p.Name.In(ctx), Services: p.Services}
		choice, known := chosen[p.Code]
		owner := likely(tree, units, p)
		for _, s := range snap.All() {
			if s.Pack == p.Code {
				row.Taken++
				u, _ := tree.ByID(s.Unit)
				owner = u.Code
			}
		}
		if !known {
			choice = owner
		}
		row.Units = []ui.Option{{Text: lang.T(ctx, "app.firstrun.pack-none"), Selected: choice == ""}}
		if _, there := tree.ByCode(p.Code); !there {
			row.Units = append(row.Units, ui.Option{Value: newUnit, Text: lang.T(ctx, "app.firstrun.pack-new", "name", row.Name), Selected: choice == newUnit})
		}
		found := choice == "" || choice == newUnit
		for _, u := range units {
			found = found || u.Code == choice
			row.Units = append(row.Units, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: u.Code == choice})
		}
		if u, ok := tree.ByCode(choice); ok && !found {
			row.Units = append(row.Units, ui.Option{Value: u.Code, Text: u.Name.In(ctx), Selected: true})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// likely is the code of the unit that a pack seems to be for: of the same code, or of the same name; "" for none.
func likely(tree *org.Tree, units []org.Unit, p catalog.Along) string {
	if u, ok := tree.ByCode(p.Code); ok {
		return u.Code
	}
	for _, u := range units {
		if bareName(u.Name.Zh) == bareName(p.Name.Zh) || u.Name.En != "" && strings.EqualFold(u.Name.En, p.Name.En) {
			return u.Code
		}
	}
	return ""
}

// bareName is a department's name without the word for department: 财务部, 财务中心 and 财务管理部 are one.
func bareName(name string) string {
	for _, end := range []string{"部门", "部", "中心", "处", "科", "组", "管理"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// submitPacks says what the chosen packs would do, or takes them over.
func (a *App) submitPacks(w http.ResponseWriter, r *http.Request, v *firstRunView) error {
	ctx := r.Context()
	values, _, err := web.Input(r)
	if err != nil {
		return err
	}
	chosen := map[string]string{}
	for _, p := range catalog.PacksAlong() {
		chosen[p.Code] = strings.TrimSpace(values.Get("unit." + p.Code))
	}
	if v.Packs, err = a.packRows(ctx, chosen); err != nil {
		return err
	}
	if v.Plan, err = a.planPacks(ctx, chosen); err != nil {
		return err
	}
	wrong := len(v.Plan) == 0
	for _, p := range v.Plan {
		wrong = wrong || p.Wrong != ""
	}
	if values.Get("do") != "apply" || wrong {
		if len(v.Plan) == 0 {
			return fault.New(fault.Invalid, "app.firstrun.pack-choose")
		}
		return nil
	}
	v.Plan = nil
	done, err := a.takePacks(ctx, chosen, ticked(values))
	if err == nil {
		web.Toast(w, r, lang.T(ctx, "app.firstrun.packs-done", "created", done.Created, "updated", done.Updated, "unchanged", done.Unchanged), "")
	}
	return err
}

// planPacks judges every chosen pack; nothing is written.
func (a *App) planPacks(ctx context.Context, chosen map[string]string) ([]packPlan, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var plans []packPlan
	for _, p := range catalog.PacksAlong() {
		choice := chosen[p.Code]
		if choice == "" {
			continue
		}
		plan := packPlan{Code: p.Code, Name: p.Name.In(ctx), Choice: choice}
		for _, e := range p.Entries {
			plan.Services = append(plan.Services, packTick{e.Code, e.Name.In(ctx)})
		}
		u, there := tree.ByCode(choice)
		switch {
		case choice == newUnit:
			plan.Unit, plan.Created = lang.T(ctx, "app.firstrun.pack-new", "name", plan.Name), p.Services
		case !there:
			plan.Unit, plan.Wrong = choice, lang.T(ctx, "app.firstrun.pack-unit-missing", "unit", choice)
		default:
			plan.Unit = u.Name.In(ctx)
			result, err := a.importPack(ctx, p, chosen, nil, true)
			if err != nil {
				return nil, err
			}
			plan.Count = result.Count
			if len(result.Errors) > 0 {
				plan.Wrong = result.Errors[0].Reason
			}
		}
		plans = append(plans, plan)
	}
	return plans, nil
}

// takePacks makes the units that are yet to be made and takes the packs over, one after the other; a second time it goes
// on where a first one broke off.
func (a *App) takePacks(ctx context.Context, chosen map[string]string, only map[string][]string) (sum importer.Count, err error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return sum, err
	}
	top := ""
	if all := tree.All(); len(all) > 0 {
		top = all[0].Code
	}
	for _, p := range catalog.PacksAlong() {
		if list, told := only[p.Code]; told && len(list) == 0 { // nothing of it is ticked
			chosen[p.Code] = ""
		}
		if chosen[p.Code] != newUnit {
			continue
		}
		if _, there := tree.ByCode(p.Code); !there {
			if _, err := a.Org.SaveUnit(ctx, org.UnitInput{Code: p.Code, NameZh: p.Name.Zh, NameEn: p.Name.En, Parent: top}); err != nil {
				return sum, err
			}
		}
		chosen[p.Code] = p.Code
	}
	for _, p := range catalog.PacksAlong() {
		if chosen[p.Code] == "" {
			continue
		}
		result, err := a.importPack(ctx, p, chosen, only[p.Code], false)
		if err != nil {
			return sum, err
		}
		if len(result.Errors) > 0 { // changed between the plan and now
			return sum, fault.New(fault.Conflict, "app.firstrun.pack-refused", "pack", p.Name.In(ctx), "reason", result.Errors[0].Reason)
		}
		sum.Add(result.Count)
	}
	return sum, nil
}

// importPack takes one pack in through the importer, with the company's units in place of the pack's departments.
func (a *App) importPack(ctx context.Context, p catalog.Along, chosen map[string]string, only []string, dry bool) (importer.Result, error) {
	units := map[string]string{}
	for code, unit := range chosen {
		if unit != "" && unit != newUnit {
			units[code] = unit
		}
	}
	mapping, err := json.Marshal(map[string]any{"values": map[string]any{"unit": units}})
	if err != nil {
		return importer.Result{}, err
	}
	return a.Importer.Import(ctx, "services", bytes.NewReader(p.Data), importer.Options{DryRun: dry, Only: only, Name: p.File, Mapping: mapping})
}

// planned is how many services the plan makes or changes; 0 when any pack cannot be taken over.
func (v firstRunView) planned() int {
	n := 0
	for _, p := range v.Plan {
		if p.Wrong != "" {
			return 0
		}
		n += p.Created + p.Updated
	}
	return n
}
