package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"folkmoot/internal/merkle"
	"folkmoot/internal/motion"
)

// proposal is what the entries say of one proposal, its talk, its votes and its decisions.
type proposal struct {
	ref    string // "motion/14"
	group  int64  // its row, which has been compared
	book   *book
	leaves []leave // that the entries so far have not come to

	number, version, review, rulebook int64
	mover, kind, state                string
	about                             bool
	uncounted                         bool
	supporters, asks                  int64
	called                            bool // by a petition or the clock, so that it has no mover
	concerns                          any  // whom its effect concerns
	again                             any  // the number of the proposal that it takes up again, or nil
	sought, tabled, textUntil         instant
	barUntil                          instant
	opens, closes, leaveAsked, ended  instant
	fallback                          instant
	meeting                           string // on whose agenda it is, or that voted on it
	meetings                          int64
	versions                          []wording
	supports                          map[string]*support
	statements                        map[string]*statement
	posts                             map[int64]*post
	spoken, lastPost                  int64
	earlier                           []earlier
	counts                            map[talkCount]int64
	ballots                           []*vote
	decisions                         []*decided
	election                          contest
	resolve                           resolveBook
}

type wording struct {
	n    int64
	at   instant
	data data
}

type support struct {
	version int64
	at      instant
}

type statement struct {
	by, side  string
	text      words
	at        instant
	elsewhere int64
}

// numbered returns the number in a proposal's name, or nil if there is none.
func numbered(ref string) any {
	n, err := strconv.ParseInt(strings.TrimPrefix(ref, "motion/"), 10, 64)
	if err != nil {
		return nil
	}
	return n
}

func newProposal(b *book, group, number int64) *proposal {
	return &proposal{
		ref: fmt.Sprintf("motion/%d", number), group: group, book: b, leaves: b.leaves, number: number,
		supports: map[string]*support{}, statements: map[string]*statement{}, posts: map[int64]*post{}, counts: map[talkCount]int64{},
		election: newContest(), resolve: newResolveBook(),
	}
}

// note takes down what an entry about the proposal, a vote on it or a decision says. Entries come in order.
func (p *proposal) note(e entry) {
	p.catchUp(e.n)
	switch area, _, _ := strings.Cut(e.kind, "."); area {
	case "motion":
		p.noteMotion(e)
	case "post":
		p.notePost(e)
	case "ballot":
		p.noteVote(e)
	case "decision", "dissent":
		p.noteDecision(e)
	case "election":
		p.noteElection(e)
	case "candidate", "question":
		p.noteCandidate(e)
	case "resolution":
		p.resolve.note(e, p.group)
	}
}

// catchUp takes back the support of those who had left before the entry, as long as the vote was not open.
func (p *proposal) catchUp(n int64) {
	for len(p.leaves) > 0 && p.leaves[0].n < n {
		ref := p.leaves[0].ref
		p.leaves = p.leaves[1:]
		if p.supports[ref] != nil && p.beforeVote() {
			delete(p.supports, ref)
			p.recount()
		}
	}
}

// forum is where a wording is to be decided, as the table has it.
func (w wording) forum() (room string, agreement bool) {
	if room = w.data.str("forum"); room == string(motion.ByAgreement) {
		return "", true
	}
	return room, false
}

func (p *proposal) is(s motion.State) bool { return p.state == string(s) }

func (p *proposal) beforeVote() bool { return p.is(motion.Seeking) || p.is(motion.Tabled) }

func (p *proposal) noteMotion(e entry) {
	d := e.data
	switch e.kind {
	case "motion.proposed":
		p.enter(motion.Seeking)
		p.mover, p.kind, p.about, p.review = e.by, d.str("kind"), d.flag("about_person"), d.num("review_days")
		p.sought, p.rulebook = e.at, p.book.rulesAt(e.n)
		p.again, p.barUntil = numbered(d.str("again")), d.time("bar_until")
		p.called, p.concerns = d.has("petition") || d.has("called_by"), orNil(d.obj("effect").str("member"))
		p.reword(e)
		if p.called {
			p.supporters = d.num("supporters")
		}
	case "motion.reworded":
		p.reword(e)
	case "motion.supported":
		p.support(e, d.num("version"))
	case "motion.unsupported":
		delete(p.supports, e.by)
		p.recount()
	case "motion.tabled":
		p.enter(motion.Tabled)
		p.tabled, p.rulebook = e.at, d.num("rulebook")
		p.place(d)
	case "motion.untabled":
		p.enter(motion.Seeking)
		p.sought, p.tabled, p.textUntil = e.at, instant{}, instant{}
		p.recount()
	case "motion.scheduled":
		p.meeting, p.meetings = d.str("meeting"), d.num("meetings")
		p.place(d)
	case "motion.back_to_draft": // a call for agreement came to none
		p.enter(motion.Tabled)
		p.closes = instant{}
		p.place(d)
	case "motion.blocked": // those who were absent stopped what was agreed
		p.enter(motion.Tabled)
		p.meeting, p.meetings, p.closes, p.ended = "", d.num("meetings"), instant{}, instant{}
		p.place(d)
	case "motion.sooner": // nobody blocks any more
		p.place(d)
	case "motion.sent_online":
		p.meeting, p.meetings, p.opens = "", d.num("meetings"), d.time("opens_at")
	case "motion.not_reached":
		p.meeting, p.opens = "", d.time("opens_at")
	case "motion.secret_asked":
		p.asks = d.num("asks")
	case "motion.statement":
		p.argue(e)
	default:
		p.noteLeaving(e)
	}
}

func (p *proposal) noteLeaving(e entry) {
	switch e.kind {
	case "motion.withdrawal_asked":
		p.leaveAsked = e.at
	case "motion.taken_over":
		p.mover, p.leaveAsked = e.data.str("mover"), instant{}
		p.support(e, p.version)
	case "motion.withdrawn":
		if e.by != "" { // at once, for nobody else supported it
			p.leaveAsked = e.at
			p.end(motion.Withdrawn, e.at)
			return
		}
		p.end(motion.Withdrawn, p.leavesAt())
	case "motion.moot":
		p.end(motion.Moot, e.at)
	case "motion.archived":
		p.end(motion.Archived, e.at)
	case "motion.expired":
		p.end(motion.Expired, p.expires())
	}
}

// place takes down when the vote opens and the words stand, and on which day members vote if no meeting has decided.
func (p *proposal) place(d data) {
	p.textUntil, p.opens = d.time("text_until"), d.time("opens_at")
	if d.has("fallback_at") {
		p.fallback = d.time("fallback_at")
	}
}

func (p *proposal) reword(e entry) {
	p.version = e.data.num("version")
	if e.kind == "motion.reworded" && e.data.has("opens_at") { // to another place
		p.place(e.data)
	}
	p.versions = append(p.versions, wording{p.version, e.at, e.data})
	if !p.called {
		p.support(e, p.version)
	}
}

func (p *proposal) support(e entry, version int64) {
	if s := p.supports[e.by]; s != nil {
		s.version = version
	} else {
		p.supports[e.by] = &support{version, e.at}
	}
	p.recount()
}

// recount has the supporters counted before the next thing that would make the count another one.
func (p *proposal) recount() { p.uncounted = true }

// count counts who supports the proposal: while support is sought, only those who support the current text.
func (p *proposal) count() {
	if !p.uncounted {
		return
	}
	p.supporters, p.uncounted = 0, false
	for _, s := range p.supports {
		if p.is(motion.Tabled) || s.version >= p.version {
			p.supporters++
		}
	}
}

// enter has the proposal enter a state, with its supporters as they were counted in the one before.
func (p *proposal) enter(s motion.State) {
	p.count()
	p.state = string(s)
}

func (p *proposal) argue(e entry) {
	s := &statement{by: e.by, side: e.data.str("side"), elsewhere: e.data.num("elsewhere")}
	key := s.by + " " + s.side
	if was := p.statements[key]; was != nil {
		s = was
	}
	s.text, s.at = e.data.words("text"), e.at
	p.statements[key] = s
}

func (p *proposal) end(s motion.State, at instant) {
	p.enter(s)
	p.ended = at
}

func (p *proposal) expires() instant { return p.sought.add(motion.SupportTime) }

// leavesAt returns when a withdrawal that was asked for takes effect.
func (p *proposal) leavesAt() instant {
	at, end := p.leaveAsked.add(motion.WithdrawTime), p.opens
	if p.is(motion.Seeking) {
		end = p.expires()
	}
	if at.Before(end.Time) {
		return at
	}
	return end
}

// due is when somebody has to look at the proposal again. While support is sought that is at the latest when it ends.
func (p *proposal) due() any {
	switch {
	case p.beforeVote() && !p.leaveAsked.IsZero():
		return p.leavesAt()
	case p.is(motion.Tabled):
		return p.opens
	case p.is(motion.Seeking):
		return until(p.expires())
	}
	return nil
}

func (p *proposal) row() row {
	p.count()
	r := row{
		"mover_id": orNil(p.mover), "kind": p.kind, "about_person": p.about, "about_id": p.concerns, "state": p.state, "version": p.version,
		"sought_at": p.sought, "tabled_at": p.tabled, "text_until": p.textUntil, "opens_at": p.opens, "closes_at": p.closes,
		"withdrawn_at": p.leaveAsked, "ended_at": p.ended, "due_at": p.due(),
		"again_id": p.again, "bar_until": p.barUntil, "review_days": p.review, "supporters": p.supporters,
		"fallback_at": p.fallback, "meeting": p.meeting, "meetings": p.meetings, "forum": "", "agreement": false, "secret_asks": p.asks, "posts": p.spoken, "last_post_id": p.lastPost, "rulebook": p.rulebook,
	}
	if len(p.versions) > 0 {
		last := p.versions[len(p.versions)-1]
		r["title"] = last.data.words("title")
		r["forum"], r["agreement"] = last.forum()
	}
	return r
}

// row is a version of the text. A draft is its writer's own, so when the first one was written is not recorded.
func (w wording) row() row {
	r := row{"at": w.at, "hash": w.data.str("text_hash"), "effect": w.effect()}
	r["forum"], r["agreement"] = w.forum()
	if w.n == 1 {
		r["at"] = until(w.at)
	}
	for _, k := range []string{"title", "why", "able", "won", "partly", "not_acceptable"} {
		r[k] = w.data.words(k)
	}
	return r
}

// effect is what would happen if the version is carried, as it is stored.
func (w wording) effect() string {
	e := w.data.obj("effect")
	if e.values == nil {
		return ""
	}
	values := map[string]any{}
	for name, v := range e.values {
		if _, is := v.(json.Number); is {
			v = e.num(name)
		}
		values[name] = v
	}
	b, err := merkle.Canonical(values)
	if err != nil {
		return err.Error() // differs from whatever is stored
	}
	return string(b)
}

func (s *support) row() row { return row{"version": s.version, "at": s.at} }

// row is a statement. Its lot is where it stands among equals, which nobody can choose.
func (s *statement) row(of string) row {
	lot := sha256.Sum256([]byte("statement\n" + of + "\n" + s.by + "\n" + s.side))
	return row{"text": s.text, "at": s.at, "used": s.elsewhere, "lot": hex.EncodeToString(lot[:])}
}
