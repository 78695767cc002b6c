package verify_test

import (
	"testing"
	"time"

	"folkmoot/internal/verify"
)

// asked is a move as the record has it, from its being made to its end.
type asked struct {
	made, supported, put, decided data
	ruled                         data
}

// move adds entries about a move; what is nil is left out.
func (l *log) move(a asked) {
	for _, x := range []struct {
		kind string
		d    data
	}{{"move.made", a.made}, {"move.supported", a.supported}, {"move.put", a.put}, {"move.ruled", a.ruled}, {"move.decided", a.decided}} {
		if x.d == nil {
			continue
		}
		d := data{"meeting": "meeting/3", "move": 7}
		for k, v := range x.d {
			d[k] = v
		}
		if x.kind == "move.put" && d["closes"] == nil {
			d["closes"] = stamp(l.at.Add(90 * time.Second)) // an entry is a minute after the last
		}
		if x.kind == "move.put" {
			d["opens"] = stamp(l.at.Add(time.Minute))
		}
		l.add("", x.kind, "meeting/3", d)
	}
}

// TestMoves: what became of moves in a meeting follows from what the record says of them, and what does not is found.
func TestMoves(t *testing.T) {
	made := func(kind string) data {
		alone := kind == "more_time" || kind == "quorum" || kind == "rules_question"
		return data{"kind": kind, "whole": false, "ready": alone}
	}
	second := data{"support": 2, "ready": true}
	simple := data{"entitled": 8, "needs": "simple"}
	thirds := data{"entitled": 8, "needs": "two_thirds"}
	end := func(how string, yes, no int) data { return data{"how": how, "for": yes, "against": no} }
	for name, tt := range map[string]struct {
		a    asked
		good bool
	}{
		"a challenge":                      {asked{made: made("challenge"), supported: second, put: simple, decided: end("carried", 5, 3)}, true},
		"a tie leaves the ruling":          {asked{made: made("challenge"), supported: second, put: simple, decided: end("lost", 4, 4)}, true},
		"a tie overturns it":               {asked{made: made("challenge"), supported: second, put: simple, decided: end("carried", 4, 4)}, false},
		"two thirds":                       {asked{made: made("vote_now"), supported: second, put: thirds, decided: end("carried", 4, 2)}, true},
		"short of two thirds":              {asked{made: made("vote_now"), supported: second, put: thirds, decided: end("carried", 5, 3)}, false},
		"less than it takes":               {asked{made: made("vote_now"), supported: second, put: simple, decided: end("carried", 5, 3)}, false},
		"enough, and it is said to be not": {asked{made: made("replace"), supported: second, put: simple, decided: end("lost", 5, 3)}, false},
		"more than could vote":             {asked{made: made("replace"), supported: second, put: simple, decided: end("carried", 8, 1)}, false},
		"nobody supported it":              {asked{made: made("replace"), put: simple, decided: end("carried", 5, 3)}, false},
		"it was never put":                 {asked{made: made("replace"), supported: second, decided: end("carried", 5, 3)}, false},
		"open too long":                    {asked{made: made("more_time"), put: data{"entitled": 8, "needs": "simple", "closes": "2026-03-02T23:00:00.000Z"}, decided: end("carried", 5, 3)}, false},
		"supported twice at once":          {asked{made: made("replace"), supported: data{"support": 3, "ready": true}, decided: data{"how": "lapsed"}}, false},
		"taken back":                       {asked{made: made("replace"), decided: data{"how": "taken_back"}}, true},
		"taken back while people vote":     {asked{made: made("more_time"), put: simple, decided: data{"how": "taken_back"}}, false},
		"counted":                          {asked{made: made("quorum"), decided: data{"how": "done", "present": 5, "quorum": 3, "enough": true}}, true},
		"counted wrongly":                  {asked{made: made("quorum"), decided: data{"how": "done", "present": 2, "quorum": 3, "enough": true}}, false},
		"of another meeting":               {asked{made: made("more_time"), decided: data{"how": "lapsed", "meeting": "meeting/4"}}, false},
		"nobody supported it, so it fell":  {asked{made: made("more_time"), decided: data{"how": "fell"}}, true},
		"it was supported, and fell":       {asked{made: made("replace"), supported: second, decided: data{"how": "fell"}}, false},
		"a rules question fell":            {asked{made: made("rules_question"), decided: data{"how": "fell"}}, false},
		"nobody made it":                   {asked{decided: data{"how": "lapsed"}}, false},
		"a ruling":                         {asked{made: made("rules_question"), ruled: data{"ruling": "No.", "rule": "4"}}, true},
		"a ruling on something else":       {asked{made: made("more_time"), ruled: data{"ruling": "No.", "rule": "4"}}, false},
		"done by saying so":                {asked{made: made("adjourn"), decided: data{"how": "done"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t)
			l.begin()
			l.move(tt.a)
			r := check(t, l.file([]data{l.decide(1, open)}, nil))
			if tt.good {
				wantHolds(t, r)
				return
			}
			wantProblem(t, r, verify.Broken, "move")
		})
	}
}
