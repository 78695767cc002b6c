package web

import (
	"cmp"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
)

// Rank is where a voter puts options in order: part "rank". Each option has a number field, which a script may fill in for them
// (assets/js/rank.js), so that a paper is the same paper however it was filled in.
type Rank struct {
	Name    string   // of the whole; "rank" if empty
	Ask     lang.Msg // "Whom would you like to do this?"
	Options []RankOption
	Wrong   lang.Msg // what is wrong with the order as a whole
}

// RankOption is one option of a Rank, in the order shown, which the caller draws anew for each voter.
type RankOption struct {
	ID    string // letters, digits and "-"
	Name  lang.Msg
	Line  lang.Msg // under the name
	Link  Link     // to more about it; zero: none
	Typed string   // what stands in its field
	Wrong lang.Msg
}

// maxRank is the highest number that may be written. Gaps are fine, so it does not depend on how many options there are.
const maxRank = 999

// Field returns the name of the whole. Names of number fields are this, "." and the option's id.
func (r Rank) Field() string {
	if r.Name == "" {
		return "rank"
	}
	return r.Name
}

// Fields returns the names of all fields in the order they have on the page.
func (r Rank) Fields() []string {
	out := []string{r.Field()}
	for _, o := range r.Options {
		out = append(out, r.Field()+"."+o.ID)
	}
	return out
}

// Places returns the numbers from 1 to that of the last option.
func (r Rank) Places() []int {
	out := make([]int, len(r.Options))
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// Size returns how long the numbers of all options are together at their longest, if they are written without gaps. The script
// fills a field that means nothing up to it, so that whoever sees only sizes does not see how many were ranked (security.md §1.2, T7).
func (r Rank) Size() int { return len(r.Options) * len(strconv.Itoa(len(r.Options))) }

// read takes the numbers from a form and returns the ids of the options that have one, the most wanted first. What was typed
// stays in r, and so does what is wrong with it; the error is a fault.Invalid that names each field to mend.
func (r *Rank) read(form url.Values) ([]string, error) {
	wrong := map[string]lang.Msg{}
	at := map[int][]RankOption{}
	for i := range r.Options {
		o := &r.Options[i]
		all := form[r.Field()+"."+o.ID]
		o.Typed = strings.TrimSpace(strings.Join(all, " "))
		n, ok := rankNumber(o.Typed)
		switch {
		case o.Typed == "":
		case !ok:
			wrong[r.Field()+"."+o.ID] = lang.M("rank.number", "Name", o.Name, "Most", maxRank)
		default:
			at[n] = append(at[n], *o)
		}
	}
	for n, same := range at {
		if len(same) > 1 {
			for _, o := range same {
				wrong[r.Field()+"."+o.ID] = lang.M("rank.equal", "Number", n, "Names", listed(same))
			}
		}
	}
	switch {
	case r.hasStrangers(form):
		wrong[r.Field()] = lang.M("rank.changed")
	case len(at) == 0 && len(wrong) == 0:
		wrong[r.Field()] = lang.M("rank.none")
	}
	r.refuse(wrong)
	if len(wrong) > 0 {
		return nil, fault.Form(wrong)
	}
	order := make([]string, 0, len(at))
	for _, n := range slices.Sorted(maps.Keys(at)) {
		order = append(order, at[n][0].ID)
	}
	return order, nil
}

// rankNumber reads a number as it is written in a field.
func rankNumber(s string) (n int, ok bool) {
	if strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= maxRank
}

// listed joins the names of at least one option into one sentence.
func listed(options []RankOption) lang.Msg {
	all := options[0].Name
	for _, o := range options[1:] {
		all = lang.M("rank.list", "First", all, "Next", o.Name)
	}
	return all
}

// hasStrangers tells whether the form ranks what is not on this paper. To pass over it would change what the voter meant.
func (r *Rank) hasStrangers(form url.Values) bool {
	known := r.Fields()
	for name, all := range form {
		if strings.HasPrefix(name, r.Field()+".") && !slices.Contains(known, name) && strings.TrimSpace(strings.Join(all, "")) != "" {
			return true
		}
	}
	return false
}

// refuse puts what is wrong beside the fields.
func (r *Rank) refuse(wrong map[string]lang.Msg) {
	r.Wrong = wrong[r.Field()]
	for i := range r.Options {
		r.Options[i].Wrong = wrong[r.Field()+"."+r.Options[i].ID]
	}
}

// problems returns what is wrong beside the fields, by field.
func (r *Rank) problems() map[string]lang.Msg {
	out := map[string]lang.Msg{}
	if !r.Wrong.IsZero() {
		out[r.Field()] = r.Wrong
	}
	for _, o := range r.Options {
		if !o.Wrong.IsZero() {
			out[r.Field()+"."+o.ID] = o.Wrong
		}
	}
	return out
}

// sent is an order as the form that casts it sends it: the ids, an empty one, and those not ranked. It is as long whatever the
// order is, or its size would tell how many were ranked (security.md §1.2, T7).
func (r *Rank) sent(order []string) string {
	return strings.Join(slices.Concat(order, []string{""}, r.unranked(order)), ".")
}

// received reads what sent wrote. An order that sent does not write for these options is fault.Invalid.
func (r *Rank) received(s string) ([]string, error) {
	ids := strings.Split(s, ".")
	// A name that is there twice, or is none of ours, would make the list longer.
	if end := slices.Index(ids, ""); end > 0 {
		if order := ids[:end:end]; r.sent(order) == s && len(ids) == len(r.Options)+1 {
			return order, nil
		}
	}
	return nil, fault.Form(map[string]lang.Msg{r.Field(): lang.M("rank.changed")})
}

// unranked returns the ids that are not in the order, sorted, so that nothing tells in which order they were shown.
func (r *Rank) unranked(order []string) []string {
	var rest []string
	for _, o := range r.Options {
		if !slices.Contains(order, o.ID) {
			rest = append(rest, o.ID)
		}
	}
	slices.Sort(rest)
	return rest
}

// Ranked says an order in words before it is cast: part "ranked".
type Ranked struct {
	Order []Placed   // the most wanted first
	Rest  []lang.Msg // names of what was not ranked, in the order shown
	Fill  string     // spaces, which make the part as long whatever the order is
}

// Placed is an option that was ranked. At counts from 1.
type Placed struct {
	At   int
	Name lang.Msg
}

// ranked returns the order in words for a reader of the language. The order holds ids of this paper.
func (r *Rank) ranked(v *lang.Voice, order []string) Ranked {
	var out Ranked
	shown := slices.Clone(r.Options)
	slices.SortStableFunc(shown, func(a, b RankOption) int { return cmp.Compare(rankIn(order, a.ID), rankIn(order, b.ID)) })
	for i, o := range shown {
		if i < len(order) {
			out.Order = append(out.Order, Placed{i + 1, o.Name})
			continue
		}
		out.Rest = append(out.Rest, o.Name)
		out.Fill += blank(v.Nth("rank.choice", i+1))
	}
	if len(out.Rest) > 0 {
		out.Fill += blank(v.T("rank.check.none"))
	}
	return out
}

// rankIn returns where the id stands in the order; what is not in it comes last.
func rankIn(order []string, id string) int {
	if i := slices.Index(order, id); i >= 0 {
		return i
	}
	return len(order)
}

// blank returns as many spaces as the words have bytes on a page.
func blank(words string) string { return strings.Repeat(" ", len(template.HTMLEscapeString(words))) }
