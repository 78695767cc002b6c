package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// Service is the use cases of people with an account.
type Service struct {
	db      *db.DB
	members *member.Service
	now     func() time.Time
	hasher  hasher
	tries   *token.Tries
	cache   *cache
	known   []byte // key of the proofs that a browser is known
	nobody  string // a stored passphrase that nobody has, so that an unknown name takes as long as a known one
}

// codeGroups is the length of a recovery code: 120 random bits.
const codeGroups = 5

// nobody returns a stored passphrase that nobody has. It is made once in a process, because it takes long, and whose Service asks makes no
// difference to it.
var nobody = sync.OnceValues(func() (string, error) { return newHasher().hash(context.Background(), token.New()) })

// New returns the Service. It makes the installation's key for known browsers at its first call on a database, and sees
// to it that the account goes when a person leaves their last group.
func New(ctx context.Context, d *db.DB, members *member.Service, now func() time.Time) (*Service, error) {
	s := &Service{db: d, members: members, now: now, hasher: newHasher(), tries: token.NewTries(), cache: newCache()}
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		s.known, err = setting(tx, "known_browser_key", fresh)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("key for known browsers: %w", err)
	}
	if s.nobody, err = nobody(); err != nil {
		return nil, err
	}
	members.OnGone(s.gone)
	return s, nil
}

func isEmail(name string) bool { return strings.Contains(name, "@") }

// normal returns a name as it is counted and compared.
func normal(name string) string {
	name = strings.TrimSpace(name)
	if isEmail(name) {
		return emailKey(name)
	}
	return member.Fold(name)
}

// Browser is what is known of the browser that somebody comes in with.
type Browser struct {
	Label   string // "Firefox · Android"
	Session string // secret of the session it had until now; it ends
	Known   string // proof that it belongs to the person, as Entrance gave it
}

// SignIn opens a session for who has the name, a handle or an e-mail address, and the passphrase.
// It returns fault.Invalid, the same for a wrong name and a wrong passphrase and after the same time, fault.TooMany,
// or fault.Unavailable when too many are signing in at once.
func (s *Service) SignIn(ctx context.Context, name, passphrase string, b Browser) (Entrance, error) {
	var h holderRow
	var found bool
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		h, found, err = findHolder(tx, strings.TrimSpace(name))
		return err
	})
	if err != nil {
		return Entrance{}, fmt.Errorf("find account: %w", err)
	}
	count := "n/" + normal(name)
	if found && s.isKnown(h, b.Known) {
		count = fmt.Sprintf("k/%d", h.ID)
	}
	if !s.tries.Take(count, s.now()) {
		return Entrance{}, fault.New(fault.TooMany, "people.too_many")
	}
	stored := s.nobody
	if found {
		stored = h.Passphrase
	}
	right, err := s.hasher.verify(ctx, passphrase, stored)
	if err != nil {
		return Entrance{}, err
	}
	if !right || !found {
		return Entrance{}, fault.Form(map[string]lang.Msg{"passphrase": lang.M("people.sign_in.wrong")})
	}
	s.tries.Forget(count)
	e := Entrance{Person: h.ID, Session: token.New(), Known: s.prove(h)}
	err = s.db.Write(ctx, func(tx *db.Tx) error { return s.open(tx, h.ID, h.Passphrase, e.Session, b) })
	return e, err
}

// open starts a session in place of the one the browser had. It returns fault.SignIn if the passphrase that opened the
// door is not the person's any more.
func (s *Service) open(tx *db.Tx, person member.PersonID, passphrase, secret string, b Browser) error {
	h, ok, err := getHolder(tx, person)
	if err != nil {
		return err
	}
	if !ok || h.Passphrase != passphrase {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	if b.Session != "" {
		if err := deleteSessionByHash(tx, token.Hash(b.Session)); err != nil {
			return err
		}
	}
	if _, err := insertSession(tx, person, token.Hash(secret), b.Label); err != nil {
		return fmt.Errorf("insert session: %w", err)
	}
	tx.After(func() { s.cache.drop(0, b.Session) })
	return trimSessions(tx, person)
}

// prove returns the proof that a browser has signed in as the person. It ends with the passphrase.
func (s *Service) prove(h holderRow) string {
	m := hmac.New(sha256.New, s.known)
	fmt.Fprintf(m, "known\n%d\n%d", h.ID, h.ChangedAt.UnixMilli())
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func (s *Service) isKnown(h holderRow, proof string) bool {
	return subtle.ConstantTimeCompare([]byte(s.prove(h)), []byte(proof)) == 1
}

// Join makes an account for a new person, takes them into the group of the invitation and signs them in.
// It returns fault.Invalid with the fields that are wrong, and what member.Join returns for the invitation.
func (s *Service) Join(ctx context.Context, once db.Once, su SignUp, invitation string, b Browser) (Entrance, member.Group, error) {
	e, err := s.signUp(ctx, once, su, b, func(tx *db.Tx, p member.PersonID) error {
		_, err := s.members.JoinIn(tx, p, invitation, su.Name)
		return err
	})
	if err != nil {
		return e, member.Group{}, err
	}
	g, err := s.first(ctx, e.Person)
	return e, g, err
}

// Found makes an account for a new person, founds the group with them as its first member and signs them in. It uses up
// the setup link. It returns fault.Invalid with the fields that are wrong, and what member.Found returns.
func (s *Service) Found(ctx context.Context, once db.Once, su SignUp, link string, f member.Founding, b Browser) (Entrance, member.Group, error) {
	f.By = su.Name
	e, err := s.signUp(ctx, once, su, b, func(tx *db.Tx, p member.PersonID) error {
		if err := s.members.UseSetup(tx, link); err != nil {
			return err
		}
		_, _, err := s.members.FoundIn(tx, p, f)
		return err
	})
	if err != nil {
		return e, member.Group{}, err
	}
	g, err := s.first(ctx, e.Person)
	return e, g, err
}

// first returns the group that a new person came by.
func (s *Service) first(ctx context.Context, person member.PersonID) (member.Group, error) {
	mine, err := s.members.Groups(ctx, person)
	if err == nil && len(mine) == 0 {
		err = fault.New(fault.NotFound, "fault.not_found") // they have left again meanwhile
	}
	if err != nil {
		return member.Group{}, err
	}
	return mine[0].Group, nil
}

// signUp makes an account and does then with it, in one transaction. The same form sent again makes nothing new and
// shows no code again.
func (s *Service) signUp(ctx context.Context, once db.Once, su SignUp, b Browser, then func(*db.Tx, member.PersonID) error) (e Entrance, err error) {
	if su, err = su.check(); err != nil {
		return e, err
	}
	hash, err := s.hasher.hash(ctx, su.Passphrase)
	if err != nil {
		return e, err
	}
	code, secret := token.Code(codeGroups), token.New()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		subject, seen, err := tx.Seen(once)
		if err != nil {
			return err
		}
		person := member.PersonID(subject)
		e = Entrance{Person: person, Session: secret}
		if !seen {
			if err := free(tx, su.Name, su.Email, 0); err != nil {
				return err
			}
			p, err := insertPerson(tx, su.Name, su.Lang)
			if err != nil {
				return fmt.Errorf("insert person: %w", err)
			}
			if err := insertLogin(tx, p.ID, su, hash, codeHash(code)); err != nil {
				return fmt.Errorf("insert login: %w", err)
			}
			if err := then(tx, p.ID); err != nil {
				return err
			}
			e.Person, e.Code = p.ID, code
			if err := tx.Did(once, int64(p.ID)); err != nil {
				return err
			}
		}
		return s.reopen(tx, &e, b)
	})
	return e, err
}

// reopen starts a session for a person who has proved who they are in this transaction, or by the form that was acted on
// before.
func (s *Service) reopen(tx *db.Tx, e *Entrance, b Browser) error {
	h, ok, err := getHolder(tx, e.Person)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	e.Known = s.prove(h)
	return s.open(tx, e.Person, h.Passphrase, e.Session, b)
}

// free returns fault.Invalid by field if somebody else has the handle or the e-mail address.
func free(tx *db.Tx, handle, email string, but member.PersonID) error {
	wrong := map[string]lang.Msg{}
	taken, err := handleTaken(tx, handle, but)
	if err != nil {
		return err
	}
	if taken {
		wrong["name"] = lang.M("people.name.taken")
	}
	if taken, err = emailTaken(tx, email, but); err != nil {
		return err
	}
	if taken {
		wrong["email"] = lang.M("people.email.taken")
	}
	return fault.Form(wrong)
}

// Recover sets a new passphrase for who has the recovery code, ends all their sessions, signs them in and gives a new
// code. It returns fault.Invalid, the same for a wrong name and a wrong code. Tries are not counted: nobody guesses the
// 120 bits of a code, and a count would let strangers keep its owner out.
func (s *Service) Recover(ctx context.Context, once db.Once, name, code, passphrase string, b Browser) (Entrance, error) {
	if m := weak(passphrase, name); !m.IsZero() {
		return Entrance{}, fault.Form(map[string]lang.Msg{"passphrase": m})
	}
	refused := fault.Form(map[string]lang.Msg{"code": lang.M("people.recover.wrong")})
	typed, err := token.ParseCode(code)
	if err != nil {
		return Entrance{}, refused
	}
	opens := func(tx *db.Tx) (h holderRow, err error) {
		h, found, err := findHolder(tx, strings.TrimSpace(name))
		if err == nil && (!found || subtle.ConstantTimeCompare(h.Recovery, codeHash(typed)) != 1) {
			err = refused
		}
		return h, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, seen, err := tx.Seen(once); err != nil || seen {
			return err
		}
		_, err := opens(tx)
		return err
	})
	if err != nil {
		return Entrance{}, err
	}
	hash, err := s.hasher.hash(ctx, passphrase) // only now: it is costly
	if err != nil {
		return Entrance{}, err
	}
	fresh, secret := token.Code(codeGroups), token.New()
	var e Entrance
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		subject, seen, err := tx.Seen(once)
		if err != nil {
			return err
		}
		if seen {
			e = Entrance{Person: member.PersonID(subject), Session: secret}
			return s.reopen(tx, &e, b)
		}
		h, err := opens(tx)
		if err != nil {
			return err
		}
		if _, err := s.reset(tx, h.ID, map[string]any{"passphrase": hash, "recovery": codeHash(fresh)}, 0); err != nil {
			return err
		}
		e = Entrance{Person: h.ID, Session: secret, Code: fresh}
		if err := tx.Did(once, int64(h.ID)); err != nil {
			return err
		}
		return s.reopen(tx, &e, b)
	})
	if err == nil {
		s.tries.Forget("n/" + normal(name))
	}
	return e, err
}

// reset changes what the person proves themselves with, and ends their other sessions.
func (s *Service) reset(tx *db.Tx, person member.PersonID, set map[string]any, keep int64) (holderRow, error) {
	set["changed_at"] = db.At(tx.Now)
	if err := updateLogin(tx, person, set); err != nil {
		return holderRow{}, fmt.Errorf("update login: %w", err)
	}
	if _, err := deleteSessions(tx, person, 0, keep); err != nil {
		return holderRow{}, err
	}
	tx.After(func() { s.cache.drop(person, "") })
	h, _, err := getHolder(tx, person)
	return h, err
}

// gone is told when a person has left their last group: their account goes, in the same transaction.
func (s *Service) gone(tx *db.Tx, person member.PersonID) error {
	tx.After(func() { s.cache.drop(person, "") })
	return erase(tx, person)
}
