// Package sortition draws people by lot so that anybody can repeat the draw. It is pure: who can be drawn, a secret and what people
// threw in go in, the result and what it follows from come out; there is no clock, no database and no source of chance.
//
//	draw.go      the weighted draw of all members of a pool, in an order that a stranger can work out again
//	record.go    published records, as JSON, and what a check of them finds
//	strict.go    JSON that nobody can read in two ways
//	text.go      lines of text that hide nothing
//	announced.go whether a record is of a draw that was announced
//	read.go      pools, strata, quotas and contributions as tables
//	strata.go    places shared between strata, and a draw within each
//	panel.go     panels with quotas: what is asked for, and who counts as alike
//	quotas.go    why quotas leave no panel, and the smallest changes that would
//	leximin.go   the distribution over panels under which the lowest chances are as high as they can be
//	interior.go  its linear programs
//	search.go    the best panel for given values of people, by branch and bound
//	simplex.go   the bounds of that search
//	lottery.go   a distribution turned into tickets
//	panels.go    the draw of one of the panels, and whether each is as was asked for
//
// Chances of panels are worked out in floating point, and another machine may find others that are as good. Nothing rests on that:
// the tickets are whole numbers, they are published and committed to before the draw, and the draw itself is exact.
package sortition
