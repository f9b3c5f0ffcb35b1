-- +goose Up
create table book (
  id       bigint  primary key,
  person   bigint  not null,
  provider bigint  not null,
  customer bigint  not null,
  score    integer not null,
  released boolean not null
);

-- +goose Down
drop table book;
