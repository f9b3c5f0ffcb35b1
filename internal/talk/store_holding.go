package talk

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
)

// followed is what somebody sees because of following it or having been named in it. The grants say so, by person; the
// condition on why is that of their index.
const followed = `
		from access_grant_v
		where holder_kind = 1 and holder = $1 and why not in ('asked', 'on-behalf', 'assigned') and why in ('watches', 'mentioned')`

func countFollowed(ctx context.Context, rd sqldb.Reader, person ID) (int, error) {
	return sqldb.Value[int](ctx, rd, `
		select count(*)
		from (select distinct subject_kind, subject`+followed+`) x`, person)
}

// followedAfter lists what somebody follows, by id.
func followedAfter(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]access.Subject, error) {
	return sqldb.All(ctx, rd, func(r sqldb.Row) (access.Subject, error) {
		var sub access.Subject
		err := r.Scan(&sub.Kind, &sub.ID)
		return sub, err
	}, `
		select distinct subject_kind, subject`+followed+` and subject > $2
		order by subject
		limit $3`, person, after, limit)
}
