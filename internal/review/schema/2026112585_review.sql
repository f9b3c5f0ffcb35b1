-- +goose Up

-- How accepted requests of a service are drawn for review. A revision is never changed: what was drawn can be recomputed.
create table review_plan (
  service bigint not null,
  revision integer not null,
  active boolean not null,
  share integer not null,          -- percent of the accepted requests
  most integer not null,           -- a month; 0: no limit
  first_by text not null,          -- customer | quality
  second_share integer not null,   -- percent of those drawn that somebody else judges as well
  seed text not null,              -- secret, hexadecimal
  by_person bigint not null,       -- 0: the house
  at bigint not null,
  primary key (service, revision)
); -- without rowid

-- One row for each acceptance of a request while a plan was on, drawn or not.
create table review_case (
  id bigint primary key,
  request bigint not null,
  number bigint not null,
  service bigint not null,
  edge bigint not null,
  provider bigint not null,
  customer bigint not null,
  revision integer not null,       -- of the plan
  state text not null,             -- passed | over | open | split | done | lapsed | dropped
  first_by text not null,
  asker bigint not null,           -- who judges first; 0: the quality office
  served_by bigint not null,       -- does not judge the own work; 0: nobody
  twice boolean not null,          -- somebody else judges it as well
  result text not null,            -- '' | correct | partly | wrong
  in_month integer not null,       -- 202611, of the acceptance
  accepted_at bigint not null,
  drawn_at bigint not null,
  lapse_at bigint not null,
  closed_at bigint not null        -- 0: not yet
);

create unique index review_case_cycle on review_case (request, accepted_at);
create index review_case_service on review_case (service, accepted_at, id);
create index review_case_accepted on review_case (accepted_at, id);
create index review_case_month on review_case (service, in_month) where state not in ('passed', 'over');
create index review_case_open on review_case (lapse_at, id) where state = 'open';
create index review_case_asker on review_case (asker, id) where asker <> 0;
create index review_case_server on review_case (served_by, id) where served_by <> 0 and state not in ('passed', 'over');

create table review_judgement (
  review bigint not null references review_case (id),
  place integer not null,          -- 1 first, 2 second, 3 decides
  person bigint not null,
  verdict text not null,           -- correct | partly | wrong
  word text not null,
  shared boolean not null,         -- the serving side may read the word
  at bigint not null,
  primary key (review, place)
); -- without rowid

create index review_judgement_person on review_judgement (person, at);

-- +goose Down
drop table review_judgement;
drop table review_case;
drop table review_plan;
