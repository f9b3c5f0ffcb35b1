package chat

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// The platforms.
const (
	WeCom    = "wecom"
	Feishu   = "feishu"
	DingTalk = "dingtalk"
)

// Platforms lists them.
var Platforms = []string{WeCom, Feishu, DingTalk}

// More platforms that have robots and nothing else here.
const (
	Slack = "slack"
	Teams = "teams"
)

// RobotPlatforms lists the platforms whose group robots SendTo knows.
var RobotPlatforms = []string{WeCom, Feishu, DingTalk, Slack, Teams}

// MaxBody is how many bytes of a callback are read at most.
const MaxBody = 1 << 20

// Settings are what a platform's console shows for an app of the company.
type Settings struct {
	Platform string // WeCom, Feishu or DingTalk
	Corp     string // id of the company: corpid; Feishu: tenant key, "" accepts any (the app is the company's own)
	App      string // WeCom: agent id; Feishu: app id; DingTalk: app key
	Agent    string // DingTalk: agent id of work notices; otherwise ""
	Secret   string
	Token    string // of callbacks: token (WeCom, DingTalk), verification token (Feishu)
	Key      string // of callbacks: EncodingAESKey (WeCom, DingTalk), encrypt key (Feishu)
	API      string // base address of calls; "" the platform's own
	Accounts string // base address of the sign-in pages; "" the platform's own
	Proxy    string // outbound proxy, "" none: WeCom answers only to addresses it knows
	Private  bool   // API and Accounts are inside the company: http and private networks are allowed
	NoField  string // WeCom: the extra attribute that holds the 工号; "" one of the usual names
}

// Client speaks with one app of one company. It is safe for concurrent use; it keeps the access token, fetches a new one
// before it ends and once more when the platform says that it has.
type Client interface {
	// LoginURL is where a browser signs in; inApp: the browser is the platform's own.
	LoginURL(back, state string, inApp bool) string
	// Login is who came back to the address back with this query. Somebody of another company is Refused.
	// What else the platform said in passing is there too; Person knows the rest.
	Login(ctx context.Context, query url.Values, back string) (User, error)
	// Person is one person in full, as the app may see them. Nobody there, or out of sight: Gone or Refused.
	Person(ctx context.Context, id string) (User, error)

	// Departments lists what the app may see. whole is false when its scope is only a part of the company: what is
	// missing then has not left.
	Departments(ctx context.Context) (list []Department, whole bool, err error)
	// Members lists a page of a department's direct members; page "" is the first, next "" says that it was the last, a
	// page may be empty. Department "" are the people whom the app sees outside of any listed department. Who belongs to
	// several departments comes several times, with Leads of the department asked.
	Members(ctx context.Context, department, page string) (list []User, next string, err error)

	// Send sends a message of the app to people, by their User.ID. What it could not deliver to whom is in the receipt;
	// an error means that it went to nobody. Any number of people: they are told in as few calls as the platform allows.
	Send(ctx context.Context, to []string, m Message) (Receipt, error)
	// Check asks what became of a message: DingTalk knows only after a while whom it did not reach. The receipt comes
	// back with what is known now.
	Check(ctx context.Context, r Receipt) (Receipt, error)
	// Close marks a message as done: its card says m from now on, and it leaves the platform's to-do list. What the
	// platform cannot change any more is left as it is.
	Close(ctx context.Context, r Receipt, m Message) error

	// Receive checks and opens a callback. Reply is what the platform wants to hear, whatever the event.
	Receive(r *http.Request, body []byte) (Callback, error)
}

// User is somebody as the platform knows them. What the app may not see is "".
type User struct {
	ID          string // userid (WeCom in lower case, DingTalk), user_id (Feishu; open_id when it may not see that)
	Union       string // union_id; DingTalk's to-do centre wants it
	No          string // 工号: job_number, employee_no, an extra attribute of WeCom
	Name        string
	NameEn      string
	Phone       string
	Email       string
	Position    string
	Departments []string // ids; the main one first, unless Unranked
	Unranked    bool     // the platform does not say which of the departments is the main one
	Several     bool     // several people have this ID: an LDAP server lets them, in different branches
	Leads       []string // departments of which this person is a head
	Manager     string   // ID of the direct manager
	Dotted      []string // IDs of dotted-line managers
	State       State
}

// State of somebody's account at the platform.
type State int

// The states.
const (
	Working  State = iota // active
	Waiting               // invited, not activated: has not left
	Disabled              // frozen by an administrator
	Left                  // resigned or removed
)

// Department as the platform knows it.
type Department struct {
	ID, Parent string // Parent "" is the top of what is visible
	Code       string // the company's own code for it, when the platform holds one
	Name       string
	NameEn     string
	Heads      []string // User.IDs
	Order      int      // small first, on every platform
}

// Message is a notice in neutral words; a driver drops what its platform cannot show.
type Message struct {
	ID      string // of the sender: the same ID is shown once, where the platform can see to it
	Title   string
	Text    string // plain text with line breaks
	Tone    string // "", "warning", "danger", "done"
	Facts   []Fact // label and value, in order
	Actions []Action
	Todo    bool      // goes into the platform's to-do list where it has one
	At      time.Time // when it was said, in the reader's zone; shown small. Not the time of sending: a repetition is the same
}

// Fact is a line of a card.
type Fact struct{ Label, Value string }

// Action is a button of a card: an address to open. The first is the main one.
type Action struct{ Text, URL string }

// Receipt is what became of a message.
type Receipt struct {
	ID       string            // what Close and Check want; keep it whole
	Failed   map[string]*Error // User.ID → why; not delivered to them. Reason says whether trying them again helps
	Unlisted *Error            // why it did not enter the to-do list, though it was delivered
}

// Callback is what a platform said by itself.
type Callback struct {
	ID     string   // of the event, to hear it once
	Kind   string   // "check", "user-changed", "user-left", "department-changed", "scope-changed" or "other"
	Users  []string // User.IDs
	Before string   // the User.ID before a rename
	Reply  Reply
}

// Reply is the answer that a platform wants.
type Reply struct {
	Type string // of the content
	Body []byte
}

// Robot is a group's robot: an address that takes messages, with a secret that signs them. WeCom, Slack and Teams have
// none: there the address is the secret.
type Robot struct {
	Platform string // one of RobotPlatforms
	URL      string
	Secret   string
	Proxy    string // outbound proxy, "" none
	Private  bool   // the address is inside the company: http and any host are allowed
}

// Reason says what to do about a failure.
type Reason int

// The reasons.
const (
	Broken  Reason = iota // not understood, or the platform is away: try again
	Slow                  // too many: again after Error.After
	Spent                 // the month's calls are used up
	Refused               // never with these settings: wrong secret, address not allowed, another company
	Gone                  // the receiver or the message does not exist
	Unfit                 // this question or message is not taken as it is; others may be
)

// Error is what a platform answered.
type Error struct {
	Platform string
	Code     string // as the platform writes it: "60020", "99991400"
	Text     string // its own words; never a secret
	Reason   Reason
	After    time.Duration // when to try again; 0: not said
	Away     bool          // nobody answered, or a gateway for them: it is about no message
	cause    error
}

func (e *Error) Error() string { return e.Platform + " " + e.Code + ": " + e.Text }

func (e *Error) Unwrap() error { return e.cause }

// Again says whether trying again helps.
func (e *Error) Again() bool { return e.Reason == Broken || e.Reason == Slow }

// String keeps the secrets out of what is printed.
func (s Settings) String() string { return s.Platform + " " + s.Corp + " " + s.App }

// GoString keeps them out of what is printed for programmers.
func (s Settings) GoString() string { return s.String() }

// String keeps the address out of what is printed: it is a secret.
func (r Robot) String() string { return r.Platform + " robot" }

// GoString keeps it out of what is printed for programmers.
func (r Robot) GoString() string { return r.String() }
