package web

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/verify"
	"folkmoot/internal/webtest"
)

const passphraseForTests = "heron gravel teaspoon ninety"

// linkOf makes a setup link and returns its path.
func linkOf(t *testing.T, s *Server) string {
	t.Helper()
	secret, err := s.Members.MakeSetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return "/setup/" + secret
}

// begin walks through the whole wizard as Ana, and returns her browser on the group's pages.
func begin(t *testing.T, s *Server, name string) *webtest.Visitor {
	t.Helper()
	v := webtest.New(t, s)
	p := v.Get(linkOf(t, s))
	p = p.Form("Go on").Set("preset", "B").Submit().Want(http.StatusOK)
	p = p.Form("Go on").Set("name", name).Set("aim", "We get the damp fixed").Set("zone", "Europe/Berlin").Submit().Want(http.StatusOK)
	p = p.Form("Go on").Set("name", "Ana").Set("passphrase", passphraseForTests).Set("email", "ana@example.org").Submit().Want(http.StatusOK)
	p.WantText(".big-code", "-")
	p = p.Form("I have kept it").Submit().Want(http.StatusOK)
	p = p.WantText("h1", "How we’ll decide").Form("Looks right, go on").Submit().Want(http.StatusOK)
	p = p.WantText("h1", "Who holds the keys?").Form("Go on").Set("server_holder", "Ana").Submit().Want(http.StatusOK)
	p = p.WantText("h1", "Founding meeting").Form("Call the meeting").Set("place", "Room 2").Submit().Want(http.StatusOK)
	p = p.WantText("h1", "Invite people").Form("Make a link").Submit().Want(http.StatusOK)
	p = p.Form("Go on").Submit().Want(http.StatusOK)
	p.WantText("h1", "Your group has begun")
	return v
}

// inviteLink makes an invitation for so many and returns its path.
func inviteLink(t *testing.T, v *webtest.Visitor, group, uses string) string {
	t.Helper()
	p := v.Get("/g/" + group + "/invite")
	p = p.Form("/g/"+group+"/invite").Set("uses", uses).Submit().Want(http.StatusOK)
	link := p.All("#invite-link").AttrOr("value", "")
	if !strings.HasPrefix(link, base+"/join/") {
		t.Fatalf("the page shows no link: %q", link)
	}
	return strings.TrimPrefix(link, base)
}

// enterBy joins as a new person and returns their browser.
func enterBy(t *testing.T, s *Server, link, name string) *webtest.Visitor {
	t.Helper()
	v := webtest.New(t, s)
	p := v.Get(link).Want(http.StatusOK).Form("Join the group").Set("name", name).Set("passphrase", passphraseForTests).Submit().Want(http.StatusOK)
	p.WantText(".big-code", "-").WantText("h1", "Your recovery code")
	return v
}

func TestWizardFromLinkToInvitation(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		v := begin(t, s, "Elm Street Tenants")
		p := v.Get("/g/elm-street-tenants/people").Want(http.StatusOK)
		p.WantText("main", "Ana", "March 2026", "Has start-up powers", "The server")
		v.Get("/g/elm-street-tenants").WantText("main", "Founding meeting", "Room 2", "Set another day or place")
		v.Get("/g/elm-street-tenants/begin/6").Form("Call the meeting").Set("date", "2026-04-01").Set("place", "Room 3").Submit().
			WantPath("/g/elm-street-tenants").WantText("main", "Room 3")
		p = v.Get("/").Want(http.StatusOK)
		p.WantText(".rows", "Elm Street Tenants", "You are Ana")
		if p.Has(".rows .can") {
			t.Error("the wizard is done, and the start page still asks to go on with it")
		}
		ben := enterBy(t, s, inviteLink(t, v, "elm-street-tenants", "5"), "Ben")
		ben.Get("/g/elm-street-tenants/people").Want(http.StatusOK).WantText("main", "Ana", "Ben", "2 people")
	})
}

// TestWizardResumes: a closed browser goes on by the link, and after the third step by signing in.
func TestWizardResumes(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	link := linkOf(t, s)
	v := webtest.New(t, s)
	v.Get(link).WantText("main", "at once with “Decide now”. Who was not there has five days to object.", "Stewards are chosen by agreement. Proposals online are voted on unless they ask for agreement: at least 3 of every 4 who vote must be for.").
		Form("Go on").Set("preset", "A").Submit().WantText("h1", "Name and aim")
	v.Get(link + "/3").WantPath(link + "/2")

	v = webtest.New(t, s) // another browser
	p := v.Get(link).WantPath(link + "/2")
	p = p.Form("Go on").Set("name", "Allotment").Submit().WantText("h1", "You")
	p.Form("Go on").Set("name", "Ola").Set("passphrase", passphraseForTests).Submit().WantText("h1", "Your recovery code")

	v = webtest.New(t, s)
	p = v.Get(link).Want(http.StatusGone).WantText("main", "has ended", "new one").Follow("Already chose a name? Sign in to go on")
	p = p.Form("Sign in").Set("name", "ola").Set("passphrase", passphraseForTests).Submit()
	v.Get("/").WantText(".rows .can", "Go on with setting up")
	v.Get(link).WantText("h1", "How we’ll decide")
	v.Get("/g/allotment").WantText(".head .can", "You have not finished").Follow("Go on with setting up").WantText("h1", "How we’ll decide")
	p.WantText("h1", "How we’ll decide").WantText("main", "everyone can live with", "You call for agreement in a meeting, or online where a proposal says so.").WantNoText("main", "waits for a later version")
}

func TestWizardChangesPresetOnlyWhileForming(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	v := begin(t, s, "Elm")
	p := v.Get("/g/elm/begin/4").Form("Looks right, go on").Set("preset", "A").Submit().WantPath("/g/elm/begin/4")
	p.WantText("main", "everyone can live with")
	link := inviteLink(t, v, "elm", "5")
	enterBy(t, s, link, "Ben")
	stale := v.Get("/g/elm/begin/4").Form("Looks right, go on").Set("preset", "B")
	enterBy(t, s, link, "Cem")
	stale.Submit().Want(http.StatusForbidden)
	v.Get("/g/elm/begin/4").WantText("main", "this version cannot do that yet").WantNoText("main", "start with other rules")
}

// TestFounderChangesSingleRulesWhileForming: each number of the sentences within its bounds, as a new version that the record
// tells; from the third member on nobody.
func TestFounderChangesSingleRulesWhileForming(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		v := begin(t, s, "Elm")
		step := func() *webtest.Form { return v.Get("/g/elm/begin/4").Want(http.StatusOK).Form("Looks right, go on") }
		p := step().Set("quorum.min", "4").Set("table_support", "2").Set("online_vote_hours", "4").Submit().WantPath("/g/elm") // pressed once
		p.WantText(".notice", "The rules say so from now on")
		v.Get("/g/elm/begin/4").WantText("main", "At least 4 people must vote", "once 2 members support it", "stays open for at least four days", "new number of days", "Choose a whole number from 2 to 56.").WantNoText("main", "number of hours")
		for range 2 { // what is in force already changes nothing
			step().Submit().Want(http.StatusOK)
		}
		v.Get("/g/elm/rules").WantText(".kind", "version 2").WantText("main", "At least 4 people must vote")
		v.Get("/g/elm/record").WantText("main", "The rules to begin with were set, as version 2.")

		p = step().Set("quorum.min", "1").Set("voting_wait_days", "soon").Set("secret_request", "3").Set("online_vote_hours", "57").Submit().Want(http.StatusUnprocessableEntity)
		wrong := p.Problems()
		if !strings.Contains(wrong["quorum.min"], "from 2 to 30") || !strings.Contains(wrong["voting_wait_days"], "0 to do without") || !strings.Contains(wrong["online_vote_hours"], "from 2 to 56") || wrong["secret_request"] != "" {
			t.Errorf("problems are %v", wrong)
		}
		if f := p.Form("Looks right, go on"); f.Value("voting_wait_days") != "soon" || f.Value("secret_request") != "3" || f.Value("preset") != "B" {
			t.Errorf("the form holds %v", f.Values())
		}
		v.Get("/g/elm/rules").WantText(".kind", "version 2")
		step().Set("quorum.min", "").Set("voting_wait_days", "0").Submit().Want(http.StatusOK)
		v.Get("/g/elm/begin/4").WantText("main", "At least 3 people must vote", "as soon as you join")
		if r := verify.Check(bytes.NewReader(v.Get("/g/elm/record/export/file?of=everything&format=json").Body), verify.Own()); r.Problem != nil {
			t.Error(r.Problem)
		}

		link := inviteLink(t, v, "elm", "5")
		enterBy(t, s, link, "Ben").Get("/g/elm/begin/4").Want(http.StatusForbidden)
		stale, wrongToo, same := step().Set("quorum.min", "7"), step().Set("quorum.min", "soon"), step()
		enterBy(t, s, link, "Cem")
		stale.Submit().Want(http.StatusForbidden)
		wrongToo.Submit().Want(http.StatusForbidden)
		same.Submit().Want(http.StatusOK)
		v.Get("/g/elm/rules").WantText(".kind", "version 3").WantText("main", "At least 3 people must vote")
		v.Get("/g/elm/begin/4").WantCount("main input[type=text]", 0).WantText("main", "A vote is secret as soon as", "as soon as you join")
	})
}

// TestFounderPowersThatEndedAreSaid: after 60 days the group may still be forming, and the pages do not say that it is not.
func TestFounderPowersThatEndedAreSaid(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	v := begin(t, s, "Elm")
	stale := v.Get("/g/elm/begin/4").Want(http.StatusOK).Form("Looks right, go on").Set("quorum.min", "4")
	for range 6 { // so often that the session goes on
		c.Advance(10 * 24 * time.Hour)
		v.Get("/g/elm").Want(http.StatusOK)
	}
	stale.Submit().Want(http.StatusForbidden).WantText("main", "for 60 days at most")
	v.Get("/g/elm/begin/4").Want(http.StatusOK).WantText("body", "60 days have passed").WantNoText("body", "Three people have joined").WantCount("main input[type=text]", 0)
	v.Get("/g/elm/begin/6").Want(http.StatusOK).WantText("main", "Your start-up powers have ended.").WantNoText("main", "end at the latest on")
	v.Get("/g/elm/rules").Want(http.StatusOK).WantText("main", "Single rules cannot be changed").WantNoText("main", "you can begin with other rules")
}

func TestFormsKeepWhatWasTyped(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	v := begin(t, s, "Elm")
	link := inviteLink(t, v, "elm", "5")
	ben := webtest.New(t, s)
	p := ben.Get(link).Form("Join the group").Set("name", "Benjamin").Set("email", "no address").Set("passphrase", "elmelmelm").Submit().Want(http.StatusUnprocessableEntity)
	wrong := p.Problems()
	if wrong["email"] == "" || wrong["passphrase"] == "" || wrong["name"] != "" {
		t.Errorf("problems are %v, want them at e-mail and passphrase", wrong)
	}
	if f := p.Form("Join the group"); f.Value("name") != "Benjamin" || f.Value("email") != "no address" || f.Value("passphrase") != "" {
		t.Errorf("the form holds %v; it must keep all but the passphrase", f.Values())
	}
	for _, name := range []string{"ANA", "Аnа", "A n a", "Àna"} { // Cyrillic letters in the second
		p = ben.Get(link).Form("Join the group").Set("name", name).Set("passphrase", passphraseForTests).Submit().Want(http.StatusUnprocessableEntity)
		if p.Problems()["name"] == "" {
			t.Errorf("%q could pass for Ana, and no problem is named: %v", name, p.Problems())
		}
	}
}

// TestG20_LeavingRemovesContactData looks into every column of every table for what the person gave.
func TestG20_LeavingRemovesContactData(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		link := inviteLink(t, ana, "elm", "5")
		ben := webtest.New(t, s)
		p := ben.Get(link).Form("Join the group").Set("name", "Benjamin Canary").Set("email", "canary@example.org").Set("passphrase", passphraseForTests).Submit()
		code := p.Text(".big-code")
		if !holds(t, d, "canary@example.org") || !holds(t, d, "Benjamin Canary") {
			t.Fatal("the search does not find what is there")
		}
		p = ben.Get("/g/elm/leave").Want(http.StatusOK)
		p.WantText("main", "only group here")
		p.Form("Leave now").Check("hide").Submit().Want(http.StatusOK).WantPath("/").WantText("main", "You have left")

		for _, canary := range []string{"canary@example.org", "Benjamin Canary", "benjamin", "Canary"} {
			if holds(t, d, canary) {
				t.Errorf("the database still holds %q", canary)
			}
		}
		ben.Get("/g/elm/people").Want(http.StatusNotFound)
		ben.Get("/me").WantPath("/sign-in")
		fresh := webtest.New(t, s)
		fresh.Get("/sign-in").Form("Sign in").Set("name", "Benjamin Canary").Set("passphrase", passphraseForTests).Submit().Want(http.StatusUnprocessableEntity)
		fresh.Get("/recover").Form("Set the new passphrase").Set("name", "Benjamin Canary").Set("code", code).Set("passphrase", passphraseForTests).Submit().Want(http.StatusUnprocessableEntity)
		enterBy(t, s, link, "Benjamin Canary") // the name is free again
	})
}

// TestV27_LeavingEndsAccessAtOnce: in every open browser, for pages and for links the person made.
func TestV27_LeavingEndsAccessAtOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		ben := enterBy(t, s, inviteLink(t, ana, "elm", "5"), "Ben")
		phone := webtest.New(t, s)
		phone.Get("/sign-in").Form("Sign in").Set("name", "Ben").Set("passphrase", passphraseForTests).Submit().WantPath("/g/elm")
		phone.Get("/start").Form("Begin the group").Set("preset", "A").Set("name", "Oak").Set("by", "Ben").Submit().Want(http.StatusOK)
		link := inviteLink(t, ben, "elm", "5")
		form := phone.Get("/g/elm/name").Form("Save").Set("name", "Other")

		ben.Get("/g/elm/leave").WantText("main", "Your account stays").Form("Leave now").Submit().WantPath("/").WantText("main", "You have left the group")

		phone.Get("/g/elm/people").Want(http.StatusNotFound)
		form.Submit().Want(http.StatusNotFound)
		phone.Get("/g/oak/people").Want(http.StatusOK)
		webtest.New(t, s).Get(link).Want(http.StatusGone).WantText("main", "has ended", "new one")
		ana.Get("/g/elm/people").WantNoText("main", "Ben")
	})
}

// TestV27_RevokedSessionEndsAtOnce, by the list, by a new passphrase, by the recovery code.
func TestV27_RevokedSessionEndsAtOnce(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	ana := begin(t, s, "Elm")
	other := func() *webtest.Visitor {
		v := webtest.New(t, s)
		v.Get("/sign-in").Form("Sign in").Set("name", "ana@example.org").Set("passphrase", passphraseForTests).Submit().WantPath("/g/elm")
		v.Get("/me").Want(http.StatusOK).WantPath("/me")
		return v
	}
	v := other()
	ana.Get("/me").Form("Sign this one out").Submit().WantPath("/me")
	v.Get("/me").WantPath("/sign-in")
	v = other()
	ana.Get("/me").Form("Sign all others out").Submit().WantPath("/me")
	v.Get("/me").WantPath("/sign-in")
	v = other()
	ana.Get("/me/email").Form("Save").Set("email", "").Set("current", passphraseForTests).Submit().WantPath("/me").WantText(".facts", "None")
	v.Get("/me").WantPath("/sign-in")
	ana.Get("/me/email").Form("Save").Set("email", "ana@example.org").Set("current", passphraseForTests).Submit().WantPath("/me")
	v = other()
	p := ana.Get("/me/code/new").Form("Make the code").Set("current", passphraseForTests).Submit()
	code := p.Text(".big-code")
	v.Get("/me").WantPath("/sign-in")
	ana.Get("/me/passphrase").Form("Save").Set("current", "wrong one here").Set("passphrase", "quartz lemon ferry dozen").Submit().Want(http.StatusUnprocessableEntity)
	p = webtest.New(t, s).Get("/recover").Form("Set the new passphrase").Set("name", "ana").Set("code", strings.ToLower(code)).Set("passphrase", "quartz lemon ferry dozen").Submit()
	p.WantText("h1", "Your recovery code")
	if p.Text(".big-code") == code {
		t.Error("the used code is given again")
	}
	ana.Get("/me").WantPath("/sign-in")
	webtest.New(t, s).Get("/recover").Form("Set the new passphrase").Set("name", "ana").Set("code", code).Set("passphrase", "amber ladder noise pint").Submit().Want(http.StatusUnprocessableEntity)
}

func TestV28_Invitations(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		ended := func(link, why string) {
			t.Helper()
			v := webtest.New(t, s)
			if p := v.Get(link); p.Status != http.StatusGone {
				t.Errorf("%s: the link opens", why)
			}
		}
		link := inviteLink(t, ana, "elm", "1")
		if holds(t, d, strings.TrimPrefix(link, "/join/")) {
			t.Error("the database holds the secret of a link")
		}
		late := webtest.New(t, s)
		form := late.Get(link).Form("Join the group").Set("name", "Late").Set("passphrase", passphraseForTests)
		enterBy(t, s, link, "Ben")
		ended(link, "used up")
		form.Submit().Want(http.StatusGone)
		if holds(t, d, "Late") {
			t.Error("somebody who could not join has an account")
		}
		link = inviteLink(t, ana, "elm", "5")
		page := ana.Get("/g/elm/invite")
		page.Form(page.All(".rows form").First().AttrOr("action", "")).Submit().WantText("main", "does not work any more")
		ended(link, "stopped")
		link = inviteLink(t, ana, "elm", "5")
		c.Advance(15 * 24 * time.Hour)
		ended(link, "over")
		ended("/join/"+strings.Repeat("A", 43), "guessed")
		ended("/join/"+strings.TrimPrefix(linkOf(t, s), "/setup/"), "a link for another purpose")
	})
}

// TestG17_FounderPowersEndByDate: with no job and no act, the page stops showing them and the form stops working.
func TestG17_FounderPowersEndByDate(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		ana.Get("/g/elm/people").WantText(".powers", "Ana", "Friday 1 May 2026", "choose other starting rules", "on that day at the latest")
		ana.Get("/g/elm/begin/6").WantText(".head", "end at the latest on").WantText("main", "Start-up powers: you set the date", "30 days after three have joined")
		ana.Get("/g/elm/begin/8").WantText(".head", "end at the latest on").WantText("main", "Start-up powers: you set the date")
		c.Advance(59 * 24 * time.Hour)
		signInAgain(t, ana)
		form := ana.Get("/g/elm/begin/6").Form("Call the meeting").Set("date", "2026-06-01")
		form.Submit().Want(http.StatusOK).WantText(".notice", "after your start-up powers end")
		c.Advance(24*time.Hour - time.Minute)
		form.Submit().Want(http.StatusOK)
		c.Advance(2 * time.Minute)
		form.Submit().Want(http.StatusForbidden).WantText("main", "have ended")
		ana.Get("/g/elm/people").WantNoText("main", "start-up powers")
	})
}

func signInAgain(t *testing.T, v *webtest.Visitor) {
	t.Helper()
	if p := v.Get("/sign-in"); p.URL.Path == "/sign-in" {
		p.Form("Sign in").Set("name", "ana").Set("passphrase", passphraseForTests).Submit()
	}
}

// TestOfflineRetry_6_2_12_PostThreeTimesHasOneEffect, for every form that makes something, whether or not the answer arrived.
func TestOfflineRetry_6_2_12_PostThreeTimesHasOneEffect(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		count := func(table string) int { return rows(t, d, table) }
		thrice := func(f *webtest.Form) {
			t.Helper()
			for range 3 {
				f.Submit().Want(http.StatusOK)
			}
		}
		before := count("invitations")
		thrice(ana.Get("/g/elm/invite").Form("/g/elm/invite"))
		if n := count("invitations") - before; n != 1 {
			t.Errorf("%d invitations, want 1", n)
		}
		before = count("groups")
		thrice(ana.Get("/start").Form("Begin the group").Set("preset", "A").Set("name", "Oak").Set("by", "Ana"))
		if n := count("groups") - before; n != 1 {
			t.Errorf("%d groups, want 1", n)
		}
		before = count("held_keys")
		thrice(ana.Get("/g/elm/keys/note").Form("Save").Set("what", "Hall").Set("holder", "Ana"))
		if n := count("held_keys") - before; n != 1 {
			t.Errorf("%d keys, want 1", n)
		}

		// A new person whose browser never saw the answer sends the same form with the same cookies.
		link := inviteLink(t, ana, "elm", "1")
		members, people := count("members"), count("people")
		v := webtest.New(t, s)
		page := v.Get(link)
		secret := v.Cookie(anonymousCookie)
		form := page.Form("Join the group").Set("name", "Ben").Set("passphrase", passphraseForTests)
		for range 3 {
			v.SetCookie(sessionCookie, "")
			v.SetCookie(anonymousCookie, secret)
			form.Submit().Want(http.StatusOK)
		}
		if m, p := count("members")-members, count("people")-people; m != 1 || p != 1 {
			t.Errorf("%d members and %d people, want 1 and 1", m, p)
		}
		v.Get("/g/elm/people").Want(http.StatusOK)
	})
}

// TestNewcomersAreToldWhenTheyCanVote, and who joined while the group was forming is not.
func TestNewcomersAreToldWhenTheyCanVote(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		ana.Get("/g/elm").WantText(".head .can", "Three people can decide together. Invite 2 more.").Follow("Write a draft").Want(http.StatusOK)
		ana.Get("/g/elm/proposals").WantText(".head .can", "You can write a draft")
		link := inviteLink(t, ana, "elm", "5")
		enterBy(t, s, link, "Ben")
		ana.Get("/g/elm").WantText(".head .can", "Invite one more.").Follow("Invite people").Want(http.StatusOK)
		cem := enterBy(t, s, link, "Cem")
		c.Advance(time.Hour)
		dot := enterBy(t, s, link, "Dot")
		for _, path := range []string{"/g/elm", "/g/elm/people", "/me"} {
			dot.Get(path).Want(http.StatusOK).WantText("main", "You can vote in votes that open on Monday 16 March 2026")
			cem.Get(path).Want(http.StatusOK).WantNoText("main", "You can vote in votes")
		}
	})
}

// TestPowersAreNamedAsTheyAre: with three members the starting rules are nobody's to choose, and the day is certain.
func TestPowersAreNamedAsTheyAre(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	m := newMoot(t, dbtest.SQLite(t, c), c)
	m.ana.Get(elm+"/people").WantText(".powers", "set the date of the founding meeting").WantNoText(".powers", "starting rules", "at the latest")
	m.ana.Get(elm+"/begin/8").WantText(".head", "Your start-up powers end on").WantNoText("main", "choose the starting rules", "if that is sooner")
}

// TestTwoPeopleHoldAKey: a second person is somebody else, and comes after the first.
func TestTwoPeopleHoldAKey(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		for _, tt := range []struct{ holder, second, field, want string }{
			{"Ana", " ana ", "second", "This is the same name"}, {"Ána", "Ana", "second", "This is the same name"}, {"", "Ben", "holder", "Write first who has it now"},
		} {
			p := ana.Get("/g/elm/keys/note").Form("Save").Set("what", "The hall").Set("holder", tt.holder).Set("second", tt.second).Submit().Want(http.StatusUnprocessableEntity)
			if got := p.Problems()[tt.field]; !strings.Contains(got, tt.want) {
				t.Errorf("%q and %q: %v", tt.holder, tt.second, p.Problems())
			}
		}
		p := ana.Get("/g/elm/begin/5").Form("Go on").Set("server_holder", "Ana").Set("server_second", "ANA").Submit().Want(http.StatusUnprocessableEntity)
		if p.Problems()["server_second"] == "" {
			t.Errorf("the wizard takes the same name twice: %v", p.Problems())
		}
		ana.Get("/g/elm/begin/8").WantText(".check-list", "Not yet A second person")
		ana.Get("/g/elm/begin/5").Form("Go on").Set("server_holder", "Ana").Set("server_second", "Ben").Submit().Want(http.StatusOK)
		ana.Get("/g/elm/begin/8").WantText(".check-list", "Done A second person")
	})
}

// TestLinksThatNobodyElseCanOpen: who invites is told while the server only goes by a name of this computer.
func TestLinksThatNobodyElseCanOpen(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	s := serve(t, d, c)
	ana := begin(t, s, "Elm")
	inviteLink(t, ana, "elm", "5")
	for _, path := range []string{"/g/elm/invite", "/g/elm/invite/poster"} {
		ana.Get(path).WantText(".notice", "so it is of no use to others yet").WantNoText(".notice", "--").WantText("details.explain", "For whoever runs the program", "--base-url")
	}
	for address, want := range map[string]bool{
		"http://localhost:8080": true, "http://127.0.0.1": true, "http://[::1]:9": true, "http://0.0.0.0:8080": true, "http://a.localhost": true,
		"http://192.168.1.20:8080": false, "https://vote.example.org": false, "http://[fd00::1]": false,
	} {
		if s := serve(t, d, c, func(o *Options) { o.Base = address }); s.onlyHere() != want {
			t.Errorf("%s: only this computer can open it: %v", address, !want)
		}
	}
}

// TestGuaranteesSayWhatIsNotThereYet: nobody is promised what this version of the program cannot do.
func TestGuaranteesSayWhatIsNotThereYet(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	v := webtest.New(t, serve(t, dbtest.SQLite(t, c), c))
	p := v.Get("/floor").Want(http.StatusOK).WantText("main", "has none of these yet").WantText("#G5", "cannot call meetings by petition yet")
	if p.Has("#G1 .hint") {
		t.Error("one member, one vote holds already")
	}
	v.Get("/refusals").Want(http.StatusOK).WantText("#refusal\\.6", "no roll calls yet")
	v.Get("/limits").Want(http.StatusOK).WantText("main", "decide in the room", "rests on it").WantNoText("main", "enter the count")
}

func TestLanguages(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	v := webtest.New(t, s)
	v.Language = "es-MX"
	p := v.Get("/").WantText("h1", "Decidir en común")
	p.Form("English").Submit().WantPath("/").WantText("h1", "Decide together")
	v.Get("/floor").Form("Español").Submit().WantPath("/floor").WantText("h1", "ningún ajuste")

	ana := begin(t, s, "Elm")
	ana.Get("/me").Form("Español").Submit().WantPath("/me").WantText("h1", "Tu cuenta")
	ana.SetCookie(languageCookie, "")
	ana.Get("/me").WantText("h1", "Tu cuenta")
}
