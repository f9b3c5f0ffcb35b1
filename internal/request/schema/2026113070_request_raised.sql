-- +goose Up
-- By which door it came, and how long its form took whoever filled it in. Both are said of the request, once, when it is filed.
alter table request add column door        text    not null default '';    -- web, api, import, system; '': from before it was noted
alter table request add column raise_took  integer;                        -- seconds on the form without pauses; null: not measured
alter table request add column raise_left  boolean not null default false; -- the form was left for longer than a pause

-- +goose Down
alter table request drop column raise_left;
alter table request drop column raise_took;
alter table request drop column door;
