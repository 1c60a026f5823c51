package desktop

import "sync"

// mailbox holds what other goroutines want done between two frames.
type mailbox struct {
	mu    sync.Mutex
	queue []func()
}

// post never waits.
func (m *mailbox) post(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queue = append(m.queue, do)
}

// deliver runs what was posted and reports whether there was anything.
func (m *mailbox) deliver() bool {
	m.mu.Lock()
	queue := m.queue
	m.queue = nil
	m.mu.Unlock()
	for _, do := range queue {
		do()
	}
	return len(queue) > 0
}
