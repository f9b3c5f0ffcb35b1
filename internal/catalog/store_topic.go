package catalog

import (
	"context"

	"neike/internal/kit/sqldb"
)

// topicsIn are the company's topics in their order.
func topicsIn(ctx context.Context, rd sqldb.Reader) (topicList, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (t Topic, err error) {
		return t, row.Scan(&t.ID, &t.Code, &t.Name.Zh, &t.Name.En, &t.Icon, &t.Place, &t.Revision)
	}, "select id, code, name_zh, name_en, icon, place, revision\nfrom catalog_topic\norder by place, id")
}

// lockTopics takes the whole list for this transaction and reads it.
func lockTopics(ctx context.Context, tx *sqldb.Tx) (topicList, error) {
	list, err := topicsIn(ctx, tx)
	if err != nil || tx.Engine() == sqldb.SQLite {
		return list, err
	}
	ids := make([]ID, len(list))
	for i, t := range list {
		ids[i] = t.ID
	}
	if err := tx.Lock(ctx, "catalog_topic", ids...); err != nil {
		return nil, err
	}
	return topicsIn(ctx, tx)
}

func insertTopic(ctx context.Context, tx *sqldb.Tx, t Topic) error {
	return tx.Insert(ctx, "catalog_topic", "id, code, name_zh, name_en, icon, place, revision", []any{t.ID, t.Code, t.Name.Zh, t.Name.En, t.Icon, t.Place, t.Revision})
}

func updateTopic(ctx context.Context, tx *sqldb.Tx, t Topic) error {
	_, err := tx.Exec(ctx, "update catalog_topic\nset name_zh = $2, name_en = $3, icon = $4, place = $5, revision = $6\nwhere id = $1",
		t.ID, t.Name.Zh, t.Name.En, t.Icon, t.Place, t.Revision)
	return err
}

func deleteTopic(ctx context.Context, tx *sqldb.Tx, id ID) error {
	_, err := tx.Exec(ctx, "delete from catalog_topic\nwhere id = $1", id)
	return err
}

// moveTo puts a service into a topic.
func moveTo(ctx context.Context, tx *sqldb.Tx, service ID, topic string) error {
	_, err := tx.Exec(ctx, "update catalog_service\nset topic = $2, revision = revision + 1, changed_at = $3\nwhere id = $1", service, topic, tx.Now)
	return err
}
