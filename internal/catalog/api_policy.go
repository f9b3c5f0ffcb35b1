package catalog

import (
	"context"
	"net/http"

	"neike/internal/kit/lang"
	"neike/internal/kit/web"
)

// policyJSON is a policy on the wire; null stands for the usual value.
type policyJSON struct {
	Reopen        *string           `json:"reopen" enum:"continue,new,grace" required:"false" doc:"What happens when the customer of a finished request comes back; default grace"`
	ReopenDays    *int              `json:"reopen_days" required:"false" doc:"Working days, with grace; default 5" example:"5"`
	AcceptDays    *int              `json:"accept_days" required:"false" doc:"Working days until a delivery counts as accepted; 0: never; default 5" example:"5"`
	UrgentQuota   *int              `json:"urgent_quota" required:"false" doc:"Urgent requests per customer unit and month; null: the company's"`
	WorkLimit     *int              `json:"work_limit" required:"false" doc:"Open requests in hand; null: no limit"`
	WhenFull      *string           `json:"when_full" enum:"line,refuse" required:"false" doc:"Beyond work_limit: wait in line, or refused unless urgent; default line"`
	Confidential  *string           `json:"confidential" enum:"open,customer_may,always,support" required:"false" doc:"Who may read requests; default customer_may"`
	RetentionDays *int              `json:"retention_days" required:"false" doc:"Of personal support: days until the words are erased; default 90"`
	Crisis        *textJSON         `json:"crisis,omitempty" doc:"What is said before anything else: whom to call at once"`
	Stages        []policyStageJSON `json:"stages" required:"false" maxItems:"40" doc:"The unit's own stages of the work, in their order; what is left out is retired; at most 12"`
}

// policyStageJSON is a stage on the wire.
type policyStageJSON struct {
	Code    string   `json:"code,omitempty" doc:"Of the stage within the service; leave it out of a new one" example:"s1"`
	Name    textJSON `json:"name"`
	Waits   bool     `json:"waits,omitempty" doc:"It waits for somebody other than the customer; the clocks run on"`
	Retired bool     `json:"retired,omitempty" readOnly:"true" doc:"Nothing comes to it any more"`
}

func wirePolicy(p Policy) policyJSON {
	reopen, privacy, full := string(p.Reopen), string(p.Confidential), string(p.WhenFull)
	j := policyJSON{Reopen: &reopen, AcceptDays: &p.AcceptDays, WhenFull: &full, Confidential: &privacy, Crisis: wireSome(p.Crisis)}
	if p.Reopen == ReopenInGrace {
		j.ReopenDays = &p.ReopenDays
	}
	if p.UrgentQuota != CompanyQuota {
		j.UrgentQuota = &p.UrgentQuota
	}
	if p.WorkLimit != 0 {
		j.WorkLimit = &p.WorkLimit
	}
	if p.RetentionDays != 0 {
		j.RetentionDays = &p.RetentionDays
	}
	j.Stages = make([]policyStageJSON, 0, len(p.Stages))
	for _, x := range p.Stages {
		j.Stages = append(j.Stages, policyStageJSON{x.Code, wireText(x.Name), x.Waits, x.Retired})
	}
	return j
}

// policy is what the body says, on top of the usual one.
func (j policyJSON) policy() Policy {
	p := DefaultPolicy()
	if j.Reopen != nil {
		p.Reopen = Reopening(*j.Reopen)
	}
	if j.WhenFull != nil {
		p.WhenFull = WhenFull(*j.WhenFull)
	}
	if j.Confidential != nil {
		p.Confidential = Privacy(*j.Confidential)
	}
	if p.Confidential == PrivacySupport {
		p.RetentionDays = usualRetention
	}
	for _, x := range []struct{ from, to *int }{
		{j.ReopenDays, &p.ReopenDays}, {j.AcceptDays, &p.AcceptDays}, {j.UrgentQuota, &p.UrgentQuota}, {j.WorkLimit, &p.WorkLimit}, {j.RetentionDays, &p.RetentionDays},
	} {
		if x.from != nil {
			*x.to = *x.from
		}
	}
	if j.Crisis != nil {
		p.Crisis = j.Crisis.text()
	}
	for _, x := range j.Stages {
		if !x.Retired {
			p.Stages = append(p.Stages, Stage{Code: x.Code, Name: x.Name.text(), Waits: x.Waits})
		}
	}
	return p
}

// wireSome is a text on the wire, nil when there is none.
func wireSome(t lang.Text) *textJSON {
	if t == (lang.Text{}) {
		return nil
	}
	j := wireText(t)
	return &j
}

type policyInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	web.IfMatch
	Body policyJSON
}

func (c *Catalog) putPolicy(ctx context.Context, in *policyInput) (*serviceOutput, error) {
	s, err := c.Visible(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	revision := 0
	if in.IfMatch.IfMatch != "" {
		if err := in.Check(etag(s)); err != nil {
			return nil, err
		}
		revision = s.Revision
	}
	s, err = c.SetPolicy(ctx, in.Code, in.Body.policy(), revision)
	return c.answer(ctx, s, http.StatusOK, err)
}
