package member

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
)

type groupRow struct {
	ID            GroupID
	Ref           string
	Slug          string
	Name          string
	Aim           string
	Preset        string
	Zone          string
	Lang          string
	ParentID      *GroupID
	CreatedAt     db.Instant
	ThirdAt       db.Instant
	FoundingAt    db.Instant
	FoundingPlace string
	AdoptedAt     db.Instant
	QuestionAt    db.Instant
	SetupStep     int
	ArchivedAt    db.Instant
	ArchivedBy    string
	ReopenedAt    db.Instant
}

func (groupRow) TableName() string { return "groups" }

// zones are the time zones of groups by name: to load one reads a file.
var zones sync.Map

func zone(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	z, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, z)
	}
	return z, err
}

func (r groupRow) group() (Group, error) {
	zone, err := zone(r.Zone)
	if err != nil {
		return Group{}, fmt.Errorf("zone of group %d: %w", r.ID, err)
	}
	g := Group{
		ID: r.ID, Ref: r.Ref, Slug: r.Slug, Name: r.Name, Aim: r.Aim, Preset: r.Preset, Zone: zone, Lang: r.Lang,
		Created: r.CreatedAt.Time, Third: r.ThirdAt.Time, Founding: r.FoundingAt.Time, FoundingPlace: r.FoundingPlace,
		Adopted: r.AdoptedAt.Time, Question: r.QuestionAt.Time, SetupStep: r.SetupStep,
		Archived: r.ArchivedAt.Time, ArchivedBy: r.ArchivedBy, Reopened: r.ReopenedAt.Time,
	}
	if r.ParentID != nil {
		g.Parent = *r.ParentID
	}
	return g, nil
}

type memberRow struct {
	ID           ID
	Ref          string
	GroupID      GroupID
	PersonID     PersonID
	Name         string
	NameKey      string
	Founder      db.Flag
	IntroducedBy *ID
	JoinedAt     db.Instant
	LeftAt       db.Instant
	ActiveMonth  int
}

func (memberRow) TableName() string { return "members" }

func (r memberRow) member() Member {
	return Member{
		ID: r.ID, Ref: r.Ref, Group: r.GroupID, Person: r.PersonID, Name: r.Name, Founder: bool(r.Founder),
		Joined: r.JoinedAt.Time, Left: r.LeftAt.Time, ActiveMonth: r.ActiveMonth,
	}
}

// FindGroup returns the group with the slug, or fault.NotFound.
func FindGroup(tx *db.Tx, slug string) (Group, error) {
	var r groupRow
	if err := tx.Where("slug = ?", slug).Take(&r).Error; err != nil {
		return Group{}, err
	}
	return r.group()
}

// GetGroup returns the group with the id, or fault.NotFound.
func GetGroup(tx *db.Tx, id GroupID) (Group, error) {
	var r groupRow
	if err := tx.Where("id = ?", id).Take(&r).Error; err != nil {
		return Group{}, err
	}
	return r.group()
}

// groupsByID returns the groups with the ids.
func groupsByID(tx *db.Tx, ids []GroupID) (map[GroupID]Group, error) {
	var rows []groupRow
	if err := tx.Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[GroupID]Group, len(rows))
	for _, r := range rows {
		g, err := r.group()
		if err != nil {
			return nil, err
		}
		out[g.ID] = g
	}
	return out, nil
}

// Get returns the member with the id, or fault.NotFound.
func Get(tx *db.Tx, id ID) (Member, error) {
	var r memberRow
	if err := tx.Where("id = ?", id).Take(&r).Error; err != nil {
		return Member{}, err
	}
	return r.member(), nil
}

// ByRef returns the group's member with the reference, who may have left, or fault.NotFound.
func ByRef(tx *db.Tx, g GroupID, ref string) (Member, error) {
	var r memberRow
	err := tx.Where("group_id = ? AND ref = ?", g, ref).Take(&r).Error
	return r.member(), err
}

// ByName returns the member who is called so in the group now, however it is written, or fault.NotFound.
func ByName(tx *db.Tx, g GroupID, name string) (Member, error) {
	var r memberRow
	err := tx.Where("group_id = ? AND name_key = ? AND left_at IS NULL", g, Fold(name)).Take(&r).Error
	return r.member(), err
}

// ByNames returns the members who are called by any of the names in the group now, however they are written, by Fold of the name.
func ByNames(tx *db.Tx, g GroupID, names []string) (map[string]Member, error) {
	out := map[string]Member{}
	if len(names) == 0 {
		return out, nil
	}
	keys := make([]string, len(names))
	for i, n := range names {
		keys[i] = Fold(n)
	}
	var rows []memberRow
	err := tx.Where("group_id = ? AND name_key IN ? AND left_at IS NULL", g, keys).Find(&rows).Error
	for _, r := range rows {
		m := r.member()
		out[Fold(m.Name)] = m
	}
	return out, err
}

// ActorIn returns the person as an actor in the group with the slug. A person who is not (or no more) a member gets
// an actor whose IsMember is false. It returns fault.NotFound if there is no such group.
func ActorIn(tx *db.Tx, person PersonID, slug string) (Actor, error) {
	var r actorRow
	found, err := tx.Row(actorQuery, []any{db.At(tx.Now), db.At(tx.Now), person, slug}, r.into()...)
	return r.actor(person, found, err)
}

// actorRow is what stands behind an actor, read with one statement: it is asked with every request and every change.
type actorRow struct {
	group  groupRow
	member memberRow
	terms  string
	jobs   string // in meetings, in the same form
	size   int64  // of the group's record
}

var actorQuery = `SELECT g.id, g.ref, g.slug, g.name, g.aim, g.preset, g.zone, g.lang, g.parent_id, g.created_at, g.third_at, g.founding_at,
	g.founding_place, g.adopted_at, g.question_at, g.setup_step, g.archived_at, g.archived_by, g.reopened_at, COALESCE(m.id, 0), COALESCE(m.ref, ''), COALESCE(m.name, ''), COALESCE(m.founder, 0), m.joined_at,
	COALESCE(m.active_month, 0), COALESCE((SELECT string_agg(t.ref || ' ' || r.key || ' ' || t.caps || ' ' || t.starts_at || ' ' || t.ends_at || ' ' || t.kind, ';')
		FROM terms t JOIN roles r ON r.id = t.role_id WHERE t.member_id = m.id AND t.ends_at > ? AND t.ended_at IS NULL), ''),
	COALESCE((SELECT string_agg(j.ref || ' ' || j.job || ' ' || j.caps || ' ' || j.starts_at || ' ' || j.ends_at || ' meeting', ';')
		FROM meeting_terms j WHERE j.member_id = m.id AND j.ends_at > ? AND j.ended_at IS NULL AND j.shadow = 0), ''), ` + ledger.SizeOf("g.id") + `
	FROM groups g LEFT JOIN members m ON m.group_id = g.id AND m.person_id = ? AND m.left_at IS NULL WHERE g.slug = ?`

// into lists the variables for the columns of actorQuery.
func (r *actorRow) into() []any {
	g, m := &r.group, &r.member
	return []any{&g.ID, &g.Ref, &g.Slug, &g.Name, &g.Aim, &g.Preset, &g.Zone, &g.Lang, &g.ParentID, &g.CreatedAt, &g.ThirdAt, &g.FoundingAt,
		&g.FoundingPlace, &g.AdoptedAt, &g.QuestionAt, &g.SetupStep, &g.ArchivedAt, &g.ArchivedBy, &g.ReopenedAt, &m.ID, &m.Ref, &m.Name, &m.Founder, &m.JoinedAt, &m.ActiveMonth, &r.terms, &r.jobs, &r.size}
}

func (r *actorRow) actor(person PersonID, found bool, err error) (Actor, error) {
	if err == nil && !found {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return Actor{}, err
	}
	g, err := r.group.group()
	a := Actor{Person: person, Group: g}
	if r.member.ID != 0 {
		r.member.GroupID, r.member.PersonID = g.ID, person
		a.Member = r.member.member()
		roles, errR := parseTerms(r.terms)
		jobs, errJ := parseTerms(r.jobs)
		if err := errors.Join(errR, errJ); err != nil {
			return Actor{}, err
		}
		a.Terms = append(roles, jobs...)
	}
	return a, err
}

// parseTerms reads terms as actorQuery writes them: of each its ref, its role, its powers with commas between, and when it begins and
// ends, in milliseconds, and how it is held. A role may come with chores and no powers.
func parseTerms(s string) (out []Term, err error) {
	if s == "" {
		return nil, nil
	}
	for one := range strings.SplitSeq(s, ";") {
		t, err := parseTerm(strings.Split(one, " "))
		if err != nil {
			return nil, fmt.Errorf("read the term %q: %w", one, err)
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Term) int { return cmp.Or(a.Begins.Compare(b.Begins), strings.Compare(a.Ref, b.Ref)) })
	return out, nil
}

// parseTerm reads what stands of one term. A role may give no powers.
func parseTerm(words []string) (t Term, err error) {
	if len(words) != 6 {
		return t, errors.New("it has not all that a term has")
	}
	begins, errB := strconv.ParseInt(words[3], 10, 64)
	ends, errE := strconv.ParseInt(words[4], 10, 64)
	t = Term{Ref: words[0], Role: words[1], Kind: words[5], Caps: ParseCaps(words[2]), Begins: time.UnixMilli(begins).UTC(), Ends: time.UnixMilli(ends).UTC()}
	return t, errors.Join(errB, errE)
}

// Many returns the members with the ids, by id, also those who have left.
func Many(tx *db.Tx, ids []ID) (map[ID]Member, error) {
	out := make(map[ID]Member, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []memberRow
	if err := tx.Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		out[r.ID] = r.member()
	}
	return out, nil
}

// mayVote is who is entitled to vote at an instant. Founders and those who joined while the group was forming need not wait: there was nobody to
// pack the meeting against.
const mayVote = `(m.left_at IS NULL OR m.left_at > ?)
		AND (m.joined_at <= ? OR (m.joined_at <= ? AND g.third_at IS NOT NULL AND m.joined_at <= g.third_at))`

// MayVoteAt says whether a member is among those whom RollAt returns.
func MayVoteAt(tx *db.Tx, who ID, t time.Time, wait time.Duration) (bool, error) {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM members m JOIN groups g ON g.id = m.group_id WHERE m.id = ? AND "+mayVote,
		who, db.At(t), db.At(t.Add(-wait)), db.At(t)).Scan(&n).Error
	return n > 0, err
}

// RollAt returns the members entitled to vote in a ballot that opens at t: those who had joined at least wait before
// t and had not left by t, in order of id. It follows from dates alone, so it is the same however late it is asked.
func RollAt(tx *db.Tx, g GroupID, t time.Time, wait time.Duration) ([]ID, error) {
	var ids []ID
	err := tx.Raw("SELECT m.id FROM members m JOIN groups g ON g.id = m.group_id WHERE m.group_id = ? AND "+mayVote+" ORDER BY m.id", g, db.At(t), db.At(t.Add(-wait)), db.At(t)).Scan(&ids).Error
	return ids, err
}

// OnRollAt returns how many members RollAt returns.
func OnRollAt(tx *db.Tx, g GroupID, t time.Time, wait time.Duration) (n int64, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM members m JOIN groups g ON g.id = m.group_id WHERE m.group_id = ? AND "+mayVote, g, db.At(t), db.At(t.Add(-wait)), db.At(t)).Scan(&n).Error
	return n, err
}

// Active returns A, how many members on the roll at t were active in the window before it (practice.md §2.2):
// something they did falls into one of its months, or they joined within it.
func Active(tx *db.Tx, g GroupID, t time.Time, window time.Duration) (n int, err error) {
	since := t.Add(-window)
	err = tx.Raw(`SELECT COUNT(*) FROM members WHERE group_id = ? AND joined_at <= ? AND (left_at IS NULL OR left_at > ?)
		AND (active_month >= ? OR joined_at >= ?)`, g, db.At(t), db.At(t), Month(since), db.At(since)).Scan(&n).Error
	return n, err
}

// ActiveOnRoll returns how many of those on the roll at t (see RollAt) count as active (see Active): the people a quorum
// is a share of. Newcomers who may not vote yet are not among them.
func ActiveOnRoll(tx *db.Tx, g GroupID, t time.Time, wait, window time.Duration) (n int, err error) {
	since := t.Add(-window)
	err = tx.Raw("SELECT COUNT(*) FROM members m JOIN groups g ON g.id = m.group_id WHERE m.group_id = ? AND "+mayVote+`
		AND (m.active_month >= ? OR m.joined_at >= ?)`,
		g, db.At(t), db.At(t.Add(-wait)), db.At(t), Month(since), db.At(since)).Scan(&n).Error
	return n, err
}

// TouchMany notes that the members were active in the month of at, all in one go. Ids are best given in order.
func TouchMany(tx *db.Tx, ids []ID, at time.Time) error {
	const most = 500
	for month := Month(at); len(ids) > 0; ids = ids[min(most, len(ids)):] {
		some := ids[:min(most, len(ids))]
		if err := tx.Exec("UPDATE members SET active_month = ? WHERE id IN ? AND active_month < ?", month, some, month).Error; err != nil {
			return err
		}
	}
	return nil
}

// Touch notes that the member was active this month. Never call it while a secret paper is cast.
func Touch(tx *db.Tx, m Member) error {
	now := Month(tx.Now)
	if m.ActiveMonth >= now {
		return nil
	}
	return tx.Exec("UPDATE members SET active_month = ? WHERE id = ? AND active_month < ?", now, m.ID, now).Error
}

// SetPreset notes which preset the group's rules began with. Package rulebook calls it when the founder chooses another.
func SetPreset(tx *db.Tx, g GroupID, preset string) error {
	return db.Affected(tx.Exec("UPDATE groups SET preset = ? WHERE id = ?", preset, g), 1)
}
