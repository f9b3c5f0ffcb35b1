package catalog

import (
	"context"

	"neike/internal/kit/sqldb"
)

// calledBy puts the words by which services are found beside their names where they belong: of all services, or of one.
func calledBy(ctx context.Context, rd sqldb.Reader, of map[ID]*Service, one ID) error {
	type named struct {
		service ID
		word    string
	}
	scan := func(row sqldb.Row) (n named, err error) { return n, row.Scan(&n.service, &n.word) }
	q := sqldb.Select("select service, word\nfrom catalog_word")
	if one != 0 {
		q = q.Where("service = ?", one)
	}
	list, err := sqldb.AllQ(ctx, rd, scan, q.OrderBy("service, word"))
	for _, n := range list {
		if s := of[n.service]; s != nil {
			s.Words = append(s.Words, n.word)
		}
	}
	return err
}

func addWord(ctx context.Context, tx *sqldb.Tx, service ID, word string) error {
	_, err := tx.Exec(ctx, "insert into catalog_word (service, word)\nvalues ($1, $2)\non conflict (service, word) do nothing", service, word)
	return err
}

func dropWord(ctx context.Context, tx *sqldb.Tx, service ID, word string) error {
	_, err := tx.Exec(ctx, "delete from catalog_word\nwhere service = $1 and word = $2", service, word)
	return err
}
