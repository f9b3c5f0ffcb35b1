-- +goose Up
create sequence repeat_number_seq;
select setval('repeat_number_seq', (select next - 1 from repeat_number where id = 1), true);

-- +goose Down
drop sequence repeat_number_seq;
