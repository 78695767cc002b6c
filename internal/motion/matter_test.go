package motion

import "testing"

// TestMatter: what looks the same is one matter however it is typed, and what decides something else is another one.
func TestMatter(t *testing.T) {
	for _, same := range [][]string{
		{"We meet on Tuesdays.", "we meet on TUESDAYS", "  We meet,  on Tuesdays!", "We meet on Tuesdays.\ufe0f", "We meet\u17b4 on Tuesdays.", "We meet on Tuesdays.\u3164",
			"We meet \U0001d159on Tuesdays.", "We meet on\u00adTuesdays.", "We mee\u200dt on \u202eTuesdays", "Ｗe meet on Tuesdays", "We m\u0435et on Tu\u0435sdays", "𝐖e meet on Tuesdays",
			"We meet (on Tuesdays)", "\u201cWe meet on Tuesdays\u201d", "We meet on \u13a2uesdays", "We meet \U000e0041on Tuesdays"},
		{"We pay 1.50 euros.", "we pay 1.50 euros", "We pay １.５０ euros"},
		{"The dues fall by -5€.", "The dues fall by −5 €"},
		{"Pedimos más sillas.", "pedimos mas sillas"}, {"We buy co-op cups", "We buy coop cups"}, {"Covid-19 rules stay.", "Covid 19 rules stay"},
		{"We buy 5, then 6.", "we buy 5 then 6"}, {"Straße", "STRASSE"}, {"Нам нужен стол", "НАМ НУЖЕН СТОЛ."}, {"٥ كراسي", "٥ كراسي."},
	} {
		for _, other := range same[1:] {
			if matter(same[0]) != matter(other) {
				t.Errorf("%+q and %+q are %q and %q", same[0], other, matter(same[0]), matter(other))
			}
		}
	}
	for _, apart := range [][]string{
		{"We pay 150 euros.", "We pay 1.50 euros.", "We pay 1,50 euros.", "We pay 1 50 euros.", "We pay 15.0 euros."},
		{"We raise the dues by 5%.", "We raise the dues by 5€.", "We raise the dues by -5€.", "We raise the dues by 5.", "We raise the dues by .5€.", "We raise the dues by +5€.",
			"We raise the dues by -€5.", "We raise the dues by 5‰."},
		{"We meet at 18:30", "We meet at 1830"}, {"We buy 5-10 cups", "We buy 510 cups", "We buy 5/10 cups"}, {"10² metres", "102 metres"}, {"½ of it", "12 of it", "1/2 of it"},
		{"Room 1", "Room l"}, {"We buy a fiat", "We buy a flat"}, {"We say yes", "We do not say yes"}, {"👍", "👎"}, {"Vote 5", "Vote S"},
	} {
		known := map[string]string{}
		for _, s := range apart {
			if other, twice := known[matter(s)]; twice {
				t.Errorf("%q and %q are both %q", s, other, matter(s))
			}
			known[matter(s)] = s
		}
	}
	for _, s := range []string{"", "  ", "...", "\u3164", "!?"} {
		if matter(s) != "" {
			t.Errorf("%q says %q", s, matter(s))
		}
	}
}
