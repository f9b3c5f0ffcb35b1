package notice

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Robot is what speaks in a unit's group. Address and Secret are what somebody types; they are sealed and never shown.
type Robot struct {
	ID       ID
	Unit     org.ID
	Platform string
	Name     string
	Address  string
	Secret   string
	Locale   string // of the group: "zh" or "en"
	Kinds    []string
	Inside   bool // the address lies inside the company: http and any host
	Active   bool
	Revision int64

	address, secret string // sealed
}

// HasSecret says whether one is kept.
func (x Robot) HasSecret() bool { return x.secret != "" }

const (
	robotAddress = "notice.robot.address"
	robotSecret  = "notice.robot.secret"
)

// RobotWasSaved says that a group's robot was made, changed or removed.
type RobotWasSaved struct {
	Robot ID     `json:"robot"`
	Unit  org.ID `json:"unit"`
	What  string `json:"what"` // created, changed, removed
}

// EventKind of RobotWasSaved.
func (RobotWasSaved) EventKind() string { return "notice.robot-was-saved" }

// EventSubject of RobotWasSaved.
func (e RobotWasSaved) EventSubject() (string, int64) { return "robot", e.Robot }

// Robots lists the robots of all groups.
func (s *Service) Robots(ctx context.Context) (list []Robot, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err = robotsOf(ctx, rd)
		return err
	})
	return list, err
}

// RobotKinds are the kinds that a group may be told of.
func (s *Service) RobotKinds() []Kind {
	return slices.DeleteFunc(s.Kinds(), func(k Kind) bool { return !k.Robot })
}

// SaveRobot makes a robot (ID 0) or changes one. An empty address or secret keeps what there is.
func (s *Service) SaveRobot(ctx context.Context, x Robot) (Robot, error) {
	x.Address, x.Secret, x.Name = strings.TrimSpace(x.Address), strings.TrimSpace(x.Secret), strings.TrimSpace(x.Name)
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		var old Robot
		var err error
		what := "created"
		if x.ID != 0 {
			what = "changed"
			if old, err = robotByID(ctx, tx, x.ID); err != nil {
				return err
			}
			if old.Revision != x.Revision {
				return fault.New(fault.Precondition, "notice.changed-meanwhile")
			}
		}
		if err := s.checkRobot(ctx, x, old); err != nil {
			return err
		}
		if x.address = old.address; x.Address != "" {
			x.address = s.Secrets.Seal(robotAddress, x.Address)
		}
		if x.secret = old.secret; x.Secret != "" || x.Address != "" {
			x.secret = s.Secrets.Seal(robotSecret, x.Secret)
		}
		if x.ID == 0 {
			x.ID = tx.NewID()
		}
		if err := saveRobot(ctx, tx, x); err != nil {
			return err
		}
		if err := laneTries(ctx, tx, Group, x.ID); err != nil {
			return err
		}
		tx.OnCommit(s.forgetSettings)
		return s.events.Emit(ctx, tx, RobotWasSaved{x.ID, x.Unit, what})
	})
	return x, err
}

func (s *Service) checkRobot(ctx context.Context, x, old Robot) error {
	var f fault.Fields
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	if _, known := tree.ByID(x.Unit); !known {
		f.Add("unit", "notice.robot.need-unit")
	}
	if !slices.Contains(chat.RobotPlatforms, x.Platform) {
		f.Add("platform", "notice.robot.platform")
	}
	if x.Name == "" || strings.ContainsAny(x.Name, "\r\n") || len([]rune(x.Name)) > 60 {
		f.Add("name", "notice.robot.name")
	}
	if x.Address == "" && (old.address == "" || old.Platform != x.Platform) {
		f.Add("address", "notice.robot.need-address")
	} else if u, err := url.Parse(x.Address); x.Address != "" && (err != nil || u.Scheme != "https" && (u.Scheme != "http" || !x.Inside) || u.Host == "") {
		f.Add("address", "notice.robot.address")
	}
	if x.Locale != "zh" && x.Locale != "en" {
		f.Add("locale", "notice.unknown-value", "value", x.Locale)
	}
	for _, code := range x.Kinds {
		if k, known := s.kind(code); !known || !k.Robot {
			f.Add("kinds", "notice.unknown-choice", "kind", code)
		}
	}
	return f.Err()
}

// RemoveRobot ends a robot; what waits for it is dropped.
func (s *Service) RemoveRobot(ctx context.Context, id ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		x, err := robotByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := deleteRobot(ctx, tx, id); err != nil {
			return err
		}
		tx.OnCommit(s.forgetSettings)
		return s.events.Emit(ctx, tx, RobotWasSaved{id, x.Unit, "removed"})
	})
}

// opened is the robot as kit/chat takes it.
func (s *Service) opened(x Robot) (chat.Robot, error) {
	address, err := s.Secrets.Open(robotAddress, x.address)
	if err != nil {
		return chat.Robot{}, err
	}
	secret := ""
	if x.secret != "" {
		if secret, err = s.Secrets.Open(robotSecret, x.secret); err != nil {
			return chat.Robot{}, err
		}
	}
	return chat.Robot{Platform: x.Platform, URL: address, Secret: secret, Private: x.Inside}, nil
}

// groupPosts are the messages of an event to the group of the unit that has it in hand; the group of a unit that has become
// another hears of that one. A confidential record is not told to a group.
func (s *Service) groupPosts(ctx context.Context, rd sqldb.Reader, p plan, list []Told) ([]groupPost, error) {
	if p.unit == 0 || len(list) == 0 {
		return nil, nil
	}
	settings, err := s.settings(ctx, rd)
	if err != nil {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var out []groupPost
	for _, x := range settings.robots {
		if !x.Active || !slices.ContainsFunc(tree.Heirs(x.Unit), func(h org.Share) bool { return h.Unit == p.unit }) {
			continue
		}
		for _, code := range p.kinds {
			if k, _ := s.kind(code); k.Robot && slices.Contains(x.Kinds, code) {
				out = append(out, groupPost{robot: x.ID, kind: code, by: list[0].By, note: list[0].Note, urgent: k.Urgent})
			}
		}
	}
	return out, nil
}
