-- +goose Up
-- counters of automatic numbers in forms: BX-2026-0042
create table request_series (
  service bigint not null,
  series text not null,
  n bigint not null,
  primary key (service, series)
); -- without rowid

-- +goose Down
drop table request_series;
