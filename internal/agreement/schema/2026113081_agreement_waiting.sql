-- +goose Up
-- what waits: drafts, and reviews whose day has come
create index agreement_version_draft on agreement_version (agreement) where signed_at = 0;
create index agreement_version_review on agreement_version (review_day, agreement) where signed_at > 0 and review_day > 0;

-- +goose Down
drop index agreement_version_review;
drop index agreement_version_draft;
