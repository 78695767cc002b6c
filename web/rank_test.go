package web

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/fault"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// testRank returns a paper with the options a, b, c … in this order.
func testRank(n int) Rank {
	r := Rank{Ask: plain("Whom?")}
	for i := range n {
		id := "o" + strconv.Itoa(i+1)
		r.Options = append(r.Options, RankOption{ID: id, Name: plain("Name of " + id)})
	}
	return r
}

// numbers is the form of somebody who writes these numbers beside the options.
func numbers(r Rank, order []string, number func(i int) int) url.Values {
	form := url.Values{"csrf": {"x"}, r.Field() + "-fill": {"..."}}
	for _, o := range r.Options {
		form.Set(r.Field()+"."+o.ID, "")
	}
	for i, id := range order {
		form.Set(r.Field()+"."+id, strconv.Itoa(number(i)))
	}
	return form
}

// drawRank draws a paper and an order of some of its options.
func drawRank(t *rapid.T) (Rank, []string) {
	r := testRank(rapid.IntRange(1, 30).Draw(t, "options"))
	r.Name = rapid.SampledFrom([]string{"", "second"}).Draw(t, "name")
	ids := make([]string, len(r.Options))
	for i, o := range r.Options {
		ids[i] = o.ID
	}
	order := rapid.Permutation(ids).Draw(t, "order")
	return r, order[:rapid.IntRange(1, len(order)).Draw(t, "ranked")]
}

// TestRankRoundTrips: an order comes back whether it is written with numbers from 1, with gaps, or as the check sends it on.
func TestRankRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, order := drawRank(t)
		gaps := rapid.SliceOfNDistinct(rapid.IntRange(1, maxRank), len(order), len(order), rapid.ID).Draw(t, "gaps")
		slices.Sort(gaps)
		for name, number := range map[string]func(int) int{"from 1": func(i int) int { return i + 1 }, "with gaps": func(i int) int { return gaps[i] }} {
			got, err := r.read(numbers(r, order, number))
			if diff := cmp.Diff(order, got); diff != "" || err != nil {
				t.Errorf("%s: %v %s", name, err, diff)
			}
		}
		got, err := r.received(r.sent(order))
		if diff := cmp.Diff(order, got); diff != "" || err != nil {
			t.Errorf("sent on as %q: %v %s", r.sent(order), err, diff)
		}
	})
}

// TestRankDoesNotDependOnTheOrderShown: neither what is read nor what is sent on.
func TestRankDoesNotDependOnTheOrderShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, order := drawRank(t)
		other := r
		other.Options = rapid.Permutation(r.Options).Draw(t, "shown")
		form := numbers(r, order, func(i int) int { return 2*i + 1 })
		one, err := r.read(form)
		two, err2 := other.read(form)
		if diff := cmp.Diff(one, two); diff != "" || err != nil || err2 != nil {
			t.Errorf("%v, %v: %s", err, err2, diff)
		}
		if r.sent(order) != other.sent(order) {
			t.Errorf("sent as %q and as %q", r.sent(order), other.sent(order))
		}
	})
}

// TestRankHasOneSize: neither the page that shows an order nor what it sends on is longer for another order.
func TestRankHasOneSize(t *testing.T) {
	v := testViews(t)
	for _, tag := range v.catalog.Tags() {
		tmpl, err := v.find(tag, "style.html")
		if err != nil {
			t.Fatal(err)
		}
		size := func(t *rapid.T, r Rank, order []string) (page, form int) {
			var b bytes.Buffer
			if err := tmpl.ExecuteTemplate(&b, "ranked", r.ranked(v.catalog.Voice(tag), order)); err != nil {
				t.Fatal(err)
			}
			return b.Len(), len(url.Values{"order": {r.sent(order)}}.Encode())
		}
		rapid.Check(t, func(t *rapid.T) {
			r, order := drawRank(t)
			for i := range r.Options {
				r.Options[i].Name = plain(rapid.String().Draw(t, "name"))
			}
			page, form := size(t, r, order)
			if p, f := size(t, r, []string{r.Options[0].ID}); p != page || f != form {
				t.Errorf("%d bytes on the page and %d sent for %v, %d and %d for the first alone", page, form, order, p, f)
			}
		})
	}
}

// TestRankNeverLosesWhatWasTyped: whatever is sent, either it is an order without repetition, or every field says what is wrong.
func TestRankNeverLosesWhatWasTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := testRank(rapid.IntRange(1, 6).Draw(t, "options"))
		form := url.Values{}
		typed := rapid.OneOf(rapid.SampledFrom([]string{"", " ", "1", "01", " 2 ", "3", "999", "1000", "0", "-1", "+1", "1.5", "1e1", "one", "٣", strings.Repeat("9", 40)}), rapid.String())
		for _, o := range r.Options {
			form.Set("rank."+o.ID, typed.Draw(t, o.ID))
		}
		order, err := r.read(form)
		wrong := fault.Fields(err)
		if (err == nil) == (len(order) == 0) || (err == nil) != (len(wrong) == 0) {
			t.Fatalf("%v with %v", order, err)
		}
		for _, o := range r.Options {
			if o.Typed != strings.TrimSpace(form.Get("rank."+o.ID)) {
				t.Errorf("%q became %q", form.Get("rank."+o.ID), o.Typed)
			}
			if err == nil && slices.Contains(order, o.ID) != (o.Typed != "") {
				t.Errorf("%s with %q in %v", o.ID, o.Typed, order)
			}
			if diff := cmp.Diff(wrong["rank."+o.ID], o.Wrong); diff != "" {
				t.Error(diff)
			}
		}
		if diff := cmp.Diff(wrong["rank"], r.Wrong); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRankProblems(t *testing.T) {
	voice := testViews(t).catalog.Voice("en")
	for _, tt := range []struct {
		form string
		want map[string]string
	}{
		{"rank.o1=2&rank.o2=1&rank.o3=2", map[string]string{
			"rank.o1": "You wrote 2 more than once: Name of o1, Name of o3. Write each number once.",
			"rank.o3": "You wrote 2 more than once: Name of o1, Name of o3. Write each number once."}},
		{"rank.o1=1&rank.o2=01", map[string]string{
			"rank.o1": "You wrote 1 more than once: Name of o1, Name of o2. Write each number once.",
			"rank.o2": "You wrote 1 more than once: Name of o1, Name of o2. Write each number once."}},
		{"rank.o1=first&rank.o2=1", map[string]string{"rank.o1": "Name of o1: write a whole number from 1 to 999, or leave it empty."}},
		{"rank.o1=1000", map[string]string{"rank.o1": "Name of o1: write a whole number from 1 to 999, or leave it empty."}},
		{"rank.o1=1&rank.o1=2", map[string]string{"rank.o1": "Name of o1: write a whole number from 1 to 999, or leave it empty."}},
		{"rank.o1=&rank.o2=+", map[string]string{"rank": "Nothing is ranked yet. Rank at least your first choice."}},
		{"", map[string]string{"rank": "Nothing is ranked yet. Rank at least your first choice."}},
		{"rank.o1=1&rank.o9=2", map[string]string{"rank": "This is not the order that was on the paper. Please fill it in again."}},
	} {
		form, err := url.ParseQuery(tt.form)
		if err != nil {
			t.Fatal(err)
		}
		r := testRank(3)
		order, err := r.read(form)
		got := map[string]string{}
		for field, say := range fault.Fields(err) {
			got[field] = voice.Say(say)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || order != nil {
			t.Errorf("%s: read as %v\n%s", tt.form, order, diff)
		}
	}
}

func TestRankTakesOnlyWhatItSent(t *testing.T) {
	r := testRank(3)
	for _, s := range []string{"", ".", "o1", "o1.o2.o3", ".o1.o2.o3", "o1..o3.o2", "o1.o1..o2.o3", "o1.o9..o2.o3", "o9..o1.o2.o3", "o1..o2", "o2..o1.o3.", "o1..o2.o3..o3", "O1..o2.o3"} {
		if got, err := r.received(s); fault.Fields(err)["rank"].ID != "rank.changed" || got != nil {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	if got := fmt.Sprint(r.Fields(), r.Places(), r.Size(), testRank(10).Size()); got != "[rank rank.o1 rank.o2 rank.o3] [1 2 3] 3 20" {
		t.Error(got)
	}
}
