package role

import (
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// HeldSince returns for each of the roles the members who have held it at some time after the instant, or hold it.
func HeldSince(tx *db.Tx, roles []ID, after time.Time) (map[ID][]member.ID, error) {
	var rows []struct {
		RoleID   ID
		MemberID member.ID
	}
	err := tx.Raw(`SELECT DISTINCT t.role_id, t.member_id FROM terms t JOIN members m ON m.id = t.member_id AND m.left_at IS NULL
		WHERE t.role_id IN ? AND t.ends_at > ? AND t.starts_at <= ? AND (t.ended_at IS NULL OR t.ended_at > ? AND t.ended_at > t.starts_at)
		ORDER BY t.role_id, t.member_id`, roles, db.At(after), db.At(tx.Now), db.At(after)).Scan(&rows).Error
	out := map[ID][]member.ID{}
	for _, r := range rows {
		out[r.RoleID] = append(out[r.RoleID], r.MemberID)
	}
	return out, err
}

// BeforeIn returns the newest terms that filled the seat, were under way before the one given and are over: several where people shared it,
// whoever held it longest coming first. There are none while one of them goes on.
func BeforeIn(tx *db.Tx, t Term) ([]Term, error) {
	var rows []termRow
	err := tx.Raw(`SELECT * FROM terms WHERE role_id = ? AND seat = ? AND kind = '' AND starts_at < ? AND (ended_at IS NULL OR ended_at > starts_at)
		ORDER BY starts_at DESC, COALESCE(ended_at, ends_at) DESC, id DESC LIMIT 1`, t.Role, t.Seat, db.At(t.Begins)).Scan(&rows).Error
	if err != nil || len(rows) == 0 || rows[0].term().Over().After(t.Begins) {
		return nil, err
	}
	return inTime(sharing(tx, rows[0].term()))
}

// Newest returns, of each seat of the role, the last few terms that filled it, have begun and were to end after the moment, the oldest first;
// terms of people who share it count as one.
func Newest(tx *db.Tx, r ID, few int, after time.Time) (out []Term, err error) {
	var rows []termRow
	err = tx.Raw(`SELECT * FROM terms WHERE id IN (SELECT id FROM (SELECT t.id, DENSE_RANK() OVER (PARTITION BY t.seat ORDER BY t.starts_at DESC) AS nth
		FROM terms t WHERE t.role_id = ? AND t.kind = '' AND t.starts_at <= ? AND t.ends_at > ? AND (t.ended_at IS NULL OR t.ended_at > t.starts_at)) x
		WHERE nth <= ?) ORDER BY starts_at, id`, r, db.At(tx.Now), db.At(after), few).Scan(&rows).Error
	for _, row := range rows {
		out = append(out, row.term())
	}
	return out, err
}

// AfterAmong is AfterIn where all of the role's terms have been read that can come next: those that are not over, and of each seat the newest.
func AfterAmong(tx *db.Tx, all []Term, t Term) ([]Term, error) {
	if own := goingOn(all, t, tx.Now); len(own) > 0 {
		return own, nil
	}
	var next Term
	for _, o := range all {
		if !o.Fills() || o.Seat != t.Seat || o.ID == t.ID || o.Begins.Before(t.Over()) || !o.Over().After(o.Begins) {
			continue
		}
		if next.ID == 0 || o.Begins.Before(next.Begins) || o.Begins.Equal(next.Begins) && o.ID < next.ID {
			next = o
		}
	}
	if next.ID == 0 {
		return nil, nil
	}
	return inTime(sharing(tx, next))
}

// AfterIn returns the first terms that fill the seat, begin when the one given is over or later and were not declined: several where people
// share it. Whoever only looks after a seat is nobody's successor. Who shared the seat with its holder comes beside them and not after, but
// where the holder has left early and they go on with the place, it is theirs.
func AfterIn(tx *db.Tx, t Term) ([]Term, error) {
	if !t.Ended.IsZero() {
		beside, err := sharing(tx, t)
		if own := goingOn(beside, t, tx.Now); err != nil || len(own) > 0 {
			return own, err
		}
	}
	var rows []termRow
	err := tx.Raw(`SELECT * FROM terms WHERE role_id = ? AND seat = ? AND kind = '' AND id <> ? AND starts_at >= ? AND (ended_at IS NULL OR ended_at > starts_at)
		ORDER BY starts_at, id LIMIT 1`, t.Role, t.Seat, t.ID, db.At(t.Over())).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return inTime(sharing(tx, rows[0].term()))
}

// goingOn returns, of some terms, those of people who share the seat with the term's holder, who has left early, and who go on with it.
func goingOn(some []Term, t Term, now time.Time) (out []Term) {
	for _, o := range some {
		seen := slices.ContainsFunc(out, func(s Term) bool { return s.ID == o.ID })
		if !t.Ended.IsZero() && t.Shared(o) && o.ID != t.ID && o.Over().After(t.Over()) && o.Over().After(now) && !seen {
			out = append(out, o)
		}
	}
	return out
}

// GoneFrom returns the terms of people who shared the seat with the term's holder and left early, after they had held it, whoever left last
// coming first. There are none once the term is over.
func GoneFrom(tx *db.Tx, t Term) ([]Term, error) {
	if t.Share == "" || !t.Holds(tx.Now) {
		return nil, nil
	}
	beside, err := inTime(sharing(tx, t))
	return slices.DeleteFunc(beside, func(o Term) bool { return o.ID == t.ID || o.Over().After(tx.Now) }), err
}

// inTime returns those of the terms that were not declined, the last to end first.
func inTime(terms []Term, err error) ([]Term, error) {
	terms = slices.DeleteFunc(terms, func(t Term) bool { return !t.Over().After(t.Begins) })
	slices.SortStableFunc(terms, func(a, b Term) int { return b.Over().Compare(a.Over()) })
	return terms, err
}
