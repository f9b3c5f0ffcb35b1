-- +goose Up
create sequence request_number_seq;
select setval('request_number_seq', (select next - 1 from request_number where id = 1), true);

-- +goose Down
drop sequence request_number_seq;
