package account

import (
	"context"
	"encoding/base64"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/effort"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/token"

	"golang.org/x/crypto/argon2"
	"golang.org/x/mod/sumdb/note"
)

const good = "heron gravel teaspoon ninety"

// services returns the services on a database, with a group that Ana founded, and an invitation to it.
func services(t testing.TB, d *db.DB, c *dbtest.Clock) (s *Service, members *member.Service, invitation string) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(nil, "folkmoot")
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.New(skey, vkey)
	if err != nil {
		t.Fatal(err)
	}
	members = member.New(d, l)
	members.OnBegin(func(*db.Tx, member.Group, member.Member) error { return nil })
	if s, err = New(t.Context(), d, members, c.Now); err != nil {
		t.Fatal(err)
	}
	link, err := members.MakeSetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e, g, err := s.Found(t.Context(), db.Once{}, SignUp{Name: "Ana", Email: "ana@example.org", Passphrase: good}, link,
		member.Founding{Name: "Elm", Preset: "B", Zone: "Europe/Berlin"}, Browser{})
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := members.Visit(t.Context(), e.Person, g.Slug)
	if err != nil {
		t.Fatal(err)
	}
	if invitation, err = members.Invite(t.Context(), db.Once{}, a, 500, 14); err != nil {
		t.Fatal(err)
	}
	return s, members, invitation
}

func TestHashAndVerify(t *testing.T) {
	h := newHasher()
	stored, err := h.hash(t.Context(), "un cañón de plata")
	if err != nil {
		t.Fatal(err)
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(stored, want) {
		t.Errorf("stored as %q, want it to begin with %q", stored, want)
	}
	for p, want := range map[string]bool{
		"un cañón de plata": true, "un can\u0303o\u0301n de plata": true, // the same, as another keyboard types it
		"un cañón de Plata": false, "un cañón de plata ": false, "": false,
	} {
		if got, err := h.verify(t.Context(), p, stored); got != want || err != nil {
			t.Errorf("verify(%q) = %v, %v, want %v", p, got, err, want)
		}
	}
	long := strings.Repeat("a long passphrase ", 20)
	if stored, err = h.hash(t.Context(), long); err != nil {
		t.Fatal(err)
	}
	if got, err := h.verify(t.Context(), long[:len(long)-1], stored); got || err != nil {
		t.Errorf("a passphrase that lacks its last character opens: it was cut; %v", err)
	}
	// A hash made at another cost still opens: the numbers are read, not assumed.
	b64 := base64.RawStdEncoding.EncodeToString
	older := "$argon2id$v=19$m=8192,t=1,p=2$" + b64([]byte("salt")) + "$" + b64(argon2.IDKey([]byte("old"), []byte("salt"), 1, 8192, 2, 24))
	for p, want := range map[string]bool{"old": true, "new": false} {
		if got, err := h.verify(t.Context(), p, older); got != want || err != nil {
			t.Errorf("verify(%q) at another cost = %v, %v, want %v", p, got, err, want)
		}
	}
	for _, damaged := range []string{"", "x", "$argon2id$v=18$m=19456,t=2,p=1$YQ$YQ", "$argon2id$v=19$m=19456,t=2,p=1$!$YQ", "$argon2id$v=19$m=19456,t=2,p=1$YQ$"} {
		if ok, err := h.verify(t.Context(), "x", damaged); ok || err == nil {
			t.Errorf("verify against %q: %v, %v, want an error", damaged, ok, err)
		}
	}
}

func TestHasherHasAQueueWithAnEnd(t *testing.T) {
	h := hasher{make(chan struct{}, 1), 10 * time.Millisecond}
	h.slots <- struct{}{}
	if _, err := h.hash(t.Context(), "x"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("with no place free: %v, want fault.Unavailable", err)
	}
	<-h.slots
	if _, err := h.hash(t.Context(), "x"); err != nil {
		t.Error(err)
	}
	if len(h.slots) != 0 {
		t.Error("a place is not given back")
	}
}

func TestWeak(t *testing.T) {
	around := []string{"Ana López", "ana@kettle.example", "Elm Street Tenants"}
	for p, want := range map[string]string{
		"short":                         "people.passphrase.short",
		"Passw0rd!":                     "people.passphrase.weak",
		"12345678":                      "people.passphrase.weak",
		"qwertyuiop":                    "people.passphrase.weak",
		"elmstreettenants":              "people.passphrase.weak",
		"tenants elm street":            "people.passphrase.weak",
		"ana lópez":                     "people.passphrase.weak",
		"folkmoot1":                     "people.passphrase.weak",
		strings.Repeat("a", 501):        "people.passphrase.long",
		good:                            "",
		strings.Repeat(good+" ", 15):    "", // 435 characters: long ones are allowed
		"häuptling banane zwölf kessel": "",
		"梨の木が三本と古い自転車":                  "",
	} {
		if got := weak(p, around...).ID; got != want {
			t.Errorf("weak(%.40q) = %q, want %q", p, got, want)
		}
	}
}

func TestWeakIsQuickAndSafeForConcurrentUse(t *testing.T) {
	took := effort.Of(func() {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { weak(strings.Repeat("aB3$ e", 83), "Ana") })
		}
		wg.Wait()
	})
	if took > 10*time.Second {
		t.Errorf("8 long passphrases took %v", took)
	}
}

func TestCleanEmail(t *testing.T) {
	for in, want := range map[string]bool{
		"": true, "a@b": true, "José@kettle.example": true, "  a@b.example ": true,
		"a": false, "@b": false, "a@": false, "a b@c": false, "a@b\r\nBcc: x@y": false, "a\u202e@b": false, "a\u200b@b": false, strings.Repeat("a", 250) + "@b.example": false, "a@\xff": false,
	} {
		if _, wrong := CleanEmail(in); wrong.IsZero() != want {
			t.Errorf("CleanEmail(%q): %v, want fine: %v", in, wrong.ID, want)
		}
	}
}

func TestSignIn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, _, _ := services(t, d, c)
		for _, name := range []string{"Ana", "ana", " ANA ", "ana@example.org", "Ana@Example.ORG"} {
			e, err := s.SignIn(t.Context(), name, good, Browser{Label: "Firefox"})
			if err != nil {
				t.Errorf("%q: %v", name, err)
				continue
			}
			ses, ok, err := s.Session(t.Context(), e.Session)
			if err != nil || !ok || ses.Person != e.Person || ses.Handle != "Ana" || ses.Label != "Firefox" {
				t.Errorf("%q: session %+v, %v, %v", name, ses, ok, err)
			}
		}
		var said []string
		for _, name := range []string{"Ana", "Nobody", "ana@example.org", "nobody@example.org", "", "' OR 1=1 --"} {
			_, err := s.SignIn(t.Context(), name, "wrong passphrase", Browser{})
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q with a wrong passphrase: %v", name, err)
				continue
			}
			said = append(said, fault.Fields(err)["passphrase"].ID)
		}
		if len(slices.Compact(said)) != 1 {
			t.Errorf("a wrong name is told from a wrong passphrase: %q", said)
		}
	})
}

// wrongly signs in with a wrong passphrase, long enough after the last time not to be refused for that.
func wrongly(t testing.TB, s *Service, c *dbtest.Clock, name string) {
	c.Advance(time.Minute)
	if _, err := s.SignIn(t.Context(), name, "wrong passphrase", Browser{}); fault.KindOf(err) != fault.Invalid {
		t.Fatal(err)
	}
}

// TestV59_UnknownNameTakesAsMuchWork compares what a sign-in costs by the memory that argon2id fills, which is nearly all of
// its time and the same on every machine. BenchmarkSignIn has the times themselves.
func TestV59_UnknownNameTakesAsMuchWork(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s, _, _ := services(t, dbtest.SQLite(t, c), c)
	filled := func(name string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 5 {
			wrongly(t, s, c, name)
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / 5
	}
	known := filled("ana")
	if known < argonMemory<<10 {
		t.Fatalf("a known name fills %d bytes, argon2id alone takes %d", known, argonMemory<<10)
	}
	for _, name := range []string{"bea", "nobody@example.org", ""} {
		if unknown := filled(name); max(known, unknown)-min(known, unknown) > known/50 {
			t.Errorf("a known name fills %d bytes, %q fills %d", known, name, unknown)
		}
	}
}

// BenchmarkSignIn compares the time for a name that is there with that for one that is not.
func BenchmarkSignIn(b *testing.B) {
	c := dbtest.NewClock(dbtest.Start)
	s, _, _ := services(b, dbtest.SQLite(b, c), c)
	for _, name := range []string{"known", "unknown"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				wrongly(b, s, c, map[string]string{"known": "ana", "unknown": "bea"}[name])
			}
		})
	}
}

// TestV60_GuessingIsSlowedByName, for names that exist and for names that do not, and nobody else is.
func TestV60_GuessingIsSlowedByName(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s, _, _ := services(t, dbtest.SQLite(t, c), c)
	e, err := s.SignIn(t.Context(), "ana", good, Browser{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ana", "bea"} {
		tries := 0
		for range 30 {
			_, err := s.SignIn(t.Context(), name, "wrong passphrase", Browser{})
			if fault.KindOf(err) == fault.Invalid {
				tries++
			} else if fault.KindOf(err) != fault.TooMany {
				t.Fatal(err)
			}
		}
		if tries != token.Burst {
			t.Errorf("%s: %d tries at once, want %d", name, tries, token.Burst)
		}
	}
	if _, err := s.SignIn(t.Context(), "ana", good, Browser{}); fault.KindOf(err) != fault.TooMany {
		t.Errorf("a new browser in the middle of guessing: %v, want fault.TooMany", err)
	}
	if _, err := s.SignIn(t.Context(), "ana", good, Browser{Known: e.Known}); err != nil {
		t.Errorf("the owner's own browser is locked out by strangers: %v", err)
	}
	for range 30 {
		if _, err := s.SignIn(t.Context(), "ana", "wrong passphrase", Browser{Known: "made up"}); fault.KindOf(err) != fault.TooMany {
			t.Fatalf("a made-up proof gets more tries: %v", err)
		}
	}
	c.Advance(token.Refill)
	if _, err := s.SignIn(t.Context(), "ana", good, Browser{}); err != nil {
		t.Errorf("after half a minute: %v", err)
	}
}

// TestRecoverWhileGuessed: the code works while strangers keep the front door busy.
func TestRecoverWhileGuessed(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s, _, invitation := services(t, dbtest.SQLite(t, c), c)
	e, _, err := s.Join(t.Context(), db.Once{}, SignUp{Name: "Ben", Passphrase: good}, invitation, Browser{})
	if err != nil {
		t.Fatal(err)
	}
	for range token.Burst {
		if _, err := s.SignIn(t.Context(), "Ben", "wrong passphrase", Browser{}); err == nil {
			t.Fatal("in with a wrong passphrase")
		}
	}
	for range 3 * token.Burst {
		wrong := token.Code(codeGroups)
		if _, err := s.Recover(t.Context(), db.Once{}, "ben", wrong, "quartz lemon ferry dozen", Browser{}); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a wrong code: %v", err)
		}
	}
	next, err := s.Recover(t.Context(), db.Once{}, "ben", strings.ReplaceAll(strings.ToLower(e.Code), "-", " "), "quartz lemon ferry dozen", Browser{})
	if err != nil {
		t.Fatal(err)
	}
	if next.Code == e.Code || next.Code == "" {
		t.Errorf("the new code is %q, the old one was %q", next.Code, e.Code)
	}
	if _, ok, err := s.Session(t.Context(), e.Session); ok || err != nil {
		t.Errorf("an old session outlives the recovery: %v", err)
	}
	if _, err := s.SignIn(t.Context(), "Ben", good, Browser{}); err == nil {
		t.Error("the old passphrase still opens")
	}
	if _, err := s.Recover(t.Context(), db.Once{}, "ben", e.Code, "amber ladder noise pint", Browser{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the code works twice: %v", err)
	}
}

func TestSessionsEnd(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, _, _ := services(t, d, c)
		open := func() Entrance {
			e, err := s.SignIn(t.Context(), "ana", good, Browser{})
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		alive := func(e Entrance) bool {
			ses, ok, err := s.Session(t.Context(), e.Session)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				if err := s.Seen(t.Context(), ses); err != nil {
					t.Fatal(err)
				}
			}
			return ok
		}
		idle, used := open(), open()
		for range 29 {
			c.Advance(24 * time.Hour)
			if !alive(used) {
				t.Fatal("a session in daily use ends early")
			}
		}
		c.Advance(24 * time.Hour)
		if alive(idle) {
			t.Error("a session lives after 30 days without use")
		}
		for range 60 {
			if !alive(used) {
				t.Fatal("a session in daily use ends early")
			}
			c.Advance(24 * time.Hour)
		}
		if alive(used) {
			t.Error("a session lives after 90 days")
		}
		if err := s.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Sessions(t.Context(), used.Person); err != nil || len(all) != 0 {
			t.Errorf("after the sweep there are %d sessions, %v", len(all), err)
		}
		for range maxSessions + 5 {
			open()
		}
		if all, err := s.Sessions(t.Context(), used.Person); err != nil || len(all) != maxSessions {
			t.Errorf("there are %d sessions, want %d, %v", len(all), maxSessions, err)
		}
	})
}

// TestRevokedSessionIsNotFoundAgain: many read a session while it is ended; none finds it after.
func TestRevokedSessionIsNotFoundAgain(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s, _, _ := services(t, dbtest.SQLite(t, c), c)
	for range 20 {
		e, err := s.SignIn(t.Context(), "ana", good, Browser{})
		if err != nil {
			t.Fatal(err)
		}
		var stop atomic.Bool
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for !stop.Load() {
					if _, _, err := s.Session(context.Background(), e.Session); err != nil {
						t.Error(err)
					}
				}
			})
		}
		if err := s.SignOut(t.Context(), e.Session); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.Session(t.Context(), e.Session); ok || err != nil {
			t.Errorf("found after its end: %v %v", ok, err)
		}
		stop.Store(true)
		wg.Wait()
		if _, ok, err := s.Session(t.Context(), e.Session); ok || err != nil {
			t.Errorf("found after its end: %v %v", ok, err)
		}
	}
}

// TestStoredSecrets: what lies in the database opens nothing.
func TestStoredSecrets(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s, _, invitation := services(t, dbtest.SQLite(t, c), c)
	e, _, err := s.Join(t.Context(), db.Once{}, SignUp{Name: "Ben", Passphrase: good}, invitation, Browser{})
	if err != nil {
		t.Fatal(err)
	}
	var h holderRow
	if err := s.db.Read(t.Context(), func(tx *db.Tx) error {
		h, _, err = getHolder(tx, e.Person)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(h.Recovery), e.Code) || strings.Contains(h.Passphrase, good) || len(h.Recovery) != 32 {
		t.Error("a secret is stored as it is")
	}
}

func TestJoinTogetherOnOneLastPlace(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, members, _ := services(t, d, c)
		a, _, err := members.Visit(t.Context(), 1, "elm")
		if err != nil {
			t.Fatal(err)
		}
		last, err := members.Invite(t.Context(), db.Once{}, a, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		in := 0
		for _, name := range []string{"Bea", "Cem", "Dov", "Efe"} {
			wg.Go(func() {
				_, _, err := s.Join(context.Background(), db.Once{}, SignUp{Name: name, Passphrase: good}, last, Browser{})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					in++
				} else if fault.KindOf(err) != fault.NotFound {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if in != 1 {
			t.Errorf("%d people took one place", in)
		}
	})
}
