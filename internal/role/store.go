package role

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type roleRow struct {
	ID      ID
	GroupID member.GroupID
	Key     string
	Family  string
	Fill    Fill
	Seats   int
	Caps    string
	BegunAt db.Instant
	Cause   string
	EndedAt db.Instant
	IntoKey string
	SleptAt db.Instant
	AgainAt db.Instant
	WatchAt db.Instant
	DueAt   db.Instant
}

func (roleRow) TableName() string { return "roles" }

func (r roleRow) role() Role {
	return Role{
		ID: r.ID, Group: r.GroupID, Begun: r.BegunAt.Time, Cause: r.Cause, Ended: r.EndedAt.Time, Into: r.IntoKey, Slept: r.SleptAt.Time, again: r.AgainAt.Time, due: r.DueAt.Time,
		Type: Type{Key: r.Key, Family: r.Family, Fill: r.Fill, Seats: r.Seats, Caps: member.ParseCaps(r.Caps)},
	}
}

type termRow struct {
	ID       TermID
	Ref      string
	GroupID  member.GroupID
	RoleID   ID
	MemberID member.ID
	Kind     Kind
	Seat     int
	Caps     string
	StartsAt db.Instant
	EndsAt   db.Instant
	Cause    string
	Share    string
	EndedAt  db.Instant
	EndedHow string
}

func (termRow) TableName() string { return "terms" }

func (r termRow) term() Term {
	return Term{
		ID: r.ID, Ref: r.Ref, Group: r.GroupID, Role: r.RoleID, Member: r.MemberID, Kind: r.Kind, Seat: r.Seat, Caps: member.ParseCaps(r.Caps),
		Begins: r.StartsAt.Time, Ends: r.EndsAt.Time, Cause: r.Cause, Share: r.Share, Ended: r.EndedAt.Time, How: r.EndedHow,
	}
}

// ParseBars reads limits as WriteBars writes them, their names with commas between.
func ParseBars(s string) (out []Bar) {
	for b := range strings.SplitSeq(s, ",") {
		if b != "" {
			out = append(out, Bar(b))
		}
	}
	return out
}

// WriteBars writes limits as tables and the record hold them: their names with commas between.
func WriteBars(bars []Bar) string {
	names := make([]string, len(bars))
	for i, b := range bars {
		names[i] = string(b)
	}
	return strings.Join(names, ",")
}

func insertRole(tx *db.Tx, r Role, due time.Time) (Role, error) {
	row := roleRow{
		GroupID: r.Group, Key: r.Key, Family: r.Family, Fill: r.Fill, Seats: r.Seats, Caps: member.WriteCaps(r.Caps), BegunAt: db.At(r.Begun),
		Cause: r.Cause, DueAt: db.At(due), WatchAt: db.At(r.Begun),
	}
	err := tx.Create(&row).Error
	r.ID = row.ID
	return r, err
}

// rolesOf returns the group's roles, the oldest first.
func rolesOf(tx *db.Tx, g member.GroupID) (out []Role, err error) {
	var rows []roleRow
	err = tx.Where("group_id = ?", g).Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.role())
	}
	slices.SortFunc(out, func(a, b Role) int { return cmp.Compare(a.ID, b.ID) }) // there are few
	return out, err
}

// Find returns the group's role with the key, or fault.NotFound.
func Find(tx *db.Tx, g member.GroupID, key string) (Role, error) {
	var r roleRow
	err := tx.Where("group_id = ? AND key = ?", g, key).Take(&r).Error
	return r.role(), err
}

// Get returns the role with the id, or fault.NotFound.
func Get(tx *db.Tx, id ID) (Role, error) {
	var r roleRow
	err := tx.Where("id = ?", id).Take(&r).Error
	return r.role(), err
}

// nextDue finds the earliest of what dueRoles returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM roles WHERE due_at IS NOT NULL"

// dueRoles returns up to limit roles for which time alone has something to do, the longest overdue first.
func dueRoles(tx *db.Tx, limit int) (out []Role, err error) {
	var rows []roleRow
	err = tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, id").Limit(limit).Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.role())
	}
	return out, err
}

// setDue notes when time has something to do for the role next; never, if that is zero.
func setDue(tx *db.Tx, r ID, at time.Time) error {
	return db.Affected(tx.Exec("UPDATE roles SET due_at = ? WHERE id = ?", db.At(at), r), 1)
}

// formed returns groups that are not forming, were begun from a preset that has roles, and have none: those from before there were
// roles in the program.
func formed(tx *db.Tx, presets []string) (ids []member.GroupID, err error) {
	err = tx.Raw(`SELECT g.id FROM groups g WHERE g.third_at IS NOT NULL AND g.preset IN ? AND NOT EXISTS
		(SELECT 1 FROM roles r WHERE r.group_id = g.id) ORDER BY g.id`, presets).Scan(&ids).Error
	return ids, err
}

func insertTerm(tx *db.Tx, t Term) (Term, error) {
	row := termRow{
		Ref: t.Ref, GroupID: t.Group, RoleID: t.Role, MemberID: t.Member, Kind: t.Kind, Seat: t.Seat, Caps: member.WriteCaps(t.Caps),
		StartsAt: db.At(t.Begins), EndsAt: db.At(t.Ends), Cause: t.Cause, Share: t.Share,
	}
	err := tx.Create(&row).Error
	t.ID = row.ID
	return t, err
}

// endTerm notes that a term ends early. It returns fault.NotFound if it has ended already.
func endTerm(tx *db.Tx, t Term, at time.Time, how string) error {
	return db.Affected(tx.Exec("UPDATE terms SET ended_at = ?, ended_how = ? WHERE id = ? AND ended_at IS NULL", db.At(at), how, t.ID), 1)
}

// FindTerm returns the group's term with the ref, or fault.NotFound.
func FindTerm(tx *db.Tx, g member.GroupID, ref string) (Term, error) {
	var r termRow
	err := tx.Where("group_id = ? AND ref = ?", g, ref).Take(&r).Error
	return r.term(), err
}

// GetTerm returns the term with the id, or fault.NotFound.
func GetTerm(tx *db.Tx, id TermID) (Term, error) {
	var r termRow
	err := tx.Where("id = ?", id).Take(&r).Error
	return r.term(), err
}

// running returns the terms of the roles that end after the moment, whether they have begun or not, the first to begin first.
func running(tx *db.Tx, roles []ID, after time.Time) (out []Term, err error) {
	var rows []termRow
	err = tx.Where("role_id IN ? AND ends_at > ? AND (ended_at IS NULL OR ended_at > ?)", roles, db.At(after), db.At(after)).
		Order("starts_at, seat, id").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.term())
	}
	return out, err
}

// runningIn returns the terms in roles of the group that end after now, whether they have begun or not, by role.
func runningIn(tx *db.Tx, g member.GroupID) (out []Term, err error) {
	var rows []termRow
	err = tx.Raw("SELECT t.* FROM roles r JOIN terms t ON t.role_id = r.id WHERE r.group_id = ? AND t.ends_at > ? AND t.ended_at IS NULL ORDER BY r.id, t.seat, t.id",
		g, db.At(tx.Now)).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, r.term())
	}
	return out, err
}

// causedBy returns the terms of the role that came from something, in the order in which they were given.
func causedBy(tx *db.Tx, r ID, cause string) (out []Term, err error) {
	var rows []termRow
	err = tx.Where("role_id = ? AND cause = ?", r, cause).Order("id").Find(&rows).Error
	for _, row := range rows {
		out = append(out, row.term())
	}
	return out, err
}

// termsBefore says whether there are terms that filled seats of the role and came from something else.
func termsBefore(tx *db.Tx, r ID, cause string) (found bool, err error) {
	var n int
	err = tx.Raw("SELECT COUNT(*) FROM (SELECT 1 FROM terms WHERE role_id = ? AND cause <> ? AND kind = '' LIMIT 1) t", r, cause).Scan(&n).Error
	return n > 0, err
}

// ofMembers returns the terms of the members in roles of their groups, with the key and family of each role. Terms that they held before they
// left and joined again with the same account are theirs too: else leaving would end every limit.
func ofMembers(tx *db.Tx, ids []member.ID) (out []memberTerm, err error) {
	const most = 500
	for ; len(ids) > 0; ids = ids[min(most, len(ids)):] {
		var rows []struct {
			Row    termRow `gorm:"embedded"`
			Key    string
			Family string
			OfID   member.ID
		}
		err = tx.Raw(`SELECT t.*, r.key, r.family, me.id AS of_id FROM members me JOIN members m ON m.person_id = me.person_id AND m.group_id = me.group_id
			JOIN terms t ON t.member_id = m.id JOIN roles r ON r.id = t.role_id WHERE me.id IN ? ORDER BY t.starts_at, t.id`,
			ids[:min(most, len(ids))]).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, memberTerm{r.Row.term(), r.Key, r.Family, r.OfID})
		}
	}
	return out, nil
}

// memberTerm is a term with what limits ask of its role.
type memberTerm struct {
	Term
	key, family string
	of          member.ID // whose it is as a member now; Term.Member is who they were then
}

// livingTerms returns the terms of a member that are not over.
func livingTerms(tx *db.Tx, m member.ID) (out []Term, err error) {
	var rows []termRow
	err = tx.Where("member_id = ? AND ends_at > ? AND ended_at IS NULL", m, db.At(tx.Now)).Order("id").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.term())
	}
	return out, err
}

// past returns terms of the role that are over, the last to end first, and whether there are more.
func past(tx *db.Tx, r ID, limit int) (out []Term, more bool, err error) {
	var rows []termRow
	err = tx.Where("role_id = ? AND (ends_at <= ? OR ended_at <= ?)", r, db.At(tx.Now), db.At(tx.Now)).
		Order("ends_at DESC, id DESC").Limit(limit + 1).Find(&rows).Error
	for _, row := range rows[:min(limit, len(rows))] {
		out = append(out, row.term())
	}
	return out, len(rows) > limit, err
}
