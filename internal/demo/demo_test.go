package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/meeting"
)

// TestTheStoryHoldsTogether: everybody who acts is there by then, and nobody is there twice.
func TestTheStoryHoldsTogether(t *testing.T) {
	for _, b := range story() {
		day := map[string]int{} // days before today on which they came
		for _, p := range b.people {
			if _, twice := day[p.name]; twice {
				t.Errorf("%s: %s joins twice", b.name, p.name)
			}
			day[p.name] = p.day
		}
		for _, p := range b.people {
			if p.left > 0 && p.left >= p.day {
				t.Errorf("%s: %s leaves before they come", b.name, p.name)
			}
		}
		for key, elections := range b.stands {
			for _, names := range slices.Concat(elections...) {
				for name := range strings.SplitSeq(names, "+") { // who share a place
					if _, ok := day[name]; !ok {
						t.Errorf("%s: %s of the %s is not there", b.name, name, key)
					}
				}
			}
		}
		for _, m := range b.motions {
			for _, name := range m.everybody() {
				if came, ok := day[name]; !ok || came < m.day {
					t.Errorf("%s: %q: %s is not there yet (came %d days ago, needed %d)", b.name, m.title, name, came, m.day)
				}
			}
			if strings.TrimSpace(m.title) == "" || len(m.clauses) == 0 {
				t.Errorf("%s: a proposal without words", b.name)
			}
		}
	}
}

// everybody lists who acts in the first days of a proposal.
func (p proposal) everybody() []string {
	names := append([]string{p.by}, p.support...)
	names = append(append(names, p.secret...), p.spare...)
	for _, s := range append(p.statements, p.posts...) {
		names = append(names, s.by)
		for _, r := range s.replies {
			names = append(names, r.by)
		}
	}
	return names
}

// TestMeetingsHoldTogether: who comes to a meeting is a member by then, somebody would do each job that has to be done, and whoever may be
// drawn to facilitate speaks about nothing and has proposed nothing. Otherwise a lot would decide whether the story can be told.
func TestMeetingsHoldTogether(t *testing.T) {
	for _, b := range story() {
		came := map[string]int{}
		for _, p := range b.people {
			came[p.name] = p.day
		}
		for _, s := range b.meetings {
			speaks := map[string]bool{}
			for title, d := range s.deals {
				for _, x := range d.speak {
					speaks[x.by] = true
				}
				for _, m := range b.motions {
					if m.title == title {
						speaks[m.by] = true
					}
				}
				if sum := d.votes[0] + d.votes[1] + d.votes[2]; sum > len(s.come) {
					t.Errorf("%s: %d vote on %q, of %d", b.name, sum, title, len(s.come))
				}
			}
			for _, name := range s.come {
				if came[name] < s.day+7 {
					t.Errorf("%s: %s meets %d days before the end and is not there yet", b.name, name, s.day)
				}
			}
			for _, x := range s.put {
				if came[x.by] < s.day+notice+9 {
					t.Errorf("%s: %s puts %q down and is not there yet", b.name, x.by, x.title)
				}
			}
			for job, names := range s.would {
				for _, name := range names {
					if !slices.Contains(s.come, name) {
						t.Errorf("%s: %s would %s where they are not", b.name, name, job)
					}
					if job == meeting.Facilitates && speaks[name] {
						t.Errorf("%s: %s speaks, and may facilitate", b.name, name)
					}
				}
			}
			if len(s.come) > 0 && (len(s.would[meeting.Facilitates]) == 0 || len(s.would[meeting.Notes]) == 0) {
				t.Errorf("%s: nobody runs the meeting of day %d", b.name, s.day)
			}
		}
	}
}

// TestEvening: whatever day it is, a meeting opens on the last Tuesday up to its day, and one that is to come does so within the next week.
func TestEvening(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for day := range 366 {
		end := time.Date(2026, 1, 1+day, 13, 0, 0, 0, zone)
		for _, before := range []int{94, 0, -7} {
			at := evening(end, before)
			ago := end.Sub(at).Hours() / 24
			if at.Weekday() != time.Tuesday || at.Format("15:04") != "18:30" || ago < float64(before)-0.5 || ago > float64(before)+7 {
				t.Errorf("%d days before %s: %s", before, end, at)
			}
		}
		if next := evening(end, -7); !next.After(end) {
			t.Errorf("on %s the next meeting is on %s", end, next)
		}
	}
}
