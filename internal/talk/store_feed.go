package talk

import (
	"context"

	"neike/internal/access"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

func messagesByID(ctx context.Context, rd sqldb.Reader, sub access.Subject, ids []ID) ([]Entry, error) {
	return sqldb.AllQ(ctx, rd, scanEntry, sqldb.Select(entryColumns).
		In("m.id", ids).
		Where("m.subject_kind = ?", sub.Kind).
		Where("m.subject = ?", sub.ID).
		OrderBy("m.id"))
}

func unreadAmong(ctx context.Context, rd sqldb.Reader, person org.ID, ids []ID) ([]ID, error) {
	return sqldb.AllQ(ctx, rd, scanID, sqldb.Select(`select message from talk_unread`).
		Where("person = ?", person).
		In("message", ids))
}
