-- +goose Up
-- The words of a live service as they are to become: the live ones stay until a reviewer lets these take their place.
create table catalog_rewording (
  service bigint primary key references catalog_service (id),
  words jsonb not null,
  base jsonb not null,          -- the live words on which they were begun
  state text not null,          -- draft, review
  stamp bigint not null,        -- new with every change
  changed_by bigint not null,
  changed_at bigint not null,
  proposed_by bigint,
  proposed_at bigint,
  sent_back text not null
);
create index catalog_rewording_changer on catalog_rewording (changed_by);
create index catalog_rewording_proposer on catalog_rewording (proposed_by) where proposed_by is not null;

-- +goose Down
drop table catalog_rewording;
