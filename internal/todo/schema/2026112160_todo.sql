-- +goose Up

-- What is owed, and by whom. A row lives from Owe to Fulfil.
create table todo (
  id bigint primary key,
  holder_kind text not null,            -- person | unit
  holder bigint not null,
  holder_role text not null,            -- of a unit: '' its members, 'agent', 'head'; of a person: ''
  subject_kind text not null,
  subject bigint not null,
  verb text not null,
  serving boolean not null,             -- owed to a customer; false: owed as the customer
  for_person bigint not null,           -- 0: nobody in particular
  for_unit bigint not null,             -- the unit on the other side; 0: that of for_person
  title text not null,
  ref text not null,
  link text not null,
  due bigint not null,                  -- unix ms; far in the future when there is none, so that it sorts last
  since bigint not null
);

create unique index todo_once on todo (subject_kind, subject, verb, holder_kind, holder, holder_role);
create index todo_of_holder on todo (holder_kind, holder, holder_role, due, id);

-- +goose Down
drop table todo;
