-- +goose Up
-- What services are about, whichever unit does them: the company's own list, which begins with a ready-made one.
create table catalog_topic (
  id       bigint  not null primary key,
  code     text    not null unique,
  name_zh  text    not null,
  name_en  text    not null,
  icon     text    not null,
  place    integer not null, -- in the list, from 1
  revision integer not null
);
insert into catalog_topic (id, code, name_zh, name_en, icon, place, revision) values
  (1, 'report', '报表与数据', 'Reports and data', 'chart-bar', 1, 1),
  (2, 'repair', '报修与故障', 'Repairs and faults', 'tool', 2, 1),
  (3, 'money', '费用与付款', 'Expenses and payments', 'receipt-2', 3, 1),
  (4, 'contract', '合同、法务与用印', 'Contracts, legal, seals', 'gavel', 4, 1),
  (5, 'people', '人事与培训', 'People and training', 'users', 5, 1),
  (6, 'account', '账号、设备与软件', 'Accounts, devices, software', 'device-laptop', 6, 1),
  (7, 'purchase', '采购与物料', 'Purchasing and materials', 'shopping-cart', 7, 1),
  (8, 'quality', '检验与质量', 'Inspection and quality', 'shield-check', 8, 1),
  (9, 'customer', '客户与市场', 'Customers and market', 'headset', 9, 1),
  (10, 'work', '生产与交期', 'Production and dates', 'building-warehouse', 10, 1),
  (11, 'office', '办公与差旅', 'Office and travel', 'building-community', 11, 1),
  (12, 'other', '其他', 'Other', 'tag', 12, 1);

-- The topic chosen for a service, by its code; '' as its name suggests.
alter table catalog_service add column topic text not null default '';

-- +goose Down
alter table catalog_service drop column topic;
drop table catalog_topic;
