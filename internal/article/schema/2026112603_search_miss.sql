-- +goose Up
-- Words by which an article is found beside its title: what people call it.
create table article_word (
  article bigint not null references article (id),
  word    text   not null,
  primary key (article, word)
); -- without rowid

-- Searches that found nothing. Until the same words were missed on three days only their print is kept, and never who searched.
create table article_miss (
  print    text    not null primary key, -- SHA-256 of the words
  words    text    not null,             -- '' until the third day
  days     integer not null,             -- on which they were missed
  times    integer not null,
  last_day integer not null              -- 20261122, the company's day
); -- without rowid
create index article_miss_last on article_miss (last_day, print);
create index article_miss_times on article_miss (times, print) where words <> '';

-- The service at which questions are asked that nobody else answers; one row at most.
create table article_desk (
  id      integer not null primary key, -- 1
  service bigint  not null
);

-- +goose Down
drop table article_desk;
drop table article_miss;
drop table article_word;
