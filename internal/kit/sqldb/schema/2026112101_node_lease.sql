-- +goose Up
create table node_lease (
  node bigint primary key,
  holder text not null,
  until bigint not null
);
insert into node_lease (node, holder, until)
values (0, '', 0), (1, '', 0), (2, '', 0), (3, '', 0), (4, '', 0), (5, '', 0), (6, '', 0), (7, '', 0),
  (8, '', 0), (9, '', 0), (10, '', 0), (11, '', 0), (12, '', 0), (13, '', 0), (14, '', 0), (15, '', 0);
