package rulebook

import (
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type row struct {
	GroupID  member.GroupID
	Number   int
	Params   string
	Hash     []byte
	PrevHash []byte
	FromAt   db.Instant
	ByWhat   string
	ByMember *member.ID
}

func (row) TableName() string { return "rulebooks" }

func (r row) version() (Version, error) {
	rules, err := parsed.parse(r.Params)
	if err != nil {
		return Version{}, fmt.Errorf("rulebook %d of group %d: %w", r.Number, r.GroupID, err)
	}
	v := Version{Number: r.Number, Rules: rules, From: r.FromAt.Time, By: r.ByWhat}
	if copy(v.Hash[:], r.Hash) != len(v.Hash) || copy(v.PrevHash[:], r.PrevHash) != len(v.PrevHash) {
		return Version{}, fmt.Errorf("rulebook %d of group %d: %w: a hash is too short", r.Number, r.GroupID, ErrChain)
	}
	if r.ByMember != nil {
		v.Chooser = *r.ByMember
	}
	return v, nil
}

func insert(tx *db.Tx, g member.GroupID, v Version) error {
	r := row{
		GroupID: g, Number: v.Number, Params: string(v.Rules.Canonical()), Hash: v.Hash[:], PrevHash: v.PrevHash[:],
		FromAt: db.At(v.From), ByWhat: v.By,
	}
	if v.Chooser != 0 {
		r.ByMember = &v.Chooser
	}
	return tx.Create(&r).Error
}

// Current returns the rules that are in force in the group at a moment, or fault.NotFound if there were none yet.
func Current(tx *db.Tx, g member.GroupID, at time.Time) (Version, error) {
	var r row
	if err := tx.Where("group_id = ? AND from_at <= ?", g, db.At(at)).Order("number DESC").Take(&r).Error; err != nil {
		return Version{}, err
	}
	return r.version()
}

// currentOf returns the rules that are in force in each of the groups. Of each group one version is read, however many it has had.
func currentOf(tx *db.Tx, groups []member.GroupID, at time.Time) (map[member.GroupID]Version, error) {
	var rows []row
	err := tx.Raw(`SELECT r.* FROM rulebooks r JOIN
		(SELECT group_id, MAX(number) AS number FROM rulebooks WHERE group_id IN ? AND from_at <= ? GROUP BY group_id) m
		ON r.group_id = m.group_id AND r.number = m.number`, groups, db.At(at)).Scan(&rows).Error
	out := make(map[member.GroupID]Version, len(rows))
	for _, r := range rows {
		if out[r.GroupID], err = r.version(); err != nil {
			return nil, err
		}
	}
	return out, err
}

// Get returns one version of the group's rules, or fault.NotFound.
func Get(tx *db.Tx, g member.GroupID, number int) (Version, error) {
	var r row
	if err := tx.Where("group_id = ? AND number = ?", g, number).Take(&r).Error; err != nil {
		return Version{}, err
	}
	return r.version()
}

// Chain returns all versions of the group's rules, the first one first.
func Chain(tx *db.Tx, g member.GroupID) ([]Version, error) {
	var rows []row
	if err := tx.Where("group_id = ?", g).Order("number").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Version, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.version(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
