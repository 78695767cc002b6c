package rulebook

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones below must be there wherever the tests run

	"folkmoot/internal/agree"
	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

func preset(t interface{ Fatalf(string, ...any) }, n Name) Rules {
	r, ok := Preset(n)
	if !ok {
		t.Fatalf("no preset %s", n)
	}
	return r
}

func TestQuorum(t *testing.T) {
	for _, tt := range []struct {
		preset     Name
		active     int
		quorum, q2 int
	}{
		{Affinity, 1, 2, 2}, {Affinity, 2, 2, 2}, {Affinity, 3, 2, 2}, {Affinity, 5, 3, 3}, {Affinity, 8, 4, 4}, {Affinity, 9, 5, 5}, {Affinity, 15, 8, 8}, {Affinity, 100, 50, 50},
		{Branch, 1, 2, 2}, {Branch, 3, 2, 2}, {Branch, 4, 3, 3}, {Branch, 5, 3, 3}, {Branch, 30, 8, 15}, {Branch, 300, 26, 52},
		{Federation, 3, 2, 2}, {Federation, 5, 4, 4}, {Federation, 6, 5, 5}, {Federation, 12, 5, 6}, {Federation, 1000, 48, 96},
	} {
		r := preset(t, tt.preset)
		if q, q2 := r.Quorum(tt.active), r.RuleChangeQuorum(tt.active); q != tt.quorum || q2 != tt.q2 {
			t.Errorf("%s with %d active: quorum %d, for rules %d; want %d, %d", tt.preset, tt.active, q, q2, tt.quorum, tt.q2)
		}
	}
}

func TestTableSupport(t *testing.T) {
	for _, tt := range []struct {
		preset       Name
		active, want int
	}{
		{Affinity, 3, 1}, {Affinity, 300, 1},
		{Branch, 1, 2}, {Branch, 3, 2}, {Branch, 5000, 2},
		{Federation, 3, 2}, {Federation, 100, 5}, {Federation, 10000, 20},
	} {
		if got := preset(t, tt.preset).TableSupport(tt.active); got != tt.want {
			t.Errorf("%s with %d active: %d supporters, want %d", tt.preset, tt.active, got, tt.want)
		}
	}
}

// TestFloorBoundsHoldForEveryRule: whatever the rules say, no quorum is above half (all but one in groups of up to 8),
// none is below 2, and no support or petition is above S (G4, and the bounds of the floor).
func TestFloorBoundsHoldForEveryRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, a := anyRules(t), anyActive(t)
		most := max(2, a-1)
		if a > 8 {
			most = (a + 1) / 2
		}
		for name, q := range map[string]int{"quorum": r.Quorum(a), "quorum for rules": r.RuleChangeQuorum(a)} {
			if q < 2 || q > most {
				t.Fatalf("%s of %d active is %d", name, a, q)
			}
		}
		if r.RuleChangeQuorum(a) < r.Quorum(a) {
			t.Fatalf("with %d active, rules change with fewer than an ordinary decision", a)
		}
		if n := r.TableSupport(a); n < 1 || n > S(a) {
			t.Fatalf("%d supporters of %d active, S is %d", n, a, S(a))
		}
		if n := r.RecallPetition(a); n < 2 || n > S(a) {
			t.Fatalf("recall by %d of %d active, S is %d", n, a, S(a))
		}
	})
}

// TestAgreement: what the presets say of agreement (practice.md §2.15) is what follows from a call.
func TestAgreement(t *testing.T) {
	for n, want := range map[Name]agree.Rules{
		Affinity:   {AsideNum: 1, AsideDen: 3, Meetings: 2, MeetingDays: 14, Fallback: tally.ThreeQuarters(), AbsentDays: 5, TwoBlocksAbove: 12},
		Branch:     {AsideNum: 1, AsideDen: 3, Meetings: 1, MeetingDays: 14, Fallback: tally.TwoThirds(), AbsentDays: 5, TwoBlocksAbove: 12},
		Federation: {AsideNum: 1, AsideDen: 3, Meetings: 1, MeetingDays: 28, Fallback: tally.TwoThirds(), TwoBlocksAbove: 12},
	} {
		if got := preset(t, n).Agreement(); got != want {
			t.Errorf("%s: %+v, want %+v", n, got, want)
		}
	}
	r := preset(t, Affinity)
	r.Consensus.Fallback = Fraction{}
	if got := r.Agreement(); got.Fallback != (tally.Rule{}) {
		t.Errorf("without a vote to fall back on: %+v", got)
	}
}

func TestMotionMajority(t *testing.T) {
	for n, want := range map[Name]tally.Rule{Affinity: tally.ThreeQuarters(), Branch: tally.Simple(), Federation: tally.Simple()} {
		if got := preset(t, n).MotionMajority(); got != want {
			t.Errorf("%s: %+v, want %+v", n, got, want)
		}
	}
}

func TestMotionMajorityIsAlwaysARule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyRules(t).MotionMajority()
		if err := m.Check(); err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
	})
}

func at(t *testing.T, zone, local string) time.Time {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", local, z)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestBallotWindow(t *testing.T) {
	for _, tt := range []struct{ name, zone, opens, closes string }{
		{"the same evening hour", "Europe/London", "2026-01-05 20:00", "2026-01-08 20:00"},
		{"a minute later, a day more", "Europe/London", "2026-01-05 20:01", "2026-01-09 20:00"},
		{"morning", "Europe/London", "2026-01-05 09:30", "2026-01-08 20:00"},
		{"midnight", "Europe/London", "2026-01-05 00:00", "2026-01-08 20:00"},
		// clocks forward on 29 March 2026: 72 real hours from 20:00 are 21:00, so it closes a day later
		{"clocks go forward, exact hour", "Europe/Madrid", "2026-03-27 20:00", "2026-03-31 20:00"},
		{"clocks go forward, an hour to spare", "Europe/Madrid", "2026-03-27 19:00", "2026-03-30 20:00"},
		{"clocks go forward, a minute too little", "Europe/Madrid", "2026-03-27 19:01", "2026-03-31 20:00"},
		// clocks back on 25 October 2026: 72 real hours from 20:00 are 19:00
		{"clocks go back", "Europe/Madrid", "2026-10-23 20:00", "2026-10-26 20:00"},
		{"clocks go back, an hour later", "Europe/Madrid", "2026-10-23 21:00", "2026-10-26 20:00"},
		{"clocks go back, too late", "Europe/Madrid", "2026-10-23 21:01", "2026-10-27 20:00"},
		{"half an hour of daylight saving", "Australia/Lord_Howe", "2026-10-02 20:00", "2026-10-06 20:00"},
		{"a day that was left out", "Pacific/Apia", "2011-12-27 10:00", "2011-12-31 20:00"},
		{"far from Greenwich", "Pacific/Kiritimati", "2026-06-01 08:00", "2026-06-04 20:00"},
		{"year's end", "America/Sao_Paulo", "2026-12-30 12:00", "2027-01-02 20:00"},
		{"leap day", "UTC", "2028-02-26 12:00", "2028-02-29 20:00"},
	} {
		opens, want := at(t, tt.zone, tt.opens), at(t, tt.zone, tt.closes)
		if got := preset(t, Affinity).BallotWindow(opens, want.Location()); !got.Equal(want) {
			t.Errorf("%s: opens %s, closes %s, want %s", tt.name, opens, got.In(want.Location()), want)
		}
	}
	opens := time.Date(2026, 1, 5, 19, 0, 0, 0, time.UTC)
	if got, want := preset(t, Branch).BallotWindow(opens, nil), time.Date(2026, 1, 12, 20, 0, 0, 0, time.UTC); !got.Equal(want) || got.Location() != time.UTC {
		t.Errorf("no zone: closes %s, want %s", got, want)
	}
}

func TestBallotWindowIsLongEnoughAndNotMuchLonger(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{"UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Asia/Tehran", "Africa/Casablanca"} {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, z)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := preset(t, rapid.SampledFrom(Names()).Draw(t, "preset"))
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		opens := time.UnixMilli(rapid.Int64Range(0, 4102444800000).Draw(t, "opens"))
		closes := r.BallotWindow(opens, zone)
		least := time.Duration(r.OnlineVoteHours) * time.Hour
		if open := closes.Sub(opens); open < least || open > least+25*time.Hour {
			t.Fatalf("open for %s", open)
		}
		if l := closes.In(zone); l.Hour() != 20 || l.Minute() != 0 {
			t.Fatalf("closes at %s", l)
		}
	})
}
