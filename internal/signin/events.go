package signin

// HasSignedIn says that a person opened a session.
type HasSignedIn struct {
	Person  ID     `json:"person"`
	Session ID     `json:"session"`
	Address string `json:"address"`
	How     string `json:"how"` // "password", "link"
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

// LinkWasMade says that somebody made an activation link for a person.
type LinkWasMade struct {
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
