package tally

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math/big"
	"path/filepath"
	"slices"
	"strings"

	"folkmoot/internal/line"
)

// WriteText writes the sheet for people: what was counted, each stage with its figures, and who is elected. It returns the errors of w.
func (s *Sheet) WriteText(w io.Writer) error {
	var b bytes.Buffer
	t := &text{Sheet: s, w: &b, called: apart(s.Candidates, s.Budget != nil), elected: map[int]int{}, out: map[int]bool{}}
	t.head()
	t.costs()
	t.matrix()
	tall := true
	for i := range s.Stages {
		tall = t.stage(i, tall)
	}
	t.ranking()
	t.end()
	_, err := w.Write(b.Bytes())
	return err
}

// text is a sheet being written.
type text struct {
	*Sheet
	w       *bytes.Buffer
	called  []string     // what each candidate is called
	elected map[int]int  // by number: the stage, from 1
	out     map[int]bool // by number: excluded at an earlier stage
}

func (t *text) say(format string, args ...any) { fmt.Fprintf(t.w, format+"\n", args...) }

func (t *text) head() {
	switch {
	case t.Title != "":
		t.say("%s", t.Title)
	case t.File == "-":
		t.say("standard input")
	case t.File != "":
		t.say("%s", strings.Map(shown, filepath.Base(t.File)))
	}
	facts := []string{"Counted by " + t.Method}
	if t.Variant != "" {
		facts[0] += " (" + t.Variant + ")"
	}
	switch {
	case t.Budget != nil:
		facts = append(facts, "a budget of "+t.Budget.Money)
	case t.Outcome == "" && t.Method != fillMethodName:
		facts = append(facts, plural(t.Seats, "place", "places"))
	}
	facts = append(facts, line.Count(t.Valid, "valid paper"))
	if t.Papers > t.Valid {
		facts[len(facts)-1] += fmt.Sprintf(" of %d", t.Papers)
	}
	t.say("%s", strings.Join(facts, ", "))
	t.papers()
	if len(t.Withdrawn) > 0 {
		t.say("Withdrawn: %s.", t.names(t.Withdrawn, ", "))
	}
	if r := t.Reserved; r != nil {
		who := "nobody"
		if len(r.For) > 0 {
			who = t.names(r.For, ", ")
		}
		t.say("Reserved: %s for %s.", plural(r.Places, "place", "places"), who)
	}
	if t.RON > 0 {
		say := t.called[t.RON-1] + " stands for re-opening nominations"
		if t.Reserved != nil {
			say += ", and can take any place, a reserved one too"
		}
		t.say("%s.", say)
	}
	t.rule()
}

// rule says in words what the method and its variant are, for whoever knows neither by its name.
func (t *text) rule() {
	m, ok := Find(t.Method)
	if !ok {
		return
	}
	t.say("%s", m.Say)
	if v := m.Variant(t.Variant); v.Name != "" {
		t.say("Variant %s: %s.", v.Name, v.Say)
	}
}

// shown puts a question mark for what must not stand in a line.
func shown(r rune) rune {
	if hidden(r) {
		return '?'
	}
	return r
}

// papers says which papers are not valid, and which valid ones name nobody.
func (t *text) papers() {
	if r := t.Rejected; r != nil {
		var why []string
		for _, p := range []struct{ n, one, more string }{
			{r.Blank, "is blank", "are blank"},
			{r.Exhausted, "names nobody who stands", "name nobody who stands"},
			{r.Over, "gives one rank to several", "give one rank to several"},
			{r.Skipped, "leaves out the first rank", "leave out the first rank"},
			{r.Repeated, "names somebody again", "name somebody again"},
		} {
			switch p.n {
			case "":
			case "1":
				why = append(why, "1 "+p.one)
			default:
				why = append(why, p.n+" "+p.more)
			}
		}
		verb := "are"
		if t.Papers-t.Valid == 1 {
			verb = "is"
		}
		say := strings.Join(why, ", ")
		if len(why) == 1 {
			_, rest, _ := strings.Cut(say, " ")
			say = map[string]string{"are": "they ", "is": "it "}[verb] + rest
		}
		t.say("%s %s not valid: %s.", line.Count(t.Papers-t.Valid, "paper"), verb, say)
	}
	if t.Empty > 0 {
		what := map[string]string{"Project": "no project", "Value": "none of the values"}[t.who()]
		t.say("%s %s.", plural(t.Empty, "of the valid papers names", "of the valid papers name"), cmp.Or(what, "nobody who stands"))
	}
}

// plural writes how many there are of something, or do something.
func plural[N int | int64](n N, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// stage writes a stage, after an empty line unless it and the one before are single lines, and returns whether it has more than one.
func (t *text) stage(i int, tall bool) bool {
	st := t.Stages[i]
	if st.Action == Exclude && t.Method == qpqMethodName {
		clear(t.elected) // its count begins again
	}
	b := t.figures(i)
	var ties []string
	for _, tie := range t.Ties {
		if tie.Stage == i+1 || i == len(t.Stages)-1 && tie.Stage > i+1 {
			ties = append(ties, t.tie(tie))
		}
	}
	now := len(b.rows) > 1 || len(ties) > 0
	if now || tall {
		t.say("")
	}
	t.say("%d. %s", i+1, st.Say)
	for _, say := range ties {
		t.say("   %s", say)
	}
	b.writeTo(t.w)
	for _, n := range st.Elected {
		t.elected[n] = i + 1
	}
	for _, n := range st.Excluded {
		t.out[n] = true
	}
	return now
}

// figures returns the table of a stage. Of a count by transfers it has a line for everybody who is not out; where candidates stand side
// by side, for those only whose figure is another than before.
func (t *text) figures(i int) *table {
	st, before := t.Stages[i], []string(nil)
	if i > 0 && t.Stages[i-1].Figures == st.Figures {
		before = t.Stages[i-1].Votes
	}
	b := &table{right: []bool{true, false, true, true, false}}
	what := "Votes"
	if st.Figures != "" {
		what = strings.ToUpper(st.Figures[:1]) + st.Figures[1:]
	}
	b.add("No.", t.who(), what, "Moved", "")
	if st.Action == Skip || t.Method == fillMethodName || t.Budget != nil && slices.Equal(st.Votes, t.Budget.Support) {
		return b // it is all said
	}
	beside := t.Budget != nil && t.changes(st, before) // what is bought, beside those whose figure is another
	for c, v := range st.Votes {
		if slices.Contains(t.Withdrawn, c+1) || v == "" {
			continue
		}
		moved := moved(st, before, c)
		if t.shows(st, before, c, moved) || beside && slices.Contains(st.Elected, c+1) {
			b.add(fmt.Sprint(c+1), short(t.called[c]), v, moved, t.fate(st, c+1))
		}
	}
	t.rest(st, b)
	return b
}

// mostShort is how much of a name a stage has room for. The whole of it stands in the sentences.
const mostShort = 50

func short(name string) string {
	if runes := []rune(name); len(runes) > mostShort {
		return string(runes[:mostShort-1]) + "…"
	}
	return name
}

// changes says whether anybody has another figure than before.
func (t *text) changes(st Stage, before []string) bool {
	for c, v := range st.Votes {
		if v != "" && !slices.Contains(t.Withdrawn, c+1) && (c >= len(before) || before[c] != v) {
			return true
		}
	}
	return false
}

func (t *text) who() string {
	switch {
	case t.Budget != nil:
		return "Project"
	case t.Method == fillMethodName:
		return "Value"
	case t.Outcome != "":
		return "Answer"
	}
	return "Candidate"
}

// shows says whether the candidate has a line in the stage.
func (t *text) shows(st Stage, before []string, c int, moved string) bool {
	n, v := c+1, st.Votes[c]
	switch {
	case st.Action.transfers():
		return !t.out[n] || moved != "" || !isZero(v)
	case c >= len(before) || before[c] != v || slices.Contains(st.Excluded, n):
		return true
	}
	return t.Budget == nil && (slices.Contains(st.Of, n) || slices.Contains(st.Elected, n))
}

// fate says what has become of the candidate.
func (t *text) fate(st Stage, n int) string {
	switch {
	case slices.Contains(st.Elected, n) && t.Budget != nil:
		return "bought"
	case slices.Contains(st.Elected, n) && n == t.RON:
		return "takes a place"
	case t.Outcome != "":
		return ""
	case slices.Contains(st.Elected, n):
		return "elected"
	case slices.Contains(st.Excluded, n):
		return "excluded"
	case t.out[n]:
		return "out"
	case t.elected[n] > 0:
		return fmt.Sprintf("elected at stage %d", t.elected[n])
	}
	return ""
}

// rest adds what has come to nobody, and all of it together.
func (t *text) rest(st Stage, b *table) {
	if !st.Action.transfers() || st.Nontransferable == "" || len(b.rows) == 1 {
		return
	}
	if st.Undeclared != "" && !isZero(st.Undeclared) {
		b.add("", "people who are not candidates", st.Undeclared, "", "")
	}
	if st.Figures != "" {
		if !isZero(st.Nontransferable) {
			b.add("", "papers that count for nobody", st.Nontransferable, "", "")
		}
		return
	}
	left := st.Nontransferable
	if st.Rounding != "" {
		left = difference(left, st.Rounding)
	}
	if !isZero(left) {
		b.add("", "not transferable", left, "", "")
	}
	if st.Rounding != "" {
		b.add("", "rounding", st.Rounding, "", "")
	}
	all := fmt.Sprint(t.Valid)
	if _, part, ok := strings.Cut(st.Nontransferable, "."); ok {
		all += "." + strings.Repeat("0", len(part))
	}
	b.add("", "total", all, "", "")
}

func isZero(figure string) bool { return strings.Trim(figure, "-0.") == "" }

// difference returns a less b, which are figures, with as many decimals as a has; "" if one is none.
func difference(a, b string) string {
	x, ok := new(big.Rat).SetString(a)
	y, too := new(big.Rat).SetString(b)
	if !ok || !too {
		return ""
	}
	_, part, _ := strings.Cut(a, ".")
	return x.Sub(x, y).FloatString(len(part))
}

// moved returns what the candidate got or gave, with the sign, or "" if that is nothing.
func moved(st Stage, before []string, c int) string {
	m := ""
	switch {
	case c < len(st.Moved):
		m = st.Moved[c]
	case st.Action == Iterate && c < len(before):
		m = difference(st.Votes[c], before[c])
	}
	switch {
	case isZero(m):
		return ""
	case m[0] != '-':
		return "+" + m
	}
	return m
}

func (t *text) ranking() {
	if len(t.Ranking) == 0 || len(t.Elected) == 0 {
		return
	}
	t.say("\nIn order:")
	place, digits := 1, len(fmt.Sprint(len(t.Candidates)))
	for _, level := range t.Ranking {
		t.say("   %*d  %s", digits, place, t.names(level, " = "))
		place += len(level)
	}
}

func (t *text) names(ns []int, between string) string {
	var out []string
	for _, n := range ns {
		out = append(out, t.called[n-1])
	}
	if between == ", " && strings.Contains(strings.Join(out, ""), between) {
		between = "; " // a name has a comma of its own
	}
	return strings.Join(out, between)
}

// tieFor are the nouns for what candidates can be tied for, and what becomes of the one who is chosen.
var tieFor = map[string][2]string{
	string(Exclude):     {"exclusion", "%s was excluded"},
	string(Surplus):     {"transfer", "The surplus of %s was passed on first"},
	"election":          {"election", "%s was elected"},
	"order of election": {"order of election", "%s was elected first"},
	"order":             {"order", "%s came first"},
	"purchase":          {"purchase", "%s was bought"},
}

func (t *text) tie(tie Tie) string {
	what := tie.For
	if i := tie.Stage - 1; what == "election" && i < len(t.Stages) && !slices.ContainsFunc(tie.Among, func(n int) bool { return !slices.Contains(t.Stages[i].Elected, n) }) {
		what = "order of election" // all of them are elected
	}
	var among []string
	for _, n := range tie.Among {
		among = append(among, t.called[n-1])
	}
	said := tieFor[what]
	if tie.Chosen == t.RON && tie.For == "election" {
		said[1] = "%s took the place"
	}
	return fmt.Sprintf("Tie (%s): %s stood alike. "+said[1]+", %s.", said[0], list(among), t.called[tie.Chosen-1], tie.how())
}

// how says how a tie was broken.
func (t Tie) how() string {
	switch t.By {
	case ByEarlier:
		return fmt.Sprintf("by stage %d, at which they differed", t.From)
	case ByOrder:
		return "by the order of the list, because no lot was drawn"
	}
	return "by " + t.By
}

func (t *text) end() {
	t.say("")
	t.lot()
	for _, n := range t.Notes {
		t.say("%s", n)
	}
	switch {
	case t.Outcome != "":
		t.say("Outcome: %s.", strings.ReplaceAll(t.Outcome, "_", " "))
		return
	case t.Budget != nil && len(t.Elected) == 0:
		t.say("Nothing is bought.")
		return
	case t.Budget != nil:
		t.say("Bought: %s Spent: %s of %s.", stopped(t.names(t.Elected, ", ")), t.Budget.Spent, t.Budget.Money)
		return
	}
	if t.Method == fillMethodName {
		if len(t.Elected) > 0 {
			t.say("The blank is filled with %s", stopped(t.names(t.Elected, ", ")))
			return
		}
		t.say("No value fills the blank.")
		return
	}
	end := "Nobody is elected."
	if len(t.Elected) > 0 {
		end = "Elected: " + stopped(t.names(t.Elected, ", "))
	}
	switch {
	case t.Unfilled > 0 && t.elected[t.RON] > 0 && len(t.Elected)+len(t.Withdrawn)+1 < len(t.Candidates): // somebody could have been elected
		end += " " + plural(t.Unfilled, "place stays empty, because re-opening nominations has taken it.", "places stay empty, because re-opening nominations has taken one.")
	case t.Unfilled > 0:
		end += " " + plural(t.Unfilled, "place stays", "places stay") + " empty."
	}
	t.say("%s", end)
}

// stopped ends a sentence with names, of which the last can end with a full stop of its own.
func stopped(names string) string { return strings.TrimSuffix(names, ".") + "." }

// list writes names one after the other.
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
