package verify_test

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/merkle"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// T is a text in an event's data.
type T string

type data = map[string]any

// log is a record as a server would write it, kept in memory.
type log struct {
	t       testing.TB
	name    string // of the group
	skey    string
	vkey    string
	at      time.Time
	leaves  []string
	texts   []map[string]textJSON
	stored  []tlog.Hash
	members map[string]string
	params  string // the rules
}

// branch is rules under which more for than against is enough, with what a check reads of them.
const branch = `{"consensus.fallback":"2/3","decide_default":"majority","online_vote_hours":48,"quorum.min":2,"quorum.rule":"Q","schema":1,"voting_wait_days":0}`

type textJSON struct {
	Salt     *string `json:"salt,omitempty"`
	Text     *string `json:"text,omitempty"`
	Removed  bool    `json:"removed,omitempty"`
	Withheld bool    `json:"withheld,omitempty"`
}

type entryJSON struct {
	N     int64               `json:"n"`
	Leaf  string              `json:"leaf"`
	Texts map[string]textJSON `json:"texts"`
	Proof *[]string           `json:"proof,omitempty"`
}

type fileJSON struct {
	Format      string            `json:"format"`
	Scope       string            `json:"scope"`
	Group       map[string]string `json:"group"`
	Log         logJSON           `json:"log"`
	NamesHidden bool              `json:"names_hidden"`
	Entries     []entryJSON       `json:"entries"`
	LeafHashes  []string          `json:"leaf_hashes"`
	Names       map[string]string `json:"names"`
	Decisions   []data            `json:"decisions"`
}

type logJSON struct {
	Origin     string `json:"origin"`
	Key        string `json:"key"`
	Checkpoint string `json:"checkpoint"`
	Selection  string `json:"selection"`
}

func newLog(t testing.TB) *log {
	l := &log{t: t, name: "Bakers", at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), members: map[string]string{}, params: branch}
	l.newKey()
	return l
}

func (l *log) newKey() {
	skey, vkey, err := note.GenerateKey(rand.Reader, "folkmoot-test")
	if err != nil {
		l.t.Fatal(err)
	}
	l.skey, l.vkey = skey, vkey
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }

func (l *log) seal(v any, texts map[string]textJSON) any {
	switch v := v.(type) {
	case T:
		salt := make([]byte, 16)
		if _, err := rand.Read(salt); err != nil {
			l.t.Fatal(err)
		}
		sum, s, text := merkle.TextHash(salt, string(v)), hex.EncodeToString(salt), string(v)
		texts[hex.EncodeToString(sum[:])] = textJSON{Salt: &s, Text: &text}
		return merkle.TextValue(sum)
	case data:
		out := data{}
		for k, e := range v {
			out[k] = l.seal(e, texts)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = l.seal(e, texts)
		}
		return out
	}
	return v
}

// add appends an entry a minute after the last and returns its place.
func (l *log) add(by, kind, of string, d data) int64 {
	l.at = l.at.Add(time.Minute)
	texts := map[string]textJSON{}
	n := int64(len(l.leaves))
	leaf, err := merkle.Canonical(data{"at": stamp(l.at), "by": by, "data": l.seal(d, texts), "kind": kind, "n": n, "of": of})
	if err != nil {
		l.t.Fatal(err)
	}
	l.leaves, l.texts = append(l.leaves, string(leaf)), append(l.texts, texts)
	l.hash(n)
	return n
}

func (l *log) hash(n int64) {
	hashes, err := tlog.StoredHashes(n, []byte(l.leaves[n]), l)
	if err != nil {
		l.t.Fatal(err)
	}
	l.stored = append(l.stored, hashes...)
}

// cut takes away the entries from n on.
func (l *log) cut(n int) {
	l.leaves, l.texts, l.stored = l.leaves[:n], l.texts[:n], nil
	for i := range l.leaves {
		l.hash(int64(i))
	}
}

// ReadHashes implements tlog.HashReader.
func (l *log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = l.stored[x]
	}
	return out, nil
}

func (l *log) join(ref, name string) {
	l.members[ref] = name
	l.add(ref, "member.joined", "member/"+ref, data{"member": ref, "name": T(name), "introduced_by": ""})
}

// joinAtOnce has somebody join at the moment of the last entry.
func (l *log) joinAtOnce(ref, name string) {
	l.at = l.at.Add(-time.Minute)
	l.join(ref, name)
}

func (l *log) leave(ref string) { l.add(ref, "member.left", "member/"+ref, data{"member": ref}) }

func digest(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

func canonical(t testing.TB, v any) []byte {
	b, err := merkle.Canonical(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (l *log) begin() {
	l.add("m_ada", "group.started", "group", data{"name": T(l.name), "aim": T(""), "preset": "A", "key": l.vkey})
	params := l.params
	from := l.at.Add(time.Minute)
	version := digest(canonical(l.t, data{"by": "A", "from": from.UnixMilli(), "number": 1, "prev": strings.Repeat("0", 64), "rules": digest([]byte(params))}))
	l.add("m_ada", "rulebook.begun", "rulebook/1", data{
		"number": 1, "params": params, "hash": digest([]byte(params)), "from": stamp(from), "preset": "A",
		"version": version, "previous": strings.Repeat("0", 64),
	})
	l.join("m_ada", "Ada")
	l.join("m_bo", "Bo")
	l.join("m_cy", "Cy")
}

// counted is how a ballot ended.
type counted struct {
	yes, no, abstain int
	quorum           int
	outcome, reason  string
	codes            []string
	opened           func(data) // changes what the opening says, before it is hashed
	closed           func(data) // changes what the closing says
	room             *roomed    // it was held in a meeting
}

// roomed is how a vote was held in a room, and what is changed of the entries about that.
type roomed struct {
	window    time.Duration // 0: a minute
	early     time.Duration // before the window ends
	named     bool
	extended  []data // what entries extending it say
	online    bool   // its words do not leave it to a meeting
	scheduled func(data)
	then      func() // comes between the agenda and the vote
	decided   func(data)
	votes     []any
	hands     data  // what came of a show of hands
	tellers   []any // who counted it
	byHand    int   // how many could show hands
}

// decide takes a proposal from its first word to a decision with a minority report, and returns the decision as a file
// shows it.
func (l *log) decide(number int, c counted) data {
	motion := fmt.Sprintf("motion/%d", number)
	ballotRef, decisionRef := fmt.Sprintf("b_%d", number), fmt.Sprintf("2026-%03d", number)
	wording := func(n int, kind, title string, clauses ...string) (data, int64, string) {
		list, shown := []any{}, []any{}
		for i, c := range clauses {
			list = append(list, data{"id": i + 1, "text": T(c)})
			shown = append(shown, data{"id": i + 1, "text": c})
		}
		hash := digest(canonical(l.t, data{"clauses": shown, "title": title}))
		said := data{
			"number": number, "version": n, "kind": "ordinary", "about_person": false, "title": T(title), "why": T("Because."),
			"able": T(""), "won": T("Bread"), "partly": T(""), "not_acceptable": T(""), "clauses": list, "text_hash": hash,
		}
		if c.room != nil && !c.room.online {
			said["forum"] = "meeting"
		}
		at := l.add("m_ada", kind, motion, said)
		return data{"n": n, "at": stamp(l.at), "title": title, "clauses": shown, "text_hash": hash}, at, hash
	}
	first, e1, _ := wording(1, "motion.proposed", "Bake", "We bake.")
	proposed := stamp(l.at)
	second, e2, hash := wording(2, "motion.reworded", "Bake bread", "We bake bread.", "Every day.")
	e3 := l.add("", "motion.tabled", motion, data{"supporters": 2, "needed": 2})
	e4 := l.add("m_bo", "motion.statement", motion, data{"side": "against", "text": T("Too early.")})
	said := stamp(l.at)
	resting := []any{}
	if c.room != nil {
		s := data{"meeting": "meeting/3", "meetings": 1, "text_until": stamp(l.at), "opens_at": stamp(l.at)}
		if c.room.scheduled != nil {
			c.room.scheduled(s)
		}
		resting = append(resting, l.add("", "motion.scheduled", motion, s))
		if c.room.then != nil {
			c.room.then()
		}
	}
	opens := l.at.Add(time.Minute)
	closes := opens.Add(50 * time.Hour)
	if c.room != nil {
		closes = opens.Add(cmp.Or(c.room.window, time.Minute))
	}
	end := closes
	roll := digest([]byte("m_ada\nm_bo\nm_cy\n"))
	receipt := "none"
	if c.codes != nil {
		receipt = "presence"
	}
	numbers := func(d data) data { // what nobody counts in a vote in which too few took part
		if c.outcome != "inquorate" {
			d["for"], d["against"], d["abstain"] = c.yes, c.no, c.abstain
		}
		return d
	}
	secret := c.codes != nil
	o := data{
		"ballot": "ballot/" + ballotRef, "motion": motion, "version": 2, "round": 1, "secret": secret, "receipt": receipt,
		"opens_at": stamp(opens), "closes_at": stamp(closes), "rulebook": 1, "rule": data{"base": "cast", "den": 2, "num": 1, "strict": true},
		"quorum": c.quorum, "active": 3, "entitled": 3, "roll_hash": roll, "text_hash": hash,
	}
	if c.room != nil {
		o["meeting"], o["present"], o["named"] = "meeting/3", 3, c.room.named
	}
	if c.room != nil && c.room.hands != nil {
		o["by_hand"], o["tellers"] = c.room.byHand, c.room.tellers
	}
	if c.opened != nil {
		c.opened(o)
	}
	asks := data{
		"ballot": ballotRef, "opens_at": o["opens_at"], "closes_at": o["closes_at"], "quorum": o["quorum"], "roll": o["roll_hash"],
		"rule": o["rule"], "secret": o["secret"], "text": hash,
	}
	if where, ok := o["meeting"]; ok {
		asks["meeting"], asks["named"] = where, o["named"]
	}
	o["question_hash"] = digest(canonical(l.t, asks))
	e5 := l.add("", "ballot.opened", "ballot/"+ballotRef, o)
	if c.room != nil {
		end = closes.Add(-c.room.early)
		for _, x := range c.room.extended {
			l.at = opens.Add(-time.Minute).Add(time.Second) // it is a second after the opening
			if x["closes_at"] == nil {
				end = closes.Add(30 * time.Second)
				x["closes_at"] = stamp(end)
			}
			resting = append(resting, l.add("", "ballot.extended", "ballot/"+ballotRef, x))
		}
	}
	l.at = end
	papersHash := ""
	if len(c.codes) > 0 {
		papersHash = digest([]byte(strings.Join(c.codes, "\n") + "\n"))
	}
	turnout := c.yes + c.no + c.abstain
	closing := numbers(data{
		"ballot": ballotRef, "motion": motion, "turnout": turnout, "outcome": c.outcome, "reason": c.reason, "papers": len(c.codes),
		"papers_hash": papersHash,
	})
	if c.room != nil && end != closes {
		closing["closes_at"] = stamp(end)
	}
	if c.room != nil && c.room.votes != nil {
		closing["votes"] = c.room.votes
	}
	if c.room != nil && c.room.hands != nil {
		closing["hands"] = c.room.hands
	}
	if c.closed != nil {
		c.closed(closing)
	}
	e6 := l.add("", "ballot.closed", "ballot/"+ballotRef, closing)
	recorded := data{
		"number": decisionRef, "motion": motion, "version": 2, "ballot": ballotRef, "outcome": c.outcome,
		"title": T("Bake bread"), "text_hash": hash, "rulebook": 1, "review_at": "",
	}
	if c.room != nil {
		recorded["meeting"] = "meeting/3"
		if c.room.decided != nil {
			c.room.decided(recorded)
		}
	}
	e7 := l.add("", "decision.recorded", "decision/"+decisionRef, recorded)
	e8 := l.add("m_bo", "dissent.filed", "decision/"+decisionRef, data{"decision": "decision/" + decisionRef, "dissent": 1, "text": T("I sleep then."), "late": false})
	dissented := stamp(l.at)
	e9 := l.add("m_cy", "dissent.signed", "decision/"+decisionRef, data{"decision": "decision/" + decisionRef, "dissent": 1, "signers": 2})
	codes := []any{}
	for _, c := range c.codes {
		codes = append(codes, c)
	}
	out := data{
		"number": decisionRef, "at": stamp(end), "title": "Bake bread", "outcome": c.outcome, "reason": c.reason,
		"clauses": second["clauses"], "text_hash": hash, "version": 2,
		"votes": numbers(data{"turnout": turnout, "entitled": o["entitled"], "active": o["active"], "quorum": o["quorum"]}),
		"rule":  o["rule"],
		"ballot": data{
			"ref": ballotRef, "round": o["round"], "secret": o["secret"], "receipt": o["receipt"], "opens_at": o["opens_at"], "closes_at": o["closes_at"],
			"roll_hash": o["roll_hash"], "question_hash": o["question_hash"], "papers": len(c.codes), "papers_hash": papersHash,
		},
		"codes": codes, "rules": data{"number": 1, "hash": digest([]byte(l.params)), "version": l.field(1, "version")},
		"proposal": data{
			"ref": motion, "kind": "ordinary", "about_person": false, "mover": "m_ada", "proposed_at": proposed,
			"why": "Because.", "able": "", "won": "Bread", "partly": "", "not_acceptable": "",
		},
		"versions":   []any{first, second},
		"statements": []any{data{"at": said, "by": "m_bo", "side": "against", "text": "Too early."}},
		"dissents":   []any{data{"id": 1, "at": dissented, "by": "m_bo", "late": false, "signers": 2, "text": "I sleep then."}},
		"review_at":  nil, "entries": sorted(append(resting, 1, e1, e2, e3, e4, e5, e6, e7, e8, e9)),
	}
	if c.room != nil {
		room := data{"meeting": "meeting/3", "present": o["present"], "closed_at": stamp(end)}
		if c.room.votes != nil {
			room["votes"] = c.room.votes
		}
		if c.room.hands != nil {
			room["hands"], room["by_hand"], room["tellers"] = c.room.hands, c.room.byHand, c.room.tellers
		}
		out["room"] = room
	}
	return out
}

// sorted returns the places in order.
func sorted(places []any) []any {
	n := func(v any) int64 {
		if i, ok := v.(int); ok {
			return int64(i)
		}
		return v.(int64)
	}
	slices.SortFunc(places, func(a, b any) int { return cmp.Compare(n(a), n(b)) })
	return places
}

// field returns a value of an entry's data.
func (l *log) field(n int, name string) string {
	var leaf struct{ Data map[string]any }
	if err := json.Unmarshal([]byte(l.leaves[n]), &leaf); err != nil {
		l.t.Fatal(err)
	}
	s, _ := leaf.Data[name].(string)
	return s
}

func (l *log) checkpoint() merkle.Checkpoint {
	n := int64(len(l.leaves))
	root, err := tlog.TreeHash(n, l)
	if err != nil {
		l.t.Fatal(err)
	}
	return merkle.Checkpoint{Origin: "folkmoot/g_1", Size: n, Root: root}
}

// file returns the record of everything, or of one decision and the entries it needs.
func (l *log) file(decisions []data, only []int64) fileJSON {
	signer, err := note.NewSigner(l.skey)
	if err != nil {
		l.t.Fatal(err)
	}
	c := l.checkpoint()
	signed, err := merkle.Sign(c, signer)
	if err != nil {
		l.t.Fatal(err)
	}
	f := fileJSON{
		Format: "folkmoot-record/1", Scope: "everything", Group: map[string]string{"ref": "g_1", "name": l.name},
		Log:     logJSON{Origin: "folkmoot/g_1", Key: l.vkey, Checkpoint: signed},
		Entries: []entryJSON{}, LeafHashes: []string{}, Names: map[string]string{}, Decisions: decisions,
	}
	if only != nil {
		f.Scope = "decision"
		if f.Log.Selection, err = merkle.SignSelection(merkle.Selection{Checkpoint: c, Of: "decision/" + decisions[0]["number"].(string), Entries: only}, signer); err != nil {
			l.t.Fatal(err)
		}
	}
	for n := range int64(len(l.leaves)) {
		leaf := l.leaves[n]
		h := tlog.RecordHash([]byte(leaf))
		if only != nil {
			f.LeafHashes = append(f.LeafHashes, base64.StdEncoding.EncodeToString(h[:]))
			if !slices.Contains(only, n) {
				continue
			}
		}
		e := entryJSON{N: n, Leaf: leaf, Texts: l.texts[n]}
		if only != nil {
			path, err := tlog.ProveRecord(c.Size, n, l)
			if err != nil {
				l.t.Fatal(err)
			}
			e.Proof = &[]string{}
			for _, h := range path {
				*e.Proof = append(*e.Proof, base64.StdEncoding.EncodeToString(h[:]))
			}
		}
		f.Entries = append(f.Entries, e)
		if strings.Contains(leaf, `"kind":"member.joined"`) {
			ref := l.field(int(n), "member")
			f.Names[ref] = l.members[ref]
		}
	}
	return f
}

// bytes is the file as it is kept.
func (f fileJSON) bytes(t testing.TB) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// entries returns the places a decision rests on, with the beginning of the log and those who speak in it.
func entriesOf(d data) []int64 {
	ns := []int64{0, 2, 3, 4}
	for _, n := range d["entries"].([]any) {
		switch n := n.(type) {
		case int:
			ns = append(ns, int64(n))
		case int64:
			ns = append(ns, n)
		}
	}
	slices.Sort(ns)
	return slices.Compact(ns)
}
