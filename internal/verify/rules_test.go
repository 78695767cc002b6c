package verify_test

import (
	"strings"
	"testing"
	"time"

	"folkmoot/internal/verify"
)

// consensus is rules of a group that decides by agreement: a vote needs two thirds, and half of those who are active.
const consensus = `{"consensus.fallback":"2/3","decide_default":"consensus","online_vote_hours":48,"quorum.min":2,"quorum.rule":"half_of_active","schema":1,"voting_wait_days":0}`

// TestTheRulesBindEveryVote is about records that are properly signed, whose votes are added up rightly, and whose rule is not
// the one that the group's rules give: a changed result, majority, quorum, electorate, length, secrecy.
func TestTheRulesBindEveryVote(t *testing.T) {
	few := counted{yes: 1, quorum: 1, outcome: "carried", reason: "enough_for"}
	narrow := counted{yes: 2, no: 1, quorum: 2, outcome: "carried", reason: "enough_for"}
	with := func(c counted, f func(data)) counted { c.opened = f; return c }
	threeQuarters := data{"base": "cast", "den": 4, "num": 3, "strict": false}
	for name, c := range map[string]struct {
		want, params string
		counted
	}{
		"a lower quorum":             {"quorum", branch, few},
		"a higher quorum":            {"quorum", branch, counted{yes: 2, quorum: 3, outcome: "inquorate", reason: "too_few_voted"}},
		"the quorum of other rules":  {"quorum", strings.Replace(branch, `"quorum.min":2`, `"quorum.min":3`, 1), with(narrow, func(o data) { o["quorum"] = 3 })},
		"a lower majority":           {"majority", consensus, narrow},
		"a higher majority":          {"majority", branch, with(counted{yes: 2, no: 1, quorum: 2, outcome: "not_carried", reason: "short_of_needed"}, func(o data) { o["rule"] = threeQuarters })},
		"of the roll":                {"majority", branch, with(narrow, func(o data) { o["rule"] = data{"base": "roll", "den": 2, "num": 1, "strict": true} })},
		"a result of other numbers":  {"outcome", branch, counted{yes: 1, no: 2, quorum: 2, outcome: "carried", reason: "enough_for"}},
		"a result of another quorum": {"outcome", branch, counted{yes: 1, quorum: 2, outcome: "carried", reason: "enough_for"}},
		"more active than entitled":  {"electorate", branch, with(narrow, func(o data) { o["active"] = 4 })},
		"fewer active than none":     {"electorate", branch, with(narrow, func(o data) { o["active"] = -1 })},
		"nobody entitled":            {"electorate", branch, with(narrow, func(o data) { o["entitled"], o["active"] = 0, 0 })},
		"a stranger on the roll":     {"roll", branch, with(narrow, func(o data) { o["entitled"], o["roll_hash"] = 4, digest([]byte("m_ada\nm_bo\nm_cy\nm_di\n")) })},
		"another's name on the roll": {"roll", branch, with(narrow, func(o data) { o["roll_hash"] = digest([]byte("m_ada\nm_bo\nm_di\n")) })},
		"shorter than the rules say": {"ballot_times", branch, with(narrow, func(o data) { o["closes_at"] = later(t, o, 40*time.Hour) })},
		"longer than the rules say":  {"ballot_times", branch, with(narrow, func(o data) { o["closes_at"] = later(t, o, 97*time.Hour) })},
		"a receipt for an open vote": {"secrecy", branch, with(narrow, func(o data) { o["receipt"] = "full" })},
		"held again without need":    {"round", branch, with(narrow, func(o data) { o["round"] = 2 })},
		"rules without a quorum":     {"rules", strings.Replace(branch, `"quorum.min":2,`, "", 1), narrow},
		"rules without a majority":   {"rules", strings.Replace(branch, `"majority"`, `"decree"`, 1), narrow},
		"a majority that is none":    {"rules", strings.Replace(consensus, `2/3`, `3/2`, 1), narrow},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t)
			l.params = c.params
			l.begin()
			wantProblem(t, check(t, l.file([]data{l.decide(1, c.counted)}, nil)), verify.Broken, c.want)
		})
	}
	l := newLog(t)
	l.params = strings.Replace(branch, `"schema":1`, `"schema":3`, 1)
	l.begin()
	wantProblem(t, check(t, l.file([]data{l.decide(1, narrow)}, nil)), verify.Unusable, "rules_newer")
}

func later(t *testing.T, o data, d time.Duration) string {
	at, err := time.Parse(time.RFC3339, o["opens_at"].(string))
	if err != nil {
		t.Fatal(err)
	}
	return stamp(at.Add(d))
}

// TestWhoMayVoteFollowsFromTheRecord: newcomers wait, and who left is off the roll from that moment.
func TestWhoMayVoteFollowsFromTheRecord(t *testing.T) {
	of := func(refs ...string) func(data) {
		return func(o data) {
			o["entitled"], o["active"], o["roll_hash"] = len(refs), min(3, len(refs)), digest([]byte(strings.Join(append(refs, ""), "\n")))
		}
	}
	begin := func() *log {
		l := newLog(t)
		l.params = strings.Replace(branch, `"voting_wait_days":0`, `"voting_wait_days":14`, 1)
		l.begin()
		l.join("m_di", "Di") // the fourth: the first three need not wait
		return l
	}
	c := counted{yes: 2, quorum: 2, outcome: "carried", reason: "enough_for"}
	for name, r := range map[string]struct {
		roll   []string
		before func(l *log)
		holds  bool
	}{
		"the first three":         {[]string{"m_ada", "m_bo", "m_cy"}, func(*log) {}, true},
		"a newcomer too early":    {[]string{"m_ada", "m_bo", "m_cy", "m_di"}, func(*log) {}, false},
		"a newcomer in time":      {[]string{"m_ada", "m_bo", "m_cy", "m_di"}, func(l *log) { l.at = l.at.Add(14 * 24 * time.Hour) }, true},
		"a newcomer kept out":     {[]string{"m_ada", "m_bo", "m_cy"}, func(l *log) { l.at = l.at.Add(14 * 24 * time.Hour) }, false},
		"who left is not on it":   {[]string{"m_ada", "m_bo"}, func(l *log) { l.leave("m_cy") }, true},
		"who left is still on it": {[]string{"m_ada", "m_bo", "m_cy"}, func(l *log) { l.leave("m_cy") }, false},
		// The clock was put back and Ed's entry is dated late: that Ed has waited long enough cannot be ruled out, but no more.
		"who may have waited":    {[]string{"m_ada", "m_bo", "m_cy", "m_ed"}, func(l *log) { l.joinAtOnce("m_ed", "Ed") }, true},
		"two where one may have": {[]string{"m_ada", "m_bo", "m_cy", "m_di", "m_ed"}, func(l *log) { l.joinAtOnce("m_ed", "Ed") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := begin()
			r.before(l)
			c.opened = of(r.roll...)
			rep := check(t, l.file([]data{l.decide(1, c)}, nil))
			if r.holds {
				wantHolds(t, rep)
				return
			}
			wantProblem(t, rep, verify.Broken, "roll")
		})
	}
}

// TestEveryVoteLeadsToOneDecision.
func TestEveryVoteLeadsToOneDecision(t *testing.T) {
	l := newLog(t)
	l.begin()
	d := l.decide(1, open)
	l.add("", "decision.recorded", "decision/2026-002", data{"number": "2026-002", "motion": "motion/1", "version": 2, "ballot": "b_1",
		"outcome": "carried", "title": T("Bake bread"), "text_hash": d["text_hash"], "rulebook": 1})
	wantProblem(t, check(t, l.file([]data{d}, nil)), verify.Broken, "decided_twice")

	l = newLog(t)
	l.begin()
	d = l.decide(1, open)
	l.cut(int(d["entries"].([]any)[7].(int64))) // before decision.recorded
	wantProblem(t, check(t, l.file([]data{}, nil)), verify.Broken, "undecided")
}
