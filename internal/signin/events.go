package signin

import "time"

// HasSignedIn says that a person opened a session.
type HasSignedIn struct {
	Person  ID     `json:"person"`
	Session ID     `json:"session"`
	Address string `json:"address"`
	How     string `json:"how"`           // "password", "link"
	New     bool   `json:"new,omitempty"` // by a browser that is not known of somebody who has been here before
}

// WasLocked says that wrong passwords closed an account for a while.
type WasLocked struct {
	Person  ID     `json:"person"`
	Address string `json:"address"`
}

// PasswordWasSet says that a person chose a password.
type PasswordWasSet struct {
	Person ID `json:"person"`
}

// LinkWasMade says that somebody made a link for a person to set a password with.
type LinkWasMade struct {
	Person ID   `json:"person"`
	Again  bool `json:"again,omitempty"` // the person had a password
}

// PosterWasMade says that somebody made a poster for a unit.
type PosterWasMade struct {
	Poster ID        `json:"poster"`
	Unit   ID        `json:"unit"`
	Until  time.Time `json:"until"`
}

// PosterWasRevoked says that a poster no longer works.
type PosterWasRevoked struct {
	Poster ID `json:"poster"`
	Unit   ID `json:"unit"`
}

// ClaimWasConfirmed says that somebody who asked by a poster was let in, by the actor, or by the phone number on file.
type ClaimWasConfirmed struct {
	Claim  ID   `json:"claim"`
	Person ID   `json:"person"`
	Digits bool `json:"digits,omitempty"` // nobody had to confirm
}

// ClaimWasRefused says that somebody who asked by a poster was not let in.
type ClaimWasRefused struct {
	Claim  ID `json:"claim"`
	Person ID `json:"person"` // 0: what was typed fits nobody
}

// PolicyWasSet says how strict the house is at the door from now on.
type PolicyWasSet struct {
	Policy Policy `json:"policy"`
}

// BreakGlassWasUsed is an alarm: somebody signed in with the emergency account.
type BreakGlassWasUsed struct {
	Person  ID     `json:"person"`
	Session ID     `json:"session"`
	Address string `json:"address"`
}

// BreakGlassWasSet says that the emergency account got a new password.
type BreakGlassWasSet struct {
	Person ID `json:"person"`
}

// WasReset says that somebody gave a person a temporary code.
type WasReset struct {
	Person ID `json:"person"`
}

// TokenWasMade says that a token was made for a person.
type TokenWasMade struct {
	Token  ID       `json:"token"`
	Person ID       `json:"person"`
	Name   string   `json:"name"`
	Scopes []string `json:"scopes"`
}

// TokenWasRevoked says that a token no longer works.
type TokenWasRevoked struct {
	Token  ID `json:"token"`
	Person ID `json:"person"`
}

// SessionsWereEnded says that sessions of a person were ended from outside them.
type SessionsWereEnded struct {
	Person ID  `json:"person"`
	Count  int `json:"count"`
}

func (HasSignedIn) EventKind() string       { return "signin.has-signed-in" }
func (WasLocked) EventKind() string         { return "signin.was-locked" }
func (PasswordWasSet) EventKind() string    { return "signin.password-was-set" }
func (LinkWasMade) EventKind() string       { return "signin.link-was-made" }
func (WasReset) EventKind() string          { return "signin.was-reset" }
func (TokenWasMade) EventKind() string      { return "signin.token-was-made" }
func (TokenWasRevoked) EventKind() string   { return "signin.token-was-revoked" }
func (SessionsWereEnded) EventKind() string { return "signin.sessions-were-ended" }

func (e HasSignedIn) EventSubject() (string, int64)       { return "person", e.Person }
func (e WasLocked) EventSubject() (string, int64)         { return "person", e.Person }
func (e PasswordWasSet) EventSubject() (string, int64)    { return "person", e.Person }
func (e LinkWasMade) EventSubject() (string, int64)       { return "person", e.Person }
func (e WasReset) EventSubject() (string, int64)          { return "person", e.Person }
func (e TokenWasMade) EventSubject() (string, int64)      { return "person", e.Person }
func (e TokenWasRevoked) EventSubject() (string, int64)   { return "person", e.Person }
func (e SessionsWereEnded) EventSubject() (string, int64) { return "person", e.Person }

func (PosterWasMade) EventKind() string     { return "signin.poster-was-made" }
func (PosterWasRevoked) EventKind() string  { return "signin.poster-was-revoked" }
func (ClaimWasConfirmed) EventKind() string { return "signin.claim-was-confirmed" }
func (ClaimWasRefused) EventKind() string   { return "signin.claim-was-refused" }
func (PolicyWasSet) EventKind() string      { return "signin.policy-was-set" }
func (BreakGlassWasUsed) EventKind() string { return "signin.break-glass-was-used" }
func (BreakGlassWasSet) EventKind() string  { return "signin.break-glass-was-set" }

func (e PosterWasMade) EventSubject() (string, int64)     { return "unit", e.Unit }
func (e PosterWasRevoked) EventSubject() (string, int64)  { return "unit", e.Unit }
func (e ClaimWasConfirmed) EventSubject() (string, int64) { return "person", e.Person }
func (e ClaimWasRefused) EventSubject() (string, int64)   { return "claim", e.Claim }
func (PolicyWasSet) EventSubject() (string, int64)        { return "policy", 1 }
func (e BreakGlassWasUsed) EventSubject() (string, int64) { return "person", e.Person }
func (e BreakGlassWasSet) EventSubject() (string, int64)  { return "person", e.Person }

// FactorWasAdded says that a person has a second factor more.
type FactorWasAdded struct {
	Person ID     `json:"person"`
	Kind   string `json:"kind"` // "totp", "passkey"
	Name   string `json:"name"`
}

// FactorWasRemoved says that a person took a second factor away.
type FactorWasRemoved struct {
	Person ID     `json:"person"`
	Kind   string `json:"kind"`
	Name   string `json:"name"`
}

// RecoveryCodesWereMade says that a person got new recovery codes.
type RecoveryCodesWereMade struct {
	Person ID `json:"person"`
}

// FactorsWereReset says that somebody took all second factors of a person away.
type FactorsWereReset struct {
	Person ID `json:"person"`
}

func (FactorWasAdded) EventKind() string        { return "signin.factor-was-added" }
func (FactorWasRemoved) EventKind() string      { return "signin.factor-was-removed" }
func (RecoveryCodesWereMade) EventKind() string { return "signin.recovery-codes-were-made" }
func (FactorsWereReset) EventKind() string      { return "signin.factors-were-reset" }

func (e FactorWasAdded) EventSubject() (string, int64)        { return "person", e.Person }
func (e FactorWasRemoved) EventSubject() (string, int64)      { return "person", e.Person }
func (e RecoveryCodesWereMade) EventSubject() (string, int64) { return "person", e.Person }
func (e FactorsWereReset) EventSubject() (string, int64)      { return "person", e.Person }
