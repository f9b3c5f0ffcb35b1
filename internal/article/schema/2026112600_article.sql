-- +goose Up
create table article_number (
  id   integer not null primary key,
  next bigint  not null
);
insert into article_number (id, next) values (1, 101);

-- One article with its working text. What readers see is its newest version.
create table article (
  id          bigint  not null primary key,
  number      bigint  not null unique,
  unit        bigint  not null,
  owner       bigint  not null,          -- a person; 0: nobody
  state       text    not null,          -- draft | proposed | published | retired
  work        text    not null,          -- of a published one: '' | draft | proposed
  version     integer not null,          -- newest published; 0: none
  title_zh    text    not null,
  title_en    text    not null,
  body_zh     text    not null,          -- Markdown
  body_en     text    not null,
  services    text    not null,          -- ids, JSON
  note        text    not null,
  check_by    bigint,                    -- null: not asked for
  told        boolean not null,          -- the owner owes a look since then
  written_by  bigint  not null,
  proposed_by bigint  not null,
  proposed_at bigint,
  sent_back   text    not null,
  revision    integer not null,
  made_at     bigint  not null,
  changed_at  bigint  not null
);
create index article_unit on article (unit, id);
create index article_owner on article (owner, id);
create index article_check on article (check_by, id) where state = 'published' and told = false;

create table article_version (
  article     bigint  not null references article (id),
  n           integer not null,
  title_zh    text    not null,
  title_en    text    not null,
  body_zh     text    not null,
  body_en     text    not null,
  services    text    not null,
  note        text    not null,
  written_by  bigint  not null,
  by_person   bigint  not null,
  at          bigint  not null,
  primary key (article, n)
); -- without rowid
create index article_version_written on article_version (written_by, at);
create index article_version_by on article_version (by_person, at);

-- One for each person and version. Who rated is told to nobody.
create table article_rating (
  article bigint  not null references article (id),
  version integer not null,
  person  bigint  not null,
  helpful boolean not null,
  reason  text    not null,              -- '' | wrong | outdated | unclear | other-case
  words   text    not null,
  at      bigint  not null,
  primary key (article, version, person)
); -- without rowid
create index article_rating_person on article_rating (person, at);

-- What was read before asking, by day. Article 0 counts the forms of a service. Nobody stands in these rows.
create table article_count (
  day     integer not null,              -- 20261122, the company's day
  service bigint  not null,
  article bigint  not null,
  shown   integer not null,
  opened  integer not null,
  solved  integer not null,
  asked   integer not null,
  primary key (service, article, day)
); -- without rowid
create index article_count_day on article_count (day, service, article);

-- Forms that have come to an end, by their random keys, so that one pressed twice counts once. Forgotten after a day.
create table article_form (
  form    text   not null primary key,
  article bigint not null,               -- that solved it; 0: it was sent
  day     integer not null
); -- without rowid
create index article_form_day on article_form (day);

-- +goose Down
drop table article_form;
drop table article_count;
drop table article_rating;
drop table article_version;
drop table article;
drop table article_number;
