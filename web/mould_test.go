package web

import (
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"folkmoot/internal/lang"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
)

// TestMouldIsThePage: the page that is filled in is the page that would have been rendered, whatever people are called.
func TestMouldIsThePage(t *testing.T) {
	v := testViews(t)
	once := regexp.MustCompile(`name="once" value="[0-9A-Z]{26}(-[0-9]+)?"`)
	for _, tag := range v.catalog.Tags() {
		for _, name := range []string{"Ada", `<b>"Bela" & 'C'</b>`, "قمر", mark(holeCode)[:5], `\"><script>`} {
			for _, code := range []string{"", "0123-4567"} {
				f := v.frame(time.Date(2026, 3, 1, 12, 0, 0, 7e6, time.UTC), tag)
				f.Person, f.CSRF, f.Here = Person{Name: name}, "Aa-_09", "/g/one/proposals/1/vote"
				f.Group = Group{Name: "Maple Court", Path: "/g/maple", Section: SectionNow, Checkpoint: Checkpoint{Size: 1284, Root: "5f3ca91b77e042d8aa"}}
				p := donePage{Frame: f, Receipt: Receipt{Title: lang.M("ballot.done.title"), Code: code}, Ask: lang.M("ballot.done.proof"), Why: lang.M("ballot.done.proof_say")}
				p.Head = Head{Title: lang.M("ballot.done.title"), State: lang.M("ballot.done.state")}
				if code != "" {
					p.Proof = []Fact{{Label: lang.M("ballot.done.yours"), Value: plain("words & <i>words</i> of my own"), Code: true}, {Label: lang.M("ballot.done.theirs"), Value: plain("00ff"), Code: true}}
				}
				want, err := doneTmpl.execute(p)
				if err != nil {
					t.Fatal(err)
				}
				s := &Server{}
				for range 2 { // rendered, then filled
					rec := httptest.NewRecorder()
					c := echo.New().NewContext(httptest.NewRequest("POST", "/", nil), rec)
					if err := s.answerVote(c, "b_1", p); err != nil {
						t.Fatal(err)
					}
					got := rec.Body.String()
					if len(once.FindAllString(got, -1)) == 0 || rec.Header().Get("Content-Length") == "" {
						t.Error("no once token, or no length")
					}
					if diff := cmp.Diff(once.ReplaceAllString(string(want), ""), once.ReplaceAllString(got, "")); diff != "" {
						t.Errorf("%s, %q: %s", tag, name, diff)
					}
				}
			}
		}
	}
}
