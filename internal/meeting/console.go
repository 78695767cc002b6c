package meeting

import (
	"context"
	"errors"
	"slices"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/script"
)

// Desk is what the viewer has to do with running the meeting (practice.md §5.3).
type Desk struct {
	Open  bool // they see the console
	Runs  bool // the list of speakers and its clock: whoever facilitates, and who would in their place. Two run one list.
	List  bool // they keep the list
	Time  bool // they keep the time
	About bool // they could facilitate, but not this item
}

// Acts says whether the viewer can do anything there; who learns a job sees it all, and does nothing.
func (d Desk) Acts() bool { return d.Runs || d.List || d.Time }

// Desk returns what the viewer has to do with running the meeting.
func (v View) Desk() (d Desk) {
	if v.State != Session {
		return d
	}
	for _, t := range v.Terms {
		if t.Member != v.Me || !t.Runs(v.Now) || !slices.Contains([]Job{Facilitates, Vice, Timer, List}, t.Job) {
			continue
		}
		d.Open = true
		if t.Shadow || !v.Here.HasDevice() {
			continue
		}
		switch {
		case t.Job == Timer:
			d.Time = true
		case t.Job == List:
			d.List = true
		case slices.Contains(v.About, v.Me):
			d.About = true
		default:
			d.Runs = true
		}
	}
	return d
}

// runs returns nil if the actor facilitates now, or would in place of whoever does: two run one list. What decides how the meeting goes on is for whoever facilitates alone.
func (in *room) runs() error {
	about, err := in.about()
	if err != nil {
		return err
	}
	me := in.a.Member.ID
	works := slices.ContainsFunc(in.terms, func(t Term) bool {
		return t.Member == me && t.Job.cap() == member.Facilitate && !t.Shadow && t.Runs(in.tx.Now)
	})
	if !works || !in.isHere(me) || slices.Contains(about, me) || !member.Can(in.a, member.Facilitate, in.tx.Now, about...) {
		return fault.New(fault.Denied, "meeting.not_facilitating")
	}
	return nil
}

// Act is something that whoever facilitates does.
type Act string

// The acts, in the order in which a console shows them.
const (
	AdoptAgenda Act = "adopt"
	TakeNext    Act = "take"
	CallSpeaker Act = "next"
	GiveTime    Act = "more"
	OpenVote    Act = "vote"
	FinishItem  Act = "finish"
	TalkOnly    Act = "talk"
	NewDate     Act = "adjourn"
	StandAside  Act = "aside"
	GoOnline    Act = "online"
	CloseDown   Act = "close"
)

// Console is a meeting as somebody sees it who runs it.
type Console struct {
	View
	No   map[Act]lang.Msg // why an act is not in order now; those that are in order are not in it
	Next Item             // that comes after what is talked about; zero: none
	Own  bool             // whoever facilitates has proposed Next, or it is about them: somebody else facilitates it
	Heir member.ID        // who does then; 0: nobody could, unless the job is handed over first
}

// Console returns the meeting with the number as somebody sees it who runs it, or fault.NotFound. Whether they do is for View.Desk to say.
func (s *Service) Console(ctx context.Context, a member.Actor, number int) (c Console, err error) {
	err = s.looking(ctx, a, number, func(in *room) error {
		if c.View, err = in.view(); err != nil || !c.Desk().Open {
			return err
		}
		if i := slices.IndexFunc(c.Items, func(it Item) bool { return it.State == Waiting }); i >= 0 {
			c.Next = c.Items[i]
			if p := c.Motions[c.Next.Motion]; c.Chair != 0 && (p.Mover == c.Chair || p.About == c.Chair) {
				c.Own, c.Heir = true, in.chair([]member.ID{p.Mover, p.About})
			}
		}
		c.No, err = in.outOfOrder(c)
		return err
	})
	return c, err
}

// outOfOrder returns why acts are not in order now, by what the acts themselves ask.
func (in *room) outOfOrder(c Console) (map[Act]lang.Msg, error) {
	sits, vote, clear, choose := in.sits(), in.noVote(), in.clear(), in.mayChoose()
	no := func(when bool, id string, kv ...any) error {
		if when {
			return fault.New(fault.Conflict, id, kv...)
		}
		return nil
	}
	nothing := no(c.Current.ID == 0, "meeting.no_item")
	p := c.Motions[c.Current.Motion]
	out := map[Act]lang.Msg{}
	for act, why := range map[Act][]error{
		AdoptAgenda: {no(!c.Adopted.IsZero(), "meeting.console.adopted")},
		TakeNext:    {no(c.Adopted.IsZero(), "meeting.not_adopted"), no(c.Next.ID == 0, "meeting.console.none_left"), sits, vote, clear},
		CallSpeaker: {nothing, sits, no(len(c.List) == 0 && c.Speaker.ID == 0, "meeting.console.list_empty")},
		GiveTime:    {no(c.Speaker.ID == 0, "meeting.console.silence")},
		OpenVote: {
			nothing, no(c.Current.Motion == 0, "meeting.console.no_proposal"), vote, no(!p.OnAgenda(), "meeting.console.decided"), no(c.Total() < c.Quorum, "meeting.too_few", "Count", c.Quorum-c.Total()),
			no(!c.Now.Before(c.Stop), "meeting.past_stop"), sits, clear,
		},
		FinishItem: {nothing, vote, clear},
		TalkOnly:   {in.mayTalkOnly(), sits, vote, choose},
		NewDate:    {in.mayAdjourn(), vote, choose},
		StandAside: {in.mayStepAside()},
		GoOnline:   {in.mayGoOnline(c.View), sits, vote, choose},
		CloseDown:  {vote, clear},
	} {
		for _, err := range why {
			var f *fault.Error
			switch _, known := out[act]; {
			case err == nil || known:
			case errors.As(err, &f) && f.Kind == fault.Conflict:
				out[act] = f.Say
			default:
				return nil, err
			}
		}
	}
	return out, nil
}

// Point is a point of the opening checklist (practice.md §2.5.3), and whether it is done. Whoever facilitates and everybody else see the same list.
type Point struct {
	Cue  script.Cue
	Done bool
}

// begun says whether something has been talked about in this sitting.
func (v View) begun() bool {
	return v.State == Session && slices.ContainsFunc(v.Items, func(it Item) bool { return !it.Began.IsZero() && !it.Began.Before(v.Sat) })
}

// opens says whether the meeting is being opened.
func (in *room) opens(v View) bool {
	return !v.IsOver() && !v.begun() && (v.State != Called || !v.Now.Before(v.Door()))
}

// opening returns the checklist from when the door opens until the first item is called; what of it a meeting cannot know yet is not in it.
func (in *room) opening(v View) (out []Point) {
	if !in.opens(v) {
		return nil
	}
	said := func(c script.Cue) bool {
		return slices.ContainsFunc(in.said, func(x saidRow) bool { return x.About == "" && x.Cue == c })
	}
	done := map[script.Cue]bool{
		script.CueCheckIn: v.State == Session || v.Total() > 0, script.CueEnough: v.Total() >= v.Needed, script.CueJobs: v.State == Session,
		script.CueAgenda: !v.Adopted.IsZero(), script.CueHow: said(script.CueHow), script.CueInterests: said(script.CueInterests),
	}
	if v.Matters.Count() > 0 {
		done[script.CueDue] = said(script.CueDue)
	}
	for _, c := range script.Checklist() {
		if is, knows := done[c]; knows {
			out = append(out, Point{c, is})
		}
	}
	return out
}
