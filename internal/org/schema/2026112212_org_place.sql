-- +goose Up
-- Where a site or a legal entity is. entity: the legal entity that a unit belongs to when the tree does not say it.
create table org_place (
  unit bigint primary key references org_unit (id),
  address_zh text not null default '',
  address_en text not null default '',
  zone text not null default '',       -- IANA; '' is that of the site above, or the company's
  legal_name text not null default '', -- of a legal entity, as registered
  legal_no text not null default '',   -- its registration number
  entity bigint references org_unit (id),
  revision bigint not null default 1
);

-- +goose Down
drop table org_place;
