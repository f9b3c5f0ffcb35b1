package signin

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Numbers of the second factors.
const (
	HalfLife      = 10 * time.Minute    // for the second proof after the first
	RememberLife  = 30 * 24 * time.Hour // that a browser is not asked for the second proof
	RecoveryCodes = 10
	MaxFactors    = 10               // of one person
	FreshFor      = 15 * time.Minute // after signing in factors may be changed
	offerLife     = 15 * time.Minute // of a key shown as QR
	totpStep      = 30               // seconds
	sealedOffer   = "signin.totp-offer"
)

// Factor is something a person proves to be the person with, beside the password or instead of it.
type Factor struct {
	ID   ID        `json:"id,string"`
	Kind string    `json:"kind" enum:"totp,passkey"`
	Name string    `json:"name"`
	Made time.Time `json:"created_at"`
	Used time.Time `json:"last_used_at,omitzero"`

	person     ID
	sealed     string
	credential []byte
	step       int64
}

// Factors are the actor's own, oldest first, and how many recovery codes are left.
func (s *Service) Factors(ctx context.Context) (list []Factor, codes int, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		who := actor.From(ctx).Person
		if list, err = factorsOf(ctx, rd, who); err != nil {
			return err
		}
		codes, err = countRecovery(ctx, rd, who)
		return err
	})
	return list, codes, err
}

// Offer is a key for an authenticator app that has not proven yet that it has it.
type Offer struct {
	Sealed string // comes back with the first code
	URL    string // otpauth://…, shown as QR
	Key    string // to type, in base32
}

type offer struct {
	Person ID     `json:"p"`
	Key    string `json:"k"`
	Until  int64  `json:"u"`
}

// OfferTOTP makes a key for the actor. Nothing is kept until ConfirmTOTP.
func (s *Service) OfferTOTP(ctx context.Context) (Offer, error) {
	who := actor.From(ctx)
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer(s.org.Company(ctx).Name.In(ctx)), AccountName: who.No, SecretSize: 20})
	if err != nil {
		return Offer{}, err
	}
	raw, err := json.Marshal(offer{who.Person, key.Secret(), s.db.Now().Add(offerLife).Unix()})
	if err != nil {
		return Offer{}, err
	}
	return Offer{Sealed: s.box.Seal(sealedOffer, string(raw)), URL: key.URL(), Key: key.Secret()}, nil
}

// issuer stands before the account in the app; a colon would end it.
func issuer(company string) string {
	return strings.ReplaceAll(strings.TrimSpace("Neike "+company), ":", " ")
}

// ConfirmTOTP keeps an offered key once its app has shown a right code. With the first factor come recovery codes, given
// once. Other browsers are signed out.
func (s *Service) ConfirmTOTP(ctx context.Context, sealed, typed, name string) (codes []string, err error) {
	var f fault.Fields
	name = factorName(ctx, &f, name)
	o, err := s.opened(sealed)
	step := int64(0)
	if err != nil || o.Person != actor.From(ctx).Person || s.db.Now().Unix() > o.Until {
		f.Add("code", "signin.offer-old")
	} else if step = stepOf(o.Key, typed, s.db.Now(), 0); step == 0 {
		f.Add("code", "signin.totp-wrong")
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return s.addFactor(ctx, Factor{Kind: "totp", Name: name, sealed: s.box.Seal(sealedTOTP, o.Key), step: step}, "")
}

func (s *Service) opened(sealed string) (o offer, err error) {
	raw, err := s.box.Open(sealedOffer, sealed)
	if err == nil {
		err = json.Unmarshal([]byte(raw), &o)
	}
	return o, err
}

// factorName is what somebody calls a factor; who calls it nothing gets the usual name: a wrong code is the one mistake to
// mend then.
func factorName(ctx context.Context, f *fault.Fields, name string) string {
	if name = clean(name); name == "" {
		return lang.T(ctx, "signin.factor-name-usual")
	}
	if utf8.RuneCountInString(name) > 60 {
		f.Add("name", "signin.factor-name-long", "count", 60)
	}
	return name
}

// stepOf is the time step whose code was typed, of the present one and its neighbours; only steps after last count. 0:
// none. All three are compared, whatever fits.
func stepOf(key, typed string, now time.Time, last int64) int64 {
	typed = strings.Map(dropPhoneSigns, lang.Narrow(typed))
	found := int64(0)
	for d := int64(-1); d <= 1; d++ {
		step := now.Unix()/totpStep + d
		code, err := CodeAt(key, time.Unix(step*totpStep, 0))
		if err == nil && subtle.ConstantTimeCompare([]byte(code), []byte(typed)) == 1 && step > last {
			found = step
		}
	}
	return found
}

// CodeAt is what an authenticator app with a key (base32) shows at a moment.
func CodeAt(key string, at time.Time) (string, error) {
	return totp.GenerateCodeCustom(key, at, totp.ValidateOpts{Period: totpStep, Digits: otp.DigitsSix})
}

// addFactor keeps a factor of the actor's own; the first one brings recovery codes.
func (s *Service) addFactor(ctx context.Context, f Factor, handle string) (codes []string, err error) {
	who := actor.From(ctx)
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		codes = nil
		list, err := factorsOf(ctx, tx, who.Person)
		if err != nil {
			return err
		}
		if len(list) >= MaxFactors {
			return wrongCode("name", "signin.too-many-factors")
		}
		f.ID, f.person, f.Made = tx.NewID(), who.Person, tx.Now
		if err := insertFactor(ctx, tx, f, handle); err != nil {
			if sqldb.IsUnique(err) {
				return wrongCode("name", "signin.passkey-known")
			}
			return err
		}
		if len(list) == 0 {
			if codes, err = newRecovery(ctx, tx, who.Person); err != nil {
				return err
			}
		}
		if _, err := deleteSessions(ctx, tx, who.Person, who.Session); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, FactorWasAdded{Person: who.Person, Kind: f.Kind, Name: f.Name})
	})
	s.known.forgetPerson(who.Person)
	return codes, err
}

// newRecovery replaces the recovery codes of a person.
func newRecovery(ctx context.Context, tx *sqldb.Tx, person ID) ([]string, error) {
	codes := make([]string, RecoveryCodes)
	prints := make([]string, RecoveryCodes)
	for i := range codes {
		codes[i] = code()
		prints[i] = recoveryPrint(person, codes[i])
	}
	return codes, saveRecovery(ctx, tx, person, prints)
}

// NewRecoveryCodes gives the actor ten new recovery codes; those before, known as set, stop to work. NotFound without a
// factor, and a Conflict when they were changed meanwhile: a page loaded again must not void what was just printed.
func (s *Service) NewRecoveryCodes(ctx context.Context, set string) (codes []string, err error) {
	who := actor.From(ctx)
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := factorsOf(ctx, tx, who.Person)
		if err == nil && len(list) == 0 {
			err = fault.ErrNotFound
		}
		if err != nil {
			return err
		}
		switch now, err := recoverySet(ctx, tx, who.Person); {
		case err != nil:
			return err
		case now != set:
			return fault.New(fault.Conflict, "signin.factor.codes-already")
		}
		if codes, err = newRecovery(ctx, tx, who.Person); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, RecoveryCodesWereMade{Person: who.Person})
	})
	return codes, err
}

// RemoveFactor takes away one of the actor's own; with the last one go the recovery codes. NotFound for another's.
func (s *Service) RemoveFactor(ctx context.Context, id ID) error {
	who := actor.From(ctx)
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := factorsOf(ctx, tx, who.Person)
		if err != nil {
			return err
		}
		for _, f := range list {
			if f.ID != id {
				continue
			}
			if err := deleteFactors(ctx, tx, who.Person, id, len(list) == 1); err != nil {
				return err
			}
			return s.events.Emit(ctx, tx, FactorWasRemoved{Person: who.Person, Kind: f.Kind, Name: f.Name})
		}
		return fault.ErrNotFound
	})
	s.known.forgetPerson(who.Person)
	return err
}

// ResetFactors takes all factors of somebody away, ends the sessions and tells the person. For a security officer, and
// the command line; NotFound for anybody else.
func (s *Service) ResetFactors(ctx context.Context, person ID) error {
	if who := actor.From(ctx); !who.System && !who.Has("security") {
		return fault.ErrNotFound
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := s.org.PersonIn(ctx, tx, person); err != nil {
			return err
		}
		if err := deleteFactors(ctx, tx, person, 0, true); err != nil {
			return err
		}
		if _, err := deleteSessions(ctx, tx, person, actor.From(ctx).Session); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, person, "factors-reset", 0, ""); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, FactorsWereReset{Person: person})
	})
	s.known.forgetPerson(person)
	return err
}

// enter lets somebody in whose first proof was right: with a session, or, when a second proof is due, with Session.Half.
func (s *Service) enter(ctx context.Context, person ID, in In, how string) (made Session, err error) {
	due := false
	key := secretKey()
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		due = false
		if err := s.stillOpen(ctx, tx, person, how); err != nil {
			return err
		}
		owed, err := s.secondDue(ctx, tx, person, in)
		if err != nil || !owed {
			return err
		}
		if how == "password" || how == "ldap" {
			if err := unlocked(ctx, tx, person, in.try); err != nil {
				return err
			}
			if err := forgive(ctx, tx, person, in.try); err != nil {
				return err
			}
		}
		due = true
		return insertHalf(ctx, tx, printOf(key), person, how, tx.Now.Add(HalfLife))
	})
	if err != nil {
		return Session{}, err
	}
	if due {
		return Session{Person: person, How: how, Half: key}, nil
	}
	return s.open(ctx, person, in, how)
}

// secondDue says whether somebody owes a second proof in this browser.
func (s *Service) secondDue(ctx context.Context, rd sqldb.Reader, person ID, in In) (bool, error) {
	list, err := factorsOf(ctx, rd, person)
	if err != nil || len(list) == 0 {
		return false, err
	}
	remembered, err := isRemembered(ctx, rd, printOf(in.Device), person)
	return !remembered, err
}

// stillOpen refuses passwords of ours where only single sign-on is taken; the emergency account comes in always.
func (s *Service) stillOpen(ctx context.Context, tx *sqldb.Tx, person ID, how string) error {
	if how != "password" && how != "link" && how != "poster" {
		return nil
	}
	policy, err := policyIn(ctx, tx)
	if err != nil || !policy.OnlySSO {
		return err
	}
	a, err := accountOf(ctx, tx, person)
	if err == nil && !a.breakGlass {
		err = wrongCode("password", "signin.only-sso")
	}
	return err
}

// Second gives the second proof: six digits of an app, or a recovery code. Unauthenticated when the first proof is too
// old; MaxTries wrong ones close the second door for LockTime. The address does not count: the first proof was right.
func (s *Service) Second(ctx context.Context, half, typed string, remember bool, in In) (Session, error) {
	var person ID
	var how string
	var answer error
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		answer = nil
		if person, how, err = halfOf(ctx, tx, printOf(half)); err != nil {
			return err
		}
		name := factorTry(person)
		t, err := lockTry(ctx, tx, name, person)
		if err != nil {
			return err
		}
		if wait := t.locked(tx.Now); wait > 0 {
			answer = onField(locked(wait), "code")
			return nil
		}
		right, err := s.proves(ctx, tx, person, typed)
		if err != nil {
			return err
		}
		if !right {
			answer = wrongCode("code", "signin.second-wrong")
			return saveTry(ctx, tx, name, t.fail(tx.Now))
		}
		if err := deleteTry(ctx, tx, name); err != nil {
			return err
		}
		return useHalf(ctx, tx, printOf(half))
	})
	if err == nil {
		err = answer
	}
	if err != nil {
		return Session{}, err
	}
	return s.openSecond(ctx, person, in, how, remember)
}

func factorTry(person ID) string { return "factor:" + printOf(sqldbID(person)) }

// openSecond opens the session after both proofs and remembers the browser when asked to.
func (s *Service) openSecond(ctx context.Context, person ID, in In, how string, remember bool) (Session, error) {
	made, err := s.open(ctx, person, in, how+"+factor")
	if err != nil || !remember {
		return made, err
	}
	return made, s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return rememberDevice(ctx, tx, printOf(made.Device), person, tx.Now.Add(RememberLife))
	})
}

// proves compares a typed code with the person's apps and recovery codes, and uses it up.
func (s *Service) proves(ctx context.Context, tx *sqldb.Tx, person ID, typed string) (bool, error) {
	list, err := factorsOf(ctx, tx, person)
	if err != nil {
		return false, err
	}
	for _, f := range list {
		if f.Kind != "totp" {
			continue
		}
		key, err := s.box.Open(sealedTOTP, f.sealed)
		if err != nil {
			return false, err
		}
		if step := stepOf(key, typed, tx.Now, f.step); step != 0 {
			return useStep(ctx, tx, f.ID, step)
		}
	}
	if plain := plainCode(typed); len(plain) == 12 {
		return useRecovery(ctx, tx, person, recoveryPrint(person, plain))
	}
	return false, nil
}
