package request

import (
	"context"

	"neike/internal/kit/sqldb"
)

func requestsByID(ctx context.Context, rd sqldb.Reader, ids []int64) ([]Request, error) {
	return sqldb.AllQ(ctx, rd, scanRequest, sqldb.Select("select "+requestColumns+"\nfrom request").In("id", ids))
}

// linesByID reads those of the requests that the eye of sc sees, in no order.
func linesByID(ctx context.Context, rd sqldb.Reader, sc scope, ids []int64) ([]Line, error) {
	rows, err := sqldb.AllQ(ctx, rd, scanLine, sc.visible(sqldb.Select("select "+lineColumns+"\nfrom request r").In("r.id", ids), false))
	if err != nil {
		return nil, err
	}
	return rows, sc.nameRows(ctx, rd, rows)
}
