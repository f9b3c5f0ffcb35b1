-- +goose Up
-- The turns of the customer's words that would be on the other side under the standard of a dry run: side 1 would be in
-- time, -1 would be late. due is null where nothing was promised, would where nothing would be.
create table request_trial_turn (
	trial    bigint   not null references request_trial (id),
	side     smallint not null,
	request  bigint   not null,
	n        integer  not null,
	began_at bigint   not null,
	due      bigint,
	would    bigint,
	primary key (trial, side, request, n)
); -- without rowid

-- +goose Down
drop table request_trial_turn;
