// Package org is the organisation: who exists, where they belong, and who answers for whom.
//
// Words. A unit (单位) is an entity, a site, a department or a team; units form one tree and each has a head (负责人),
// perhaps acting heads, and a code that never changes. A person (人员) has a 工号 (text: leading zeros count), belongs
// to one main unit and perhaps to more, until a date, and has roles: company-wide (quality, hr, executive, admin,
// security, auditor) or scoped to a unit (agent, head, secretary) or to a service (owner). A member of a unit is its
// agent unless the unit names its agents. Units are never rewritten: they end, and lineage says what became of them.
//
// Somebody may be away (缺勤) for a time and name a deputy (代理人), who stands in meanwhile; somebody may act as head of a
// unit for a time; and a unit may keep a list of who is on duty (值班) with hand-over notes. A site and a legal entity have
// a place: address, time zone, registered name. All of it begins and ends by the clock.
//
//	unit:   (made) ──▶ valid ──(Close, successors)──▶ ended
//	person: (made) ──▶ active ◀──(Activate)── (Deactivate)──▶ inactive
//
// What rooms keep about people they describe as data (PersonalData): to be copied for the person, and erased some time after
// leaving. Who was erased keeps a record without a name, so that counts and histories hold.
//
//	personal data: kept ──(left)──▶ noted ──(due, or Erase)──▶ going ──▶ erased;   noted ◀──(Hold)──▶ held
//
// Calls nobody. Announces org.personal-data-was-copied, org.person-was-held, org.person-was-erased, org.unit-was-changed, org.person-was-changed, org.company-was-set,
// org.setup-was-marked. Publishes the views
// org_unit_v, org_person_v, org_member_v. The tree of units is kept in memory as an immutable snapshot (3 000 units),
// people are not; who a person is to the house (ActorOf) is cached and forgotten when org announces a change.
package org
