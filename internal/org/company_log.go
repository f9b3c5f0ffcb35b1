package org

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// CompanyChange is one change of the company's settings, shown to everybody.
type CompanyChange struct {
	At      time.Time      `json:"at"`
	Person  ID             `json:"person_id"` // 0: the house itself
	Who     string         `json:"who"`       // name; "" the house itself
	Changes []SwitchChange `json:"changes"`
}

// SwitchChange is what became of one setting. Of a switch From and To are "true" and "false".
type SwitchChange struct {
	Name string `json:"name" example:"numbers_to_all"`
	From string `json:"from"`
	To   string `json:"to"`
}

// switchNames are the switches in the order in which they are shown.
var switchNames = []string{"shared_in_unit", "numbers_to_all", "show_no", "reasons_to_agents", "individual_scores", "account_in_scores", "strict_roles"}

// on says how each switch stands, by its name.
func (w Switches) on() map[string]bool {
	return map[string]bool{"shared_in_unit": w.SharedInUnit, "numbers_to_all": w.NumbersToAll, "show_no": w.ShowNo,
		"reasons_to_agents": w.ReasonsToAgents, "individual_scores": w.IndividualScores, "account_in_scores": w.AccountInScores, "strict_roles": w.StrictRoles}
}

// compare lists what differs between two states of the company.
func compare(before, after Company) []SwitchChange {
	var out []SwitchChange
	texts := []SwitchChange{{"name_zh", before.Name.Zh, after.Name.Zh}, {"name_en", before.Name.En, after.Name.En},
		{"zone", before.Zone, after.Zone}, {"locale", before.Locale, after.Locale}}
	was, is := before.Switches.on(), after.Switches.on()
	for _, name := range switchNames {
		texts = append(texts, SwitchChange{name, strconv.FormatBool(was[name]), strconv.FormatBool(is[name])})
	}
	texts = append(texts, SwitchChange{"account_reason", before.Switches.AccountReason, after.Switches.AccountReason},
		SwitchChange{"erase_months", strconv.Itoa(before.Switches.EraseMonths), strconv.Itoa(after.Switches.EraseMonths)})
	for _, c := range texts {
		if c.From != c.To {
			out = append(out, c)
		}
	}
	return out
}

func noteChange(ctx context.Context, tx *sqldb.Tx, before, after Company) error {
	changes := compare(before, after)
	if len(changes) == 0 {
		return nil
	}
	return insertCompanyChange(ctx, tx, CompanyChange{Person: actor.From(ctx).Person, Changes: changes})
}

// CompanyLog is what the company changed in its settings, newest first, at most 200.
func (s *Service) CompanyLog(ctx context.Context) (list []CompanyChange, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if list, err = companyChanges(ctx, rd, 200); err != nil {
			return err
		}
		var ids []ID
		for _, c := range list {
			ids = append(ids, c.Person)
		}
		names, err := s.Names(ctx, rd, ids)
		for i := range list {
			list[i].Who = names[list[i].Person].Display(ctx)
		}
		return err
	})
	return list, err
}

// decidedView is how the company stands, and how it came to that.
type decidedView struct {
	Name     string
	Switches []switchLine
	Log      []decidedLine
	MayEdit  bool
}

type switchLine struct {
	Name, Text, Hint string
	On               bool
}

type decidedLine struct {
	At    time.Time
	Who   string
	Lines []string
}

func (s *Service) showDecided(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c := s.Company(ctx)
	v := decidedView{Name: c.Name.In(ctx), MayEdit: actor.From(ctx).Has("admin")}
	on := c.Switches.on()
	for _, name := range switchNames {
		v.Switches = append(v.Switches, switchLine{name, switchWord(ctx, name), lang.T(ctx, "org.decided-"+name+"-"+onOff(on[name])), on[name]})
	}
	months := c.Switches.EraseMonths
	v.Switches = append(v.Switches, switchLine{"erase_months", switchWord(ctx, "erase_months"), monthsHint(ctx, months), months > 0})
	log, err := s.CompanyLog(ctx)
	if err != nil {
		return err
	}
	for _, change := range log {
		line := decidedLine{At: change.At, Who: change.Who}
		if line.Who == "" {
			line.Who = lang.T(ctx, "org.decided-house")
		}
		for _, c := range change.Changes {
			line.Lines = append(line.Lines, changeText(ctx, c))
		}
		v.Log = append(v.Log, line)
	}
	return web.Show(w, r, http.StatusOK, decidedPage(v), decidedContent(v))
}

// changeText says one change: "本单位共享请求：开 → 关".
func changeText(ctx context.Context, c SwitchChange) string {
	from, to := c.From, c.To
	if _, ok := (Switches{}).on()[c.Name]; ok {
		from, to = lang.T(ctx, "org.decided-"+onOff(from == "true")), lang.T(ctx, "org.decided-"+onOff(to == "true"))
	}
	if c.Name == "erase_months" {
		from, to = monthsText(ctx, from), monthsText(ctx, to)
	}
	if from == "" {
		from = lang.T(ctx, "org.decided-none")
	}
	if to == "" {
		to = lang.T(ctx, "org.decided-none")
	}
	return lang.T(ctx, "org.decided-change", "name", switchWord(ctx, c.Name), "from", from, "to", to)
}

func switchWord(ctx context.Context, name string) string { return lang.T(ctx, "org.decided-"+name) }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func switchStatus(ctx context.Context, on bool) ui.StatusProps {
	if on {
		return ui.StatusProps{Text: lang.T(ctx, "org.decided-on"), Tone: "good", Icon: "circle-check"}
	}
	return ui.StatusProps{Text: lang.T(ctx, "org.decided-off"), Tone: "na"}
}

func (s *Service) getCompanyLog(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[CompanyChange] }, error) {
	list, err := s.CompanyLog(ctx)
	if list == nil {
		list = []CompanyChange{}
	}
	return &struct{ Body web.Page[CompanyChange] }{web.Page[CompanyChange]{Items: list}}, err
}
