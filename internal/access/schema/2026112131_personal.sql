-- +goose Up
-- What somebody sees beside their own and their units': few rows, even for an agent who has served thousands.
create index access_grant_personal on access_grant (holder_kind, holder, subject_kind, subject)
where holder_kind = 1 and why not in ('asked', 'on-behalf', 'assigned');

-- +goose Down
drop index access_grant_personal;
