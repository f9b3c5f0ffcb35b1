// Package org is the organisation: who exists, where they belong, and who answers for whom.
//
// Words. A unit (单位) is an entity, a site, a department or a team; units form one tree and each has a head (负责人),
// perhaps acting heads, and a code that never changes. A person (人员) has a 工号 (text: leading zeros count), belongs
// to one main unit and perhaps to more, until a date, and has roles: company-wide (quality, hr, executive, admin,
// security, auditor) or scoped to a unit (agent, head, secretary) or to a service (owner). A member of a unit is its
// agent unless the unit names its agents. Units are never rewritten: they end, and lineage says what became of them.
//
//	unit:   (made) ──▶ valid ──(Close, successors)──▶ ended
//	person: (made) ──▶ active ◀──(Activate)── (Deactivate)──▶ inactive
//
// Calls nobody. Announces org.unit-was-changed, org.person-was-changed, org.company-was-set. Publishes the views
// org_unit_v, org_person_v, org_member_v. The tree of units is kept in memory as an immutable snapshot (3 000 units),
// people are not; who a person is to the house (ActorOf) is cached and forgotten when org announces a change.
package org
