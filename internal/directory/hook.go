package directory

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Heed takes a callback in: what the platform says is checked, heard once, and noted. A renamed account is renamed at
// once; everything else makes a sync due, which looks for itself. An address or a signature that is wrong is NotFound.
func (s *Service) Heed(ctx context.Context, hook string, r *http.Request, body []byte) (chat.Reply, error) {
	var c Connection
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		c, err = connectionByHook(ctx, rd, hook)
		return err
	})
	if err != nil {
		return chat.Reply{}, err
	}
	client, err := s.chatOf(c)
	if err != nil {
		return chat.Reply{}, fault.Wrap(fault.NotFound, err, "not-found")
	}
	said, err := client.Receive(r, body)
	var refused *chat.Error
	if errors.As(err, &refused) {
		return chat.Reply{}, fault.Wrap(fault.NotFound, err, "not-found")
	}
	if err != nil || said.Kind == chat.OnCheck {
		return said.Reply, err
	}
	return said.Reply, s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return s.note(ctx, tx, c.ID, said)
	})
}

func (s *Service) note(ctx context.Context, tx *sqldb.Tx, connection ID, said chat.Callback) error {
	c, err := lockConnection(ctx, tx, connection)
	if err != nil {
		return err
	}
	if said.ID != "" {
		fresh, err := hear(ctx, tx, c.ID, said.ID)
		if err != nil || !fresh {
			return err
		}
	}
	if !slices.Contains([]string{chat.OnUserChanged, chat.OnUserLeft, chat.OnDepartmentChanged, chat.OnScopeChanged}, said.Kind) {
		return nil
	}
	if said.Before != "" && len(said.Users) == 1 {
		if err := s.rename(ctx, tx, c.ID, said.Before, said.Users[0]); err != nil {
			return err
		}
	}
	if !c.Sync {
		return nil
	}
	if c.Due.IsZero() {
		c.Due = tx.Now
		if err := setDue(ctx, tx, c); err != nil {
			return err
		}
	}
	if c.Rules.Every == "" {
		return nil
	}
	last, err := lastRuns(ctx, tx, c.ID, tx.Now.Add(time.Millisecond), 1)
	if err != nil {
		return err
	}
	at := soon(c, tx.Now, last)
	if c.Next.IsZero() || at.Before(c.Next) {
		c.Next = at
		return setNext(ctx, tx, c)
	}
	return nil
}

// soon is when a sync begins that a callback asks for: some time later, for changes come in crowds, and not so often that
// the platform's calls are used up.
func soon(c Connection, now time.Time, last []Run) time.Time {
	at, rest := now.Add(15*time.Minute), time.Hour
	if c.Kind == KindDingTalk {
		rest = 24 * time.Hour
	}
	if len(last) > 0 && last[0].Began.Add(rest).After(at) {
		at = last[0].Began.Add(rest)
	}
	return at
}

// rename gives an account its new name, as long as nobody has that one.
func (s *Service) rename(ctx context.Context, tx *sqldb.Tx, connection ID, before, now string) error {
	old, err := identityBySubject(ctx, tx, connection, subjectKey(before))
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = identityBySubject(ctx, tx, connection, subjectKey(now))
	if err == nil {
		return nil
	}
	if !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	if err := renameIdentity(ctx, tx, old.ID, now, ""); err != nil {
		return err
	}
	return s.events.Emit(ctx, tx, PersonWasLinked{Person: old.Person, Connection: connection, Subject: now, Why: "renamed"})
}

// heedHook is the address that a platform calls.
func (s *Service) heedHook(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body) // the door lets a megabyte in
	if err != nil {
		return err
	}
	reply, err := s.Heed(r.Context(), r.PathValue("hook"), r, body)
	if err != nil {
		return err
	}
	if reply.Type != "" {
		w.Header().Set("Content-Type", reply.Type)
	}
	_, err = w.Write(reply.Body)
	return err
}
