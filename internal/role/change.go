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
)

// BeginTerm gives somebody a term in the transaction that records what it comes from, and writes down that it was given, or why it
// could not be. Package decision has it: all that decisions and draws do goes the same way.
type BeginTerm func(tx *db.Tx, g member.Group, r Role, t Term, who member.Member) (done bool, err error)

// Begin gives somebody a term. A waiver that they have for the role is used up by it.
func Begin(tx *db.Tx, l *ledger.Ledger, g member.Group, r Role, t Term, who member.Member) (Why, error) {
	if !who.Left.IsZero() {
		return Left, nil
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
		return "", nil // a waiver is for a term that fills the seat
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

// EndByDecision ends a term because the members decided it, and has the role looked after. Its history says that and nothing more
// (practice.md §2.9).
func EndByDecision(tx *db.Tx, l *ledger.Ledger, g member.Group, ref string) (Why, error) {
	t, why, err := living(tx, g, ref)
	if err != nil || why != "" {
		return why, err
	}
	return "", end(tx, l, g, t, ByVote, "")
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

// Ref names the waiver in the record.
func (w Granted) Ref() string { return "waiver/" + number(w.Cause) }

// number is what stands behind the word in a name of the record: 2026-003 in decision/2026-003.
func number(ref string) string {
	_, n, _ := strings.Cut(ref, "/")
	return n
}
