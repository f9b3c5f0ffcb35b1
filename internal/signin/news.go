package signin

import (
	"context"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// News is something that others did to one's account, or an alarm.
type News struct {
	ID      ID
	Kind    string // "reset", "link", "claim", "factors-reset", "break-glass", …
	By      string // name; "" for the system
	About   string // name of whom it is about, when that is somebody else
	Address string
	At      time.Time
}

// tell leaves a word for a person about the account; nobody is told of the own deeds.
func (s *Service) tell(ctx context.Context, tx *sqldb.Tx, person ID, kind string, about ID, address string) error {
	by := actor.From(ctx).Person
	if by == person && about == 0 {
		return nil
	}
	return insertNews(ctx, tx, person, kind, by, about, address)
}

// toldOfCopy tells somebody that another took a copy of what the house keeps about them.
func (s *Service) toldOfCopy(ctx context.Context, tx *sqldb.Tx, e org.PersonalDataWasCopied) error {
	if e.Own {
		return nil
	}
	return s.tell(ctx, tx, e.Person, "data-copied", 0, "")
}

// alarm tells everybody who keeps or guards the house that the emergency account is in use.
func (s *Service) alarm(ctx context.Context, tx *sqldb.Tx, made Session) error {
	told := map[ID]bool{made.Person: true}
	for _, role := range []string{"admin", "security"} {
		holders, err := s.org.Holders(ctx, tx, role)
		if err != nil {
			return err
		}
		for _, person := range holders {
			if told[person] {
				continue
			}
			told[person] = true
			if err := s.tell(ctx, tx, person, "break-glass", made.Person, made.Address); err != nil {
				return err
			}
		}
	}
	return s.events.Emit(ctx, tx, BreakGlassWasUsed{Person: made.Person, Session: made.ID, Address: made.Address})
}

// News is what the actor has not read yet, newest first, 20 at most.
func (s *Service) News(ctx context.Context) (list []News, err error) {
	who := actor.From(ctx)
	if who.Person == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := newsOf(ctx, rd, who.Person)
		if err != nil || len(rows) == 0 {
			return err
		}
		var ids []ID
		for _, n := range rows {
			ids = append(ids, n.by, n.about)
		}
		names, err := s.org.Names(ctx, rd, ids)
		for _, n := range rows {
			n.News.By, n.News.About = nameIn(ctx, names, n.by), nameIn(ctx, names, n.about)
			list = append(list, n.News)
		}
		return err
	})
	return list, err
}

func nameIn(ctx context.Context, names map[ID]org.Person, id ID) string {
	if p, ok := names[id]; ok {
		return p.Display(ctx)
	}
	return ""
}

// ReadNews marks one's own news as read up to id. NotFound when there is nothing to mark.
func (s *Service) ReadNews(ctx context.Context, upTo ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := sawNews(ctx, tx, actor.From(ctx).Person, upTo)
		if err == nil && n == 0 {
			err = fault.ErrNotFound
		}
		return err
	})
}
