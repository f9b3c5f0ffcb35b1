package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

// knownCases finds the requests that came with a number of the other system, with their logs.
func knownCases(ctx context.Context, rd sqldb.Reader, externals []string) (map[string]*knownCase, error) {
	list, err := sqldb.AllQ(ctx, rd, scanRequest, sqldb.Select("select "+allOfRequest+"\nfrom request").In("external", externals))
	known, byID := make(map[string]*knownCase, len(list)), make(map[ID]*knownCase, len(list))
	ids := make([]ID, len(list))
	for i, r := range list {
		c := &knownCase{request: r}
		known[r.External], byID[r.ID], ids[i] = c, c, r.ID
	}
	if err != nil || len(ids) == 0 {
		return known, err
	}
	events, err := sqldb.AllQ(ctx, rd, scanEvent, sqldb.Select("select "+sqldb.Pack(eventColumns)+"\nfrom request_event").In("request", ids).OrderBy("request, n"))
	for _, e := range events {
		c := byID[e.Request]
		c.log = append(c.log, e)
	}
	return known, err
}
