// Package election fills seats of roles by the members' vote (practice.md §2.8): people are nominated and accept, everybody may ask all
// of them the same questions, and a secret ballot puts them in order. "None of these: ask again" stands on every paper, so that nobody is
// crowned unopposed.
//
// The clock opens and closes everything. An election is a motion that nobody puts forward; its ballot, its record and its decision are
// those of any motion. What it brings about, terms, is given when objections are no longer in time, and powers begin on the day on which
// the seats become free.
package election

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// ID names an election, CandidateID a candidature and QuestionID a question to all candidates.
type (
	ID          int64
	CandidateID int64
	QuestionID  int64
)

// State is how far an election is.
type State string

// The states, in order. It ends as Final or, if nobody stands or is elected or too few vote twice, as Nobody.
const (
	Nominating State = "nominating" // people are put up, and accept or decline
	Answering  State = "answering"  // who stands is settled, and they answer the members' questions
	Voting     State = "voting"     // the ballot, from its opening to its count
	Objecting  State = "objecting"  // the result stands unless it is shown to be wrong
	Final      State = "final"      // terms are given
	Nobody     State = "nobody"     // the seats stay free
)

// approves says whether seats of the role are filled by a lot among those whom half of the members trust.
func approves(r role.Role) bool { return r.Fill == role.ByApproval }

// Open says whether the election has not ended.
func (s State) Open() bool { return s != Final && s != Nobody }

// Election is one election for seats of a role.
type Election struct {
	ID       ID
	Group    member.GroupID
	Role     role.ID
	Motion   motion.ID
	Number   int // of the motion
	State    State
	Seats    []role.Vacancy
	Rulebook int
	Opened   time.Time
	Until    time.Time  // nominations and acceptances close
	Extended bool       // once, by half, because there were no more candidates than seats
	Opens    time.Time  // of the ballot; questions are answered until then
	Final    time.Time  // objections close; zero until it is counted
	Starts   time.Time  // when the first terms begin, if nothing is put off
	Relaxed  []role.Bar // limits that gave way, so that terms are half as long
	Decision string     // that came of it: decision/2026-014
	Reserved int        // how many of the seats are for people who stand for a reserved place, as the rule was when it began
	For      string     // who that is, in the group's words
	due      time.Time
}

// Ref names the election in the record: as its motion.
func (e Election) Ref() string { return "election/" + strconv.Itoa(e.Number) }

// Candidate is somebody who was put up for a seat.
type Candidate struct {
	ID        CandidateID
	Ref       string
	Election  ID
	Member    member.ID
	Asked     time.Time // put up by others; who did is not kept
	Accepted  time.Time
	Gone      time.Time // declined, or stood down before the ballot opened
	Statement string
	Interests string // what might pull them another way, in their words; "none" is an answer too
	Share     string // the reference under which they stand with others; "": they stand alone
	Reserved  bool   // they say that they stand for a reserved place: here, and nowhere else
	Trial     bool   // they would do it for TrialDays at most; nobody who stands with others does
	Turn      int    // of those elected, from 1
	Seat      int
	Approved  bool // in an election that a lot follows: at least half of the papers name them
}

// Stands says whether the candidate has accepted and has not stood down.
func (c Candidate) Stands() bool { return !c.Accepted.IsZero() && c.Gone.IsZero() }

// Question is what a member asks all candidates.
type Question struct {
	ID       QuestionID
	Election ID
	Author   member.ID
	Text     string
	At       time.Time
}

// Answer is a candidate's answer to a question. Nobody else reads it until all have answered, or the ballot opens.
type Answer struct {
	Question  QuestionID
	Candidate CandidateID
	Text      string
	At        time.Time
}

// Objection is what a member holds against a count, with their name.
type Objection struct {
	Member member.ID
	Text   string
	At     time.Time
}

// How long the steps take, beside those that the rules set (practice.md §2.8.1, §2.12.5).
const (
	day        = 24 * time.Hour
	answerTime = 3 * day // for candidates to answer, once it is settled who they are
	ObjectTime = 3 * day // for objections, after the close
	restTime   = 4 * day // between the final result and the first term
)

// TrialDays is how long somebody holds a seat who takes it on trial, three months (practice.md §2.12.6).
const TrialDays = 91

// Limits of what is written, beside those that the rules set.
const (
	InterestWords = 60
	QuestionWords = 60
	AnswerWords   = 150
	ObjectWords   = 200
	MaxQuestions  = 20 // in an election; a candidate has to answer them all
	bytesAWord    = 20
)

// MayNominate returns nil while people can be put up, accept and decline.
func (e Election) MayNominate(now time.Time) error {
	if e.State != Nominating || !now.Before(e.Until) {
		return fault.New(fault.Conflict, "election.nominations_closed")
	}
	return nil
}

// MayAsk returns nil while members can ask all candidates.
func (e Election) MayAsk(now time.Time) error {
	if e.State != Nominating && e.State != Answering || !now.Before(e.Opens.Add(-day)) {
		return fault.New(fault.Conflict, "election.questions_closed")
	}
	return nil
}

// MayAnswer returns nil while candidates can answer, which may be before it is settled who all of them are.
func (e Election) MayAnswer(now time.Time) error {
	if e.State != Nominating && e.State != Answering || !now.Before(e.Opens) {
		return fault.New(fault.Conflict, "election.answers_closed")
	}
	return nil
}

// MayStandDown returns nil until the ballot opens: then the paper is what it is.
func (e Election) MayStandDown(now time.Time) error { return e.MayAnswer(now) }

// MayObject returns nil while objections are in time.
func (e Election) MayObject(now time.Time) error {
	if e.State != Objecting || !now.Before(e.Final) {
		return fault.New(fault.Conflict, "election.objections_closed")
	}
	return nil
}

// Standing is what a candidate says of themselves: the same form for all.
type Standing struct {
	Statement, Interests string
	Reserved             bool // they stand for a reserved place; where none is, it is not kept
	Trial                bool // they would do it for TrialDays at most; where that is not asked, it is not kept
}

// Tries says whether people can stand for the role for a trial of three months: where too few stood, everybody is asked again with smaller forms.
func (e Election) Tries(r role.Role, rules rulebook.Rules) bool {
	return e.Extended && !approves(r) && rules.Office.TermDays > TrialDays
}

// check tidies the form and returns fault.Invalid with the fields that are wrong.
func (s *Standing) check(r rulebook.Rules) error {
	wrong := map[string]lang.Msg{}
	words(wrong, "statement", &s.Statement, r.Elections.StatementWords)
	words(wrong, "interests", &s.Interests, InterestWords)
	return fault.Form(wrong)
}

// when returns the filling as limits look at it.
func (e Election) when() role.Filling {
	return role.Filling{Closes: e.Until, Starts: e.Starts, Seats: len(e.Seats)}
}

// words tidies a text and notes what is wrong with it: it must be there, and not longer than so many words.
func words(wrong map[string]lang.Msg, field string, text *string, most int) {
	*text = motion.Tidy(*text)
	switch {
	case *text == "":
		wrong[field] = lang.M("election." + field + ".empty")
	case !utf8.ValidString(*text) || motion.Words(*text) > most || len(*text) > bytesAWord*most:
		wrong[field] = lang.M("election.too_long", "Max", most, "Words", motion.Words(*text))
	}
}

// tidy is words for a form with one field.
func tidy(field, text string, most int) (string, error) {
	wrong := map[string]lang.Msg{}
	words(wrong, field, &text, most)
	return text, fault.Form(wrong)
}

// shown returns the answers that everybody may read: to questions that all who stand have answered, and all of them once the ballot has
// opened. Where nobody stands any more no ballot opens, and answers that waited for it stay their writers' own. People who stand together have
// one answer; what one of them wrote while standing alone is not shown beside it.
func shown(e Election, now time.Time, stand []Candidature, answers []Answer) (out []Answer) {
	if len(stand) == 0 {
		return nil
	}
	all := e.State != Nominating && (e.State != Answering || !now.Before(e.Opens))
	for _, a := range answers {
		beside := slices.ContainsFunc(stand, func(c Candidature) bool {
			return slices.ContainsFunc(c.People[1:], func(p Candidate) bool { return p.ID == a.Candidate })
		})
		if !beside && (all || e.State == Answering && answered(a.Question, stand, answers)) {
			out = append(out, a)
		}
	}
	return out
}

func answered(q QuestionID, stand []Candidature, answers []Answer) bool {
	return !slices.ContainsFunc(stand, func(c Candidature) bool {
		return !slices.ContainsFunc(answers, func(a Answer) bool { return a.Question == q && a.Candidate == c.Lead().ID })
	})
}
