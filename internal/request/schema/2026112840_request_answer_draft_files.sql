-- +goose Up
alter table request_answer_draft add column files text not null default ''; -- ids of the files that were added: they wait as long as the words
create index request_answer_draft_files on request_answer_draft (request) where files <> '';

-- +goose Down
drop index request_answer_draft_files;
alter table request_answer_draft drop column files;
