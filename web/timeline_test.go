package web

import (
	"strings"
	"testing"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// TestTimesOfManyYears: bars of a seat stand beside each other within the picture, however many years it shows.
func TestTimesOfManyYears(t *testing.T) {
	now := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
	for _, all := range []bool{false, true} {
		years := 2
		if all {
			years = 20
		}
		from := now.AddDate(-years, 0, 0)
		var held []role.Stretch
		for at := from; at.Before(now.AddDate(0, 6, 0)); at = at.AddDate(0, 6, 0) {
			held = append(held, role.Stretch{Name: "Ines", Term: role.Term{ID: role.TermID(len(held) + 1), Role: 1, Seat: 1, Begins: at, Ends: at.AddDate(0, 5, 0)}})
		}
		r := role.Role{ID: 1, Begun: from, Type: role.Type{Key: "tellers", Seats: 1}}
		p := timesOf(member.Actor{}, role.NewTimeline([]role.Role{r}, held, from, now), all, "")
		if want := years * map[bool]int{false: foldedYear, true: wideYear}[all]; p.Today < want*99/100 || p.Today > want || p.Width < p.Today {
			t.Errorf("%d years: today is at %d of %d, want about %d", years, p.Today, p.Width, want)
		}
		said := -saidWide
		for _, m := range p.Ticks {
			if m.Said && m.X-said < 80 {
				t.Errorf("%d years: the words at %d stand in those at %d", years, m.X, said)
			}
			if m.Said {
				said = m.X
			}
		}
		if said < 0 {
			t.Errorf("%d years: no line has words", years)
		}
		end := 0
		for _, b := range p.Roles[0].Rows[0].Bars {
			if b.X < end || b.X+b.W > p.Width {
				t.Errorf("%d years: the bar %+v begins before %d or ends after %d", years, b, end, p.Width)
			}
			end = b.X + b.W
		}
		if len(p.Ticks) == 0 || len(p.Roles[0].Rows[0].Bars) < 4*years {
			t.Errorf("%d years: %d lines, %d bars", years, len(p.Ticks), len(p.Roles[0].Rows[0].Bars))
		}
	}
}

// TestTimesSayEveryEnd: a term is told the same in the list beside the picture and among the earlier terms, whatever it was and however it ended; of
// one that members ended nothing but that is told, and who looks after a place now is not told as if that were over.
func TestTimesSayEveryEnd(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
	x := func(time.Time) int { return 0 }
	a := member.Actor{Group: member.Group{Zone: time.UTC}}
	for _, voice := range []*lang.Voice{catalog.Voice("en"), catalog.Voice("es")} {
		for _, kind := range []role.Kind{"", role.Caretaker} {
			for _, how := range []string{"", role.Declined, role.Resigned, role.Left, role.Archived, role.ByVote, role.Relieved, role.WithRole} {
				term := role.Term{ID: 1, Kind: kind, Begins: now.AddDate(0, -3, 0), Ends: now.AddDate(0, -1, 0), How: how}
				say := timeBar(a, now, role.Stretch{Term: term, Name: "Ines"}, x).Say
				got := voice.Say(say)
				if !catalog.Has(say.ID) || !strings.Contains(got, "Ines") || !strings.HasSuffix(got, ".") || got != voice.Say(pastSay(a, plain("Ines"), term)) {
					t.Errorf("%s: a term of kind %q that ended by %q: %q", voice.Tag(), kind, how, got)
				}
				if minded := strings.Contains(got, "looked after") || strings.Contains(got, "lo cuidó"); minded != (kind == role.Caretaker) && how != role.Declined {
					t.Errorf("%s: of kind %q it says %q", voice.Tag(), kind, got)
				}
			}
			term := role.Term{ID: 1, Kind: kind, Begins: now.AddDate(0, -1, 0), Ends: now.AddDate(0, 1, 0)}
			say := timeBar(a, now, role.Stretch{Term: term, Name: "Ines"}, x).Say
			if got := voice.Say(say); !catalog.Has(say.ID) || !strings.HasSuffix(got, ".") || strings.Contains(got, "looked") || strings.Contains(got, "cuidó") {
				t.Errorf("%s: what goes on is told as %q", voice.Tag(), got)
			}
		}
	}
}
