package member

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/line"
	"folkmoot/internal/token"

	"golang.org/x/text/unicode/norm"
)

// Founding is what the first member says of a new group.
type Founding struct {
	Name   string
	Aim    string // "We exist to…"
	Preset string // A, B or C
	Lang   string
	Zone   string // IANA name
	By     string // how the founder wants to be called in the group
	Parent GroupID
}

// Limits of what is said of a group.
const (
	MaxGroupName = 80
	MaxAim       = 300
)

// presets are the names of the rulebooks a group may start from.
var presets = map[string]bool{"A": true, "B": true, "C": true}

// Check returns the founding in its written form, or fault.Invalid with the fields that are wrong. By is checked when
// the group is founded, since the wizard asks for it later.
func (f Founding) Check() (Founding, error) {
	wrong := map[string]lang.Msg{}
	var m lang.Msg
	if f.Name, m = CleanName(f.Name, MaxGroupName); !m.IsZero() {
		wrong["name"] = m
	}
	f.Aim = strings.Join(strings.Fields(f.Aim), " ")
	switch {
	case utf8.RuneCountInString(f.Aim) > MaxAim:
		wrong["aim"] = lang.M("people.name.long", "Max", MaxAim)
	case !utf8.ValidString(f.Aim) || strings.ContainsFunc(f.Aim, line.Hidden):
		wrong["aim"] = lang.M("people.name.invisible")
	}
	if !presets[f.Preset] {
		wrong["preset"] = lang.M("setup.preset.missing")
	}
	if _, err := time.LoadLocation(f.Zone); err != nil || f.Zone == "" || f.Zone == "Local" {
		wrong["zone"] = lang.M("setup.zone.missing")
	}
	return f, fault.Form(wrong)
}

// Found begins a group with the person as its first member. The same form sent again finds the group it made.
// It returns fault.SignIn or fault.Invalid with the fields that are wrong.
func (s *Service) Found(ctx context.Context, once db.Once, person PersonID, f Founding) (g Group, err error) {
	if person == 0 {
		return g, fault.New(fault.SignIn, "fault.sign_in")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		subject, seen, err := tx.Seen(once)
		if err != nil {
			return err
		}
		if seen {
			g, err = GetGroup(tx, GroupID(subject))
			return err
		}
		if g, _, err = s.FoundIn(tx, person, f); err != nil {
			return err
		}
		return tx.Did(once, int64(g.ID))
	})
	return g, err
}

// FoundIn is Found within a transaction, for package account, which makes the person in the same one.
func (s *Service) FoundIn(tx *db.Tx, person PersonID, f Founding) (g Group, m Member, err error) {
	if f, err = f.Check(); err != nil {
		return g, m, err
	}
	by, wrong := CleanName(f.By, MaxName)
	if !wrong.IsZero() {
		return g, m, fault.Form(map[string]lang.Msg{"by": wrong})
	}
	if g, err = insertGroup(tx, f); err != nil {
		return g, m, fmt.Errorf("insert group: %w", err)
	}
	if m, err = insertMember(tx, memberRow{GroupID: g.ID, PersonID: person, Name: by, Founder: true}); err != nil {
		return g, m, fmt.Errorf("insert founder: %w", err)
	}
	started := ledger.Data{
		"group": g.Ref, "name": ledger.Text(g.Name), "aim": ledger.Text(g.Aim), "slug": ledger.Text(g.Slug), "preset": g.Preset,
		"zone": f.Zone, "lang": g.Lang, "key": s.ledger.VerifierKey(),
	}
	if g.Parent != 0 {
		parent, err := GetGroup(tx, g.Parent)
		if err != nil {
			return g, m, fmt.Errorf("parent group: %w", err)
		}
		started["parent"] = parent.Ref
	}
	if err := s.note(tx, g, m.Ref, "group.started", "group", started); err != nil {
		return g, m, err
	}
	if err := s.begin(tx, g, m); err != nil {
		return g, m, fmt.Errorf("begin rulebook: %w", err)
	}
	return g, m, s.noteJoined(tx, g, m, "", 0)
}

// note appends an act to the group's record.
func (s *Service) note(tx *db.Tx, g Group, actor, kind, subject string, data ledger.Data) error {
	if _, err := s.ledger.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: subject, Actor: actor, Data: data}); err != nil {
		return fmt.Errorf("note %s: %w", kind, err)
	}
	return nil
}

// noteJoined appends who joined, and by whose invitation; the founder by nobody's.
func (s *Service) noteJoined(tx *db.Tx, g Group, m Member, introducer string, invitation int64) error {
	data := ledger.Data{"member": m.Ref, "name": ledger.Text(m.Name)}
	if introducer != "" {
		data["introduced_by"], data["invitation"] = introducer, invitation
	}
	return s.note(tx, g, m.Ref, "member.joined", "member/"+m.Ref, data)
}

// slugFor returns the beginning of a group's address: its name in plain letters. Another group of the same name gets a
// number after it. A group keeps its address when it changes its name, so that links stay.
func slugFor(name string) string {
	const most = 40
	var b strings.Builder
	for _, r := range plainLetters(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= most {
			break
		}
	}
	if slug := strings.Trim(b.String(), "-"); slug != "" {
		return slug
	}
	return "group"
}

// SetupDraft is what the wizard was told before there is a group, kept under its link.
type SetupDraft struct {
	Lang, Preset, Name, Aim, Zone string
	Step                          int // the furthest step that is filled in
}

// setupLinkFor is how long a setup link can be used.
const setupLinkFor = 30 * 24 * time.Hour

// MakeSetupLink returns the secret of a fresh link that founds one group, within 30 days.
func (s *Service) MakeSetupLink(ctx context.Context) (string, error) {
	secret := token.New()
	err := s.db.Write(ctx, func(tx *db.Tx) error { return insertSetupLink(tx, token.Hash(secret), setupLinkFor) })
	if err != nil {
		return "", fmt.Errorf("insert setup link: %w", err)
	}
	return secret, nil
}

// AnyGroup tells whether a group was ever started in this installation.
func (s *Service) AnyGroup(ctx context.Context) (found bool, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		found, err = anyGroup(tx)
		return err
	})
	return found, err
}

// Setup returns what the wizard was told so far under the link. It returns fault.NotFound if there is no such link, or
// it was used or has run out: all look the same from outside.
func (s *Service) Setup(ctx context.Context, secret string) (d SetupDraft, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		d, err = findSetup(tx, token.Hash(secret))
		return err
	})
	return d, err
}

// KeepSetup keeps what the wizard was told. It returns fault.NotFound as Setup does.
func (s *Service) KeepSetup(ctx context.Context, secret string, d SetupDraft) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return keepSetup(tx, token.Hash(secret), d) })
}

// UseSetup uses the link up, in the transaction that founds its group. It returns fault.NotFound as Setup does.
func (s *Service) UseSetup(tx *db.Tx, secret string) error { return useSetup(tx, token.Hash(secret)) }

// FoundBy founds a group by a setup link, for a person who has an account. It returns what Found and Setup do.
func (s *Service) FoundBy(ctx context.Context, once db.Once, person PersonID, link string, f Founding) (g Group, err error) {
	if person == 0 {
		return g, fault.New(fault.SignIn, "fault.sign_in")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		subject, seen, err := tx.Seen(once)
		if err != nil {
			return err
		}
		if seen {
			g, err = GetGroup(tx, GroupID(subject))
			return err
		}
		if err := useSetup(tx, token.Hash(link)); err != nil {
			return err
		}
		if g, _, err = s.FoundIn(tx, person, f); err != nil {
			return err
		}
		return tx.Did(once, int64(g.ID))
	})
	return g, err
}

// MaxPlace is how long the place of the founding meeting may be described.
const MaxPlace = 200

// CallFounding sets when and where the founding meeting is. The same again changes nothing. It returns fault.Denied unless the actor's start-up powers
// last, and fault.Invalid with the fields that are wrong.
func (s *Service) CallFounding(ctx context.Context, a Actor, at time.Time, place string) error {
	place, wrong := cleanLine(place, MaxPlace)
	if !wrong.IsZero() {
		return fault.Form(map[string]lang.Msg{"place": wrong})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := Again(tx, a)
		if err != nil {
			return err
		}
		if !Can(a, CallFounding, tx.Now) {
			return fault.New(fault.Denied, "people.founder.over")
		}
		if !at.After(tx.Now) || at.After(tx.Now.AddDate(1, 0, 0)) {
			return fault.Form(map[string]lang.Msg{"date": lang.M("setup.meeting.when")})
		}
		if a.Group.Founding.Equal(at) && a.Group.FoundingPlace == place {
			return nil // the same form again
		}
		if err := setFounding(tx, a.Group.ID, at, place); err != nil {
			return err
		}
		return s.note(tx, a.Group, a.Member.Ref, "founding.called", "group", ledger.Data{"at": at, "place": ledger.Text(place)})
	})
}

// FirstStep is where the wizard goes on once there is a group, LastStep its end, where SetupStep becomes 0.
const (
	FirstStep = 4
	LastStep  = 8
)

// SetupStep notes where the founder is in the wizard. It returns fault.Denied for anybody else.
func (s *Service) SetupStep(ctx context.Context, a Actor, step int) error {
	if !a.IsMember() || !a.Member.Founder || step < FirstStep || step > LastStep {
		return fault.New(fault.Denied, "fault.denied")
	}
	if err := a.Group.MayChange(); err != nil {
		return err
	}
	if step == LastStep {
		step = 0
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return setStep(tx, a.Group.ID, step) })
}

// cleanLine returns a line of text in its written form, which may be empty, or the sentence that says what is wrong.
func cleanLine(s string, most int) (string, lang.Msg) {
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case utf8.RuneCountInString(s) > most:
		return s, lang.M("people.name.long", "Max", most)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, line.Hidden):
		return s, lang.M("people.name.invisible")
	}
	return s, lang.Msg{}
}

// plainLetters returns a name in small letters without accents.
func plainLetters(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		if r < 0x300 || r > 0x36f {
			b.WriteRune(r)
		}
	}
	return strings.NewReplacer("ß", "ss", "æ", "ae", "ø", "o", "œ", "oe", "ł", "l", "đ", "d").Replace(b.String())
}
