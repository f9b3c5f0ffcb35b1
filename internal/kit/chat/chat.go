// Package chat speaks with the chat suites that companies use (WeCom 企业微信, Feishu 飞书, DingTalk 钉钉): signing in,
// the directory, messages to people, group robots and callbacks. It knows no business words.
//
// All three answer HTTP 200 with an error code inside: what counts is the code, and every failure comes back as *Error,
// which says whether trying again helps. A message to several people can fail for some of them: Receipt names them.
// Addresses are settings, for private installations and for tests.
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
}

// Client speaks with one app of one company. It is safe for concurrent use; it keeps the access token, fetches a new one
// before it ends and once more when the platform says that it has.
type Client interface {
	// LoginURL is where a browser signs in; inApp: the browser is the platform's own.
	LoginURL(back, state string, inApp bool) string
	// Login is who came back to the address back with this query. Somebody of another company is Refused.
	Login(ctx context.Context, query url.Values, back string) (User, error)

	// Departments lists what the app may see. whole is false when its scope is only a part of the company: what is
	// missing then has not left.
	Departments(ctx context.Context) (list []Department, whole bool, err error)
	// Members lists a page of a department's direct members; page "" is the first, next "" says that it was the last.
	Members(ctx context.Context, department, page string) (list []User, next string, err error)

	// Send sends a message of the app to people, by their User.ID. What it could not deliver to whom is in the receipt;
	// an error means that it went to nobody.
	Send(ctx context.Context, to []string, m Message) (Receipt, error)
	// Close marks the card of a message as done. A platform that cannot is left as it is.
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
	Departments []string // ids; the main one first
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
	Todo    bool // goes into the platform's to-do list where it has one
}

// Fact is a line of a card.
type Fact struct{ Label, Value string }

// Action is a button of a card: an address to open. The first is the main one.
type Action struct{ Text, URL string }

// Receipt is what became of a message.
type Receipt struct {
	ID     string            // what Close wants
	Failed map[string]string // User.ID → why; not delivered to them
}

// Callback is what a platform said by itself.
type Callback struct {
	ID     string // of the event, to hear it once
	Kind   string // "check", "user-changed", "user-left", "department-changed", "scope-changed" or "other"
	User   string // User.ID
	Before string // User.ID before a rename
	Reply  Reply
}

// Reply is the answer that a platform wants.
type Reply struct {
	Type string // of the content
	Body []byte
}

// Robot is a group's robot: an address that takes messages, with a secret that signs them (WeCom: none).
type Robot struct{ Platform, URL, Secret string }

// Reason says what to do about a failure.
type Reason int

// The reasons.
const (
	Broken  Reason = iota // not understood, or the platform is away: try again
	Slow                  // too many: again after Error.After
	Spent                 // the month's calls are used up
	Refused               // never with these settings: wrong secret, address not allowed, another company
	Gone                  // the receiver or the message does not exist
)

// Error is what a platform answered.
type Error struct {
	Platform string
	Code     string // as the platform writes it: "60020", "99991400"
	Text     string // its own words; never a secret
	Reason   Reason
	After    time.Duration // when to try again; 0: not said
}

func (e *Error) Error() string { return e.Platform + " " + e.Code + ": " + e.Text }
