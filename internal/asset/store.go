package asset

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"

	"gorm.io/gorm/clause"
)

type row struct {
	ID           ID
	GroupID      member.GroupID
	Kind         Kind
	What         string
	Holder       string
	Second       string
	HolderID     *member.ID
	SecondID     *member.ID
	HolderSince  db.Instant
	SecondSince  db.Instant
	HolderTested db.Instant
	SecondTested db.Instant
	UntilAt      db.Instant
	Gone         db.Flag
	At           db.Instant
}

func (row) TableName() string { return "held_keys" }

func holds(id *member.ID, name string, since, tested db.Instant) Holder {
	h := Holder{Name: name, Since: since.Time, Tested: tested.Time}
	if id != nil {
		h.Member = *id
	}
	return h
}

func (r row) key() Key {
	return Key{
		ID: r.ID, Kind: r.Kind, What: r.What, Until: r.UntilAt.Time, Gone: bool(r.Gone), At: r.At.Time,
		First:  holds(r.HolderID, r.Holder, r.HolderSince, r.HolderTested),
		Second: holds(r.SecondID, r.Second, r.SecondSince, r.SecondTested),
	}
}

// find returns all keys of the group, the one first written down first.
func find(tx *db.Tx, g member.GroupID) ([]Key, error) {
	var rows []row
	err := tx.Where("group_id = ?", g).Order("id").Find(&rows).Error
	out := make([]Key, len(rows))
	for i, r := range rows {
		out[i] = r.key()
	}
	return out, err
}

// put writes the key, in place of what was written of the same thing.
func put(tx *db.Tx, g member.GroupID, k Key) error {
	r := row{
		GroupID: g, Kind: k.Kind, What: k.What, Holder: k.First.Name, Second: k.Second.Name, HolderID: some(k.First.Member), SecondID: some(k.Second.Member),
		HolderSince: db.At(k.First.Since), SecondSince: db.At(k.Second.Since), HolderTested: db.At(k.First.Tested), SecondTested: db.At(k.Second.Tested),
		UntilAt: db.At(k.Until), Gone: db.Flag(k.Gone), At: db.At(k.At),
	}
	return tx.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "group_id"}, {Name: "what"}},
		DoUpdates: clause.AssignmentColumns([]string{
			"kind", "holder", "second", "holder_id", "second_id", "holder_since", "second_since", "holder_tested", "second_tested", "until_at", "gone", "at",
		}),
	}).Create(&r).Error
}

func some(id member.ID) *member.ID {
	if id == 0 {
		return nil
	}
	return &id
}
