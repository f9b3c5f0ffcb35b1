package directory

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

// connectionJSON is a connection on the wire. Of secrets it says only which are set.
type connectionJSON struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind" enum:"wecom,feishu,dingtalk,ldap,oidc"`
	Name     lang.Text         `json:"name"`
	SignIn   bool              `json:"sign_in"`
	Sync     bool              `json:"sync"`
	Notify   bool              `json:"notify"`
	Settings map[string]string `json:"settings"`
	Sealed   []string          `json:"secrets_set" nullable:"false" doc:"Names of the secrets that are set; what they are is never given back"`
	Rules    Rules             `json:"rules"`
	Due      *time.Time        `json:"due_since" doc:"Since when a callback says that the directory has changed"`
	Next     *time.Time        `json:"next_sync_at"`
	Tested   *time.Time        `json:"tested_at"`
	Test     *answerJSON       `json:"test"`
	Calls    int               `json:"calls_this_month" doc:"About how many calls syncs made"`
	Ended    *time.Time        `json:"ended_at" doc:"Since when it is out of use; null while it is in use"`
}

type answerJSON struct {
	OK      bool   `json:"ok"`
	Key     string `json:"key" example:"directory.why-address"`
	Message string `json:"message" doc:"In the asked language"`
}

// runJSON is a run on the wire.
type runJSON struct {
	ID          string      `json:"id"`
	Connection  string      `json:"connection"`
	Cause       string      `json:"cause" enum:"hand,schedule,callback,command"`
	State       string      `json:"state" enum:"reading,planning,planned,applying,done,failed,dropped"`
	Whole       bool        `json:"whole" doc:"The directory was seen as a whole"`
	Departments int         `json:"departments"`
	Users       int         `json:"users"`
	Planned     Counts      `json:"planned"`
	Applied     Counts      `json:"applied"`
	Total       int         `json:"total" doc:"Items to apply"`
	Done        int         `json:"done"`
	Leaving     int         `json:"leaving" doc:"People who would be stopped"`
	Asks        int         `json:"asks" doc:"Departments that nobody has placed yet; it cannot be applied before"`
	Guarded     bool        `json:"guarded" doc:"Nobody is stopped unless confirm says how many"`
	Failure     *answerJSON `json:"failure"`
	Began       time.Time   `json:"began_at"`
	Ended       *time.Time  `json:"ended_at"`
}

// itemJSON is one thing that a run would do, does or did.
type itemJSON struct {
	Sort       string   `json:"sort" enum:"unit,person,stop,close"`
	Plan       string   `json:"plan" enum:"create,update,link,stop,close,ask,conflict,kept"`
	Label      string   `json:"label" example:"00123 周敏"`
	State      string   `json:"state" doc:"planned, done, skipped or failed; empty for what is only said"`
	Code       string   `json:"code,omitempty" doc:"Code of the unit, or the 工号"`
	Subject    string   `json:"subject,omitempty" doc:"The account"`
	Department string   `json:"department,omitempty"`
	Suggest    string   `json:"suggest,omitempty" doc:"Code of a unit of the same name, to be looked at"`
	Changes    []Change `json:"changes" nullable:"false"`
	Key        string   `json:"key,omitempty" doc:"Why, for programs"`
	Reason     string   `json:"reason,omitempty" doc:"Why, in the asked language"`
}

type accountJSON struct {
	Connection string    `json:"connection"`
	Name       string    `json:"name"`
	Kind       string    `json:"kind"`
	Subject    string    `json:"subject"`
	Why        string    `json:"why" enum:"no,userid,phone,email,hand,renamed,created"`
	Linked     time.Time `json:"linked_at"`
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func idText(id ID) string { return strconv.FormatInt(id, 10) }

func connectionOf(ctx context.Context, c Connection) connectionJSON {
	out := connectionJSON{ID: idText(c.ID), Kind: c.Kind, Name: c.Name, SignIn: c.SignIn, Sync: c.Sync, Notify: c.Notify, Settings: c.Settings, Sealed: c.Sealed, Rules: c.Rules,
		Due: moment(c.Due), Next: moment(c.Next), Tested: moment(c.Tested), Calls: c.callsIn(lang.Now(ctx).In(lang.Zone(ctx)).Format("2006-01")), Ended: moment(c.Ended)}
	if out.Sealed == nil {
		out.Sealed = []string{}
	}
	if out.Rules.Owns == nil {
		out.Rules.Owns = []string{}
	}
	if !c.Tested.IsZero() {
		out.Test = &answerJSON{c.Test.OK, c.Test.Key, c.Test.In(ctx)}
	}
	return out
}

func runOf(ctx context.Context, r Run) runJSON {
	out := runJSON{ID: idText(r.ID), Connection: idText(r.Connection), Cause: r.Cause, State: r.State, Whole: r.Whole, Departments: r.Departments, Users: r.Users,
		Planned: r.Planned, Applied: r.Applied, Total: r.Total, Done: r.Done, Leaving: r.Leaving, Asks: r.Asks, Guarded: r.Guarded, Began: r.Began, Ended: moment(r.Ended)}
	if r.Failure != nil {
		out.Failure = &answerJSON{false, r.Failure.Key, r.Failure.In(ctx)}
	}
	return out
}

func itemOf(ctx context.Context, i Item) itemJSON {
	out := itemJSON{Sort: i.Sort, Plan: i.Plan, Label: i.Label, State: i.State, Code: i.Code, Subject: i.Subject, Department: i.Department, Suggest: i.Suggest, Changes: i.Changes, Reason: whyWords(ctx, i)}
	if out.Changes == nil {
		out.Changes = []Change{}
	}
	switch {
	case i.Failure != nil:
		out.Key = i.Failure.Key
	case i.Why != nil:
		out.Key = i.Why.Key
	}
	return out
}

type (
	connectionsOutput struct{ Body web.Page[connectionJSON] }
	connectionOutput  struct {
		ETag string `header:"ETag"`
		Body connectionJSON
	}
	runsOutput  struct{ Body web.Page[runJSON] }
	runOutput   struct{ Body runJSON }
	itemsOutput struct{ Body web.Page[itemJSON] }
	testOutput  struct{ Body answerJSON }
)

type idInput struct {
	ID int64 `path:"id" doc:"Of the connection" example:"7043112200000001"`
}

type newInput struct{ Body ConnectionInput }

type editInput struct {
	web.IfMatch
	ID   int64 `path:"id" doc:"Of the connection" example:"7043112200000001"`
	Body ConnectionInput
}

type runsInput struct {
	web.Paging
	ID int64 `path:"id" doc:"Of the connection" example:"7043112200000001"`
}

type runInput struct {
	Run int64 `path:"run" doc:"Of the sync" example:"7043112200000001"`
}

type itemsInput struct {
	web.Paging
	Run   int64  `path:"run" doc:"Of the sync" example:"7043112200000001"`
	Sort  string `query:"sort" doc:"What becomes of what: units, people, people who would be stopped, units that would be closed" enum:"unit,person,stop,close"`
	Plan  string `query:"plan" doc:"What is to be done" enum:"create,update,link,stop,close,ask,conflict,kept"`
	State string `query:"state" doc:"What became of it" enum:"planned,done,skipped,failed"`
}

type applyInput struct {
	Run  int64 `path:"run" doc:"Of the sync" example:"7043112200000001"`
	Body struct {
		Without bool `json:"without_stopping,omitempty" doc:"Stop nobody" example:"false"`
		Confirm int  `json:"confirm,omitempty" doc:"How many people are stopped; needed when the sync is guarded" example:"3"`
	}
}

type placeInput struct {
	Run  int64 `path:"run" doc:"Of the sync" example:"7043112200000001"`
	Body struct {
		Places map[string]string `json:"places,omitempty" doc:"Department → create, ignore, or unit:CODE" example:"{\"2\": \"unit:finance\"}"`
	}
}

type personInput struct {
	No string `path:"no" doc:"employee_no" example:"00123"`
}

type accountInput struct {
	No   string `path:"no" doc:"employee_no" example:"00123"`
	Body struct {
		Connection string `json:"connection" doc:"Id of the connection"`
		Subject    string `json:"subject" doc:"The account there" example:"zhoumin"`
	}
}

type unlinkInput struct {
	No string `path:"no" doc:"employee_no" example:"00123"`
	ID int64  `query:"connection" doc:"Id of the connection"`
}

type accountsOutput struct{ Body web.Page[accountJSON] }

func (s *Service) api(m *web.Mux) {
	op := func(id, method, path, action, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1" + path, Action: action, Summary: summary, Tag: "Connections", Scope: "admin"}
	}
	created := func(o web.Operation) web.Operation { o.Status = http.StatusCreated; return o }
	const see, change, sync, link = "directory.see", "directory.change", "directory.sync", "directory.link"
	web.Op(m, op("list-connections", "GET", "/connections", see, "Connections, those out of use included"), s.getConnections)
	web.Op(m, created(op("create-connection", "POST", "/connections", change, "Make a connection")), s.postConnection)
	web.Op(m, op("get-connection", "GET", "/connections/{id}", see, "One connection"), s.getConnection)
	web.Op(m, op("change-connection", "PUT", "/connections/{id}", change, "Change a connection; secrets that are left out stay"), s.putConnection)
	web.Op(m, op("test-connection", "POST", "/connections/{id}/test", change, "Ask the other side whether it works"), s.postTest)
	web.Op(m, op("end-connection", "POST", "/connections/{id}/end", change, "Take it out of use"), s.postEnd)
	web.Op(m, op("resume-connection", "POST", "/connections/{id}/resume", change, "Take it back into use"), s.postResume)
	web.Op(m, created(op("begin-sync", "POST", "/connections/{id}/syncs", sync, "Begin a sync: read and compare; nothing is changed before apply")), s.postSync)
	web.Op(m, op("list-syncs", "GET", "/connections/{id}/syncs", see, "Syncs of a connection, the newest first"), s.getRuns)
	web.Op(m, op("get-sync", "GET", "/syncs/{run}", see, "One sync"), s.getRun)
	web.Op(m, op("list-sync-items", "GET", "/syncs/{run}/items", see, "What a sync would do, does or did"), s.getItems)
	web.Op(m, op("place-departments", "POST", "/syncs/{run}/place", sync, "Say what departments are here; it is compared again"), s.postPlace)
	web.Op(m, op("apply-sync", "POST", "/syncs/{run}/apply", sync, "Take a compared sync in"), s.postApply)
	web.Op(m, op("drop-sync", "POST", "/syncs/{run}/drop", sync, "End a sync with nothing taken in"), s.postDrop)
	web.Op(m, op("list-accounts", "GET", "/people/{no}/accounts", link, "Linked accounts of a person"), s.getAccounts)
	web.Op(m, created(op("link-account", "POST", "/people/{no}/accounts", link, "Link an account to a person")), s.postAccount)
	web.Op(m, op("unlink-account", "DELETE", "/people/{no}/accounts", link, "Take an account from a person"), s.deleteAccount)
}

func (s *Service) getConnections(ctx context.Context, _ *struct{}) (*connectionsOutput, error) {
	out := &connectionsOutput{Body: web.Page[connectionJSON]{Items: []connectionJSON{}}}
	return out, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		all, err := allConnections(ctx, rd)
		for _, c := range all {
			out.Body.Items = append(out.Body.Items, connectionOf(ctx, c))
		}
		return err
	})
}

func answered(ctx context.Context, c Connection, err error) (*connectionOutput, error) {
	if err != nil {
		return nil, err
	}
	return &connectionOutput{ETag: web.ETag(c.Revision), Body: connectionOf(ctx, c)}, nil
}

func (s *Service) postConnection(ctx context.Context, in *newInput) (*connectionOutput, error) {
	in.Body.Revision = 0
	c, err := s.SaveConnection(ctx, 0, in.Body)
	return answered(ctx, c, err)
}

func (s *Service) getConnection(ctx context.Context, in *idInput) (*connectionOutput, error) {
	c, err := s.Connection(ctx, in.ID)
	return answered(ctx, c, err)
}

func (s *Service) putConnection(ctx context.Context, in *editInput) (*connectionOutput, error) {
	old, err := s.Connection(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.Check(web.ETag(old.Revision)); err != nil {
		return nil, err
	}
	in.Body.Revision = old.Revision
	c, err := s.SaveConnection(ctx, in.ID, in.Body)
	return answered(ctx, c, err)
}

func (s *Service) postTest(ctx context.Context, in *idInput) (*testOutput, error) {
	a, err := s.Test(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &testOutput{answerJSON{a.OK, a.Key, a.In(ctx)}}, nil
}

func (s *Service) postEnd(ctx context.Context, in *idInput) (*connectionOutput, error) {
	if err := s.EndConnection(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.getConnection(ctx, in)
}

func (s *Service) postResume(ctx context.Context, in *idInput) (*connectionOutput, error) {
	if err := s.ResumeConnection(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.getConnection(ctx, in)
}
