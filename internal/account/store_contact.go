package account

import (
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// Contact is how a member can be reached. It is for what sends, and stands on nobody's page but the member's own.
type Contact struct {
	Member member.ID
	Ref    string // of the member
	Email  string // empty: they have given none
	Wants  bool   // notices sent there
	Lang   string // that they chose; empty: none
}

// contactBatch is how many members are asked for in one statement.
const contactBatch = 500

// Contacts returns how those of the members can be reached who have not left.
func Contacts(tx *db.Tx, ids []member.ID) (map[member.ID]Contact, error) {
	out := make(map[member.ID]Contact, len(ids))
	for part := range slices.Chunk(ids, contactBatch) {
		var rows []struct {
			ID      member.ID
			Ref     string
			Email   string
			Notices *int64
			Lang    string
		}
		err := tx.Raw(`SELECT m.id, m.ref, COALESCE(l.email, '') AS email, l.notices, p.lang FROM members m JOIN people p ON p.id = m.person_id
			LEFT JOIN logins l ON l.person_id = m.person_id WHERE m.id IN ? AND m.left_at IS NULL`, part).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.ID] = Contact{Member: r.ID, Ref: r.Ref, Email: r.Email, Wants: wish(r.Notices) == Wanted, Lang: r.Lang}
		}
	}
	return out, nil
}

func wish(stored *int64) Wish {
	switch {
	case stored == nil:
		return Unasked
	case *stored == 0:
		return Unwanted
	}
	return Wanted
}

func setWish(tx *db.Tx, person member.PersonID, want bool) error {
	return updateLogin(tx, person, map[string]any{"notices": db.Flag(want), "notices_at": db.At(tx.Now)})
}
