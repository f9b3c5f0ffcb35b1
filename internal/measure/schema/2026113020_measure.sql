-- +goose Up

-- What the company counts itself: external satisfaction, deliveries on the day, scrap.
create table measure_own (
  id         bigint  primary key,
  code       text    not null,
  name_zh    text    not null,
  name_en    text    not null,
  about_zh   text    not null,
  about_en   text    not null,
  formula_zh text    not null,
  formula_en text    not null,
  kind       text    not null,   -- share | mean | count | duration
  measured   text    not null,   -- percent, times, points, minutes, hours, days, yuan, ppm
  direction  text    not null,   -- more | less | neither
  by_unit    boolean not null,   -- a value for each unit; otherwise one for the company
  seen       text    not null,   -- concerned | everybody
  target     double precision,   -- in percent or in its unit
  retired_at bigint  not null,   -- 0: in use
  revision   integer not null,
  by_person  bigint  not null,   -- 0: the house
  at         bigint  not null
);
create unique index measure_own_code on measure_own (code);

-- What was said of a month; the last revision counts, those before are kept.
create table measure_value (
  measure   bigint  not null references measure_own (id),
  unit      bigint  not null,    -- 0: the company
  month     integer not null,    -- 202611
  revision  integer not null,
  gone      boolean not null,    -- there is no value any longer
  hits      bigint  not null,    -- of a share
  n         bigint  not null,    -- of a share; otherwise what the value is about, 0 when nobody said
  amount    double precision not null, -- of what is no share
  note      text    not null,
  by_person bigint  not null,    -- 0: the house
  at        bigint  not null,
  primary key (measure, unit, month, revision)
); -- without rowid
create index measure_value_person on measure_value (by_person, at);

-- +goose Down
drop table measure_value;
drop table measure_own;
