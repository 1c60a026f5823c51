package gpu

import "sync"

// loss records, once, that a device is gone. It is safe for concurrent use.
type loss struct {
	once   sync.Once
	gone   chan struct{} // closed by the first report
	reason string        // written before gone is closed
}

func newLoss() *loss { return &loss{gone: make(chan struct{})} }

// report is the loss. Only the first call counts.
func (l *loss) report(reason string) {
	l.once.Do(func() {
		l.reason = reason
		close(l.gone)
	})
}

// happened reports whether the device is lost, and why.
func (l *loss) happened() (reason string, lost bool) {
	select {
	case <-l.gone:
		return l.reason, true
	default:
		return "", false
	}
}
