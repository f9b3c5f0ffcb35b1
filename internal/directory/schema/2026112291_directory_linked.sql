-- +goose Up
-- whom a connection that people sign in with knows
create view directory_identity_v as
  select i.person, i.connection
  from directory_identity i
  join directory_connection c on c.id = i.connection
  where not i.stopped and c.signin and c.ended_at is null;

-- +goose Down
drop view directory_identity_v;
