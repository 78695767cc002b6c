package archtest

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// thing is what a refusal is about, as it would show: in the address of a page, in the name of a table or a column, in a sentence on the screen.
// Each has something that it would notice.
type thing struct {
	routes, schema, words string // what is looked for there; "": nothing
	tries                 map[string]string
}

// refused is what the program must never grow, by the line that refuses it. What the lines also say of how things are done is tested where they
// are done; see promises.
var refused = map[string]thing{
	"floor.G1":  {schema: `weight_of_vote|vote_weight|votes_per|shares?_held`, tries: try{"schema": "vote_weight"}},
	"floor.G5":  {routes: `/(approve|permit|authori[sz]e)\b`, schema: `approved_by|permitted_by|allowed_by`, tries: try{"routes": "/g/:group/proposals/:n/approve", "schema": "approved_by"}},
	"floor.G12": {words: `(?i)\b(you|we|they|side|supporters) (have |has )?(won|prevailed)\b|\b(has|have) won\b|\b(triumph\w*|landslide|defeated)\b`, tries: try{"words": "We have won"}},
	"floor.G14": {routes: `/(expel|suspend|exclude|ban|kick|dismiss)\b`, schema: `expelled|suspended|banned|excluded`, tries: try{"routes": "/g/:group/people/:member/expel", "schema": "suspended_until"}},
	"floor.G15": {schema: `attendance|last_seen|last_active|participation|engagement`, tries: try{"schema": "last_seen_at"}},
	"floor.G16": {routes: `/rules/[^:].*`, schema: `rule_overrides?|rule_exceptions?`, tries: try{"routes": "/g/:group/rules/change", "schema": "rule_overrides"}},
	"floor.G17": {routes: `/founder\b`, schema: `founder_until|founder_again|refounded`, tries: try{"routes": "/g/:group/founder", "schema": "founder_until"}},
	"floor.G18": {schema: `casting_vote|tie_breaker`, words: `(?i)(chair|facilitator)\w* (has|have|gets?) (a|the) casting vote|second vote of the chair`, tries: try{"schema": "casting_vote", "words": "The chair has a casting vote"}},

	"refusal.1":  {routes: `/(close|extend|postpone|pause|reopen|override|veto|break-tie)\b`, schema: `extended_by|closed_by|overrid|vetoed`, tries: try{"routes": "/g/:group/proposals/:n/vote/close", "schema": "closed_by"}},
	"refusal.2":  {routes: `/(renew|prolong|reappoint)\b`, schema: `auto_?renew|renewed|indefinite|open_ended`, tries: try{"routes": "/g/:group/powers/:role/renew", "schema": "auto_renew"}},
	"refusal.3":  {routes: `/(grant|appoint|assign|hide|reorder|pin|mute|silence|lock|moderat\w+)\b`, schema: `hidden|pinned|muted|locked_by|appointed_by|granted_by|moderat`, tries: try{"routes": "/g/:group/talk/:post/hide", "schema": "hidden_at"}},
	"refusal.4":  {routes: `/(decisions|record|vote|dissent)(/:\w+)?/(edit|delete)\b`, schema: `deleted_at|edited_by`, tries: try{"routes": "/g/:group/decisions/:number/edit", "schema": "deleted_at"}},
	"refusal.6":  {routes: `/(ranking|scores?|inactive|activity|leaders)\b`, schema: `score\b|karma|reputation|engagement|inactive|not_voted|activity_count`, words: `(?i)\b(has|have) not voted( yet)?: |most active|least active|inactive members`, tries: try{"routes": "/g/:group/inactive", "schema": "karma", "words": "The most active members"}},
	"refusal.7":  {routes: `/(badges?|points|streaks?|levels?|leaderboard)\b`, schema: `badge|streak|leader_?board|achievement|points_earned`, words: `(?i)\b(badges?|streaks?|level up|achievements?|trophy)\b`, tries: try{"routes": "/me/badges", "schema": "badges", "words": "You earned a badge"}},
	"refusal.8":  {routes: `/(top|hot|popular|trending)\b`, schema: `likes?\b|upvotes|downvotes|reactions?\b|popularity`, words: `(?i)most popular|trending`, tries: try{"routes": "/g/:group/proposals/top", "schema": "upvotes", "words": "Trending now"}},
	"refusal.9":  {schema: `segment|audience|cohort|experiment|variant\b`, tries: try{"schema": "audience"}},
	"refusal.10": {schema: `victory|is_win\b|success\b`, words: `(?i)\bvictor(y|ies|ious)\b|\bsuccess(ful|fully)?\b|\bcongratulations\b`, tries: try{"schema": "victory", "words": "A victory for us"}},
	"refusal.12": {routes: `/(expel|suspend|mute|ban|kick|remove-member)\b`, schema: `muted|banned|expelled|suspended`, tries: try{"routes": "/g/:group/people/:member/mute", "schema": "banned_at"}},
	"refusal.13": {routes: `/(delegat\w+|prox(y|ies))\b`, schema: `delegat|proxy|proxies|transferred_vote`, tries: try{"routes": "/me/delegate", "schema": "delegations"}},
	"refusal.14": {schema: `gender|\brace\b|ethnic|disab|religio|sexual|pronoun|birth|nationality|\bage\b`, words: `(?i)your (gender|race|ethnicity|disability|religion|age|pronouns)`, tries: try{"schema": "gender", "words": "Choose your gender"}},
	"refusal.15": {routes: `/(survey|poll|bundle|ratify-all)s?\b`, schema: `survey|bundle|rule_batch`, tries: try{"routes": "/g/:group/survey", "schema": "bundle_id"}},
	"refusal.16": {schema: `auto_?(accept|approv|carr)|tacit|deemed|presumed`, words: `(?i)if nobody objects|unless (somebody|anybody|someone) objects|silence (is|means|counts as)`, tries: try{"schema": "auto_accept_at", "words": "It is carried unless somebody objects"}},
	"refusal.17": {routes: `/(phone|app-store|analytics|track\w*)\b`, schema: `phone|real_name|legal_name|device_id|advertising`, words: `(?i)(enter|type|give|add)( us)? your (phone|(real|legal) name)`, tries: try{"routes": "/me/phone", "schema": "phone", "words": "Enter your real name"}},
	"refusal.18": {routes: `/export/(request|approve|pay)`, schema: `export_(lock|limit|approv)`, tries: try{"routes": "/g/:group/record/export/request", "schema": "export_locked"}},
}

type try = map[string]string

// except are sentences that speak of a thing because they refuse it.
func except(id string) bool {
	for _, p := range []string{"floor.", "refusal.", "people.later.", "limit.", "rule."} {
		if strings.HasPrefix(id, p) {
			return true
		}
	}
	return false
}

// TestWhatIsRefusedIsNotThere looks for each thing that the program refuses in all addresses, tables, columns and sentences.
func TestWhatIsRefusedIsNotThere(t *testing.T) {
	places := map[string][]string{"routes": addresses(t), "schema": schema(t)}
	for id, say := range words(t) {
		if !except(id) {
			places["words"] = append(places["words"], say)
		}
	}
	for name, found := range places {
		if len(found) < 50 {
			t.Fatalf("only %d %s: this test looks in the wrong place", len(found), name)
		}
	}
	for line, x := range refused {
		for place, pattern := range map[string]string{"routes": x.routes, "schema": x.schema, "words": x.words} {
			if (pattern == "") != (x.tries[place] == "") {
				t.Errorf("%s: what is looked for in %s is not tried out", line, place)
			}
			if pattern == "" {
				continue
			}
			re := regexp.MustCompile(pattern)
			if !re.MatchString(x.tries[place]) {
				t.Errorf("%s: nobody notices %q", line, x.tries[place])
			}
			for _, s := range places[place] {
				if re.MatchString(s) {
					t.Errorf("%s is broken by %q in the %s", line, s, place)
				}
			}
		}
	}
}

var address = regexp.MustCompile(`\{(?:get|post), "([^"]+)"`)

// addresses is every address that the server answers at.
func addresses(t *testing.T) (out []string) {
	t.Helper()
	text, err := os.ReadFile(root + "/web/routes.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range address.FindAllSubmatch(text, -1) {
		out = append(out, string(m[1]))
	}
	return out
}

var (
	newTable  = regexp.MustCompile(`(?i)CREATE TABLE (\w+)`)
	newColumn = regexp.MustCompile(`(?m)^  ([a-z_]+) +(?:INTEGER|BIGINT|TEXT|BLOB|BYTEA)\b|ADD COLUMN (\w+)`)
)

// schema is the name of every table and column.
func schema(t *testing.T) (out []string) {
	t.Helper()
	eachFile(t, func(name string, text []byte) {
		if !strings.HasPrefix(name, "internal/db/migrations/") {
			return
		}
		for _, re := range []*regexp.Regexp{newTable, newColumn} {
			for _, m := range re.FindAllStringSubmatch(string(text), -1) {
				out = append(out, strings.Join(m[1:], ""))
			}
		}
	})
	return out
}

// callers returns the functions that mention the name in the package, but for the one that declares it.
func callers(all []source, home, name string) (out []string) {
	for _, f := range functions(all) {
		if f.Path == home && f.mentions(home, name) {
			out = append(out, f.String())
		}
	}
	slices.Sort(out)
	return out
}

// TestG14_NobodyElseEndsAMembership: a membership ends by leaving, which is one's own, and in no other way.
func TestG14_NobodyElseEndsAMembership(t *testing.T) {
	_, all := tree(t)
	if got := callers(all, "internal/member", "endMembership"); !slices.Equal(got, []string{"internal/member Service.Leave"}) {
		t.Errorf("a membership is ended by %v", got)
	}
	writes := regexp.MustCompile(`(?i)(update\s+members\s+set[^"` + "`" + `]*left_at|delete\s+from\s+members)`)
	eachFile(t, func(name string, text []byte) {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			report(t, name, text, writes, "nobody else ends a membership")
		}
	})
}

// TestG16_RulesChangeInNoOtherWay: rules are written when a group begins, and by its founder while it is forming; members adopt them as they are.
// Whoever adds a way to change them says here which, and shows there that it keeps notice, quorum, and the stricter of two thresholds.
func TestG16_RulesChangeInNoOtherWay(t *testing.T) {
	_, all := tree(t)
	if got := callers(all, "internal/rulebook", "insert"); !slices.Equal(got, []string{"internal/rulebook Service.put"}) {
		t.Errorf("rules are stored by %v", got)
	}
	want := []string{"internal/rulebook Service.Begin", "internal/rulebook Service.ReplacePreset", "internal/rulebook Service.SetStart"}
	var got []string
	for _, f := range functions(all) {
		if f.Path == "internal/rulebook" && f.Name != "Service.put" && f.hands("put") {
			got = append(got, f.String())
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("rules are put in force by %v, want %v", got, want)
	}
	writes := regexp.MustCompile(`(?i)(insert\s+into|update|delete\s+from)\s+rulebooks\b`)
	eachFile(t, func(name string, text []byte) {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			report(t, name, text, writes, "rules are versions that are never changed")
		}
	})
}

// byPopularity finds an order by how many people like something.
var byPopularity = regexp.MustCompile(`(?i)order(\("|\s+by\s+)[^"` + "`" + `\n]*\b(supporters|posts|replies|likes|votes_for|signers)\b`)

// TestNothingIsSortedByPopularity: no list has an order by how many people support or answer something.
func TestNothingIsSortedByPopularity(t *testing.T) {
	_, all := tree(t)
	for _, s := range all {
		for name, file := range s.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && byPopularity.MatchString(lit.Value) {
					t.Errorf("%s/%s: %s", s.Path, name, lit.Value)
				}
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 {
					return true
				}
				sel, isSel := call.Fun.(*ast.SelectorExpr)
				lit, isLit := call.Args[0].(*ast.BasicLit)
				if isSel && isLit && sel.Sel.Name == "Order" && byPopularity.MatchString(`Order("`+strings.Trim(lit.Value, `"`)) {
					t.Errorf("%s/%s: ordered by %s", s.Path, name, lit.Value)
				}
				return true
			})
		}
	}
	for _, bad := range []string{`Order("supporters DESC")`, "SELECT * FROM posts p ORDER BY p.replies DESC", `Order("at, votes_for")`} {
		if !byPopularity.MatchString(bad) {
			t.Errorf("nobody objects to %s", bad)
		}
	}
}
