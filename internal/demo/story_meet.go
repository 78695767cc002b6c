package demo

import (
	"folkmoot/internal/agree"
	"folkmoot/internal/feeling"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
)

// Where the union meets.
const (
	kitchen     = "Community kitchen, 4 Wharf Street"
	kitchenDial = "020 7946 0187"
	kitchenWay  = "No steps. The side door is wide enough for a buggy; ring if it is shut."
	kitchenHelp = "There is soup from six. Nadia looks after the children's corner."
)

// tenantsMeet are the meetings of the union: one whose record was corrected and found accurate by the next, one that said no to a proposal,
// one to which too few came, and one to come.
func tenantsMeet() []gathering {
	return []gathering{
		{
			day: 94, title: "Monthly meeting", place: kitchen, dial: kitchenDial, way: kitchenWay, help: kitchenHelp,
			put: []topic{{
				"Rhys", "Damp: what the inspector saw", "The council's inspector came on Thursday. Three of us walked round with her.", 15,
			}},
			come: []string{"Tomasz", "Ines", "Yusuf", "Jo", "Sam", "Gus", "Rhys", "Mrs Okafor", "Lee", "Dolores", "Fatima", "Marek"},
			from: map[string]meeting.Mode{"Ines": meeting.Phone, "Mrs Okafor": meeting.Phone},
			would: map[meeting.Job][]string{
				meeting.Facilitates: {"Yusuf", "Sam"}, meeting.Notes: {"Jo", "Fatima"}, meeting.Timer: {"Gus", "Marek"},
				meeting.List: {"Jo", "Gus"}, meeting.Doors: {"Marek", "Fatima"},
			},
			deals: map[string]dealing{
				"Damp: what the inspector saw": {
					speak: []spoken{{"Rhys", floor.Either, 110}, {"Mrs Okafor", floor.Either, 95}, {"Dolores", floor.Either, 60}},
					notes: "The inspector saw six flats. She measured the walls and will write to the landlord in two weeks.\n\n" +
						"- Flats on the third stair were left out. Rhys asks her why, and tells the next meeting.\n" +
						"- Whoever has mould takes a picture of it on the first of each month.",
					named: []string{"Mrs Okafor"},
				},
				"Pay for a locksmith for the side entrance": {
					speak: []spoken{{"Tomasz", floor.For, 130}, {"Lee", floor.Against, 80}, {"Ines", floor.For, 55}},
					notes: "For: twice somebody has slept in the bin room, and people on the ground floor are afraid.\n\n" +
						"Against: the landlord has to pay for it, and learns that we do.\n\n- Tomasz asks for two prices by Friday.",
					votes: [3]int{8, 2, 1},
				},
			},
			fixes: []fixing{
				{"Dolores", "Damp: what the inspector saw", "She saw seven flats, not six. Mine came last.", ""},
				{
					"Lee", "Pay for a locksmith for the side entrance", "I said that we should ask the landlord once more first.",
					"You said so at the door, before we had begun. Please bring it to the next meeting.",
				},
			},
		},
		{
			day: 59, title: "Monthly meeting", place: kitchen, dial: kitchenDial, way: kitchenWay, help: kitchenHelp,
			put: []topic{{"Fatima", "How news gets to every stairwell", "Nobody on the third stair had heard of the letter about damp.", 15}},
			come: []string{
				"Shauna", "Yusuf", "Bea", "Nadia", "Marek", "Old Pete", "Mrs Okafor", "Lee", "Ines", "Tomasz",
				"Gus", "Jo", "Rhys", "Fatima",
			},
			from: map[string]meeting.Mode{"Ines": meeting.Phone},
			would: map[meeting.Job][]string{
				meeting.Facilitates: {"Rhys", "Nadia"}, meeting.Notes: {"Ines", "Marek"}, meeting.Timer: {"Tomasz", "Bea"},
				meeting.List: {"Lee", "Tomasz"}, meeting.Doors: {"Bea", "Marek"},
			},
			deals: map[string]dealing{
				"How news gets to every stairwell": {
					speak: []spoken{{"Fatima", floor.Either, 115}, {"Gus", floor.Either, 75}, {"Jo", floor.Either, 90}},
					asks:  "How do you feel about the way news reaches you?",
					feel:  []feeling.Point{4, 4, 3, 2, 4, 5, 3},
					notes: "Two people in each stairwell carry news from door to door, a different two each month.\n\n" +
						"- Shauna finds the first two on the third stair.\n- Gus prints the list, large.",
				},
				"Close the yard to cars on Saturdays": {
					speak: []spoken{
						{"Shauna", floor.For, 140}, {"Old Pete", floor.Against, 100}, {"Yusuf", floor.For, 70}, {"Mrs Okafor", floor.Against, 65},
					},
					notes: "For: children can play, and the street has room for all nine cars.\n\n" +
						"Against: two of us cannot carry their shopping that far. Nobody has asked the people in the front building.",
					named: []string{"Shauna", "Old Pete"},
					votes: [3]int{5, 7, 2},
				},
			},
		},
		{
			day: 31, title: "Monthly meeting", place: kitchen, dial: kitchenDial, way: kitchenWay, help: kitchenHelp, few: true,
			put:  []topic{{"Jo", "Two keys to the bicycle shed are missing", "There were six. I have four.", 10}},
			come: []string{"Kwame", "Dolores", "Old Pete"},
			would: map[meeting.Job][]string{
				meeting.Facilitates: {"Dolores", "Kwame"}, meeting.Notes: {"Kwame"}, meeting.Timer: {"Old Pete"},
			},
			deals: map[string]dealing{"Two keys to the bicycle shed are missing": {
				speak: []spoken{{"Old Pete", floor.Either, 80}},
				notes: "Rain, and a cup match on television: three of us came. We talked and decided nothing.\n\n" +
					"- Old Pete asks on his stair. If the keys are not back in a week, Jo changes the lock.",
			}},
		},
		{
			day: -7, title: "Monthly meeting", place: kitchen, dial: kitchenDial, way: kitchenWay, help: kitchenHelp,
			put: []topic{
				{"Yusuf", "Who learns to run meetings next", "Four of us have never done it. Who would, with somebody beside them?", 10},
				{"Wren", "Prams in the hall", "There is nowhere to leave one on our stair.", 10},
			},
		},
	}
}

// crewMeets is the one meeting of the crew, which decides by agreement.
func crewMeets() []gathering {
	return []gathering{{
		day: 16, title: "Around the big table", place: "Community kitchen", help: "We eat first.",
		come:  []string{"Jo", "Sam", "Ruth", "Dolores", "Manu"},
		would: map[meeting.Job][]string{meeting.Facilitates: {"Jo", "Dolores"}, meeting.Notes: {"Manu", "Sam"}, meeting.Timer: {"Sam"}},
		deals: map[string]dealing{"Lend the kitchen to the night shelter": {
			speak:   []spoken{{"Ruth", floor.For, 90}, {"Sam", floor.Either, 60}},
			notes:   "It stands empty on Sundays. Who cleans on Monday morning?\n\n- Ruth does, for the first month.",
			answers: []agree.Answer{{Response: agree.Reservation, Words: "I would like us to look at it again after a month.", Named: true}},
		}},
	}}
}

// federationMeets is one meeting of the federation, at which nothing is decided.
func federationMeets() []gathering {
	return []gathering{{
		day: 48, title: "Evening of the houses", place: "Canal Co-op, 12 Lock Lane", dial: "020 7946 0142",
		way:  "One step at the door; there is a ramp. Ring at number 2.",
		help: "Travel is paid from the common purse.",
		put: []topic{
			{"Iris", "What landlords ask new tenants to sign", "Two houses were handed a new contract this month.", 20},
			{"Bram", "Who comes to our meetings, and who cannot", "It is always the same houses.", 15},
		},
		come: []string{"Ana", "Bram", "Celeste", "Duncan", "Esra", "Greta", "Iris", "Jakub", "Kwame", "Luz"},
		from: map[string]meeting.Mode{"Greta": meeting.Phone, "Luz": meeting.Phone},
		would: map[meeting.Job][]string{
			meeting.Facilitates: {"Celeste", "Esra", "Jakub"}, meeting.Notes: {"Duncan", "Luz"}, meeting.Timer: {"Greta"},
			meeting.List: {"Kwame", "Ana"}, meeting.Doors: {"Ana"},
		},
		deals: map[string]dealing{
			"What landlords ask new tenants to sign": {
				speak: []spoken{{"Iris", floor.Either, 115}, {"Duncan", floor.Either, 90}, {"Kwame", floor.Either, 75}},
				notes: "The new contract asks tenants to pay for every repair below 100 pounds. Two lawyers say that this does not hold.\n\n" +
					"- Duncan writes one page about it for all houses.\n- Nobody signs before they have read that page.",
				named: []string{"Iris"},
			},
			"Who comes to our meetings, and who cannot": {
				speak: []spoken{{"Bram", floor.Either, 80}, {"Luz", floor.Either, 70}},
				asks:  "How do you feel about the hour at which we meet?",
				feel:  []feeling.Point{2, 3, 4, 3, 2},
				notes: "Shift workers cannot come at half past six. Two houses have never been here.\n\n" +
					"- Each house says which evening suits it. Celeste collects the answers.",
			},
		},
	}}
}
