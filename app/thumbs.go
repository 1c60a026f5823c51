package app

import (
	"maps"
	"slices"

	"unmask/session"
)

// Thumbnails are asked for only where they are shown, a few at a time, so that a
// project of ten thousand pictures costs what its first screen does.
const (
	thumbSize  = 96
	thumbBatch = 24
	showMore   = 48
)

// thumbs are the addresses of small pictures.
type thumbs struct {
	desk  *desk
	urls  map[string]string // by path; "": it cannot be read
	asked map[int][]string  // by the number of the command
	shown map[string]int    // how many of each class people want to see
	extra []string          // pictures that are shown elsewhere, such as mistakes
}

func (t *thumbs) init(a *album) { t.desk, t.urls = a.desk, map[string]string{} }

// clear gives all of them back.
func (t *thumbs) clear() {
	for _, url := range t.urls {
		if url != "" {
			t.desk.revoke(url)
		}
	}
	t.urls, t.shown, t.extra = map[string]string{}, map[string]int{}, nil
	t.forgetAsked()
}

// forgetAsked drops the requests that an earlier engine will not answer.
func (t *thumbs) forgetAsked() { t.asked = map[int][]string{} }

// first is how many pictures of a class are shown before anyone asks for more.
func first(classes int) int {
	switch {
	case classes <= 3:
		return 18
	case classes <= 8:
		return 12
	}
	return 6
}

// of are the pictures of a class that are shown.
func (t *thumbs) of(a *album, class string) []string {
	all := a.pictures[class]
	n := max(t.shown[class], first(len(a.classes)))
	return all[:min(n, len(all))]
}

// more shows more of a class.
func (t *thumbs) more(a *album, class string) []request {
	t.shown[class] = len(t.of(a, class)) + showMore
	return t.wanted(a)
}

// wanted asks for the thumbnails that are shown and not there, and gives back
// those that nobody sees any more.
func (t *thumbs) wanted(a *album) []request {
	need := map[string]bool{}
	var missing []string
	waiting := map[string]bool{}
	for _, paths := range t.asked {
		for _, p := range paths {
			waiting[p] = true
		}
	}
	want := func(p string) {
		if need[p] {
			return
		}
		need[p] = true
		if _, ok := t.urls[p]; !ok && !waiting[p] {
			missing = append(missing, p)
		}
	}
	for _, c := range a.classes {
		for _, p := range t.of(a, c) {
			want(p)
		}
	}
	for _, p := range t.extra {
		if a.there[p] {
			want(p)
		}
	}
	maps.DeleteFunc(t.urls, func(p, url string) bool {
		if !need[p] && url != "" {
			t.desk.revoke(url)
		}
		return !need[p]
	})
	var requests []request
	for paths := range slices.Chunk(missing, thumbBatch) {
		r := t.desk.command(session.Command{Do: session.DoThumbs, Paths: paths, Size: thumbSize})
		t.asked[r.ID] = paths
		requests = append(requests, r)
	}
	return requests
}

// take keeps the answer to one request.
func (t *thumbs) take(e session.Event) {
	paths := t.asked[e.ID]
	delete(t.asked, e.ID)
	for i, p := range paths {
		url := ""
		if i < len(e.Blobs) && len(e.Blobs[i]) == thumbSize*thumbSize*4 {
			url = t.desk.object(bitmapFile(e.Blobs[i], thumbSize, thumbSize), "image/bmp")
		}
		if old := t.urls[p]; old != "" {
			t.desk.revoke(old)
		}
		t.urls[p] = url
	}
}

// failed reports whether an error is about thumbnails: a picture that was moved
// meanwhile, which the next answer about the project settles.
func (t *thumbs) failed(id int) bool {
	_, ok := t.asked[id]
	delete(t.asked, id)
	return ok
}
