package export

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	ballots "folkmoot/internal/ballot"
	"folkmoot/internal/ledger"
	"folkmoot/internal/tally"
)

// record is a decision in the shape of the format folkmoot-record/1 (package verify). What stands after the fields of
// the format is for the other kinds of file.
type record struct {
	Number     string          `json:"number"`
	At         string          `json:"at"`
	Title      string          `json:"title"`
	Clauses    []clause        `json:"clauses"`
	Version    int             `json:"version"`
	TextHash   string          `json:"text_hash"`
	Effect     json.RawMessage `json:"effect,omitempty"` // what happened by itself if it was carried
	Outcome    string          `json:"outcome"`
	Reason     string          `json:"reason"`
	Votes      votes           `json:"votes"`
	Rule       *rule           `json:"rule,omitempty"`     // of a vote for or against
	Election   *elected        `json:"election,omitempty"` // of a ballot by ranking
	Call       *called         `json:"call,omitempty"`     // for agreement
	Rules      rules           `json:"rules"`
	Ballot     ballot          `json:"ballot"`
	Room       *room           `json:"room,omitempty"` // of a vote in a meeting
	Proposal   proposal        `json:"proposal"`
	Versions   []version       `json:"versions"`
	Statements []statement     `json:"statements"`
	Dissents   []dissent       `json:"dissents"`
	Absent     *absent         `json:"absent,omitempty"` // of what is agreed in a room
	ReviewAt   *string         `json:"review_at"`
	Codes      []string        `json:"codes"`
	Entries    []int64         `json:"entries"`

	result         tally.Result
	frozen         ballots.Ballot
	standing       map[string][]string // candidates' references to members': of people who share a place, all of them
	secret         bool
	opened, closed time.Time
	review         time.Time
}

type clause struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

// votes are the numbers of a ballot. Where too few took part for the votes to be counted, it has none of how they fell.
type votes struct {
	For      *int64 `json:"for,omitempty"`
	Against  *int64 `json:"against,omitempty"`
	Abstain  *int64 `json:"abstain,omitempty"`
	Turnout  int64  `json:"turnout"`
	Entitled int64  `json:"entitled"`
	Active   int64  `json:"active"`
	Quorum   int64  `json:"quorum"`
}

type rule struct {
	Base   string `json:"base"`
	Den    int64  `json:"den"`
	Num    int64  `json:"num"`
	Strict bool   `json:"strict"`
}

// elected is who was elected, by reference and in the order of their election; nobody if too few took part.
type elected struct {
	Method  string   `json:"method"`
	Seats   int      `json:"seats"`
	Elected []string `json:"elected"`
}

type rules struct {
	Number  int    `json:"number"`
	Hash    string `json:"hash"`
	Version string `json:"version"`
}

type ballot struct {
	Ref          string `json:"ref"`
	Round        int    `json:"round"`
	Secret       bool   `json:"secret"`
	Receipt      string `json:"receipt"`
	OpensAt      string `json:"opens_at"`
	ClosesAt     string `json:"closes_at"`
	RollHash     string `json:"roll_hash"`
	QuestionHash string `json:"question_hash"`
	Papers       int64  `json:"papers"`
	PapersHash   string `json:"papers_hash"`
}

// room is where a vote was held that was not online.
type room struct {
	Meeting  string      `json:"meeting"`
	Present  int         `json:"present"`
	ClosedAt string      `json:"closed_at"` // which may be earlier than was frozen, or later by half a minute
	Votes    []namedVote `json:"votes,omitempty"`
	Urgent   bool        `json:"urgent,omitempty"`  // the notice said that it cannot wait
	ByHand   int         `json:"by_hand,omitempty"` // how many had no device
	Tellers  []string    `json:"tellers,omitempty"` // who counted their hands
	Hands    *hands      `json:"hands,omitempty"`
}

// hands is what came of a show of hands among those without a device.
type hands struct {
	How     string   `json:"how"` // agreed, not_given
	Turnout int64    `json:"turnout"`
	Signed  []string `json:"signed,omitempty"` // by whom the numbers are
	For     *int64   `json:"for,omitempty"`    // only where the vote was counted
	Against *int64   `json:"against,omitempty"`
	Abstain *int64   `json:"abstain,omitempty"`
}

type namedVote struct {
	Member string `json:"member"`
	Choice string `json:"choice"`
}

type proposal struct {
	Ref           string `json:"ref"`
	Kind          string `json:"kind"`
	AboutPerson   bool   `json:"about_person"`
	Mover         string `json:"mover"`
	ProposedAt    string `json:"proposed_at"`
	Why           string `json:"why"`
	Able          string `json:"able"`
	Won           string `json:"won"`
	Partly        string `json:"partly"`
	NotAcceptable string `json:"not_acceptable"`
	signed        int    // the petition that called for it, where it has no mover
}

type version struct {
	N        int      `json:"n"`
	At       string   `json:"at"`
	Title    string   `json:"title"`
	Clauses  []clause `json:"clauses"`
	TextHash string   `json:"text_hash"`
}

type statement struct {
	At   string `json:"at"`
	By   string `json:"by"`
	Side string `json:"side"`
	Text string `json:"text"`
}

type dissent struct {
	ID      int64  `json:"id"`
	At      string `json:"at"`
	By      string `json:"by"`
	Late    bool   `json:"late"`
	Signers int64  `json:"signers"`
	Text    string `json:"text"`
}

// settle gives what was said and written the times that the log has for it. They are later than the tables' where the
// server's clock was put back, because time in the log never goes back.
func (r *record) settle(es []ledger.Entry) error {
	for _, e := range es {
		if e.Kind == "rulebook.begun" {
			continue // its version is a hash
		}
		var leaf struct {
			By   string
			Data struct {
				Version int
				Side    string
				How     string
				Dissent int64
			}
		}
		if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
			return fmt.Errorf("entry %d: %w", e.N, err)
		}
		at := e.At.UTC().Format(stamp)
		r.Absent.settle(e.Kind, leaf.By, leaf.Data.How, at)
		if e.Kind == "motion.proposed" {
			r.Proposal.ProposedAt = at
		}
		for i := range r.Versions {
			if (e.Kind == "motion.proposed" || e.Kind == "motion.reworded") && r.Versions[i].N == leaf.Data.Version {
				r.Versions[i].At = at
			}
		}
		for i := range r.Statements {
			if s := &r.Statements[i]; e.Kind == "motion.statement" && s.By == leaf.By && s.Side == leaf.Data.Side {
				s.At = at
			}
		}
		for i := range r.Dissents {
			if e.Kind == "dissent.filed" && r.Dissents[i].ID == leaf.Data.Dissent {
				r.Dissents[i].At = at
			}
		}
	}
	slices.SortFunc(r.Statements, func(a, b statement) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.By, b.By), cmp.Compare(a.Side, b.Side))
	})
	slices.SortFunc(r.Dissents, func(a, b dissent) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return nil
}
