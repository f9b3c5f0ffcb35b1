-- +goose Up

-- What somebody was told, or is to be. The words are made when it is read, with the rights of its reader.
create table notice (
  id bigint primary key,
  person bigint not null,
  kind text not null,
  subject_kind text not null,            -- '' : the house itself
  subject bigint not null,
  message bigint not null,               -- of talk, when it is about words; 0: none
  by_person bigint not null,             -- who did it; 0: the house
  for_person bigint not null,            -- told as the deputy of; 0: for oneself
  note text not null,                    -- one word more: the name of a file, a device
  once text not null,                    -- told once under this key; '': every time
  shown boolean not null,                -- listed among the notices; messages are listed by talk
  at bigint not null,
  read_at bigint not null                -- 0: not read
);

create index notice_of_person on notice (person, id);
create index notice_unread on notice (person, id) where read_at = 0 and shown = true;
create index notice_open_of_subject on notice (subject_kind, subject) where read_at = 0;
create unique index notice_once on notice (person, once) where once <> '';

-- The outbox: one message to one target by one channel. What is finished is due never.
create table notice_post (
  id bigint primary key,
  channel text not null,                 -- mail | chat | robot
  target bigint not null,                -- connection of chat, robot; 0 for mail
  person bigint not null,                -- 0: a robot's group
  form text not null,                    -- now | digest | card
  subject_kind text not null,
  subject bigint not null,
  verb text not null,                    -- of a to-do card
  state text not null,                   -- waiting | sending | sent | closing | closed | dead | dropped
  urgent boolean not null,
  due bigint not null,                   -- while it is being sent: when another may try
  tries integer not null,
  error text not null,
  receipt text not null,                 -- what closes a card
  created bigint not null,
  done bigint not null                   -- sent, dead or dropped; 0: not yet
);

-- One message waits for each target and subject; what happens meanwhile goes with it.
create unique index notice_post_waiting on notice_post (channel, target, person, form, subject_kind, subject, verb) where state = 'waiting';
create index notice_post_due on notice_post (channel, target, due) where due < 4503599627370496;
create index notice_post_dead on notice_post (id) where state = 'dead';
create index notice_post_card on notice_post (subject_kind, subject) where form = 'card' and state <> 'closed';

create table notice_item (
  post bigint not null references notice_post (id),
  notice bigint not null references notice (id),
  primary key (post, notice)
); -- without rowid

create index notice_item_of_notice on notice_item (notice);

-- What a person (0: the company) wants of a kind by a channel: now | digest | off.
create table notice_choice (
  person bigint not null,
  kind text not null,
  channel text not null,
  value text not null,
  primary key (person, kind, channel)
); -- without rowid

create table notice_person (
  id bigint primary key,                 -- of the person
  quiet text not null,                   -- calendar | hours | never
  quiet_from integer not null,           -- minutes of the day between which messages come
  quiet_to integer not null,
  digest text not null,                  -- daily | weekly
  revision bigint not null
);

-- The mail server; one row, id 1. The password is sealed.
create table notice_mail (
  id bigint primary key,
  active boolean not null,
  host text not null,
  port integer not null,
  mode text not null,
  login text not null,
  password text not null,
  sender text not null,
  sender_name text not null,
  reply_to text not null,
  ca text not null,
  revision bigint not null
);

-- The robot of a unit's group. Address and secret are sealed.
create table notice_robot (
  id bigint primary key,
  unit bigint not null,
  platform text not null,
  name text not null,
  address text not null,
  secret text not null,
  locale text not null,
  kinds jsonb not null,
  inside boolean not null,               -- the address lies inside the company
  active boolean not null,
  revision bigint not null
);

create index notice_robot_of_unit on notice_robot (unit);

-- How a channel fares.
create table notice_channel (
  channel text not null,
  target bigint not null,
  ok_at bigint not null,
  failed_at bigint not null,
  failures integer not null,             -- in a row
  error text not null,
  paused_until bigint not null,
  primary key (channel, target)
); -- without rowid

-- What an administrator says to everybody, or to a unit and those below; told in chunks.
create table notice_announcement (
  id bigint primary key,
  title text not null,
  body text not null,
  link text not null,
  unit bigint not null,                  -- 0: everybody
  by_person bigint not null,
  at bigint not null,
  reached bigint not null,               -- the last person told
  told integer not null,
  done_at bigint not null
);

-- One-time links that have been used.
create table notice_used (
  id bigint primary key,                 -- of the link
  person bigint not null,
  verb text not null,
  at bigint not null
);

-- How far a reader of this room has come.
create table notice_mark (
  name text not null primary key,
  value bigint not null
); -- without rowid

-- +goose Down
drop table notice_mark;
drop table notice_used;
drop table notice_announcement;
drop table notice_channel;
drop table notice_robot;
drop table notice_mail;
drop table notice_person;
drop table notice_choice;
drop table notice_item;
drop table notice_post;
drop table notice;
