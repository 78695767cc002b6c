package member

import (
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
)

// MayChange returns nil unless the group is archived: then it can be read and taken along, and nothing in it changes
// (practice.md §2.12.6).
func (g Group) MayChange() error {
	if g.Archived.IsZero() {
		return nil
	}
	return fault.New(fault.Conflict, "revival.refused")
}

// Archive makes the group read-only and closes its invitations, because of what is named. Its members stay on its last roll.
func Archive(tx *db.Tx, g GroupID, by string) error {
	if err := setArchived(tx, g, tx.Now, by); err != nil {
		return err
	}
	return revokeAllIn(tx, g)
}

// Reopen takes that back, but for the invitations: new ones have to be made.
func Reopen(tx *db.Tx, g GroupID) error { return setReopened(tx, g, tx.Now) }
