-- +goose Up

create table board_pin (
  id bigint primary key,
  unit bigint not null references org_unit (id),
  person bigint not null references org_person (id),
  text text not null,
  at bigint not null
);

create index board_pin_unit on board_pin (unit, id);
