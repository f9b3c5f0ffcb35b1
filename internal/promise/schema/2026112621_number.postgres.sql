-- +goose Up
create sequence promise_number_seq;
select setval('promise_number_seq', (select next - 1 from promise_number where id = 1), true);

-- +goose Down
drop sequence promise_number_seq;
