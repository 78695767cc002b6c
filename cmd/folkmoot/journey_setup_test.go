package main

import (
	"cmp"
	"net/url"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
)

const (
	groupName = "Maple Court tenants"
	groupAim  = "Get the damp fixed in every flat, and stop the rent rise."
)

// passphrases are what the people of the journeys sign in with.
var passphrases = map[string]string{
	"Ada": "green kettle under seven bridges",
	"Bo":  "paper lantern beside the harbour",
	"Cem": "slow tractor behind a bakery",

	"Dora": "nine spoons under the old piano", "Eli": "wet gloves above a quiet stove", "Fatima": "two pigeons inside the town hall",
	"Gus": "blue ladder against the far wall", "Hana": "warm bread before an early train", "Ines": "loud clock behind the green door", "Juma": "long rope across a dry canal",
}

// TestJourneySetup is practice.md §5.1: from the printed link to a group with three members, on phones. Then a person
// looks after their account.
func TestJourneySetup(t *testing.T) {
	w := newTown(t)
	ada := w.person("Ada", browsertest.Phone)
	ada.goTo("/").reads("main", "people.landing.none")
	invitation := begin(ada)
	bo := w.person("Bo", browsertest.Phone)

	t.Run("poster", func(t *testing.T) {
		p := ada.in(t)
		p.goTo(p.group("/invite")).press("people.invite.poster").WantText("main", invitation)
	})
	t.Run("join", func(t *testing.T) {
		join(bo.in(t), invitation)
		join(w.person("Cem", browsertest.Phone).in(t), invitation)
	})
	t.Run("three members", func(t *testing.T) {
		p := ada.in(t)
		p.goTo(p.group("/people")).WantText(".rows", "Ada", "Bo", "Cem")
		p.goTo(p.group("/begin/8")).reads("main", "setup.done.three", "Count", 3)
		p.goTo(p.group("/begin/4")).reads("main", "setup.rules.fixed")
	})
	t.Run("a link that is over", func(t *testing.T) {
		p := w.person("Dot", browsertest.Phone).in(t)
		p.goTo("/join/"+strings.Repeat("x", 43)).reads(".head", "people.join.over")
		if p.Status != 410 {
			t.Errorf("status %d", p.Status)
		}
	})
	t.Run("account", func(t *testing.T) { ownAccount(bo.in(t)) })
	t.Run("what everybody may read", func(t *testing.T) {
		p := w.person("Dot", browsertest.Phone).in(t)
		for _, path := range []string{"/", "/refusals", "/floor", "/limits", "/sign-in", "/recover"} {
			p.goTo(path)
		}
	})
}

// begin walks the wizard from the printed link to its end and returns the address by which others join.
func begin(p *walker) (invitation string) {
	p.t.Helper()
	p.goTo(p.town.setupLink()).at("setup.purpose.title")
	p.press("setup.go_on").reads(".problems", "setup.preset.missing")
	p.choose("setup.preset." + cmp.Or(p.town.preset, "B")).press("setup.go_on").at("setup.name.title")
	p.press("setup.go_on").at("setup.name.title").WantText(".problems", "")
	p.fill("name", groupName, "aim", groupAim).press("setup.go_on").at("setup.you.title")
	p.fill("name", p.name, "passphrase", "12345678").press("setup.go_on").reads(".problems", "people.passphrase.weak")
	p.fill("passphrase", passphrases[p.name]).press("setup.go_on").at("people.code.title")
	p.press("people.code.kept").at("setup.rules.title")
	p.press("setup.rules.do").at("setup.keys.title")
	p.fill("server_holder", p.name, "server_second", "Bo").press("setup.go_on").at("setup.meeting.title")
	if p.town.meets > 0 {
		p.fill("date", p.town.clock.now().AddDate(0, 0, p.town.meets).Format(time.DateOnly))
	}
	p.fill("place", "Laundry room, ground floor").press("setup.meeting.do").at("people.invite.title")
	p.press("people.invite.make").reads("main", "people.invite.qr")
	invitation = p.Value(p.say("people.invite.link"))
	p.press("setup.go_on").at("setup.done.title").reads(".check-list", "setup.done.three", "Count", 1)
	p.press("setup.done.do").WantText("h1", groupName)
	return invitation
}

// join takes up an invitation.
func join(p *walker, invitation string) {
	p.t.Helper()
	p.goTo(invitation).WantText("h1", groupName).WantText("main", groupAim)
	p.fill("name", p.name, "passphrase", passphrases[p.name])
	p.press("people.join.do").at("people.code.title").reads(".notice", "people.flash.joined")
	p.press("people.code.kept").WantText("h1", groupName)
}

// ownAccount changes what a person has of their own, loses the passphrase, and comes back by the recovery code.
func ownAccount(p *walker) {
	p.t.Helper()
	p.goTo("/me").at("people.me.title")
	for _, change := range []string{"people.me.change_name", "people.me.change_email", "people.me.change_passphrase"} {
		p.press(change).goTo("/me")
	}
	p.press("people.me.new_code").fill("current", passphrases[p.name]).press("people.me.code.do").at("people.code.title")
	code := p.Text(".big-code")
	p.press("people.code.kept").at("people.me.title")
	p.press("people.me.sign_out").press("layout.sign_in").at("people.sign_in.title")
	p.fill("name", p.name, "passphrase", "this is not it").press("people.sign_in.do").reads(".problems", "people.sign_in.wrong")
	p.press("people.sign_in.forgot").at("people.recover.title")
	p.fill("name", p.name, "code", code, "passphrase", "another lantern beside the harbour").press("people.recover.do").at("people.code.title")
	p.press("people.code.kept").WantText("main", groupName)
}

// group returns a path within the group whose pages the person is on.
func (p *walker) group(path string) string {
	p.t.Helper()
	u, err := url.Parse(p.Path())
	if err != nil {
		p.t.Fatal(err)
	}
	parts := strings.Split(u.Path, "/")
	if len(parts) < 3 || parts[1] != "g" {
		p.t.Fatalf("%s is not a group's page", u.Path)
	}
	return "/g/" + parts[2] + path
}
