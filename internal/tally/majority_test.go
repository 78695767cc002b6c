package tally

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestTallyTable_6_2_7 is practice.md §6.2, item 7, case by case, and what lies around it.
func TestTallyTable_6_2_7(t *testing.T) {
	const big = math.MaxInt64
	for _, tt := range []struct {
		name    string
		v       Votes
		rule    Rule
		quorum  int64
		outcome Outcome
		reason  Reason
		needed  int64
	}{
		// ties, nobody, all abstaining
		{"simple tie", Votes{2, 2, 0, 9}, Simple(), 2, NotCarried, Tied, 3},
		{"tie under a rule that half would satisfy", Votes{2, 2, 0, 9}, AtLeast(1, 2, Cast), 2, NotCarried, Tied, 3},
		{"tie under a rule that a third would satisfy", Votes{3, 3, 0, 9}, AtLeast(1, 3, Cast), 0, NotCarried, Tied, 4},
		{"tie of the whole roll", Votes{2, 2, 0, 4}, AtLeast(1, 2, Roll), 2, NotCarried, Tied, 3},
		{"all abstain", Votes{0, 0, 5, 9}, Simple(), 3, NotCarried, AllAbstained, 1},
		{"all abstain, two-thirds", Votes{0, 0, 5, 9}, TwoThirds(), 3, NotCarried, AllAbstained, 1},
		{"all abstain, three-quarters", Votes{0, 0, 5, 5}, ThreeQuarters(), 3, NotCarried, AllAbstained, 1},
		{"all abstain, any share will do", Votes{0, 0, 5, 9}, AtLeast(0, 1, Cast), 0, NotCarried, AllAbstained, 1},
		{"nobody votes, quorum asked for", Votes{0, 0, 0, 9}, Simple(), 2, Inquorate, TooFewVoted, 0},
		{"nobody votes, no quorum", Votes{0, 0, 0, 9}, Simple(), 0, NotCarried, NobodyVoted, 1},
		{"empty roll", Votes{}, AbsoluteOfRoll(), 0, NotCarried, NobodyVoted, 1},

		// F = 0
		{"none for, simple", Votes{0, 3, 0, 9}, Simple(), 2, NotCarried, MoreAgainst, 2},
		{"none for, two-thirds", Votes{0, 3, 0, 9}, TwoThirds(), 2, NotCarried, MoreAgainst, 2},
		{"none for, three-quarters", Votes{0, 3, 1, 9}, ThreeQuarters(), 2, NotCarried, MoreAgainst, 3},
		{"none for, absolute", Votes{0, 3, 0, 3}, AbsoluteOfRoll(), 2, NotCarried, MoreAgainst, 2},
		{"fewer for than against, a third would do", Votes{2, 3, 0, 9}, AtLeast(1, 3, Cast), 2, NotCarried, MoreAgainst, 3},

		// simple
		{"simple 3-2", Votes{3, 2, 0, 9}, Simple(), 2, Carried, EnoughFor, 3},
		{"simple 2-3", Votes{2, 3, 0, 9}, Simple(), 2, NotCarried, MoreAgainst, 3},
		{"simple 1-0 among abstentions", Votes{1, 0, 8, 9}, Simple(), 5, Carried, EnoughFor, 1},

		// exact two-thirds
		{"two-thirds 4-2", Votes{4, 2, 0, 9}, TwoThirds(), 2, Carried, EnoughFor, 4},
		{"two-thirds 3-2", Votes{3, 2, 0, 9}, TwoThirds(), 2, NotCarried, ShortOfNeeded, 4},
		{"two-thirds of 9: 6", Votes{6, 3, 0, 9}, TwoThirds(), 2, Carried, EnoughFor, 6},
		{"two-thirds of 9: 5", Votes{5, 4, 0, 9}, TwoThirds(), 2, NotCarried, ShortOfNeeded, 6},
		{"more than two-thirds of 9: 6", Votes{6, 3, 0, 9}, MoreThan(2, 3, Cast), 2, NotCarried, ShortOfNeeded, 7},
		{"more than two-thirds of 9: 7", Votes{7, 2, 0, 9}, MoreThan(2, 3, Cast), 2, Carried, EnoughFor, 7},
		{"two-thirds ignores abstentions", Votes{2, 1, 6, 9}, TwoThirds(), 2, Carried, EnoughFor, 2},
		{"two-thirds of a roll of 9: 6", Votes{6, 0, 0, 9}, AtLeast(2, 3, Roll), 2, Carried, EnoughFor, 6},
		{"two-thirds of a roll of 9: 5", Votes{5, 0, 0, 9}, AtLeast(2, 3, Roll), 2, NotCarried, ShortOfNeeded, 6},

		// three-quarters
		{"three-quarters 3-1", Votes{3, 1, 0, 9}, ThreeQuarters(), 2, Carried, EnoughFor, 3},
		{"three-quarters 2-1", Votes{2, 1, 0, 9}, ThreeQuarters(), 2, NotCarried, ShortOfNeeded, 3},
		{"three-quarters 5-2", Votes{5, 2, 0, 9}, ThreeQuarters(), 2, NotCarried, ShortOfNeeded, 6},

		// one voter
		{"one voter for", Votes{1, 0, 0, 1}, Simple(), 1, Carried, EnoughFor, 1},
		{"one voter against", Votes{0, 1, 0, 1}, Simple(), 1, NotCarried, MoreAgainst, 1},
		{"one voter abstaining", Votes{0, 0, 1, 1}, Simple(), 1, NotCarried, AllAbstained, 1},
		{"one voter for, two-thirds", Votes{1, 0, 0, 1}, TwoThirds(), 1, Carried, EnoughFor, 1},
		{"one voter for, three-quarters", Votes{1, 0, 0, 1}, ThreeQuarters(), 1, Carried, EnoughFor, 1},
		{"one voter is the whole roll", Votes{1, 0, 0, 1}, AbsoluteOfRoll(), 1, Carried, EnoughFor, 1},
		{"one voter of two on the roll", Votes{1, 0, 0, 2}, AbsoluteOfRoll(), 1, NotCarried, ShortOfNeeded, 2},

		// absolute majority of the roll
		{"absolute 5 of 9", Votes{5, 0, 0, 9}, AbsoluteOfRoll(), 0, Carried, EnoughFor, 5},
		{"absolute 4 of 8", Votes{4, 0, 0, 8}, AbsoluteOfRoll(), 0, NotCarried, ShortOfNeeded, 5},
		{"everyone", Votes{3, 0, 0, 3}, AtLeast(1, 1, Roll), 0, Carried, EnoughFor, 3},
		{"everyone but one", Votes{2, 0, 1, 3}, AtLeast(1, 1, Roll), 0, NotCarried, ShortOfNeeded, 3},
		{"unanimous among those for and against", Votes{2, 0, 1, 3}, AtLeast(1, 1, Cast), 0, Carried, EnoughFor, 2},

		// quorum
		{"inquorate by one", Votes{4, 0, 0, 30}, Simple(), 5, Inquorate, TooFewVoted, 0},
		{"quorate to the vote", Votes{5, 0, 0, 30}, Simple(), 5, Carried, EnoughFor, 3},
		{"abstentions count towards the quorum", Votes{1, 0, 4, 30}, Simple(), 5, Carried, EnoughFor, 1},
		{"against counts towards the quorum", Votes{2, 3, 0, 30}, Simple(), 5, NotCarried, MoreAgainst, 3},
		{"inquorate even if everyone voted", Votes{3, 0, 0, 3}, Simple(), 4, Inquorate, TooFewVoted, 0},
		{"an inquorate tie is inquorate", Votes{1, 1, 0, 30}, Simple(), 3, Inquorate, TooFewVoted, 0},

		// as large as it gets
		{"largest, exactly two-thirds", Votes{big / 7 * 4, big / 7 * 2, 0, big}, TwoThirds(), 0, Carried, EnoughFor, big / 7 * 4},
		{"largest, one short", Votes{big/7*4 - 1, big/7*2 + 1, 0, big}, TwoThirds(), 0, NotCarried, ShortOfNeeded, big / 7 * 4},
		{"largest fraction", Votes{big, 0, 0, big}, MoreThan(big-1, big, Roll), 0, Carried, EnoughFor, big},
		{"largest fraction, one short", Votes{big - 1, 0, 1, big}, MoreThan(big-1, big, Roll), 0, NotCarried, ShortOfNeeded, big},
	} {
		got, err := Majority(tt.v, tt.rule, tt.quorum)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got.Outcome != tt.outcome || got.Reason != tt.reason || got.Needed != tt.needed {
			t.Errorf("%s: got %s, %s, needed %d; want %s, %s, needed %d",
				tt.name, got.Outcome, got.Reason, got.Needed, tt.outcome, tt.reason, tt.needed)
		}
		kept := tt.v
		if tt.outcome == Inquorate {
			kept = Votes{Entitled: tt.v.Entitled}
		}
		if got.Votes != kept || got.Rule != tt.rule || got.Quorum != tt.quorum || got.Turnout != tt.v.Turnout() {
			t.Errorf("%s: the result does not carry what it was counted from: %+v", tt.name, got)
		}
	}
}

func TestShortAndMissing(t *testing.T) {
	for _, tt := range []struct {
		v              Votes
		quorum         int64
		short, missing int64
	}{
		{Votes{3, 2, 0, 9}, 5, 1, 0},
		{Votes{4, 2, 0, 9}, 7, 0, 1},
		{Votes{1, 2, 0, 9}, 7, 0, 4},
		{Votes{0, 0, 0, 9}, 3, 0, 3},
		{Votes{9, 0, 0, 9}, 3, 0, 0},
	} {
		got, err := Majority(tt.v, TwoThirds(), tt.quorum)
		if err != nil || got.Short() != tt.short || got.Missing() != tt.missing {
			t.Errorf("%+v: short %d, missing %d, %v; want %d and %d", tt.v, got.Short(), got.Missing(), err, tt.short, tt.missing)
		}
	}
}

func TestMajorityRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		v      Votes
		rule   Rule
		quorum int64
		want   error
	}{
		{"no rule", Votes{Entitled: 1}, Rule{}, 0, ErrRule},
		{"no denominator", Votes{Entitled: 1}, Rule{1, 0, false, Cast}, 0, ErrRule},
		{"negative denominator", Votes{Entitled: 1}, Rule{1, -2, false, Cast}, 0, ErrRule},
		{"negative numerator", Votes{Entitled: 1}, Rule{-1, 2, false, Cast}, 0, ErrRule},
		{"more than one", Votes{Entitled: 1}, AtLeast(3, 2, Cast), 0, ErrRule},
		{"more than everyone", Votes{Entitled: 1}, MoreThan(1, 1, Cast), 0, ErrRule},
		{"unknown base", Votes{Entitled: 1}, AtLeast(1, 2, "everyone"), 0, ErrRule},
		{"a share of those present, and no meeting", Votes{Entitled: 1}, AtLeast(1, 2, Present), 0, ErrRule},
		{"negative for", Votes{-1, 0, 0, 1}, Simple(), 0, ErrVotes},
		{"negative against", Votes{0, -1, 0, 1}, Simple(), 0, ErrVotes},
		{"negative abstain", Votes{0, 0, -1, 1}, Simple(), 0, ErrVotes},
		{"negative roll", Votes{0, 0, 0, -1}, Simple(), 0, ErrVotes},
		{"more votes than people", Votes{2, 2, 2, 5}, Simple(), 0, ErrVotes},
		{"votes that would overflow", Votes{math.MaxInt64, math.MaxInt64, 2, math.MaxInt64}, Simple(), 0, ErrVotes},
		{"negative quorum", Votes{Entitled: 1}, Simple(), -1, ErrVotes},
	} {
		if _, err := Majority(tt.v, tt.rule, tt.quorum); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestTooFewIsAllThatIsKnownG9 (and security.md §1.5): the result of an inquorate vote is the same however the votes fell.
func TestTooFewIsAllThatIsKnownG9(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, r := anyVotes(t, 1), anyRule(t)
		q := v.Turnout() + rapid.Int64Range(1, math.MaxInt64-v.Turnout()).Draw(t, "missing")
		other := Votes{Entitled: v.Entitled}
		other.For = rapid.Int64Range(0, v.Turnout()).Draw(t, "for instead")
		other.Against = rapid.Int64Range(0, v.Turnout()-other.For).Draw(t, "against instead")
		other.Abstain = v.Turnout() - other.For - other.Against
		want, err := TooFew(v.Turnout(), v.Entitled, r, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, votes := range []Votes{v, other} {
			if got := count(t, votes, r, q); got != want {
				t.Fatalf("%+v gives %+v, without votes it is %+v", votes, got, want)
			}
		}
	})
}

func TestTooFewRefuses(t *testing.T) {
	for _, tt := range []struct {
		name                      string
		turnout, entitled, quorum int64
		rule                      Rule
		want                      error
	}{
		{"no rule", 1, 9, 3, Rule{}, ErrRule},
		{"enough", 3, 9, 3, Simple(), ErrVotes},
		{"no quorum", 0, 9, 0, Simple(), ErrVotes},
		{"negative turnout", -1, 9, 3, Simple(), ErrVotes},
		{"more than people", 4, 3, 9, Simple(), ErrVotes},
	} {
		if _, err := TooFew(tt.turnout, tt.entitled, tt.rule, tt.quorum); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestNamedMajoritiesMeanWhatTheySay compares the named rules with the inequalities they are defined by, for every small count.
func TestNamedMajoritiesMeanWhatTheySay(t *testing.T) {
	const n = 14
	for f := int64(0); f <= n; f++ {
		for x := int64(0); f+x <= n; x++ {
			for b := int64(0); f+x+b <= n; b++ {
				v := Votes{f, x, b, n}
				for _, tt := range []struct {
					name string
					rule Rule
					want bool
				}{
					{"simple", Simple(), f > x},
					{"two-thirds", TwoThirds(), 3*f >= 2*(f+x) && f > 0},
					{"three-quarters", ThreeQuarters(), 4*f >= 3*(f+x) && f > 0},
					{"absolute of roll", AbsoluteOfRoll(), 2*f > n},
				} {
					if got := count(t, v, tt.rule, 0); (got.Outcome == Carried) != tt.want {
						t.Fatalf("%s of %+v: %s", tt.name, v, got.Outcome)
					}
				}
			}
		}
	}
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func count(t fataler, v Votes, r Rule, quorum int64) Result {
	res, err := Majority(v, r, quorum)
	if err != nil {
		t.Fatalf("%+v under %+v: %v", v, r, err)
	}
	return res
}

func anyRule(t *rapid.T) Rule {
	den := rapid.OneOf(rapid.Int64Range(1, 12), rapid.Int64Range(1, math.MaxInt64)).Draw(t, "den")
	r := Rule{Num: rapid.Int64Range(0, den).Draw(t, "num"), Den: den, Base: rapid.SampledFrom([]Base{Cast, Roll}).Draw(t, "base")}
	r.Strict = r.Num < r.Den && rapid.Bool().Draw(t, "strict")
	return r
}

// anyVotes draws a count that leaves at least spare of the roll unused.
func anyVotes(t *rapid.T, spare int64) Votes {
	v := Votes{Entitled: rapid.OneOf(rapid.Int64Range(spare, 20), rapid.Int64Range(spare, math.MaxInt64)).Draw(t, "entitled")}
	left := v.Entitled - spare
	v.For = rapid.Int64Range(0, left).Draw(t, "for")
	left -= v.For
	v.Against = rapid.Int64Range(0, left).Draw(t, "against")
	v.Abstain = rapid.Int64Range(0, left-v.Against).Draw(t, "abstain")
	return v
}

func TestMoreForNeverHurts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, r := anyVotes(t, 1), anyRule(t)
		q := rapid.Int64Range(0, v.Entitled).Draw(t, "quorum")
		before := count(t, v, r, q)
		changed := map[string]Votes{"one more for": {v.For + 1, v.Against, v.Abstain, v.Entitled}}
		if v.Against > 0 {
			changed["against becomes for"] = Votes{v.For + 1, v.Against - 1, v.Abstain, v.Entitled}
		}
		if v.Abstain > 0 {
			changed["an abstention becomes for"] = Votes{v.For + 1, v.Against, v.Abstain - 1, v.Entitled}
		}
		for name, w := range changed {
			if after := count(t, w, r, q); before.Outcome == Carried && after.Outcome != Carried {
				t.Fatalf("%s turns %+v into %+v", name, before, after)
			}
		}
	})
}

func TestMoreAgainstNeverHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, r := anyVotes(t, 1), anyRule(t)
		before := count(t, v, r, 0)
		v.Against++
		if after := count(t, v, r, 0); before.Outcome != Carried && after.Outcome == Carried {
			t.Fatalf("one more against turns %+v into %+v", before, after)
		}
	})
}

func TestAbstentionsCountOnlyTowardsQuorum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, r := anyVotes(t, 1), anyRule(t)
		q := rapid.Int64Range(0, v.Entitled).Draw(t, "quorum")
		before := count(t, v, r, q)
		v.Abstain++
		after := count(t, v, r, q)
		if before.Outcome != Inquorate && before.Outcome != after.Outcome {
			t.Fatalf("an abstention turns %+v into %+v", before, after)
		}
		if before.Outcome == Inquorate && after.Outcome == Inquorate && after.Missing() != before.Missing()-1 {
			t.Fatalf("an abstention is not one vote towards the quorum: %+v, %+v", before, after)
		}
	})
}

func TestNeededIsWhereItTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, r := anyVotes(t, 0), anyRule(t)
		res := count(t, v, r, 0)
		if got := res.Outcome == Carried; got != (v.For >= res.Needed) {
			t.Fatalf("%+v is carried: %v", res, got)
		}
		if (res.Outcome == Carried) != (res.Short() == 0) {
			t.Fatalf("%+v is short of %d", res, res.Short())
		}
	})
}

// TestMajorityIsExact recounts with numbers of any size.
func TestMajorityIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, r := anyVotes(t, 0), anyRule(t)
		base := v.For + v.Against
		if r.Base == Roll {
			base = v.Entitled
		}
		have := new(big.Int).Mul(big.NewInt(v.For), big.NewInt(r.Den))
		want := new(big.Int).Mul(big.NewInt(r.Num), big.NewInt(base))
		cmp := have.Cmp(want)
		carried := v.For > v.Against && (cmp > 0 || cmp == 0 && !r.Strict)
		if res := count(t, v, r, 0); (res.Outcome == Carried) != carried {
			t.Fatalf("%+v, but carried is %v", res, carried)
		}
	})
}

func TestInquorateExactlyUnderTheQuorum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, r := anyVotes(t, 0), anyRule(t)
		q := rapid.OneOf(rapid.Int64Range(0, math.MaxInt64), rapid.Int64Range(max(0, v.Turnout()-1), v.Turnout())).Draw(t, "quorum")
		if res := count(t, v, r, q); (res.Outcome == Inquorate) != (v.Turnout() < q) {
			t.Fatalf("%+v", res)
		}
	})
}

// TestBases: the same votes under each idea of what a share is a share of.
func TestBases(t *testing.T) {
	v := Votes{For: 6, Against: 3, Abstain: 3, Entitled: 20}
	for _, tt := range []struct {
		rule    Rule
		outcome Outcome
		of      int64
		needed  int64
	}{
		{TwoThirds(), Carried, 9, 6},
		{AtLeast(2, 3, Valid), NotCarried, 12, 8},
		{MoreThan(1, 2, Valid), NotCarried, 12, 7},
		{AtLeast(1, 2, Valid), Carried, 12, 6},
		{AtLeast(1, 3, Present), Carried, 15, 5},
		{MoreThan(2, 5, Present), NotCarried, 15, 7},
		{AtLeast(2, 5, Present), Carried, 15, 6},
		{AtLeast(3, 10, Roll), Carried, 20, 6},
		{MoreThan(3, 10, Roll), NotCarried, 20, 7},
	} {
		r, err := InMeeting(v, 15, tt.rule, 15)
		if err != nil || r.Outcome != tt.outcome || r.Of != tt.of || r.Needed != tt.needed {
			t.Errorf("%+v: %s of %d, needed %d (%v); want %s of %d, needed %d", tt.rule, r.Outcome, r.Of, r.Needed, err, tt.outcome, tt.of, tt.needed)
		}
	}
}

func TestInMeeting(t *testing.T) {
	v := Votes{For: 2, Against: 1, Abstain: 0, Entitled: 20}
	short, err := InMeeting(v, 7, Simple(), 8)
	if err != nil || short.Outcome != Inquorate || short.Reason != TooFewPresent || short.Missing() != 1 || short.Votes != (Votes{Entitled: 20}) {
		t.Errorf("one short of quorum: %+v, %v", short, err)
	}
	enough, err := InMeeting(v, 8, Simple(), 8)
	if err != nil || enough.Outcome != Carried || enough.Missing() != 0 || enough.Present != 8 {
		t.Errorf("three of eight voted: %+v, %v", enough, err)
	}
	for _, present := range []int64{2, 21, -1} {
		if _, err := InMeeting(v, present, Simple(), 0); !errors.Is(err, ErrVotes) {
			t.Errorf("3 voted of %d present and 20 entitled: %v", present, err)
		}
	}
}
