-- +goose Up
-- First responses and answers to what the customer says next announce the shares of their time as well. Those that are open
-- now are looked at once and tell only what they reach from here on.
update clock
set step = -1, step_at = 0
where ended_at is null and kind in ('first_response', 'next_response') and scope = 'customer';

-- +goose Down
update clock
set step = 0, step_at = null
where kind in ('first_response', 'next_response');
