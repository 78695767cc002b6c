package audit

import (
	"testing"

	"folkmoot/internal/consent"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/votetest"
)

// choosing is a crew whose stewards are found by consent: somebody refuses, somebody is objected to, two are agreed on, one selection finds
// nobody, and one is under way, with words in it that nobody has read.
func choosing(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) {
	t.Helper()
	r := &road{World: votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Printers", Preset: "A", Zone: "Europe/Madrid", Lang: "en", By: "Olga"})}
	r.Invite("Pat", "Quin", "Ray", "Sue", "Tom", "Uma")
	ctx := t.Context()
	look := func() consent.View {
		t.Helper()
		all, err := r.Consent.Running(ctx, r.Who[0])
		r.must(err)
		if len(all) == 0 {
			return consent.View{}
		}
		return all[0]
	}
	for i := 0; look().State == ""; i++ {
		if i > 30 {
			t.Fatal("no selection opens")
		}
		r.Pass(c.Now().Add(day))
	}
	write := func(by, named int) {
		t.Helper()
		r.must(r.Consent.Write(ctx, r.Who[by], look().Number, r.Who[named].Member.ID, "They would do it well."))
	}
	answer := func(a consent.Answer, reason string, who ...int) {
		t.Helper()
		for _, n := range look().Proposed() {
			for _, i := range who {
				if r.Who[i].Member.ID != n.Member {
					r.must(r.Consent.Answer(ctx, r.Who[i], look().Number, n.Turn, a, reason))
				}
			}
		}
	}
	end := func() { r.Pass(look().Until) }
	number := look().Number
	end() // nobody has written, so there is more time
	for by, named := range []int{1, 2, 1, 2, 3, 4, 1} {
		write(by, named)
	}
	r.must(r.Consent.Decline(ctx, r.Who[6], number))
	end()
	write(4, 5)
	end()
	answer(consent.Agree, "", 0, 3, 5, 6)
	answer(consent.Object, "They are away.", 4)
	end()
	answer(consent.Agree, "Gladly.", 0, 1, 2, 3)
	end()
	for _, n := range look().Proposed() {
		r.must(r.Consent.Accept(ctx, r.Who[r.Place(n.Member)], number))
	}
	r.Pass(c.Now())
	if v, err := r.Consent.Show(ctx, r.Who[0], number); err != nil || v.State != consent.Final {
		t.Fatalf("the first: %+v, %v", v, err)
	}
	for i := 0; i < 60 && look().Number < number+1; i++ { // members give up what they hold, so that it opens
		m, err := r.Roles.Map(ctx, r.Who[0])
		r.must(err)
		for _, p := range m.Roles {
			for _, x := range p.Terms {
				r.must(r.Roles.GiveUp(ctx, r.Who[r.Place(x.Member)], x.Ref))
			}
		}
		r.Pass(c.Now().Add(day))
	}
	for look().Number == number+1 { // and find nobody
		end()
	}
	for i := 0; look().Number < number+2; i++ {
		if i > 90 {
			t.Fatal("no third selection opens")
		}
		r.Pass(c.Now().Add(day))
	}
	for by := range 5 {
		write(by, 3)
	}
	end()
	write(1, 4)
	end()
	answer(consent.Agree, "Not yet read.", 0, 1)
	if v := look(); v.State != consent.Asking || len(v.MineSaid) == 0 {
		t.Fatalf("the third: %+v", v)
	}
	same(t, d, "while members speak")
	r.must(r.Ballots.Close())
}
