-- +goose Up
-- What goes along with another request is that one's work: it is not counted a second time.
delete from request_load;
insert into request_load (kind, subject, stripe, fresh, taken)
select 1, service, id % 8, sum(case when state = 'new' then 1 else 0 end), sum(case when state = 'new' then 0 else 1 end)
from request
where closed_at is null and state <> 'delivered' and (merged_into is null or state <> 'working')
group by service, id % 8;
insert into request_load (kind, subject, stripe, fresh, taken)
select 2, unit, id % 8, sum(case when state = 'new' then 1 else 0 end), sum(case when state = 'new' then 0 else 1 end)
from request
where closed_at is null and state <> 'delivered' and (merged_into is null or state <> 'working')
group by unit, id % 8;

-- +goose Down
delete from request_load;
insert into request_load (kind, subject, stripe, fresh, taken)
select 1, service, id % 8, sum(case when state = 'new' then 1 else 0 end), sum(case when state = 'new' then 0 else 1 end)
from request
where closed_at is null and state <> 'delivered'
group by service, id % 8;
insert into request_load (kind, subject, stripe, fresh, taken)
select 2, unit, id % 8, sum(case when state = 'new' then 1 else 0 end), sum(case when state = 'new' then 0 else 1 end)
from request
where closed_at is null and state <> 'delivered'
group by unit, id % 8;
