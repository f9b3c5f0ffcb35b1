-- +goose Up
-- what waits, and what counts: drafts, and what was signed by the day of its review
create index agreement_version_draft on agreement_version (agreement) where signed_at = 0;
create index agreement_version_review on agreement_version (review_day, agreement, from_day, to_day) where signed_at > 0;

-- +goose Down
drop index agreement_version_review;
drop index agreement_version_draft;
