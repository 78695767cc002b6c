// Package balance keeps how many seats of a role are reserved, and for whom in the group's own words: "not both men", "night shift"
// (practice.md §2.8.2). Members decide it as they change their rules of the first tier: after the notice for that, with its majority and
// its quorum, for elections that begin a week after the result (§2.13.2). A rule holds until they decide another one.
//
// It says for how many people there is room, and never who they are: candidates say for themselves whether they stand for a reserved place,
// and package election keeps that with the candidature. A rule names nobody: it has no field for it, and words that name a member are
// refused.
package balance

import (
	"context"
	"strings"
	"time"
	"unicode"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
)

// Rule is that at least so many seats of a role are for people who stand for a reserved place.
type Rule struct {
	Group  member.GroupID
	Role   role.ID
	Places int    // 0: none are reserved any more
	Words  string // for whom; empty if there are none
	From   time.Time
	Cause  string // decision/2026-014
}

// Number is that of the decision: 2026-014.
func (r Rule) Number() string {
	_, n, _ := strings.Cut(r.Cause, "/")
	return n
}

// MaxWords is how many words a rule has for whom places are reserved: they stand beside names and on papers.
const MaxWords = 12

// Why a rule that was carried is not in force.
const (
	TooMany    role.Why = "reserved_too_many"    // the role has fewer seats by now
	NotElected role.Why = "reserved_not_elected" // members do not elect who holds the role
)

// Service has members decide how many seats are reserved.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	words  *lang.Catalog
}

// NewService returns a Service on the database that writes to the record. What is put before a group is worded by words, in its language.
func NewService(d *db.DB, l *ledger.Ledger, words *lang.Catalog) *Service {
	return &Service{d, l, words}
}

// Of returns the rule that is in force for the role now. It has no places if there is none.
func Of(tx *db.Tx, r role.ID) (Rule, error) {
	all, err := inForce(tx, []role.ID{r})
	return all[r], err
}

// Rules returns the rules that are in force for the roles, and those that will be, by role.
func (s *Service) Rules(ctx context.Context, a member.Actor, roles []role.ID) (now, next map[role.ID]Rule, err error) {
	if !a.IsMember() {
		return nil, nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		now, next, err = nowAndNext(tx, roles)
		return err
	})
	return now, next, err
}

// Propose puts forward in the actor's name that so many seats of the role are reserved for people who stand for a reserved place, or none
// any more. The same form sent again changes nothing. It returns fault.Invalid with the fields "places", "words" and "why", fault.NotFound
// if there is no such role, and fault.Conflict if members do not elect who holds it, if it has ended, and if that is the rule already.
func (s *Service) Propose(ctx context.Context, a member.Actor, once db.Once, key string, places int, words, why string) (motion.Motion, error) {
	return motion.BringOnce(ctx, s.db, s.ledger, a, once, func(tx *db.Tx, a member.Actor) (p motion.Proposal, about member.ID, err error) {
		r, err := role.Find(tx, a.Group.ID, key)
		if err == nil {
			err = May(r)
		}
		if err != nil {
			return p, 0, err
		}
		if words, err = tidy(tx, a.Group.ID, r, places, words); err != nil {
			return p, 0, err
		}
		if was, err := Of(tx, r.ID); err != nil || was.Places == places && was.Words == words {
			if err == nil {
				err = fault.New(fault.Conflict, "balance.same")
			}
			return p, 0, err
		}
		v, name := s.words.Voice(a.Group.Lang), lang.M("role."+r.Key+".name")
		clause := v.T("balance.clause", "Role", name, "Count", places, "Seats", r.Seats, "For", words)
		if places == r.Seats {
			clause = v.T("balance.clause_all", "Role", name, "Count", places, "For", words)
		}
		if places == 0 {
			clause = v.T("balance.clause_none", "Role", name)
		}
		p.Text = motion.Text{
			Title: v.T("balance.motion", "Role", name), Clauses: []motion.Clause{{Text: clause}}, Why: why,
			Effect: motion.Effect{Kind: motion.Reserve, Role: r.Key, Places: places, For: words},
		}
		return p, 0, nil
	})
}

// May returns nil if places of the role can be reserved. Only where members put people in order can they be kept in the count: a lot knows
// nobody's reasons.
func May(r role.Role) error {
	switch {
	case !r.Ended.IsZero():
		return fault.New(fault.Conflict, "balance.ended")
	case r.Fill != role.ByElection:
		return fault.New(fault.Conflict, "balance.not_elected")
	}
	return nil
}

// tidy returns the words as they are kept, or fault.Invalid.
func tidy(tx *db.Tx, g member.GroupID, r role.Role, places int, words string) (string, error) {
	words, wrong := motion.OneLine(words), map[string]lang.Msg{}
	if places < 0 || places > r.Seats {
		wrong["places"] = lang.M("balance.places.wrong", "Max", r.Seats)
	}
	if places == 0 {
		return "", fault.Form(wrong)
	}
	switch {
	case words == "":
		wrong["words"] = lang.M("balance.words.empty")
	case motion.Words(words) > MaxWords || len(words) > 20*MaxWords:
		wrong["words"] = lang.M("balance.words.long", "Max", MaxWords, "Count", motion.Words(words))
	default:
		called, err := member.ByNames(tx, g, phrases(words))
		if err != nil {
			return "", err
		}
		if len(called) > 0 {
			wrong["words"] = lang.M("balance.words.names")
		}
	}
	return words, fault.Form(wrong)
}

// phrases returns everything in the words that could be a name: each word, and words that follow each other. Words that are joined by hyphens
// are several: names are compared without hyphens.
func phrases(words string) (out []string) {
	all := strings.FieldsFunc(words, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.So) })
	for from := range all {
		for to := from + 1; to <= len(all); to++ {
			out = append(out, strings.Join(all[from:to], " "))
		}
	}
	return out
}

// Decide puts a rule in force for the role with the key, because the members decided it.
func Decide(tx *db.Tx, l *ledger.Ledger, g member.Group, b Rule, key string) (role.Why, error) {
	r, err := role.Find(tx, g.ID, key)
	switch {
	case db.IsNotFound(err) || err != nil && fault.KindOf(err) == fault.NotFound:
		return role.Unknown, nil
	case err != nil:
		return "", err
	case !r.Ended.IsZero():
		return role.Ended, nil
	case r.Fill != role.ByElection:
		return NotElected, nil
	case b.Places > r.Seats:
		return TooMany, nil
	}
	b.Group, b.Role = g.ID, r.ID
	if err := insert(tx, b); err != nil {
		return "", err
	}
	_, err = l.Append(tx, g.Log(), ledger.Event{Kind: "balance.decided", Subject: r.Ref(), Data: ledger.Data{
		"role": r.Ref(), "places": b.Places, "words": b.Words, "from": b.From, "cause": b.Cause,
	}})
	return "", err
}
