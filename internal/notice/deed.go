package notice

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
)

// Deed is what a one-time link does: for one person, on one record as it was when the link was made, once. The link is
// sealed with the house's key, so that nobody can make or change one; that it has been used is a row.
type Deed struct {
	ID      ID
	Person  org.ID
	Verb    string
	Subject access.Subject
	Stage   int64 // of the record
	Until   time.Time
}

// deed is a verb that one tap may do.
type deed struct {
	do    func(ctx context.Context, d Deed, score int) error
	ready func(ctx context.Context, rd sqldb.Reader, d Deed) (bool, error) // the record still is as it was
}

// The verbs of one-time links.
const (
	verbAccept = "accept"
	verbTake   = "take"
	verbRate   = "rate"
	verbRead   = "read"
)

const (
	deedPurpose = "notice.deed"
	deedLife    = 14 * 24 * time.Hour
)

// errUsed and the others are what a link may have come to.
var (
	errDeedDead = fault.New(fault.NotFound, "notice.deed.dead")
	errDeedOver = fault.New(fault.Conflict, "notice.deed.over")
	errDeedUsed = fault.New(fault.Conflict, "notice.deed.used")
)

// seal is the word that stands in the link.
func (s *Service) seal(d Deed) string {
	parts := []string{d.Verb, d.Subject.Kind}
	for _, n := range []int64{d.ID, d.Person, d.Subject.ID, d.Stage, d.Until.Unix()} {
		parts = append(parts, strconv.FormatInt(n, 36))
	}
	return strings.NewReplacer("+", "-", "/", "_").Replace(s.Secrets.Seal(deedPurpose, strings.Join(parts, " ")))
}

// unseal reads it; whatever is wrong with it is one answer.
func (s *Service) unseal(token string) (Deed, error) {
	if len(token) > 500 {
		return Deed{}, errDeedDead
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return Deed{}, errDeedDead
	}
	text, err := s.Secrets.Open(deedPurpose, base64.RawStdEncoding.EncodeToString(raw))
	if err != nil {
		return Deed{}, errDeedDead
	}
	parts := strings.Split(text, " ")
	if len(parts) != 7 {
		return Deed{}, errDeedDead
	}
	var n [5]int64
	for i := range n {
		if n[i], err = strconv.ParseInt(parts[i+2], 36, 64); err != nil {
			return Deed{}, errDeedDead
		}
	}
	return Deed{Verb: parts[0], ID: n[0], Person: n[1], Subject: access.Subject{Kind: parts[1], ID: n[2]}, Stage: n[3], Until: time.Unix(n[4], 0).UTC()}, nil
}

// deedURL makes a link for a person.
func (s *Service) deedURL(ctx context.Context, person org.ID, verb string, sub access.Subject, stage int64) string {
	d := Deed{ID: s.db.NewID(), Person: person, Verb: verb, Subject: sub, Stage: stage, Until: s.db.Now().Add(deedLife)}
	return s.Org.Address(ctx) + "/n/" + s.seal(d)
}

// deedLinks are the one-time links that a message about a line carries: what its receiver may do with one tap.
func (s *Service) deedLinks(ctx context.Context, p Post, l line) []link {
	if l.Subject.Kind == announcement {
		return []link{{lang.T(ctx, "notice.deed.read"), s.deedURL(ctx, p.Person, verbRead, l.Subject, 0)}}
	}
	if l.Subject.Kind != request.Kind || l.For != 0 {
		return nil
	}
	return s.requestLinks(ctx, p.Person, l.party, l.Kind == "request.opened" || l.Kind == "request.passed-on")
}

// requestLinks: the customer of what was delivered may accept it, an agent may take what is new.
func (s *Service) requestLinks(ctx context.Context, person org.ID, party request.Party, offered bool) []link {
	sub := access.Subject{Kind: request.Kind, ID: party.ID}
	mine := slices.Contains(party.Customers, person)
	switch {
	case party.Confidential:
		return nil
	case party.State == request.StateDelivered && mine:
		return []link{{lang.T(ctx, "notice.deed.accept"), s.deedURL(ctx, person, verbAccept, sub, party.Stage)}}
	case party.State == request.StateNew && !mine && offered:
		return []link{{lang.T(ctx, "notice.deed.take"), s.deedURL(ctx, person, verbTake, sub, party.Stage)}}
	}
	return nil
}

// cardLinks are those of a to-do card.
func (s *Service) cardLinks(ctx context.Context, rd sqldb.Reader, p Post) []link {
	if p.Subject.Kind != request.Kind {
		return nil
	}
	parties, err := s.Request.Parties(ctx, rd, []int64{p.Subject.ID})
	if err != nil {
		return nil // the card opens the page without it
	}
	return s.requestLinks(ctx, p.Person, parties[p.Subject.ID], false)
}

// requestDeeds makes the verbs of requests known.
func (s *Service) requestDeeds() {
	same := func(ctx context.Context, rd sqldb.Reader, d Deed) (bool, error) {
		parties, err := s.Request.Parties(ctx, rd, []int64{d.Subject.ID})
		p, there := parties[d.Subject.ID]
		return there && p.Stage == d.Stage, err
	}
	on := func(do func(ctx context.Context, number int64, score int) error) func(context.Context, Deed, int) error {
		return func(ctx context.Context, d Deed, score int) error {
			var number int64
			err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
				parties, err := s.Request.Parties(ctx, rd, []int64{d.Subject.ID})
				number = parties[d.Subject.ID].Number
				return err
			})
			if err != nil {
				return err
			}
			return do(ctx, number, score)
		}
	}
	s.verbs[verbAccept] = deed{ready: same, do: on(func(ctx context.Context, number int64, _ int) error {
		_, err := s.Request.Accept(ctx, number, request.When{})
		return err
	})}
	s.verbs[verbTake] = deed{ready: same, do: on(func(ctx context.Context, number int64, _ int) error {
		_, err := s.Request.Take(ctx, number, request.When{})
		return err
	})}
	s.verbs[verbRate] = deed{ready: same, do: on(func(ctx context.Context, number int64, score int) error {
		_, err := s.Request.Rate(ctx, number, request.Rating{Score: score}, request.When{})
		return err
	})}
	s.verbs[verbRead] = deed{
		ready: func(context.Context, sqldb.Reader, Deed) (bool, error) { return true, nil },
		do: func(ctx context.Context, d Deed, _ int) error {
			_, err := s.readAbout(ctx, d.Person, &d.Subject, 0)
			return err
		},
	}
}

// Shown is what the page of a link shows: what it would do, to whom it belongs, and whether it still can.
type Shown struct {
	Deed
	Name            string // of the person
	Ref, Title, URL string
	State           string // "open", "used", "over", "expired"
	Other           string // somebody else who is signed in here
}

// ShowDeed reads a link. It changes nothing: whoever fetches links in mails may fetch this one.
func (s *Service) ShowDeed(ctx context.Context, token string) (Shown, error) {
	d, err := s.unseal(token)
	if err != nil {
		return Shown{}, err
	}
	v, known := s.verbs[d.Verb]
	if !known {
		return Shown{}, errDeedDead
	}
	out := Shown{Deed: d, State: "open"}
	who := actor.From(ctx)
	person, ok, err := s.as(ctx, d.Person)
	if err != nil {
		return out, err
	}
	if !ok {
		return out, errDeedDead
	}
	err = s.db.Read(person, func(ctx context.Context, rd sqldb.Reader) error {
		p, err := s.Org.PersonIn(ctx, rd, d.Person)
		if err != nil {
			return err
		}
		out.Name = p.Display(ctx)
		if who.Person != 0 && who.Person != d.Person {
			out.Other = who.Name
		}
		about, err := s.aboutAll(ctx, rd, map[string][]int64{d.Subject.Kind: {d.Subject.ID}})
		if err != nil {
			return err
		}
		a, seen := about[d.Subject]
		if !seen || a.Confidential {
			return errDeedDead
		}
		out.Ref, out.Title, out.URL = a.Ref, a.Title, a.Link
		used, err := deedUsed(ctx, rd, d.ID)
		if err != nil {
			return err
		}
		ready, err := v.ready(ctx, rd, d)
		if err != nil {
			return err
		}
		switch {
		case used:
			out.State = "used"
		case rd.Instant().After(d.Until):
			out.State = "expired"
		case !ready:
			out.State = "over"
		}
		return nil
	})
	return out, err
}

// Do does what a link is for, as its person, and gives the verb that may follow: who accepted may rate. It opens no
// session. Somebody else who is signed in here is refused: a link that was passed on does not act for its owner.
func (s *Service) Do(ctx context.Context, token string, score int) (next string, err error) {
	shown, err := s.ShowDeed(ctx, token)
	switch {
	case err != nil:
		return "", err
	case shown.Other != "":
		return "", fault.New(fault.Conflict, "notice.deed.other", "name", shown.Name, "other", shown.Other)
	case shown.State == "used":
		return "", errDeedUsed
	case shown.State != "open":
		return "", errDeedOver
	}
	d := shown.Deed
	person, ok, err := s.as(ctx, d.Person)
	if err != nil || !ok {
		return "", errDeedDead
	}
	person = lang.In(person, lang.Locale(ctx))
	if d.Verb == verbRate && (score < 1 || score > 5) {
		var f fault.Fields
		f.Add("score", "notice.deed.score")
		return "", f.Err()
	}
	// The verb decides who of two is first; the row remembers that the link has done its work.
	if err := s.verbs[d.Verb].do(person, d, score); err != nil {
		return "", err
	}
	err = s.db.Write(person, func(ctx context.Context, tx *sqldb.Tx) error { return useDeed(ctx, tx, d) })
	if err != nil || d.Verb != verbAccept {
		return "", err
	}
	return s.rateLink(person, d)
}

// rateLink is the link by which whoever accepted may rate.
func (s *Service) rateLink(ctx context.Context, d Deed) (string, error) {
	var link string
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		parties, err := s.Request.Parties(ctx, rd, []int64{d.Subject.ID})
		if p, there := parties[d.Subject.ID]; there && p.State == request.StateDone {
			link = "/n/" + s.seal(Deed{ID: s.db.NewID(), Person: d.Person, Verb: verbRate, Subject: d.Subject, Stage: p.Stage, Until: s.db.Now().Add(deedLife)})
		}
		return err
	})
	return link, err
}
