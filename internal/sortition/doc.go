// Package sortition draws people by lot so that anybody can repeat the draw. It is pure: who can be drawn, a secret and what people
// threw in go in, the result and what it follows from come out; there is no clock, no database and no source of chance.
//
//	draw.go      the weighted draw of all members of a pool, in an order that a stranger can work out again
//	record.go    its published record, as JSON, and what a check of it finds
//	read.go      pools and contributions as lines of text
//	strata.go    places shared between strata, and a draw within each
//	panel.go     panels with quotas: what is asked for, and who counts as alike
//	quotas.go    the smallest changes of quotas that leave no panel
//	leximin.go   the distribution over panels under which the lowest chances are as high as they can be
//	interior.go  its linear programs
//	search.go    the best panel for given values of people, by branch and bound
//	simplex.go   the bounds of that search
//	lottery.go   a distribution turned into tickets
//	panels.go    the draw of one of the panels
//
// Chances of panels are worked out in floating point, and another machine may find others that are as good. Nothing rests on that:
// the tickets are whole numbers, they are published and committed to before the draw, and the draw itself is exact.
package sortition
