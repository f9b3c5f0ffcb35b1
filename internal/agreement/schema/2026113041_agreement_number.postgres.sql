-- +goose Up
create sequence agreement_number_seq;
select setval('agreement_number_seq', 1, false);

-- +goose Down
drop sequence agreement_number_seq;
