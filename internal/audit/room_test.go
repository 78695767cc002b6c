package audit

import (
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
)

// rooms has proposals decided at meetings, and not reached, and moved to and fro.
func (r *road) rooms() {
	ctx := r.Context()
	bring := func(title string) motion.Motion {
		r.Helper()
		p := votetest.Sample(title)
		p.Text.Forum = motion.AtMeeting
		m, err := r.Motions.Propose(ctx, r.Who[0], db.Once{}, 0, p)
		r.must(err)
		r.Clock.Advance(time.Minute)
		return r.table(m)
	}
	open := func(m motion.Motion, room ballot.Room) ballot.View {
		r.Helper()
		r.Schedule(m, room.Meeting, r.Clock.Now().Add(time.Hour))
		r.Clock.Advance(time.Minute)
		_, err := r.TryRoom(m.Number, room)
		r.must(err)
		r.Clock.Advance(time.Second)
		return r.Show(m.Number)
	}
	moved := r.table(r.propose(0, "Moved to a meeting"))
	for _, forum := range []motion.Forum{motion.AtMeeting, motion.Online, motion.AtMeeting} {
		words := votetest.Sample(moved.Title).Text
		words.Forum = forum
		m, err := r.Motions.Reword(ctx, r.Who[0], moved.Number, moved.Version, words)
		r.must(err)
		moved = m
		r.Clock.Advance(time.Minute)
	}
	sealed := bring("Decided in secret in a room")
	for i := range r.Rulebook().SecretRequest {
		_, err := r.Motions.AskSecret(ctx, r.Who[i], sealed.Number)
		r.must(err)
	}
	v := open(sealed, ballot.Room{Meeting: "meeting/1", Present: r.Present(5)})
	for _, a := range r.Who[:5] { // all of them, so that it closes early
		r.Cast(a, sealed.Number, ballot.For)
	}
	r.Clock.Advance(time.Second)
	r.Tick()
	named := bring("Decided by name in a room")
	v = open(named, ballot.Room{Meeting: "meeting/1", Present: r.Present(6), Named: true})
	r.Write(func(tx *db.Tx) error { return r.Ballots.Extend(tx, v.ID, "connections") })
	for i, a := range r.Who[:4] {
		r.Cast(a, named.Number, ballot.Choices()[i%2])
	}
	r.GoTo(r.Show(named.Number).Closes)
	few := bring("Too few in a room")
	v = open(few, ballot.Room{Meeting: "meeting/1", Present: r.Present(2)})
	r.GoTo(v.Closes)
	late := bring("Not reached")
	for _, meeting := range []string{"meeting/1", "meeting/2"} {
		r.Schedule(late, meeting, r.Clock.Now().Add(time.Hour))
		r.Clock.Advance(time.Hour)
		r.NotReached(late, meeting)
	}
	r.Schedule(bring("On an agenda"), "meeting/3", r.Clock.Now().Add(time.Hour))
	open(bring("Voted on just now"), ballot.Room{Meeting: "meeting/3", Present: r.Present(4)})
}
