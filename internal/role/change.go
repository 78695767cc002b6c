package role

import (
	"fmt"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Why is the reason, as a code, for which something cannot be done to a role any more: how the term ended, or one of those below.
// Nothing has been changed then.
type Why string

// The reasons beside those for which terms end early.
const (
	Over    Why = "over"    // the term had reached its date
	Taken   Why = "taken"   // somebody else holds the seat, or they hold another one of the role
	Waived  Why = "waived"  // they have a waiver for the role that is not used up
	Unknown Why = "unknown" // there is no such term, role or member

	RecalledBefore Why = "recalled" // members ended a term of theirs in the role not long ago
)

// BeginTerm gives somebody a term in the transaction that records what it comes from, and writes down that it was given, or why it
// could not be. Package decision has it: all that decisions and draws do goes the same way.
type BeginTerm func(tx *db.Tx, g member.Group, r Role, t Term, who member.Member) (done bool, err error)

// Begin gives somebody a term. A waiver that they have for the role is used up by it, and a role that sleeps is awake again: somebody has taken it.
func Begin(tx *db.Tx, l *ledger.Ledger, g member.Group, r Role, t Term, who member.Member) (Why, error) {
	if !who.Left.IsZero() {
		return Left, nil
	}
	if barred, err := recalledBefore(tx, g, r, t, who); err != nil || barred {
		return RecalledBefore, err
	}
	others, err := running(tx, []ID{r.ID}, t.Begins)
	if err != nil {
		return "", err
	}
	for _, o := range others {
		beside := t.Fills() && !o.Fills() // a caretaker is in nobody's way
		taken := o.Seat == t.Seat && !t.Shared(o) || o.Member == t.Member
		if !beside && o.Begins.Before(t.Ends) && taken {
			return Taken, nil
		}
	}
	if t, err = insertTerm(tx, t); err != nil {
		return "", fmt.Errorf("insert term: %w", err)
	}
	data := ledger.Data{
		"term": t.Ref, "role": r.Ref(), "member": who.Ref, "seat": t.Seat, "caps": member.WriteCaps(t.Caps), "begins": t.Begins, "ends": t.Ends, "cause": t.Cause,
	}
	if !t.Fills() {
		data["kind"] = string(t.Kind)
	}
	if t.Share != "" {
		data["share"] = t.Share
	}
	if err := note(tx, l, g, "term/"+t.Ref, "term.begun", "", data); err != nil {
		return "", err
	}
	if err := setWatch(tx, r.ID, tx.Now); err != nil {
		return "", err
	}
	if !t.Fills() {
		return "", nil // who looks after a seat has not taken the role, and a waiver is for a term that fills the seat
	}
	if r, err = Get(tx, r.ID); err == nil && r.Sleeps() {
		err = r.wake(tx, l, g)
	}
	if err != nil {
		return "", err
	}
	w, err := freeWaiver(tx, r.ID, who.ID)
	if err != nil || w.ID == 0 {
		return "", err
	}
	if err := useWaiver(tx, w, t); err != nil {
		return "", fmt.Errorf("use a waiver up: %w", err)
	}
	return "", note(tx, l, g, w.Ref(), "waiver.used", "", ledger.Data{"cause": w.Cause, "term": t.Ref, "bars": WriteBars(t.Waived)})
}

// recalledBefore says whether members ended a term of who is to get one so short before it that they cannot have it, also where they were
// elected or drawn before that. To look after a seat for some weeks members let them by two thirds, which is a decision of its own.
func recalledBefore(tx *db.Tx, g member.Group, r Role, t Term, who member.Member) (bool, error) {
	if !t.Fills() {
		return false, nil
	}
	terms, err := ofMembers(tx, []member.ID{who.ID})
	if err != nil {
		return false, err
	}
	w, err := freeWaiver(tx, r.ID, who.ID)
	if err != nil {
		return false, err
	}
	last := lastRecall(terms, r.ID)
	return !last.IsZero() && !w.reaches(last) && dayOf(t.Begins, g.Zone) < dayOf(last, g.Zone)+recallRest, nil
}

// EndByDecision ends a term because the members decided it, with what else the same person holds or is to hold of the role, and has the role
// looked after: who was elected for the time after it as well would be back within days. It returns the terms that it ended. Their history says
// that and nothing more (practice.md §2.9).
func EndByDecision(tx *db.Tx, l *ledger.Ledger, g member.Group, ref string) (ended []Term, why Why, err error) {
	t, why, err := living(tx, g, ref)
	if err != nil || why != "" {
		return nil, why, err
	}
	all, err := livingTerms(tx, t.Member)
	if err != nil {
		return nil, "", err
	}
	for _, other := range all {
		if other.Role != t.Role {
			continue
		}
		if err := end(tx, l, g, other, ByVote, ""); err != nil {
			return nil, "", err
		}
		ended = append(ended, other)
	}
	return ended, "", nil
}

// living returns a term that is not over, or why there is none.
func living(tx *db.Tx, g member.Group, ref string) (Term, Why, error) {
	t, err := FindTerm(tx, g.ID, ref)
	switch {
	case db.IsNotFound(err) || fault.KindOf(err) == fault.NotFound && err != nil:
		return t, Unknown, nil
	case err != nil:
		return t, "", err
	case tx.Now.Before(t.Over()):
		return t, "", nil
	case t.How != "":
		return t, Why(t.How), nil
	}
	return t, Over, nil
}

// IsOver says whether the term has ended, early or at its date.
func IsOver(tx *db.Tx, g member.Group, ref string) (bool, error) {
	_, why, err := living(tx, g, ref)
	return why != "", err
}

// WaiveByDecision lets a member take a role once although the limits stand against it, because the members decided it.
func WaiveByDecision(tx *db.Tx, l *ledger.Ledger, g member.Group, cause, key, ref string) (Why, error) {
	r, err := Find(tx, g.ID, key)
	if db.IsNotFound(err) {
		return Unknown, nil
	}
	if err != nil {
		return "", err
	}
	who, err := member.ByRef(tx, g.ID, ref)
	if db.IsNotFound(err) {
		return Unknown, nil
	}
	if err != nil {
		return "", err
	}
	if !who.Left.IsZero() {
		return Left, nil
	}
	was, err := freeWaiver(tx, r.ID, who.ID)
	if err != nil {
		return "", err
	}
	if was.ID != 0 {
		return Waived, nil
	}
	w := Granted{Group: g.ID, Cause: cause, Role: r.ID, Member: who.ID, At: tx.Now}
	if err := insertWaiver(tx, w); err != nil {
		return "", fmt.Errorf("insert waiver: %w", err)
	}
	if err := note(tx, l, g, w.Ref(), "waiver.granted", "", ledger.Data{"cause": cause, "role": r.Ref(), "member": who.Ref}); err != nil {
		return "", err
	}
	return "", nil
}

// end ends a term before its date, and has the role looked after.
func end(tx *db.Tx, l *ledger.Ledger, g member.Group, t Term, how, by string) error {
	if err := endTerm(tx, t, tx.Now, how); err != nil {
		return fmt.Errorf("end a term: %w", err)
	}
	kind := "term.ended"
	if how == ByVote {
		kind = "term.recalled"
	}
	if err := note(tx, l, g, "term/"+t.Ref, kind, by, ledger.Data{"term": t.Ref, "how": how}); err != nil {
		return err
	}
	return LookAfter(tx, t.Role)
}

func note(tx *db.Tx, l *ledger.Ledger, g member.Group, subject, kind, actor string, data ledger.Data) error {
	_, err := l.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: subject, Actor: actor, Data: data})
	return err
}

// Granted is that the members let somebody take a role once although the limits stand against it (practice.md §2.12.2).
type Granted struct {
	ID     int64
	Group  member.GroupID
	Cause  string // the decision
	Role   ID
	Member member.ID
	At     time.Time
	Term   TermID // that used it up; 0: none yet
	Bars   []Bar  // what would have stood against that term
}

// reaches says whether the waiver lets somebody take the role although members ended their term at an instant; zero: never. One that was
// granted before does not: members did not know of it.
func (w Granted) reaches(recalled time.Time) bool { return w.ID != 0 && !w.At.Before(recalled) }

// Ref names the waiver in the record.
func (w Granted) Ref() string { return "waiver/" + number(w.Cause) }

// number is what stands behind the word in a name of the record: 2026-003 in decision/2026-003.
func number(ref string) string {
	_, n, _ := strings.Cut(ref, "/")
	return n
}
