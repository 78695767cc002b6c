package export

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Place is a role, and the number of the place in it; 0 where the role as a whole is meant.
type Place struct {
	Role string // its key
	Seat int
}

// Named is what entries only refer to, so that their sentences can name it.
type Named struct {
	Places map[string]Place  // by the reference of a term, a draw, an election, a vacancy, a question, a petition or choosing together
	Titles map[string]string // of proposals and decisions, by reference
}

var (
	aTerm     = regexp.MustCompile(`"(?:term/|handover/)?(t_[0-9a-z]+)"`)
	aThing    = regexp.MustCompile(`"((?:draw|election|vacancy|asking|petition|selection|motion)/[0-9]{1,9})"`)
	aDecision = regexp.MustCompile(`"decision/([0-9]{4})-([0-9]{3,9})"`)
)

// referred are the references in entries.
type referred struct {
	terms   []string
	numbers map[string][]int // of what
	years   []int            // of decisions
	seqs    []int
}

func referredIn(es []ledger.Entry) referred {
	out := referred{numbers: map[string][]int{}}
	for _, e := range es {
		for _, m := range aTerm.FindAllStringSubmatch(e.Leaf, -1) {
			out.terms = append(out.terms, m[1])
		}
		for _, m := range aThing.FindAllStringSubmatch(e.Leaf, -1) {
			what, of, _ := strings.Cut(m[1], "/")
			if n, err := strconv.Atoi(of); err == nil && !slices.Contains(out.numbers[what], n) {
				out.numbers[what] = append(out.numbers[what], n)
			}
		}
		for _, m := range aDecision.FindAllStringSubmatch(e.Leaf, -1) {
			year, errYear := strconv.Atoi(m[1])
			seq, errSeq := strconv.Atoi(m[2])
			if errYear == nil && errSeq == nil {
				out.years, out.seqs = append(out.years, year), append(out.seqs, seq)
			}
		}
	}
	return out
}

// namedIn looks up what the entries refer to: a handful of queries, however many entries there are.
func namedIn(tx *db.Tx, g member.GroupID, es []ledger.Entry) (Named, error) {
	out, of := Named{Places: map[string]Place{}, Titles: map[string]string{}}, referredIn(es)
	if len(of.terms) > 0 {
		rows, err := placesOfTerms(tx, g, of.terms)
		if err != nil {
			return out, err
		}
		for _, r := range rows {
			out.Places[r.Ref] = r.place()
		}
	}
	for what, query := range seatsOf {
		if len(of.numbers[what]) == 0 {
			continue
		}
		rows, err := placesOfThings(tx, g, query, of.numbers[what])
		if err != nil {
			return out, err
		}
		for _, r := range rows {
			out.Places[what+"/"+strconv.Itoa(r.Number)] = r.place()
		}
	}
	motions := slices.Concat(of.numbers["motion"], of.numbers["election"]) // an election has the number of its proposal
	rows, err := titlesOf(tx, g, motions, of.years, of.seqs)
	for _, r := range rows {
		out.Titles[r.ref()] = r.Title
	}
	return out, err
}

// in finds the place that an entry is about, by its subject and what it refers to.
func (n Named) in(subject string, data map[string]any) (p Place) {
	for _, ref := range []any{data["subject"], data["term"], subject, data["petition"]} {
		s, ok := ref.(string)
		if !ok {
			continue
		}
		if found, ok := n.Places[strings.TrimPrefix(strings.TrimPrefix(s, "term/"), "handover/")]; ok {
			p = found
			break
		}
	}
	for _, ref := range []any{data["subject"], subject, data["role"]} { // what the entry itself says counts
		if s, ok := ref.(string); ok {
			if key, ok := strings.CutPrefix(s, "role/"); ok {
				p.Role = key
			}
		}
	}
	return p
}
