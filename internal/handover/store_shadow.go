package handover

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

type shadowRow struct {
	ID       ShadowID
	GroupID  member.GroupID
	RoleID   role.ID
	TermID   role.TermID
	MemberID member.ID
	Invited  db.Flag
	AskedAt  db.Instant
	AgreedAt db.Instant
	EndedAt  db.Instant
}

func (shadowRow) TableName() string { return "shadowings" }

type heldShadowRow struct {
	Row      shadowRow `gorm:"embedded"`
	HolderID member.ID
}

func (r heldShadowRow) shadowing() Shadowing {
	s := r.Row
	return Shadowing{
		ID: s.ID, Group: s.GroupID, Role: s.RoleID, Term: s.TermID, Member: s.MemberID, Holder: r.HolderID, Invited: bool(s.Invited),
		Asked: s.AskedAt.Time, Agreed: s.AgreedAt.Time, Ended: s.EndedAt.Time,
	}
}

type sittingRow struct {
	ShadowingID ShadowID
	Day         int
	ByHolder    db.Flag
	Confirmed   db.Flag
}

func (sittingRow) TableName() string { return "sittings" }

// insertShadowing fails with fault.Conflict if there is one of the two already.
func insertShadowing(tx *db.Tx, s Shadowing) error {
	n, err := tx.Do(`INSERT INTO shadowings (group_id, role_id, term_id, member_id, invited, asked_at, agreed_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)
		ON CONFLICT (term_id, member_id) WHERE ended_at IS NULL DO NOTHING`, s.Group, s.Role, s.Term, s.Member, db.Flag(s.Invited), db.At(s.Asked))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "handover.shadow.twice")
	}
	return err
}

// findMine returns the shadowing of the role, under way, that the member has asked for or both have agreed to; zero if there is none.
func findMine(tx *db.Tx, r role.ID, m member.ID) (s Shadowing, err error) {
	all, err := findShadowings(tx, "s.role_id = ? AND s.member_id = ? AND s.ended_at IS NULL AND (s.invited = 0 OR s.agreed_at IS NOT NULL)", r, m)
	if err == nil && len(all) > 0 {
		s = all[0]
	}
	return s, err
}

// dropOthers forgets what else was asked of a member who now learns a role beside somebody.
func dropOthers(tx *db.Tx, s Shadowing) error {
	return dropShadowings(tx, "s.role_id = ? AND s.member_id = ? AND s.id <> ? AND s.agreed_at IS NULL", s.Role, s.Member, s.ID)
}

func putShadowing(tx *db.Tx, s Shadowing) error {
	return db.Affected(tx.Exec("UPDATE shadowings SET agreed_at = ?, ended_at = ? WHERE id = ?", db.At(s.Agreed), db.At(s.Ended), s.ID), 1)
}

// findShadowings returns shadowings with their holders and sittings, the oldest first.
func findShadowings(tx *db.Tx, where string, args ...any) (out []Shadowing, err error) {
	var rows []heldShadowRow
	err = tx.Raw("SELECT s.*, t.member_id AS holder_id FROM shadowings s JOIN terms t ON t.id = s.term_id WHERE "+where+" ORDER BY s.id", args...).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	at, ids := map[ShadowID]int{}, []ShadowID{}
	for i, r := range rows {
		out = append(out, r.shadowing())
		at[r.Row.ID], ids = i, append(ids, r.Row.ID)
	}
	var sits []sittingRow
	err = tx.Where("shadowing_id IN ?", ids).Order("shadowing_id, day").Find(&sits).Error
	for _, s := range sits {
		i := at[s.ShadowingID]
		out[i].Sits = append(out[i].Sits, Sitting{s.Day, bool(s.ByHolder), bool(s.Confirmed)})
	}
	return out, err
}

// getShadowing returns the group's shadowing, or fault.NotFound.
func getShadowing(tx *db.Tx, g member.GroupID, id ShadowID) (s Shadowing, err error) {
	all, err := findShadowings(tx, "s.id = ? AND s.group_id = ?", id, g)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return s, err
	}
	return all[0], nil
}

// shadowingsOf returns those of the roles that were agreed and had not ended by the instant.
func shadowingsOf(tx *db.Tx, roles []role.ID, after time.Time) ([]Shadowing, error) {
	return findShadowings(tx, "s.role_id IN ? AND s.agreed_at IS NOT NULL AND (s.ended_at IS NULL OR s.ended_at > ?)", roles, db.At(after))
}

// shadowingsLately returns those of the role that have not ended, agreed or not, and those that were agreed and still count for its depth.
func shadowingsLately(tx *db.Tx, r role.ID) ([]Shadowing, error) {
	return findShadowings(tx, "s.role_id = ? AND (s.ended_at IS NULL OR s.ended_at > ?)", r, db.At(depthSince(tx.Now)))
}

// endShadowings ends those of a term that is over. Requests that nobody has answered are forgotten.
func endShadowings(tx *db.Tx, t role.TermID, at time.Time) error {
	if err := tx.Exec("DELETE FROM shadowings WHERE term_id = ? AND agreed_at IS NULL", t).Error; err != nil {
		return err
	}
	return tx.Exec("UPDATE shadowings SET ended_at = ? WHERE term_id = ? AND ended_at IS NULL", db.At(at), t).Error
}

// dropShadowings deletes shadowings with their sittings.
func dropShadowings(tx *db.Tx, where string, args ...any) error {
	if err := tx.Exec("DELETE FROM sittings WHERE shadowing_id IN (SELECT s.id FROM shadowings s WHERE "+where+")", args...).Error; err != nil {
		return err
	}
	return tx.Exec("DELETE FROM shadowings WHERE id IN (SELECT s.id FROM shadowings s WHERE "+where+")", args...).Error
}

// putSitting keeps that one of the two says that they sat together on the day. If the other has said so, it is confirmed.
func putSitting(tx *db.Tx, id ShadowID, s Sitting) error {
	return tx.Exec(`INSERT INTO sittings (shadowing_id, day, by_holder) VALUES (?, ?, ?)
		ON CONFLICT (shadowing_id, day) DO UPDATE SET confirmed = 1 WHERE sittings.by_holder <> excluded.by_holder`, id, s.Day, db.Flag(s.ByHolder)).Error
}

// confirm notes that the other of the two has said so too. It returns fault.NotFound if there is no such sitting.
func confirm(tx *db.Tx, id ShadowID, day int, holder bool) error {
	n, err := tx.Do("UPDATE sittings SET confirmed = 1 WHERE shadowing_id = ? AND day = ? AND by_holder <> ?", id, day, db.Flag(holder))
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return err
}
