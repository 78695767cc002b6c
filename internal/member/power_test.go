package member_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"

	"golang.org/x/mod/sumdb/note"
)

// longest is how long a power may last at most (practice.md §1.2, G2).
const longest = 400 * 24 * time.Hour

// alone is a group that nobody does anything in any more.
type alone struct {
	slug   string
	preset rulebook.Name
	who    []member.PersonID // the founder first
	held   map[member.Capability]bool
}

// TestG2_EveryPowerEndsByItself begins groups from each preset and then leaves them alone. Nothing but the clock moves: no power grows
// or comes back, and when the 400 days are over nobody holds one, nor can do what it was for.
func TestG2_EveryPowerEndsByItself(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		members, rules := services(t, d)
		var groups []alone
		for _, preset := range []rulebook.Name{"A", "B", "C"} {
			for _, size := range []int{1, 2, 3, 8} {
				groups = append(groups, founded(t, d, members, preset, size))
			}
		}
		for day := 0; day <= 400; day += 5 {
			c.Set(dbtest.Start.Add(time.Duration(day) * 24 * time.Hour))
			for _, g := range groups {
				g.look(t, members, c.Now(), day)
			}
		}
		for _, g := range groups {
			for power, can := range g.held {
				if can {
					t.Errorf("%s: after 400 days the founder still holds %s", g.slug, power)
				}
			}
			for i, p := range g.who {
				a, _, err := members.Visit(t.Context(), p, g.slug)
				if err != nil {
					t.Fatal(err)
				}
				if err := members.CallFounding(t.Context(), a, c.Now().Add(48*time.Hour), "Hall"); fault.KindOf(err) != fault.Denied {
					t.Errorf("%s: after 400 days member %d calls the founding meeting: %v", g.slug, i, err)
				}
				other := rulebook.Name("A")
				if g.preset == other {
					other = "B"
				}
				if err := rules.ReplacePreset(t.Context(), a, other); fault.KindOf(err) != fault.Denied {
					t.Errorf("%s: after 400 days member %d replaces the rules: %v", g.slug, i, err)
				}
			}
		}
	})
}

// look asks for every capability of every member of the group.
func (g alone) look(t *testing.T, members *member.Service, now time.Time, day int) {
	t.Helper()
	for i, p := range g.who {
		a, _, err := members.Visit(t.Context(), p, g.slug)
		if err != nil {
			t.Fatal(err)
		}
		for _, power := range member.Capabilities() {
			can, end := member.Can(a, power, now), member.Until(a, power, now)
			if can && (i > 0 || end.IsZero() || end.After(dbtest.Start.Add(longest))) {
				t.Fatalf("%s, day %d: member %d holds %s until %v", g.slug, day, i, power, end)
			}
			if i > 0 || power != member.ChoosePreset && power != member.CallFounding { // nobody has it from the start
				continue
			}
			if start := power != member.ChoosePreset || len(g.who) < 3; day == 0 && can != start {
				t.Fatalf("%s: at the start the founder holds %s: %v", g.slug, power, can)
			}
			if day > 0 && can && !g.held[power] {
				t.Fatalf("%s, day %d: %s has come back", g.slug, day, power)
			}
			g.held[power] = can
		}
	}
}

// TestG2_NoPowerWithoutAnEnd makes groups and members of every kind, also such as there should not be: whoever can do anything can do
// it until a moment that is known and at most 400 days from the group's beginning, and from then on not.
func TestG2_NoPowerWithoutAnEnd(t *testing.T) {
	const day = 24 * time.Hour
	moments := []time.Time{{}}
	for _, days := range []time.Duration{-400, -1, 0, 1, 29, 30, 31, 59, 60, 61, 399, 400, 401, 4000} {
		moments = append(moments, dbtest.Start.Add(days*day))
	}
	known := member.Capabilities()
	held := map[member.Capability]int{}
	try := func(a member.Actor) {
		for _, power := range append(known, "", "everything", "choose_preset ") {
			for _, now := range moments {
				end := member.Until(a, power, now)
				if can := member.Can(a, power, now); can == end.IsZero() {
					t.Fatalf("%+v has %q at %v: %v, until %v", a, power, now, can, end)
				}
				if end.IsZero() {
					continue
				}
				if !now.Before(end) || end.After(now.Add(longest)) || !a.IsMember() || !slices.Contains(known, power) {
					t.Fatalf("%+v has %q at %v until %v", a, power, now, end)
				}
				if !member.Can(a, power, end.Add(-time.Millisecond)) || member.Can(a, power, end) {
					t.Fatalf("%+v has %q until %v, and not until then", a, power, end)
				}
				held[power]++
			}
		}
	}
	for _, third := range moments {
		for _, left := range moments {
			for _, founder := range []bool{true, false} {
				for id := range member.ID(2) {
					for step := range 2 {
						a := member.Actor{
							Person: 1, Member: member.Member{ID: id, Founder: founder, Joined: dbtest.Start, Left: left},
							Group: member.Group{ID: 1, Created: dbtest.Start, Third: third, Founding: third, SetupStep: step},
						}
						try(a)
						a.Terms = []member.Term{{Caps: known, Begins: dbtest.Start.Add(29 * day), Ends: dbtest.Start.Add(60 * day)}}
						try(a)
					}
				}
			}
		}
	}
	for _, power := range known {
		if held[power] == 0 {
			t.Errorf("nobody ever held %s; this test looks at nothing", power)
		}
	}
}

func services(t *testing.T, d *db.DB) (*member.Service, *rulebook.Service) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(nil, "folkmoot")
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.New(skey, vkey)
	if err != nil {
		t.Fatal(err)
	}
	members, rules := member.New(d, l), rulebook.NewService(d, l)
	members.OnBegin(rules.Begin)
	return members, rules
}

// founded begins a group as its founder would, and lets the others join by invitation.
func founded(t *testing.T, d *db.DB, members *member.Service, preset rulebook.Name, size int) alone {
	t.Helper()
	name := fmt.Sprintf("%s-%d", map[rulebook.Name]string{"A": "ash", "B": "beech", "C": "cherry"}[preset], size)
	g := alone{slug: name, preset: preset, held: map[member.Capability]bool{}}
	for i := range size {
		var p member.PersonID
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Raw("INSERT INTO people (ref, handle, created_at) VALUES (?, 'x', ?) RETURNING id", fmt.Sprintf("p_%s_%d", name, i), db.At(tx.Now)).Scan(&p).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		g.who = append(g.who, p)
	}
	made, err := members.Found(t.Context(), db.Once{}, g.who[0], member.Founding{Name: name, Preset: string(preset), Zone: "UTC", By: "Founder"})
	if err != nil || made.Slug != name {
		t.Fatalf("the group is at %s (%v)", made.Slug, err)
	}
	a, _, err := members.Visit(t.Context(), g.who[0], name)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range g.who[1:] {
		secret, err := members.Invite(t.Context(), db.Once{}, a, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := members.Join(t.Context(), p, secret, fmt.Sprintf("Member %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	return g
}
