package rulebook

import "sync"

// mostRead bounds what is kept of rules that have been read: about a megabyte.
const mostRead = 256

// memo holds rules by the bytes they were read from. Most groups have the rules of a preset, and everything that happens in a group asks
// for its rules, which take a hundred times as long to parse as to look up. The same bytes are always the same rules, so nothing here
// grows stale; and Rules hold no pointers, so nobody can change what another was given.
type memo struct {
	mu   sync.RWMutex
	read map[string]Rules
}

var parsed = memo{read: map[string]Rules{}}

// parse is Parse, and reads the same bytes only once. What cannot be read is not remembered.
func (m *memo) parse(params string) (Rules, error) {
	m.mu.RLock()
	r, ok := m.read[params]
	m.mu.RUnlock()
	if ok {
		return r, nil
	}
	r, err := Parse([]byte(params))
	if err != nil {
		return Rules{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.read) >= mostRead {
		clear(m.read)
	}
	m.read[params] = r
	return r, nil
}
