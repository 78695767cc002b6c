# Everything a developer or an operator builds. `make test` is the one gate; .ci/run calls it.

# One set of C flags for every target, because SQLite's C source takes a minute to compile for each set.
# The first define switches off SQLite's memory statistics, a lock that every allocation would take. The second has a statement keep
# the plan it was made with: without it SQLite compiles many statements anew each time a value is bound to them, which takes
# several times as long as running them (sqlite.org/queryplanner-ng.html, "query planner stability guarantee").
export CGO_CFLAGS := -O2 -g -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_ENABLE_QPSG=1

.PHONY: build test shots tools bench live droop walk campaign fuzz powercut docker-check clean

build: ## the program, as bin/folkmoot
	go build -trimpath -o bin/folkmoot ./cmd/folkmoot

test: ## everything: format, vet, staticcheck, import rules, tests on SQLite and PostgreSQL, browser journeys, some fuzzing
	bash .ci/test

shots: ## pictures of all pages that the browser journeys come to, light and dark, in build/shots; RUN says which journeys
	FOLKMOOT_SHOTS=1 bash .ci/memory go test ./cmd/folkmoot -run '$(or $(RUN),Journey)' -timeout 60m

tools: ## installs what the tests need and is missing
	bash .ci/tools

bench: ## the benchmarks, on SQLite and on a PostgreSQL of their own
	bash .ci/postgres go test -run '^$$' -bench . -benchmem ./...

live: ## ten thousand pages that listen, beside a bare stream in the same run, two thousand that vote in one meeting, and the bytes of a phone in an hour; LIVE says how many; some minutes
	bash -c 'ulimit -n 20000 && exec go test -race=false ./web -run "^Test(LiveHall|LiveMeeting|BytesOfAnHour)$$" -v -live $(or $(LIVE),10000) -timeout 20m'

droop: ## a million papers counted by droop and by this program in turns; DROOP names a git clone of jklundell/droop
	bash .ci/droop

walk: ## a million sequences of random acts, after each of which a group has to be able to decide; WALKS says how many; some hours
	FOLKMOOT_WALKS=$(or $(WALKS),1000000) bash .ci/memory go test ./internal/election -run 'Bricked' -v -timeout 0

campaign: ## the linkage test and the two races of voting, on both databases, at full length; some hours
	bash .ci/postgres go test ./internal/ballot -run 'V05$$' -campaign -v -timeout 0
	bash .ci/postgres go test ./internal/ballot -run 'V01$$' -campaign -v -timeout 0
	bash .ci/postgres go test ./internal/ballot -run 'V04$$' -campaign -v -timeout 0

powercut: ## a hundred simulated power cuts that lose nothing, and a control that does; as root
	bash .ci/powercut 100 20

fuzz: ## an hour of random files and elections for the readers and the counts, on two cores in half of it
	bash .ci/fuzz

docker-check: ## builds the Dockerfile, runs it, and checks the deployment files of README.md; as root, some minutes
	bash .ci/docker-check

clean: ## removes what was built
	rm -rf bin build
