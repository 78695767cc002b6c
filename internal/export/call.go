package export

import (
	"strconv"

	"folkmoot/internal/agree"
	ballots "folkmoot/internal/ballot"
	"folkmoot/internal/db"
)

// called is what was answered to a call for agreement. Where too few answered, it has no numbers.
type called struct {
	Agree       *int64 `json:"agree,omitempty"`
	Reservation *int64 `json:"reservation,omitempty"`
	Aside       *int64 `json:"aside,omitempty"`
	Block       *int64 `json:"block,omitempty"`
	AsideNum    int64  `json:"aside_num"`
	AsideDen    int64  `json:"aside_den"`
	Blocks      int64  `json:"blocks"`
	Said        []told `json:"said"`
}

// told is what is published of an answer; without a member whose it is not to be known.
type told struct {
	Answer string `json:"answer"`
	Member string `json:"member"`
	Words  string `json:"words"`
	Ground string `json:"ground"`
	Names  string `json:"names"`
}

// readCall reads what was answered to a call.
func (r *record) readCall(tx *db.Tx, b ballots.Ballot) error {
	c := &called{AsideNum: b.Call.AsideNum, AsideDen: b.Call.AsideDen, Blocks: b.Call.Blocks, Said: []told{}}
	if b.Turnout >= int64(b.Quorum) {
		a := b.Answers
		c.Agree, c.Reservation, c.Aside, c.Block = &a.Agree, &a.Reservation, &a.Aside, &a.Block
	}
	all, err := ballots.ToldIn(tx, b)
	for _, t := range all {
		c.Said = append(c.Said, told{string(t.Response), t.Member, t.Words, string(t.Ground), t.Names})
	}
	r.Call = c
	return err
}

// call says what was answered to a call for agreement, and what people said beside it.
func (j job) call(out sheet, r record) {
	c, t := r.Call, j.Voice.T
	if c == nil || c.Agree == nil {
		return
	}
	out.para(j.Voice.Say(r.frozen.Line()))
	var rows [][]string
	for _, n := range []struct {
		r agree.Response
		n *int64
	}{{agree.Yes, c.Agree}, {agree.Reservation, c.Reservation}, {agree.Aside, c.Aside}, {agree.Block, c.Block}} {
		if r.frozen.Answerable(n.r) {
			rows = append(rows, []string{j.Voice.Say(r.frozen.Called(n.r)), number(*n.n)})
		}
	}
	out.table([]string{t("export.what"), t("export.number")}, append(rows, []string{t("call.silent"), strconv.FormatInt(r.frozen.Answers.Silent(), 10)}))
	if len(c.Said) == 0 {
		return
	}
	rows = make([][]string, len(c.Said))
	for i, s := range c.Said {
		who := t("call.unnamed")
		if s.Member != "" {
			who = j.person(s.Member, "member")
		}
		about := ""
		if s.Ground != "" {
			about = j.Voice.Say(agree.Ground(s.Ground).Name()) + ": " + s.Names
		}
		rows[i] = []string{j.Voice.Say(r.frozen.Called(agree.Response(s.Answer))), who, about, s.Words}
	}
	out.para(t("call.said"))
	out.table([]string{t("call.answer"), t("export.who"), t("call.ground"), t("call.words")}, rows)
}
