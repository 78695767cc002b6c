package balance_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/balance"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// world is a group that decides how many places of its convenors are reserved.
type world struct{ *votetest.World }

func (w world) role(key string) (r role.Role) {
	w.Helper()
	w.Read(func(tx *db.Tx) (err error) {
		r, err = role.Find(tx, w.Group.ID, key)
		return err
	})
	return r
}

// rule returns the rule for convenors that is in force.
func (w world) rule() (b balance.Rule) {
	w.Helper()
	w.Read(func(tx *db.Tx) (err error) {
		b, err = balance.Of(tx, w.role("convenors").ID)
		return err
	})
	return b
}

// decide has members put forward and carry how many places are reserved, and returns the vote as it closed.
func (w world) decide(places int, words string, yes, no int) ballot.View {
	w.Helper()
	m, err := w.Balances.Propose(w.Context(), w.Who[0], db.Once{}, "convenors", places, words, "We want it so.")
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = w.Motions.Support(w.Context(), w.Who[i], m.Number, m.Version)
	}
	if err != nil {
		w.Fatal(err)
	}
	if got := m.Opens.Sub(m.Tabled); got < time.Duration(w.Rulebook().NoticeDays.RuleChange)*24*time.Hour {
		w.Errorf("members have %v to talk about a change of the rules", got)
	}
	w.GoTo(m.Opens)
	b := w.Show(m.Number)
	w.Vote(b, yes, no, 0)
	return w.Show(m.Number)
}

// TestPlacesAreReservedAsRulesAreChanged: after the notice for that, by two thirds with the quorum for that, for what begins a week later; what is
// decided later holds instead.
func TestPlacesAreReservedAsRulesAreChanged(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := world{votetest.New(t, d, c, "B", 14)}
		w.GiveRoles()
		b := w.decide(1, "  not both  men ", 7, 4) // fewer than two of three
		if b.Outcome != tally.NotCarried || w.rule().Places != 0 {
			t.Fatalf("%+v, and the rule is %+v", b.Outcome, w.rule())
		}
		rules := w.Rulebook()
		if b.Quorum != rules.RuleChangeQuorum(b.Active) || b.Rule != tally.AtLeast(2, 3, tally.Cast) {
			t.Errorf("it takes %d voters and %+v", b.Quorum, b.Rule)
		}
		b = w.decide(1, "not both men", 8, 4)
		if b.Outcome != tally.Carried || w.rule().Places != 0 {
			t.Fatalf("%v, and the rule is in force at once: %+v", b.Outcome, w.rule())
		}
		c.Set(b.Closes.AddDate(0, 0, 7).Add(-time.Minute))
		if w.rule().Places != 0 {
			t.Error("it is in force before its week is over")
		}
		now, next, err := w.Balances.Rules(t.Context(), w.Who[0], []role.ID{w.role("convenors").ID})
		if err != nil || len(now) != 0 || len(next) != 1 {
			t.Errorf("in force %+v, to come %+v, %v", now, next, err)
		}
		c.Set(b.Closes.AddDate(0, 0, 7))
		if r := w.rule(); r.Places != 1 || r.Words != "not both men" || !strings.HasPrefix(r.Cause, "decision/") {
			t.Fatalf("the rule: %+v", r)
		}
		if got := w.Kinds("role/convenors"); !slices.Contains(got, "balance.decided") {
			t.Errorf("recorded: %v", got)
		}
		_, err = w.Balances.Propose(t.Context(), w.Who[0], db.Once{}, "convenors", 1, "not both men", "")
		w.WantKind("what is the rule already", err, fault.Conflict)
		b = w.decide(0, "", 12, 0)
		c.Set(b.Closes.AddDate(0, 0, 7))
		if r := w.rule(); r.Places != 0 || r.Words != "" || r.Cause == "" {
			t.Errorf("none any more: %+v", r)
		}
	})
}

// TestARuleNamesNobody, and says how many and for whom.
func TestARuleNamesNobody(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := world{votetest.New(t, d, c, "B", 6)}
		w.GiveRoles()
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("UPDATE members SET name = 'Ana Roe', name_key = 'anaroe' WHERE id = ?", w.Who[1].Member.ID).Error
		})
		for _, tt := range []struct {
			places int
			words  string
			field  string
		}{
			{1, "", "words"}, {1, strings.Repeat("word ", 13), "words"}, {1, "friends of Ana Roe", "words"}, {1, "ANA ROE’s shift", "words"}, {1, "for ana-roe", "words"},
			{1, "friends-of-Ana-Roe", "words"}, {1, "Ana Roe–like people", "words"},
			{3, "night shift", "places"}, {-1, "night shift", "places"},
		} {
			_, err := w.Balances.Propose(t.Context(), w.Who[0], db.Once{}, "convenors", tt.places, tt.words, "")
			if fields := fault.Fields(err); fields[tt.field].IsZero() {
				t.Errorf("%d for %q: %v", tt.places, tt.words, err)
			}
		}
		_, err := w.Balances.Propose(t.Context(), w.Who[0], db.Once{}, "tellers", 1, "night shift", "")
		w.WantKind("a role that is drawn", err, fault.Conflict)
		_, err = w.Balances.Propose(t.Context(), w.Who[0], db.Once{}, "nobody", 1, "night shift", "")
		w.WantKind("a role that is not there", err, fault.NotFound)
		m, err := w.Balances.Propose(t.Context(), w.Who[0], db.OnceFor(1, "x"), "convenors", 2, "night shift", "")
		if err != nil || m.AboutPerson || m.Kind != motion.Balance {
			t.Fatalf("%+v, %v", m, err)
		}
		again, err := w.Balances.Propose(t.Context(), w.Who[0], db.OnceFor(1, "x"), "convenors", 2, "night shift", "")
		if err != nil || again.ID != m.ID {
			t.Errorf("the same form made %d and %d, %v", m.ID, again.ID, err)
		}
		w.WantKind("changing its words", m.MayEdit(w.Who[0].Member.ID, c.Now()), fault.Conflict)
	})
}

// TestARuleThatCannotHold is not put in force where members have ended the role meanwhile, or have done away with seats of it.
func TestARuleThatCannotHold(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := world{votetest.New(t, d, c, "B", 6)}
		w.GiveRoles()
		try := func(b balance.Rule, key string) (why role.Why) {
			w.Write(func(tx *db.Tx) (err error) {
				b.From, b.Cause = tx.Now, "decision/2026-001"
				why, err = balance.Decide(tx, w.Ledger, w.Group, b, key)
				return err
			})
			return why
		}
		some := balance.Rule{Places: 2, Words: "night shift"}
		if why := try(some, "tellers"); why != balance.NotElected {
			t.Errorf("of a role that is drawn: %q", why)
		}
		if why := try(some, "none"); why != role.Unknown {
			t.Errorf("of no role: %q", why)
		}
		w.Write(func(tx *db.Tx) error {
			_, err := role.FewerByDecision(tx, w.Ledger, w.Group, "convenors")
			return err
		})
		if why := try(some, "convenors"); why != balance.TooMany {
			t.Errorf("two of one seat: %q", why)
		}
		w.Write(func(tx *db.Tx) error {
			_, _, err := role.EndRoleByDecision(tx, w.Ledger, w.Group, "convenors", "")
			return err
		})
		if why := try(balance.Rule{Places: 1, Words: "night shift"}, "convenors"); why != role.Ended {
			t.Errorf("of a role that has ended: %q", why)
		}
	})
}
