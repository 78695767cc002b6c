package verify

import (
	"math"
	"slices"
	"strings"
	"time"
)

// voting is what a version of the rules says of votes on proposals.
type voting struct {
	rule  object // the majority, as an opening names it
	half  bool   // half of the active members make a quorum; otherwise it goes by their number's root
	least int64  // of the quorum
	hours int64  // a vote lasts at least
	wait  int64  // days from joining to the first vote

	grave       bool   // as many must vote as on a change of the rules
	recall      object // the majority that ends a term early
	recallHours int64  // a vote on that lasts at least

	asideNum, asideDen int64  // the share of those who speak that can stand aside, where people agree
	change             object // the majority that changes the rules
	consensus          bool   // the group decides by agreement, and votes where that does not come
	resolveMeetings    int64  // to resolve a block
	resolveDays        int64  // within which they are
	absentDays         int64  // of those who were absent, after the record of the meeting is out
	twoBlocksAbove     int64  // active members; in larger groups one block alone does not stop a decision

	everyWeeks int64 // the group meets; 0: whenever a meeting is called
	notice     int64 // days before a meeting
	quorumWait int64 // minutes for which a meeting waits for others while too few are there
}

// on is what the rules say of votes on proposals with an effect: ending a term, letting somebody outside the limits, having who held
// a role last look after it, waking a role, reserving places, and giving a role a chore.
func (v voting) on(effect string) voting {
	switch effect {
	case "end_term":
		v.rule, v.hours = v.recall, v.recallHours
	case "waiver", "stay":
		v.rule = twoThirds()
	case "wind_up":
		v.rule, v.grave = threeQuarters(), true
	case "wake":
		v.rule = simple()
	case "reserve", "entrust":
		v.rule, v.grave = v.change, true
	}
	return v
}

// threeQuarters is three votes for each against, at least.
func threeQuarters() object {
	return object{"base": "cast", "den": int64(4), "num": int64(3), "strict": false}
}

// twoThirds is two votes for each against, at least.
func twoThirds() object {
	return object{"base": "cast", "den": int64(3), "num": int64(2), "strict": false}
}

// schema is the newest shape of the rules that is known here; those before it are known too. A newer one is of a later program.
const schema = 2

// day is how long a day is by the rules, in every zone.
const day = 24 * time.Hour

// maxHours and maxDays are far more than any rule allows, and small enough to be multiplied.
const maxHours, maxDays = 1 << 20, 1 << 16

// readVoting reads what a version of the rules says of votes on proposals.
func readVoting(params string) (v voting, p *Problem) {
	s := newScanner(strings.NewReader(params), int64(len(params))+1, maxParams)
	given, err := s.value(0)
	if err == nil {
		err = s.end()
	}
	flat, ok := given.(map[string]any)
	r := object(flat)
	switch {
	case err != nil || !ok:
		return v, broken("rules")
	case r.num("schema") < 1 || r.num("schema") > schema:
		return v, problem(Unusable, "rules_newer", nil)
	}
	v = voting{
		rule: simple(), half: r.str("quorum.rule") == "half_of_active", least: r.num("quorum.min"),
		hours: r.num("online_vote_hours"), wait: r.num("voting_wait_days"),
		recall: simple(), recallHours: r.num("recall.vote_hours"), everyWeeks: r.num("meeting.every_weeks"), notice: r.num("notice_days.meeting"),
		quorumWait: r.num("meeting.quorum_wait_minutes"),
	}
	if num, den, ok := share(r.str("consensus.stand_aside_max")); ok {
		v.asideNum, v.asideDen = num, den
	}
	if r.str("recall.majority") == "2/3" {
		v.recall = twoThirds()
	}
	v.change = changing(r)
	switch r.str("decide_default") {
	case "majority", "delegate_majority":
	case "consensus":
		v.consensus, v.twoBlocksAbove, v.absentDays = true, r.num("consensus.second_blocker_above"), r.num("consensus.absentee_days")
		v.resolveMeetings, v.resolveDays = r.num("consensus.resolution_meetings"), r.num("consensus.resolution_days")
		// A group that looks for agreement votes when it did not come, and then needs the majority that is set for that.
		if f := r.str("consensus.fallback"); f != "none" {
			num, den, ok := share(f)
			if !ok {
				return v, broken("rules")
			}
			v.rule = object{"base": "cast", "den": den, "num": num, "strict": false}
		}
	default:
		return v, broken("rules")
	}
	switch r.str("quorum.rule") {
	case "half_of_active", "Q", "third_of_delegates_and_half_of_branches":
	default:
		return v, broken("rules")
	}
	if v.least < 1 || v.least > math.MaxInt32 || v.hours < 1 || v.hours > maxHours || v.wait < 0 || v.wait > maxDays || v.recallHours < 0 || v.recallHours > maxHours ||
		v.everyWeeks < 0 || v.everyWeeks > maxDays || v.notice < 0 || v.notice > maxDays || v.quorumWait < 0 || v.quorumWait > maxHours {
		return v, broken("rules")
	}
	return v, nil
}

// changing is the majority that changes the rules in a ballot of all members; nil, which is that of no vote, if they say none that there is.
func changing(r object) object {
	switch r.str("constitution.majority") {
	case "2/3":
		return twoThirds()
	case "3/4":
		return threeQuarters()
	case "consensus":
		if f := r.str("constitution.fallback"); f != "none" {
			num, den, ok := share(f)
			if !ok {
				return nil
			}
			return object{"base": "cast", "den": den, "num": num, "strict": false}
		}
		return threeQuarters()
	}
	return nil
}

// maxParams is how many values a version of the rules may hold.
const maxParams = 1000

// simple is more for than against.
func simple() object { return object{"base": "cast", "den": int64(2), "num": int64(1), "strict": true} }

// share reads a share such as "2/3".
func share(s string) (num, den int64, ok bool) {
	n, d, found := strings.Cut(s, "/")
	num, okN := whole(n)
	den, okD := whole(d)
	return num, den, found && okN && okD && num >= 1 && num <= den
}

// whole reads a number of up to nine digits without a sign or a zero before it.
func whole(s string) (n int64, ok bool) {
	if s == "" || len(s) > 9 || s[0] == '0' {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

// quorum is how many must vote where so many members are active: a quarter of them or one and a half times their root,
// whichever is less, and at least 3; 2 of up to four; or half of them, where the rules say so. The rules may ask for more,
// but in groups of up to eight one may always be missing, and in larger ones half.
func (v voting) quorum(active int64) int64 {
	q := rootQuorum(active)
	if v.half {
		q = (active + 1) / 2
	}
	most := (active + 1) / 2
	if active <= 8 {
		most = max(2, active-1)
	}
	usual := min(most, max(2, v.least, q))
	if !v.grave {
		return usual
	}
	return min(most, max(usual, graveQuorum(active)))
}

// graveQuorum is twice the quorum that goes by the number of active members, but no more than half of them, or that quorum.
func graveQuorum(active int64) int64 {
	q := rootQuorum(active)
	return min(2*q, max((active+1)/2, q))
}

// rootQuorum is the quorum that goes by the root of the number of active members.
func rootQuorum(active int64) int64 {
	switch {
	case active > 4:
		return max(3, min((active+3)/4, rootOfNineQuarters(active)))
	case active < 2:
		return active
	}
	return 2
}

// rootOfNineQuarters is the least n whose square is at least 9/4 of a: one and a half times the root of a, rounded up.
func rootOfNineQuarters(a int64) int64 {
	var n int64
	for step := int64(1) << 20; step > 0; step >>= 1 {
		if next := n + step; 4*next*next < 9*a {
			n = next
		}
	}
	return n + 1
}

// fits says whether a vote that opens and closes then lasts as long as the rules say: the hours, and to the evening after.
func (v voting) fits(opens, closes time.Time) bool {
	least := opens.Add(time.Duration(v.hours) * time.Hour)
	return !closes.Before(least) && closes.Before(least.Add(2*day))
}

// byRules checks that majority, quorum, length and secrecy of a vote are what the rules say that it names.
func (b *book) byRules(e entry, v version, opens, closes time.Time) *Problem {
	effect := v.data.obj("effect")
	d, r := e.data, b.rules[e.data.num("rulebook")].votes.on(effect.str("kind"))
	active, entitled := d.num("active"), d.num("entitled")
	least := int64(2)
	if d.flag("secret") {
		least = 3
	}
	if active < 0 || active > entitled && !inRoom(d) || active > math.MaxInt32 || entitled < least || entitled > math.MaxInt32 {
		return broken("electorate", "N", e.n, "Active", active, "Entitled", entitled)
	}
	if want := b.quorum(e, r, effect.str("kind"), opens); d.num("quorum") != want {
		return broken("quorum", "N", e.n, "Got", d.num("quorum"), "Want", want)
	}
	if elects(d) && !d.flag("secret") {
		return broken("secrecy", "N", e.n)
	}
	if _, _, _, same := differ("", map[string]any(r.rule), map[string]any(d.obj("rule"))); !same && !elects(d) && !calls(d) {
		return broken("majority", "N", e.n, "Number", d.num("rulebook"))
	}
	if calls(d) && !r.agrees(d) {
		return broken("majority", "N", e.n, "Number", d.num("rulebook"))
	}
	if !inRoom(d) && !atOnce(d) && !r.fits(opens, closes) {
		return broken("ballot_times", "N", e.n)
	}
	open := effect == nil || slices.Contains([]string{"adopt_rules", "wind_up", "wake", "reserve", "entrust"}, effect.str("kind")) // about no person
	if !d.flag("secret") && (v.data.flag("about_person") || !open || d.str("receipt") != "none") {
		return broken("secrecy", "N", e.n)
	}
	return nil
}

// givesDays says whether what is agreed in a room is provisional by the rules, so that something can be urgent.
func (v voting) givesDays() bool { return v.consensus && v.absentDays > 0 }
