package export

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	ballots "folkmoot/internal/ballot"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/procedure"
	"folkmoot/internal/tally"

	"golang.org/x/mod/sumdb/tlog"
)

// Line is an entry of the record as people read it.
type Line struct {
	N       int64
	At      time.Time
	Kind    string
	Subject string   // "motion/14"
	About   string   // what it is about, if that has a page: "motion/14", "decision/2026-014", "selection/3", or ""
	By      string   // the actor's reference, ledger.Operator, or "" for the rules themselves
	Title   string   // of what it is about; "" where it is not known
	Say     lang.Msg // what happened; its values are those of the entry
	Leaf    string
}

// LineOf puts an entry into a sentence. names are what members are called, by reference; who has no name there is
// spoken of as a former member. texts are the words beside the entry; what is not in them was removed. named is what the
// entry refers to; without it the sentence names only what the entry itself does.
func LineOf(e ledger.Entry, names map[string]string, texts map[[32]byte]ledger.Sealed, named Named) Line {
	l := Line{N: e.N, At: e.At, Kind: e.Kind, Subject: e.Subject, Leaf: e.Leaf}
	var leaf struct {
		By   string
		Data map[string]any
	}
	d := json.NewDecoder(strings.NewReader(e.Leaf))
	d.UseNumber()
	if err := d.Decode(&leaf); err != nil {
		l.Say = lang.M("record.unread")
		return l
	}
	l.By = leaf.By
	for _, v := range []any{e.Subject, leaf.Data["decision"], leaf.Data["motion"]} {
		if s, ok := v.(string); ok && l.About == "" && (strings.HasPrefix(s, "motion/") || strings.HasPrefix(s, "decision/") || strings.HasPrefix(s, "election/") || strings.HasPrefix(s, "selection/") || strings.HasPrefix(s, "meeting/")) {
			l.About = s
		}
	}
	l.Title = named.Titles[strings.Replace(l.About, "election/", "motion/", 1)]
	args := lang.Args{"By": who(leaf.By, names)}
	if _, of, ok := strings.Cut(e.Subject, "/"); ok {
		args["Of"] = of
	}
	for k, v := range leaf.Data {
		switch v := v.(type) {
		case string:
			args[k] = said(v, texts)
		case json.Number, bool:
			args[k] = v
		}
	}
	for _, k := range []string{"member", "mover", "codes_by"} {
		if ref, ok := leaf.Data[k].(string); ok {
			args["Member"] = who(ref, names)
		}
	}
	setPlace(args, named.in(e.Subject, leaf.Data))
	if e.Kind == "move.made" {
		args["Move"] = moveName(leaf.Data)
	}
	if job, ok := leaf.Data["job"].(string); ok {
		args["Job"] = lang.M("meeting.job." + job)
	}
	if effect, ok := leaf.Data["effect"].(string); ok { // with what it was done to
		args["Effect"] = lang.Msg{ID: "record.effect." + effect, Args: lang.Args{"Role": args["Role"], "Seat": args["Seat"]}}
	}
	if table, ok := leaf.Data["table"].(string); ok { // package audit found that it differs
		field, _ := leaf.Data["field"].(string)
		args["Table"], args["Field"] = lang.M("audit.table."+table), meeting.FieldName(table, field)
	}
	l.Say = lang.Msg{ID: "ledger." + e.Kind, Args: args}
	switch _, isCall := leaf.Data["agree"]; {
	case e.Kind == "ballot.closed" && leaf.Data["outcome"] == string(tally.Inquorate):
		l.Say.ID += ".inquorate" // nothing was counted
	case leaf.Data["method"] == ballots.AtOnce && (isCall || e.Kind == "ballot.opened"):
		l.Say.ID += ".at_once"
	case e.Kind == "ballot.closed" && isCall, e.Kind == "ballot.opened" && leaf.Data["method"] == ballots.Consensus:
		l.Say.ID += ".call"
		if urgent, _ := leaf.Data["urgent"].(bool); urgent {
			l.Say.ID += ".urgent"
		}
	}
	if why, _ := leaf.Data["why"].(string); e.Kind == "ballot.extended" && why == "block" {
		l.Say.ID += ".block"
	}
	if how, _ := leaf.Data["how"].(string); e.Kind == "decision.objected" && how == "block" {
		l.Say.ID += ".block"
	}
	if reason, _ := leaf.Data["reason"].(string); e.Kind == "ballot.stopped" && (reason == ballots.ArchivedGroup || reason == ballots.MootMotion) {
		l.Say.ID += "." + reason // the ballot box was as it must be
	}
	if slices.Contains([]string{"term.ended", "minutes.published", "meeting.called", "meeting.ended", "meeting.adjourned"}, e.Kind) && leaf.By == "" {
		l.Say.ID += ".rules" // whoever held it did nothing
	}
	if kind, _ := leaf.Data["kind"].(string); l.Say.ID == "ledger.meeting.called.rules" && kind == "ordinary" {
		l.Say.ID += ".rhythm"
	}
	return l
}

// moveName is what a move asks for, as its entry has it.
func moveName(data map[string]any) lang.Msg {
	kind, _ := data["kind"].(string)
	if _, ok := procedure.Find(procedure.Kind(kind)); !ok {
		return lang.M("record.unseen")
	}
	mv := meeting.Move{Kind: procedure.Kind(kind)}
	if n, ok := data["minutes"].(json.Number); ok {
		if minutes, err := strconv.Atoi(n.String()); err == nil {
			mv.Minutes = minutes
		}
	}
	if comes, ok := data["comes"].(string); ok {
		if at, err := time.Parse(stamp, comes); err == nil {
			mv.At = at
		}
	}
	return mv.Name()
}

// setPlace names a role in a sentence, and a place in it; "" and 0 where none is known.
func setPlace(args lang.Args, p Place) {
	args["Role"], args["Seat"] = "", p.Seat
	if p.Role != "" {
		args["Role"] = lang.M("role." + p.Role + ".name")
	}
}

// KindsSaid returns the sentence id with its values, of which those named are kinds of entries, in people's words. Only the
// kinds are known, so what else such a sentence tells is left open. A kind that the catalogue has no words for is
// never shown: it may come from a file that anybody sent.
func KindsSaid(catalog *lang.Catalog, id string, values map[string]any, named ...string) lang.Msg {
	args := lang.Args(maps.Clone(values))
	for _, name := range named {
		kind, ok := args[name].(string)
		switch {
		case !ok:
		case kind == "":
			args[name] = lang.M("record.unseen")
		case !catalog.Has("ledger." + kind):
			args[name] = lang.M("record.unread")
		default:
			args[name] = lang.Msg{ID: "ledger." + kind, Args: openValues()}
		}
	}
	return lang.Msg{ID: id, Args: args}
}

// ProblemSaid returns in people's words what a check found: the problem by the name and the values of its sentence, and what the entry is that
// it is about, by its kind and instant; zero if no kind is known.
func ProblemSaid(catalog *lang.Catalog, id string, values map[string]any, kind string, at time.Time) (say, about lang.Msg) {
	say = KindsSaid(catalog, id, values, "Was", "Now")
	if kind != "" {
		about = KindsSaid(catalog, "verify.about", map[string]any{"N": values["N"], "At": at, "Say": kind}, "Say")
	}
	return say, about
}

// openValues are what stands in the sentence of an entry of which only the kind is known.
func openValues() lang.Args {
	args := lang.Args{"By": lang.M("export.role.member"), "Member": lang.M("export.role.member"), "Role": "", "Seat": 0, "Effect": "…"}
	for _, name := range []string{"Table", "Field", "Of", "name", "what", "uses", "at", "number", "turnout", "kept", "from", "to", "text", "title", "n", "needed", "people", "turns", "tables", "circles", "signed", "present", "noted", "most", "Job", "Move", "support", "ruling", "rule", "for", "against", "agree", "reservation", "aside", "block"} {
		args[name] = "…"
	}
	return args
}

// said is a value of an entry as it stands in a sentence.
func said(v string, texts map[[32]byte]ledger.Sealed) any {
	if hash, ok := ledger.ParseText(v); ok {
		if t, ok := texts[hash]; ok && !t.Gone {
			return t.Text
		}
		return lang.M("record.removed")
	}
	if t, err := time.Parse(stamp, v); err == nil {
		return t
	}
	return v
}

// who is what somebody is called in a sentence.
func who(ref string, names map[string]string) any {
	switch name, ok := names[ref]; {
	case ok:
		return name
	case ref == ledger.Operator:
		return lang.M("record.operator")
	case ref == "":
		return lang.M("record.rules")
	}
	return lang.M("record.former")
}

// Who says in a word who stands behind a line. Who asked for a secret vote is not recorded, so nobody is named.
func (l Line) Who() lang.Msg {
	if l.Kind == "motion.secret_asked" {
		return lang.M("record.unnamed")
	}
	return lang.M("record.by", "Who", l.Say.Args["By"])
}

// Hash is the entry's leaf hash in the tree, in hexadecimal.
func (l Line) Hash() string {
	h := tlog.RecordHash([]byte(l.Leaf))
	return hex.EncodeToString(h[:])
}

// In puts the times of the line into a zone.
func (l Line) In(zone *time.Location) Line {
	l.At = l.At.In(zone)
	l.Say = l.Say.In(zone)
	return l
}
