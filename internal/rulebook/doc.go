// Package rulebook holds the rules a group decides by: typed, bounded, versioned data, and the arithmetic over it.
//
// Rules is one complete set, from how long a newcomer waits before voting to who may ask for a recall. Params describes
// every field of it once: its key, its bounds, which tier of rule it belongs to, and so how members change it. Everything
// that must treat all rules alike (bounds, the canonical bytes, the page that explains each rule) goes through that
// table, so a rule cannot be added and forgotten somewhere.
//
// The bounds are what keeps the floor (Floor) out of reach of settings: a term is never longer than 400 days, a quorum
// never more than half of the active members, a petition never harder than S. Bounds that depend on how many people there
// are hold where the number is computed (Quorum, TableSupport, Petition), the others in Check.
//
// A rulebook is written as one flat JSON object, keys sorted, integers and strings only. Flat, because members change
// one rule per vote, and then a change is one line of it.
//
// All thresholds are integers; roots are found by search, so that every machine agrees on who was enough.
package rulebook
