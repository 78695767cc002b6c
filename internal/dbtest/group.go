package dbtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
)

// Group puts a group with members into the database, as PutGroup does.
func Group(t testing.TB, d *db.DB, slug, preset string, names ...string) (group int64, members []int64) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
		group, members, err = PutGroup(tx, slug, preset, names...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return group, members
}

// PutGroup puts a group with members straight into the tables: for tests of packages that need people and are not about how
// people come. Everybody joined when the clock stood where it stands now; the first began the group.
// It returns the group's id and the members' ids in order.
func PutGroup(tx *db.Tx, slug, preset string, names ...string) (group int64, members []int64, err error) {
	var third any
	if len(names) > 2 {
		third = tx.Now.UnixMilli()
	}
	err = tx.Raw(`INSERT INTO groups (ref, slug, name, preset, zone, lang, created_at, third_at)
		VALUES (?, ?, ?, ?, 'UTC', 'en', ?, ?) RETURNING id`, "g_"+slug, slug, slug, preset, tx.Now.UnixMilli(), third).Scan(&group).Error
	for i := 0; err == nil && i < len(names); i++ {
		var id int64
		id, err = join(tx, group, slug, names[i], i == 0)
		members = append(members, id)
	}
	return group, members, err
}

// Join puts one more member into a group that Group made, joining now, and returns the member's id.
func Join(t testing.TB, d *db.DB, group int64, slug, name string) (id int64) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
		id, err = join(tx, group, slug, name, false)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func join(tx *db.Tx, group int64, slug, name string, founder bool) (id int64, err error) {
	now := tx.Now.UnixMilli()
	key := strings.ToLower(name)
	var person int64
	err = tx.Raw("INSERT INTO people (ref, handle, handle_key, created_at) VALUES (?, ?, ?, ?) RETURNING id",
		fmt.Sprintf("p_%s_%s", slug, key), name, slug+"/"+key, now).Scan(&person).Error
	if err != nil {
		return 0, err
	}
	err = tx.Raw(`INSERT INTO members (ref, group_id, person_id, name, name_key, founder, joined_at, active_month)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		fmt.Sprintf("m_%s_%s", slug, key), group, person, name, key, db.Flag(founder), now, month(tx.Now)).Scan(&id).Error
	return id, err
}

func month(t time.Time) int { return t.Year()*100 + int(t.Month()) }
