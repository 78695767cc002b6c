package consent

import (
	"slices"
	"testing"

	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// TestRank: each writer counts once, by their last name; then more in the first round come first; then the lot.
func TestRank(t *testing.T) {
	refs := map[member.ID]string{1: "m_a", 2: "m_b", 3: "m_c", 4: "m_d", 5: "m_e"}
	nobody := func(member.ID) bool { return false }
	first := func(pairs ...member.ID) (out []Paper) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, Paper{Round: FirstRound, By: pairs[i], Named: pairs[i+1]})
		}
		return out
	}
	then := func(papers []Paper, pairs ...member.ID) []Paper {
		for i := 0; i < len(pairs); i += 2 {
			papers = append(papers, Paper{Round: ChangeRound, By: pairs[i], Named: pairs[i+1]})
		}
		return papers
	}
	for name, tt := range map[string]struct {
		papers []Paper
		out    []member.ID
		gone   member.ID
		want   []member.ID
	}{
		"the most named":                        {papers: first(1, 2, 3, 2, 4, 5), want: []member.ID{2, 5}},
		"the last name counts":                  {papers: then(first(1, 2, 3, 2, 4, 5), 1, 5, 3, 5), want: []member.ID{5}},
		"the first round decides between equal": {papers: then(first(1, 2, 3, 2, 4, 5, 5, 2), 1, 5), want: []member.ID{2, 5}},
		"who is out counts for nobody":          {papers: first(1, 2, 3, 2, 4, 5), out: []member.ID{2}, want: []member.ID{5}},
		"a second name for who is out":          {papers: then(first(1, 5, 3, 4), 1, 2), out: []member.ID{2}, want: []member.ID{4}},
		"who has left":                          {papers: first(1, 2, 3, 2, 4, 5), gone: 2, want: []member.ID{5}},
		"what who has left wrote":               {papers: first(1, 2, 3, 2, 4, 5, 5, 5), gone: 1, want: []member.ID{5, 2}},
		"nobody":                                {},
	} {
		t.Run(name, func(t *testing.T) {
			there := map[member.ID]string{}
			for id, ref := range refs {
				if id != tt.gone {
					there[id] = ref
				}
			}
			out := nobody
			if tt.out != nil {
				out = func(id member.ID) bool { return slices.Contains(tt.out, id) }
			}
			var got []member.ID
			for i, n := range rank(tt.papers, there, out, []byte("secret")) {
				if got = append(got, n.Member); n.Turn != i+1 {
					t.Errorf("turn %d at %d", n.Turn, i+1)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}

	// Where all is equal, the secret decides, each way with some secret, and the order of papers never does.
	tie := first(1, 2, 2, 1, 3, 4, 4, 3)
	orders := map[member.ID]bool{}
	for i := range 60 {
		secret := []byte{byte(i), 7}
		a := rank(tie, refs, nobody, secret)
		slices.Reverse(tie)
		b := rank(tie, refs, nobody, secret)
		if !slices.Equal(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
		orders[a[0].Member] = true
	}
	if len(orders) != 4 {
		t.Errorf("only %v ever come first", orders)
	}
}

// TestJudge: silence counts for nothing but the quorum, one objection is enough, and so is more than a third that stands aside.
func TestJudge(t *testing.T) {
	rules, _ := rulebook.Preset(rulebook.Affinity)
	for _, tt := range []struct {
		quorum int
		Count
		want How
	}{
		{2, Count{}, Few}, {2, Count{Agree: 1}, ""}, {2, Count{Aside: 1}, Aside}, {2, Count{Object: 1}, Objected},
		{4, Count{Agree: 2}, Few}, {4, Count{Agree: 3}, ""}, {4, Count{Agree: 2, Object: 1}, Objected}, {4, Count{Object: 2}, Few},
		{2, Count{Agree: 2, Aside: 1}, ""}, {2, Count{Agree: 3, Aside: 2}, Aside}, {2, Count{Agree: 9, Object: 1}, Objected},
	} {
		if got := (Selection{Quorum: tt.quorum}).judge(tt.Count, rules); got != tt.want {
			t.Errorf("%+v of %d: %q, want %q", tt.Count, tt.quorum, got, tt.want)
		}
	}
}
