package verify

import (
	"slices"
	"strconv"
	"time"
)

// resolution is a resolution group, as the entries tell of it.
type resolution struct {
	motion   string
	call     *ballot
	version  int64
	stops    bool
	meetings int64
	until    time.Time
	open     bool
	order    []int64            // of the lot, by numbers
	pool     []string           // who has which number; nil where the file does not tell
	sits     map[string]string  // which part, of those who are in it
	drawn    int64              // the number of who was drawn and is in it; 0: nobody
	behind   map[int64][]string // who is behind which version
	said     int64
	met      int64
	differed map[string]bool
}

// resolved is what the entries tell of resolution groups.
type resolved struct {
	groups map[int64]*resolution
	sooner map[string]bool   // proposals that nobody blocks any more, whose ballot may open sooner
	lots   map[string]string // what the secret of the next lot of a call comes to
	drawn  map[string]int64  // how many fell
}

func newResolved() resolved {
	return resolved{map[int64]*resolution{}, map[string]bool{}, map[string]string{}, map[string]int64{}}
}

// aboutResolution checks what is told of resolution groups: who is in them follows from the call and from a lot that was promised before, their days are those of the rules, and they end as what
// was said in them has it. A file of one decision does not tell of them.
func (b *book) aboutResolution(e entry) *Problem {
	if b.only != "" {
		return nil
	}
	good := false
	x := b.resolved.groups[e.data.num("resolution")]
	switch {
	case e.kind == "resolution.begun":
		good = x == nil && b.resolutionBegun(e)
	case x == nil || !x.open || x.motion != e.of || refOf("motion", e.data["motion"]) != e.of:
	case e.kind == "resolution.said":
		good = b.isMember(e.by) && x.sits[e.by] != "" && x.inTime(b, e) && x.says(e, b.motions[e.of])
	case e.kind == "resolution.passed":
		good = b.resolutionPassed(e, x)
	case e.kind == "resolution.lifted":
		good = b.resolutionLifted(e, x)
	case e.kind == "resolution.ended":
		good = b.resolutionEnded(e, x)
	}
	if !good {
		return broken("resolution", "N", e.n)
	}
	return nil
}

func (x *resolution) inTime(b *book, e entry) bool { return e.at.Before(x.until) || b.late(e) }

// whoBlocked returns who blocked a call, or what was agreed there afterwards, of those who are members still.
func (b *book) whoBlocked(bal *ballot) (out []string) {
	add := func(ref string) {
		if b.isMember(ref) && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	for _, v := range bal.closed.data.list("said") {
		if s, ok := v.(map[string]any); ok && object(s).str("answer") == "block" {
			add(object(s).str("member"))
		}
	}
	for _, d := range b.decisions {
		if d.ballot != bal {
			continue
		}
		for _, l := range d.absent.said {
			if l.how == "block" {
				add(l.by)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (b *book) resolutionBegun(e entry) bool {
	d := e.data
	bal, m := b.ballots[d.str("ballot")], b.motions[e.of]
	if bal == nil || bal.closed == nil || m == nil || bal.motion != m || !calls(bal.opened.data) || atOnce(bal.opened.data) || bal.opened.data.flag("urgent") {
		return false
	}
	for _, other := range b.resolved.groups {
		if other.open && other.motion == e.of {
			return false
		}
	}
	outcome := bal.closed.data.str("outcome")
	stops := outcome == "blocked" || bal.overturned
	r := b.rules[bal.opened.data.num("rulebook")].votes
	meetings := r.resolveMeetings
	if !stops {
		meetings = min(1, meetings)
	}
	until, ok := d.when("until")
	if !ok || !until.Equal(e.at.Add(time.Duration(r.resolveDays)*day)) && !(b.late(e) && until.Before(e.at.Add(time.Duration(r.resolveDays)*day))) {
		return false
	}
	if d.flag("stops") != stops || !stops && outcome != "carried" || meetings < 1 || d.num("meetings") != meetings || d.num("version") != bal.opened.data.num("version") {
		return false
	}
	x := &resolution{
		motion: e.of, call: bal, version: d.num("version"), stops: stops, meetings: meetings, until: until, open: true, sits: map[string]string{}, behind: map[int64][]string{}, differed: map[string]bool{},
	}
	b.resolved.groups[d.num("resolution")] = x
	return d.num("resolution") > 0 && b.takeSeats(e, x, m) && b.lotOfCall(e, x)
}

// takeSeats checks that those are in the group who blocked, and who brought the proposal.
func (b *book) takeSeats(e entry, x *resolution, m *motion) bool {
	var blockers []string
	for _, v := range e.data.list("seats") {
		o, ok := v.(map[string]any)
		s := object(o)
		who, part, number := s.str("member"), s.str("part"), s.num("number")
		if !ok || s.exactly("member", "number", "part") != nil || x.sits[who] != "" || !b.isMember(who) || (part == "drawn") != (number > 0) {
			return false
		}
		switch part {
		case "blocker":
			blockers = append(blockers, who)
		case "mover":
			if who != m.mover {
				return false
			}
		case "drawn":
			if x.drawn != 0 {
				return false
			}
			x.drawn = number
		default:
			return false
		}
		x.sits[who] = part
	}
	slices.Sort(blockers)
	brings := m.mover != "" && b.isMember(m.mover) && !slices.Contains(blockers, m.mover)
	return len(blockers) > 0 && slices.Equal(blockers, b.whoBlocked(x.call)) && brings == (x.sits[m.mover] == "mover")
}

// lotOfCall checks that whoever was drawn is the first in the order that follows from what was promised as the call opened.
func (b *book) lotOfCall(e entry, x *resolution) bool {
	d, ref := e.data, e.data.str("ballot")
	people := d.num("people")
	if people == 0 {
		return x.drawn == 0 && !d.has("secret")
	}
	b.resolved.drawn[ref]++
	n := b.resolved.drawn[ref]
	if people < 1 || people > mostInLot || d.num("draw") != n || !reveals(d.str("secret"), b.resolved.lots[ref]) || len(d.str("next")) != 64 {
		return false
	}
	b.resolved.lots[ref] = d.str("next")
	numbers := make([]int64, people)
	for i := range numbers {
		numbers[i] = int64(i + 1)
	}
	x.order = lots(ref+"/resolution/"+strconv.FormatInt(n, 10), d.str("secret"), numbers)
	if x.drawn != x.order[0] {
		return false
	}
	x.pool = b.poolOf(x)
	return people < x.call.opened.data.num("entitled") && (x.pool == nil || int64(len(x.pool)) == people && x.sits[x.pool[x.drawn-1]] == "drawn")
}

// poolOf returns who is in the lot, by their numbers, where the file tells: of a call online, on whose roll everybody is who could vote.
func (b *book) poolOf(x *resolution) (pool []string) {
	o := x.call.opened.data
	opens, err := time.Parse(stamp, o.str("opens_at"))
	if err != nil || inRoom(o) {
		return nil
	}
	on, doubtful := b.couldVote(o, opens)
	if doubtful > 0 {
		return nil
	}
	for _, ref := range on {
		if part := x.sits[ref]; b.isMember(ref) && part != "blocker" && part != "mover" {
			pool = append(pool, ref)
		}
	}
	return pool
}

// says checks what somebody in a group says to all members.
func (x *resolution) says(e entry, m *motion) bool {
	d := e.data
	x.said++
	if d.num("n") != x.said {
		return false
	}
	switch d.str("how") {
	case "meets":
		on, ok := d.when("on")
		x.met++
		return ok && x.met <= x.meetings && d.said("text") && !on.Before(e.at) && !on.After(x.until)
	case "difference":
		twice := x.differed[e.by]
		x.differed[e.by] = true
		return !twice && d.said("text")
	case "behind":
		v := d.num("version")
		twice := slices.Contains(x.behind[v], e.by)
		x.behind[v] = append(x.behind[v], e.by)
		return !twice && x.stops && x.sits[e.by] == "blocker" && v > x.version && v == int64(len(m.versions))
	}
	return false
}

// leaves checks why somebody is not in a group any more: they said so, or are no member.
func (b *book) leaves(e entry, who, said string) bool {
	switch e.data.str("how") {
	case said:
		return said != "" && e.by != "" && e.by == who
	case "left":
		return e.by == ""
	}
	return false
}

func (b *book) resolutionPassed(e entry, x *resolution) bool {
	d := e.data
	at := slices.Index(x.order, d.num("number"))
	if x.drawn == 0 || d.num("number") != x.drawn || at < 0 {
		return false
	}
	was := ""
	for who, part := range x.sits {
		if part == "drawn" {
			was = who
		}
	}
	if !b.leaves(e, was, "passed") || d.str("how") == "passed" && !x.inTime(b, e) {
		return false
	}
	delete(x.sits, was)
	x.drawn = d.num("next")
	rest := x.order[at+1:]
	to := slices.Index(rest, x.drawn)
	if x.drawn == 0 {
		to = len(rest)
	}
	if to < 0 || (x.drawn == 0) != (d.str("member") == "") {
		return false
	}
	if x.pool != nil { // nobody who is still there is passed over
		for _, n := range rest[:to] {
			if b.isMember(x.pool[n-1]) {
				return false
			}
		}
	}
	if x.drawn == 0 {
		return true
	}
	x.sits[d.str("member")] = "drawn"
	return b.isMember(d.str("member")) && (x.pool == nil || x.pool[x.drawn-1] == d.str("member"))
}

func (b *book) resolutionLifted(e entry, x *resolution) bool {
	who := e.data.str("member")
	part, how := x.sits[who], e.data.str("how")
	delete(x.sits, who)
	switch part {
	case "blocker":
		return b.leaves(e, who, "lifted") && (how == "left" || x.inTime(b, e))
	case "mover":
		return b.leaves(e, who, "")
	}
	return false
}

func (b *book) resolutionEnded(e entry, x *resolution) bool {
	d := e.data
	x.open = false
	var blockers []string
	for who, part := range x.sits {
		if part == "blocker" {
			blockers = append(blockers, who)
		}
	}
	goesOn := func() bool {
		b.resolved.sooner[e.of] = x.stops
		return e.by == ""
	}
	switch d.str("how") {
	case "lifted":
		return len(blockers) == 0 && !d.has("version") && goesOn()
	case "joint":
		v := d.num("version")
		for _, who := range blockers {
			if !slices.Contains(x.behind[v], who) {
				return false
			}
		}
		return x.stops && v > x.version && goesOn()
	case "over":
		m := b.motions[e.of]
		another := x.call.overturned || len(m.rounds) > 0 && m.rounds[len(m.rounds)-1] != x.call
		return e.by == "" && !d.has("version") && (!e.at.Before(x.until) || b.archived || another)
	}
	return false
}

// sooner checks that the ballot on a proposal opens sooner because nobody blocks it any more.
func (b *book) sooner(e entry, m *motion) *Problem {
	m.others = append(m.others, e.n)
	if b.only != "" {
		return nil
	}
	opens, ok := e.data.when("opens_at")
	text, ok2 := e.data.when("text_until")
	if !b.resolved.sooner[e.of] || !ok || !ok2 || !opens.After(e.at) || text.After(opens) || e.by != "" {
		return broken("agenda", "N", e.n)
	}
	delete(b.resolved.sooner, e.of)
	return nil
}

// promisesLot takes down what the secret of the first lot of a call comes to.
func (b *book) promisesLot(e entry) {
	if e.data.has("lot") {
		b.resolved.lots[e.of] = e.data.str("lot")
	}
}
