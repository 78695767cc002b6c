package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/merkle"
)

// book is what the entries say, as far as decisions rest on it.
type book struct {
	only string // in a decision's file, the decision's number

	name       words // of the group
	keys       []rekeyed
	losses     []restored
	members    map[string]words
	gone       []goneText
	removals   map[string]bool // hashes of texts whose removal is recorded
	unnamed    map[string]bool // members whose names' removal is recorded
	rules      map[int64]rules
	people     map[string]*person
	within     int       // how many are members after the entries so far
	departed   int64     // how many have left
	formed     bool      // there have been three
	third      time.Time // since then
	reopened   time.Time // after it was archived
	last       time.Time // of the entry before
	motions    map[string]*motion
	ballots    map[string]*ballot
	announced  map[string]bool      // ballots that were to be held again
	selections map[string]*choosing // by consent
	contests   map[string]*contest  // elections
	causes     map[string]*contest  // elections that elected somebody, by decision
	draws      map[string]*lot
	askings    map[int64]*asking  // moves in meetings
	joint      jointly            // what people did together in them
	resolved   resolved           // resolution groups
	money      cashBook           // reports on money
	windows    map[string]*window // in which a sleeping group can wake, by notice
	assembly   assembly           // meetings
	archived   bool               // nothing goes on

	decisions []*decision
	byNumber  map[string]*decision
}

type goneText struct {
	n      int64
	hash   string
	member string // whose name it was
}

type rules struct {
	n             int64
	hash, version string
	votes         voting
}

type motion struct {
	mover      string
	versions   []version
	statements []statement
	rounds     []*ballot
	meeting    string  // on whose agenda it is
	others     []int64 // further entries about it
}

type version struct {
	n       int64 // entry
	number  int64
	stamp   string
	data    object
	clauses []clause
	hash    string
}

type clause struct {
	id   int64
	text words
}

type statement struct {
	n               int64
	stamp, by, side string
	text            words
}

type decision struct {
	n        int64
	number   string
	data     object
	motion   *motion
	ballot   *ballot
	absent   absence
	dissents []*dissent
	others   []int64
}

type dissent struct {
	id, signers int64
	stamp, by   string
	text        words
	late        bool
}

func newBook() *book {
	return &book{
		askings: map[int64]*asking{}, joint: newJointly(), resolved: newResolved(), money: newCashBook(),
		members: map[string]words{}, removals: map[string]bool{}, unnamed: map[string]bool{}, rules: map[int64]rules{},
		people: map[string]*person{}, motions: map[string]*motion{}, ballots: map[string]*ballot{}, announced: map[string]bool{}, windows: map[string]*window{}, selections: map[string]*choosing{},
		assembly: newAssembly(),
		contests: map[string]*contest{}, causes: map[string]*contest{}, draws: map[string]*lot{}, byNumber: map[string]*decision{},
	}
}

// note takes down what an entry says and checks it against the entries before it.
func (b *book) note(e entry) *Problem {
	for _, hash := range e.gone {
		member := ""
		if e.kind == "member.joined" || e.kind == "member.renamed" {
			member = e.data.str("member")
		}
		b.gone = append(b.gone, goneText{e.n, hash, member})
	}
	if (e.n == 0) != (e.kind == "group.started") {
		return broken("start")
	}
	defer func() { b.last = e.at }()
	switch e.kind {
	case "group.started":
		b.name, b.keys = e.data.words("name"), []rekeyed{{key: e.data.str("key")}}
		b.assembly.ref = e.data.str("group")
	case "group.archived", "group.reopened":
		if b.archived = e.kind == "group.archived"; !b.archived {
			b.reopened = e.at
		}
	case "operator.rekeyed":
		return b.rekeyed(e)
	case "operator.restored":
		b.losses = append(b.losses, restored{e.n, e.data.num("was_size")})
	case "text.removed":
		b.removals[e.data.str("hash")] = true
	case "rulebook.begun":
		return b.begun(e)
	case "member.joined", "member.renamed":
		b.members[e.data.str("member")] = e.data.words("name")
		if e.kind == "member.joined" {
			b.joined(e)
		}
	case "member.left":
		b.left(e)
	case "member.name_removed":
		b.unnamed[e.data.str("member")] = true
	}
	switch area, _, _ := strings.Cut(e.kind, "."); area {
	case "motion":
		return b.aboutMotion(e)
	case "ballot":
		if p := b.aboutBallot(e); p != nil {
			return p
		}
		return b.voted(e)
	case "call", "topic", "meeting", "item", "job", "minutes":
		return b.aboutMeeting(e)
	case "revival":
		return b.aboutRevival(e)
	case "selection":
		return b.aboutSelection(e)
	case "election", "candidate":
		return b.aboutElection(e)
	case "draw":
		return b.aboutDraw(e)
	case "move":
		return b.aboutMove(e)
	case "feeling", "round", "breakout", "spokes":
		return b.aboutTogether(e)
	case "resolution":
		return b.aboutResolution(e)
	case "money":
		return b.aboutMoney(e)
	case "role":
		b.money.files(e)
	case "term":
		b.mayCall(e)
		b.mayReport(e)
		return b.aboutTerm(e)
	case "decision", "dissent":
		return b.aboutDecision(e)
	}
	return nil
}

func (b *book) rekeyed(e entry) *Problem {
	if len(b.keys) == 0 || b.keys[len(b.keys)-1].key != e.data.str("was") {
		return broken("rekeyed", "N", e.n)
	}
	b.keys = append(b.keys, rekeyed{e.n, e.data.str("was"), e.data.str("key")})
	return nil
}

// begun checks the hashes of a version of the rules and its place in the chain.
func (b *book) begun(e entry) *Problem {
	d := e.data
	number := d.num("number")
	from, err := time.Parse(stamp, d.str("from"))
	if err != nil || digest([]byte(d.str("params"))) != d.str("hash") {
		return broken("rules", "N", e.n, "Number", number)
	}
	chained, err := merkle.Canonical(map[string]any{
		"by": d.str("preset"), "from": from.UnixMilli(), "number": number, "prev": d.str("previous"), "rules": d.str("hash"),
	})
	if err != nil || digest(chained) != d.str("version") {
		return broken("rules", "N", e.n, "Number", number)
	}
	before, known := b.rules[number-1]
	_, twice := b.rules[number]
	if twice || known && before.version != d.str("previous") || b.only == "" && !known && number != 1 {
		return broken("rules", "N", e.n, "Number", number)
	}
	votes, p := readVoting(d.str("params"))
	if p != nil {
		p.Args["N"], p.Args["Number"] = e.n, number
	}
	b.rules[number] = rules{e.n, d.str("hash"), d.str("version"), votes}
	return p
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// refOf returns what a leaf names, however it names it: "motion/14", "14" or 14.
func refOf(area string, v any) string {
	switch v := v.(type) {
	case int64:
		return area + "/" + strconv.FormatInt(v, 10)
	case string:
		return area + "/" + strings.TrimPrefix(v, area+"/")
	}
	return ""
}

func (b *book) aboutMotion(e entry) *Problem {
	m := b.motions[e.of]
	if e.kind == "motion.proposed" {
		if m != nil {
			return broken("entry", "N", e.n)
		}
		m = &motion{mover: e.by}
		b.motions[e.of] = m
	}
	if m == nil {
		return broken("entry", "N", e.n)
	}
	switch e.kind {
	case "motion.proposed", "motion.reworded":
		v, p := wording(e)
		if p == nil && v.number != int64(len(m.versions))+1 {
			return broken("entry", "N", e.n)
		}
		m.versions = append(m.versions, v)
		return p
	case "motion.taken_over":
		m.mover = e.data.str("mover")
		m.others = append(m.others, e.n)
	case "motion.back_to_draft":
		return b.backToDraft(e, m)
	case "motion.blocked":
		return b.blocked(e, m)
	case "motion.sooner":
		return b.sooner(e, m)
	case "motion.sent_online":
		return b.sentOnline(e, m)
	case "motion.scheduled", "motion.not_reached":
		return m.agenda(e)
	case "motion.tabled", "motion.untabled":
		m.others = append(m.others, e.n)
	case "motion.statement":
		s := statement{e.n, e.stamp, e.by, e.data.str("side"), e.data.words("text")}
		m.statements = slices.DeleteFunc(m.statements, func(o statement) bool {
			if o.by == s.by && o.side == s.side {
				m.others = append(m.others, o.n)
				return true
			}
			return false
		})
		m.statements = append(m.statements, s)
	}
	return nil
}

// wording reads a version of a proposal's text and computes its hash again.
func wording(e entry) (version, *Problem) {
	v := version{n: e.n, number: e.data.num("version"), stamp: e.stamp, data: e.data, hash: e.data.str("text_hash")}
	whole := e.data.words("title").known()
	list := []any{}
	for _, c := range e.data.list("clauses") {
		m, ok := c.(map[string]any)
		if !ok {
			return v, broken("entry", "N", e.n)
		}
		text := object(m).words("text")
		v.clauses = append(v.clauses, clause{object(m).num("id"), text})
		list = append(list, map[string]any{"id": object(m).num("id"), "text": text.s})
		whole = whole && text.known()
	}
	all := map[string]any{"clauses": list, "title": e.data.words("title").s}
	if effect, ok := e.data["effect"]; ok {
		all["effect"] = effect
	}
	sum, err := merkle.Canonical(all)
	if err != nil || whole && digest(sum) != v.hash {
		return v, broken("text_hash", "N", e.n, "Of", e.of)
	}
	return v, nil
}

func (b *book) aboutDecision(e entry) *Problem {
	if e.kind == "decision.recorded" {
		return b.recorded(e)
	}
	d := b.byNumber[strings.TrimPrefix(refOf("decision", e.data["decision"]), "decision/")]
	if d == nil {
		return broken("entry", "N", e.n)
	}
	d.others = append(d.others, e.n)
	if strings.HasPrefix(e.kind, "decision.") {
		return b.afterwards(e, d)
	}
	i := slices.IndexFunc(d.dissents, func(x *dissent) bool { return x.id == e.data.num("dissent") })
	switch {
	case e.kind == "dissent.filed" && i < 0:
		d.dissents = append(d.dissents, &dissent{e.data.num("dissent"), 1, e.stamp, e.by, e.data.words("text"), e.data.flag("late")})
	case e.kind == "dissent.signed" && i >= 0:
		d.dissents[i].signers = e.data.num("signers")
	default:
		return broken("dissent", "N", e.n, "Number", d.number)
	}
	return nil
}

// recorded checks that a decision rests on a ballot that opened and closed, and says what the ballot said.
func (b *book) recorded(e entry) *Problem {
	number := e.data.str("number")
	d := &decision{n: e.n, number: number, data: e.data}
	d.motion, d.ballot = b.motions[refOf("motion", e.data["motion"])], b.ballots[refOf("ballot", e.data["ballot"])]
	if strings.ContainsFunc(number, unseen) || b.byNumber[number] != nil || b.only != "" && b.only != number {
		return broken("entry", "N", e.n)
	}
	if d.ballot == nil || d.ballot.closed == nil || d.motion == nil || d.ballot.motion != d.motion {
		return broken("no_ballot", "Number", number)
	}
	if d.ballot.decided {
		return broken("decided_twice", "Number", number)
	}
	d.ballot.decided = true
	opened, closed := d.ballot.opened.data, d.ballot.closed.data
	title := d.ballot.version.data.words("title")
	switch {
	case e.data.num("version") != d.ballot.version.number, e.data.str("text_hash") != d.ballot.version.hash,
		e.data.words("title").known() && title.known() && e.data.words("title").s != title.s:
		return broken("decided_text", "Number", number)
	case e.data.str("outcome") != closed.str("outcome"):
		return broken("decided_outcome", "Number", number, "Got", e.data.str("outcome"), "Want", closed.str("outcome"))
	case e.data.str("meeting") != opened.str("meeting"):
		return broken("decided_where", "Number", number)
	case e.data.num("rulebook") != opened.num("rulebook"):
		return broken("decided_rules", "Number", number)
	}
	if p := b.provisional(e, d); p != nil {
		return p
	}
	b.byNumber[number] = d
	b.decisions = append(b.decisions, d)
	return nil
}
