package member

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"

	"golang.org/x/mod/sumdb/note"
)

// made is a service on a database, and people without accounts to try it with.
type made struct {
	*Service
	t *testing.T
	d *db.DB
	n int
}

func make1(t *testing.T, d *db.DB) *made {
	t.Helper()
	skey, vkey, err := note.GenerateKey(nil, "folkmoot")
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.New(skey, vkey)
	if err != nil {
		t.Fatal(err)
	}
	s := New(d, l)
	s.OnBegin(func(*db.Tx, Group, Member) error { return nil })
	return &made{Service: s, t: t, d: d}
}

// person makes somebody new.
func (m *made) person() PersonID {
	m.t.Helper()
	m.n++
	row := struct {
		ID        PersonID
		Ref       string
		Handle    string
		CreatedAt db.Instant
	}{Ref: fmt.Sprintf("p_%d", m.n), Handle: "x"}
	err := m.d.Write(m.t.Context(), func(tx *db.Tx) error {
		row.CreatedAt = db.At(tx.Now)
		return tx.Table("people").Create(&row).Error
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return row.ID
}

func (m *made) found(name string) (Actor, PersonID) {
	m.t.Helper()
	p := m.person()
	g, err := m.Found(m.t.Context(), db.Once{}, p, Founding{Name: name, Preset: "B", Zone: "UTC", By: "Founder"})
	if err != nil {
		m.t.Fatal(err)
	}
	return m.actor(p, g.Slug), p
}

func (m *made) actor(p PersonID, slug string) Actor {
	m.t.Helper()
	a, _, err := m.Visit(m.t.Context(), p, slug)
	if err != nil {
		m.t.Fatal(err)
	}
	return a
}

func (m *made) join(by Actor, name string) Actor {
	m.t.Helper()
	secret, err := m.Invite(m.t.Context(), db.Once{}, by, 1, 1)
	if err != nil {
		m.t.Fatal(err)
	}
	p := m.person()
	if _, err := m.Join(m.t.Context(), p, secret, name); err != nil {
		m.t.Fatal(err)
	}
	return m.actor(p, by.Group.Slug)
}

func TestFoundWritesTheRecordInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := make1(t, d)
		a, _ := m.found("Elm")
		b := m.join(a, "Ben")
		if _, err := m.Leave(t.Context(), b, false); err != nil {
			t.Fatal(err)
		}
		var kinds []string
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			entries, err := ledger.Entries(tx, a.Group.Log(), 0, 100)
			for _, e := range entries {
				kinds = append(kinds, e.Kind)
			}
			return err
		})
		want := []string{"group.started", "member.joined", "invitation.made", "member.joined", "member.left"}
		if err != nil || len(kinds) != len(want) {
			t.Fatalf("the record holds %q, want %q; %v", kinds, want, err)
		}
		for i := range want {
			if kinds[i] != want[i] {
				t.Errorf("entry %d is %s, want %s", i, kinds[i], want[i])
			}
		}
	})
}

// TestThirdMemberIsNotedOnce, also when somebody leaves and another comes.
func TestThirdMemberIsNotedOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := make1(t, d)
		a, p := m.found("Elm")
		b := m.join(a, "Ben")
		if !m.actor(p, "elm").Group.Forming() {
			t.Error("two members, and the group is not forming")
		}
		if _, err := m.Leave(t.Context(), b, false); err != nil {
			t.Fatal(err)
		}
		m.join(a, "Cem")
		if !m.actor(p, "elm").Group.Forming() {
			t.Error("two members again, and the group is not forming")
		}
		c.Advance(time.Hour)
		d3 := m.join(a, "Dov")
		third := m.actor(p, "elm").Group.Third
		if !third.Equal(dbtest.Start.Add(time.Hour)) {
			t.Errorf("the third joined at %v", third)
		}
		c.Advance(time.Hour)
		if _, err := m.Leave(t.Context(), d3, false); err != nil {
			t.Fatal(err)
		}
		m.join(a, "Eve")
		if got := m.actor(p, "elm").Group.Third; !got.Equal(third) {
			t.Errorf("the third moved from %v to %v", third, got)
		}
	})
}

// TestG17_FounderPowersEnd checks the dates themselves; 400 days later nothing has come back.
func TestG17_FounderPowersEnd(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := make1(t, d)
		a, p := m.found("Elm")
		m.join(a, "Ben")
		c.Advance(10 * 24 * time.Hour)
		m.join(a, "Cem")
		a = m.actor(p, "elm")
		ends := dbtest.Start.Add(40 * 24 * time.Hour) // thirty days after the third
		if !a.Group.FounderUntil().Equal(ends) {
			t.Errorf("they end at %v, want %v", a.Group.FounderUntil(), ends)
		}
		call := func() error { return m.CallFounding(t.Context(), a, c.Now().Add(48*time.Hour), "Hall") }
		c.Set(ends.Add(-time.Minute))
		if err := call(); err != nil {
			t.Error(err)
		}
		for _, later := range []time.Duration{0, time.Minute, 400 * 24 * time.Hour} {
			c.Set(ends.Add(later))
			if err := call(); fault.KindOf(err) != fault.Denied {
				t.Errorf("%v after their end: %v, want fault.Denied", later, err)
			}
			if who, err := m.Founders(t.Context(), m.actor(p, "elm")); err != nil || len(who) != 0 {
				t.Errorf("%v after their end the page names %v, %v", later, who, err)
			}
		}
	})
}

func TestNobodyElseCallsTheFounding(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	m := make1(t, dbtest.SQLite(t, c))
	a, _ := m.found("Elm")
	b := m.join(a, "Ben")
	b.Member.Founder = true // a forged actor: the service looks for itself
	if err := m.CallFounding(t.Context(), b, c.Now().Add(48*time.Hour), ""); fault.KindOf(err) != fault.Denied {
		t.Errorf("got %v, want fault.Denied", err)
	}
}

// TestFormerMembersNameIsGone from the record and the pages, and every hash in the record still stands.
func TestFormerMembersNameIsGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := make1(t, d)
		a, _ := m.found("Elm")
		b := m.join(a, "Canary")
		if err := m.Rename(t.Context(), b, "Canary the Second"); err != nil {
			t.Fatal(err)
		}
		gone, err := m.Leave(t.Context(), b, true)
		if err != nil || !gone {
			t.Fatalf("gone: %v, %v", gone, err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			n, err := ledger.Size(tx, a.Group.Log())
			if err != nil {
				return err
			}
			texts, err := ledger.Texts(tx, a.Group.Log(), 0, n)
			removed := 0
			for _, s := range texts {
				if s.Text == "Canary" || s.Text == "Canary the Second" {
					t.Errorf("the record still says %q", s.Text)
				}
				if s.Gone {
					removed++
				}
			}
			if removed != 2 {
				t.Errorf("%d texts are removed, want 2", removed)
			}
			left, err2 := Get(tx, b.Member.ID)
			if left.Name != "" {
				t.Errorf("the page still says %q", left.Name)
			}
			if err == nil {
				err = err2
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestLeavingTwice: the second time there is nothing to leave.
func TestLeavingTwice(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	m := make1(t, dbtest.SQLite(t, c))
	a, _ := m.found("Elm")
	b := m.join(a, "Ben")
	if _, err := m.Leave(t.Context(), b, false); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Leave(t.Context(), b, false); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v, want fault.NotFound", err)
	}
	for what, err := range map[string]error{
		"rename": m.Rename(t.Context(), b, "Else"), "revoke": m.Revoke(t.Context(), b, 1),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s after leaving: %v, want fault.NotFound", what, err)
		}
	}
	if _, err := m.Invite(t.Context(), db.Once{}, b, 1, 1); fault.KindOf(err) != fault.NotFound {
		t.Errorf("invite after leaving: %v, want fault.NotFound", err)
	}
}

func TestPeoplePages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := make1(t, d)
		a, _ := m.found("Elm")
		secret, err := m.Invite(t.Context(), db.Once{}, a, 200, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 2 * peoplePage {
			if _, err := m.Join(t.Context(), m.person(), secret, fmt.Sprintf("Member %03d", i)); err != nil {
				t.Fatal(err)
			}
		}
		seen, after, pages := map[ID]bool{}, ID(0), 0
		for {
			p, err := m.People(t.Context(), a, after)
			if err != nil {
				t.Fatal(err)
			}
			pages++
			if p.Count != 2*peoplePage+1 {
				t.Errorf("it counts %d", p.Count)
			}
			for _, x := range p.Members {
				seen[x.ID] = true
			}
			if after = p.After; after == 0 {
				break
			}
		}
		if len(seen) != 2*peoplePage+1 || pages != 3 {
			t.Errorf("%d people on %d pages", len(seen), pages)
		}
	})
}

func TestSlugs(t *testing.T) {
	for name, want := range map[string]string{
		"Elm Street Tenants": "elm-street-tenants", "  ¡Vivienda Ya! ": "vivienda-ya", "Łódź & Straße": "lodz-strasse", "房屋": "group", "---": "group",
		"A very long name of a group that goes on and on without end": "a-very-long-name-of-a-group-that-goes-on",
	} {
		if got := slugFor(name); got != want {
			t.Errorf("slugFor(%q) = %q, want %q", name, got, want)
		}
	}
	c := dbtest.NewClock(dbtest.Start)
	m := make1(t, dbtest.SQLite(t, c))
	for _, want := range []string{"elm", "elm-2", "elm-3"} {
		if a, _ := m.found("Elm"); a.Group.Slug != want {
			t.Errorf("the address is %q, want %q", a.Group.Slug, want)
		}
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"Ana": "", "  Ana   López ": "", "梅": "", "علي": "", "X Æ A-12": "", "O'Brien": "", "🌱 Leaf": "",
		"": "missing", "   ": "missing", "…": "letters", "Ana\u202eanA": "invisible", "A\u200bna": "invisible", "A\u00adna": "invisible", "\u3164": "invisible",
		"Amina\u17b4": "invisible", "Amina\U0001d159": "invisible", "Amina\U00016fe4": "invisible", "Amina\ufffc": "invisible", "Amina\u061c": "invisible",
		"Operator": "reserved", "0perat0r": "reserved", "Operat\u0585r": "reserved", "Folkm\u1d0f\u1d0ft": "reserved", "FACILITATOR": "reserved",
		"Fac\u0131litat\u03bfr": "reserved", "\u1d0f\u1d18\u1d07\u0280\u1d00\u1d1b\u1d0f\u0280": "reserved", "Operadora": "reserved", "Marta Operator": "", "Stewart": "", "a\nb": "", "a\x00b": "invisible", "\xff": "invisible",
		"a name that is longer than forty characters": "long",
	} {
		if _, wrong := CleanName(in, MaxName); wrong.ID != map[bool]string{true: "", false: "people.name." + want}[want == ""] {
			t.Errorf("CleanName(%q): %q, want %q", in, wrong.ID, want)
		}
	}
	if got, _ := CleanName("Jose\u0301  Luis", MaxName); got != "José Luis" {
		t.Errorf("written as %q", got)
	}
}

// TestV39_LookAlikes: names that a reader would take for one another fold to one.
func TestV39_LookAlikes(t *testing.T) {
	for _, same := range [][]string{
		{"Paypal", "PAYPAL", "Раураl", "Pаypаl", "P.a.y p-a_l", "Ｐａｙｐａｌ", "Páypäl", "PaypaI", "Paypa1"},
		{"Bob", "B0b", "Вob"}, {"Arnold", "Amold"}, {"Ωmega", "ωmega"}, {"Straße", "STRASSE"},
	} {
		for _, other := range same[1:] {
			if Fold(same[0]) != Fold(other) {
				t.Errorf("%q and %q fold to %q and %q", same[0], other, Fold(same[0]), Fold(other))
			}
		}
	}
	for _, pair := range [][2]string{{"Ana", "Anna"}, {"Ben", "Bea"}, {"Ana 2", "Ana 3"}, {"山田", "田中"}, {"علي", "على"}, {"Иван", "Олег"}, {"🌱", "🌳"}} {
		if Fold(pair[0]) == Fold(pair[1]) {
			t.Errorf("%q and %q fold to the same %q", pair[0], pair[1], Fold(pair[0]))
		}
	}
}

// TestNamesThatPassForAnother: nobody takes a name that looks like one that is there, whichever of the two came first, in whatever script.
func TestNamesThatPassForAnother(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := make1(t, d)
		beside := func(group, there, name string) {
			t.Helper()
			a, _ := m.found(group)
			b := m.join(a, there)
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				taken, err := nameTaken(tx, a.Group.ID, name, 0)
				own, own2 := nameTaken(tx, a.Group.ID, name, b.Member.ID)
				if taken.ID != "people.name.taken" || !own.IsZero() {
					t.Errorf("%q beside %q: %q, and for themselves %q", name, there, taken.ID, own.ID)
				}
				return errors.Join(err, own2)
			})
			if err != nil {
				t.Error(err)
			}
		}
		for i, names := range [][]string{
			{"Amina", "\u0251mina", "\u13aamina", "\u1d00mina", "Amin\u0430", "Am\u0131na", "Am\u0268na", "Amina\u02bb", "Amina\u20dd", "Ami\u1ab0na", "AMINA", "A\U0001d426ina", "\ua4eemina"},
			{"NINA", "\u039dINA", "\u2c9aINA"}, {"HENRY", "\u0397ENR\u03a5"}, {"\u039d\u03af\u03ba\u03bf\u03c2", "N\u03af\u03ba\u03bf\u03c2"},
			{"\u0555\u0570\u0561\u0576", "O\u0570\u0561\u0576", "\u0555h\u0561\u0576"}, {"\u0418\u0432\u0430\u043d", "\u0418\u0432a\u043d"},
		} {
			for j, other := range names[1:] {
				beside(fmt.Sprintf("Elm %d %d", i, j), names[0], other)
				beside(fmt.Sprintf("Oak %d %d", i, j), other, names[0])
			}
		}
		// A Latin name that is there is not passed for in capitals of another script either.
		beside("Ash", "NINA", "\u039d\u0399\u039d\u0391")
	})
}

// TestNamesOfPeople: names in the scripts that people write in are names, and no two of them are one.
func TestNamesOfPeople(t *testing.T) {
	by := map[string]string{}
	for _, name := range []string{
		"Ana", "Anna", "Ann", "Hannah", "José", "Zoë", "Øyvind", "Łukasz", "Đorđe", "Þóra", "Çağla", "Nguyễn Thị Hà", "Kaʻiulani", "N’Diaye", "Seán Ó Sé", "İpek",
		"Νίκος", "Νίνα", "Ελένη", "Γιώργος", "Σοφία", "Χρήστος", "Иван", "Ольга", "Юлия", "Ђорђе", "Їжак", "Ғалым", "Өлзий", "Արմեն", "Անահիտ", "Հովհաննես", "Օֆելյա", "Սիրուն",
		"ნინო", "გიორგი", "ᏌᎳᎵ", "ᏩᏯ", "ᏣᎵ", "רוני", "רונן", "שרה", "יוסי", "مريم", "علي", "على", "هالة", "محمد", "أحمد", "پروین", "ژاله", "کاوه", "میترا",
		"अमिता", "अमित", "रवि", "রহিম", "ਗੁਰਪ੍ਰੀਤ", "મીના", "கமலா", "లక్ష్మి", "ಮೀರಾ", "അനു", "සුනිල්", "สมชาย", "สมศรี", "ນາງ", "မြင့်", "សុខ", "ሰላም", "አበበ",
		"김민수", "김민서", "안아", "아나", "山田", "田中", "李小龙", "王芳", "さくら", "サクラ", "かな", "がな", "ノリコ", "リコ", "ⵜⵉⵣⵉⵔⵉ", "ߡߊߡߊߘߎ", "ᐊᓐᓇ", "🌱 Leaf",
	} {
		clean, wrong := CleanName(name, MaxName)
		if !wrong.IsZero() {
			t.Errorf("%q: %s", name, wrong.ID)
		}
		if other, twice := by[Fold(clean)]; twice {
			t.Errorf("%q and %q are both %q", name, other, Fold(clean))
		}
		by[Fold(clean)] = name
	}
}

// TestSentTwice: what is said again of a meeting or an invitation is neither an error nor another entry in the record.
func TestSentTwice(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := make1(t, d)
		a, _ := m.found("Elm")
		if _, err := m.Invite(t.Context(), db.Once{}, a, 5, 1); err != nil {
			t.Fatal(err)
		}
		open, err := m.Invitations(t.Context(), a)
		if err != nil || len(open) != 1 {
			t.Fatal(open, err)
		}
		at := c.Now().Add(48 * time.Hour)
		for range 3 {
			if err := m.Revoke(t.Context(), a, open[0].ID); err != nil {
				t.Errorf("revoke: %v", err)
			}
			if err := m.CallFounding(t.Context(), a, at, "Hall"); err != nil {
				t.Errorf("call: %v", err)
			}
		}
		told := map[string]int{}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			entries, err := ledger.Entries(tx, a.Group.Log(), 0, 100)
			for _, e := range entries {
				told[e.Kind]++
			}
			return err
		})
		if err != nil || told["invitation.revoked"] != 1 || told["founding.called"] != 1 {
			t.Errorf("the record: %v; %v", told, err)
		}
		other, _ := m.found("Oak")
		if err := m.Revoke(t.Context(), other, open[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another group's invitation: %v", err)
		}
	})
}
