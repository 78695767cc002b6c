// Package balance keeps how many seats of a role are reserved, and for whom in the group's own words: "not both men", "night shift"
// (practice.md §2.8.2). Members decide it as they change their rules, and a rule holds until they decide another one.
//
// It says for how many people there is room, and never who they are: candidates say for themselves whether they stand for a reserved place, and
// package election keeps that with the candidature. A rule names nobody.
package balance

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// Rule is that at least so many seats of a role are for people who stand for a reserved place.
type Rule struct {
	Group  member.GroupID
	Role   role.ID
	Places int    // 0: none are reserved any more
	Words  string // for whom; empty if there are none
	From   time.Time
	Cause  string // decision/2026-014
}

// Of returns the rule that is in force for the role now. It has no places if there is none.
func Of(tx *db.Tx, r role.ID) (Rule, error) { return latest(tx, r) }
