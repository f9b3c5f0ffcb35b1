package org

import (
	"context"
	"fmt"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Fill makes units (each with up to eight below it) and people in them, past the use cases.
func Fill(ctx context.Context, db *sqldb.DB, units, people int) error {
	made := make([]Unit, units)
	surnames, given := []rune("张王李赵陈林黄周吴徐"), []rune("三伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平")
	for from := 0; from < units; from += 500 {
		err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			for i := from; i < min(units, from+500); i++ {
				made[i] = Unit{ID: tx.NewID(), Code: fmt.Sprintf("u%04d", i), Name: lang.Text{Zh: fmt.Sprintf("单位%d", i)}, Level: Department}
				if i > 0 {
					made[i].Parent = made[i/8].ID
				}
			}
			return insertUnits(ctx, tx, made[from:min(units, from+500)]...)
		})
		if err != nil {
			return err
		}
	}
	for from := 0; from < people; from += 500 {
		err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			list := make([]wantedPerson, 500)
			for n := range list {
				i := from + n
				p := Person{ID: tx.NewID(), No: fmt.Sprintf("%06d", i), Name: string([]rune{surnames[i%10], given[i/10%20], given[i/200%20]}), NameEn: fmt.Sprintf("Person %d", i), Unit: made[i%units].ID, Active: true}
				list[n].known = known{Person: p, members: []Membership{{Person: p.ID, Unit: p.Unit, Main: true}}}
			}
			return addPeople(ctx, tx, list)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ForgetUnits is what a changed unit does to the snapshot.
func (s *Service) ForgetUnits() { s.forgetUnits() }

// IDText is an id in an address.
func IDText(id ID) string { return idText(id) }

// What is read of what people type.
var (
	ReadMoment = readMoment
	PhoneOf    = phoneOf
)

// EraseStretch is one transaction of erasing somebody: the process dies behind it.
func (s *Service) EraseStretch(ctx context.Context, id ID) (bool, error) {
	return s.eraseStretch(ctx, id)
}

// LeaverOf is what is noted about somebody.
func (s *Service) LeaverOf(ctx context.Context, id ID) (Leaver, error) {
	return read(ctx, s.db, func(ctx context.Context, rd sqldb.Reader) (Leaver, error) { return leaverOf(ctx, rd, id) })
}

// Matching is what a picker of units finds now.
func (t *Tree) Matching(key string, most int) []Unit {
	return t.matching(t.All(), time.Now(), key, most)
}
