// Package tally counts votes. It is pure: what was cast and the rule go in, the result and its reason come out;
// there is no clock, no database, no floating point and no map order in any result, so that anyone can count again
// and get the same bytes.
//
// Every method family is one file: a rule, what it counts, and one function that returns a result. Three habits hold
// for all of them. A result carries its input, so that it can be checked alone; of a vote in which too few took part that
// is how many did, and nothing of how they voted. Fractions are pairs of integers and are compared by multiplication in
// 128 bits, so that no count is too large and nothing is rounded. Why a result is what it is comes as a short code, which
// the pages put into words.
//
// An Election is candidates and papers, a Method counts it, and a Sheet is what comes out: each stage with every candidate's figure,
// what was done and why in one sentence, and every tie with how it was broken.
//
//	election.go   what is counted; papers of one kind are kept together
//	method.go     the list of methods, and what a count needs beside the election
//	sheet.go      what comes out; text.go and table.go write it for people
//	valid.go      which papers count, and why the others do not; nobody.go what is so where nobody is voted for, and how names are told apart
//	majority.go   a question with two sides: simple, two-thirds, any fraction, of those who decided, voted, are present, or of the roll
//	consensus.go  a call for consensus; question.go makes methods of both, and fills blanks
//	approval.go   approval and score voting, and who approves whom for the methods below
//	spav.go       committees by proportional approval: place by place, and (pav.go) the best of all committees
//	phragmen.go   Phragmén's sequential rule, for committees and budgets
//	mes.go        the Method of Equal Shares, for both; meswords.go completes it and says what it does
//	greedy.go     budgets by votes
//	pairs.go      rankings compared by pairs: schulze, ranked_pairs, minimax, kemeny, debian; and borda
//	irv.go        one winner by excluding the last; us-stv is what American cities make of it for several
//	scottish.go   several winners by transfers: Scotland; ers97, nireland, wigm, cfer, mpls and qpq stand on transfer.go
//	meek.go       several winners by Meek's method, whose rules are a table in meek_rules.go
package tally
