package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
	"folkmoot/internal/verify"
	"folkmoot/internal/webtest"
)

const aDay = 24 * time.Hour

// tick does what time alone brings about.
func (m moot) tick(t *testing.T) {
	t.Helper()
	if err := errors.Join(m.s.Motions.Tick(t.Context()), m.s.Elections.Tick(t.Context()), m.s.Ballots.Tick(t.Context()),
		m.s.Roles.Tick(t.Context()), m.s.Revivals.Tick(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// pass lets days pass, one by one.
func (m moot) pass(t *testing.T, days int) {
	t.Helper()
	for range days {
		m.c.Advance(aDay)
		m.tick(t)
	}
}

// comeBack signs all three in again, whose sessions have ended.
func (m moot) comeBack(t *testing.T) {
	t.Helper()
	for name, v := range map[string]*webtest.Visitor{"Ana": m.ana, "Ben": m.ben, "Cai": m.cai} {
		secret := token.New()
		err := m.d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec(`INSERT INTO sessions (person_id, hash, label, created_at, seen_at, expires_at)
				SELECT person_id, ?, 'test', ?, ?, ? FROM members WHERE name = ?`,
				token.Hash(secret), db.At(tx.Now), db.At(tx.Now.Truncate(aDay)), db.At(tx.Now.Add(80*aDay)), name).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		v.SetCookie(sessionCookie, secret)
	}
}

// sleeping has a group of three fall asleep.
func sleeping(t *testing.T, d *db.DB, c *dbtest.Clock) moot {
	t.Helper()
	m := newMoot(t, d, c)
	m.tick(t)
	m.ana.Get(elm).Want(http.StatusOK).WantCount("#revival", 0)
	m.pass(t, 91)
	m.comeBack(t)
	return m
}

// archived has nobody answer.
func archived(t *testing.T, d *db.DB, c *dbtest.Clock) moot {
	t.Helper()
	m := sleeping(t, d, c)
	m.pass(t, 92)
	m.comeBack(t)
	return m
}

// TestASleepingGroupIsTold: everybody reads on the first page and in their list of groups that the group is asleep and until when it can
// wake, and says with one button, without a script, that they are there. Only the number is shown.
func TestASleepingGroupIsTold(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := sleeping(t, d, c)
		for _, v := range []*webtest.Visitor{m.ana, m.ben, m.cai} {
			v.Get("/").WantText(".rows", "This group is asleep")
			v.Get(elm).WantText("main", "has not decided anything since", "it can wake", "0 people have answered", "the group is archived")
		}
		p := m.ben.Get(elm).Form("I am here").Submit().Want(http.StatusOK).WantPath(elm)
		p.WantText("main", "1 person has answered", "You are counted").WantCount(`form[action="`+elm+`/here"]`, 0)
		m.cai.Get(elm).WantText("main", "1 person has answered").WantNoText("main", "Ben").WantCount(`form[action="`+elm+`/here"]`, 1)
		m.ana.Get(elm).Form("I am here").Submit()
		m.cai.Get(elm).Form("I am here").Submit().WantText("main", "Enough people have answered")
		if n := rowsOf(t, m, "SELECT COUNT(*) FROM ledger_entries WHERE kind = 'revival.noticed'"); n != 1 {
			t.Errorf("%d notices are on record", n)
		}
	})
}

// TestAnArchivedGroupOpensAgain: its pages say that it is archived, since when, why and how to have it back; members take the record along,
// leave, and open it again.
func TestAnArchivedGroupOpensAgain(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := archived(t, d, c)
		m.ana.Get("/").WantText(".rows", "Archived since")
		p := m.ana.Get(elm).Want(http.StatusOK)
		p.WantText("main", "This group is archived", "fewer than 3 people answered", "Any 3 of its people can open it again", "0 of 3 people")
		p.WantCount(".now", 0).WantCount(".masthead .start", 0)
		for _, page := range []string{"/people", "/rules", "/proposals", "/decisions", "/record", "/powers"} {
			m.ben.Get(elm+page).Want(http.StatusOK).WantText(".notice", "has been archived since")
		}
		file := p.Follow("Take the record along").Form("Download").Set("format", "json").Submit().Want(http.StatusOK)
		if r := verify.Check(strings.NewReader(string(file.Body)), verify.Own()); r.Verdict != verify.Holds {
			t.Errorf("what a member takes along does not hold: %+v", r.Problem)
		}
		m.ana.Get(elm).Form("Open it again").Submit().WantText("main", "1 of 3 people wants to open it again", "You are counted")
		m.ben.Get(elm).Form("Open it again").Submit().WantText("main", "2 of 3 people").WantNoText("main", "Ana")
		m.cai.Get(elm).Form("Open it again").Submit().WantText("main", "The group is open again").WantCount("#revival", 0)
		propose(t, m.ben, "Ask for support now")
	})
}

// TestArchivedIsReadOnly sends every form there is to an archived group, well formed and with what it names there. Nothing changes, and where
// a form is right the answer says why. Only leaving and reopening are left.
func TestArchivedIsReadOnly(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		propose(t, m.ana, "Ask for support now")
		link := inviteLink(t, m.ana, "elm", "5")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			g, err := member.FindGroup(tx, "elm")
			if err != nil {
				return err
			}
			return m.s.Revivals.Archive(tx, g, "revival/1")
		})
		if err != nil {
			t.Fatal(err)
		}
		m.tick(t)
		before, k := everything(t, d), cast{server: m.s}
		form := url.Values{
			"title": {"Open the hall"}, "clause-1": {"open the hall"}, "won": {"Thirty come."}, "kind": {"action"}, "name": {"Somebody"}, "why": {"So."},
			"what": {"Server"}, "holder": {"Ana"}, "uses": {"5"}, "days": {"7"}, "text": {"Words."}, "side": {"for"}, "version": {"1"}, "do": {"propose"},
			"reason": {"So."}, "petition": {"1"}, "answer": {"yes"}, "draw": {"1"}, "question": {"Why?"}, "statement": {"Me."}, "interests": {"None."},
			"objection": {"No."}, "choice": {"for"}, "ranking": {"1"}, "base": {"1"}, "words": {"bread"},
		}
		refused := 0
		for _, r := range routes() {
			if r.method != http.MethodPost || r.access != members || strings.HasSuffix(r.path, "/leave") || strings.HasSuffix(r.path, "/bring-back") {
				continue
			}
			path := fill(strings.NewReplacer(":n", "1", ":role", "tellers", ":step", "6", ":number", "2026-001").Replace(r.path), "elm")
			p := k.send(t, m.ana, http.MethodPost, path, maps.Clone(form))
			if p.Status < 400 || p.Status >= 500 {
				t.Errorf("%s answers %d", path, p.Status)
			}
			if strings.Contains(string(p.Body), "This group is archived. It can be read and taken along") {
				refused++
			}
		}
		if refused < 20 {
			t.Errorf("only %d forms are refused for the reason", refused)
		}
		webtest.New(t, m.s).Get(link).Want(http.StatusGone)
		after := everything(t, d)
		for name := range after {
			if !slices.Equal(before[name], after[name]) {
				t.Errorf("%s changed:\n%q\n%q", name, before[name], after[name])
			}
		}
		m.cai.Get(elm + "/leave").Form("Leave now").Submit().Want(http.StatusOK)
		if n := rowsOf(t, m, "SELECT COUNT(*) FROM members WHERE left_at IS NOT NULL"); n != 1 {
			t.Error("nobody can leave an archived group")
		}
	})
}

// TestEndingAGroup: a member puts the end of the group forward, others support it, and two votes later it is archived.
func TestEndingAGroup(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		m.tick(t)
		p := m.ben.Get(elm+"/people").Follow("End this group").WantText("main", "this many supporters before it is talked about: 2")
		one := p.Form("Put it forward").Set("why", "The hall is gone.").Submit().Want(http.StatusOK).WantText("main", "The hall is gone.", "three of every four votes")
		one.WantText(".state", "It needs supporters: 1 of 2")
		path := elm + "/proposals/1"
		one.WantPath(path)
		m.ben.Get(elm+"/wind-up").Form("Put it forward").Submit().Want(http.StatusConflict).WantText("main", "before the group already")
		m.ana.Get(path).Form("Support this").Submit().Want(http.StatusOK)
		m.carry(t, path)
		m.ana.Get(elm+"/decisions/2026-001").WantText("main", "voted on once more")
		second := elm + "/proposals/" + strconv.Itoa(rowsOf(t, m, "SELECT number FROM motions WHERE kind = 'winding_up' AND mover_id IS NULL"))
		m.ana.Get(second).Want(http.StatusOK).WantText("main", "the second vote", "The rules, after a first vote", "needs no supporters")
		m.carry(t, second)
		m.ana.Get(elm+"/decisions/2026-002").WantText("main", "The group was archived")
		m.ana.Get(elm).WantText("main", "voted twice that it ends").Follow("Read the decision").Want(http.StatusOK)
	})
}

// carry has everybody vote for a proposal, and lets the vote close.
func (m moot) carry(t *testing.T, path string) {
	t.Helper()
	for range 30 {
		if m.ana.Get(path+"/vote").Status == http.StatusOK {
			break
		}
		m.pass(t, 1)
	}
	for _, v := range []*webtest.Visitor{m.ana, m.ben, m.cai} {
		castOn(v, path+"/vote", "for").Want(http.StatusOK)
	}
	m.pass(t, 9)
}
