package house

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"neike/internal/app/cli"
	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/chat/chattest"
	"neike/internal/org"
)

// neike runs a command beside the house, on SQLite over its control socket: what it prints, what it says of errors, how it ends.
func (h *House) neike(args ...string) (out, said string, code int) {
	h.T.Helper()
	var o, e bytes.Buffer
	args = append(args, "--data", h.Config.Data, "--lang", "en")
	if h.Config.DatabaseURL != "" {
		args = append(args, "--database-url", h.Config.DatabaseURL)
	}
	code = cli.Main(args, strings.NewReader(""), &o, &e)
	return o.String(), e.String(), code
}

// TestSyncFromTheCommandLine reads a directory, shows what would change and changes nothing; then takes it in; and stops
// nobody whom the house wants counted, unless the count is said.
func TestSyncFromTheCommandLine(t *testing.T) {
	Each(t, func(t *testing.T, h *House) {
		h.Settle()
		f := chattest.New(t, chat.WeCom)
		s := f.Settings()
		var users []string
		f.AddDepartment(chat.Department{ID: "7", Parent: "1", Name: "新车间"})
		for n := range 12 {
			id := "u" + strconv.Itoa(n)
			users = append(users, id)
			f.AddUser(chat.User{ID: id, No: strconv.Itoa(8000 + n), Name: "工人" + strconv.Itoa(n), Departments: []string{"7"}})
		}
		rules := directory.DefaultRules()
		rules.Root = "root"
		c, err := h.Directory.SaveConnection(h.System(), 0, directory.ConnectionInput{Kind: chat.WeCom, NameZh: "企业微信", NameEn: "WeCom", Sync: true,
			Settings: map[string]string{"corp": s.Corp, "app": s.App, "agent": s.Agent, "api": s.API, "private": "true"},
			Secrets:  map[string]string{"secret": s.Secret, "token": s.Token, "key": s.Key}, Rules: rules})
		if err != nil {
			t.Fatal(err)
		}
		out, said, code := h.neike("sync")
		if code != 0 || !strings.Contains(out, "WeCom") || !strings.Contains(out, strconv.FormatInt(c.ID, 10)) {
			t.Fatalf("the list: %d %s %s", code, out, said)
		}
		if _, said, code := h.neike("sync", "feishu"); code != 1 || !strings.Contains(said, "no connection") {
			t.Errorf("an unknown connection: %d %s", code, said)
		}
		if _, _, code := h.neike("sync", "wecom", "--keep"); code != 2 {
			t.Errorf("--keep without --apply ends with %d", code)
		}
		plan := h.synced(t, 0, "sync", "wecom", "--json")
		if plan.State != directory.Planned {
			t.Fatalf("%+v", plan)
		}
		h.placeAll(t, plan)
		people := func() int {
			page, err := h.Org.People(h.System(), org.PeopleFilter{Q: "工人", Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Items)
		}
		if out, said, code = h.neike("sync", "WeCom"); code != 0 || !strings.Contains(out, "+ person") || !strings.Contains(out, "nothing is changed yet") || people() != 0 {
			t.Fatalf("looking: %d %s %s, %d people", code, out, said, people())
		}
		if done := h.synced(t, 0, "sync", "wecom", "--apply", "--json"); done.State != directory.Done || done.Applied.PeopleNew != 12 || people() != 12 {
			t.Fatalf("%+v, %d people", done, people())
		}
		if again := h.synced(t, 0, "sync", "wecom", "--apply", "--json"); again.Planned.Changes() != 0 {
			t.Errorf("the second time %+v", again.Planned)
		}
		if out, said, code := h.neike("sync", "wecom"); code != 0 || strings.Contains(out, "applied") || !strings.Contains(out, "nothing to take in") {
			t.Errorf("looking, with nothing different: %d %s %s", code, out, said)
		}

		f.RemoveUser(users[:8]...)
		if _, said, code := h.neike("sync", "wecom", "--apply"); code != 1 || !strings.Contains(said, "--stop 8") || h.active(t, "8000") != true {
			t.Errorf("many are missing, and nobody said how many: %d %s", code, said)
		}
		if _, said, code := h.neike("sync", "wecom", "--apply", "--stop", "7"); code != 1 || !h.active(t, "8000") {
			t.Errorf("another number: %d %s", code, said)
		}
		if kept := h.synced(t, 0, "sync", "wecom", "--apply", "--keep", "--json"); kept.State != directory.Done || !h.active(t, "8000") {
			t.Errorf("nobody is to be stopped: %+v", kept)
		}
		if stopped := h.synced(t, 0, "sync", "wecom", "--apply", "--stop", "8", "--json"); stopped.Applied.PeopleStopped != 8 || h.active(t, "8000") || !h.active(t, "8011") {
			t.Errorf("%+v", stopped)
		}
	})
}

type syncSaid struct {
	Run, State       string
	Planned, Applied directory.Counts
	Leaving, Asks    int
	Guarded          bool
}

func (h *House) synced(t *testing.T, want int, args ...string) (got syncSaid) {
	t.Helper()
	out, said, code := h.neike(args...)
	if code != want || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatalf("neike %s ends with %d: %s%s", strings.Join(args, " "), code, out, said)
	}
	return got
}

// placeAll makes units of the departments that nobody has placed.
func (h *House) placeAll(t *testing.T, r syncSaid) {
	t.Helper()
	id, err := strconv.ParseInt(r.Run, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := h.Directory.Items(h.System(), id, directory.ItemFilter{Plan: "ask"})
	if err != nil {
		t.Fatal(err)
	}
	choices := map[string]string{}
	for _, i := range list {
		choices[i.Department] = "create"
	}
	if len(choices) == 0 {
		return
	}
	if err := h.Directory.Place(h.System(), id, choices); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; { // a job of the house may be at it
		r, err := h.Directory.Work(h.System(), id)
		if err != nil || time.Now().After(end) {
			t.Fatal(r.State, err)
		}
		if r.State == directory.Planned {
			return
		}
	}
}

func (h *House) active(t *testing.T, no string) bool {
	t.Helper()
	p, err := h.Org.PersonByNo(h.System(), no)
	if err != nil {
		t.Fatal(err)
	}
	return p.Active
}
