package motion

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// PageSize is how many things a list shows at once.
const PageSize = 25

// Filter chooses the motions of a list.
type Filter struct {
	States []State // one or more; none means all that were ever put forward
	After  int     // only those beyond this number, in the order of the list; 0: from the start
	Oldest bool    // the longest waiting first, else the newest first
	Limit  int     // 0: PageSize
}

// listed are the columns that lists show; everything but what only the motion's own page needs.
const listed = `id, group_id, number, mover_id, kind, about_person, about_id, state, version, title, forum, agreement, sought_at, tabled_at,
	text_until, opens_at, fallback_at, meeting, meetings, closes_at, withdrawn_at, ended_at, again_id, bar_until, supporters, posts, last_post_id, rulebook`

// list returns a page of motions, and whether there are more. Each state is read by its own run through the index, a page
// of each, and the runs are merged, so that a page costs the same however many motions there are.
func list(tx *db.Tx, g member.GroupID, f Filter) (ms []Motion, more bool, err error) {
	if f.Limit == 0 {
		f.Limit = PageSize
	}
	var rows []row
	states := f.States
	if len(states) == 0 {
		states = []State{""}
	}
	for _, s := range states {
		var run []row
		sql, args := f.query(g, s)
		if err := tx.Raw(sql, args...).Scan(&run).Error; err != nil {
			return nil, false, err
		}
		rows = append(rows, run...)
	}
	slices.SortFunc(rows, func(a, b row) int {
		if f.Oldest {
			return a.Number - b.Number
		}
		return b.Number - a.Number
	})
	if len(rows) > f.Limit {
		return motions(rows[:f.Limit]), true, nil
	}
	return motions(rows), false, nil
}

// oldestOf returns the first few motions of the group in each of the states.
func oldestOf(tx *db.Tx, g member.GroupID, states []State, few int) (map[State][]Motion, error) {
	var runs []string
	var args []any
	f := Filter{Oldest: true, Limit: few - 1} // query reads one more, to say whether there is
	for _, s := range states {
		sql, own := f.query(g, s)
		runs, args = append(runs, "SELECT * FROM ("+sql+") run"), append(args, own...)
	}
	var rows []row
	err := tx.Raw(strings.Join(runs, " UNION ALL "), args...).Scan(&rows).Error
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.Number, b.Number) }) // few: the database need not sort them
	out := map[State][]Motion{}
	for _, m := range motions(rows) {
		out[m.State] = append(out[m.State], m)
	}
	return out, err
}

// query is the run through one state, or through all that was ever put forward.
func (f Filter) query(g member.GroupID, s State) (sql string, args []any) {
	order, beyond := "DESC", "<"
	if f.Oldest {
		order, beyond = "ASC", ">"
	}
	sql, args = "SELECT "+listed+" FROM motions WHERE group_id = ?", []any{g}
	if s != "" {
		sql, args = sql+" AND state = ?", append(args, s)
	} else {
		sql += " AND number > 0"
	}
	if f.After != 0 {
		sql, args = sql+" AND number "+beyond+" ?", append(args, f.After)
	}
	return sql + " ORDER BY number " + order + " LIMIT ?", append(args, f.Limit+1)
}

// draftsOf returns the member's drafts, the newest first.
func draftsOf(tx *db.Tx, who member.ID, limit int) ([]Motion, error) {
	var rows []row
	err := tx.Where("mover_id = ? AND state = ?", who, Draft).Order("id DESC").Limit(limit).Find(&rows).Error
	return motions(rows), err
}

// stamp is when a version was written.
type stamp struct {
	N  int
	At db.Instant
}

// versions returns when each version of the motion was written, the first one first.
func versions(tx *db.Tx, id ID) (stamps []stamp, err error) {
	err = tx.Raw("SELECT n, at FROM motion_versions WHERE motion_id = ? ORDER BY n", id).Scan(&stamps).Error
	return stamps, err
}

// undecided returns the group's motions that still wait to be decided, the oldest first.
func undecided(tx *db.Tx, g member.GroupID) ([]Motion, error) {
	var rows []row
	err := tx.Where("group_id = ? AND state IN ?", g, Open()).Order("id").Find(&rows).Error
	return motions(rows), err
}

// forMeeting returns motions for a meeting that were tabled by an instant, are on no agenda, and whose online vote opens later than another.
func forMeeting(tx *db.Tx, g member.GroupID, tabled, opens time.Time, limit int) ([]Motion, error) {
	var rows []row
	err := tx.Where(`group_id = ? AND state = 'tabled' AND forum = 'meeting' AND tabled_at <= ? AND opens_at > ? AND meeting = ''
		AND meetings < ? AND withdrawn_at IS NULL`, g, db.At(tabled), db.At(opens), mostMeetings).Order("tabled_at, id").Limit(limit).Find(&rows).Error
	return motions(rows), err
}

// Saying returns the group's motions that say in their title or in a point what the sentence says, as matter compares them, the oldest first: those that
// wait to be decided, those that were over since then, and those named besides.
func Saying(tx *db.Tx, g member.GroupID, sentence string, since time.Time, besides []ID) (out []Motion, err error) {
	var rows []struct {
		Row  row `gorm:"embedded"`
		Says string
	}
	err = tx.Raw(`SELECT m.*, COALESCE(c.text, '') AS says FROM motions m LEFT JOIN clauses c ON c.motion_id = m.id AND c.n = m.version
		WHERE m.group_id = ? AND m.number > 0 AND (m.state IN ? OR m.ended_at > ? OR m.id IN ?) ORDER BY m.id`, g, Open(), db.At(since), append(besides, 0)).Scan(&rows).Error
	same := matter(sentence)
	if same == "" {
		return nil, err
	}
	for _, r := range rows {
		known := len(out) > 0 && out[len(out)-1].ID == r.Row.ID
		if !known && (matter(r.Says) == same || matter(r.Row.Title) == same) {
			out = append(out, r.Row.motion())
		}
	}
	return out, err
}
