-- +goose Up
create sequence problem_number_seq;
select setval('problem_number_seq', 1, false);

-- +goose Down
drop sequence problem_number_seq;
