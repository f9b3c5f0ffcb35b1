package catalog

import (
	"context"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

const selectService = `select id, code, unit, name_zh, name_en, description_zh, description_en, kind, state, version, revision,
  schedule_every, schedule_on, schedule_at, deliverable_zh, deliverable_en, criterion_zh, criterion_en, pack, parts, changed_at,
  reopen, reopen_days, accept_days, coalesce(urgent_quota, -1), work_limit, confidential, retention_days, crisis_zh, crisis_en,
  inputs_zh, inputs_en, effort_zh, effort_en, offered_at, proposed_by, proposed_at, sent_back, successor, ladder, ladder_urgent, when_full, stages, topic
from catalog_service`

func scanService(row sqldb.Row) (*Service, error) {
	s := &Service{}
	p := &s.Policy
	var ladder string
	err := row.Scan(&s.ID, &s.Code, &s.Unit, &s.Name.Zh, &s.Name.En, &s.Description.Zh, &s.Description.En,
		&s.Kind, &s.State, &s.Version, &s.Revision,
		&s.Schedule.Every, &s.Schedule.On, &s.Schedule.At, &s.Deliverable.Zh, &s.Deliverable.En, &s.Criterion.Zh, &s.Criterion.En,
		&s.Pack, sqldb.JSON(&s.parts), &s.Changed,
		&p.Reopen, &p.ReopenDays, &p.AcceptDays, &p.UrgentQuota, &p.WorkLimit, &p.Confidential, &p.RetentionDays, &p.Crisis.Zh, &p.Crisis.En,
		&s.Inputs.Zh, &s.Inputs.En, &s.Effort.Zh, &s.Effort.En, &s.Offered, &s.ProposedBy, &s.ProposedAt, &s.SentBack, &s.Successor, &ladder, &s.Ladder.Urgent, &p.WhenFull, sqldb.JSON(&p.Stages), &s.Topic)
	if len(p.Stages) == 0 {
		p.Stages = nil
	}
	s.OwnLadder = ladder != ""
	s.Ladder.read(ladder)
	return s, err
}

const selectVersion = `select service, n, valid_from, form, response_value, response_unit, response_target,
  completion_value, completion_unit, completion_target, metric_zh, metric_en, accuracy, starting,
  response_calendar, completion_calendar, urgent_response_value, urgent_response_unit, urgent_completion_value, urgent_completion_unit,
  satisfaction, min_n, measured_zh, measured_en,
  next_response_value, next_response_unit, next_response_target, urgent_next_response_value, urgent_next_response_unit
from catalog_version`

type versionRow struct {
	service ID
	Version
}

func scanVersion(row sqldb.Row) (versionRow, error) {
	var v versionRow
	var response, completion, accuracy, satisfaction, next int64
	std := &v.Standard
	err := row.Scan(&v.service, &v.N, &v.From, sqldb.JSON(&v.Form), &std.Response.Value, &std.Response.Unit, &response,
		&std.Completion.Value, &std.Completion.Unit, &completion, &std.Metric.Zh, &std.Metric.En, &accuracy, &std.Starting,
		&std.ResponseCalendar, &std.CompletionCalendar, &std.Urgent.Response.Value, &std.Urgent.Response.Unit,
		&std.Urgent.Completion.Value, &std.Urgent.Completion.Unit, &satisfaction, &std.MinN, &std.Measured.Zh, &std.Measured.En,
		&std.NextResponse.Value, &std.NextResponse.Unit, &next, &std.Urgent.NextResponse.Value, &std.Urgent.NextResponse.Unit)
	std.ResponseTarget, std.CompletionTarget, std.Accuracy = shareOf(response), shareOf(completion), shareOf(accuracy)
	std.Satisfaction, std.NextResponseTarget = shareOf(satisfaction), shareOf(next)
	return v, err
}

// services reads all services with all their versions, in the order in which they were made.
func services(ctx context.Context, rd sqldb.Reader) ([]*Service, error) {
	list, err := sqldb.All(ctx, rd, scanService, selectService+"\norder by id")
	if err != nil {
		return nil, err
	}
	versions, err := sqldb.All(ctx, rd, scanVersion, selectVersion+"\norder by service, n")
	if err != nil {
		return nil, err
	}
	byID := make(map[ID]*Service, len(list))
	for _, s := range list {
		byID[s.ID] = s
	}
	for _, v := range versions {
		if s := byID[v.service]; s != nil {
			s.Versions = append(s.Versions, v.Version)
		}
	}
	for _, s := range list {
		s.settle()
	}
	if err := audiences(ctx, rd, byID, 0); err != nil {
		return nil, err
	}
	if err := calledBy(ctx, rd, byID, 0); err != nil {
		return nil, err
	}
	return list, supporters(ctx, rd, byID, 0)
}

// byCode reads one service with its versions as the transaction sees it; not found when there is none.
func byCode(ctx context.Context, rd sqldb.Reader, code string) (*Service, error) {
	s, err := sqldb.One(ctx, rd, scanService, selectService+"\nwhere code = $1", code)
	if err != nil {
		return nil, err
	}
	versions, err := sqldb.All(ctx, rd, scanVersion, selectVersion+"\nwhere service = $1\norder by n", s.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		s.Versions = append(s.Versions, v.Version)
	}
	s.settle()
	of := map[ID]*Service{s.ID: s}
	if err := audiences(ctx, rd, of, s.ID); err != nil {
		return nil, err
	}
	if err := calledBy(ctx, rd, of, s.ID); err != nil {
		return nil, err
	}
	return s, supporters(ctx, rd, of, s.ID)
}

// lock takes a service for this transaction and reads it.
func lock(ctx context.Context, tx *sqldb.Tx, code string) (*Service, error) {
	id, err := idOf(ctx, tx, code)
	if err != nil {
		return nil, err
	}
	if err := tx.Lock(ctx, "catalog_service", id); err != nil {
		return nil, err
	}
	return byCode(ctx, tx, code)
}

func idOf(ctx context.Context, rd sqldb.Reader, code string) (ID, error) {
	return sqldb.Value[ID](ctx, rd, "select id\nfrom catalog_service\nwhere code = $1", code)
}

// settle puts the version in force where readers look for it.
func (s *Service) settle() {
	if v, ok := s.Numbered(s.Version); ok {
		s.Form, s.Standard = v.Form, v.Standard
	}
}

const serviceColumns = `id, code, unit, name_zh, name_en, description_zh, description_en, kind, state, version, revision,
  schedule_every, schedule_on, schedule_at, deliverable_zh, deliverable_en, criterion_zh, criterion_en, pack, parts, changed_at,
  reopen, reopen_days, accept_days, urgent_quota, work_limit, confidential, retention_days, crisis_zh, crisis_en,
  inputs_zh, inputs_en, effort_zh, effort_en, offered_at, proposed_by, proposed_at, sent_back, successor, when_full, stages, topic`

func insertService(ctx context.Context, tx *sqldb.Tx, s *Service) error {
	p := s.Policy
	return tx.Insert(ctx, "catalog_service", serviceColumns, []any{
		s.ID, s.Code, s.Unit, s.Name.Zh, s.Name.En, s.Description.Zh, s.Description.En, string(s.Kind), string(s.State), s.Version, s.Revision,
		s.Schedule.Every, s.Schedule.On, s.Schedule.At, s.Deliverable.Zh, s.Deliverable.En, s.Criterion.Zh, s.Criterion.En,
		s.Pack, sqldb.JSON(s.parts), s.Changed,
		string(p.Reopen), p.ReopenDays, p.AcceptDays, quota(p.UrgentQuota), some(p.WorkLimit), string(p.Confidential), some(p.RetentionDays), p.Crisis.Zh, p.Crisis.En,
		s.Inputs.Zh, s.Inputs.En, s.Effort.Zh, s.Effort.En, s.Offered, nobody(s.ProposedBy), s.ProposedAt, s.SentBack, nobody(s.Successor), string(p.WhenFull), stagesJSON(p.Stages), s.Topic,
	})
}

// stagesJSON is the list as it is stored: never null.
func stagesJSON(list []Stage) any {
	if list == nil {
		list = []Stage{}
	}
	return sqldb.JSON(list)
}

// quota is a quota as it is stored: null is the company's.
func quota(n int) any {
	if n == CompanyQuota {
		return nil
	}
	return n
}

// some is a number as it is stored: null is none.
func some(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func updateService(ctx context.Context, tx *sqldb.Tx, s *Service) error {
	p := s.Policy
	_, err := tx.Exec(ctx, `update catalog_service
set unit = $2, name_zh = $3, name_en = $4, description_zh = $5, description_en = $6, state = $7, version = $8, revision = $9,
  schedule_every = $10, schedule_on = $11, schedule_at = $12, deliverable_zh = $13, deliverable_en = $14,
  criterion_zh = $15, criterion_en = $16, pack = $17, parts = $18, changed_at = $19,
  reopen = $20, reopen_days = $21, accept_days = $22, urgent_quota = $23, work_limit = $24, confidential = $25, retention_days = $26,
  crisis_zh = $27, crisis_en = $28, inputs_zh = $29, inputs_en = $30, effort_zh = $31, effort_en = $32, offered_at = $33,
  proposed_by = $34, proposed_at = $35, sent_back = $36, successor = $37, when_full = $38, stages = $39, topic = $40
where id = $1`,
		s.ID, s.Unit, s.Name.Zh, s.Name.En, s.Description.Zh, s.Description.En, string(s.State), s.Version, s.Revision,
		s.Schedule.Every, s.Schedule.On, s.Schedule.At, s.Deliverable.Zh, s.Deliverable.En,
		s.Criterion.Zh, s.Criterion.En, s.Pack, sqldb.JSON(s.parts), s.Changed,
		string(p.Reopen), p.ReopenDays, p.AcceptDays, quota(p.UrgentQuota), some(p.WorkLimit), string(p.Confidential), some(p.RetentionDays),
		p.Crisis.Zh, p.Crisis.En, s.Inputs.Zh, s.Inputs.En, s.Effort.Zh, s.Effort.En, s.Offered,
		nobody(s.ProposedBy), s.ProposedAt, s.SentBack, nobody(s.Successor), string(p.WhenFull), stagesJSON(p.Stages), s.Topic)
	return err
}

const versionColumns = `service, n, valid_from, form, response_value, response_unit, response_target,
  completion_value, completion_unit, completion_target, metric_zh, metric_en, accuracy, starting, set_by,
  response_calendar, completion_calendar, urgent_response_value, urgent_response_unit, urgent_completion_value, urgent_completion_unit,
  satisfaction, min_n, measured_zh, measured_en,
  next_response_value, next_response_unit, next_response_target, urgent_next_response_value, urgent_next_response_unit`

func insertVersion(ctx context.Context, tx *sqldb.Tx, service ID, v Version, by int64) error {
	std := v.Standard
	return tx.Insert(ctx, "catalog_version", versionColumns, []any{
		service, v.N, v.From, string(v.Form.Canonical()),
		valueOf(std.Response), std.Response.Unit, target(std.ResponseTarget),
		valueOf(std.Completion), std.Completion.Unit, target(std.CompletionTarget),
		std.Metric.Zh, std.Metric.En, target(std.Accuracy), std.Starting, nobody(by),
		std.ResponseCalendar, std.CompletionCalendar, valueOf(std.Urgent.Response), std.Urgent.Response.Unit,
		valueOf(std.Urgent.Completion), std.Urgent.Completion.Unit, target(std.Satisfaction), nobody(int64(std.MinN)), std.Measured.Zh, std.Measured.En,
		valueOf(std.NextResponse), std.NextResponse.Unit, target(std.NextResponseTarget), valueOf(std.Urgent.NextResponse), std.Urgent.NextResponse.Unit,
	})
}

func valueOf(d calendar.Duration) any {
	if d.IsZero() {
		return nil
	}
	return d.Value
}

func target(share float64) any {
	if share == 0 {
		return nil
	}
	return points(share)
}

func nobody(person int64) any {
	if person == 0 {
		return nil
	}
	return person
}

func confirmVersion(ctx context.Context, tx *sqldb.Tx, service ID, n int, by int64) error {
	_, err := tx.Exec(ctx, `update catalog_version
set starting = false, confirmed_by = $3, confirmed_at = $4
where service = $1 and n = $2`, service, n, nobody(by), tx.Now)
	return err
}

// startingOf lists the codes of a unit's services whose standard is a starting value.
func startingOf(ctx context.Context, rd sqldb.Reader, unit int64) ([]string, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (string, error) {
		var code string
		return code, row.Scan(&code)
	}, `select s.code
from catalog_service s
join catalog_version v on v.service = s.id and v.n = s.version
where s.unit = $1 and s.state <> 'retired' and v.starting
order by s.id`, unit)
}

// declared is a customer with the unit that declares it.
type declared struct {
	unit int64
	Customer
}

func scanDeclared(row sqldb.Row) (declared, error) {
	var d declared
	return d, row.Scan(&d.unit, &d.Code, &d.Kind, &d.Name.Zh, &d.Name.En, &d.Needs.Zh, &d.Needs.En)
}

const selectCustomer = `select unit, code, kind, name_zh, name_en, needs_zh, needs_en
from catalog_customer`

func allCustomers(ctx context.Context, rd sqldb.Reader) ([]declared, error) {
	return sqldb.All(ctx, rd, scanDeclared, selectCustomer+"\norder by unit, place")
}

func customersOf(ctx context.Context, rd sqldb.Reader, unit int64) ([]Customer, error) {
	list, err := sqldb.All(ctx, rd, scanDeclared, selectCustomer+"\nwhere unit = $1\norder by place", unit)
	out := make([]Customer, 0, len(list))
	for _, d := range list {
		out = append(out, d.Customer)
	}
	return out, err
}

// declare replaces what a unit declares.
func declare(ctx context.Context, tx *sqldb.Tx, unit int64, list []Customer) error {
	if _, err := tx.Exec(ctx, "delete from catalog_customer\nwhere unit = $1", unit); err != nil {
		return err
	}
	rows := make([][]any, 0, len(list))
	for i, c := range list {
		rows = append(rows, []any{unit, c.Code, c.Kind, c.Name.Zh, c.Name.En, c.Needs.Zh, c.Needs.En, i})
	}
	return tx.Insert(ctx, "catalog_customer", "unit, code, kind, name_zh, name_en, needs_zh, needs_en, place", rows...)
}

type missionRow struct {
	unit    int64
	mission lang.Text
}

func missions(ctx context.Context, rd sqldb.Reader) ([]missionRow, error) {
	return sqldb.All(ctx, rd, func(row sqldb.Row) (missionRow, error) {
		var m missionRow
		return m, row.Scan(&m.unit, &m.mission.Zh, &m.mission.En)
	}, "select unit, mission_zh, mission_en\nfrom catalog_unit\norder by unit")
}

func missionOf(ctx context.Context, rd sqldb.Reader, unit int64) (lang.Text, error) {
	list, err := sqldb.All(ctx, rd, func(row sqldb.Row) (lang.Text, error) {
		var t lang.Text
		return t, row.Scan(&t.Zh, &t.En)
	}, "select mission_zh, mission_en\nfrom catalog_unit\nwhere unit = $1", unit)
	if err != nil || len(list) == 0 {
		return lang.Text{}, err
	}
	return list[0], nil
}

func setMission(ctx context.Context, tx *sqldb.Tx, unit int64, mission lang.Text) error {
	_, err := tx.Exec(ctx, `insert into catalog_unit (unit, mission_zh, mission_en)
values ($1, $2, $3)
on conflict (unit) do update set mission_zh = excluded.mission_zh, mission_en = excluded.mission_en`, unit, mission.Zh, mission.En)
	return err
}

// newVersion is the next version of a service with one of its halves replaced.
func (s *Service) newVersion(f form.Form, std Standard, now time.Time) Version {
	return Version{N: len(s.Versions) + 1, From: now, Form: f, Standard: std}
}
