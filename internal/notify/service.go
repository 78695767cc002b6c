package notify

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/token"

	smtp "github.com/wneessen/go-mail"
)

// Service keeps the outbox and delivers what is in it.
type Service struct {
	db      *db.DB
	catalog *lang.Catalog
	words   Words
	server  *Server // nil: this server sends no mail
	base    string  // address of the pages, without a slash at its end
	key     []byte  // of the tokens that end notices, and of the mails' names
	one     sync.Mutex
}

// keyName is the setting that holds the key.
const keyName = "mail_key"

// NewService returns a Service. Without a server, nothing is sent, and deliveries say so. At its first call on a database it makes the key
// of the links that end notices.
func NewService(ctx context.Context, d *db.DB, catalog *lang.Catalog, words Words, server *Server, base string) (*Service, error) {
	s := &Service{db: d, catalog: catalog, words: words, server: server, base: base}
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		if s.key, err = tx.Setting(keyName); err != nil || s.key != nil {
			return err
		}
		s.key = fresh
		return tx.PutSetting(keyName, fresh)
	})
	if err != nil {
		return nil, fmt.Errorf("key of the mails: %w", err)
	}
	return s, nil
}

// Sends says whether this server sends mail at all. Pages must promise none where it does not.
func (s *Service) Sends() bool { return s.server != nil }

// Put has the members told, in the transaction of what they are told of. The same notice (kind, subject, revision) is queued for nobody
// twice, so whoever is not sure whether it was may call Put again. Whoever has left is passed over.
func (s *Service) Put(tx *db.Tx, n Notice, to []member.ID) error {
	if n.Group.ID == 0 || n.Kind == "" || n.Subject == "" || n.Title.IsZero() {
		return errors.New("notify: a notice without group, kind, subject or title")
	}
	has, err := known(tx, n, to)
	if err != nil {
		return fmt.Errorf("find mails: %w", err)
	}
	to = slices.DeleteFunc(slices.Clone(to), func(id member.ID) bool { return has[id] })
	who, err := account.Contacts(tx, to)
	if err != nil {
		return fmt.Errorf("find addresses: %w", err)
	}
	letters := map[string]int64{}
	var rows []mailRow
	for _, id := range to {
		c, ok := who[id]
		if !ok {
			continue
		}
		tag := s.catalog.Voice(c.Lang, n.Group.Lang).Tag()
		if letters[tag] == 0 {
			if letters[tag], err = s.write(tx, tag, n); err != nil {
				return err
			}
		}
		rows = append(rows, s.mail(tx, n, c, letters[tag]))
	}
	if err := putMails(tx, rows); err != nil {
		return fmt.Errorf("queue mails: %w", err)
	}
	return nil
}

// write puts the notice into the words of a language and keeps them.
func (s *Service) write(tx *db.Tx, tag string, n Notice) (int64, error) {
	l, err := s.words.Compose(tag, n)
	if err != nil {
		return 0, fmt.Errorf("put a notice into words: %w", err)
	}
	l.Lang = tag
	id, err := putLetter(tx, n, l, s.Sends())
	if err != nil {
		return 0, fmt.Errorf("keep a letter: %w", err)
	}
	return id, nil
}

// mail is the row of a mail as it is queued.
func (s *Service) mail(tx *db.Tx, n Notice, c account.Contact, letter int64) mailRow {
	r := mailRow{LetterID: letter, GroupID: n.Group.ID, MemberID: c.Member, Kind: n.Kind, Subject: n.Subject, Revision: n.Revision,
		State: s.first(c, n.Kind), QueuedAt: db.At(tx.Now)}
	if r.State == Waiting {
		r.NextAt = db.At(tx.Now)
	} else {
		r.SettledAt = db.At(tx.Now)
	}
	return r
}

// first is what becomes of a mail to somebody: it waits, or it is never sent. Whoever tries it out is sent what they ask for.
func (s *Service) first(c account.Contact, k Kind) State {
	switch {
	case s.server == nil:
		return Off
	case c.Email == "":
		return NoAddress
	case !c.Wants && k != Trial:
		return Declined
	}
	return Waiting
}

// atOnce is how many mails are taken in hand together.
const atOnce = 20

// Deliver sends what is due, until nothing is or the mail server is of no use for now. It is the job that runs beside all others. An error
// is of the database, or names in a word of ours why the server could not be reached; then everything waits.
func (s *Service) Deliver(ctx context.Context) error {
	if s.server == nil {
		return nil
	}
	s.one.Lock() // whatever is being sent besides is from a program that has ended
	defer s.one.Unlock()
	var due bool
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = anyDue(tx)
		return err
	})
	if err != nil || !due {
		return err
	}
	if err := s.db.Write(ctx, orphans); err != nil {
		return fmt.Errorf("take up mails: %w", err)
	}
	for {
		n, err := s.round(ctx)
		if err != nil || n == 0 || ctx.Err() != nil {
			return err
		}
	}
}

// round takes some mails in hand and returns how many.
func (s *Service) round(ctx context.Context) (n int, err error) {
	var todo []outgoing
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		todo, n = nil, 0
		all, err := claim(tx, atOnce)
		n = len(all)
		for _, o := range all {
			switch state := s.first(o.to, o.Kind); {
			case err != nil:
				return err
			case state != Waiting: // it has changed since the mail was queued
				err = settle(tx, o.ID, state, "")
			case o.letter.Body == "": // it has waited for so long that what it says was deleted
				err = settle(tx, o.ID, GivenUp, o.Error)
			default:
				todo = append(todo, o)
			}
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("take mails in hand: %w", err)
	}
	return n, s.sendAll(ctx, todo)
}

// sendAll sends mails that were taken in hand over one connection, or as many as it takes.
func (s *Service) sendAll(ctx context.Context, todo []outgoing) (err error) {
	var c *smtp.Client
	defer func() { hangUp(c) }()
	var ours []error // not of the mail server, which speaks through the states of the mails
	for i, o := range todo {
		if ctx.Err() != nil {
			return errors.Join(append(ours, s.letGo(ctx, todo[i:]))...)
		}
		if c == nil {
			if c, err = s.server.dial(ctx); err != nil {
				return errors.Join(append(ours, err, s.noteAll(ctx, todo[i:], err))...)
			}
		}
		err := s.sendOne(c, o)
		f, theirs := errors.AsType[*failure](err)
		if theirs && f.lost {
			hangUp(c)
			c = nil
		}
		if err != nil && !theirs {
			ours = append(ours, err)
		}
		if err := s.noteAll(ctx, todo[i:i+1], err); err != nil {
			return errors.Join(append(ours, err)...)
		}
	}
	return errors.Join(ours...)
}

func (s *Service) sendOne(c *smtp.Client, o outgoing) error {
	stop := s.base + s.StopPath(o.to.Ref)
	l := Letter{Lang: o.letter.Lang, Group: o.group, Title: o.letter.Title, Text: o.letter.Body, HTML: o.letter.HTML, ICS: o.letter.ICS}
	text, html, err := s.words.Finish(l, stop)
	if err != nil {
		return fmt.Errorf("finish a mail: %w", err)
	}
	return s.server.send(c, message{
		id: messageID(s.key, o.ID, o.QueuedAt.Time, s.server.domain()), at: o.QueuedAt.Time, from: o.group, to: o.to.Email,
		title: l.Title, text: text, html: html, ics: l.ICS, stop: stop,
	})
}

// noteAll writes down what became of mails that were tried, also if the program is about to end.
func (s *Service) noteAll(ctx context.Context, done []outgoing, why error) error {
	f, known := errors.AsType[*failure](why)
	if why != nil && !known {
		f = &failure{code: Broken} // of our own making; it may be mended
	}
	err := s.db.Write(context.WithoutCancel(ctx), func(tx *db.Tx) (err error) {
		for _, o := range done {
			switch next := tx.Now.Add(wait(o.Attempts)); {
			case err != nil:
			case why == nil:
				err = settle(tx, o.ID, Sent, "")
			case f.forever || !next.Before(o.QueuedAt.Add(giveUp)):
				err = settle(tx, o.ID, GivenUp, f.code)
			default:
				err = retry(tx, o.mailRow, f.code, next)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("note what became of mails: %w", err)
	}
	return nil
}

// letGo has mails that were not tried wait again.
func (s *Service) letGo(ctx context.Context, left []outgoing) error {
	return s.db.Write(context.WithoutCancel(ctx), func(tx *db.Tx) (err error) {
		for _, o := range left {
			if err == nil {
				err = release(tx, o.mailRow)
			}
		}
		return err
	})
}

// SendTrial sends a mail to an address at once, for the operator who wants to know whether it works. CodeOf says why it does not; an error
// without one says what to do.
func (s *Service) SendTrial(ctx context.Context, to string, l Letter) error {
	if s.server == nil {
		return errors.New("no mail server is set; say with --smtp-host which one takes mail, and with --smtp-from the address it comes from")
	}
	c, err := s.server.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { hangUp(c) }()
	text, html, err := s.words.Finish(l, "")
	if err != nil {
		return err
	}
	now := s.db.Now()
	return s.server.send(c, message{id: messageID(s.key, 0, now, s.server.domain()), at: now, from: l.Group, to: to, title: l.Title, text: text, html: html})
}

// trialPause is how long somebody waits before they try again.
const trialPause = time.Minute

// Try sends the actor a mail by the way that all others go. It returns fault.Conflict if they have no address, this server sends no mail, or
// they have just tried.
func (s *Service) Try(ctx context.Context, a member.Actor, title lang.Msg, say ...lang.Msg) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.AgainAnyhow(tx, a)
		if err != nil {
			return err
		}
		who, err := account.Contacts(tx, []member.ID{a.Member.ID})
		if err != nil {
			return err
		}
		n, last, err := trials(tx, a.Member.ID)
		switch {
		case err != nil:
			return err
		case s.server == nil:
			return fault.New(fault.Conflict, "notify.try.off")
		case who[a.Member.ID].Email == "":
			return fault.New(fault.Conflict, "notify.try.no_address")
		case tx.Now.Sub(last) < trialPause:
			return fault.New(fault.Conflict, "notify.try.soon")
		}
		return s.Put(tx, Notice{Group: a.Group, Kind: Trial, Subject: "member/" + a.Member.Ref, Revision: n + 1, Title: title, Say: say}, []member.ID{a.Member.ID})
	})
}

// page is how many deliveries a page shows.
const page = 30

// Mine returns what became of the notices to a person, in all their groups, the newest first: those before a number, or the newest with 0.
// more says whether there are older ones.
func (s *Service) Mine(ctx context.Context, p member.PersonID, before int64) (out []Delivery, more bool, err error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = deliveries(tx, "m.person_id = ? AND m.left_at IS NULL AND x.id < ? ORDER BY x.id DESC LIMIT ?", p, before, page+1)
		return err
	})
	if len(out) > page {
		return out[:page], true, err
	}
	return out, false, err
}

// Own returns what became of one notice for the actor; ok is false if it was not queued for them.
func Own(tx *db.Tx, a member.Actor, k Kind, subject string, revision int) (d Delivery, ok bool, err error) {
	all, err := deliveries(tx, "x.member_id = ? AND x.kind = ? AND x.subject = ? AND x.revision = ?", a.Member.ID, k, subject, revision)
	if err != nil || len(all) == 0 {
		return d, false, err
	}
	return all[0], true, nil
}

// About returns what became of a notice for the actor, ok if it was queued for them, and with all of how many what has become.
func (s *Service) About(ctx context.Context, a member.Actor, k Kind, subject string, revision int, all bool) (own Delivery, ok bool, of map[State]int, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if own, ok, err = Own(tx, a, k, subject, revision); err != nil || !all {
			return err
		}
		of, err = Totals(tx, a.Group.ID, k, subject, revision)
		return err
	})
	return own, ok, of, err
}

// Totals returns of how many deliveries of a notice what has become. It names nobody, and is for those who sent it.
func Totals(tx *db.Tx, g member.GroupID, k Kind, subject string, revision int) (map[State]int, error) {
	return totals(tx, g, k, subject, revision)
}

// StopPath returns the page that ends notices to a member, by the reference that stands for them in the record. Whoever has it can do that and
// nothing else, and only mails to the member have it in them.
func (s *Service) StopPath(ref string) string { return "/stop/" + stopToken(s.key, ref) }

// Stoppable says whether the token is one that ends notices to somebody.
func (s *Service) Stoppable(tok string) bool {
	_, ok := readStop(s.key, tok)
	return ok
}

// Stop ends all notices to whom the token was made for. Doing it again, or when their account is gone, changes nothing. It returns
// fault.NotFound for a token that was not made here.
func (s *Service) Stop(ctx context.Context, tok string) error {
	ref, ok := readStop(s.key, tok)
	if !ok {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, found, err := personOf(tx, ref)
		if err != nil || !found {
			return err
		}
		err = account.SetNotices(tx, p, false)
		if fault.KindOf(err) == fault.SignIn {
			return nil // the account is gone, and with it the address
		}
		return err
	})
}

// Part clears up after a member who leaves, in the transaction in which they leave: what waits for them is sent no more.
func Part(tx *db.Tx, m member.Member) error {
	if err := unsent(tx, m.ID); err != nil {
		return fmt.Errorf("delete mails that wait: %w", err)
	}
	return nil
}

// Gone ends the calendar of a person who has left their last group, in the same transaction.
func Gone(tx *db.Tx, p member.PersonID) error { return deleteFeed(tx, p) }

// MakeFeed gives the person a calendar under a new address, of which it returns the secret. The one they had leads nowhere from now on.
func (s *Service) MakeFeed(ctx context.Context, p member.PersonID) (secret string, err error) {
	secret = token.New()
	err = s.db.Write(ctx, func(tx *db.Tx) error { return putFeed(tx, p, token.Hash(secret)) })
	return secret, err
}

// EndFeed ends the person's calendar, if they have one.
func (s *Service) EndFeed(ctx context.Context, p member.PersonID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return deleteFeed(tx, p) })
}

// FeedSince returns since when the person has their calendar; ok is false if they have none.
func (s *Service) FeedSince(ctx context.Context, p member.PersonID) (since time.Time, ok bool, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		since, ok, err = feedOf(tx, p)
		return err
	})
	return since, ok, err
}

// FeedOwner returns whose calendar is under the address with the secret, and the language they chose. It returns fault.NotFound if it is
// nobody's, or no more.
func (s *Service) FeedOwner(ctx context.Context, secret string) (p member.PersonID, tag string, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		var ok bool
		p, tag, ok, err = feedByHash(tx, token.Hash(secret))
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		return err
	})
	return p, tag, err
}
