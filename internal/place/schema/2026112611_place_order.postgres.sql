-- +goose Up
-- Codes and paths are compared byte by byte, as SQLite does: what lies under a place is one range.
drop view place_v;
alter table place
	alter column code type text collate "C",
	alter column path type text collate "C";
create view place_v as
select id, code, path, name_zh, name_en, kind, unit, retired_at
from place;

-- +goose Down
drop view place_v;
alter table place
	alter column code type text,
	alter column path type text;
create view place_v as
select id, code, path, name_zh, name_en, kind, unit, retired_at
from place;
