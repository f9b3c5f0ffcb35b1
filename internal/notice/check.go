package notice

import (
	"context"
	"errors"
	"time"

	"neike/internal/kit/chat"
	"neike/internal/kit/fault"
	"neike/internal/kit/job"
	"neike/internal/kit/sqldb"
)

// DingTalk takes a message and knows only a while later whom it did not reach: what went there is looked at once more.

// lookAfter is how long after it left.
const lookAfter = 2 * time.Minute

// lookLater lets a message that a platform has taken be looked at again, where the platform says only then how it fared.
func (s *Service) lookLater(ctx context.Context, tx *sqldb.Tx, c carrier, p Post, o outcome) error {
	if o.is != went || o.receipt == "" || p.Channel != Chat || p.State == Closing || c.platform() != chat.DingTalk {
		return nil
	}
	return s.jobs.Enqueue(ctx, tx, checkJob, p.ID, job.Unique(idText(p.ID)), job.At(tx.Now.Add(lookAfter)))
}

// lookAgain asks what became of a message. One that did not arrive goes again, or is given up where that does not help.
func (s *Service) lookAgain(ctx context.Context, id ID) error {
	ctx = s.house(ctx)
	var p Post
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		p, err = postByID(ctx, rd, id)
		return err
	})
	if errors.Is(err, fault.ErrNotFound) || err == nil && p.State != Sent {
		return nil
	}
	if err != nil {
		return err
	}
	client, _, err := s.Suites.Client(ctx, p.Target)
	if err != nil {
		return err
	}
	receipt, err := client.Check(ctx, chat.Receipt{ID: p.Receipt})
	var e *chat.Error
	if errors.As(err, &e) && e.Reason != chat.Slow { // nobody knows any more: it counts as sent
		return nil
	}
	if err != nil {
		return err
	}
	for _, failed := range receipt.Failed { // of its only receiver
		return s.didNotArrive(ctx, id, failed)
	}
	return nil
}

func (s *Service) didNotArrive(ctx context.Context, id ID, why *chat.Error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		p, err := postByID(ctx, tx, id)
		if err != nil || p.State != Sent {
			return err
		}
		o := outcome{is: refused, problem: short(why.Error())}
		if why.Reason == chat.Broken {
			o.is = later
		}
		if err := settleOne(ctx, tx, p, o); err != nil {
			return err
		}
		return s.wake(ctx, tx, map[lane]bool{p.lane(): false})
	})
}
