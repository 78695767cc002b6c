package demo

import (
	"folkmoot/internal/discussion"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// The sample is told as a story: who is there, what they propose on which day, who says what, how they vote. Everything
// else (states, rolls, counts, decisions, the record) comes about as it would for any group, by the program's own rules.

// body is one group. Days are counted back from today.
type body struct {
	name, aim string
	preset    rulebook.Name
	zone      string
	began     int // days before today
	keys      [][3]string
	owes      bool   // the newest report on its money has not been filed yet
	adopted   [3]int // for, against, abstain, when members were asked whether the rules they began with are theirs
	people    []person
	motions   []proposal
	meetings  []gathering
	endings   []ending
	quits     []quit
	stops     []stop
	reserves  []reserving
	stands    map[string][][]string // who stands in the role's elections, the one whom most want first, two who share with + between; in those after the last, others in turn
}

// person joins on a day before today, and leaves on another if that is not zero.
type person struct {
	name string
	day  int
	left int
}

// quit is that whoever would hold the role longest gives it up, and stop that an understudy in the role does, on the day or after it.
type (
	quit struct {
		day  int
		role string
	}
	stop quit
)

// proposal is one motion and all that happens to it. People are named; days count from the day it is drafted.
type proposal struct {
	day        int // days before today on which it is drafted
	by         string
	title, why string
	clauses    []string
	kind       motion.Kind
	won        string
	able       string
	draft      bool     // never sent out
	meets      bool     // it is for a meeting to decide; what it decides stands there
	support    []string // in order; enough of them table it
	secret     []string // ask for a secret vote
	reworded   []string // the clauses as they stand after a change of wording, a day later
	withdrawn  bool     // two days later
	statements []said
	posts      []said
	votes      [3]int   // for, against, abstain, out of those entitled, in the order of the roll
	spare      []string // have not voted: visitors come as one of them, and can cast a first vote
	again      [3]int   // the same when the vote is held a second time
	dissent    *said
	cosigned   []string
}

// said is something somebody wrote. For a statement, kind is empty and side says which.
type said struct {
	by      string
	side    motion.Side
	kind    discussion.Kind
	clause  int
	text    string
	replies []said
}

func story() []body { return []body{tenants(), crew(), federation()} }

func tenants() body {
	return body{
		name: "Riverside Tenants' Union", preset: rulebook.Branch, zone: "Europe/London", began: 730,
		aim:  "We exist to keep our homes warm, dry and affordable, and to decide together how we fight for them.",
		keys: [][3]string{{"The server", "Sam", "Priya"}, {"The e-mail account", "Priya", ""}, {"The bank account", "Priya", "Tomasz"}},
		owes: true,
		people: []person{
			{"Amina", 730, 0}, {"Sam", 730, 0}, {"Priya", 729, 0}, {"Jo", 728, 0}, {"Tomasz", 727, 0}, {"Lee", 727, 0}, {"Dolores", 726, 0},
			{"Kwame", 725, 0}, {"Ines", 724, 0}, {"Mrs Okafor", 724, 0}, {"Colin", 723, 431}, {"Rhys", 722, 0}, {"Fatima", 721, 0},
			{"Old Pete", 718, 0}, {"Yusuf", 715, 0}, {"Gus", 690, 0}, {"Bea", 640, 0}, {"Marek", 560, 0}, {"Shauna", 470, 0}, {"Nadia", 380, 0},
			{"Flat 12b", 260, 0}, {"Wren", 30, 0}, {"Ade", 10, 0},
		},
		adopted: [3]int{8, 1, 1},
		endings: []ending{
			{
				day: 350, role: "convenors", reason: "Two meetings in a row were not called, and nobody was told why.",
				answer: "I should have asked for help when my mother fell ill. I did not.", votes: [3]int{8, 3, 1},
			},
			{
				day: 95, role: "tellers", reason: "Two counts were signed a week late.", answer: "I was away, and said so at the meeting before.", votes: [3]int{3, 8, 1},
			},
			{
				day: 52, role: "tellers", reason: "Three counts in a row were not signed, and nobody could reach the person who should have.",
				answer: "That is true. I took on more than I can do.",
				votes:  [3]int{9, 3, 1}, waiver: "They have time again, and asked for a second try.", waived: [3]int{9, 3, 1},
			},
			{
				day: 20, role: "convenors", reason: "The letter to the council waits for a date since the last meeting.",
				answer: "You are right. I am moving, and give it up.", resigns: true,
			},
		},
		quits: []quit{{197, "treasurers"}},
		reserves: []reserving{{
			day: 330, role: "convenors", places: 1, words: "not both from the front building", why: "Whoever lives at the back hears of everything last.", votes: [3]int{10, 2, 1},
		}},
		stops: []stop{{300, "convenors"}, {140, "treasurers"}},
		stands: map[string][][]string{
			"convenors": {
				{"Amina", "Sam", "Jo", "Tomasz"}, {"Fatima", "Yusuf"},
				{"Lee", "Sam"}, // whose year is not over: a limit gives way
				{"Rhys", "Tomasz"}, {"Gus", "Dolores"}, {"Mrs Okafor", "Jo"}, {"Marek+Nadia", "Shauna"},
			},
			"treasurers": {{"Priya", "Colin", "Tomasz"}, {}, {"Ines", "Yusuf"}, {"Bea", "Kwame"}},
		},
		meetings: tenantsMeet(),
		motions: []proposal{
			{
				day: 130, by: "Tomasz", title: "Pay for a locksmith for the side entrance", won: "The side entrance locks.", meets: true,
				why:     "It has not locked for months. Twice somebody has slept in the bin room.",
				clauses: []string{"We will pay a locksmith up to 70 pounds to mend the lock of the side entrance.", "We will send the bill to the landlord."},
				kind:    motion.Money, support: []string{"Ines", "Gus"},
				posts: []said{{by: "Rhys", kind: discussion.Question, clause: 1, text: "Who lets the locksmith in?", replies: []said{{by: "Tomasz", text: "I do, before work."}}}},
			},
			{
				day: 88, by: "Shauna", title: "Close the yard to cars on Saturdays", won: "No car stands in the yard on Saturdays.", meets: true,
				why:     "Children from all three blocks play there, between cars.",
				clauses: []string{"We will ask all who park in the yard to leave it free on Saturdays from 10 to 6."},
				kind:    motion.Action, support: []string{"Yusuf", "Bea"},
				statements: []said{
					{by: "Shauna", side: motion.For, text: "One day a week is not much to ask. The street has room for all nine cars."},
					{by: "Old Pete", side: motion.Against, text: "I can walk forty steps with my shopping, not two hundred."},
				},
			},
			{
				day: 60, by: "Gus", title: "Lend our tools to the allotment", won: "They come back clean and complete.", meets: true,
				clauses: []string{"We will lend our spades and the wheelbarrow to the allotment for two weekends.", "Gus writes down what goes out and what comes back."},
				kind:    motion.Action, support: []string{"Nadia", "Jo"}, votes: [3]int{9, 2, 1},
			},
			{
				day: 26, by: "Nadia", title: "Bring food to our meetings by turns", won: "Nobody cooks twice in a row.", meets: true,
				why:     "The same three people cook each time, and miss the first item.",
				clauses: []string{"Each stairwell brings food to one meeting, by turns.", "Who cannot cook brings bread."},
				kind:    motion.Policy, support: []string{"Marek", "Dolores"},
				posts: []said{{by: "Lee", kind: discussion.Question, clause: 1, text: "What about those who cannot eat everything?", replies: []said{{by: "Nadia", text: "There is always one pot without meat, nuts and milk."}}}},
			},
			{
				day: 690, by: "Amina", title: "Meet once a month, on a Tuesday",
				clauses: []string{"We will meet once a month, on a Tuesday, at half past six.", "Whoever cannot come can write to the meeting; it is read out."},
				kind:    motion.Policy, support: []string{"Sam", "Jo"}, votes: [3]int{9, 1, 0},
			},
			{
				day: 640, by: "Tomasz", title: "Open a bank account that needs two names",
				why:     "The collection from the first meeting is in a biscuit tin.",
				clauses: []string{"We will open an account from which nobody can pay alone.", "Every meeting sees the balance."},
				kind:    motion.Money, support: []string{"Priya", "Lee"}, votes: [3]int{10, 0, 1},
			},
			{
				day: 590, by: "Mrs Okafor", title: "Print our news sheet in three languages", won: "One sheet in three languages hangs in every stairwell.",
				clauses: []string{"We will print the next four news sheets in English, Polish and Yoruba.", "Two readers of each language check it before it is printed."},
				kind:    motion.Action, support: []string{"Yusuf", "Tomasz"}, votes: [3]int{8, 1, 1},
				posts: []said{{by: "Gus", kind: discussion.Question, text: "Is there room for large print?", replies: []said{{by: "Mrs Okafor", text: "Yes, on the back."}}}},
			},
			{
				day: 540, by: "Kwame", title: "Join the Harbour Federation",
				why:     "Other houses along the harbour have the same landlord and the same lawyers to pay.",
				clauses: []string{"We will join the Harbour Federation of Tenants and Co-ops.", "Priya and Kwame go to its meetings for the first year, and report in five lines."},
				kind:    motion.Policy, support: []string{"Priya", "Ines"}, votes: [3]int{9, 3, 1},
				dissent: &said{by: "Old Pete", text: "I have seen three federations, and each of them ate our evenings. I ask that we look at this again in a year."},
			},
			{
				day: 500, by: "Fatima", title: "Answer the service charge letters together", won: "Every flat that asked has a bill it can check.",
				clauses: []string{"We will ask for the receipts behind the service charge, in one letter for all who sign it."},
				kind:    motion.Action, support: []string{"Bea", "Rhys"}, secret: []string{"Ines", "Old Pete"}, votes: [3]int{11, 1, 1},
			},
			{
				day: 455, by: "Rhys", title: "Hold a party in the yard for all three blocks", won: "The party happens, and people from every stairwell come.",
				clauses: []string{"We will hold a party in the yard on a Sunday afternoon.", "Each stairwell brings one dish and two chairs more than it needs."},
				kind:    motion.Action, support: []string{"Marek", "Gus"}, votes: [3]int{9, 2, 0},
			},
			{
				day: 415, by: "Dolores", title: "Share the laundry room by a paper list",
				clauses: []string{"Hours in the laundry room go by a paper list on its door.", "Nobody takes more than two hours a week."},
				kind:    motion.Policy, support: []string{"Lee", "Marek"}, votes: [3]int{3, 7, 1},
			},
			{
				day: 365, by: "Yusuf", title: "Ask for a bench at the bus stop", won: "There is a bench at the bus stop.",
				clauses: []string{"We will ask the council for a bench with a back; Shauna and Old Pete carry the letter there."},
				kind:    motion.Action, support: []string{"Shauna", "Jo"}, votes: [3]int{7, 1, 2},
			},
			{
				day: 310, by: "Bea", title: "Hold an evening on reading a rent bill", won: "Twenty people can read their own rent bill.", able: "Whoever came can show a neighbour.",
				clauses: []string{"We will hold an evening on how to read a rent bill, led by two of us who have never led one."},
				kind:    motion.Action, support: []string{"Nadia", "Fatima"}, votes: [3]int{9, 0, 1},
			},
			{
				day: 265, by: "Gus", title: "Put a notice board into every stairwell", won: "A board hangs in every stairwell.",
				clauses: []string{"We will put up five boards for no more than 60 pounds together."},
				kind:    motion.Money, support: []string{"Ines", "Yusuf"}, votes: [3]int{8, 2, 1},
			},
			{
				day: 220, by: "Nadia", title: "Have the water tested for lead", won: "Every flat that wants one has a result in writing.",
				why:     "The pipes in the oldest block are from before the war.",
				clauses: []string{"We will ask the water company for tests in the oldest block, and publish what they find."},
				kind:    motion.Action, support: []string{"Bea", "Mrs Okafor"}, votes: [3]int{12, 0, 1},
			},
			{
				day: 180, by: "Kwame", title: "Give 80 pounds to the bus drivers' strike fund",
				clauses: []string{"We will give 80 pounds to the bus drivers' strike fund, and say so on our boards."},
				kind:    motion.Money, support: []string{"Amina", "Shauna"}, secret: []string{"Lee", "Jo"}, votes: [3]int{8, 5, 1},
				dissent: &said{by: "Lee", text: "I would have given from my own pocket. The account is for our homes."}, cosigned: []string{"Dolores"},
			},
			{
				day: 140, by: "Sam", title: "Hold our monthly meeting in the community kitchen", won: "Everybody who wants to come can get into the room.",
				why:     "The upstairs room has no lift. Three of us could not come last month.",
				clauses: []string{"Our Tuesday meetings are in the community kitchen, from the next one on.", "We will ask the kitchen crew for the key; Jo does this by Friday."},
				kind:    motion.Action, support: []string{"Jo", "Priya"}, votes: [3]int{6, 0, 0},
				posts: []said{
					{by: "Priya", kind: discussion.Question, text: "Is there room for buggies?", replies: []said{{by: "Jo", text: "Yes, the side door is wide. I measured it."}}},
					{by: "Tomasz", kind: discussion.Comment, text: "Good. The soup is better too."},
				},
			},
			{
				day: 118, by: "Amina", title: "Write to the landlord about damp, together and in public",
				why:     "Nine flats have mould. Letters from one flat at a time are ignored.",
				clauses: []string{"We will send one letter that names all nine flats and asks for repairs within six weeks.", "We will put the letter up in every stairwell on the day it is sent.", "We will ask for a written timetable, flat by flat."},
				kind:    motion.Action, won: "All nine flats have a repair date in writing.", able: "Nine people who never wrote to the landlord sign in their own name.",
				support: []string{"Mrs Okafor", "Kwame"},
				reworded: []string{
					"We will send one letter that names all nine flats, if each of them agrees, and asks for repairs within six weeks.",
					"We will put the letter up in every stairwell on the day it is sent.", "We will ask for a written timetable, flat by flat.",
				},
				statements: []said{
					{by: "Amina", side: motion.For, text: "Together we are harder to ignore. Each of us decides whether our flat is named."},
					{by: "Lee", side: motion.Against, text: "A public letter ends the talks with the caretaker, who has been fair to us. I would send it privately first."},
				},
				posts: []said{
					{by: "Mrs Okafor", kind: discussion.Concern, clause: 1, text: "My landlord is my cousin's employer. I do not want my flat on a list.", replies: []said{{by: "Amina", text: "Then it will not be. I have changed the words: only flats that agree are named."}}},
					{by: "Rhys", kind: discussion.Idea, clause: 2, text: "Translate the poster. There are at least four languages on our stairs."},
				},
				votes:   [3]int{11, 2, 0},
				dissent: &said{by: "Lee", text: "I think we should have written privately first. The caretaker has helped three of us this year, and this letter makes him the messenger. I will help to deliver it all the same."}, cosigned: []string{"Dolores"},
			},
			{
				day: 96, by: "Tomasz", title: "Spend 120 pounds on a second-hand printer",
				clauses: []string{"We will buy a printer for up to 120 pounds; Tomasz and Bea choose it by the next meeting.", "The printer stands in Bea's hall and any member may use it."},
				kind:    motion.Money, support: []string{"Bea"}, secret: []string{"Priya", "Lee"}, votes: [3]int{5, 5, 3},
				statements: []said{{by: "Priya", side: motion.Against, text: "The library prints for 5 pence a page. We print forty pages a month."}},
				posts:      []said{{by: "Gus", kind: discussion.Question, clause: 1, text: "What does the ink cost?"}},
			},
			{
				day: 82, by: "Kwame", title: "Ask two of us to sit in on the council's housing panel",
				why:     "The panel meets on the last Thursday of the month. The public may listen and ask one question.",
				clauses: []string{"We will send two different members to each panel meeting, first those who have never been.", "They will report in five lines within a week."},
				kind:    motion.Policy, support: []string{"Yusuf"}, secret: []string{"Fatima", "Rhys"},
				able: "After a year, twenty of us will have sat in a council meeting.", votes: [3]int{12, 1, 2},
			},
			{
				day: 70, by: "Lee", title: "Put a bicycle rack in the front yard", won: "The rack stands by the summer.",
				clauses: []string{"We will ask the landlord for a rack for twelve bicycles and offer to fit it ourselves."},
				kind:    motion.Action, support: []string{"Gus"}, votes: [3]int{2, 0, 0}, again: [3]int{1, 1, 0},
			},
			{
				day: 55, by: "Rhys", title: "Rename ourselves Riverside Renters", clauses: []string{"We will call ourselves Riverside Renters from the summer on."},
				kind: motion.Position, support: nil,
			},
			{
				day: 40, by: "Dolores", title: "A rota for the children's corner at meetings", clauses: []string{"Two adults look after the children's corner at each meeting, drawn from those willing."},
				kind: motion.Policy, support: []string{"Nadia"}, withdrawn: true,
				posts: []said{{by: "Nadia", kind: discussion.Comment, text: "The kitchen crew already has a rota. We could join theirs."}},
			},
			{
				day: 17, by: "Bea", title: "Share one boiler engineer between our three blocks", won: "One engineer has given a price for all three blocks.",
				why:     "We pay three call-out fees for the same visit.",
				clauses: []string{"We will ask two engineers for a price for all three blocks; Bea and Marek do this by the end of the month.", "We will choose at the next meeting."},
				kind:    motion.Action, support: []string{"Marek"}, votes: [3]int{2, 1, 0},
			},
			{
				day: 9, by: "Fatima", title: "Refuse the 7 per cent rent rise as a block",
				why:     "The letters came on Monday. The rise is far above wages in our streets.",
				clauses: []string{"We will answer the rent letters together, with one refusal signed by every flat that wants to sign.", "We will hold a meeting in each stairwell before anybody signs.", "We will not sign before at least 30 of our 44 flats have said yes."},
				kind:    motion.Action, won: "The rise is withdrawn, or held at 3 per cent or less.", able: "Every stairwell runs its own meeting.",
				support: []string{"Amina", "Kwame", "Shauna"}, secret: []string{"Mrs Okafor", "Flat 12b", "Ines"},
				statements: []said{
					{by: "Fatima", side: motion.For, text: "One flat that refuses is evicted. Thirty flats that refuse are a negotiation."},
					{by: "Old Pete", side: motion.Against, text: "We lost in 1989 because we moved before we were ready. Thirty flats is too few. I want forty."},
				},
				posts: []said{
					{by: "Old Pete", kind: discussion.Concern, clause: 3, text: "What protects the flats that sign first?", replies: []said{{by: "Fatima", text: "Point 3. Nothing is sent before thirty have signed."}, {by: "Yusuf", text: "And the law centre has agreed to hold the letters."}}},
					{by: "Wren", kind: discussion.Question, text: "I moved in last month. Does the rise reach me too?"},
					{by: "Ade", kind: discussion.Idea, clause: 2, text: "Let each stairwell pick someone who has *never* chaired to run its meeting."},
				},
				votes: [3]int{6, 2, 0}, spare: []string{"Amina"},
			},
			{
				day: 7, by: "Ines", title: "Lend our projector to the school", won: "The film night happens, and the projector is back on Monday.",
				why:     "They asked us for one evening. Last year they lent us their hall.",
				clauses: []string{"We will lend the projector to the school for its film night; Rhys carries it there and back."},
				kind:    motion.Action, support: []string{"Rhys"}, votes: [3]int{4, 1, 0}, spare: []string{"Amina", "Kwame"},
			},
			{
				day: 3, by: "Marek", title: "Open the laundry room on Sundays", won: "The laundry room is open on Sundays.",
				clauses: []string{"We will ask for the laundry room to open on Sundays from 10 to 6.", "Marek and Wren keep the key for the first month."},
				kind:    motion.Action, support: []string{"Wren"},
				posts: []said{{by: "Lee", kind: discussion.Question, text: "Who lives above the laundry? Has anyone asked them?"}},
			},
			{
				day: 1, by: "Shauna", title: "Invite the school cleaners to our next meeting", won: "They come, or they tell us what would help.",
				clauses: []string{"We will invite the school cleaners' branch to speak for ten minutes about their strike."}, kind: motion.Action,
			},
			{
				day: 1, by: "Amina", title: "Start a tool library", clauses: []string{"We will keep shared tools in the bike shed."}, kind: motion.Action, draft: true,
			},
		},
	}
}

func crew() body {
	return body{
		name: "Kitchen Crew", preset: rulebook.Affinity, zone: "Europe/London", began: 62,
		aim:      "We exist to cook one good meal a week for anybody who comes.",
		keys:     [][3]string{{"The server", "Sam", ""}},
		adopted:  [3]int{4, 0, 0},
		people:   []person{{"Jo", 62, 0}, {"Sam", 62, 0}, {"Dolores", 61, 0}, {"Manu", 61, 0}, {"Ruth", 52, 0}, {"Kwame", 37, 0}},
		meetings: crewMeets(),
		motions: []proposal{
			{
				day: 40, by: "Ruth", title: "Lend the kitchen to the night shelter", won: "The shelter has cooked here on four Sundays.", meets: true,
				clauses: []string{"We will lend the kitchen to the night shelter on Sundays, for a month at first."},
				kind:    motion.Action,
			},
			{
				day: 60, by: "Jo", title: "Cook on Wednesdays", won: "A meal every Wednesday for a month.", clauses: []string{"We will cook every Wednesday; doors open at 6."},
				kind: motion.Action, support: nil, votes: [3]int{4, 0, 0},
			},
			{
				day: 30, by: "Manu", title: "Stop taking surplus from the supermarket",
				why:     "They put our picture in their advertising without asking.",
				clauses: []string{"We will stop collecting there from next week.", "We will tell them why, in writing."},
				kind:    motion.Policy, secret: []string{"Ruth"}, votes: [3]int{3, 2, 0},
				posts:   []said{{by: "Dolores", kind: discussion.Concern, text: "That is a third of our vegetables. What do we cook instead?"}},
				dissent: &said{by: "Manu", text: "Three of us wanted this and two did not. I still think our name is worth more than their carrots."},
			},
			{
				day: 2, by: "Ruth", title: "Buy a bigger pot", clauses: []string{"We will buy a 40 litre pot for up to 60 pounds."},
				kind: motion.Money, votes: [3]int{2, 0, 0},
			},
		},
	}
}

func federation() body {
	return body{
		name: "Harbour Federation of Tenants and Co-ops", preset: rulebook.Federation, zone: "Europe/London", began: 567,
		aim:     "We exist to do together what one house or one street cannot do alone.",
		adopted: [3]int{11, 1, 0},
		keys:    [][3]string{{"The server", "Priya", "Duncan"}, {"The e-mail account", "Greta", "Hassan"}, {"The bank account", "Ana", "Esra"}},
		people: []person{
			{"Ana", 567, 0}, {"Bram", 567, 0}, {"Celeste", 567, 0}, {"Priya", 566, 0}, {"Duncan", 566, 0}, {"Esra", 565, 0}, {"Finn", 565, 0}, {"Greta", 564, 0},
			{"Hassan", 564, 0}, {"Iris", 563, 0}, {"Kwame", 563, 0}, {"Jakub", 562, 0}, {"Kerstin", 562, 0}, {"Luz", 561, 0}, {"Moss", 560, 0}, {"Noor", 559, 0},
		},
		meetings: federationMeets(),
		motions: []proposal{
			{
				day: 525, by: "Greta", title: "Meet in each house by turns",
				clauses: []string{"We will meet in another house each time, in the order in which they joined.", "The house that hosts opens the meeting."},
				kind:    motion.Policy, support: []string{"Luz", "Finn"}, votes: [3]int{9, 1, 1},
			},
			{
				day: 465, by: "Hassan", title: "Keep one list of reporters for all houses",
				clauses: []string{"We will keep one list of reporters who have been fair to tenants.", "Any house may use it and add to it."},
				kind:    motion.Policy, support: []string{"Kerstin", "Ana"}, votes: [3]int{8, 2, 1},
			},
			{
				day: 400, by: "Celeste", title: "Teach two people in each house to read a lease", won: "Each house has two people who can read a lease.",
				clauses: []string{"We will hold three evenings on reading a lease, one in each part of the harbour."},
				kind:    motion.Action, able: "No house needs a lawyer for a first look.", support: []string{"Duncan", "Iris"}, votes: [3]int{11, 0, 1},
			},
			{
				day: 335, by: "Finn", title: "Buy a van together", why: "We rent one twice a month.",
				clauses: []string{"We will buy a used van for up to 4,000 pounds, and share what it costs by the miles."},
				kind:    motion.Money, support: []string{"Jakub", "Bram"}, votes: [3]int{5, 6, 1},
				statements: []said{{by: "Esra", side: motion.Against, text: "Whoever has the key will be asked for favours every weekend."}},
			},
			{
				day: 265, by: "Iris", title: "Take no money from landlords' charities",
				clauses: []string{"We will take no money from any charity that a landlord pays for or names.", "Whoever is offered some tells the next meeting."},
				kind:    motion.Policy, support: []string{"Noor", "Hassan"}, votes: [3]int{10, 1, 1},
			},
			{
				day: 195, by: "Kerstin", title: "Visit the new co-op across the water", won: "Six of us have been there, and they have been here.",
				clauses: []string{"We will send six people, from six houses, for a day.", "They will come to us for a day."},
				kind:    motion.Action, support: []string{"Moss", "Celeste"}, votes: [3]int{9, 2, 0},
			},
			{
				day: 130, by: "Ana", title: "Pool our legal fund",
				why:     "Three of our houses pay three lawyers for the same question.",
				clauses: []string{"Each house pays 1 pound a member a month into one fund from the spring on.", "Any house may draw on it for a first consultation.", "The books of the fund are open to every member."},
				kind:    motion.Money, support: []string{"Bram", "Esra"}, votes: [3]int{9, 1, 2},
				statements: []said{{by: "Moss", side: motion.Against, text: "Small houses will pay for the quarrels of the big ones."}},
				dissent:    &said{by: "Moss", text: "We asked for a cap on what one house may draw in a year. There is none."},
			},
			{
				day: 75, by: "Jakub", title: "Publish the names of landlords who evict in winter",
				clauses: []string{"We will keep a public list, with dates and addresses of the buildings, checked by two of us."},
				kind:    motion.Position, support: []string{"Luz", "Noor"}, secret: []string{"Ana", "Bram", "Esra", "Finn", "Greta", "Hassan", "Iris", "Luz", "Moss", "Noor"},
				votes: [3]int{6, 6, 1},
				posts: []said{{by: "Duncan", kind: discussion.Concern, text: "Have we asked a lawyer about this?"}},
			},
			{
				day: 10, by: "Noor", title: "Hold a summer school run by first-timers", won: "The school happens, and every session is led by a first-timer.",
				clauses: []string{"We will hold a weekend school in June.", "Every session is led by somebody who has not led one before, with a partner who has."},
				kind:    motion.Action, able: "A dozen people will have taught something for the first time.", support: []string{"Iris", "Finn"},
				posts: []said{{by: "Kerstin", kind: discussion.Question, text: "Is there money for travel?", replies: []said{{by: "Noor", text: "Not yet. I will ask the legal fund people how they did it."}}}},
			},
		},
	}
}
