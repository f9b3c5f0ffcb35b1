-- +goose Up
create table agreement_number (
  id integer primary key,
  next bigint not null
);
insert into agreement_number (id, next) values (1, 1);

-- +goose Down
drop table agreement_number;
