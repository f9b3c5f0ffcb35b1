package directory

import (
	"net/http"
	"strconv"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

// Mount adds the pages and the API of the room.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.Routes()...)
	s.api(m)
}

// Routes are the pages, and the address that platforms call.
func (s *Service) Routes() []web.Route {
	const see, change, sync, link = "directory.see", "directory.change", "directory.sync", "directory.link"
	return []web.Route{
		{Pattern: "GET /settings/connections", Action: see, Do: s.showConnections},
		{Pattern: "GET /settings/connections/new", Action: change, Do: s.showNew},
		{Pattern: "POST /settings/connections/new", Action: change, Do: s.submitNew},
		{Pattern: "GET /settings/connections/{id}", Action: see, Do: s.showConnection},
		{Pattern: "GET /settings/connections/{id}/edit", Action: change, Do: s.showEdit},
		{Pattern: "POST /settings/connections/{id}/edit", Action: change, Do: s.submitEdit},
		{Pattern: "POST /settings/connections/{id}/test", Action: change, Do: s.submitTest},
		{Pattern: "POST /settings/connections/{id}/end", Action: change, Do: s.submitEnd},
		{Pattern: "POST /settings/connections/{id}/resume", Action: change, Do: s.submitResume},
		{Pattern: "POST /settings/connections/{id}/sync", Action: sync, Do: s.submitSync},
		{Pattern: "POST /settings/proofs", Action: change, Do: s.submitProof},
		{Pattern: "POST /settings/proofs/{id}/drop", Action: change, Do: s.submitDropProof},
		{Pattern: "GET /settings/syncs/{run}", Action: see, Do: s.showRun},
		{Pattern: "GET /settings/syncs/{run}/export", Action: see, Do: s.showRunFile},
		{Pattern: "POST /settings/syncs/{run}/apply", Action: sync, Do: s.submitApply},
		{Pattern: "POST /settings/syncs/{run}/place", Action: sync, Do: s.submitPlace},
		{Pattern: "POST /settings/syncs/{run}/drop", Action: sync, Do: s.submitDrop},
		{Pattern: "GET /settings/org/people/{no}/accounts", Action: link, Do: s.showAccounts},
		{Pattern: "POST /settings/org/people/{no}/accounts", Action: link, Do: s.submitLink},
		{Pattern: "POST /settings/org/people/{no}/accounts/unlink", Action: link, Do: s.submitUnlink},
		{Pattern: "GET /me/accounts", Action: "directory.own", Do: s.showMine, Own: true},
		{Pattern: "GET /hooks/{hook}", Action: web.Public, Do: s.heedHook, Quiet: true},
		{Pattern: "POST /hooks/{hook}", Action: web.Public, Do: s.heedHook, Quiet: true},
	}
}

// idIn is the id in an address; ErrNotFound for what is none.
func idIn(r *http.Request, name string) (ID, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.ErrNotFound
	}
	return id, nil
}

func pathOf(c ID) string { return "/settings/connections/" + strconv.FormatInt(c, 10) }

func pathOfRun(run ID) string { return "/settings/syncs/" + strconv.FormatInt(run, 10) }
