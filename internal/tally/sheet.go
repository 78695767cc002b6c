package tally

import "slices"

// Schema names the form of a Sheet as JSON. It changes whenever something is taken away or means something else; what is added
// leaves it as it is.
const Schema = "folkmoot-count/1"

// Sheet is a count with everything it follows from, step by step, so that a person can follow it on paper. Candidates are counted
// from 1, and figures are decimal strings at the precision of the rule.
//
// Papers is how many were read. Each is valid or is rejected, and Rejected says why. Those who have withdrawn are as if they were not
// on a paper. Then valid is
//   - for majority and consensus, a paper that puts one answer first;
//   - for irv and all methods by transfers, a paper that comes to a first candidate by the method's rules: mostly one that puts one
//     candidate first (meek: one or several), where mpls and some rules of irv and us-stv pass over what cannot be read;
//   - for borda and the methods by pairs, debian with them, a paper that ranks anybody;
//   - for approval, score, committees, budgets and fill, every paper that can be read. One that names nobody says by it that it
//     approves of nobody, and where money is shared out it has its share: Empty is how many of the valid ones these are.
type Sheet struct {
	Schema     string   `json:"schema"`
	File       string   `json:"file,omitempty"`
	Title      string   `json:"title,omitempty"`
	Method     string   `json:"method"`
	Variant    string   `json:"variant,omitempty"` // of the method, where it has several
	Seats      int      `json:"seats"`
	Candidates []string `json:"candidates"`
	Withdrawn  []int    `json:"withdrawn,omitempty"`
	Papers     int64    `json:"papers,omitempty"` // all that were read: the valid ones and the rejected
	Valid      int64    `json:"valid"`            // papers that take part in the count; see above
	Empty      int64    `json:"empty,omitempty"`  // those of Valid that approve of, or accept, nobody who stands
	Quota      string   `json:"quota"`            // at the end; "" where the method has none
	Stages     []Stage  `json:"stages"`
	Elected    []int    `json:"elected"` // in the order of election; of pav, which elects all together, in the order of the list
	Ties       []Tie    `json:"ties"`
	Lot        []int    `json:"lot,omitempty"`      // all candidates in the order in which the lot takes them, where there is one
	Seed       string   `json:"seed,omitempty"`     // from which that order was drawn
	Unfilled   int      `json:"unfilled,omitempty"` // places for which nobody was left, or that re-opening nominations has taken

	Outcome string        `json:"outcome,omitempty"` // of a question: carried, not carried, inquorate
	Reason  string        `json:"reason,omitempty"`
	Ranking [][]int       `json:"ranking,omitempty"` // best first; those on one level are tied
	Matrix  [][]int64     `json:"matrix,omitempty"`  // how many papers prefer the row's candidate to the column's
	Notes   []string      `json:"notes,omitempty"`   // what would have changed the result, and what else there is to know
	Budget  *BudgetFigure `json:"budget,omitempty"`

	Reserved *Reserved `json:"reserved,omitempty"`
	RON      int       `json:"ron,omitempty"` // who stands for re-opening nominations

	Rejected *Ended `json:"rejected,omitempty"` // papers that never counted for anybody; they are not among the valid
}

// Ended says why papers count for nobody, or for nobody any more. A figure of nothing is left out.
type Ended struct {
	Blank     string `json:"blank,omitempty"`     // nothing stands on them
	Exhausted string `json:"exhausted,omitempty"` // nobody else who is left is named on them
	Over      string `json:"over,omitempty"`      // the next rank was given to more than one
	Skipped   string `json:"skipped,omitempty"`   // more ranks in a row were left out than the rules allow
	Repeated  string `json:"repeated,omitempty"`  // the next rank names somebody again
	Surplus   string `json:"surplus,omitempty"`   // of the last elected, with nobody left to pass it on to
}

// BudgetFigure is what a budget came to, in the currency of the file.
type BudgetFigure struct {
	Money string   `json:"money"`
	Spent string   `json:"spent"`
	Costs []string `json:"costs"` // one a project

	Support []string `json:"support,omitempty"` // one a project: how many papers name it
}

// Reserved are the places that were kept for some of the candidates.
type Reserved struct {
	Places int   `json:"places"`
	For    []int `json:"for"`
	Filled int   `json:"filled"` // by those for whom they are kept, and no more than Places
}

// Action is what a stage did, as a code; Say has it in words.
type Action string

// The actions of counts by stages.
const (
	First    Action = "first"    // first preferences
	Surplus  Action = "surplus"  // of an elected candidate, passed on
	Exclude  Action = "exclude"  // of candidates, their papers passed on
	Fill     Action = "fill"     // the remaining places, without passing anything on
	Iterate  Action = "iterate"  // keep values worked out anew
	Compare  Action = "compare"  // pairs of candidates
	Buy      Action = "buy"      // a project, or a place in a committee
	Total    Action = "total"    // one sum, and nothing after it
	Drop     Action = "drop"     // options that miss a requirement
	Lock     Action = "lock"     // pairs, in their order
	Substage Action = "substage" // papers of one value within an exclusion
	Skip     Action = "skip"     // a project that costs too much
	Complete Action = "complete" // a budget, with what is left
	Share    Action = "share"    // of the money, before anything is bought
)

// transfers says whether papers move from one candidate to another in such a stage.
func (a Action) transfers() bool {
	return slices.Contains([]Action{First, Surplus, Exclude, Fill, Iterate, Substage}, a)
}

// Stage is one step of a count and how everything stands after it.
type Stage struct {
	Action          Action     `json:"action"`
	Of              []int      `json:"of,omitempty"`      // whose surplus, who is excluded, what is bought
	Say             string     `json:"say"`               // one plain sentence
	Votes           []string   `json:"votes"`             // one a candidate; "" where there is nothing to say of them
	Figures         string     `json:"figures,omitempty"` // what Votes are, where they are not votes: points, price, ...
	Nontransferable string     `json:"nontransferable"`
	Loss            string     `json:"loss,omitempty"`     // the part of it that came of cutting off fractions
	Rounding        string     `json:"rounding,omitempty"` // the part of it, also less than 0, that came of rounding each figure for itself
	Quota           string     `json:"quota,omitempty"`
	Value           string     `json:"value,omitempty"`      // what a paper was worth when it moved, where that is one figure
	Moved           []string   `json:"moved,omitempty"`      // what each candidate got, or gave, in this stage
	Keep            []string   `json:"keep,omitempty"`       // Meek's keep values, one a candidate
	Elected         []int      `json:"elected,omitempty"`    // at the end of this stage
	Excluded        []int      `json:"excluded,omitempty"`   // at the end of this stage; their papers move in the next
	Pairs           [][3]int64 `json:"pairs,omitempty"`      // winner, loser, strength: defeats that this stage is about
	Substages       []Stage    `json:"substages,omitempty"`  // where a stage has parts
	Undeclared      string     `json:"undeclared,omitempty"` // votes for people who are not candidates, where the rules count them
	Ended           *Ended     `json:"ended,omitempty"`      // the parts of Nontransferable besides Loss, where it is not all exhausted
	Needed          string     `json:"needed,omitempty"`     // votes that elect now, where that can be less than the quota
}

// Tie is a choice between candidates who stood alike.
type Tie struct {
	Stage  int    `json:"stage"` // from 1
	For    string `json:"for"`   // what they were tied for: surplus (whose is passed on first), exclude, election, order, purchase
	Among  []int  `json:"among"`
	Chosen int    `json:"chosen"`
	By     string `json:"by"`             // earlier stage, lot, order of the file
	From   int    `json:"from,omitempty"` // the stage that told them apart
}

// How ties are broken.
const (
	ByEarlier = "earlier stage"
	ByLot     = "lot"
	ByOrder   = "order of the file" // no lot was given, and the count says so
)

// newSheet begins the sheet of a count.
func newSheet(e *Election, o Options, method string) *Sheet {
	s := &Sheet{Schema: Schema, Title: e.Title, Method: method, Seats: o.seats(e), Papers: e.Papers.Total(), Elected: []int{}, Ties: []Tie{}, Stages: []Stage{}}
	for _, c := range e.Candidates {
		s.Candidates = append(s.Candidates, c.Name)
	}
	s.Withdrawn = numbers(e.Withdrawn)
	return s
}

// numbers turns places in the list into numbers from 1, ascending.
func numbers(cs []int) []int {
	var out []int
	for _, c := range cs {
		out = append(out, c+1)
	}
	slices.Sort(out)
	return out
}
