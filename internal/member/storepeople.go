package member

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/token"
)

func insertGroup(tx *db.Tx, f Founding) (Group, error) {
	slug, err := freeSlug(tx, slugFor(f.Name))
	if err != nil {
		return Group{}, err
	}
	r := groupRow{
		Ref: token.Ref("g_"), Slug: slug, Name: f.Name, Aim: f.Aim, Preset: f.Preset, Zone: f.Zone, Lang: f.Lang,
		CreatedAt: db.At(tx.Now), SetupStep: FirstStep,
	}
	if f.Parent != 0 {
		r.ParentID = &f.Parent
	}
	if err := tx.Create(&r).Error; err != nil {
		return Group{}, err
	}
	return r.group()
}

// freeSlug returns the slug, or it and the first number that makes it free.
func freeSlug(tx *db.Tx, slug string) (string, error) {
	var taken []string
	if err := tx.Table("groups").Where("slug = ? OR slug LIKE ?", slug, slug+"-%").Pluck("slug", &taken).Error; err != nil {
		return "", err
	}
	used := make(map[string]bool, len(taken))
	for _, t := range taken {
		used[t] = true
	}
	free := slug
	for n := 2; used[free]; n++ {
		free = slug + "-" + strconv.Itoa(n)
	}
	return free, nil
}

func insertMember(tx *db.Tx, r memberRow) (Member, error) {
	r.Ref, r.NameKey, r.JoinedAt, r.ActiveMonth = token.Ref("m_"), Fold(r.Name), db.At(tx.Now), Month(tx.Now)
	err := tx.Create(&r).Error
	return r.member(), err
}

// nameTaken returns the sentence that says so if another member of the group has a name that looks the same.
func nameTaken(tx *db.Tx, g GroupID, name string, but ID) (lang.Msg, error) {
	var n int64
	err := tx.Table("members").Where("group_id = ? AND name_key IN ? AND left_at IS NULL AND id <> ?", g, Looks(name), but).Limit(1).Count(&n).Error
	if err != nil || n == 0 {
		return lang.Msg{}, err
	}
	return lang.M("people.name.taken"), nil
}

func setName(tx *db.Tx, id ID, name string) error {
	return db.Affected(tx.Table("members").Where("id = ?", id).Updates(map[string]any{"name": name, "name_key": Fold(name)}), 1)
}

// hideName takes the name away; pages then speak of a former member.
func hideName(tx *db.Tx, id ID) error {
	return db.Affected(tx.Table("members").Where("id = ? AND left_at IS NOT NULL", id).Updates(map[string]any{"name": "", "name_key": ""}), 1)
}

func endMembership(tx *db.Tx, id ID) error {
	return db.Affected(tx.Table("members").Where("id = ? AND left_at IS NULL", id).Update("left_at", db.At(tx.Now)), 1)
}

// setThird notes when the third member joined, once and for all, and when the group is asked whether it adopts its rules.
func setThird(tx *db.Tx, g GroupID) (first bool, err error) {
	n, err := countMembers(tx, g)
	if err != nil || n < 3 {
		return false, err
	}
	res := tx.Exec(`UPDATE groups SET third_at = ?, question_at = CASE WHEN founding_at > ? THEN founding_at ELSE ? END
		WHERE id = ? AND third_at IS NULL`, db.At(tx.Now), db.At(tx.Now), db.At(tx.Now.Add(FoundingWait)), g)
	return res.RowsAffected == 1, res.Error
}

func countMembers(tx *db.Tx, g GroupID) (int, error) {
	var n int64
	err := tx.Table("members").Where("group_id = ? AND left_at IS NULL", g).Count(&n).Error
	return int(n), err
}

func listMembers(tx *db.Tx, g GroupID, after ID, limit int) ([]Member, error) {
	return findMembers(tx, "group_id = ? AND left_at IS NULL AND id > ?", limit, g, after)
}

func listFounders(tx *db.Tx, g GroupID) ([]Member, error) {
	return findMembers(tx, "group_id = ? AND left_at IS NULL AND founder = 1", 10, g)
}

func findMembers(tx *db.Tx, where string, limit int, args ...any) ([]Member, error) {
	var rows []memberRow
	if err := tx.Where(where, args...).Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Member, len(rows))
	for i, r := range rows {
		out[i] = r.member()
	}
	return out, nil
}

func memberships(tx *db.Tx, person PersonID) ([]Membership, error) {
	var rows []memberRow
	if err := tx.Where("person_id = ? AND left_at IS NULL", person).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	ids := make([]GroupID, len(rows))
	for i, r := range rows {
		ids[i] = r.GroupID
	}
	groups, err := groupsByID(tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Membership, len(rows))
	for i, r := range rows {
		out[i] = Membership{groups[r.GroupID], r.member()}
	}
	return out, nil
}

func setFounding(tx *db.Tx, g GroupID, at time.Time, place string) error {
	return db.Affected(tx.Exec(`UPDATE groups SET founding_at = ?, founding_place = ?, question_at = CASE WHEN question_at IS NULL THEN NULL ELSE CAST(? AS BIGINT) END
		WHERE id = ?`, db.At(at), place, db.At(at), g), 1)
}

func setStep(tx *db.Tx, g GroupID, step int) error {
	return db.Affected(tx.Table("groups").Where("id = ?", g).Update("setup_step", step), 1)
}

type invitationRow struct {
	ID        int64
	Hash      []byte
	GroupID   GroupID
	MadeBy    ID
	MadeAt    db.Instant
	ExpiresAt db.Instant
	UsesLeft  int
	RevokedAt db.Instant
}

func (invitationRow) TableName() string { return "invitations" }

func (r invitationRow) invitation() Invitation {
	return Invitation{
		ID: r.ID, Group: r.GroupID, By: r.MadeBy, Made: r.MadeAt.Time, Expires: r.ExpiresAt.Time,
		Left: r.UsesLeft, Revoked: r.RevokedAt.Time,
	}
}

func insertInvitation(tx *db.Tx, a Actor, hash []byte, uses int, expires time.Time) (Invitation, error) {
	r := invitationRow{Hash: hash, GroupID: a.Group.ID, MadeBy: a.Member.ID, MadeAt: db.At(tx.Now), ExpiresAt: db.At(expires), UsesLeft: uses}
	err := tx.Create(&r).Error
	return r.invitation(), err
}

// findInvitation returns the open invitation with the hash, or fault.NotFound.
func findInvitation(tx *db.Tx, hash []byte) (Invitation, error) {
	i, err := anyInvitation(tx, hash)
	if err == nil && !i.Open(tx.Now) {
		return Invitation{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return i, err
}

// anyInvitation returns the invitation with the hash, open or not, or fault.NotFound.
func anyInvitation(tx *db.Tx, hash []byte) (Invitation, error) {
	var r invitationRow
	err := tx.Where("hash = ?", hash).Take(&r).Error
	return r.invitation(), err
}

func openInvitations(tx *db.Tx, g GroupID) ([]Invitation, error) {
	var rows []invitationRow
	err := tx.Where("group_id = ? AND revoked_at IS NULL AND uses_left > 0 AND expires_at > ?", g, db.At(tx.Now)).
		Order("id DESC").Limit(100).Find(&rows).Error
	out := make([]Invitation, len(rows))
	for i, r := range rows {
		out[i] = r.invitation()
	}
	return out, err
}

// useInvitation takes one place of it. The condition, not a look before, keeps two people from taking the last one.
func useInvitation(tx *db.Tx, id int64) error {
	res := tx.Exec("UPDATE invitations SET uses_left = uses_left - 1 WHERE id = ? AND uses_left > 0 AND revoked_at IS NULL", id)
	if res.Error == nil && res.RowsAffected == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return res.Error
}

// revoke closes the invitation; first is false if it was closed before.
func revoke(tx *db.Tx, g GroupID, id int64) (first bool, err error) {
	var known int64
	if err := tx.Table("invitations").Where("id = ? AND group_id = ?", id, g).Count(&known).Error; err != nil {
		return false, err
	}
	if known == 0 {
		return false, fault.New(fault.NotFound, "fault.not_found")
	}
	res := tx.Table("invitations").Where("id = ? AND revoked_at IS NULL", id).Update("revoked_at", db.At(tx.Now))
	return res.RowsAffected > 0, res.Error
}

func revokeAllOf(tx *db.Tx, m ID) error {
	return tx.Table("invitations").Where("made_by = ? AND revoked_at IS NULL", m).Update("revoked_at", db.At(tx.Now)).Error
}

type setupRow struct {
	Hash      []byte
	MadeAt    db.Instant
	ExpiresAt db.Instant
	UsedAt    db.Instant
	Draft     string
}

func (setupRow) TableName() string { return "setup_links" }

func insertSetupLink(tx *db.Tx, hash []byte, lasts time.Duration) error {
	return tx.Create(&setupRow{Hash: hash, MadeAt: db.At(tx.Now), ExpiresAt: db.At(tx.Now.Add(lasts))}).Error
}

func findSetup(tx *db.Tx, hash []byte) (d SetupDraft, err error) {
	var r setupRow
	if err := tx.Where("hash = ? AND used_at IS NULL AND expires_at > ?", hash, db.At(tx.Now)).Take(&r).Error; err != nil {
		return d, err
	}
	if r.Draft != "" {
		if err := json.Unmarshal([]byte(r.Draft), &d); err != nil {
			return d, fmt.Errorf("setup draft: %w", err)
		}
	}
	return d, nil
}

func keepSetup(tx *db.Tx, hash []byte, d SetupDraft) error {
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return openLink(tx, hash, map[string]any{"draft": string(b)})
}

func useSetup(tx *db.Tx, hash []byte) error {
	return openLink(tx, hash, map[string]any{"used_at": db.At(tx.Now), "draft": ""})
}

// openLink changes a setup link that can still be used, or returns fault.NotFound.
func openLink(tx *db.Tx, hash []byte, set map[string]any) error {
	res := tx.Table("setup_links").Where("hash = ? AND used_at IS NULL AND expires_at > ?", hash, db.At(tx.Now)).Updates(set)
	if res.Error == nil && res.RowsAffected == 0 {
		return fault.New(fault.NotFound, "fault.not_found").Because(errors.New("setup link used or over"))
	}
	return res.Error
}

func anyGroup(tx *db.Tx) (bool, error) {
	var n int64
	err := tx.Table("groups").Limit(1).Count(&n).Error
	return n > 0, err
}

// ForgetSetupLinks deletes the setup links that can no longer be used.
func ForgetSetupLinks(tx *db.Tx) error {
	return tx.Exec("DELETE FROM setup_links WHERE expires_at < ?", db.At(tx.Now)).Error
}
