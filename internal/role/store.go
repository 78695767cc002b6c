package role

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
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
	DueAt   db.Instant
}

func (roleRow) TableName() string { return "roles" }

func (r roleRow) role() Role {
	return Role{
		ID: r.ID, Group: r.GroupID, Begun: r.BegunAt.Time, Cause: r.Cause,
		Type: Type{Key: r.Key, Family: r.Family, Fill: r.Fill, Seats: r.Seats, Caps: member.ParseCaps(r.Caps)},
	}
}

type termRow struct {
	ID       TermID
	Ref      string
	GroupID  member.GroupID
	RoleID   ID
	MemberID member.ID
	Seat     int
	Caps     string
	StartsAt db.Instant
	EndsAt   db.Instant
	Cause    string
	EndedAt  db.Instant
	EndedHow string
}

func (termRow) TableName() string { return "terms" }

func (r termRow) term() Term {
	return Term{
		ID: r.ID, Ref: r.Ref, Group: r.GroupID, Role: r.RoleID, Member: r.MemberID, Seat: r.Seat, Caps: member.ParseCaps(r.Caps),
		Begins: r.StartsAt.Time, Ends: r.EndsAt.Time, Cause: r.Cause, Ended: r.EndedAt.Time, How: r.EndedHow,
	}
}

type drawRow struct {
	ID       DrawID
	GroupID  member.GroupID
	RoleID   ID
	Number   int
	State    State
	Seats    int
	Rulebook int
	AskedAt  db.Instant
	ClosesAt db.Instant
	DrawnAt  db.Instant
	StartsAt db.Instant
	Relaxed  string
	CommitTo string
	PoolHash string
	Secret   []byte
	Seed     string
	DueAt    db.Instant
}

func (drawRow) TableName() string { return "draws" }

func (r drawRow) draw() Draw {
	return Draw{
		ID: r.ID, Group: r.GroupID, Role: r.RoleID, Number: r.Number, State: r.State, Seats: r.Seats, Rulebook: r.Rulebook,
		Asked: r.AskedAt.Time, Closes: r.ClosesAt.Time, At: r.DrawnAt.Time, Starts: r.StartsAt.Time, Relaxed: ParseBars(r.Relaxed),
		PoolHash: r.PoolHash, Commit: r.CommitTo, Secret: r.Secret, Seed: r.Seed, due: r.DueAt.Time,
	}
}

func (d Draw) row() drawRow {
	return drawRow{
		ID: d.ID, GroupID: d.Group, RoleID: d.Role, Number: d.Number, State: d.State, Seats: d.Seats, Rulebook: d.Rulebook,
		AskedAt: db.At(d.Asked), ClosesAt: db.At(d.Closes), DrawnAt: db.At(d.At), StartsAt: db.At(d.Starts), Relaxed: WriteBars(d.Relaxed),
		CommitTo: d.Commit, PoolHash: d.PoolHash, Secret: d.Secret, Seed: d.Seed, DueAt: db.At(d.due),
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

type ticketRow struct {
	DrawID   DrawID
	Place    int
	MemberID member.ID
	Weight   int64
	Words    string
	Turn     *int
}

func (ticketRow) TableName() string { return "draw_pool" }

func (r ticketRow) ticket() Ticket {
	t := Ticket{Place: r.Place, Member: r.MemberID, Weight: r.Weight, Words: r.Words}
	if r.Turn != nil {
		t.Turn = *r.Turn
	}
	return t
}

func insertRole(tx *db.Tx, r Role, due time.Time) (Role, error) {
	row := roleRow{
		GroupID: r.Group, Key: r.Key, Family: r.Family, Fill: r.Fill, Seats: r.Seats, Caps: member.WriteCaps(r.Caps), BegunAt: db.At(r.Begun),
		Cause: r.Cause, DueAt: db.At(due),
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
		Ref: t.Ref, GroupID: t.Group, RoleID: t.Role, MemberID: t.Member, Seat: t.Seat, Caps: member.WriteCaps(t.Caps),
		StartsAt: db.At(t.Begins), EndsAt: db.At(t.Ends), Cause: t.Cause,
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

// causedBy returns the terms of the role that came from something, in the order in which they were given.
func causedBy(tx *db.Tx, r ID, cause string) (out []Term, err error) {
	var rows []termRow
	err = tx.Where("role_id = ? AND cause = ?", r, cause).Order("id").Find(&rows).Error
	for _, row := range rows {
		out = append(out, row.term())
	}
	return out, err
}

// termsBefore says whether there are terms of the role that came from something else.
func termsBefore(tx *db.Tx, r ID, cause string) (found bool, err error) {
	var n int
	err = tx.Raw("SELECT COUNT(*) FROM (SELECT 1 FROM terms WHERE role_id = ? AND cause <> ? LIMIT 1) t", r, cause).Scan(&n).Error
	return n > 0, err
}

// ofMembers returns the terms of the members in roles of their groups, with the key and family of each role.
func ofMembers(tx *db.Tx, ids []member.ID) (out []memberTerm, err error) {
	const most = 500
	for ; len(ids) > 0; ids = ids[min(most, len(ids)):] {
		var rows []struct {
			Row    termRow `gorm:"embedded"`
			Key    string
			Family string
		}
		err = tx.Raw(`SELECT t.*, r.key, r.family FROM terms t JOIN roles r ON r.id = t.role_id WHERE t.member_id IN ? ORDER BY t.starts_at, t.id`,
			ids[:min(most, len(ids))]).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, memberTerm{r.Row.term(), r.Key, r.Family})
		}
	}
	return out, nil
}

// memberTerm is a term with what limits ask of its role.
type memberTerm struct {
	Term
	key, family string
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

// insertDraw adds the draw under the group's next number.
func insertDraw(tx *db.Tx, d Draw) (Draw, error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM draws WHERE group_id = ?", d.Group).Scan(&d.Number).Error; err != nil {
		return d, err
	}
	r := d.row()
	err := tx.Create(&r).Error
	d.ID = r.ID
	return d, err
}

// putDraw stores how far a draw is that was at another state.
func putDraw(tx *db.Tx, d Draw, was State) error {
	r := d.row()
	return db.Affected(tx.Exec(`UPDATE draws SET state = ?, drawn_at = ?, starts_at = ?, relaxed = ?, commit_to = ?, pool_hash = ?, secret = ?,
		seed = ?, due_at = ? WHERE id = ? AND state = ?`,
		r.State, r.DrawnAt, r.StartsAt, r.Relaxed, r.CommitTo, r.PoolHash, r.Secret, r.Seed, r.DueAt, r.ID, was), 1)
}

// findDraw returns the group's draw with the number, or fault.NotFound.
func findDraw(tx *db.Tx, g member.GroupID, number int) (Draw, error) {
	var r drawRow
	err := tx.Where("group_id = ? AND number = ?", g, number).Take(&r).Error
	return r.draw(), err
}

// latest returns the newest draw of each of the roles.
func latest(tx *db.Tx, roles []ID) (map[ID]Draw, error) {
	var rows []drawRow
	err := tx.Raw("SELECT d.* FROM draws d JOIN (SELECT MAX(id) AS id FROM draws WHERE role_id IN ? GROUP BY role_id) n ON n.id = d.id", roles).Scan(&rows).Error
	out := make(map[ID]Draw, len(rows))
	for _, r := range rows {
		out[r.RoleID] = r.draw()
	}
	return out, err
}

// unanswered returns the group's draws that ask, and to which the member has not answered, those first that close first.
func unanswered(tx *db.Tx, g member.GroupID, m member.ID) (out []Draw, err error) {
	var rows []drawRow
	// The state is written out, so that the index of those that ask can serve.
	err = tx.Where(`group_id = ? AND state = 'asking' AND closes_at > ? AND NOT EXISTS
		(SELECT 1 FROM draw_answers a WHERE a.draw_id = draws.id AND a.member_id = ?)`, g, db.At(tx.Now), m).Order("closes_at, id").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.draw())
	}
	return out, err
}

// dueDraws returns up to limit draws for which time alone has something to do, the longest overdue first.
func dueDraws(tx *db.Tx, limit int) (out []Draw, err error) {
	var rows []drawRow
	err = tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, id").Limit(limit).Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.draw())
	}
	return out, err
}

// putAnswer keeps what a member says; what they said before is forgotten.
func putAnswer(tx *db.Tx, d DrawID, m member.ID, a Answer) error {
	return tx.Exec(`INSERT INTO draw_answers (draw_id, member_id, answer) VALUES (?, ?, ?)
		ON CONFLICT (draw_id, member_id) DO UPDATE SET answer = excluded.answer`, d, m, a).Error
}

func forgetAnswer(tx *db.Tx, m member.ID) error {
	return tx.Exec("DELETE FROM draw_answers WHERE member_id = ?", m).Error
}

func forgetAnswers(tx *db.Tx, d DrawID) error {
	return tx.Exec("DELETE FROM draw_answers WHERE draw_id = ?", d).Error
}

// answerOf returns what a member has said; "" is nothing.
func answerOf(tx *db.Tx, d DrawID, m member.ID) (a Answer, err error) {
	err = tx.Raw("SELECT COALESCE((SELECT answer FROM draw_answers WHERE draw_id = ? AND member_id = ?), '')", d, m).Scan(&a).Error
	return a, err
}

// answers returns how many have given each answer.
func answers(tx *db.Tx, d DrawID) (map[Answer]int, error) {
	var rows []struct {
		Answer Answer
		N      int
	}
	err := tx.Raw("SELECT answer, COUNT(*) AS n FROM draw_answers WHERE draw_id = ? GROUP BY answer", d).Scan(&rows).Error
	out := map[Answer]int{}
	for _, r := range rows {
		out[r.Answer] = r.N
	}
	return out, err
}

// willing returns who has said yes, in order.
func willing(tx *db.Tx, d DrawID) (ids []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM draw_answers WHERE draw_id = ? AND answer = ? ORDER BY member_id", d, Yes).Scan(&ids).Error
	return ids, err
}

func insertPool(tx *db.Tx, d DrawID, pool []Ticket) error {
	rows := make([]ticketRow, len(pool))
	for i, t := range pool {
		rows[i] = ticketRow{DrawID: d, Place: t.Place, MemberID: t.Member, Weight: t.Weight}
	}
	return tx.CreateInBatches(rows, 500).Error
}

// pool returns who is in the pool, by place.
func pool(tx *db.Tx, d DrawID) (out []Ticket, err error) {
	var rows []ticketRow
	err = tx.Where("draw_id = ?", d).Order("place").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.ticket())
	}
	return out, err
}

// putWords keeps what a member of the pool throws in, and returns their place. It returns fault.NotFound for who is not in it.
func putWords(tx *db.Tx, d DrawID, m member.ID, words string) (place int, err error) {
	err = tx.Raw("UPDATE draw_pool SET words = ? WHERE draw_id = ? AND member_id = ? AND turn IS NULL RETURNING place", words, d, m).Scan(&place).Error
	if err == nil && place == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return place, err
}

// putOrder keeps the order of the lot, by place.
func putOrder(tx *db.Tx, d DrawID, order []int64) error {
	for i, place := range order {
		if err := db.Affected(tx.Exec("UPDATE draw_pool SET turn = ? WHERE draw_id = ? AND place = ?", i+1, d, place), 1); err != nil {
			return err
		}
	}
	return nil
}
