-- +goose Up
-- who has left, who must be kept, and whose personal data is being erased or has been
create table org_personal (
  person bigint primary key references org_person (id),
  left_at bigint,                    -- when it was noted that the person had left; null: here
  held boolean not null,             -- kept although it is due
  held_why text not null,
  held_by bigint not null,
  held_at bigint,
  began_at bigint,                   -- erasing began
  began_by bigint not null,          -- who decided it; 0: the company's rule
  step text not null,                -- what is erased next: the code of a kind and the number of its statement
  counts jsonb not null,             -- rows that went, by the code of the kind
  erased_at bigint
);
create index org_personal_left on org_personal (left_at, person) where erased_at is null;
create index org_personal_erased on org_personal (erased_at, person) where erased_at is not null;

-- +goose Down
drop table org_personal;
