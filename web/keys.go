package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"folkmoot/internal/asset"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// keysPage is the register of what the group depends on, with what is wrong with it and what the reader can do about each line.
type keysPage struct {
	Frame
	Keys  []keyLine
	Trial Action // has a mail sent to the reader; zero: they hold no key of the server, or it sends none
}

// keyLine is a key as it stands in a list: part "keys".
type keyLine struct {
	What          string
	Kind          lang.Msg
	First, Second keyHolder
	Until         time.Time
	Warn          []lang.Msg
	Change        Link   // zero: not from here
	Claim         Action // zero: the reader is not called as a holder who was written down by name only
	Test          Action // zero: the reader has nothing to confirm
}

// keyHolder is one of the two who hold a key.
type keyHolder struct {
	Who lang.Msg
	Say []lang.Msg
}

var keysTmpl = newPage[keysPage]("people/keys.html")

func keysPath(g member.Group, below ...string) string {
	path := groupPath(g) + "/keys"
	for _, b := range below {
		path += "/" + b
	}
	return path
}

// keyLines is the group's register in the order it was written.
func keyLines(a member.Actor, r asset.Register) (out []keyLine) {
	for _, k := range r.Keys {
		l := keyLine{What: k.What, Kind: lang.M("asset.kind." + string(k.Kind)), Until: local(a, k.Until), First: holderOf(a, r, k.First), Second: holderOf(a, r, k.Second)}
		for _, w := range k.Warnings(r.Now) {
			l.Warn = append(l.Warn, lang.M("asset.warn."+string(w)))
		}
		out = append(out, l)
	}
	return out
}

func holderOf(a member.Actor, r asset.Register, h asset.Holder) keyHolder {
	if h.IsZero() {
		return keyHolder{Who: lang.M("people.keys.nobody")}
	}
	out := keyHolder{Who: plain(h.Name), Say: []lang.Msg{lang.M("asset.since", "At", local(a, h.Since))}}
	if h.Member == 0 {
		if h.Called != 0 {
			out.Say = append(out.Say, lang.M("asset.called"))
		} else {
			out.Say = append(out.Say, lang.M("asset.outside"))
		}
		return out
	}
	out.Who = memberName(r.People[h.Member])
	switch {
	case h.Left:
		out.Say = append(out.Say, lang.M("asset.left"))
	case h.Tested.IsZero():
		out.Say = append(out.Say, lang.M("asset.untested"))
	default:
		out.Say = append(out.Say, lang.M("asset.tested", "At", local(a, h.Tested)))
	}
	return out
}

// keyActions sets what the reader can do about each line, the same on every page that has the list.
func keyActions(a member.Actor, r asset.Register, lines []keyLine, g Guard) []keyLine {
	for i, k := range r.Keys {
		id := strconv.FormatInt(int64(k.ID), 10)
		lines[i].Change = Link{keysPath(a.Group, "note") + "?key=" + id, lang.M("asset.change", "What", k.What)}
		if k.MayClaim(a.Member.ID) {
			lines[i].Claim = Action{Href: keysPath(a.Group, id, "claim"), Label: lang.M("asset.claim", "What", k.What), Post: true, Guard: g}
		}
		if k.MayTest(a.Member.ID) {
			lines[i].Test = Action{Href: keysPath(a.Group, id, "test"), Label: lang.M("asset.test", "What", k.What), Post: true, Guard: g}
		}
	}
	return lines
}

// alertSay are the lines about keys that stand on the first page until they are put right.
func alertSay(a member.Actor, r asset.Register) (out []lang.Msg) {
	for _, al := range asset.Alerts(r.Keys, a.Group.Created, r.Now) {
		out = append(out, lang.M("asset.alert."+string(al.Warning), "What", al.Key.What))
	}
	return out
}

func (s *Server) showKeys(c echo.Context) error {
	a := s.actor(c)
	r, err := s.Keys.List(c.Request().Context(), a)
	if err != nil {
		return err
	}
	p := keysPage{Frame: s.groupFrame(c, SectionPeople)}
	p.Keys = keyActions(a, r, keyLines(a, r), p.Guard())
	p.Trial = s.trial(c, r, p.Guard())
	p.Head = Head{Crumbs: []Link{{groupPath(a.Group) + "/people", lang.M("people.people.title")}}, Title: lang.M("people.people.keys"), State: lang.M("people.keys.state"),
		Can: lang.M("asset.can"), Act: Action{Href: keysPath(a.Group, "note"), Label: lang.M("people.keys.title")}}
	p.Strip = Strip{Next: lang.M("asset.next"), Decides: lang.M("people.keys.decides"), Change: lang.M("people.keys.change"), Href: keysPath(a.Group, "note")}
	return keysTmpl.render(c, http.StatusOK, p)
}

// entryOf is what the form about a key begins with: what is written down of it.
func entryOf(r asset.Register, k asset.Key) asset.Entry {
	name := func(h asset.Holder) string {
		if h.Member != 0 && !h.Left {
			return r.People[h.Member].Name
		}
		return h.Name
	}
	return asset.Entry{Kind: k.Kind, What: k.What, Holder: name(k.First), Second: name(k.Second)}
}

func (s *Server) keyForm(c echo.Context, e asset.Entry, until string) formPage {
	kinds := Choice{Name: "kind", Legend: lang.M("asset.kind")}
	for _, k := range asset.Kinds() {
		kinds.Options = append(kinds.Options, Option{Value: string(k), Label: lang.M("asset.kind." + string(k)), Chosen: k == e.Kind})
	}
	p := s.groupForm(c, "keys", "/keys/note", lang.M("people.save"),
		field(Field{Name: "what", Value: e.What, Label: lang.M("people.keys.what"), Hint: lang.M("people.keys.what_hint"), Max: asset.MaxText}),
		selection(kinds),
		field(Field{Name: "holder", Value: e.Holder, Label: lang.M("setup.keys.holder"), Hint: lang.M("asset.holder_hint"), Max: asset.MaxText, Optional: true}),
		field(Field{Name: "second", Value: e.Second, Label: lang.M("setup.keys.second"), Hint: lang.M("setup.keys.second_hint"), Max: asset.MaxText, Optional: true}),
		field(Field{Name: "until", Value: until, Label: lang.M("asset.until"), Hint: lang.M("asset.until_hint"), Type: "date", Short: true, Optional: true}),
		tick(Tick{Name: "gone", Label: lang.M("asset.gone"), Hint: lang.M("asset.gone_hint"), Chosen: e.Gone}))
	p.Head.Crumbs = append(p.Head.Crumbs, Link{keysPath(s.actor(c).Group), lang.M("people.people.keys")})
	return p
}

func (s *Server) showKeyForm(c echo.Context) error {
	r, err := s.Keys.List(c.Request().Context(), s.actor(c))
	if err != nil {
		return err
	}
	e, until := asset.Entry{Kind: asset.Other}, ""
	for _, k := range r.Keys {
		if c.QueryParam("key") != strconv.FormatInt(int64(k.ID), 10) {
			continue
		}
		if e = entryOf(r, k); k.Until.After(r.Now) {
			until = local(s.actor(c), k.Until).Format(time.DateOnly) // whoever corrects a name extends nothing by it
		}
	}
	return formTmpl.render(c, http.StatusOK, s.keyForm(c, e, until))
}

func (s *Server) noteKey(c echo.Context) error {
	a, until := s.actor(c), value(c, "until")
	e := asset.Entry{Kind: asset.Kind(value(c, "kind")), What: value(c, "what"), Holder: value(c, "holder"), Second: value(c, "second"), Gone: value(c, "gone") == "yes"}
	var err error
	if until != "" {
		e.Until, err = lastMinute(until, a.Group.Zone)
	}
	if err == nil {
		err = s.Keys.Note(c.Request().Context(), a, e)
	}
	if wrong := fault.Fields(err); wrong != nil {
		return s.keyForm(c, e, until).again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "people.flash.key")
	return see(c, keysPath(a.Group))
}

// lastMinute returns the last minute of a day, or fault.Invalid with the field "until".
func lastMinute(day string, zone *time.Location) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return at, fault.Form(map[string]lang.Msg{"until": lang.M("asset.until.wrong")})
	}
	return time.Date(at.Year(), at.Month(), at.Day(), 23, 59, 0, 0, zone), nil
}

func (s *Server) testKey(c echo.Context) error {
	return s.sayOfKey(c, s.Keys.Test, "asset.flash.tested")
}

func (s *Server) claimKey(c echo.Context) error {
	return s.sayOfKey(c, s.Keys.Claim, "asset.flash.claimed")
}

// sayOfKey has the reader say something of the key in the address.
func (s *Server) sayOfKey(c echo.Context, say func(context.Context, member.Actor, asset.ID) error, flash string) error {
	id, err := strconv.ParseInt(c.Param("key"), 10, 64)
	if err != nil || id < 1 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if err := say(c.Request().Context(), s.actor(c), asset.ID(id)); err != nil {
		return err
	}
	s.flash(c, flash)
	return see(c, keysPath(s.actor(c).Group))
}
