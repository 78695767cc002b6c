package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"
)

// told is one entry of a selection in a test.
type told struct {
	kind, by string
	data     object
}

// chosen is what the entries say of a selection of a crew of six: three name b, two name c and one changes to c; b is objected to, c is agreed on.
func chosen() []told {
	secret := []byte("secret")
	sum := sha256.Sum256(secret)
	named := func(round int64, by, who string) told {
		return told{"selection.named", by, object{"round": round, "member": who}}
	}
	said := func(turn int64, by, who, answer string) told {
		return told{"selection.answered", by, object{"turn": turn, "member": who, "answer": answer}}
	}
	line := func(turn int64, who string, n, first int64) any {
		return map[string]any{"turn": turn, "member": who, "named": n, "first": first}
	}
	judged := func(turn int64, who string, agree, aside, obj int64, how string) told {
		return told{"selection.judged", "", object{"turn": turn, "member": who, "agree": agree, "aside": aside, "object": obj, "how": how}}
	}
	return []told{
		{"selection.opened", "", object{"rulebook": int64(1), "active": int64(6), "quorum": int64(3), "seats": []any{int64(1)}, "commit": hex.EncodeToString(sum[:])}},
		{"selection.extended", "", object{}},
		named(1, "a", "b"), named(1, "b", "c"), named(1, "c", "b"), named(1, "d", "b"), named(1, "e", "c"),
		{"selection.declined", "f", object{"member": "f"}},
		{"selection.read", "", object{"papers": int64(5)}},
		named(2, "f", "b"),
		{"selection.ordered", "", object{"secret": hex.EncodeToString(secret), "order": []any{line(1, "b", 4, 3), line(2, "c", 2, 2)}}},
		{"selection.proposed", "", object{"round": int64(1), "turns": []any{int64(1)}}},
		said(1, "a", "b", "agree"), said(1, "c", "b", "object"),
		judged(1, "b", 1, 0, 1, "objected"),
		{"selection.proposed", "", object{"round": int64(2), "turns": []any{int64(2)}}},
		said(2, "a", "c", "agree"), said(2, "d", "c", "agree"), said(2, "e", "c", "aside"),
		judged(2, "c", 2, 1, 0, ""),
		{"selection.asked", "", object{"turns": []any{int64(2)}}},
		{"selection.accepted", "c", object{"turn": int64(2), "member": "c"}},
		{"term.begun", "", object{"cause": "selection/1", "member": "c"}},
		{"selection.settled", "", object{"turn": int64(2), "member": "c", "how": "agreed", "seat": int64(1)}},
		{"selection.final", "", object{}},
	}
}

// read has a book read entries, and returns the place of the first that does not hold; -1: all do.
func read(t *testing.T, entries []told) int {
	t.Helper()
	b := newBook()
	b.within, b.formed = 6, true
	b.rules[1] = rules{votes: voting{half: true, least: 2, asideNum: 1, asideDen: 3}}
	for _, who := range []string{"a", "b", "c", "d", "e", "f"} {
		b.people[who] = &person{}
	}
	b.people["late"] = &person{in: time.Unix(1, 0)}
	for i, e := range entries {
		of := "selection/1"
		if e.kind == "term.begun" {
			of = "term/t_1"
		}
		if p := b.note(entry{n: int64(i + 1), kind: e.kind, by: e.by, of: of, data: e.data}); p != nil {
			return i
		}
	}
	return -1
}

// TestWhatIsChosenTogetherFollows: a true record holds, and whoever signs one that says anything else of a selection is found out.
func TestWhatIsChosenTogetherFollows(t *testing.T) {
	if at := read(t, chosen()); at >= 0 {
		t.Fatalf("a true record does not hold at %d: %+v", at, chosen()[at])
	}
	at := func(kind string, nth int) int {
		for i, e := range chosen() {
			if e.kind == kind {
				if nth--; nth == 0 {
					return i
				}
			}
		}
		t.Fatalf("there is no %s", kind)
		return 0
	}
	for name, change := range map[string]func(all []told) []told{
		"a lower quorum":           func(all []told) []told { all[0].data["quorum"] = int64(2); return all },
		"more active than members": func(all []told) []told { all[0].data["active"] = int64(60); return all },
		"it opens twice":           func(all []told) []told { return append(all, all[0]) },
		"a second name in a round": func(all []told) []told { return append(all[:3:3], append([]told{all[2]}, all[3:]...)...) },
		"a name after the order":   func(all []told) []told { return append(all, all[9]) },
		"a paper is left out":      func(all []told) []told { return append(all[:3:3], all[4:]...) },
		"another secret":           func(all []told) []told { all[at("selection.ordered", 1)].data["secret"] = "00"; return all },
		"another count": func(all []told) []told {
			all[at("selection.ordered", 1)].data["order"].([]any)[0].(map[string]any)["named"] = int64(5)
			return all
		},
		"the second is proposed first": func(all []told) []told { all[at("selection.proposed", 1)].data["turns"] = []any{int64(2)}; return all },
		"two for one seat": func(all []told) []told {
			all[at("selection.proposed", 1)].data["turns"] = []any{int64(1), int64(2)}
			return all
		},
		"on one's own name":                 func(all []told) []told { all[at("selection.answered", 1)].by = "b"; return all },
		"twice on one name":                 func(all []told) []told { all[at("selection.answered", 2)].by = "a"; return all },
		"an objection is passed over":       func(all []told) []told { all[at("selection.judged", 1)].data["how"] = ""; return all },
		"an objection is made up":           func(all []told) []told { all[at("selection.judged", 2)].data["how"] = "objected"; return all },
		"an answer is left out":             func(all []told) []told { i := at("selection.answered", 3); return append(all[:i:i], all[i+1:]...) },
		"somebody else says yes":            func(all []told) []told { all[at("selection.accepted", 1)].by = "d"; return all },
		"a term without a yes":              func(all []told) []told { i := at("selection.accepted", 1); return append(all[:i:i], all[i+1:]...) },
		"a term for somebody else":          func(all []told) []told { all[at("term.begun", 1)].data["member"] = "b"; return all },
		"agreed on without a term":          func(all []told) []told { i := at("term.begun", 1); return append(all[:i:i], all[i+1:]...) },
		"it failed although one was agreed": func(all []told) []told { all[at("selection.final", 1)].kind = "selection.failed"; return all },
		"refused by nobody":                 func(all []told) []told { all[at("selection.settled", 1)].data["how"] = "refused"; return all },
		"an entry of another kind":          func(all []told) []told { all[1].kind = "selection.won"; return all },
		"a term of no selection":            func(all []told) []told { all[at("term.begun", 1)].data["cause"] = "selection/2"; return all },
		"a name by who is no member":        func(all []told) []told { all[at("selection.named", 6)].by = "x"; return all },
		"an answer by who is no member":     func(all []told) []told { all[at("selection.answered", 4)].by = "x"; return all },
		"an answer by who came later":       func(all []told) []told { all[at("selection.answered", 4)].by = "late"; return all },
		"out who is no member": func(all []told) []told {
			all[at("selection.declined", 1)] = told{"selection.declined", "x", object{"member": "x"}}
			return all
		},
		"left who is there": func(all []told) []told {
			i := at("term.begun", 1)
			all[i+1].data["how"], all[i+2].kind = "left", "selection.failed"
			return append(all[:i:i], all[i+1:]...)
		},
		"said for somebody else": func(all []told) []told { all[at("selection.declined", 1)].data["member"] = "b"; return all },
	} {
		if read(t, change(chosen())) < 0 {
			t.Errorf("%s: nobody notices", name)
		}
	}
	b := newBook()
	b.only = "2026-001" // a file of one decision says nothing of selections
	for i, e := range chosen() {
		if p := b.note(entry{n: int64(i + 1), kind: e.kind, by: e.by, of: "selection/1", data: e.data}); p != nil {
			t.Error(fmt.Sprint(p))
		}
	}
}
