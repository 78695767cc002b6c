package meeting

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// How somebody came to a job.
const (
	WasDrawn   = "drawn"
	WasHanded  = "handed_over"
	TookItOver = "taken_over"
	WentOn     = "went_on" // they had it in the sitting before
	HadAsked   = "asked"   // for the meeting, as one of the first, so that they can call it
)

// give gives somebody a job, by the rules: how says which, by who has done it, "" for nobody.
func (s *Service) give(tx *db.Tx, g member.Group, t Term, how, by string) error {
	t, err := insertTerm(tx, t)
	if err != nil {
		return fmt.Errorf("insert job: %w", err)
	}
	who, err := member.Get(tx, t.Member)
	if err != nil {
		return err
	}
	return s.note(tx, g, t.Cause, "job.begun", by, ledger.Data{
		"term": t.Ref, "job": string(t.Job), "member": who.Ref, "shadow": t.Shadow, "caps": t.caps(), "begins": t.Begins, "ends": t.Ends, "cause": t.Cause,
		"how": how,
	})
}

// end ends a job before its date.
func (s *Service) end(tx *db.Tx, g member.Group, t Term, how string) error {
	return s.endBy(tx, g, t, how, "")
}

// endBy is end by what somebody has done.
func (s *Service) endBy(tx *db.Tx, g member.Group, t Term, how, by string) error {
	if err := endTerm(tx, t.ID, how); err != nil {
		return err
	}
	return s.note(tx, g, t.Cause, "job.ended", by, ledger.Data{"term": t.Ref, "how": how})
}

// Drawn is who was drawn for a job, and who learns it beside them.
type Drawn struct {
	Job    Job
	Member member.ID
	Shadow member.ID // 0: nobody
}

// Candidate is somebody who would do a job, and how often they have.
type Candidate struct {
	Member member.ID
	Same   int // this job
	Any    int // any
}

// Share returns who does what (practice.md §2.12.1, R1; §2.16). Jobs are filled in their order; of those who would do one, whoever has done it least does, then
// whoever has done least of all, and then the lot decides, whose order is lots: numbers of members. Nobody has two jobs while others would do one of them; three people or fewer
// share out what there is, and then those who facilitate also take notes. Who comes next learns the job beside them. Those in kept go on with a job from the sitting
// before, or it waits for them, and it is not drawn.
func Share(would map[Job][]Candidate, lots []member.ID, kept map[Job]member.ID) (out []Drawn) {
	busy := map[member.ID]bool{}
	for _, id := range kept {
		busy[id] = true
	}
	turn := make(map[member.ID]int, len(lots))
	for i, id := range lots {
		turn[id] = i
	}
	for _, job := range Jobs() {
		if kept[job] != 0 {
			continue
		}
		list := slices.Clone(would[job.offer()])
		slices.SortFunc(list, func(a, b Candidate) int {
			return cmp.Or(cmp.Compare(a.Same, b.Same), cmp.Compare(a.Any, b.Any), cmp.Compare(turn[a.Member], turn[b.Member]))
		})
		free := slices.DeleteFunc(slices.Clone(list), func(c Candidate) bool { return busy[c.Member] })
		if job == Vice {
			list = free // the same person cannot stand in for themselves
		}
		if len(free) == 0 {
			free = list
		}
		if len(free) == 0 {
			continue
		}
		d := Drawn{Job: job, Member: free[0].Member}
		busy[d.Member] = true
		if job != Facilitates && job != Vice && len(free) > 1 {
			d.Shadow = free[1].Member
		}
		out = append(out, d)
	}
	return out
}

// Would keeps which jobs the actor would do in a meeting that has not begun, in place of what they said before. Nobody else sees it before it begins. It returns
// fault.NotFound for who is no member or if there is no such meeting, fault.Conflict once it has begun or if they are not there, and fault.Invalid for what is
// no job.
func (s *Service) Would(ctx context.Context, a member.Actor, number int, jobs []Job) error {
	for _, j := range jobs {
		if !slices.Contains(Offers(), j) {
			return fault.New(fault.Invalid, "meeting.no_job")
		}
	}
	return s.act(ctx, a, func(sc *scene) error {
		in, err := sc.enter(number)
		switch {
		case err != nil:
			return err
		case in.m.State != Called:
			return fault.New(fault.Conflict, "meeting.has_begun")
		case !in.isHere(sc.a.Member.ID):
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		in.tell()
		slices.Sort(jobs)
		return putWilling(sc.tx, in.m.ID, sc.a.Member.ID, slices.Compact(jobs))
	})
}

// MayBegin returns nil if the meeting can begin now: its time has come, and enough members are there; or a while has passed in which they did not come. Then it begins
// without deciding anything.
func (m Meeting) MayBegin(present, quorum, willing int, wait time.Duration, now time.Time) error {
	switch {
	case m.State != Called:
		return fault.New(fault.Conflict, "meeting.has_begun")
	case now.Before(m.Opens):
		return fault.New(fault.Conflict, "meeting.too_early", "At", m.Opens)
	case willing == 0:
		return fault.New(fault.Conflict, "meeting.nobody_facilitates")
	case present < quorum && now.Before(m.Opens.Add(wait)):
		return fault.New(fault.Conflict, "meeting.wait", "At", m.Opens.Add(wait), "Count", quorum-present)
	}
	return nil
}

// Begin begins a meeting in which the actor is there, and draws who does what among those who said they would. It returns fault.NotFound for who is no member or if
// there is no such meeting, and fault.Conflict for who is not there and where MayBegin has it.
func (s *Service) Begin(ctx context.Context, a member.Actor, number int) error {
	return s.act(ctx, a, func(sc *scene) error {
		in, err := sc.enter(number)
		if err != nil {
			return err
		}
		if !in.isHere(sc.a.Member.ID) {
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		return in.begin()
	})
}

func (in *room) begin() error {
	would, err := willing(in.tx, in.m.ID)
	if err != nil {
		return err
	}
	all, err := everybodyHere(in.tx, in.m.ID)
	if err != nil {
		return err
	}
	for job, list := range would {
		would[job] = slices.DeleteFunc(list, func(id member.ID) bool { _, there := slices.BinarySearch(all, id); return !there })
	}
	active, quorum, err := in.quorum()
	if err != nil {
		return err
	}
	r := in.rules.Rules
	here := in.count()
	if err := in.m.MayBegin(here, quorum, len(would[Facilitates]), time.Duration(r.Meeting.QuorumWaitMinutes)*time.Minute, in.tx.Now); err != nil {
		return err
	}
	if in.m.OrderedAt.IsZero() { // it was called so shortly before
		if err := in.order(in.tx, in.m); err != nil {
			return err
		}
		if in.m, err = find(in.tx, in.a.Group.ID, in.m.Number); err != nil {
			return err
		}
	}
	if in.m.Began.IsZero() {
		if err := in.bringReports(); err != nil {
			return err
		}
	}
	in.m.State, in.m.Sat, in.m.Most, in.m.Active, in.m.Quorum, in.m.Enough = Session, in.tx.Now, max(in.m.Most, here), active, quorum, here >= quorum
	if in.m.Began.IsZero() {
		in.m.Began, in.m.Present = in.tx.Now, here
	}
	in.m.due = in.m.closes(r)
	if err := put(in.tx, in.m, Called); err != nil {
		return err
	}
	if err := in.note("meeting.began", in.a.Member.Ref, ledger.Data{
		"meeting": in.m.Ref(), "present": here, "active": active, "quorum": quorum, "enough": in.m.Enough,
	}); err != nil {
		return err
	}
	kept, err := in.keep(would)
	if err != nil {
		return err
	}
	if err := in.draw(would, kept); err != nil {
		return err
	}
	return in.promise()
}

// keep has those go on with their jobs who had them as the meeting was adjourned, are there, and would still do them.
func (in *room) keep(would map[Job][]member.ID) (map[Job]member.ID, error) {
	kept := map[Job]member.ID{}
	for _, t := range slices.Clone(in.terms) {
		if !paused(in.terms, t) || t.Shadow || !slices.Contains(Jobs(), t.Job) || kept[t.Job] != 0 ||
			!slices.Contains(would[t.Job.offer()], t.Member) {
			continue
		}
		kept[t.Job] = t.Member
		if err := in.hire(t.Job, t.Member, false, WentOn); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// paused says whether a term of those of a meeting ended as that was last adjourned.
func paused(all []Term, t Term) bool {
	return t.How == Adjourned && !slices.ContainsFunc(all, func(o Term) bool { return o.How == Adjourned && o.Ended.After(t.Ended) })
}

// draw draws who does what that nobody goes on with and that waits for nobody who had it in the sitting before, and publishes from what it follows.
func (in *room) draw(would map[Job][]member.ID, kept map[Job]member.ID) error {
	candidates := map[Job][]Candidate{}
	var all []member.ID
	for _, job := range Offers() {
		same, any, err := timesDone(in.tx, in.a.Group.ID, job, would[job])
		if err != nil {
			return err
		}
		for _, id := range would[job] {
			candidates[job] = append(candidates[job], Candidate{id, same[id], any[id]})
			all = append(all, id)
		}
	}
	people, err := member.Many(in.tx, all)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b member.ID) int { return cmp.Compare(people[a].Ref, people[b].Ref) })
	all = slices.Compact(all)
	lots, err := Lots(in.m, all)
	if err != nil {
		return err
	}
	pool := []any{}
	for _, id := range all {
		jobs := []any{}
		for _, job := range Offers() {
			if i := slices.IndexFunc(candidates[job], func(c Candidate) bool { return c.Member == id }); i >= 0 {
				jobs = append(jobs, ledger.Data{"job": string(job), "same": candidates[job][i].Same, "any": candidates[job][i].Any})
			}
		}
		pool = append(pool, ledger.Data{"member": people[id].Ref, "would": jobs})
	}
	d := ledger.Data{"meeting": in.m.Ref(), "secret": hex.EncodeToString(in.m.JobsSecret), "pool": pool}
	waits := []any{}
	for _, job := range takeable {
		if f := in.waitsFor(job); kept[job] == 0 && f.Had != 0 {
			kept[job], waits = f.Had, append(waits, string(job))
		}
	}
	if len(waits) > 0 {
		d["waits"] = waits
	}
	if err := in.note("meeting.jobs", "", d); err != nil {
		return err
	}
	for _, d := range Share(candidates, lots, kept) {
		if err := in.hire(d.Job, d.Member, false, WasDrawn); err != nil {
			return err
		}
		if d.Shadow != 0 {
			if err := in.hire(d.Job, d.Shadow, true, WasDrawn); err != nil {
				return err
			}
		}
	}
	return nil
}

// hire gives somebody a job in the meeting, until it closes by itself at the latest.
func (in *room) hire(job Job, who member.ID, shadow bool, how string) error {
	t := Term{
		Ref: token.Ref("j_"), Group: in.a.Group.ID, Meeting: in.m.ID, Job: job, Member: who, Shadow: shadow, Begins: in.tx.Now,
		Ends: in.m.closes(in.rules.Rules), Cause: in.m.Ref(),
	}
	in.terms = append(in.terms, t)
	by := ""
	if how != WasDrawn && how != WentOn {
		by = in.by()
	}
	return in.give(in.tx, in.a.Group, t, how, by)
}

// HandOver has somebody else who is there do a job that the actor has: for the rest of the meeting. It returns what running does, fault.Denied for who has not the job,
// and fault.Invalid with the field "member" for who is not there.
func (s *Service) HandOver(ctx context.Context, a member.Actor, number int, job Job, to member.ID) error {
	return s.running(ctx, a, number, func(in *room) error {
		mine := slices.IndexFunc(in.terms, func(t Term) bool {
			return t.Member == in.a.Member.ID && t.Job == job && !t.Shadow && t.Runs(in.tx.Now)
		})
		there, err := hereOf(in.tx, in.m.ID, []member.ID{to})
		switch {
		case err != nil:
			return err
		case mine < 0 || job == Counts: // whom a lot has fallen on for that is not chosen
			return fault.New(fault.Denied, "meeting.not_your_job")
		case to == in.a.Member.ID || there[to].ID == 0:
			return fault.Form(wrongs{"member": msg("meeting.form.there")})
		case job == Facilitates && in.facilitates() != nil: // who may not facilitate now does not choose who does
			return fault.New(fault.Denied, "meeting.not_your_job")
		case (job == Facilitates || job == Vice) && in.replaced(to):
			return fault.Form(wrongs{"member": msg("meeting.replaced")})
		}
		if err := in.end(in.tx, in.a.Group, in.terms[mine], HandedOver); err != nil {
			return err
		}
		return in.hire(job, to, false, WasHanded)
	})
}

// TakeOver has the actor, who is there, facilitate, because nobody who could is: they have gone, or the item is about them. It returns what running does, and fault.Conflict
// while somebody does, and for who the item is about.
func (s *Service) TakeOver(ctx context.Context, a member.Actor, number int) error {
	return s.running(ctx, a, number, func(in *room) error {
		about, err := in.about()
		if err != nil {
			return err
		}
		switch {
		case in.chair(about) != 0:
			return fault.New(fault.Conflict, "meeting.somebody_facilitates")
		case in.replaced(in.a.Member.ID):
			return fault.New(fault.Denied, "meeting.replaced")
		case slices.Contains(about, in.a.Member.ID):
			return fault.New(fault.Denied, "meeting.about_you")
		case !in.isHere(in.a.Member.ID):
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		return in.hire(Vice, in.a.Member.ID, false, TookItOver)
	})
}
