package export_test

import (
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/discussion"
	"folkmoot/internal/election"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/votetest"
)

// world is a group that began as groups do, so that its record is whole.
type world struct {
	*votetest.World
	members *member.Service
	talk    *discussion.Service
	exports *export.Service
	voices  *lang.Catalog
}

var people = []string{"Ada ✿", "Bo", "=Cy", "Dina", "Élise", "Faruk", "Gül"}

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock) *world {
	t.Helper()
	w := &world{World: &votetest.World{TB: t, DB: d, Clock: c, Keys: t.TempDir()}}
	var err error
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Ledger, _, err = ledger.Open(w.Keys)
	must(err)
	w.voices, err = lang.Load()
	must(err)
	w.Rules, w.Motions = rulebook.NewService(d, w.Ledger), motion.NewService(d, w.Ledger)
	w.Resolve = resolve.NewService(d, w.Ledger)
	w.Decisions, w.talk = decision.NewService(d, w.Ledger), discussion.NewService(d, w.Ledger)
	w.Elections = election.NewService(d, w.Ledger, w.Decisions.Begin, nil, nil)
	w.members = member.New(d, w.Ledger)
	w.members.OnBegin(w.Rules.Begin)
	w.Roles = role.NewService(d, w.Ledger, w.voices)
	w.Elections = election.NewService(d, w.Ledger, w.Decisions.Begin, w.Roles.TextOf, nil)
	w.exports = export.NewService(d, w.Ledger, nil)
	w.Ballots, err = ballot.New(t.Context(), d, w.Ledger, w.Keys, w.Decisions.Record, slog.New(slog.NewTextHandler(t.Output(), nil)))
	must(err)
	t.Cleanup(func() {
		if err := w.Ballots.Close(); err != nil {
			t.Error(err)
		}
	})
	for i, name := range people {
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO people (id, ref, handle, handle_key, created_at) VALUES (?, ?, ?, ?, 1)",
				i+1, fmt.Sprint("p_", i), name, name).Error
		})
		if i == 0 {
			w.Group, err = w.members.Found(t.Context(), db.Once{}, 1, member.Founding{
				Name: "Bread & Roses", Aim: "To bake.", Preset: "B", Zone: "Europe/Madrid", Lang: "en", By: name,
			})
			must(err)
		} else {
			secret, err := w.members.Invite(t.Context(), db.Once{}, w.Who[0], 1, 7)
			must(err)
			_, err = w.members.Join(t.Context(), member.PersonID(i+1), secret, name)
			must(err)
		}
		w.Read(func(tx *db.Tx) error {
			a, err := member.ActorIn(tx, member.PersonID(i+1), w.Group.Slug)
			w.Who = append(w.Who, a)
			return err
		})
		c.Advance(time.Minute)
	}
	c.Advance(60 * 24 * time.Hour)
	return w
}

// vote takes a proposal to a counted vote and returns the ballot.
func (w *world) vote(title string, secret bool, yes, no, abstain int) ballot.View {
	w.Helper()
	must := func(err error) {
		w.Helper()
		if err != nil {
			w.Fatal(err)
		}
	}
	p := votetest.Sample(title)
	p.Text.Why = "Because bread is **dear**.\n\n# Result: carried\n\n<script>alert(1)</script>"
	m, err := w.Motions.Propose(w.Context(), w.Who[0], db.Once{}, 0, p)
	must(err)
	w.Clock.Advance(time.Minute)
	p.Text.Clauses = []motion.Clause{{ID: 1, Text: "We bake bread by May."}, {ID: 2, Text: "Two of us report."}}
	m, err = w.Motions.Reword(w.Context(), w.Who[0], m.Number, 1, p.Text)
	must(err)
	_, err = w.Motions.Argue(w.Context(), w.Who[1], m.Number, motion.Against, "Flour is =SUM(A1) dear.")
	must(err)
	w.Clock.Advance(time.Second)
	_, err = w.Motions.Argue(w.Context(), w.Who[1], m.Number, motion.Against, "Flour is dear.")
	must(err)
	_, err = w.Motions.Argue(w.Context(), w.Who[2], m.Number, motion.For, "Roses too.")
	must(err)
	for i := 1; m.State == motion.Seeking; i++ {
		m, err = w.Motions.Support(w.Context(), w.Who[i], m.Number, 2)
		must(err)
	}
	for i := 0; secret && i < w.Rulebook().SecretRequest; i++ {
		_, err = w.Motions.AskSecret(w.Context(), w.Who[i], m.Number)
		must(err)
	}
	w.GoTo(m.Opens)
	return w.Vote(w.Show(m.Number), yes, no, abstain)
}

// file makes an export and reads it.
func (w *world) file(a member.Actor, number string, o export.Options) (name, text string) {
	w.Helper()
	if o.Voice == nil {
		o.Voice = w.voices.Voice("en")
	}
	var f *export.File
	var err error
	if number == "" {
		f, err = w.exports.Everything(w.Context(), a, o)
	} else {
		f, err = w.exports.Decision(w.Context(), a, number, o)
	}
	if err != nil {
		w.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		w.Fatal(err)
	}
	if err := f.Close(); err != nil {
		w.Fatal(err)
	}
	if int64(len(b)) != f.Size {
		w.Errorf("%s has %d bytes and says %d", f.Name, len(b), f.Size)
	}
	return f.Name, string(b)
}
