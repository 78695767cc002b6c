// Package consent fills seats of roles by consent selection, as circles do (practice.md §2.8.3): everybody writes one name and why, in private;
// all are read together, each with who wrote it; everybody may write another name; who is named most is proposed, and a round of consent
// follows, in which whoever is proposed speaks last. Refusing is free at any time.
//
// The clock opens and closes every step, and no officer is needed: which name is proposed follows from how many wrote it. What is written
// is its writer's own until its round ends: no page, entry, log or export shows it, nor that somebody wrote. Then it stands in the open,
// with their name, which the forms say before somebody writes. Who says nothing has not agreed: a round in which too few speak chooses nobody.
//
// The terms are given in the transaction that records that somebody is agreed on. Where nobody is, a lot follows (role.Filler).
package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// ID names a selection.
type ID int64

// State is how far a selection is.
type State string

// The states, in order; Asking and Accepting come again for each round of consent. It ends as Final if it filled a seat, or as Nobody.
const (
	Naming    State = "naming"    // everybody writes one name in private
	Changing  State = "changing"  // all have been read, and everybody may write another
	Asking    State = "asking"    // names are proposed: everybody but those says what they think, in private
	Accepting State = "accepting" // all of that has been read, and who can be agreed on says yes, or not me
	Final     State = "final"
	Nobody    State = "nobody"
)

// IsOpen says whether the selection has not ended.
func (s State) IsOpen() bool { return s != "" && s != Final && s != Nobody }

// The rounds in which names are written.
const (
	FirstRound  = 1
	ChangeRound = 2
)

// paperRound is the round in which names are written in the state; 0: none are.
func (s State) paperRound() int {
	switch s {
	case Naming:
		return FirstRound
	case Changing:
		return ChangeRound
	}
	return 0
}

// Selection is one selection for seats of a role.
type Selection struct {
	ID       ID
	Group    member.GroupID
	Role     role.ID
	Number   int // from 1 in each group
	State    State
	Seats    []role.Vacancy
	Rulebook int
	Opened   time.Time
	Until    time.Time // the end of the step under way, or of the last
	Extended bool      // that step, once, because hardly anybody took part
	Round    int       // of consent, from 1
	Starts   time.Time // when the first term begins, if nothing is put off
	Active   int       // members, as it opened
	Quorum   int       // how many must speak in a round of consent, whoever is proposed among them
	Relaxed  []role.Bar
	Commit   string // the fingerprint of the secret, from the beginning
	Secret   []byte // which of those named as often comes first follows from it; published with the order
	Why      Why    // it filled no seat
	due      time.Time
}

// Ref names the selection in the record.
func (s Selection) Ref() string { return "selection/" + strconv.Itoa(s.Number) }

// Why is why a selection filled no seat.
type Why string

// The reasons. A lot follows each of them but the last.
const (
	NobodyNamed  Why = "nobody_named"
	NobodyAgreed Why = "nobody_agreed" // on none of those who were proposed
	TooFew       Why = "few"           // took part, also when there was more time
	Archived     Why = "archived"      // the group was
)

// Paper is what somebody wrote: one name, and why.
type Paper struct {
	Round  int
	By     member.ID
	Named  member.ID
	Reason string
}

// Nominee is somebody who was named, in the order in which they are proposed.
type Nominee struct {
	Turn     int // from 1
	Member   member.ID
	Named    int // by how many, in the end
	First    int // by how many before all names were read
	Round    int // of consent, in which they are proposed; 0: they have not been
	Accepted time.Time
	How      How
	Seat     int // that they are given
}

// How is how it ended for somebody who was named; "": it has not.
type How string

// The ends.
const (
	Agreed   How = "agreed"
	Objected How = "objected" // somebody objected
	Aside    How = "aside"    // too many stand aside
	Few      How = "few"      // too few spoke
	Refused  How = "refused"  // they said: not me
	Silent   How = "silent"   // they did not say yes in time
	HasLeft  How = "left"     // the group
	Barred   How = "barred"   // the limits stand against it by now
	Undone   How = "undone"   // the term could not be given any more; the record says why
	Unasked  How = "unasked"  // it ended before their turn
)

// Answer is what somebody says to a name that is proposed (practice.md §2.7).
type Answer string

// The answers. Who gives none has not agreed.
const (
	Agree      Answer = "agree"
	StandAside Answer = "aside"
	Object     Answer = "object" // with a reason
)

// Answers lists the answers in the order in which they are shown.
func Answers() []Answer { return []Answer{Agree, StandAside, Object} }

// Said is what somebody says to the name whose turn it is.
type Said struct {
	Turn   int
	By     member.ID
	Answer Answer
	Reason string
}

// How long the steps take, beside the first, for which the rules have the days of nominations; as in agreement at a distance
// (practice.md §2.7). Each ends in an evening.
const (
	stepDays = 2
	grace    = time.Hour      // how late a step may be closed and the next still end as if it had been in time
	late     = 24 * time.Hour // if nothing ran for longer when a step was over, members get the time that was lost
)

// MaxRounds is how often names are proposed before the selection has chosen nobody.
const MaxRounds = 3

// Limits of what is written.
const (
	ReasonWords = 100
	bytesAWord  = 20
)

// firstDays is how long the first names are written; more is given once if hardly anybody has.
func firstDays(r rulebook.Rules) (days, more int) {
	return r.NominationsDays, (r.NominationsDays + 1) / 2
}

// filling returns the filling as limits look at it. Who is not on the roll of the selection cannot be named.
func (s Selection) filling() role.Filling {
	return role.Filling{Closes: s.Opened, Starts: s.Starts, Seats: len(s.Seats)}
}

// MayWrite returns nil while names can be written.
func (s Selection) MayWrite(now time.Time) error {
	if s.State.paperRound() == 0 || !now.Before(s.Until) {
		return fault.New(fault.Conflict, "selection.names_closed")
	}
	return nil
}

// MayAnswer returns nil while members can say what they think of a name that is proposed.
func (s Selection) MayAnswer(now time.Time) error {
	if s.State != Asking || !now.Before(s.Until) {
		return fault.New(fault.Conflict, "selection.answers_closed")
	}
	return nil
}

// MayAccept returns nil while the nominee can say yes.
func (s Selection) MayAccept(n Nominee, now time.Time) error {
	if s.State != Accepting || !s.proposes(n) || !now.Before(s.Until) {
		return fault.New(fault.Conflict, "selection.accept_closed")
	}
	return nil
}

// proposes says whether the nominee is one of those in question now.
func (s Selection) proposes(n Nominee) bool { return s.Round > 0 && n.Round == s.Round && n.How == "" }

// asks says whether the nominee whose turn it is is in question now.
func (s Selection) asks(all []Nominee, turn int) bool {
	return slices.ContainsFunc(all, func(n Nominee) bool { return n.Turn == turn && s.proposes(n) })
}

// Begins is when the step begins at the earliest that comes after the one under way, if nothing is put off: the first that comes with 1, the one
// after it with 2. Each ends in an evening of the zone.
func (s Selection) Begins(ahead int, zone *time.Location) time.Time {
	return rulebook.Evening(s.Until.In(zone).AddDate(0, 0, (ahead-1)*stepDays), zone)
}

// Left is how many seats nobody has been given yet.
func (s Selection) Left(all []Nominee) int {
	left := len(s.Seats)
	for _, n := range all {
		if n.How == Agreed {
			left--
		}
	}
	return left
}

// tidy returns a reason as it is kept, and notes what is wrong with it. needed says whether there must be one.
func tidy(wrong map[string]lang.Msg, reason string, needed bool) string {
	reason = motion.Tidy(reason)
	switch {
	case reason == "" && needed:
		wrong["reason"] = lang.M("selection.reason.empty")
	case !utf8.ValidString(reason) || motion.Words(reason) > ReasonWords || len(reason) > bytesAWord*ReasonWords:
		wrong["reason"] = lang.M("election.too_long", "Max", ReasonWords, "Words", motion.Words(reason))
	}
	return reason
}

// commitTo is the fingerprint of a secret.
func commitTo(secret []byte) string {
	sum := sha256.Sum256(secret)
	return hex.EncodeToString(sum[:])
}

// lot is what decides between those who are named as often: nobody could know it before the secret is published, and anybody can work it out
// afterwards.
func lot(secret []byte, ref string) string {
	sum := sha256.Sum256([]byte(hex.EncodeToString(secret) + " " + ref))
	return hex.EncodeToString(sum[:])
}

// rank returns those who are named, in the order in which they are proposed: who is named by most in the end; then who was named by more before
// all names were read; then by the lot. Each writer counts once, by the last name that they wrote. Names of those who are out, and what
// was written by those who have left, count for nobody; refs has everybody else by their name in the record.
func rank(papers []Paper, refs map[member.ID]string, out func(member.ID) bool, secret []byte) (order []Nominee) {
	last := map[member.ID]Paper{}
	count := map[member.ID]*Nominee{}
	of := func(id member.ID) *Nominee {
		if count[id] == nil {
			count[id] = &Nominee{Member: id}
		}
		return count[id]
	}
	for _, p := range papers {
		if refs[p.By] == "" || refs[p.Named] == "" || out(p.Named) {
			continue
		}
		if p.Round == FirstRound {
			of(p.Named).First++
		}
	}
	for _, p := range papers { // also a second name that counts for nobody takes the place of the first
		if refs[p.By] != "" && p.Round >= last[p.By].Round {
			last[p.By] = p
		}
	}
	for _, p := range last {
		if refs[p.Named] != "" && !out(p.Named) {
			of(p.Named).Named++
		}
	}
	for _, n := range count {
		if n.Named > 0 {
			order = append(order, *n)
		}
	}
	slices.SortFunc(order, func(a, b Nominee) int {
		if a.Named != b.Named {
			return b.Named - a.Named
		}
		if a.First != b.First {
			return b.First - a.First
		}
		return strings.Compare(lot(secret, refs[a.Member]), lot(secret, refs[b.Member]))
	})
	for i := range order {
		order[i].Turn = i + 1
	}
	return order
}

// Count is how many gave each answer to a name.
type Count struct{ Agree, Aside, Object int }

// countOf counts the answers to the name whose turn it is.
func countOf(said []Said, turn int) (c Count) {
	for _, a := range said {
		if a.Turn != turn {
			continue
		}
		switch a.Answer {
		case Agree:
			c.Agree++
		case StandAside:
			c.Aside++
		case Object:
			c.Object++
		}
	}
	return c
}

// spoke is how many speak in the round, whoever is proposed among them: they do so last.
func (c Count) spoke() int { return c.Agree + c.Aside + c.Object + 1 }

// judge says how it ends for a name with these answers, before whoever is proposed has said anything; "": they can be agreed on. An objection is
// enough to go on to the next name. Who said nothing counts neither for it nor against it, but for the quorum.
func (s Selection) judge(c Count, r rulebook.Rules) How {
	aside := r.Consensus.StandAsideMax
	switch {
	case c.spoke() < s.Quorum:
		return Few
	case c.Object > 0:
		return Objected
	case c.Agree == 0 || c.Aside*aside.Den > (c.Agree+c.Aside)*aside.Num:
		return Aside
	}
	return ""
}
