package rulebook

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/lang"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// catalogue reads this package's sentences in one language; of a plural, the form for several.
func catalogue(t *testing.T, tag string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("../lang/" + tag + "/rulebook.json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for id, v := range raw {
		switch v := v.(type) {
		case string:
			out[id] = v
		case map[string]any:
			one, other := v["one"].(string), v["other"].(string)
			if one == "" || other == "" {
				t.Errorf("%s: %s lacks a form", tag, id)
			}
			out[id] = other
		}
	}
	return out
}

// saidIDs is every message id this package can say, with the names of the values it gives.
func saidIDs(t *testing.T) map[string][]string {
	t.Helper()
	said := map[string][]string{}
	add := func(m lang.Msg) {
		var names []string
		for k := range m.Args {
			if k == "Count" {
				k = "N"
			}
			names = append(names, k)
		}
		said[m.ID] = names
	}
	for _, p := range Params() {
		add(p.Name())
		add(p.Why())
		for _, v := range p.allKinds() {
			r := preset(t, Branch)
			if err := p.set(&r, v); err != nil {
				t.Fatal(err)
			}
			add(p.Say(r))
			agreeing := preset(t, Affinity)
			for _, r := range []Rules{r, agreeing} {
				if m := p.Meanwhile(r); !m.IsZero() {
					add(m)
				}
			}
		}
		for _, w := range p.Choices {
			add(p.ChoiceName(w))
		}
	}
	for _, k := range []Kind{Days, Hours, Minutes, Seconds} {
		add(timeMsg(k, 61))
	}
	for _, n := range []int{7, 60, 365} {
		add(timeMsg(Days, n))
	}
	for n := 2; n <= 12; n++ {
		add(inWords(n).(lang.Msg))
	}
	add(shareMsg(Fraction{2, 3}))
	for _, p := range Parts() {
		add(p.Title())
	}
	for _, g := range Floor() {
		add(g.Say())
	}
	for _, m := range append(Refusals(), Limits()...) {
		add(m)
	}
	for tier := TierFloor; tier <= TierPractice; tier++ {
		add(TierName(tier))
		for _, n := range Names() {
			add(preset(t, n).HowToChange(tier, 30))
		}
	}
	return said
}

// allKinds is one value for every sentence the rule can be said in.
func (p Param) allKinds() (vs []Value) {
	for _, w := range p.Choices {
		vs = append(vs, Value{Word: string(w)})
	}
	switch p.Kind {
	case Choice:
	case Share:
		vs = append(vs, Value{Word: p.Low.String()})
		if p.Off {
			vs = append(vs, Value{Word: "none"})
		}
	case Levels:
		for n := p.Min; n <= p.Max; n++ {
			vs = append(vs, Value{Number: n})
		}
	default:
		vs = append(vs, Value{Number: p.Max})
		if p.Off {
			vs = append(vs, Value{})
		}
	}
	return vs
}

var hole = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func holes(s string) (names []string) {
	for _, m := range hole.FindAllStringSubmatch(s, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return names
}

// TestEverythingIsSaidInEveryLanguage: each rule, tier, guarantee, refusal and limit has its text in both catalogues, with
// the same values, and only values that are given; and there is no text that nothing says.
func TestEverythingIsSaidInEveryLanguage(t *testing.T) {
	en, es := catalogue(t, "en"), catalogue(t, "es")
	said := saidIDs(t)
	for id, given := range said {
		if strings.TrimSpace(en[id]) == "" || strings.TrimSpace(es[id]) == "" {
			t.Errorf("%s is not in both catalogues", id)
			continue
		}
		if diff := cmp.Diff(holes(en[id]), holes(es[id])); diff != "" {
			t.Errorf("%s has other values in es (-en +es):\n%s", id, diff)
		}
		for _, h := range holes(en[id]) {
			if !slices.Contains(given, h) {
				t.Errorf("%s wants %s, which is not given", id, h)
			}
		}
	}
	for id := range en {
		if _, ok := said[id]; !ok && !strings.HasPrefix(id, "rule.breach.") {
			t.Errorf("nothing says %s", id)
		}
	}
	for n, want := range map[string]int{"floor.G": 20, "refusal.": 18, "limit.": 5} {
		got := 0
		for id := range en {
			if strings.HasPrefix(id, n) {
				got++
			}
		}
		if got != want {
			t.Errorf("%d texts of %s, want %d", got, n, want)
		}
	}
}

// TestSentencesAreShort: at most 20 words in a sentence, 24 in Spanish, whose words are shorter apart.
func TestSentencesAreShort(t *testing.T) {
	ends := regexp.MustCompile(`[.?!]+(\s|$)`)
	for tag, most := range map[string]int{"en": 20, "es": 24} {
		for id, text := range catalogue(t, tag) {
			for _, s := range ends.Split(text, -1) {
				if n := len(strings.Fields(s)); n > most {
					t.Errorf("%s %s: %d words: %s", tag, id, n, s)
				}
			}
		}
	}
}

// TestOnlyPlainWords keeps the traditional terms, and everything that ranks people, out of the rules page.
func TestOnlyPlainWords(t *testing.T) {
	jargon := regexp.MustCompile(`(?i)\b(motion|amendment|quorum|chair|chairman|chairperson|minutes of|seconder|sortition|STV|AV|resolution|moción|enmienda|quórum|presidente|veto)\b`)
	for _, tag := range []string{"en", "es"} {
		for id, text := range catalogue(t, tag) {
			if id == "refusal.3" && tag == "es" {
				continue // «resolución» there is a ruling
			}
			if m := jargon.FindString(hole.ReplaceAllString(text, "")); m != "" {
				t.Errorf("%s %s says %q: %s", tag, id, m, text)
			}
		}
	}
}

// TestVoicesSayAnyRules puts whole rulebooks into words.
func TestVoicesSayAnyRules(t *testing.T) {
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := anyRules(t)
		voice := c.Voice(rapid.SampledFrom(c.Tags()).Draw(t, "language"))
		msgs := []lang.Msg{}
		for _, p := range Params() {
			msgs = append(msgs, p.Say(r))
		}
		for tier := range 4 {
			msgs = append(msgs, r.HowToChange(tier, rapid.IntRange(3, 500).Draw(t, "active")))
		}
		for _, b := range r.Check() {
			msgs = append(msgs, b.Say)
		}
		for _, m := range msgs {
			if s := voice.Say(m); s == m.ID || strings.Contains(s, "<no value>") || strings.Contains(s, "rule.") || strings.Contains(s, "{{") {
				t.Fatalf("%s says %q", m.ID, s)
			}
		}
	})
}

// TestEveryBreachIsSaid: every way to be out of bounds has its sentence, and every such sentence is used.
func TestEveryBreachIsSaid(t *testing.T) {
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	broken := []Rules{}
	for _, p := range Params() {
		for _, e := range p.edges() {
			r := preset(t, Federation)
			if err := p.set(&r, e.v); err != nil {
				t.Fatal(err)
			}
			broken = append(broken, r)
		}
	}
	for _, change := range []func(*Rules){
		func(r *Rules) { r.DecideDefault = "chair" },
		func(r *Rules) { r.Office.WindowDays = 90 },
		func(r *Rules) { r.Delegates = DelegateRules{} },
		func(r *Rules) { r.Constitution.Fallback = Fraction{3, 4} },
		func(r *Rules) { r.Constitution.Then = None },
	} {
		r := preset(t, Federation)
		change(&r)
		broken = append(broken, r)
	}
	said := map[string]bool{}
	for _, r := range broken {
		for _, b := range r.Check() {
			said[b.Say.ID] = true
			for _, tag := range c.Tags() {
				if s := c.Voice(tag).Say(b.Say); s == b.Say.ID || strings.Contains(s, "<no value>") {
					t.Fatalf("%s says %q", b.Say.ID, s)
				}
			}
		}
	}
	for id := range catalogue(t, "en") {
		if strings.HasPrefix(id, "rule.breach.") && !said[id] {
			t.Errorf("no breach says %s", id)
		}
	}
}

func TestSayInWords(t *testing.T) {
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		preset   Name
		key, tag string
		want     string
	}{
		{Affinity, "voting_wait_days", "en", "You can vote, speak and propose as soon as you join."},
		{Branch, "voting_wait_days", "en", "You can vote two weeks after you join; you can speak and propose at once."},
		{Affinity, "table_support", "en", "A proposal goes to the group at once; its author’s own support is enough."},
		{Branch, "table_support", "es", "Una propuesta llega al grupo con 2 apoyos, contando a quien la hace."},
		{Federation, "table_support", "en", "A proposal goes forward once one branch backs it, or enough members do; never more than 20."},
		{Branch, "online_vote_hours", "en", "An online vote stays open for at least one week and closes at 8 in the evening."},
		{Branch, "speech_seconds.last_word", "es", "La última palabra antes de votar dura hasta un minuto y no añade nada nuevo."},
		{Branch, "consensus.fallback", "en", "If a block remains, a vote decides; it needs at least 2 of every 3 votes, leaving out abstentions."},
		{Branch, "office.window_days", "en", "For the longest total in a role, the last three years are counted."},
		{Branch, "office.cooling_days", "es", "Después de un cargo esperas un año antes de volver a uno de ese tipo."},
		{Branch, "office.term_days", "en", "A role lasts six months (180 days) and then ends by itself."},
		{Branch, "working_group_days", "es", "Un grupo de trabajo acaba a los seis meses (180 días), salvo que el grupo lo renueve."},
		{Branch, "office.understudy_by_fraction", "en", "By 1/3 of a term, someone is learning beside the holder."},
		{Affinity, "consensus.resolution_meetings", "en", "After a block there are up to 2 meetings to find a way through."},
		{Branch, "consensus.resolution_meetings", "es", "Tras un bloqueo hay 1 reunión para buscar una salida."},
	} {
		p, ok := ParamOf(tt.key)
		if !ok {
			t.Fatalf("no rule %s", tt.key)
		}
		if got := c.Voice(tt.tag).Say(p.Say(preset(t, tt.preset))); got != tt.want {
			t.Errorf("%s, %s: %q, want %q", tt.preset, tt.key, got, tt.want)
		}
	}
	r := preset(t, Branch)
	r.OnlineVoteHours = 50
	p, _ := ParamOf("online_vote_hours")
	if got := c.Voice("en").Say(p.Say(r)); !strings.Contains(got, strconv.Itoa(50)+" hours") {
		t.Error(got)
	}
}

func TestTimesAreSaidInTheLargestWholeUnit(t *testing.T) {
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		k      Kind
		n      int
		en, es string
	}{
		{Days, 1, "one day", "un día"},
		{Days, 5, "five days", "cinco días"},
		{Days, 7, "one week", "una semana"},
		{Days, 13, "13 days", "13 días"},
		{Days, 84, "twelve weeks", "doce semanas"},
		{Days, 30, "30 days", "30 días"},
		{Days, 90, "three months (90 days)", "tres meses (90 días)"},
		{Days, 540, "18 months (540 days)", "18 meses (540 días)"},
		{Days, 365, "one year", "un año"},
		{Days, 1095, "three years", "tres años"},
		{Hours, 168, "one week", "una semana"},
		{Hours, 50, "50 hours", "50 horas"},
		{Seconds, 180, "three minutes", "tres minutos"},
	} {
		m := timeMsg(tt.k, tt.n)
		if en, es := c.Voice("en").Say(m), c.Voice("es").Say(m); en != tt.en || es != tt.es {
			t.Errorf("%d %s: %q and %q, want %q and %q", tt.n, tt.k, en, es, tt.en, tt.es)
		}
	}
}

// TestRulesThatWaitSaySo: whatever in a set of rules names something that this version does not do is either a rule that
// waits, or says what holds meanwhile.
func TestRulesThatWaitSaySo(t *testing.T) {
	absent := regexp.MustCompile(`(?i)\b(delegates?|branch(es)?|conference|panel|working groups?|emergency|everyone can live with)\b`)
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range Names() {
		r, used := preset(t, n), 0
		for _, p := range Params() {
			if p.Waits(r) {
				continue
			}
			used++
			say := c.Voice("en").Say(p.Say(r))
			if m := absent.FindString(say); m != "" && p.Meanwhile(r).IsZero() {
				t.Errorf("%s, %s: says %q and not that it waits: %s", n, p.Key, m, say)
			}
		}
		if used < 10 || used > 50 {
			t.Errorf("%s: %d rules are used", n, used)
		}
	}
}
