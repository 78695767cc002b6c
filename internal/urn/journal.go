package urn

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// A journal holds every vote that was recorded, in the order of recording, one record of fixed length each:
//
//	length of pseudonym and box, the top bit set in the first record of a batch   2 bytes
//	pseudonym, box                                                               16 + 88 and the paper
//	CRC-32C of all before                                                         4
//
// The paper's size is the ballot's, so all records of a journal have one length. A journal of another size than its
// ballot is damaged: read by the wrong length it would look like one that a crash tore at its beginning, and be cut.
//
// It only grows. What the database failed to commit stays in it and is put into the table with the next vote: whether a
// failed commit is on disk after all cannot be known (a lost connection, a failed sync), and taking a vote back that
// is in the table would leave a vote there that nobody vouches for. Its voter was told to send it again.
type journal struct {
	mu      sync.Mutex
	payload int // bytes of pseudonym and box in each record
	file    *os.File
	size    int64
	before  int64    // size before the last append
	last    []record // of the last append
	failed  bool     // the last append did not get through
	owed    []record // appended, but not known to be in the table
	damaged error    // why nothing can be appended any more
}

const (
	headLen   = 2
	frameLen  = headLen + crc32.Size
	firstMark = 1 << 15
	// maxSize is how many bytes of paper the head of a record can tell.
	maxSize = firstMark - 1 - pseudLen - bareLen
)

// payloadLen is how many bytes pseudonym and box have.
func payloadLen(size int) int { return pseudLen + boxLen(size) }

type record struct {
	pseud pseud
	box   []byte            // never written to: others hold it too
	prev  [sha256.Size]byte // of the box it replaced, see digest; known only until the program ends
}

// staged is the record as it is handed to the journal: what is written, then prev.
func (r record) staged() []byte {
	b := make([]byte, 0, pseudLen+len(r.box)+len(r.prev))
	b = append(append(b, r.pseud[:]...), r.box...)
	return append(b, r.prev[:]...)
}

// key is the record's pseudonym and box as a key of maps.
func (r record) key() string { return string(r.pseud[:]) + string(r.box) }

// parseRecord returns the record with the payload, whose bytes it keeps.
func parseRecord(payload []byte) record {
	return record{pseud: pseud(payload), box: payload[pseudLen:len(payload):len(payload)]}
}

// digest stands for a box, or for no box.
func digest(box []byte) [sha256.Size]byte {
	if box == nil {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(box)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var (
	errRecord  = errors.New("urn: a journal record has the wrong length")
	errDamaged = errors.New("urn: the journal is damaged before its end")
)

// openJournal opens the journal of papers of the size and returns its records. Without create it returns an error that is
// fs.ErrNotExist if there is none. What a crash left half written at the end is not returned; cut removes it. Damage before
// the end is errDamaged, and so are papers of another size.
func openJournal(path string, size int, create bool) (*journal, []record, error) {
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, nil, err
	}
	j := &journal{file: f, payload: payloadLen(size)}
	text, err := os.ReadFile(path)
	var records []record
	if err == nil {
		records, err = parseJournal(text, j.payload)
	}
	if err == nil && create {
		err = errors.Join(f.Sync(), syncDir(filepath.Dir(path)))
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	j.size = j.lenOf(records)
	return j, records, nil
}

// lenOf is how many bytes of the file the records take.
func (j *journal) lenOf(records []record) int64 {
	return int64(len(records)) * int64(j.payload+frameLen)
}

// parseJournal returns the records up to the first that is torn. A whole batch after a torn record cannot come from a
// crash, since each batch is on disk before the next begins: then it is damage. The records keep the text.
func parseJournal(text []byte, payload int) (records []record, err error) {
	torn, n := false, payload+frameLen
	for at := 0; len(text)-at >= n; at += n {
		first, ok := checkRecord(text[at : at+n])
		switch {
		case !ok:
			torn = true
		case torn && first:
			return nil, errDamaged
		case !torn:
			records = append(records, parseRecord(text[at+headLen:at+headLen+payload]))
		}
	}
	if holdsOther(text, len(records)*n) {
		return nil, errDamaged
	}
	return records, nil
}

// checkRecord says whether b is a whole record, and whether it is the first of a batch.
func checkRecord(b []byte) (first, ok bool) {
	head, sum := binary.BigEndian.Uint16(b), binary.BigEndian.Uint32(b[len(b)-crc32.Size:])
	return head&firstMark != 0, int(head&^firstMark)+frameLen == len(b) && crc32.Checksum(b[:len(b)-crc32.Size], castagnoli) == sum
}

// holdsOther says whether, from a place on in which no batch of the journal's own size begins, the text holds the first
// record of a batch of any size, where a journal of that size has its records. Looking there alone it takes a time that
// grows with the text as the text does.
func holdsOther(text []byte, from int) bool {
	for at := from; at+headLen <= len(text); at++ {
		n := int(binary.BigEndian.Uint16(text[at:])&^firstMark) + frameLen
		if at%n != 0 || at+n > len(text) {
			continue
		}
		if first, ok := checkRecord(text[at : at+n]); first && ok {
			return true
		}
	}
	return false
}

// Append implements db.Journal.
func (j *journal) Append(staged [][]byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.damaged != nil {
		return j.damaged
	}
	j.settle()
	j.before, j.failed = j.size, true
	batch, records, err := encodeBatch(staged, j.payload)
	if err != nil {
		return err
	}
	if _, err := j.file.WriteAt(batch, j.size); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		// After a failed sync nobody knows what is on disk. Only a fresh start may read the file again.
		j.damaged = fmt.Errorf("sync journal: %w", err)
		return j.damaged
	}
	j.size += int64(len(batch))
	j.last, j.failed = records, false
	return nil
}

// encodeBatch returns what is appended for the staged records, and the records, which keep the bytes staged. It returns
// errRecord if one is of another size than the journal.
func encodeBatch(staged [][]byte, payload int) (batch []byte, records []record, err error) {
	batch, records = make([]byte, 0, len(staged)*(payload+frameLen)), make([]record, 0, len(staged))
	for i, s := range staged {
		if len(s) != payload+sha256.Size {
			return nil, nil, errRecord
		}
		head := uint16(payload)
		if i == 0 {
			head |= firstMark
		}
		start := len(batch)
		batch = binary.BigEndian.AppendUint16(batch, head)
		batch = append(batch, s[:payload]...)
		batch = binary.BigEndian.AppendUint32(batch, crc32.Checksum(batch[start:], castagnoli))
		r := parseRecord(s[:payload])
		r.prev = [sha256.Size]byte(s[payload:])
		records = append(records, r)
	}
	return batch, records, nil
}

// settle notes that the last batch committed, since it was not retracted, and that it put in what was owed.
// Only the database's writer may call it, between batches.
func (j *journal) settle() {
	if len(j.last) > 0 {
		j.last, j.owed = nil, nil
	}
}

// Retract implements db.Journal. An append that failed is cut off; one that succeeded stays and is owed to the table.
func (j *journal) Retract() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.failed {
		j.owed = append(j.owed, j.last...)
		j.last = nil
		return nil
	}
	if err := errors.Join(j.file.Truncate(j.before), j.file.Sync()); err != nil {
		j.damaged = fmt.Errorf("cut journal: %w", err)
		return j.damaged
	}
	return nil
}

// owing returns what is in the journal but may not be in the table. Only the database's writer may call it.
func (j *journal) owing() []record {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.settle()
	return slices.Clone(j.owed)
}

// owes returns what is known to be owed now. Anybody may call it.
func (j *journal) owes() []record {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.owed)
}

// cut removes what a crash left half written at the end.
func (j *journal) cut() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.file.Truncate(j.size), j.file.Sync())
}

// read returns all records from disk.
func (j *journal) read() ([]record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	text := make([]byte, j.size)
	if _, err := j.file.ReadAt(text, 0); err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	records, err := parseJournal(text, j.payload)
	if err == nil && j.lenOf(records) != j.size {
		err = errDamaged
	}
	return records, err
}

func (j *journal) close() error { return j.file.Close() }
