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
//	pseudonym, box                                                               16 + 89
//	CRC-32C of all before                                                         4
//
// It only grows. What the database failed to commit stays in it and is put into the table with the next vote: whether a
// failed commit is on disk after all cannot be known (a lost connection, a failed sync), and taking a vote back that
// is in the table would leave a vote there that nobody vouches for. Its voter was told to send it again.
type journal struct {
	mu      sync.Mutex
	file    *os.File
	size    int64
	before  int64    // size before the last append
	last    []record // of the last append
	failed  bool     // the last append did not get through
	owed    []record // appended, but not known to be in the table
	damaged error    // why nothing can be appended any more
}

const (
	payloadLen = pseudLen + boxLen
	stagedLen  = payloadLen + sha256.Size
	recordLen  = 2 + payloadLen + 4
	firstMark  = 1 << 15
)

type record struct {
	pseud pseud
	box   [boxLen]byte
	prev  [sha256.Size]byte // of the box it replaced, see digest; known only until the program ends
}

// staged is the record as it is handed to the journal: what is written, then prev.
func (r record) staged() []byte {
	b := make([]byte, 0, stagedLen)
	b = append(append(b, r.pseud[:]...), r.box[:]...)
	return append(b, r.prev[:]...)
}

func parseRecord(b []byte) record {
	return record{pseud: pseud(b[:pseudLen]), box: [boxLen]byte(b[pseudLen:payloadLen])}
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

// openJournal opens the journal and returns its records. Without create it returns an error that is fs.ErrNotExist if
// there is none. What a crash left half written at the end is not returned; cut removes it. Damage before the end is
// errDamaged.
func openJournal(path string, create bool) (*journal, []record, error) {
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, nil, err
	}
	text, err := os.ReadFile(path)
	var records []record
	if err == nil {
		records, err = parseJournal(text)
	}
	if err == nil && create {
		err = errors.Join(f.Sync(), syncDir(filepath.Dir(path)))
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return &journal{file: f, size: int64(len(records)) * recordLen}, records, nil
}

// parseJournal returns the records up to the first that is torn. A whole batch after a torn record cannot come from a
// crash, since each batch is on disk before the next begins: then it is damage.
func parseJournal(text []byte) (records []record, err error) {
	torn := false
	for ; len(text) >= recordLen; text = text[recordLen:] {
		head, ok := checkRecord(text[:recordLen])
		switch {
		case !ok:
			torn = true
		case torn && head&firstMark != 0:
			return nil, errDamaged
		case !torn:
			records = append(records, parseRecord(text[2:]))
		}
	}
	return records, nil
}

func checkRecord(b []byte) (head uint16, ok bool) {
	head = binary.BigEndian.Uint16(b)
	sum := binary.BigEndian.Uint32(b[recordLen-4:])
	return head, head&^firstMark == payloadLen && crc32.Checksum(b[:recordLen-4], castagnoli) == sum
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
	batch, records, err := encodeBatch(staged)
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

func encodeBatch(staged [][]byte) (batch []byte, records []record, err error) {
	batch = make([]byte, 0, len(staged)*recordLen)
	for i, s := range staged {
		if len(s) != stagedLen {
			return nil, nil, errRecord
		}
		head := uint16(payloadLen)
		if i == 0 {
			head |= firstMark
		}
		start := len(batch)
		batch = binary.BigEndian.AppendUint16(batch, head)
		batch = append(batch, s[:payloadLen]...)
		batch = binary.BigEndian.AppendUint32(batch, crc32.Checksum(batch[start:], castagnoli))
		r := parseRecord(s)
		r.prev = [sha256.Size]byte(s[payloadLen:])
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
	records, err := parseJournal(text)
	if err == nil && int64(len(records))*recordLen != j.size {
		err = errDamaged
	}
	return records, err
}

func (j *journal) close() error { return j.file.Close() }
