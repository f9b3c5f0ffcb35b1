-- +goose Up
create sequence delivery_number_seq;
select setval('delivery_number_seq', (select next - 1 from delivery_number where id = 1), true);
create sequence standing_number_seq;
select setval('standing_number_seq', (select next - 1 from standing_number where id = 1), true);

-- +goose Down
drop sequence standing_number_seq;
drop sequence delivery_number_seq;
