package lang

import "golang.org/x/text/feature/plural"

// ordinals are the ends of the ids of a sentence that counts in order, after CLDR's names.
var ordinals = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many",
}

// Nth says the sentence id for the n-th of something: id and ".one" for what English counts as the 1st and the 21st, ".two" and
// ".few" for the 2nd and the 3rd, ".other" for the rest. {{.N}} in it is n, which is at least 1.
func (v *Voice) Nth(id string, n int) string {
	form, ok := ordinals[plural.Ordinal.MatchPlural(v.lang, n, 0, 0, 0, 0)]
	if !ok {
		form = "other"
	}
	return v.T(id+"."+form, "N", n)
}
