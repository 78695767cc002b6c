package ballot

import (
	"encoding/hex"
	"testing"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/tally"
	"folkmoot/internal/urn"
)

func TestChoices(t *testing.T) {
	for _, c := range Choices() {
		if ParseChoice(c.String()) != c {
			t.Errorf("%d reads back as %d", c, ParseChoice(c.String()))
		}
	}
	for _, s := range []string{"", "0", "1", "4", "For", "for ", "for,against", "for\x00", "forr", "abstention"} {
		if c := ParseChoice(s); c != 0 {
			t.Errorf("%q is read as %s", s, c)
		}
	}
}

func TestTakesVotesExactlyInItsTime(t *testing.T) {
	opens := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	b := Ballot{State: Open, Opens: opens, Closes: opens.Add(time.Hour)}
	for _, tt := range []struct {
		at   time.Time
		want bool
	}{{opens.Add(-time.Millisecond), false}, {opens, true}, {b.Closes.Add(-time.Millisecond), true}, {b.Closes, false}, {b.Closes.Add(time.Hour), false}} {
		if got := b.IsOpen(tt.at); got != tt.want {
			t.Errorf("at %s: %v", tt.at, got)
		}
	}
	for _, s := range []State{Announced, Closing, Counted, Purged, Stopped} {
		b.State = s
		if err := b.Takes(opens); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s takes votes: %v", s, err)
		}
	}
}

// TestEveryResultIsExplained puts every kind of result into words in every language, with every number filled in.
func TestEveryResultIsExplained(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules := []tally.Rule{tally.Simple(), tally.TwoThirds(), tally.ThreeQuarters(), tally.AbsoluteOfRoll(), tally.MoreThan(2, 3, tally.Cast), tally.AtLeast(1, 2, tally.Roll)}
	for _, rule := range rules {
		if m := ExplainRule(rule); !catalog.Has(m.ID) {
			t.Errorf("%+v is explained by %q, which no catalogue has", rule, m.ID)
		}
		for f := range int64(5) {
			for x := range int64(5) {
				for a := range int64(3) {
					for q := range int64(4) {
						r, err := tally.Majority(tally.Votes{For: f, Against: x, Abstain: a, Entitled: 12}, rule, q)
						if err != nil {
							t.Fatal(err)
						}
						if m := (Contest{}).Explain(r); !catalog.Has(m.ID) || !catalog.Has(What(r.Outcome).ID) {
							t.Fatalf("%+v is explained by %q, which no catalogue has", r, m.ID)
						}
					}
				}
			}
		}
	}
	for _, tt := range []struct {
		v    tally.Votes
		rule tally.Rule
		q    int64
		want string
	}{
		{tally.Votes{For: 19, Against: 7, Entitled: 41}, tally.Simple(), 9, "19 voted for and 7 against. More for than against was needed, so this is carried."},
		{tally.Votes{For: 4, Against: 4, Entitled: 41}, tally.Simple(), 8, "4 voted for and 4 against. A tie is not carried, and nobody has a casting vote."},
		{tally.Votes{For: 5, Against: 3, Entitled: 8}, tally.ThreeQuarters(), 2, "5 of 8 votes were for. At least 6 were needed (3 of every 4), so this is not carried."},
		{tally.Votes{For: 2, Abstain: 2, Entitled: 41}, tally.Simple(), 9, "4 took part; 9 were needed. The votes were not counted."},
		{tally.Votes{Abstain: 5, Entitled: 8}, tally.Simple(), 2, "All 5 who voted abstained. Nobody was for it, so this is not carried."},
		{tally.Votes{For: 7, Against: 1, Entitled: 12}, tally.AbsoluteOfRoll(), 2, "7 of the 12 people on the list voted for. At least 7 were needed, so this is carried."},
	} {
		r, err := tally.Majority(tt.v, tt.rule, tt.q)
		if err != nil {
			t.Fatal(err)
		}
		if got := catalog.Voice("en").Say(Contest{}.Explain(r)); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	for _, reason := range []urn.Reason{urn.Stranger, urn.Unknown, urn.Missing, urn.Unopened, urn.Clash, urn.KeyLost, urn.JournalLost, urn.JournalBroken} {
		if id := "ballot.stopped." + string(reason); !catalog.Has(id) {
			t.Errorf("no catalogue has %s", id)
		}
	}
}

// The fingerprints were worked out with sha256sum.
func TestFingerprints(t *testing.T) {
	b := Ballot{
		Ref: "b_1", Opens: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), Closes: time.Date(2026, 3, 9, 20, 0, 0, 5e6, time.UTC), Quorum: 3,
		Roll: RollHash([]string{"m_1", "m_2"}), Text: [32]byte{0xab}, Rule: tally.TwoThirds(), Secret: true,
	}
	q, err := b.question()
	if err != nil {
		t.Fatal(err)
	}
	papers := []urn.Paper{{Code: "AAAA", Choice: []byte{1}}, {Code: "BBBB", Choice: []byte{3}}}
	presence, full := papersHash(papers, false), papersHash(papers, true)
	for _, tt := range []struct{ name, got, want string }{
		{"roll", hex.EncodeToString(b.Roll[:]), wantRoll},
		{"question", hex.EncodeToString(q[:]), wantQuestion},
		{"codes", hex.EncodeToString(presence[:]), wantCodes},
		{"codes with choices", hex.EncodeToString(full[:]), wantFull},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, tt.got, tt.want)
		}
	}
}

func TestRuleReadsBack(t *testing.T) {
	for _, r := range []tally.Rule{{}, tally.Simple(), tally.TwoThirds(), tally.AbsoluteOfRoll()} {
		text, err := ruleText(r)
		if err != nil {
			t.Fatal(err)
		}
		if r == (tally.Rule{}) {
			text = ""
		}
		if got, err := parseRule(text); err != nil || got != r {
			t.Errorf("%s reads back as %+v (%v)", text, got, err)
		}
	}
	if _, err := parseRule("{"); err == nil {
		t.Error("half a rule is read")
	}
}

const (
	wantRoll     = "211d75f21cda72fd0b8220b8a043d3d28cb8a8029f5b665fef1d7e1fbd84a7ad"
	wantQuestion = "307b231515460078f63c187656d292c820685f2e136d78f9790cbe1cfcc1b764"
	wantCodes    = "b1d941c778ca2b8abfdf5cda739bbc8737f2ad4e9431e4d59b1fa250cb1b5f5a"
	wantFull     = "b0c08059d07fa0af1352269e1cffef50377ba4be42c245e95a1427ea9404984f"
)
