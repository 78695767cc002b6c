package verify

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestFeltForged: a show of feeling is asked for by whoever facilitates, about what is talked about, for half a minute and one at a time; what it came to is told once, and not of a few.
func TestFeltForged(t *testing.T) {
	const m3 = "meeting/3"
	with := func(forge func(asked, ended *entry)) []entry {
		es := met(t)
		at := nth(t, es, "item.began", m3, 1)
		item, last := es[at].data.num("item"), es[at]
		next := func(after time.Duration, kind string, data object) entry {
			moment := last.at.Add(after)
			return entry{n: last.n, at: moment, stamp: moment.UTC().Format(stamp), kind: kind, of: m3, data: data}
		}
		asked := next(time.Second, "feeling.asked", object{"meeting": m3, "feeling": int64(1), "item": item, "question": "", "opens": "", "closes": ""})
		asked.by = es[nth(t, es, "job.begun", m3, 1)].data.str("member")
		asked.data["opens"], asked.data["closes"] = asked.stamp, asked.at.Add(feelingWindow).UTC().Format(stamp)
		ended := next(time.Second+feelingWindow, "feeling.ended", object{
			"meeting": m3, "feeling": int64(1), "how": "shown", "p1": int64(2), "p2": int64(1), "p3": int64(1), "p4": int64(0), "p5": int64(1),
		})
		forge(&asked, &ended)
		return append(es[:at+1:at+1], asked, ended)
	}
	if n, p := firstBroken(with(func(_, _ *entry) {})); p != nil {
		t.Fatalf("what is true does not hold: entry %d, %v", n, p)
	}
	for name, forge := range map[string]func(asked, ended *entry){
		"by somebody else":       func(asked, _ *entry) { asked.by = "m_elsewhere" },
		"by nobody":              func(asked, _ *entry) { asked.by = "" },
		"about another item":     func(asked, _ *entry) { asked.data["item"] = asked.data.num("item") + 100 },
		"in another meeting":     func(asked, _ *entry) { asked.data["meeting"] = "meeting/1" },
		"for longer":             func(asked, _ *entry) { asked.data["closes"] = asked.at.Add(time.Hour).UTC().Format(stamp) },
		"another ends":           func(_, ended *entry) { ended.data["feeling"] = int64(2) },
		"too few answered":       func(_, ended *entry) { ended.data["p1"] = int64(1) },
		"fewer than none":        func(_, ended *entry) { ended.data["p1"], ended.data["p2"] = int64(-1), int64(9) },
		"a point is left out":    func(_, ended *entry) { delete(ended.data, "p4") },
		"told although few":      func(_, ended *entry) { ended.data["how"] = "few" },
		"told although it ended": func(_, ended *entry) { ended.data["how"] = "stopped" },
		"ended as nothing does":  func(_, ended *entry) { ended.data["how"] = "carried" },
		"told before it was over": func(asked, ended *entry) {
			ended.at, ended.stamp = asked.at.Add(time.Second), asked.at.Add(time.Second).UTC().Format(stamp)
		},
	} {
		if _, p := firstBroken(with(forge)); p == nil {
			t.Errorf("%s: not found", name)
		}
	}
	es := with(func(_, _ *entry) {})
	if _, p := firstBroken(append(es, es[len(es)-1])); p == nil {
		t.Error("it ended twice, and that is not found")
	}
}

// TestRoundForged: a round is begun by whoever facilitates, about what is talked about, one at a time and not beside a show of feeling; it ends once, and no more speak in it than were asked.
func TestRoundForged(t *testing.T) {
	const m3 = "meeting/3"
	with := func(forge func(begun, ended *entry)) []entry {
		es := met(t)
		at := nth(t, es, "item.began", m3, 1)
		item, last := es[at].data.num("item"), es[at]
		chair := es[nth(t, es, "job.begun", m3, 1)].data.str("member")
		next := func(after time.Duration, kind string, data object) entry {
			moment := last.at.Add(after)
			return entry{n: last.n, at: moment, stamp: moment.UTC().Format(stamp), kind: kind, of: m3, data: data}
		}
		begun := next(time.Second, "round.begun", object{
			"meeting": m3, "round": int64(1), "item": item, "question": "", "seconds": int64(60), "people": int64(5), "opens": "",
		})
		begun.by, begun.data["opens"] = chair, begun.stamp
		ended := next(time.Minute, "round.ended", object{"meeting": m3, "round": int64(1), "how": "done", "people": int64(5), "turns": int64(4)})
		forge(&begun, &ended)
		return append(es[:at+1:at+1], begun, ended)
	}
	for name, forge := range map[string]func(begun, ended *entry){
		"as it was":                    func(_, _ *entry) {},
		"somebody came":                func(_, ended *entry) { ended.data["people"], ended.data["turns"] = int64(6), int64(6) },
		"whoever facilitates ended it": func(begun, ended *entry) { ended.data["how"], ended.by = "stopped", begun.by },
		"it ended with something else": func(_, ended *entry) { ended.data["how"] = "stopped" },
	} {
		if n, p := firstBroken(with(forge)); p != nil {
			t.Errorf("%s does not hold: entry %d, %v", name, n, p)
		}
	}
	for name, forge := range map[string]func(begun, ended *entry){
		"by somebody else":           func(begun, _ *entry) { begun.by = "m_elsewhere" },
		"by nobody":                  func(begun, _ *entry) { begun.by = "" },
		"about another item":         func(begun, _ *entry) { begun.data["item"] = begun.data.num("item") + 100 },
		"in another meeting":         func(begun, _ *entry) { begun.data["meeting"] = "meeting/1" },
		"for longer":                 func(begun, _ *entry) { begun.data["seconds"] = int64(600) },
		"of nobody":                  func(begun, _ *entry) { begun.data["people"] = int64(0) },
		"of too many":                func(begun, _ *entry) { begun.data["people"] = int64(31) },
		"another ends":               func(_, ended *entry) { ended.data["round"] = int64(2) },
		"it ends elsewhere":          func(_, ended *entry) { ended.of = "meeting/1" },
		"more spoke than were asked": func(_, ended *entry) { ended.data["turns"] = int64(6) },
		"fewer than none spoke":      func(_, ended *entry) { ended.data["turns"] = int64(-1) },
		"it is not said how many":    func(_, ended *entry) { delete(ended.data, "turns") },
		"fewer were asked":           func(_, ended *entry) { ended.data["people"] = int64(4) },
		"ended as nothing does":      func(_, ended *entry) { ended.data["how"] = "carried" },
		"somebody ended what was":    func(begun, ended *entry) { ended.by = begun.by },
		"ended by somebody else":     func(_, ended *entry) { ended.data["how"], ended.by = "stopped", "m_elsewhere" },
	} {
		if _, p := firstBroken(with(forge)); p == nil {
			t.Errorf("%s: not found", name)
		}
	}
	es := with(func(_, _ *entry) {})
	if _, p := firstBroken(append(es, es[len(es)-1])); p == nil {
		t.Error("it ended twice, and that is not found")
	}
	votedFor(t, es)
	twice := with(func(_, _ *entry) {})
	twice[len(twice)-1] = twice[len(twice)-2]
	twice[len(twice)-1].data = object{}
	for k, v := range twice[len(twice)-2].data {
		twice[len(twice)-1].data[k] = v
	}
	twice[len(twice)-1].data["round"] = int64(2)
	if _, p := firstBroken(twice); p == nil {
		t.Error("there are two at once, and that is not found")
	}
}

// votedFor holds that a round can be begun by the vote on a move of whoever its entry names, and by no other. The last two entries are a round from its beginning to its end.
func votedFor(t *testing.T, es []entry) {
	t.Helper()
	const by = "m_somebody"
	all, begun, ended := es[:len(es)-2:len(es)-2], es[len(es)-2], es[len(es)-1]
	for name, tt := range map[string]struct {
		kind, by string
		of, for_ int64
		none     bool // it was not put to the vote
		good     bool
	}{
		"as it was":         {"go_round", by, 7, 5, false, true},
		"of somebody else":  {"go_round", "m_other", 7, 5, false, false},
		"for another move":  {"adjourn", by, 7, 5, false, false},
		"without a move":    {"go_round", by, 8, 5, false, false},
		"without a vote":    {"go_round", by, 7, 5, true, false},
		"the vote was lost": {"go_round", by, 7, 1, false, false},
	} {
		at := begun.at
		next := func(kind string, d object) entry {
			d["meeting"], d["move"] = begun.of, int64(7)
			return entry{n: begun.n, at: at, stamp: begun.stamp, kind: kind, of: begun.of, by: tt.by, data: d}
		}
		r := begun
		r.by, r.data = by, object{"move": tt.of}
		for k, v := range begun.data {
			r.data[k] = v
		}
		how := "carried"
		if tt.for_ < 2 {
			how = "lost"
		}
		made := next("move.made", object{"kind": tt.kind, "ready": tt.kind == "go_round"})
		put := next("move.put", object{"needs": "simple", "entitled": int64(8), "opens": begun.stamp, "closes": at.Add(moveVote).UTC().Format(stamp)})
		decided := next("move.decided", object{"how": how, "for": tt.for_, "against": int64(2)})
		list := []entry{made, put, r, decided, ended}
		if tt.none {
			list = []entry{made, r, ended}
		}
		if _, p := firstBroken(append(all, list...)); (p == nil) != tt.good {
			t.Errorf("a round by a vote, %s: %v", name, p)
		}
	}
}

// TestAsideForged: whoever facilitates hands over to speak about what is talked about, once for each item, and only if somebody else can facilitate.
func TestAsideForged(t *testing.T) {
	const m3 = "meeting/3"
	with := func(forge func(aside *entry)) []entry {
		es := met(t)
		at := nth(t, es, "item.began", m3, 1)
		last := es[at]
		aside := entry{n: last.n, at: last.at, stamp: last.stamp, kind: "item.aside", of: m3, by: last.by, data: object{"meeting": m3, "item": last.data.num("item")}}
		forge(&aside)
		return append(es[:at+1:at+1], aside)
	}
	if n, p := firstBroken(with(func(*entry) {})); p != nil {
		t.Fatalf("what is true does not hold: entry %d, %v", n, p)
	}
	for name, forge := range map[string]func(aside *entry){
		"by somebody else":   func(e *entry) { e.by = "m_elsewhere" },
		"by nobody":          func(e *entry) { e.by = "" },
		"about another item": func(e *entry) { e.data["item"] = e.data.num("item") + 100 },
		"in another meeting": func(e *entry) { e.of = "meeting/1" },
	} {
		if _, p := firstBroken(with(forge)); p == nil {
			t.Errorf("%s: not found", name)
		}
	}
	es := with(func(*entry) {})
	if _, p := firstBroken(append(es, es[len(es)-1])); p == nil {
		t.Error("two have handed over, and that is not found")
	}
}

// promised returns the entries of a meeting up to its first item, and then that a lot was promised; what comes then; and the chair.
func promised(t *testing.T, secret string) (es []entry, next func(after time.Duration, kind string, data object) entry, item int64, chair string) {
	t.Helper()
	const m3 = "meeting/3"
	es = met(t)
	at := nth(t, es, "item.began", m3, 1)
	last := es[at]
	next = func(after time.Duration, kind string, data object) entry {
		data["meeting"] = m3
		moment := last.at.Add(after)
		return entry{n: last.n, at: moment, stamp: moment.UTC().Format(stamp), kind: kind, of: m3, data: data}
	}
	raw, err := hex.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	lot := next(0, "meeting.lot", object{"commit": digest(raw)})
	return append(es[:at+1:at+1], lot), next, last.data.num("item"), es[nth(t, es, "job.begun", m3, 1)].data.str("member")
}

var (
	oneSecret  = strings.Repeat("ab", 32)
	nextCommit = strings.Repeat("cd", 32)
)

// dealtBy returns which numbers are together as a lot has them, the first so many in the first group.
func dealtBy(order []int64, phones int64, groups int) (out []any) {
	slices.SortStableFunc(order, func(a, b int64) int {
		switch {
		case (a <= phones) == (b <= phones):
			return 0
		case a <= phones:
			return -1
		}
		return 1
	})
	all := len(order)
	for g := range groups {
		size := all / groups
		if g < all%groups {
			size++
		}
		var list []any
		for _, n := range slices.Sorted(slices.Values(order[:size])) {
			list = append(list, n)
		}
		out, order = append(out, list), order[size:]
	}
	return out
}

// numbersTo returns the numbers from 1 on.
func numbersTo(n int64) (out []int64) {
	for i := range n {
		out = append(out, i+1)
	}
	return out
}

// TestLotsForged: who begins a round, and which numbers are together in a group, follow from the secret that was promised before.
func TestLotsForged(t *testing.T) {
	const m3 = "meeting/3"
	round := func(forge func(d object)) []entry {
		es, next, item, chair := promised(t, oneSecret)
		d := object{
			"round": int64(1), "item": item, "question": "", "seconds": int64(60), "people": int64(9), "start": lots(lotOf(m3, "round", 1), oneSecret, numbersTo(9))[0],
			"draw": int64(1), "secret": oneSecret, "next": nextCommit,
		}
		begun := next(time.Second, "round.begun", d)
		begun.by, d["opens"] = chair, begun.stamp
		forge(d)
		return append(es, begun)
	}
	groups := func(forge func(d object)) []entry {
		es, next, item, chair := promised(t, oneSecret)
		d := object{
			"breakout": int64(1), "item": item, "question": words{isSet: true}, "choice": false, "tables": int64(3), "topics": []any{}, "people": int64(13), "phones": int64(2),
			"groups": dealtBy(lots(lotOf(m3, "groups", 1), oneSecret, numbersTo(13)), 2, 3), "draw": int64(1), "secret": oneSecret, "next": nextCommit,
		}
		begun := next(time.Second, "breakout.begun", d)
		begun.by, d["opens"], d["closes"] = chair, begun.stamp, begun.at.Add(10*time.Minute).UTC().Format(stamp)
		forge(d)
		return append(es, begun)
	}
	for name, made := range map[string]func(func(object)) []entry{"a round": round, "groups": groups} {
		if n, p := firstBroken(made(func(object) {})); p != nil {
			t.Errorf("%s as it was does not hold: entry %d, %v", name, n, p)
		}
		for what, forge := range map[string]func(d object){
			"another secret":             func(d object) { d["secret"] = nextCommit },
			"no secret":                  func(d object) { delete(d, "secret") },
			"the next is not promised":   func(d object) { delete(d, "next") },
			"it was drawn before":        func(d object) { d["draw"] = int64(2) },
			"more people than there are": func(d object) { d["people"] = int64(1) << 40 },
		} {
			if _, p := firstBroken(made(forge)); p == nil {
				t.Errorf("%s: %s: not found", name, what)
			}
		}
	}
	if _, p := firstBroken(round(func(d object) { d["start"] = d.num("start")%9 + 1 })); p == nil {
		t.Error("another begins, and that is not found")
	}
	for what, forge := range map[string]func(d object){
		"two are exchanged": func(d object) {
			g := d.list("groups")
			a, b := g[0].([]any), g[1].([]any)
			a[len(a)-1], b[0] = b[0], a[len(a)-1]
		},
		"a group is gone":           func(d object) { d["groups"] = d.list("groups")[:2] },
		"somebody is gone":          func(d object) { g := d.list("groups"); g[2] = g[2].([]any)[:3] },
		"others are on the phone":   func(d object) { d["phones"] = int64(3) },
		"fewer than none phone":     func(d object) { d["phones"] = int64(-1) },
		"what is no number":         func(d object) { d.list("groups")[0].([]any)[0] = "1" },
		"what is no list":           func(d object) { d.list("groups")[0] = int64(1) },
		"nothing is said of groups": func(d object) { delete(d, "groups") },
	} {
		if _, p := firstBroken(groups(forge)); p == nil {
			t.Errorf("groups: %s: not found", what)
		}
	}
}

// TestSpokesForged: whoever facilitates, or members by a vote, have one person each speak for groups of enough people, drawn by lot; and the same have all speak again, or the item ends.
func TestSpokesForged(t *testing.T) {
	const m3 = "meeting/3"
	with := func(forge func(begun, ended *entry)) []entry {
		es, next, item, chair := promised(t, oneSecret)
		begun := next(time.Second, "spokes.begun", object{
			"spokes": int64(1), "item": item, "circles": int64(2), "people": int64(31), "phones": int64(0), "groups": dealtBy(lots(lotOf(m3, "spokes", 1), oneSecret, numbersTo(31)), 0, 2),
			"draw": int64(1), "secret": oneSecret, "next": nextCommit,
		})
		begun.by, begun.data["opens"] = chair, begun.stamp
		ended := next(time.Minute, "spokes.ended", object{"spokes": int64(1), "how": "stopped"})
		ended.by = chair
		forge(&begun, &ended)
		return append(es, begun, ended)
	}
	for name, forge := range map[string]func(begun, ended *entry){
		"as it was":      func(_, _ *entry) {},
		"the item ended": func(_, ended *entry) { ended.data["how"], ended.by = "done", "" },
	} {
		if n, p := firstBroken(with(forge)); p != nil {
			t.Errorf("%s does not hold: entry %d, %v", name, n, p)
		}
	}
	for name, forge := range map[string]func(begun, ended *entry){
		"by somebody else":         func(begun, _ *entry) { begun.by = "m_elsewhere" },
		"by nobody":                func(begun, _ *entry) { begun.by = "" },
		"about another item":       func(begun, _ *entry) { begun.data["item"] = begun.data.num("item") + 100 },
		"in another meeting":       func(begun, _ *entry) { begun.data["meeting"] = "meeting/1" },
		"without a vote":           func(begun, _ *entry) { begun.data["move"] = int64(7) },
		"of too few":               func(begun, _ *entry) { begun.data["people"] = int64(28) },
		"in more groups":           func(begun, _ *entry) { begun.data["circles"] = int64(3) },
		"somebody chose the lot":   func(begun, _ *entry) { begun.data["secret"] = nextCommit },
		"no lot fell":              func(begun, _ *entry) { delete(begun.data, "secret") },
		"others end":               func(_, ended *entry) { ended.data["spokes"] = int64(2) },
		"they end elsewhere":       func(_, ended *entry) { ended.of = "meeting/1" },
		"ended by somebody else":   func(_, ended *entry) { ended.by = "m_elsewhere" },
		"ended by nobody":          func(_, ended *entry) { ended.by = "" },
		"ended without a vote":     func(_, ended *entry) { ended.data["move"] = int64(7) },
		"somebody ended the item":  func(_, ended *entry) { ended.data["how"] = "done" },
		"ended as nothing does":    func(_, ended *entry) { ended.data["how"] = "carried" },
		"what there never is":      func(_, ended *entry) { ended.kind = "spokes.changed" },
		"they begin a second time": func(begun, ended *entry) { *ended = *begun },
	} {
		if _, p := firstBroken(with(forge)); p == nil {
			t.Errorf("%s: not found", name)
		}
	}
	es := with(func(_, _ *entry) {})
	if _, p := firstBroken(append(es, es[len(es)-1])); p == nil {
		t.Error("they ended twice, and that is not found")
	}
}
