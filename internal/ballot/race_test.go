package ballot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/urn"
	"folkmoot/internal/votetest"
)

// polls brings a vote of each kind before a group.
var polls = map[string]func(w *votetest.World) motion.Motion{
	"open":       func(w *votetest.World) motion.Motion { return w.Table(false) },
	"secret":     func(w *votetest.World) motion.Motion { return w.Table(true) },
	"by ranking": func(w *votetest.World) motion.Motion { return w.TableRanked(votetest.Options(4, 2)) },
}

// together runs f n times at the same moment and waits.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			f(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

// TestDoubleVoteRaceV01 has one voter send a thousand votes at the same moment, from fifty browsers that are signed in, each of which
// sends its form twenty times. There is one vote, and every answer says the same of it: in a secret ballot one browser's form
// was taken, with one receipt however often it was sent, and all others are told that a vote was there before; in an open one
// each form is taken in its turn, once, and sent again it is told so or that another has changed the vote since.
func TestDoubleVoteRaceV01(t *testing.T) {
	const casts, browsers = 1000, 50
	rounds := long(5, 200)
	for name, ask := range polls {
		t.Run(name, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "A", rounds)
				m := ask(w)
				w.GoTo(m.Opens)
				v := w.Show(m.Number)
				secret, table := v.Secret, "open_votes"
				if secret {
					table = "urn"
				}
				for round, voter := range w.Who {
					basis := w.ShowTo(voter, 1).Basis
					receipts, errs := make([]string, casts), make([]error, casts)
					together(casts, func(i int) {
						browser := i % browsers
						taken, err := w.Ballots.Cast(t.Context(), voter, 1, ballot.Vote{
							Choice: ballot.Choices()[browser%3], Ranking: votetest.Order(ballot.Choices()[browser%3]), Client: fmt.Sprint("browser ", browser), Basis: basis,
							Once: db.OnceFor(int64(voter.Person), fmt.Sprint("browser ", browser)),
						})
						receipts[i], errs[i] = taken.Receipt.Code, err
					})
					if got := rowsOf(w, table, v.ID); got != round+1 {
						t.Fatalf("%d voters have %d rows", round+1, got)
					}
					allAgree(t, secret, browsers, receipts, errs)
				}
				c.Set(v.Closes)
				w.Tick()
				if v = w.Show(1); v.Turnout != int64(rounds) || !v.Ranked() && v.Votes.Turnout() != int64(rounds) {
					t.Errorf("%d voters, and counted were %d, %+v", rounds, v.Turnout, v.Votes)
				}
			})
		})
	}
}

// agree fails the test unless the answers to one voter's votes fit together.
func allAgree(t *testing.T, secret bool, browsers int, receipts []string, errs []error) {
	t.Helper()
	taken := map[int]string{}
	for i, err := range errs {
		browser := i % browsers
		if err == nil {
			taken[browser] = receipts[i]
		}
	}
	if want := browsers; !secret && len(taken) != want || secret && len(taken) != 1 {
		t.Fatalf("of %d browsers the votes of %d were taken", browsers, len(taken))
	}
	for i, err := range errs {
		code, mine := taken[i%browsers]
		switch {
		case !secret && fault.KindOf(err) == fault.Conflict: // another form's vote counts by now
		case mine && (err != nil || receipts[i] != code || secret && code == ""):
			t.Fatalf("the same form is answered with %q and with %q, %v", code, receipts[i], err)
		case !mine && fault.KindOf(err) != fault.Conflict:
			t.Fatalf("another form is answered with %v", err)
		}
	}
}

// rowsOf counts the ballot's rows in a table.
func rowsOf(w *votetest.World, table string, id ballot.ID) (n int) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		return tx.Raw("SELECT COUNT(*) FROM "+table+" WHERE ballot_id = ?", id).Scan(&n).Error
	})
	return n
}

// The deadline race: so many people vote at the same moment, each so often in turn, and the close comes in the midst.
// Some have voted before, enough of them that the votes are counted however few of the others are in time.
const racers, tries, before = 125, 4, 20

// TestDeadlineRaceV04 votes around the close while the clock runs through it, and while the program counts. What each voter was last
// told is taken is counted, and nothing else; and nothing is taken after the count.
func TestDeadlineRaceV04(t *testing.T) {
	rounds := long(3, 1000)
	for name, ask := range polls {
		t.Run(name, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "B", racers+before)
				inTime, late := 0, 0
				for round := range rounds {
					m := ask(w)
					w.GoTo(m.Opens)
					v := w.Show(m.Number)
					acked := race(t, w, c, v, int64(1+round*7%10*racers*tries/10))
					if diff := counted(w, v, acked); diff != "" {
						t.Fatalf("round %d: %s", round, diff)
					}
					for i := range racers {
						inTime += acked[i].n
						late += tries - acked[i].n
					}
					_, err := w.Ballots.Cast(t.Context(), w.Who[0], m.Number, ballot.Vote{Choice: ballot.For, Ranking: []int{1}, Client: "late", Basis: v.Basis})
					if fault.KindOf(err) != fault.Conflict {
						t.Fatalf("round %d: after the count: %v", round, err)
					}
				}
				t.Logf("%d rounds: %d votes in time, %d late", rounds, inTime, late)
				if inTime < racers || late < racers {
					t.Error("the race was no race")
				}
			})
		})
	}
}

// acked is the last vote that a voter was told is taken, and how many were.
type acked struct {
	choice ballot.Choice
	code   string
	n      int
}

// race has everybody vote and closes the ballot after so many answers. It returns what was acknowledged, by the voter's place.
func race(t *testing.T, w *votetest.World, c *dbtest.Clock, v ballot.View, closeAfter int64) map[int]acked {
	t.Helper()
	out := map[int]acked{}
	for i := racers; i < racers+before; i++ {
		choice := ballot.Choices()[i%3]
		out[i] = acked{choice, w.Cast(w.Who[i], v.Motion.Number, choice).Receipt.Code, 1}
	}
	var answered, finished atomic.Int64
	last, errs := make([]acked, racers), make([]error, racers+2)
	c.Set(v.Closes.Add(-time.Millisecond))
	together(racers+2, func(i int) {
		switch i {
		case racers: // the clock
			for answered.Load() < closeAfter {
				time.Sleep(20 * time.Microsecond)
			}
			c.Set(v.Closes)
		case racers + 1: // the program, which counts as soon as it may
			for finished.Load() < racers {
				// While others read, the emptied urn cannot be cut out of SQLite's log. Then the next Tick does it.
				if err := w.Ballots.Tick(t.Context()); err != nil && !errors.Is(err, urn.ErrBusy) {
					errs[i] = errors.Join(errs[i], err)
				}
			}
		default:
			defer finished.Add(1)
			for try := range tries {
				a, choice := w.Who[i], ballot.Choices()[(i+try)%3]
				shown, err := w.Ballots.Show(t.Context(), a, v.Motion.Number)
				if err != nil {
					errs[i] = err
					answered.Add(int64(tries - try))
					return
				}
				taken, err := w.Ballots.Cast(t.Context(), a, v.Motion.Number, ballot.Vote{
					Choice: choice, Ranking: votetest.Order(choice), Client: fmt.Sprint("words ", i, " ", try), Basis: shown.Basis, Once: db.OnceFor(int64(a.Person), fmt.Sprint(v.Ref, try)),
				})
				answered.Add(1)
				switch {
				case err == nil:
					last[i] = acked{choice, taken.Receipt.Code, last[i].n + 1}
				case fault.KindOf(err) != fault.Conflict:
					errs[i] = errors.Join(errs[i], err)
				}
			}
		}
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Minute) // an urn that was being read is left alone for a while
	w.Tick()
	for i, l := range last {
		if l.n > 0 {
			out[i] = l
		}
	}
	return out
}

// counted says in which way what was counted is not what was acknowledged: the very papers of a secret ballot, the very people and
// choices of an open one, and the numbers of both.
func counted(w *votetest.World, v ballot.View, last map[int]acked) string {
	w.Helper()
	var got, want []string
	var sum [3]int64
	for i, l := range last {
		sum[slices.Index(ballot.Choices(), l.choice)]++
		if v.Secret {
			want = append(want, l.code)
		} else {
			want = append(want, voteOf(w.Who[i].Member.ID, l.choice))
		}
	}
	w.Read(func(tx *db.Tx) error {
		if v.Secret {
			return tx.Raw("SELECT code FROM papers WHERE ballot_id = ?", v.ID).Scan(&got).Error
		}
		var rows []struct {
			MemberID member.ID
			Choice   ballot.Choice
		}
		err := tx.Raw("SELECT member_id, choice FROM open_votes WHERE ballot_id = ?", v.ID).Scan(&rows).Error
		for _, r := range rows {
			got = append(got, voteOf(r.MemberID, r.Choice))
		}
		return err
	})
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Sprintf("%d are acknowledged and %d counted, and not the same ones", len(want), len(got))
	}
	b := v.Ballot
	w.Read(func(tx *db.Tx) (err error) {
		b, err = ballot.Get(tx, v.ID)
		return err
	})
	n := [3]int64{b.Votes.For, b.Votes.Against, b.Votes.Abstain}
	if b.Ranked() {
		n = ordered(w, b)
	}
	if n != sum || !b.IsCounted() {
		return fmt.Sprintf("acknowledged are %v and counted %v, %s", sum, n, b.State)
	}
	return ""
}

// ordered returns how many published papers say what is put on a paper for each choice.
func ordered(w *votetest.World, b ballot.Ballot) (n [3]int64) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		kinds, err := ballot.Kinds(tx, b.ID)
		for _, k := range kinds {
			for i, c := range ballot.Choices() {
				if k.Ranking == strings.Trim(fmt.Sprint(votetest.Order(c)), "[]") {
					n[i] += k.Papers
				}
			}
		}
		return err
	})
	return n
}

func voteOf(m member.ID, c ballot.Choice) string { return fmt.Sprint(m, " ", c) }

// TestARefusedVoteHoldsUpNobody: what shares a commit with an old form that is sent again and again is written once, not twice.
func TestARefusedVoteHoldsUpNobody(t *testing.T) {
	for _, secret := range []bool{true, false} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "A", 5)
				w.Open(secret)
				old := w.Form(w.Who[0], 1, ballot.For)
				old.Once = db.OnceFor(1, "the old form")
				if _, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, old); err != nil {
					t.Fatal(err)
				}
				w.Cast(w.Who[0], 1, ballot.Against)
				var runs atomic.Int32
				var done sync.WaitGroup
				release := make(chan struct{})
				done.Go(func() {
					if err := d.Write(t.Context(), func(*db.Tx) error { <-release; return nil }); err != nil {
						t.Error(err)
					}
				})
				time.Sleep(20 * time.Millisecond)
				done.Go(func() {
					if err := d.Write(t.Context(), func(*db.Tx) error { runs.Add(1); return nil }); err != nil {
						t.Error(err)
					}
				})
				for range 5 {
					done.Go(func() {
						_, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, old)
						w.WantKind("the old form", err, fault.Conflict)
					})
				}
				time.Sleep(50 * time.Millisecond)
				close(release)
				done.Wait()
				if n := runs.Load(); n != 1 {
					t.Errorf("what shared the commit ran %d times", n)
				}
			})
		})
	}
}
