package audit

// post is one post as the entries tell of it.
type post struct {
	author, kind, phase    string
	clause, parent, number int64 // number: among the answers to its parent
	version                int64
	replies, answers       int64
	text                   words
	at, edited             instant
}

// earlier is what stood in a post before it was edited.
type earlier struct {
	post, n int64
	text    words
	at      instant
}

type talkCount struct {
	phase  string
	clause int64
}

func (p *proposal) notePost(e entry) {
	d := e.data
	id := d.num("post")
	if e.kind == "post.edited" {
		if x := p.posts[id]; x != nil {
			p.edit(id, x, e)
		}
		return
	}
	x := &post{
		author: e.by, kind: d.str("kind"), phase: d.str("phase"), clause: d.num("clause"), parent: d.num("parent"), version: 1,
		text: d.words("text"), at: e.at,
	}
	if above := p.posts[x.parent]; above != nil {
		above.replies++
		if above.author != x.author {
			above.answers++
		}
		x.number = above.replies
	}
	p.posts[id] = x
	p.spoken++
	p.lastPost = id
	p.counts[talkCount{x.phase, x.clause}]++
}

func (p *proposal) edit(id int64, x *post, e entry) {
	said := x.at
	if !x.edited.IsZero() {
		said = x.edited
	}
	p.earlier = append(p.earlier, earlier{id, x.version, x.text, said})
	x.text, x.version, x.edited = e.data.words("text"), e.data.num("version"), e.at
}

func (x *post) row() row {
	r := row{
		"clause_id": x.clause, "phase": x.phase, "parent_id": nil, "author_id": x.author, "kind": x.kind, "text": x.text,
		"version": x.version, "replies": x.replies, "answers": x.answers, "reply_no": x.number, "at": x.at, "edited_at": x.edited,
	}
	if x.parent != 0 {
		r["parent_id"] = x.parent
	}
	return r
}

func (e earlier) row() row { return row{"text": e.text, "at": e.at} }
