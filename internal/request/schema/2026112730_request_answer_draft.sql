-- +goose Up
-- What somebody of the serving side began to write on a request and has not sent: one per person and box. Colleagues of
-- the unit read it and may take it over.
create table request_answer_draft (
  request bigint not null references request (id),
  box text not null,              -- reply, ask, deliver
  person bigint not null references org_person (id),
  unit bigint not null,           -- that had the request in hand when it was written
  note boolean not null,          -- the reply is an internal note
  text text not null,
  version bigint not null,        -- goes up with every change of words or hands
  from_person bigint references org_person (id), -- whose words it took over
  began_at bigint not null,
  saved_at bigint not null,
  primary key (request, box, person)
); -- without rowid
create index request_answer_draft_saved on request_answer_draft (saved_at);
create index request_answer_draft_person on request_answer_draft (person);
create index request_answer_draft_from on request_answer_draft (from_person) where from_person is not null;

-- +goose Down
drop table request_answer_draft;
