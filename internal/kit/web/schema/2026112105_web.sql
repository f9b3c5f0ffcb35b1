-- +goose Up
create table web_key (
  person bigint not null,
  name text not null,
  print text not null,
  at bigint not null,
  status integer not null,
  kind text not null,
  location text not null,
  etag text not null,
  body text not null,
  primary key (person, name)
); -- without rowid
create index web_key_at on web_key (at);
