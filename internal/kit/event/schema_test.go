package event_test

import "testing/fstest"

var thingSchema = fstest.MapFS{"2026112199_thing.sql": {Data: []byte(`
create table thing (
  id bigint primary key,
  step bigint not null
);
insert into thing (id, step)
values (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0);
`)}}
