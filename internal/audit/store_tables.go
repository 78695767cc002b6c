package audit

// column is a column of a table. Its name says what becomes of it.
type column struct {
	name string
	sql  string // what is compared, with rows named by the record's names; "" if that is the column
	why  string // why it is not compared; "" if it is. As a key it may stand for the place in the order nevertheless
	in   place
}

// place says how a column tells which row of the record a row is.
type place int

const (
	nowhere place = iota
	key           // part of the row's name within what was asked for
	scope         // part of what was asked for
)

// table is a table whose rows the record tells of.
type table struct {
	name    string
	where   string // which rows belong to the group, or to the thing in it
	columns []column
}

// Why columns are not compared.
const (
	rowNumber = "a number by which tables refer to each other; the record has names of its own"
	personal  = "which person a member is would tell who is in several groups, so no record says it"
	activity  = "the month of the last activity, voting included; the record must not say who took part"
	drafting  = "when a draft was begun is its writer's own business; the record begins when it is put forward"
	asking    = "who asked for a secret vote is never recorded; how many did is"
	voting    = "who voted is not in the record; how many did is"
	counting  = "what a teller has counted is told to nobody before the close, and is with the count after it"
	wizard    = "where the founder is in the wizard decides nothing"
	secret    = "the secret of a link"
	reading   = "which card is shown decides nothing"
	ahead     = "when the clock looks at it next; nothing follows from it"
)

// private lists the tables that no record tells of, and why.
var private = map[string]string{
	"settings": "the installation's", "once_keys": "answers to forms", "setup_links": "links before there is a group",
	"people": "handles are personal and belong to no group", "logins": "contact data and passphrases", "sessions": "who is signed in",
	"share_offers": "who asks whom to stand together is told to nobody but them; who stands is recorded", "share_people": "what they say to it, too",
	"draw_answers":        "what somebody says before a draw; only who says yes is published, with the pool",
	"reopenings":          "who wants an archived group back is told to nobody; how many did is recorded when it is reopened",
	"petition_signatures": "who signed a petition is told to nobody; how many did is recorded when signing ends",
	"read_marks":          "what somebody has read is their own business", "urn": "sealed votes; their count at the close is recorded and verified",
	"letters": "what is sent by mail is a delivery of what the record tells", "mails": "who is sent what, and what became of it, is told to nobody but them",
	"calendar_feeds":          "addresses of people's own calendars",
	"learnings":               "when the clock looks at a term next, and what counts who learns beside whom",
	"shadowings":              "who learns beside whom is told to nobody but the two",
	"sittings":                "when the two sat together is told to nobody but them",
	"understudy_volunteers":   "who would be understudy is told to nobody; who is named is recorded",
	"handover_items":          "what is written at a handover may be personal; its hash is recorded when it is finished",
	"asking_answers":          "who said what when everybody was asked is told to nobody; how many did is recorded",
	"call_answers":            "who answers what to a call for agreement is told to nobody, and gone when it is counted; what of it is published is recorded",
	"meeting_call_names":      "who asks for a meeting is told to nobody; how many did is recorded",
	"meeting_screens":         "addresses of screens in the room",
	"meeting_presence":        "who was at a meeting is told to nobody; how many were is recorded, and how many others noted",
	"hand_voters":             "who votes by hand is told to nobody; how many do is recorded",
	"meeting_lots":            "the secret of the next lot; what it must come to is recorded",
	"resolution_lots":         "the secret of the next lot; what it must come to is recorded",
	"resolution_pool":         "who has which number in a lot is told to nobody but them; who is drawn is recorded",
	"meeting_codes":           "codes by which members are noted as there; who made them is recorded",
	"meeting_needs":           "what somebody needs is told to nobody but who keeps the door",
	"meeting_willing":         "what somebody would do in a meeting; who would is recorded when jobs are drawn",
	"meeting_hands":           "who wanted to speak, and spoke for how long, is told to nobody",
	"minutes_notes":           "what notes said while they were written; what was published is recorded",
	"procedural_supports":     "who supports a move is told to nobody; how many do is recorded",
	"procedural_votes":        "who votes how on a move is told to nobody, and gone when it is counted",
	"meeting_feeling_answers": "how somebody feels is told to nobody, and gone when it is added up",
	"meeting_seats":           "who talked with whom in a small group is told to nobody, and gone when the groups end",
	"meeting_circle_seats":    "who is in which group, and whom they would have speak for it, is told to nobody, and gone when the groups end",
	"meeting_circles":         "who speaks for a group is on no record, as it is of those who speak",
	"meeting_tables":          "what is on a card while people write it; what it says at the end is recorded",
	"meeting_said":            "what was read out in a meeting decides nothing",
	"meeting_moves":           "the order in which people were heard is told to nobody",
	"ledger_entries":          "the record itself", "ledger_hashes": "the record itself", "ledger_texts": "the record itself",
}

func is(names ...string) (out []column) {
	for _, n := range names {
		out = append(out, column{name: n})
	}
	return out
}

func named(in place, names ...string) (out []column) {
	for _, n := range names {
		out = append(out, column{name: n, in: in})
	}
	return out
}

func not(why string, names ...string) (out []column) {
	for _, n := range names {
		out = append(out, column{name: n, why: why})
	}
	return out
}

// by compares a column by what the row it refers to is called.
func by(in place, what, from string, names ...string) (out []column) {
	for _, n := range names {
		out = append(out, column{name: n, sql: "(SELECT r." + what + " FROM " + from + " r WHERE r.id = t." + n + ")", in: in})
	}
	return out
}

func columns(parts ...[]column) (out []column) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// Where the rows of a proposal, a ballot, a decision and a report are.
const (
	ofGroup      = "t.group_id = ?"
	ofMeetings   = "t.meeting_id IN (SELECT m.id FROM meetings m WHERE m.group_id = ?)"
	inMotion     = "motion_id = (SELECT m.id FROM motions m WHERE m.group_id = ? AND m.number = ?)"
	ofMotion     = "t." + inMotion
	inElection   = "election_id = (SELECT e.id FROM elections e WHERE e." + inMotion + ")"
	inResolution = "resolution_id IN (SELECT r.id FROM resolutions r WHERE r." + inMotion + ")"
	ofBallot     = "t.ballot_id = (SELECT x.id FROM ballots x WHERE x.ref = ?)"
	ofDecision   = "t.decision_id = (SELECT x.id FROM decisions x WHERE x." + inMotion + " AND x.year = ? AND x.seq = ?)"
)

var (
	groups = table{"groups", "t.id = ?", columns(
		not(rowNumber, "id"), is("ref", "slug", "name", "aim", "preset", "zone", "lang"), by(nowhere, "ref", "groups", "parent_id"),
		is("created_at", "third_at", "founding_at", "founding_place", "adopted_at"), not(wizard, "setup_step"), not(ahead, "question_at"), is("motion_seq"),
		is("archived_at", "archived_by", "reopened_at"), not(ahead, "look_at", "rhythm_at"))}
	members = table{"members", ofGroup, columns(
		not(rowNumber, "id"), named(key, "ref"), named(scope, "group_id"), not(personal, "person_id"), is("name", "name_key", "founder"),
		by(nowhere, "ref", "members", "introduced_by"), is("joined_at", "left_at"), not(activity, "active_month"))}
	invitations = table{"invitations", ofGroup, columns(
		named(key, "id"), not(secret, "hash"), named(scope, "group_id"), by(nowhere, "ref", "members", "made_by"),
		is("made_at", "expires_at", "uses_left", "revoked_at"))}
	heldKeys = table{"held_keys", ofGroup, columns(
		[]column{{name: "id", sql: "ROW_NUMBER() OVER (ORDER BY t.id)", in: key, why: rowNumber}}, named(scope, "group_id"), is("what", "holder", "second", "at"),
		is("kind", "holder_since", "second_since", "holder_tested", "second_tested", "until_at", "gone"), by(nowhere, "ref", "members", "holder_id", "second_id"))}
	moneyReports = table{"money_reports", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "number"),
		is("corrects", "from_day", "to_day", "currency", "start", "came_in", "paid", "counted", "text"), by(nowhere, "ref", "members", "by_id"), is("at"))}
	moneyLines = table{"money_lines", "t.report_id IN (SELECT r.id FROM money_reports r WHERE r.group_id = ?)", columns(
		by(key, "number", "money_reports", "report_id"), named(key, "n"), is("purpose", "amount"))}
	foundingCalls = table{"founding_calls", ofGroup, columns(named(scope, "group_id"), by(key, "ref", "members", "member_id"), is("at"))}
	rulebooks     = table{"rulebooks", ofGroup, columns(
		named(scope, "group_id"), named(key, "number"), is("params", "hash", "prev_hash", "from_at", "by_what"),
		by(nowhere, "ref", "members", "by_member"), is("decision_id"))}

	roles = table{"roles", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "key"), is("family", "fill", "seats", "caps", "begun_at", "cause",
			"ended_at", "into_key", "slept_at", "again_at"), not(ahead, "due_at", "watch_at"))}
	draws = table{"draws", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), by(nowhere, "key", "roles", "role_id"), named(key, "number"),
		is("state", "seats", "rulebook", "cause", "asked_at", "closes_at", "drawn_at", "starts_at", "relaxed", "commit_to", "pool_hash"),
		[]column{{name: "secret", sql: "CASE WHEN t.state = 'drawn' THEN t.secret END"}}, is("seed"), not(ahead, "due_at"))}
	pools = table{"draw_pool", "t.draw_id IN (SELECT d.id FROM draws d WHERE d.group_id = ?)", columns(
		by(key, "number", "draws", "draw_id"), named(key, "place"), by(nowhere, "ref", "members", "member_id"), is("weight", "words", "turn"))}
	terms = table{"terms", ofGroup, columns(
		not(rowNumber, "id"), named(key, "ref"), named(scope, "group_id"), by(nowhere, "key", "roles", "role_id"), by(nowhere, "ref", "members", "member_id"),
		is("kind", "seat", "caps", "starts_at", "ends_at", "cause", "share", "ended_at", "ended_how"))}
	signatures = table{"count_signatures", "t.ballot_id IN (SELECT x.id FROM ballots x WHERE x.group_id = ?)", columns(
		by(key, "ref", "ballots", "ballot_id"), by(key, "ref", "members", "member_id"), is("at", "common"))}

	effects = table{"effects", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "cause", "n"), is("kind", "subject", "done", "why", "at"))}
	petitions = table{"petitions", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "number"), by(nowhere, "ref", "terms", "term_id"),
		is("state", "reason", "answer", "needed"), []column{{name: "signed", sql: "CASE WHEN t.state <> 'collecting' THEN t.signed END"}},
		is("rulebook", "started_at", "closes_at", "reached_at"), by(nowhere, "number", "motions", "motion_id"), is("ended_at"), not(ahead, "due_at"))}
	waivers = table{"waivers", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "cause"), by(nowhere, "key", "roles", "role_id"), by(nowhere, "ref", "members", "member_id"),
		is("granted_at"), by(nowhere, "ref", "terms", "term_id"), is("bars"))}

	balances = table{"balances", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), by(nowhere, "key", "roles", "role_id"), is("places", "reserved_for", "from_at"), named(key, "cause"))}

	revivals = table{"revivals", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "number"),
		is("why", "since_at", "noticed_at", "opens_at", "closes_at", "archives_at", "ended_at", "how", "answered"), not(ahead, "due_at"))}
	vacancies = table{"vacancies", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), by(nowhere, "key", "roles", "role_id"), named(key, "number"), is("seat"),
		by(nowhere, "ref", "terms", "after_id"), is("opened_at", "until_at"), by(nowhere, "number", "motions", "motion_id"), is("closed_at", "closed_how"))}

	meetingCalls = table{"meeting_calls", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "number"), is("state", "business", "needed"),
		[]column{{name: "signed", sql: "CASE WHEN t.state <> 'collecting' THEN t.signed END"}},
		is("rulebook", "started_at", "closes_at", "reached_at", "ended_at"), not(ahead, "due_at"))}
	meetings = table{"meetings", ofGroup, columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "number"),
		is("kind", "state", "title", "place", "getting_in", "link", "dial_in", "help", "opens_at", "stop_at", "notice_at", "called_at"),
		by(nowhere, "ref", "members", "called_by"), is("cause", "rulebook", "code", "commit_to"),
		[]column{{name: "secret", sql: "CASE WHEN t.ordered_at IS NOT NULL THEN t.secret END"}}, is("lot_at", "ordered_at", "jobs_commit"),
		[]column{{name: "jobs_secret", sql: "CASE WHEN t.sat_at IS NOT NULL THEN t.jobs_secret END"}}, is("active", "quorum", "present"),
		[]column{{name: "most", sql: "CASE WHEN t.ended_at IS NOT NULL THEN t.most END"}},
		is("enough", "began_at", "adopted_at", "item_id", "break_until", "ended_at", "sitting", "sat_at", "talk_at", "noted"), not(ahead, "due_at"))}
	meetingItems = table{"meeting_items", ofGroup, columns(
		named(key, "id"), named(scope, "group_id"), by(nowhere, "number", "meetings", "meeting_id"), is("kind"), by(nowhere, "number", "motions", "motion_id"),
		is("title", "text"), by(nowhere, "ref", "members", "by_id"), is("added_at", "minutes", "carried", "place", "why", "fits", "state", "began_at", "ended_at", "urgent"),
		by(nowhere, "ref", "members", "aside_id"), is("report_from", "report_to", "report_due"))}
	meetingTerms = table{"meeting_terms", ofGroup, columns(
		not(rowNumber, "id"), named(key, "ref"), named(scope, "group_id"), by(nowhere, "number", "meetings", "meeting_id"), is("job"),
		by(nowhere, "ref", "members", "member_id"), is("shadow", "caps", "starts_at", "ends_at", "cause", "ended_at", "ended_how"))}

	minutes = table{"minutes", ofGroup, columns(
		by(key, "number", "meetings", "meeting_id"), named(scope, "group_id"), is("state", "draft_until", "published_at"),
		by(nowhere, "ref", "members", "published_by"), is("until_at", "confirmed_at"), by(nowhere, "number", "meetings", "confirmed_in"), not(ahead, "due_at"))}
	minutesTexts = table{"minutes_texts", ofMeetings, columns(
		by(key, "number", "meetings", "meeting_id"), named(key, "item_id"), is("text"))}
	minutesNames = table{"minutes_names", "t.item_id IN (SELECT i.id FROM meeting_items i WHERE i.group_id = ?)", columns(
		named(key, "item_id"), by(key, "ref", "members", "member_id"), is("at"))}
	minutesCorrections = table{"minutes_corrections", ofMeetings, columns(
		by(key, "number", "meetings", "meeting_id"), named(key, "n"), is("item_id"), by(nowhere, "ref", "members", "by_id"), is("text", "at", "how", "answer"),
		by(nowhere, "ref", "members", "answered_by"), by(nowhere, "number", "meetings", "answered_in"), is("answered_at"))}
	proceduralMoves = table{"procedural_moves", ofGroup, columns(
		named(key, "id"), named(scope, "group_id"), by(nowhere, "number", "meetings", "meeting_id"), is("item_id", "kind"), by(nowhere, "ref", "members", "by_id"),
		is("rule", "safety", "whole", "minutes", "comes_at", "first_id"), by(nowhere, "ref", "members", "about_id"),
		is("of_id", "support", "state", "made_at", "ready_at", "needs", "opens_at", "closes_at", "entitled", "votes_for", "votes_against", "decided_at", "ruling",
			"ruling_rule"))}

	meetingRounds = table{"meeting_rounds", ofGroup, columns(
		named(key, "id"), named(scope, "group_id"), by(nowhere, "number", "meetings", "meeting_id"), is("item_id"), by(nowhere, "ref", "members", "by_id"),
		is("question", "seconds", "state", "opens_at", "ended_at", "start", "people", "turns"))}
	meetingBreakouts = table{"meeting_breakouts", ofGroup, columns(
		named(key, "id"), named(scope, "group_id"), by(nowhere, "number", "meetings", "meeting_id"), is("item_id"), by(nowhere, "ref", "members", "by_id"),
		is("question", "choice", "tables", "state", "opens_at", "closes_at", "ended_at", "people"), not(reading, "shown", "shown_at"))}
	meetingSpokes = table{"meeting_spokes", ofGroup, columns(
		named(key, "id"), named(scope, "group_id"), by(nowhere, "number", "meetings", "meeting_id"), is("item_id"), by(nowhere, "ref", "members", "by_id"),
		is("circles", "people", "state", "opens_at", "ended_at"))}
	meetingCards = table{"meeting_cards", "t.breakout_id IN (SELECT b.id FROM meeting_breakouts b WHERE b.group_id = ?)", columns(
		named(key, "breakout_id", "number"), is("topic", "line1", "line2", "line3"))}
	meetingFeelings = table{"meeting_feelings", ofGroup, columns(
		named(key, "id"), named(scope, "group_id"), by(nowhere, "number", "meetings", "meeting_id"), is("item_id"), by(nowhere, "ref", "members", "by_id"),
		is("question", "state", "opens_at", "closes_at", "ended_at", "p1", "p2", "p3", "p4", "p5"))}

	motions = table{"motions", "t.group_id = ? AND t.number = ?", columns(
		not(rowNumber, "id"), named(scope, "group_id"), named(key, "number"), by(nowhere, "ref", "members", "mover_id"),
		is("kind", "about_person"), by(nowhere, "ref", "members", "about_id"), is("state", "version", "title", "forum", "agreement"), not(drafting, "created_at"),
		is("sought_at", "tabled_at", "text_until", "opens_at", "fallback_at", "meeting", "meetings", "closes_at", "withdrawn_at", "ended_at", "due_at"),
		by(nowhere, "number", "motions", "again_id"), is("bar_until", "review_days",
			"supporters", "secret_asks", "posts", "last_post_id", "rulebook"))}
	strangers = table{"motions", "t.group_id = ? AND (t.number > ? OR t.number <= 0 AND t.state <> 'draft')", columns(named(key, "number"))}
	versions  = table{"motion_versions", ofMotion, columns(
		named(scope, "motion_id"), named(key, "n"), is("title", "why", "able", "won", "partly", "not_acceptable", "effect", "forum", "agreement", "at", "hash"))}
	clauses = table{"clauses", ofMotion, columns(
		named(scope, "motion_id"), named(key, "n", "clause_id"), is("pos", "text"))}
	supports = table{"supports", ofMotion, columns(
		named(scope, "motion_id"), by(key, "ref", "members", "member_id"), is("version", "at"))}
	secretAsks = table{"secret_asks", ofMotion, columns(
		[]column{{name: "motion_id", sql: "COUNT(*)"}}, not(asking, "member_id"))}
	statements = table{"statements", ofMotion, columns(
		not(rowNumber, "id"), named(scope, "motion_id"), by(key, "ref", "members", "member_id"), named(key, "side"), is("text", "at", "used", "lot"))}

	posts = table{"posts", ofMotion, columns(
		named(key, "id"), named(scope, "motion_id"), is("clause_id", "phase", "parent_id"), by(nowhere, "ref", "members", "author_id"),
		is("kind", "text", "version", "replies", "answers", "reply_no", "at", "edited_at"))}
	postVersions = table{"post_versions", "t.post_id IN (SELECT y.id FROM posts y WHERE y." + inMotion + ")", columns(
		named(key, "post_id", "n"), is("text", "at"))}
	talkCounts = table{"talk_counts", ofMotion, columns(
		named(scope, "motion_id"), named(key, "phase", "clause_id"), is("posts"))}

	ballots = table{"ballots", ofMotion, columns(
		not(rowNumber, "id"), named(key, "ref"), is("group_id"), named(scope, "motion_id"), is("version", "round"),
		by(nowhere, "ref", "ballots", "replaces_id"), is("state", "secret", "receipt", "opens_at", "closes_at", "due_at", "rulebook", "rule",
			"active", "quorum", "quorum_by", "entitled", "roll_hash", "text_hash", "question_hash", "turnout", "votes_for", "votes_against", "abstentions",
			"outcome", "papers_hash", "counted_at", "incident", "method", "seats", "options", "meeting", "present", "named", "urgent", "over_at",
			"by_hand", "hands_fewer", "hands", "hands_turnout", "hands_for", "hands_against", "hands_abstain"))}
	handTellers = table{"hand_tellers", ofBallot, columns(
		named(scope, "ballot_id"), by(key, "ref", "members", "member_id"), not(counting, "again", "votes_for", "votes_against", "abstentions"))}
	sheets = table{"counts", ofBallot, columns(
		named(scope, "ballot_id"), is("sheet"))}
	calls = table{"calls", ofBallot, columns(
		named(scope, "ballot_id"), is("agree", "reservation", "aside", "block"))}
	callWords = table{"call_words", ofBallot, columns(
		named(scope, "ballot_id"), named(key, "n"), is("answer"), by(nowhere, "ref", "members", "member_id"), is("text", "ground", "names"))}
	rankings = table{"rankings", ofBallot, columns(
		named(scope, "ballot_id"), is("ranking", "papers"))}
	roll = table{"roll", ofBallot, columns(
		named(scope, "ballot_id"), is("slot"), by(nowhere, "ref", "members", "member_id"))}
	openVotes = table{"open_votes", ofBallot, columns(
		[]column{{name: "ballot_id", sql: "COUNT(*)"}}, not(voting, "member_id"), []column{{name: "choice", sql: perChoice}})}
	namedVotes = table{"open_votes", ofBallot, columns(
		named(scope, "ballot_id"), by(key, "ref", "members", "member_id"), is("choice"))}
	papers = table{"papers", ofBallot, columns(
		named(scope, "ballot_id"), is("code", "choice"))}
	turnout = table{"turnout", ofBallot, columns(
		[]column{{name: "ballot_id", sql: "COUNT(*)"}}, not(voting, "slot"))}

	elections = table{"elections", ofMotion, columns(
		not(rowNumber, "id"), is("group_id"), by(nowhere, "key", "roles", "role_id"), named(scope, "motion_id"), named(key, "number"),
		is("state", "seats", "rulebook", "opened_at", "until_at", "extended", "opens_at", "final_at", "starts_at", "relaxed", "decision", "reserved", "reserved_for"), not(ahead, "due_at"))}
	candidates = table{"candidates", "t.accepted_at IS NOT NULL AND t." + inElection, columns(
		not(rowNumber, "id"), named(key, "ref"), named(scope, "election_id"), by(nowhere, "ref", "members", "member_id"),
		is("asked_at", "accepted_at", "gone_at", "statement", "interests", "turn", "seat", "approved", "share", "reserved", "trial"))}
	questions = table{"election_questions", "t." + inElection, columns(
		named(key, "id"), named(scope, "election_id"), by(nowhere, "ref", "members", "author_id"), is("text", "at"))}
	answers = table{"election_answers", "t.question_id IN (SELECT q.id FROM election_questions q WHERE q." + inElection + ")", columns(
		named(key, "question_id"), by(key, "ref", "candidates", "candidate_id"), is("text", "at"))}
	objections = table{"election_objections", "t." + inElection, columns(
		named(scope, "election_id"), by(key, "ref", "members", "member_id"), is("text", "at"))}

	resolutionGroups = table{"resolutions", ofMotion, columns(
		named(key, "id"), is("group_id"), named(scope, "motion_id"), by(nowhere, "ref", "ballots", "ballot_id"),
		is("version", "stops", "meetings", "people", "draw", "secret", "state", "joint", "opens_at", "until_at", "ended_at"))}
	resolutionSeats = table{"resolution_seats", "t." + inResolution, columns(
		named(key, "resolution_id"), by(key, "ref", "members", "member_id"), is("part", "number", "state"))}
	resolutionWords = table{"resolution_words", "t." + inResolution, columns(
		named(key, "resolution_id", "n"), by(nowhere, "ref", "members", "member_id"), is("how", "text", "on_at", "version", "at"))}

	decisions = table{"decisions", ofMotion, columns(
		not(rowNumber, "id"), is("group_id"), named(key, "year", "seq"),
		named(scope, "motion_id"), is("version"), by(nowhere, "ref", "ballots", "ballot_id"),
		is("title", "outcome", "at", "review_at", "rulebook"))}
	windows = table{"decision_windows", ofDecision, columns(
		named(scope, "decision_id"), is("group_id", "state", "until_at", "ended_at"))}
	lateObjections = table{"decision_objections", ofDecision, columns(
		named(scope, "decision_id"), by(key, "ref", "members", "member_id"), named(key, "how"), is("ground", "names", "text", "at"))}
	dissents = table{"dissents", ofDecision, columns(
		named(key, "id"), named(scope, "decision_id"), by(nowhere, "ref", "members", "author_id"), is("text", "at", "late", "signers"))}
	signers = table{"dissent_signers", "t.dissent_id = ?", columns(
		named(scope, "dissent_id"), by(key, "ref", "members", "member_id"), is("at"))}
)

// perChoice is how many voted for, against and neither.
const perChoice = `CAST(COALESCE(SUM(CASE t.choice WHEN 1 THEN 1 ELSE 0 END), 0) AS TEXT) || ' ' ||
	CAST(COALESCE(SUM(CASE t.choice WHEN 2 THEN 1 ELSE 0 END), 0) AS TEXT) || ' ' ||
	CAST(COALESCE(SUM(CASE t.choice WHEN 3 THEN 1 ELSE 0 END), 0) AS TEXT)`

// compared lists the tables that the record tells of.
func compared() []table {
	return []table{groups, members, invitations, heldKeys, moneyReports, moneyLines, foundingCalls, rulebooks, roles, draws, pools, terms, signatures, effects, petitions, waivers, balances, revivals, vacancies,
		understudies, understudyLots, understudyTickets, handoverLists, handovers, askings,
		meetingCalls, meetings, meetingItems, meetingTerms, proceduralMoves, meetingFeelings, meetingRounds, meetingBreakouts, meetingSpokes, meetingCards, minutes, minutesTexts, minutesNames, minutesCorrections,
		selections, selectionPapers, selectionRefusals, selectionNominees, selectionAnswers, motions, versions, clauses, supports, secretAsks, statements,
		posts, postVersions, talkCounts, ballots, handTellers, roll, openVotes, papers, turnout, sheets, rankings, calls, callWords,
		elections, candidates, questions, answers, objections, decisions, windows, lateObjections, dissents, signers, resolutionGroups, resolutionSeats, resolutionWords}
}
