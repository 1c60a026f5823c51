package app

import (
	"unmask/session"
)

// Pictures come in by portions, so that neither the page nor the Worker ever holds
// more than a portion of ten thousand.
const (
	portionFiles = 64
	portionBytes = 48 << 20
	maxZipBytes  = 1 << 30
	showEach     = 256 // pictures, up to which every portion is shown
)

// picked is a file that someone gave: where it goes and how to get at it.
type picked struct {
	path string // "class/name.jpg"; a zip file at the top brings its own classes
	size int64
	open func() string // an address that the engine fetches
}

// intake is the queue of files on their way into the project.
type intake struct {
	reading int // choices that are being looked at
	queue   []picked
	sent    []picked // the portion that the engine has
	urls    []string
	sentID  int
	done    int // files of this turn that have arrived
	total   int
	refused []session.Refusal
}

func (in *intake) clear() { *in = intake{reading: in.reading} }

// restart puts what an earlier engine had back into the queue.
func (in *intake) restart() {
	in.queue = append(in.sent, in.queue...)
	in.sent, in.urls, in.sentID = nil, nil, 0
}

// busy reports whether files are on their way.
func (in *intake) busy() bool { return in.reading+len(in.queue)+len(in.sent) > 0 }

// add queues files.
func (a *album) add(files []picked) []request {
	in := &a.intake
	if len(in.queue)+len(in.sent) == 0 {
		in.done, in.total, in.refused = 0, 0, nil
	}
	for _, f := range files {
		if f.size > maxZipBytes {
			in.refused = append(in.refused, session.Refusal{Path: f.path, Why: "it is larger than 1 GB: unpack it and add the folder"})
			continue
		}
		in.queue, in.total = append(in.queue, f), in.total+1
	}
	return in.next(a)
}

// next sends a portion, where none is under way.
func (in *intake) next(a *album) []request {
	if a.info == nil || len(in.sent) > 0 || len(in.queue) == 0 {
		return nil
	}
	n, bytes := 0, int64(0)
	for n < len(in.queue) && n < portionFiles && (n == 0 || bytes+in.queue[n].size <= portionBytes) {
		bytes += in.queue[n].size
		n++
	}
	in.sent, in.queue = in.queue[:n:n], in.queue[n:]
	c := session.Command{Do: session.DoAdd}
	in.urls = nil
	for _, f := range in.sent {
		c.Paths, in.urls = append(c.Paths, f.path), append(in.urls, f.open())
	}
	// The first pictures are shown as they come, the others with the last portion.
	c.More = len(in.queue) > 0 && a.count() > showEach
	r := a.command(c, in.urls...)
	in.sentID = r.ID
	return []request{r}
}

// took goes on after a portion.
func (in *intake) took(a *album, e session.Event) []request {
	if e.ID == in.sentID && in.sentID != 0 {
		in.refused = append(in.refused, e.Project.Refused...)
		in.settle(a)
	}
	return in.next(a)
}

// failed goes on with the next portion after one that could not be taken; it
// reports whether the error is about that.
func (in *intake) failed(a *album, e session.Event) ([]request, bool) {
	if e.ID != in.sentID || in.sentID == 0 {
		return nil, false
	}
	full := e.Error != nil && e.Error.Code == "project"
	in.settle(a)
	if full { // the disk takes nothing more
		in.queue = nil
	}
	return append(in.next(a), a.refresh()...), true
}

func (in *intake) settle(a *album) {
	for _, url := range in.urls {
		a.revoke(url)
	}
	in.done += len(in.sent)
	in.sent, in.urls, in.sentID = nil, nil, 0
}

// progress reports whether an event tells how far a portion's files are.
func (in *intake) progress(e session.Event) bool { return e.ID == in.sentID && in.sentID != 0 }
