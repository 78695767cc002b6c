package meeting

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"

	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/sortition"
)

// Lots that fall while a meeting is under way: who counts hands, who begins a round, and who is in which group. As a meeting begins, the record promises the secret of the first, before anybody knows
// what will be drawn and among whom; each that falls reveals its secret and promises the next. So nobody at the meeting can choose what the lot says, or have it fall until they like it (see fallsAgain), and whoever has the record can
// work it out again. There is no time in a meeting for people to add words to it, as they do where a lot gives somebody a role (practice.md §2.12.3, step 3): so whoever keeps the server, and
// guesses how many will be there, could make up a secret that suits them.
//
// Of a round and of groups the record says how many there were, and not who: who was at a meeting is on no record. People are therefore numbered, in the order in which they came, with those on the
// phone first where the lot has one call be one group. The record has which number begins, and which numbers are together; each is told their own number, and so can check their own place. That a
// number is theirs, nobody can say but them and those who came before and after.

// promise has the record say, once, what the secret of the first lot comes to.
func (in *room) promise() error {
	l, err := lotOf(in.tx, in.m.ID)
	if err != nil || l.Secret != nil {
		return err
	}
	l = lotRow{MeetingID: in.m.ID, Secret: make([]byte, 32)}
	if _, err := io.ReadFull(in.chance, l.Secret); err != nil {
		return fmt.Errorf("read chance: %w", err)
	}
	if err := insertLot(in.tx, l); err != nil {
		return fmt.Errorf("insert the next lot: %w", err)
	}
	return in.note("meeting.lot", "", ledger.Data{"meeting": in.m.Ref(), "commit": sortition.Commitment(l.Secret)})
}

// falls has a lot fall among people with numbers from 1 on, whom it puts in an order, and promises the next. It returns what the record says of it, to which the rest is added.
func (in *room) falls(what string, people int) (order []int, said ledger.Data, err error) {
	if err := in.promise(); err != nil { // it began before lots were promised
		return nil, nil, err
	}
	l, err := lotOf(in.tx, in.m.ID)
	if err != nil {
		return nil, nil, err
	}
	l.Drawn++
	if order, err = numbersBy(in.m.Ref()+"/"+what+"/"+strconv.Itoa(l.Drawn), l.Secret, people); err != nil {
		return nil, nil, err
	}
	said = ledger.Data{"meeting": in.m.Ref(), "draw": l.Drawn, "secret": hex.EncodeToString(l.Secret)}
	if _, err := io.ReadFull(in.chance, l.Secret); err != nil {
		return nil, nil, fmt.Errorf("read chance: %w", err)
	}
	said["next"] = sortition.Commitment(l.Secret)
	return order, said, putLot(in.tx, l)
}

// numbersBy returns the numbers from 1 to people in the order of the lot with the name, as follows from its secret (practice.md §2.12.3, everybody with the same weight).
func numbersBy(name string, secret []byte, people int) (order []int, err error) {
	if people == 0 {
		return nil, nil
	}
	p, err := sortition.Numbers(people)
	if err != nil {
		return nil, fmt.Errorf("pool of a lot in a meeting: %w", err)
	}
	for _, n := range p.Order(sortition.Seed(name, p.Hash(), secret, nil)) {
		order = append(order, int(n))
	}
	return order, nil
}

// Lots returns the order of the lot among people who would do jobs, as follows from the meeting's secret. They are numbered from 1 in the order in which they are given, which must be one that
// nobody can choose: by their references.
func Lots(m Meeting, people []member.ID) ([]member.ID, error) {
	order, err := numbersBy(m.Ref()+"/jobs", m.JobsSecret, len(people))
	return pick(people, order), err
}

// pick returns those who have the numbers.
func pick[T any](people []T, numbers []int) (out []T) {
	for _, n := range numbers {
		out = append(out, people[n-1])
	}
	return out
}

// dealt is who a lot put together, by their numbers.
type dealt [][]int

// deal shares people out among groups by the order of a lot. Groups have about per people, and differ by one at most; the numbers up to first are together in the first, as far as they fit.
func deal(order []int, first, per int) (out dealt) {
	order = slices.Clone(order)
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case a <= first && b > first:
			return -1
		case a > first && b <= first:
			return 1
		}
		return 0
	})
	groups := max(1, (len(order)+per/2)/per)
	for g, at := 0, 0; g < groups; g++ {
		size := len(order) / groups
		if g < len(order)%groups {
			size++
		}
		out = append(out, order[at:at+size])
		at += size
	}
	return out
}

// said is who is together, as the record has it: each group's numbers, from the lowest.
func (d dealt) said() []any {
	out := make([]any, len(d))
	for g, numbers := range d {
		numbers = slices.Sorted(slices.Values(numbers))
		list := make([]any, len(numbers))
		for i, n := range numbers {
			list[i] = n
		}
		out[g] = list
	}
	return out
}

// seats returns who is in which group.
func (d dealt) seats(people []Presence) (out []tableSeat) {
	for g, numbers := range d {
		for _, n := range numbers {
			out = append(out, tableSeat{people[n-1].Member, g + 1, n})
		}
	}
	return out
}

// phonesFirst returns people in the order of their numbers, and how many of them are on the phone.
func phonesFirst(people []Presence) (out []Presence, phones int) {
	var others []Presence
	for _, p := range people {
		if p.Mode == Phone {
			out = append(out, p)
		} else {
			others = append(others, p)
		}
	}
	return append(out, others...), len(out)
}

// share has a lot share people out among groups of about per people. It returns who is in which, those of the last group at the end, and what the record says of it.
func (in *room) share(people []Presence, what string, per int) ([]tableSeat, ledger.Data, error) {
	people, phones := phonesFirst(people)
	order, said, err := in.falls(what, len(people))
	if err != nil {
		return nil, nil, err
	}
	d := deal(order, phones, per)
	said["phones"], said["groups"] = phones, d.said()
	return d.seats(people), said, nil
}
