package motion

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/merkle"
	"folkmoot/internal/rulebook"
)

// Limits of the texts (practice.md §2.3.2). How long the clauses may be together is a rule of the group.
const (
	MaxTitle      = 90  // characters
	MaxWhy        = 250 // words
	MaxAnswer     = 150 // words: more able, winning, partly, not acceptable
	MaxStatement  = 150 // words
	MaxClauses    = 40
	ReviewDefault = 90 // days until members look back
	maxReview     = 400
	// Scripts without spaces count as few words, so letters are bounded too.
	lettersPerWord = 12
)

// Clause is one thing the group would do. Its ID stays with it from version to version, so that talk about it stays too.
type Clause struct {
	ID   int
	Text string
}

// Text is everything in a motion that words can say.
type Text struct {
	Title         string
	Clauses       []Clause
	Why           string
	Able          string // how will this leave people more able to act?
	Won           string // what would count as winning
	Partly        string // … as winning in part
	NotAcceptable string
	Effect        Effect // what happens by itself if it is carried
	Forum         Forum  // where it is to be decided; not among what is voted on
}

// Proposal is what a member fills in.
type Proposal struct {
	Kind        Kind
	AboutPerson bool
	ReviewDays  int
	Again       int // the number of the decided motion that it takes up again; 0: none
	Text        Text
}

// tidy returns the proposal with its texts as they are kept. Clauses without words are dropped.
func (p Proposal) tidy() Proposal {
	t := &p.Text
	t.Title = OneLine(t.Title)
	for _, s := range []*string{&t.Why, &t.Able, &t.Won, &t.Partly, &t.NotAcceptable} {
		*s = Tidy(*s)
	}
	var kept []Clause
	for _, c := range t.Clauses {
		if c.Text = OneLine(c.Text); c.Text != "" {
			kept = append(kept, c)
		}
	}
	t.Clauses = kept
	return p
}

// checkDraft returns what is wrong with a draft: nothing need be there, but nothing may be too long.
func (p Proposal) checkDraft(r rulebook.Rules) map[string]lang.Msg {
	wrong := map[string]lang.Msg{}
	if p.Kind != "" && !slices.Contains(Kinds(), p.Kind) && p.Kind != p.Text.Effect.motionKind() {
		wrong["kind"] = lang.M("motion.need_kind")
	}
	if p.ReviewDays < 0 || p.ReviewDays > maxReview {
		wrong["review_days"] = lang.M("motion.bad_review", "Max", maxReview)
	}
	t := p.Text
	switch {
	case t.Forum == ByAgreement && (r.DecideDefault != rulebook.Consensus || !p.mayMeet()):
		wrong["forum"] = lang.M("motion.bad_forum.agreement")
	case t.Forum != Online && t.Forum != ByAgreement && (t.Forum != AtMeeting || !p.mayMeet()):
		wrong["forum"] = lang.M("motion.bad_forum")
	}
	if n := utf8.RuneCountInString(t.Title); n > MaxTitle {
		wrong["title"] = lang.M("motion.title_long", "Max", MaxTitle, "Count", n)
	}
	var words, letters int
	for _, c := range t.Clauses {
		words += Words(c.Text)
		letters += utf8.RuneCountInString(c.Text)
	}
	most := r.MotionTextMaxWords
	switch {
	case words > most || letters > most*lettersPerWord:
		wrong["clauses"] = lang.M("motion.clauses_long", "Max", most, "Count", words)
	case len(t.Clauses) > MaxClauses:
		wrong["clauses"] = lang.M("motion.clauses_many", "Max", MaxClauses)
	}
	for _, f := range []struct {
		name, text string
		most       int
	}{{"why", t.Why, MaxWhy}, {"able", t.Able, MaxAnswer}, {"won", t.Won, MaxAnswer}, {"partly", t.Partly, MaxAnswer}, {"not_acceptable", t.NotAcceptable, MaxAnswer}} {
		if tooLong(f.text, f.most) {
			wrong[f.name] = lang.M("motion.words_long", "Max", f.most, "Count", Words(f.text))
		}
	}
	return wrong
}

// check returns what is wrong with a proposal that is to be put before the group.
func (p Proposal) check(r rulebook.Rules) map[string]lang.Msg {
	wrong := p.checkDraft(r)
	need := func(field, id string, missing bool) {
		if _, already := wrong[field]; missing && !already {
			wrong[field] = lang.M(id)
		}
	}
	need("title", "motion.need_title", p.Text.Title == "")
	need("clauses", "motion.need_clause", len(p.Text.Clauses) == 0)
	need("kind", "motion.need_kind", p.Kind == "")
	need("won", "motion.need_won", p.Kind == Action && p.Text.Won == "")
	need("review_days", "motion.need_review", p.ReviewDays == 0 && (p.Kind == Action || p.Kind == Money || p.Kind == Policy))
	return wrong
}

// mayMeet says whether a meeting may decide what is proposed. A vote about somebody is secret and everybody's, and what has an effect of its
// own is put before all members (practice.md §2.6).
func (p Proposal) mayMeet() bool {
	return !p.AboutPerson && p.Text.Effect.Kind == "" && (p.Kind == "" || slices.Contains(Kinds(), p.Kind))
}

func tooLong(s string, words int) bool {
	return Words(s) > words || utf8.RuneCountInString(s) > words*lettersPerWord
}

// Words counts the words of a text.
func Words(s string) int { return len(strings.Fields(s)) }

// Tidy returns a text as it is kept: valid, lines ended one way, without characters that show nothing or that turn the
// direction of what follows. A text that shows nothing at all is "".
func Tidy(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	before := '\n'
	s = strings.Map(func(r rune) rune {
		was := before
		before = r
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r), hides(r), r >= '\ufe00' && r <= '\ufe0f' && !varies(was):
			before = was
			return -1
		}
		return r
	}, s)
	if !strings.ContainsFunc(s, shows) {
		return ""
	}
	return strings.TrimSpace(s)
}

// hides tells the characters that turn the direction of what follows, or stand for nothing, so that two texts could look
// alike and be different. Joiners and the simple marks of direction are letters' neighbours in some scripts and stay.
func hides(r rune) bool {
	return r == '\u200b' || r >= '\u202a' && r <= '\u202e' || r >= '\u2060' && r <= '\u2069' || r == '\ufeff' || r == '\U0001d159' || r == '\U00016fe4' ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// varies tells the characters that are drawn in another way if a selector follows: pictures and signs, and letters of scripts that have forms of them. After any other
// one it changes nothing that is seen.
func varies(r rune) bool {
	return unicode.In(r, unicode.S, unicode.N, unicode.Lo) || strings.ContainsRune("#*‼⁉〰", r)
}

// shows tells the characters that anybody sees. Joiners and marks of direction belong to the writing of some languages,
// but a text of nothing else is empty.
func shows(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && r != '\u2800'
}

// OneLine is Tidy for a text that has no lines.
func OneLine(s string) string { return strings.Join(strings.Fields(Tidy(s)), " ") }

// Hash is the SHA-256 of what is voted on, in canonical JSON: the title, the clauses and, if there is one, the effect.
func (t Text) Hash() [sha256.Size]byte {
	clauses := make([]any, len(t.Clauses))
	for i, c := range t.Clauses {
		clauses[i] = map[string]any{"id": c.ID, "text": c.Text}
	}
	all := map[string]any{"clauses": clauses, "title": t.Title}
	if t.Effect.Kind != "" {
		all["effect"] = t.Effect.data()
	}
	b, err := merkle.Canonical(all)
	if err != nil {
		panic("motion: " + err.Error()) // tidy text and integers cannot fail
	}
	return sha256.Sum256(b)
}

// equal says whether two texts say the same, clause by clause, wherever their ids come from, and are to be decided in the same place.
func (t Text) equal(u Text) bool {
	same := slices.EqualFunc(t.Clauses, u.Clauses, func(c, d Clause) bool { return c.Text == d.Text })
	return same && t.Forum == u.Forum && t.Title == u.Title && t.Why == u.Why && t.Able == u.Able && t.Won == u.Won &&
		t.Partly == u.Partly && t.NotAcceptable == u.NotAcceptable
}

// number gives each clause its id: the one it says it has, if an earlier version had it, else a new one above last.
func (t Text) number(known map[int]bool, last int) Text {
	clauses := slices.Clone(t.Clauses)
	taken := map[int]bool{}
	for i, c := range clauses {
		if !known[c.ID] || taken[c.ID] {
			last++
			clauses[i].ID = last
		}
		taken[clauses[i].ID] = true
	}
	t.Clauses = clauses
	return t
}

// said is the text as the record holds it, with its hash.
func (t Text) said(d ledger.Data) ledger.Data {
	clauses := make([]any, len(t.Clauses))
	for i, c := range t.Clauses {
		clauses[i] = ledger.Data{"id": c.ID, "text": ledger.Text(c.Text)}
	}
	d["title"], d["why"], d["able"] = ledger.Text(t.Title), ledger.Text(t.Why), ledger.Text(t.Able)
	d["won"], d["partly"], d["not_acceptable"] = ledger.Text(t.Won), ledger.Text(t.Partly), ledger.Text(t.NotAcceptable)
	hash := t.Hash()
	d["clauses"], d["text_hash"] = clauses, hex.EncodeToString(hash[:])
	if t.Forum != Online {
		d["forum"] = string(t.Forum)
	}
	if t.Effect.Kind != "" {
		d["effect"] = ledger.Data(t.Effect.data())
	}
	return d
}

// ParseNumber reads a proposal's number as it stands in addresses: "14", or "d3" for a draft. It returns 0 for anything else.
func ParseNumber(s string) int {
	digits, draft := strings.CutPrefix(s, "d")
	n, err := strconv.Atoi(digits)
	if err != nil || n <= 0 || strconv.Itoa(n) != digits {
		return 0
	}
	if draft {
		return -n
	}
	return n
}

// FormatNumber writes a proposal's number as it stands in addresses.
func FormatNumber(n int) string {
	if n < 0 {
		return "d" + strconv.Itoa(-n)
	}
	return strconv.Itoa(n)
}
