package ballot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/db"
	"folkmoot/internal/merkle"
	"folkmoot/internal/sortition"
	"folkmoot/internal/tally"
	"folkmoot/internal/urn"
)

// Contest is what a ballot by ranking is about: who can be put in order, for how many places, and how that is counted. It is frozen when
// the ballot opens. The zero Contest is that of a ballot in which people vote for or against.
type Contest struct {
	Method   string // of package tally: IRV, Scottish or Approval
	Seats    int
	Options  []string // references of who can be put in order, in the order in which sheets and files number them
	RON      int      // the option, from 1, that stands for "none of these: ask again"; 0: none
	Reserved int      // places that are kept for some of the options
	For      []int    // those, from 1
}

// The ways in which ballots by ranking are counted (practice.md §2.8.4), and that in which people name everybody whom they would trust.
const (
	IRV      = "irv"      // one place
	Scottish = "scottish" // several
	Approval = "approval" // whoever half of the papers name can be drawn (§2.12.1, R5)
)

// HalfOf is the variant of Approval that ballots are counted by.
const HalfOf = "half"

// MaxOptions is how many can be put in order in one ballot: a paper has a byte for each.
const MaxOptions = 200

// LeastPapers is how many papers there must be for them to be published: with fewer, orders tell too easily whose they are (security.md
// §1.5, practice.md §2.6).
const LeastPapers = 10

// Approves says whether people name options without an order, as many as they like or none.
func (c Contest) Approves() bool { return c.Method == Approval }

// Ranked says whether people put options in order, or name them, and do not vote for or against.
func (c Contest) Ranked() bool { return c.Method != "" && !c.Calls() }

// size is how many bytes a paper has.
func (c Contest) size() int {
	if c.Ranked() {
		return len(c.Options)
	}
	return 1
}

// AboutRole says whether it is to be decided what shall become of a role, and not who is elected: doing without it is always among that.
// Candidates have references of their own, so none is called so.
func (c Contest) AboutRole() bool { return slices.Contains(c.Options, "abolish") }

// check returns an error for a contest that cannot be held.
func (c Contest) check() error {
	method, ok := tally.Find(c.Method)
	least := 2
	if c.Approves() {
		least = 1 // whom nobody else stands against may be trusted or not
	}
	if !ok || c.Seats < 1 || len(c.Options) < least || len(c.Options) > MaxOptions {
		return fmt.Errorf("ballot: no contest can be held by %q with %d options for %d places", c.Method, len(c.Options), c.Seats)
	}
	for i, ref := range c.Options {
		if ref == "" || slices.Contains(c.Options[:i], ref) {
			return fmt.Errorf("ballot: option %d of a contest is nothing, or there twice", i+1)
		}
	}
	return method.Check(c.options(""))
}

// Paper is what a ranked vote says: numbers of options, from 1, the first choice first. It can name some of them only. Where people
// approve of options the numbers stand in ascending order, and there may be none.
func (c Contest) paper(ranking []int) ([]byte, error) {
	if c.Approves() {
		ranking = slices.Sorted(slices.Values(ranking))
	}
	if len(ranking) == 0 && !c.Approves() || len(ranking) > len(c.Options) {
		return nil, fmt.Errorf("ballot: %d of %d options are put in order", len(ranking), len(c.Options))
	}
	out := make([]byte, len(c.Options))
	for i, n := range ranking {
		if n < 1 || n > len(c.Options) || slices.Contains(ranking[:i], n) {
			return nil, fmt.Errorf("ballot: option %d of %d is not there, or is put in order twice", n, len(c.Options))
		}
		out[i] = byte(n)
	}
	return out, nil
}

// ranking reads a paper.
func (c Contest) ranking(paper []byte) (out []int, err error) {
	for len(paper) > 0 && paper[len(paper)-1] == 0 {
		paper = paper[:len(paper)-1]
	}
	for _, b := range paper {
		out = append(out, int(b))
	}
	_, err = c.paper(out)
	return out, err
}

// Kind is an order that stands on papers, and on how many. As text it is numbers of options with spaces between, the first choice first.
type Kind struct {
	Ranking string
	Papers  int64
}

// kinds returns the papers, equal ones together, in the order of what stands on them.
func (c Contest) kinds(papers []urn.Paper) ([]Kind, error) {
	many := map[string]int64{}
	for _, p := range papers {
		ranking, err := c.ranking(p.Choice)
		if err != nil {
			return nil, err
		}
		many[writeRanking(ranking)]++
	}
	out := make([]Kind, 0, len(many))
	for r, n := range many {
		out = append(out, Kind{r, n})
	}
	slices.SortFunc(out, func(a, b Kind) int { return strings.Compare(a.Ranking, b.Ranking) })
	return out, nil
}

func writeRanking(ranking []int) string {
	words := make([]string, len(ranking))
	for i, n := range ranking {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, " ")
}

// kindsHash is the fingerprint of the papers: of their kinds, a line each.
func kindsHash(kinds []Kind) [sha256.Size]byte {
	lines := make([]string, len(kinds))
	for i, k := range kinds {
		lines[i] = k.Ranking + " x " + strconv.FormatInt(k.Papers, 10)
	}
	return linesHash(lines)
}

// Election returns the contest as package tally counts it, with options under the names. Whoever counts its papers anew, by the same
// method and options, comes to the same sheet.
func (c Contest) Election(title string, names []string, lots string, kinds []Kind) (*tally.Election, error) {
	e := &tally.Election{Title: title, Seats: c.Seats, Lots: sortition.Lots(lots, len(c.Options))}
	for i, ref := range c.Options {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: names[i], ID: ref})
	}
	for _, k := range kinds {
		var marks []tally.Mark
		for word := range strings.FieldsSeq(k.Ranking) {
			n, err := strconv.Atoi(word)
			if err != nil || n < 1 || n > len(c.Options) {
				return nil, fmt.Errorf("ballot: no paper says %q", k.Ranking)
			}
			marks = append(marks, tally.Mark(n-1))
		}
		if err := e.Papers.Add(marks, k.Papers); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// CountedRON is the option, from 1, that counting is told stands for "ask again", or 0. For one place it is told of none: there that is a
// candidate like any other, and whoever comes behind it has not been elected anyhow.
func (c Contest) CountedRON() int {
	if c.Method == IRV {
		return 0
	}
	return c.RON
}

// options is what package tally is told beside the papers.
func (c Contest) options(seed string) tally.Options {
	o := tally.Options{RON: c.CountedRON(), Seed: seed}
	if c.Approves() {
		o.Variant = HalfOf
	}
	if c.Reserved > 0 {
		o.Reserved.Places = c.Reserved
		for _, n := range c.For {
			o.Reserved.For = append(o.Reserved.For, n-1)
		}
	}
	return o
}

// Lots is the seed from which the order is drawn in which the lot takes those who are tied: the fingerprint of the question, which is on
// record before anybody has voted.
func (b Ballot) Lots() string { return hex.EncodeToString(b.Question[:]) }

// count counts the papers. Options stand in the sheet under their references.
func (b Ballot) count(kinds []Kind) (*tally.Sheet, error) {
	method, ok := tally.Find(b.Method)
	if !ok {
		return nil, fmt.Errorf("ballot: nothing counts by %q", b.Method)
	}
	e, err := b.Election("", b.Options, b.Lots(), kinds)
	if err != nil {
		return nil, err
	}
	return method.Count(e, b.options(b.Lots()))
}

// filled says who has a place by the sheet, or can be drawn for one, and how that ends the ballot: whoever stands for asking again takes none.
func (c Contest) filled(s *tally.Sheet) (elected []string, outcome tally.Outcome) {
	for _, n := range s.Elected {
		if n != c.RON {
			elected = append(elected, c.Options[n-1])
		}
	}
	if len(elected) == 0 {
		return nil, tally.NotCarried
	}
	return elected, tally.Carried
}

// data is the contest as it is stored and as it goes into the fingerprint of the question.
func (c Contest) data() map[string]any {
	options, reserved := make([]any, len(c.Options)), make([]any, len(c.For))
	for i, ref := range c.Options {
		options[i] = ref
	}
	for i, n := range c.For {
		reserved[i] = int64(n)
	}
	return map[string]any{"for": reserved, "options": options, "reserved": int64(c.Reserved), "ron": int64(c.RON)}
}

// text is what is stored beside method and places.
func (c Contest) text() (string, error) {
	if !c.Ranked() || len(c.Options) == 0 {
		return "", nil
	}
	b, err := merkle.Canonical(c.data())
	return string(b), err
}

// ParseContest returns the contest of a ballot as it is stored.
func ParseContest(method string, seats int, text string) (Contest, error) {
	c := Contest{Method: method, Seats: seats}
	if text == "" {
		return c, nil
	}
	var is struct {
		For           []int
		Options       []string
		Reserved, RON int
	}
	if err := json.Unmarshal([]byte(text), &is); err != nil {
		return c, fmt.Errorf("options of a ballot: %w", err)
	}
	c.Options, c.RON, c.Reserved, c.For = is.Options, is.RON, is.Reserved, is.For
	return c, nil
}

// ranked returns how a counted ballot by ranking ended.
func (b Ballot) ranked() tally.Result {
	r := tally.Result{Outcome: b.Outcome, Votes: tally.Votes{Entitled: int64(b.Entitled)}, Quorum: int64(b.Quorum), Turnout: b.Turnout}
	if b.tooFew() {
		r.Outcome, r.Reason = tally.Inquorate, tally.TooFewVoted
	}
	return r
}

// Tallied is what a ballot by ranking came to.
type Tallied struct {
	Elected  []string // references of options, in the order in which they were elected; of an approval, all whom half approve
	Sheet    [sha256.Size]byte
	Rankings [sha256.Size]byte // of the papers, published or not
}

// countRanked counts the papers, writes the sheet and says how that ends the ballot.
func countRanked(tx *db.Tx, b *Ballot, papers []urn.Paper) (*Tallied, error) {
	kinds, err := b.kinds(papers)
	if err != nil {
		return nil, err
	}
	sheet, err := b.count(kinds)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(sheet)
	if err != nil {
		return nil, err
	}
	c := &Tallied{Sheet: sha256.Sum256(text), Rankings: kindsHash(kinds)}
	c.Elected, b.Outcome = b.filled(sheet)
	if err := insertCount(tx, *b, string(text), kinds); err != nil {
		return nil, fmt.Errorf("write the count: %w", err)
	}
	return c, nil
}
