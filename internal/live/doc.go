// Package live tells who looks at something that it has changed. It carries no content: a reader who is told asks for the page again,
// by the way and under the rules by which they got it the first time.
//
// A topic is a string, as "g/12/motion/3". Whoever changes what a topic stands for touches it once that is committed (db.Tx.After); the
// record does so by itself for each entry, so that a topic moves exactly when anybody can see in the record that something happened. What
// the record does not say, as a vote being cast, touches nothing: when it came would tell whose it was.
//
// A topic costs nothing but a place in a map of bounded size, whoever watches or does not. Those who watch the same topics share one
// Watch: they wait for one channel to be closed, so that telling ten thousand of them takes as long as waking them, a slow one holds up
// nobody, and whoever was away longest only looks once. No watch is woken more often than four times a second.
//
// All of it is in this process's memory, and that is enough: one server has a database to itself, PostgreSQL's as well (db.Renew). After
// a restart nobody knows what changed meanwhile, so every mark from before counts as old and each reader asks once.
package live
