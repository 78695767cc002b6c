package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"testing"

	"folkmoot/internal/account"
	"folkmoot/internal/asset"
	"folkmoot/internal/balance"
	"folkmoot/internal/ballot"
	"folkmoot/internal/consent"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/discussion"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/export"
	"folkmoot/internal/founding"
	"folkmoot/internal/handover"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/live"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"
	"folkmoot/internal/money"
	"folkmoot/internal/motion"
	"folkmoot/internal/notify"
	"folkmoot/internal/petition"
	"folkmoot/internal/resolve"
	"folkmoot/internal/revival"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/screen"
	"folkmoot/internal/vacancy"

	"golang.org/x/mod/sumdb/note"
)

// base is the address that the servers of the tests believe to have, as webtest.Base.
const base = "http://localhost:8080"

// pagesOfAll are the pages, parsed once for all servers of these tests: a hundred of them would take gigabytes.
var pagesOfAll = sync.OnceValues(func() (*views, error) {
	catalog, err := lang.Load()
	if err != nil {
		return nil, err
	}
	return newViews(catalog)
})

// serve returns a server with all services on the database. change may alter the options before it is made.
func serve(t testing.TB, d *db.DB, c *dbtest.Clock, change ...func(*Options)) *Server {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "folkmoot")
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.New(skey, vkey)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := pagesOfAll()
	if err != nil {
		t.Fatal(err)
	}
	catalog := pages.catalog
	o := Options{
		Base: base, Catalog: catalog, views: pages, Now: c.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Ready: func(ctx context.Context) error { return d.Write(ctx, func(*db.Tx) error { return nil }) },
	}
	o.Live = live.New(c.Now)
	l.OnAppend(TellOf(o.Live))
	o.Members = member.New(d, l)
	o.Rulebooks = rulebook.NewService(d, l)
	o.Members.OnBegin(o.Rulebooks.Begin)
	o.Motions = motion.NewService(d, l)
	o.Members.OnLeave(motion.Part)
	o.Resolutions = resolve.NewService(d, l)
	o.Members.OnLeave(o.Resolutions.Part)
	o.Decisions = decision.NewService(d, l)
	o.Roles = role.NewService(d, l, catalog)
	o.Members.OnForm(o.Roles.Form)
	o.Members.OnLeave(o.Roles.Part)
	o.Petitions = petition.NewService(d, l, catalog)
	o.Roles.OnEnd(o.Petitions.Ended)
	o.Members.OnLeave(o.Petitions.Part)
	o.Draws = draw.NewService(d, l, alike{}, o.Decisions.Begin)
	o.Elections = election.NewService(d, l, o.Decisions.Begin, o.Roles.TextOf, o.Draws)
	o.Roles.OnFill(role.ByElection, o.Elections)
	o.Roles.OnFill(role.ByApproval, o.Elections.ThenLot())
	o.Roles.OnFill(role.ByLot, o.Draws)
	o.Members.OnLeave(o.Draws.Part)
	o.Balances = balance.NewService(d, l, catalog)
	o.Selections = consent.NewService(d, l, alike{}, o.Decisions.Begin)
	o.Roles.OnFill(role.ByConsent, o.Selections)
	o.Members.OnLeave(o.Selections.Part)
	o.Vacancies = vacancy.NewService(d, l, alike{}, o.Decisions.Begin, o.Roles, catalog)
	o.Decisions.OnStay(o.Vacancies.Stay)
	o.Vacancies.OnUnderstudy(handover.Understudy)
	o.Decisions.OnElected(o.Elections.Counted)
	o.Members.OnLeave(o.Elections.Part)
	o.Handovers = handover.NewService(d, l, alike{}, catalog)
	o.Members.OnLeave(o.Handovers.Part)
	o.Meetings = meeting.NewService(d, l, alike{}, catalog)
	o.Meetings.OnChange(TellOne(o.Live))
	o.Members.OnLeave(o.Meetings.Part)
	o.Minutes = minutes.NewService(d, l, catalog)
	o.Minutes.OnChange(TellOne(o.Live))
	o.Meetings.OnClose(o.Minutes.Begin)
	o.Founding = founding.NewService(d, l, catalog)
	o.Keys = asset.NewService(d, l)
	o.Money = money.NewService(d, l, catalog)
	o.Revivals = revival.NewService(d, l, catalog)
	o.Revivals.OnReopen(role.Reopen)
	o.Decisions.OnWindUp(o.Revivals.Carried)
	o.Members.OnLeave(o.Revivals.Part)
	o.Talk = discussion.NewService(d, l)
	o.Exports = export.NewService(d, l, nil)
	if o.Ballots, err = ballot.New(t.Context(), d, l, t.TempDir(), o.Decisions.Record, o.Log); err != nil {
		t.Fatal(err)
	}
	o.Ballots.OnRanked(motion.Election, o.Elections.Contest)
	o.Ballots.OnRanked(motion.Vacancy, o.Vacancies.Contest)
	o.Ballots.OnCommon(role.Common)
	o.Ballots.OnOneSeat(role.OneSeat)
	o.Ballots.OnStands(election.Stands)
	o.Ballots.OnSpot(decision.ProvisionalOn)
	o.Ballots.OnWaking(o.Revivals.Waking)
	o.Meetings.OnVotes(o.Ballots)
	o.Screens = screen.NewService(d, l, o.Ballots)
	o.Screens.OnChange(TellOne(o.Live))
	o.Revivals.Ends(o.Elections.Archive, o.Ballots.Archive, o.Motions.Archive, o.Petitions.Archive, o.Draws.Archive, o.Selections.Archive, o.Vacancies.Archive, o.Roles.Archive, o.Handovers.Archive, o.Meetings.Archive, o.Minutes.Archive)
	t.Cleanup(func() {
		if err := o.Ballots.Close(); err != nil {
			t.Error(err)
		}
	})
	if o.Accounts, err = account.New(t.Context(), d, o.Members, c.Now); err != nil {
		t.Fatal(err)
	}
	withMail(t, d, nil)(&o)
	o.Members.OnLeave(notify.Part)
	o.Members.OnGone(notify.Gone)
	for _, f := range change {
		f(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	databaseOf[s] = d
	t.Cleanup(func() { delete(databaseOf, s) })
	return s
}

// withMail gives the server a mail server; with nil it sends none.
func withMail(t testing.TB, d *db.DB, to *notify.Server) func(*Options) {
	return func(o *Options) {
		t.Helper()
		words, err := Letters(o.Catalog, o.Base)
		if err == nil {
			o.Notices, err = notify.NewService(t.Context(), d, o.Catalog, words, to, o.Base)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// databaseOf finds a test server's database, for looking into every table. Tests of this package do not run in parallel.
var databaseOf = map[*Server]*db.DB{}

// alike is chance that is the same each time, so that worlds can be compared.
type alike struct{}

func (alike) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(i)
	}
	return len(b), nil
}
