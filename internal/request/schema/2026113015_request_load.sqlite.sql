-- +goose Up
-- One writer needs no stripes: what is counted in several rows is counted in one.
create temp table load_sum as
select kind, subject, sum(fresh) as fresh, sum(taken) as taken
from request_load
group by kind, subject;
delete from request_load;
insert into request_load (kind, subject, stripe, fresh, taken)
select kind, subject, 0, fresh, taken
from load_sum;
drop table load_sum;

-- +goose Down
