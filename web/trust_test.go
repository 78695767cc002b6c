package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
	"folkmoot/internal/webtest"
)

// TestTrustPages: a paper on which people say whom they would trust, without a script: each has both answers, what is sent and what is shown
// is as long whatever is answered, and the count says on how many papers each stands.
func TestTrustPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		o := &office{newVoting(t, d, c, "C", 12), t, map[int]*webtest.Visitor{}}
		o.Write(func(tx *db.Tx) error { return o.s.Roles.Form(tx, o.Group) })
		n := o.trusting()
		path := "/g/" + o.Group.Slug + "/proposals/" + strconv.Itoa(n)
		o.visitor(5).Get(path).Want(http.StatusOK).WantText("main", "by trust and lot: Treasurers", "A lot is drawn among those whom at least half trust")
		size := 0
		for i, yes := range []int{0, 1, 2, 3} {
			form := o.visitor(i).Get(path+"/vote").Want(http.StatusOK).WantText("main", "Whom would you trust with this?").Form("Check my vote")
			for n := range yes {
				form.Set("trust.o"+strconv.Itoa(n+1), trustYes)
			}
			p := form.Submit().Want(http.StatusOK).WantText("main", "You would trust with it:")
			if yes == 0 {
				p.WantText("main", "Nobody.")
			}
			if size == 0 {
				size = len(p.Body)
			}
			if len(p.Body) != size {
				t.Errorf("%d times yes: the page has %d bytes, and %d with no yes", yes, len(p.Body), size)
			}
			p.Form("Cast this vote").Submit().Want(http.StatusOK)
		}
	})
}

// trusting brings the election of treasurers, in which three stand, to its ballot.
func (o *office) trusting() (n int) {
	o.Helper()
	for i := 0; n == 0 && i < 40; i++ {
		o.goTo(o.Clock.Now().Add(24 * time.Hour))
		all, err := o.s.Elections.Running(o.Context(), o.Who[0])
		if err != nil {
			o.Fatal(err)
		}
		for _, e := range all {
			if v, err := o.s.Elections.Show(o.Context(), o.Who[0], e.Number); err == nil && v.Role.Key == "treasurers" {
				n = e.Number
			}
		}
	}
	for i := range 3 {
		if err := o.s.Elections.Stand(o.Context(), o.Who[i], n, election.Standing{Statement: "I would do it.", Interests: "None."}); err != nil {
			o.Fatal(err)
		}
	}
	v, err := o.s.Elections.Show(o.Context(), o.Who[0], n)
	if err != nil {
		o.Fatal(err)
	}
	o.GoTo(v.Until)
	o.GoTo(v.Opens)
	if b := o.Show(n); b.Method != ballot.Approval || !strings.HasPrefix(b.Options[0], "c_") {
		o.Fatalf("the ballot: %+v", b.Contest)
	}
	return n
}
