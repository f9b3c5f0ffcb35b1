package org

import (
	"context"
	"errors"
	"sync"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Company is the house itself: its name, where its clocks stand, its language, and what it has decided to show.
type Company struct {
	Name     lang.Text `json:"name"`
	Zone     string    `json:"zone"`          // IANA
	Locale   string    `json:"locale"`        // "zh" or "en"
	URL      string    `json:"url,omitempty"` // at which people reach the house, "https://neike.example.com"; see Address
	Switches Switches  `json:"switches"`
	Revision int64     `json:"-"`
	at       time.Time // when it was read
}

// Switches are the company's decisions about who sees what. They are shown to everybody.
type Switches struct {
	NumbersToAll     bool   `json:"numbers_to_all"`    // numbers of all edges to all employees; default: own edges
	SharedInUnit     bool   `json:"shared_in_unit"`    // requests are shared in the customer's unit
	ReasonsToAgents  bool   `json:"reasons_to_agents"` // agents see reasons and comments without the giver's leave
	IndividualScores bool   `json:"individual_scores"` // scores have an individual level
	AccountInScores  bool   `json:"account_in_scores"` // the relationship account counts in scores; needs AccountReason
	AccountReason    string `json:"account_reason"`    // why
	ShowNo           bool   `json:"show_no"`           // everybody sees everybody's 工号
	StrictRoles      bool   `json:"strict_roles"`      // 三员分立: administrator, security officer and auditor are three people
	EraseMonths      int    `json:"erase_months"`      // personal data of who left is erased so many months later; 0: never by itself. By SetRetention
}

// NewCompany is what a company is before anybody has set anything.
func NewCompany() Company {
	return Company{
		Name:     lang.Text{Zh: "本公司", En: "Our company"},
		Zone:     "Asia/Shanghai",
		Locale:   "zh",
		Switches: Switches{SharedInUnit: true, ShowNo: true},
	}
}

// Location is the company's time zone; an unknown name (which SetCompany refuses) is UTC.
func (c Company) Location() *time.Location {
	if zone, ok := zones.Load(c.Zone); ok {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	zones.Store(c.Zone, zone)
	return zone
}

var zones sync.Map // name → *time.Location: reading one is reading a file

// Company is the present settings; before anything was set those of NewCompany. When the database does not
// answer it is the most reserved company.
func (s *Service) Company(ctx context.Context) Company {
	if c := s.comp.Load(); c != nil && time.Since(c.at) < cachedFor {
		return *c
	}
	c := NewCompany()
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		var err error
		if c, err = CompanyIn(ctx, rd); err == nil {
			kept := c
			kept.at = time.Now()
			s.generation.Keep(rd, func() { s.comp.Store(&kept) })
		}
		return err
	})
	if err != nil {
		c = NewCompany()
		c.Switches.SharedInUnit = false // what nobody can look up is not shared
		return c
	}
	return c
}

// CompanyIn reads the settings as the transaction sees them.
func CompanyIn(ctx context.Context, rd sqldb.Reader) (Company, error) {
	c, err := loadCompany(ctx, rd)
	if errors.Is(err, fault.ErrNotFound) {
		return NewCompany(), nil
	}
	return c, err
}

// SetCompany sets name, zone, language and switches. Revision is the one that was shown (0 before the first time). When
// personal data is erased stays as it is: that is the security officer's matter (SetRetention).
func (s *Service) SetCompany(ctx context.Context, c Company) error {
	c.URL = addressRead(c.URL)
	f := all(append(checkCompany(c), checkAddress(c.URL)...))
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		f.Add("zone", "org.zone-unknown", "value", c.Zone)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		before, err := CompanyIn(ctx, tx)
		if err != nil {
			return err
		}
		after := c
		after.Switches.EraseMonths = before.Switches.EraseMonths
		return s.writeCompany(ctx, tx, before, after)
	})
}

// writeCompany writes the settings, what became of them, and that it was so.
func (s *Service) writeCompany(ctx context.Context, tx *sqldb.Tx, before, after Company) error {
	written, err := saveCompany(ctx, tx, after)
	if err != nil {
		return err
	}
	if written == 0 {
		return fault.New(fault.Precondition, "org.changed-meanwhile")
	}
	if err := noteChange(ctx, tx, before, after); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, CompanyWasSet{Company: after})
}
