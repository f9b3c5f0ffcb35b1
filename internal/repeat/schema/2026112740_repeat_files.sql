-- +goose Up
alter table repeat_template add column files text not null default ''; -- ids of the files among the answers: they are held until it ends
create index repeat_template_files on repeat_template (id) where files <> '';

-- +goose Down
drop index repeat_template_files;
alter table repeat_template drop column files;
