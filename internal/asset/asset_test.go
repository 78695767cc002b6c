package asset

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/member"

	"pgregory.net/rapid"
)

var monday = time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// TestWarnings is the table of what is wrong with a key, from nobody to handed on and not tried.
func TestWarnings(t *testing.T) {
	ana := Holder{Member: 1, Since: monday, Tested: monday}
	ben := Holder{Member: 2, Since: monday}
	bank := Holder{Name: "The bank", Since: monday}
	gone := Holder{Member: 3, Since: monday, Tested: monday, Left: true}
	for _, tt := range []struct {
		name          string
		first, second Holder
		after         time.Duration
		gone          bool
		want          []Warning
	}{
		{"two who tried it", ana, Holder{Member: 4, Since: monday, Tested: monday}, 0, false, nil},
		{"nobody", Holder{}, Holder{}, 0, false, []Warning{Nobody}},
		{"one", ana, Holder{}, 0, false, []Warning{One}},
		{"one and somebody outside", ana, bank, 50 * day, false, nil},
		{"one has left", ana, gone, 0, false, []Warning{One, Left}},
		{"who had it alone has left", gone, Holder{}, 0, false, []Warning{Nobody, Left}},
		{"a second who has not tried it, within the week", ana, ben, TestTime - 1, false, nil},
		{"and after it", ana, ben, TestTime, false, []Warning{Untested}},
		{"a date that has not passed", ana, bank, 100*day - 1, false, nil},
		{"one that has", ana, bank, 100 * day, false, []Warning{Overdue}},
		{"all at once", ben, gone, 100 * day, false, []Warning{One, Left, Overdue, Untested}},
		{"a date without anybody to hand it on", Holder{}, Holder{}, 200 * day, false, []Warning{Nobody}},
		{"what the group has no more", ben, gone, 100 * day, true, nil},
	} {
		k := Key{Kind: Other, First: tt.first, Second: tt.second, Until: monday.Add(100 * day), Gone: tt.gone}
		if got := k.Warnings(monday.Add(tt.after)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestAlerts: what stands on the first page until it is put right (practice.md §2.12.6, §2.13.1).
func TestAlerts(t *testing.T) {
	ana, ben := Holder{Member: 1, Since: monday, Tested: monday}, Holder{Member: 2, Since: monday, Tested: monday}
	key := func(kind Kind, h ...Holder) Key {
		k := Key{Kind: kind, Until: monday.Add(100 * day)}
		if len(h) > 0 {
			k.First = h[0]
		}
		if len(h) > 1 {
			k.Second = h[1]
		}
		return k
	}
	for _, tt := range []struct {
		name  string
		keys  []Key
		after time.Duration
		want  []Warning
	}{
		{"the first days", nil, 30*day - 1, nil},
		{"nobody says who runs the server by day 30", nil, 30 * day, []Warning{Missing}},
		{"one does, in the first days", []Key{key(Server, ana)}, 30*day - 1, nil},
		{"one does, by day 30", []Key{key(Server, ana)}, 30 * day, []Warning{One}},
		{"two do", []Key{key(Server, ana, ben)}, 30 * day, nil},
		{"two did, and their time is over", []Key{key(Server, ana, ben)}, 100 * day, []Warning{Overdue}},
		{"one has the money", []Key{key(Bank, ana)}, 0, []Warning{One}},
		{"one has the money, and one the server, in the first days", []Key{key(Server, ana), key(Bank, ana)}, 0, []Warning{One, One}},
		{"two have the money, and one the server, in the first days", []Key{key(Server, ana), key(Bank, ana, ben)}, 0, nil},
		{"nobody has", []Key{key(Bank)}, 0, []Warning{Nobody}},
		{"nobody has the hall's key", []Key{key(Other), key(Mail, ana)}, 0, nil},
	} {
		var got []Warning
		for _, a := range Alerts(tt.keys, monday, monday.Add(tt.after)) {
			got = append(got, a.Warning)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestAKeyIsNeverQuiet: however a key is held, once its time is over, or one person or none has it, something is said.
func TestAKeyIsNeverQuiet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := func(name string) Holder {
			h := Holder{Member: member.ID(rapid.IntRange(0, 3).Draw(t, name)), Since: monday, Left: rapid.Bool().Draw(t, name+" left")}
			if h.Member == 0 {
				return Holder{Name: rapid.SampledFrom([]string{"", "The bank"}).Draw(t, name+" outside"), Since: monday}
			}
			return h
		}
		k := Key{Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"), First: some("first"), Second: some("second"), Until: monday.Add(MaxHeld)}
		now := monday.Add(time.Duration(rapid.IntRange(0, 800).Draw(t, "days")) * day)
		quiet := len(k.Warnings(now)) == 0
		if two := k.First.has() && k.Second.has(); quiet && (!two || !now.Before(k.Until)) {
			t.Errorf("nothing is said of %+v at %v", k, now)
		}
	})
}
