package app

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"unmask/data"
	"unmask/session"
)

// inside is the state of the view that looks into the network while it works on the
// picture in hand.
type inside struct {
	*desk

	whole    bool   // look at the whole picture, not at what the mask leaves
	place    string // "downsample_layers.S" or "stages.S.B"
	part     part
	sort     channelSort
	shared   bool // one scale for all channels
	layers   []string
	channels *session.Channels
	planes   []byte // of channels
	order    []int  // channels as they are shown
	chosen   int    // a channel
	collapse *session.CollapseReport
	leak     []session.LeakLayer

	atlas      picture // all channels
	atlasFile  indexed // its content
	framed     int     // the place of the frame in it; -1: none
	large      picture // the chosen one over the photo
	photo      picture // what the network sees
	filled     picture // what it makes of it
	photoKey   string  // the picture and mask that photo shows
	filledOf   *byte   // the composite that filled shows, by its first byte
	leakImages []picture

	channelsID, collapseID, leakID int
	channelsKey, sharedKey         string // what was asked about
	leakKey                        string

	step int // of the tour, from 1; 0: none
}

// picture is an image with an address, or none.
type picture struct {
	url           string
	width, height int
}

// part is what of a block is shown.
type part int

const (
	partOutput part = iota
	partBefore
	partAfter
)

// parts are the parts of a block with the suffix of their layer's name.
var parts = []struct {
	part
	suffix, id, name, title string
}{
	{partOutput, "", "part-output", "Output", "What the block hands on"},
	{partBefore, ".pwconv1", "part-before", "Before GRN", "Its inner channels, four times as many, before GRN"},
	{partAfter, ".grn", "part-after", "After GRN", "The same channels after GRN"},
}

// channelSort is how channels are put in order.
type channelSort int

const (
	byNumber channelSort = iota
	byStrength
	byGain
)

// firstPlace is a block that every network has.
const firstPlace = "stages.0.0"

func newInside(d *desk) *inside {
	return &inside{desk: d, place: firstPlace, part: partBefore, sort: byStrength}
}

// begin forgets what an earlier engine was asked.
func (i *inside) begin() {
	i.channelsID, i.collapseID, i.leakID = 0, 0, 0
	i.channelsKey, i.sharedKey, i.leakKey = "", "", ""
}

// layer is the name of what is shown.
func (i *inside) layer() string {
	for _, p := range parts {
		if p.part == i.part && strings.HasPrefix(i.place, "stages.") {
			return i.place + p.suffix
		}
	}
	return i.place
}

// view is the mask under which the network looks.
func (i *inside) view() data.Mask {
	if i.whole {
		return data.NewMask(i.mask.Rows, i.mask.Cols)
	}
	return i.mask
}

// refresh asks for what is not known of the picture, the mask and the network in hand.
func (i *inside) refresh() []request {
	if i.picture == nil || i.weights == nil || i.stopped || i.loading() || i.gotID < i.pictureID {
		return nil
	}
	i.drawPhoto()
	if len(i.layers) > 0 && !slices.Contains(i.layers, i.layer()) {
		i.part = partOutput // a V1 has no GRN
		if !slices.Contains(i.layers, i.layer()) {
			i.place = firstPlace // another network is less deep
		}
	}
	var requests []request
	ask := func(id *int, key *string, is string, c session.Command) {
		if *key != is {
			*key = is
			r := i.command(c)
			*id = r.ID
			requests = append(requests, r)
		}
	}
	of := fmt.Sprintf("%d %d ", i.gotID, i.loadedID)
	bits := i.view().Bits()
	ask(&i.channelsID, &i.channelsKey, of+bits+i.layer()+fmt.Sprint(i.shared),
		session.Command{Do: session.DoChannels, Layer: i.layer(), Hidden: bits, Shared: i.shared})
	if i.leaks() {
		ask(&i.leakID, &i.leakKey, of+i.mask.Bits(), session.Command{Do: session.DoLeak, Hidden: i.mask.Bits()})
	} else {
		i.forgetLeak()
		i.leakID, i.leakKey = 0, ""
	}
	ask(&i.collapseID, &i.sharedKey, of, session.Command{Do: session.DoCollapse})
	return requests
}

// leaks reports whether there are both hidden patches and visible ones to reach them.
func (i *inside) leaks() bool {
	n := i.mask.Count()
	return n > 0 && n < len(i.mask.Hidden)
}

// handle takes an event that answers a request of this view. It reports whether the
// answer leaves something to be asked again.
func (i *inside) handle(e session.Event) (again bool) {
	switch {
	case e.Kind == session.EvError:
		return i.fail(e)
	case e.Kind == session.EvCancelled && e.ID == i.collapseID:
		i.sharedKey = "" // something newer came in between
		return true
	case e.Kind == session.EvChannels && e.ID == i.channelsID:
		i.takeChannels(e)
	case e.Kind == session.EvCollapse && e.ID == i.collapseID:
		i.collapse, i.collapseID = e.Collapse, 0
	case e.Kind == session.EvLeak && e.ID == i.leakID:
		i.takeLeak(e)
	}
	return false
}

// fail reports what went wrong, but for what is not asked about any more. What failed
// is asked for again with the next change, not at once: it may fail for ever.
func (i *inside) fail(e session.Event) (again bool) {
	switch e.ID {
	case i.channelsID:
		i.channelsID, i.channelsKey = 0, ""
		if e.Error != nil && e.Error.Code == "weights" && i.layer() != firstPlace {
			// Another network may lack the layer, and does not tell its own before it
			// has shown one. All have the first block.
			i.place, i.part, i.layers = firstPlace, partOutput, nil
			return true
		}
	case i.collapseID:
		i.collapseID, i.sharedKey = 0, ""
	case i.leakID:
		i.leakID, i.leakKey = 0, ""
	default:
		return false
	}
	i.report(e.Error)
	return false
}

func (i *inside) takeChannels(e session.Event) {
	c := e.Channels
	if c == nil || len(e.Blobs) == 0 || len(e.Blobs[0]) != c.Count*c.Rows*c.Cols || len(c.Of) != c.Count {
		return
	}
	i.channels, i.planes, i.layers, i.channelsID = c, e.Blobs[0], e.Layers, 0
	i.arrange()
}

// arrange puts the channels in order, draws them, and chooses the first.
func (i *inside) arrange() {
	of := i.channels.Of
	i.order = make([]int, len(of))
	for k := range i.order {
		i.order[k] = k
	}
	value := func(k int) float64 { return of[k].RMS }
	if i.sort == byGain && of[0].GRN != nil {
		value = func(k int) float64 { return math.Abs(of[k].GRN.Gamma * of[k].GRN.N) }
	}
	if i.sort != byNumber {
		slices.SortStableFunc(i.order, func(a, b int) int { return cmp.Compare(value(b), value(a)) })
	}
	i.drawAtlas()
	i.framed = -1
	i.choose(i.order[0])
}

// choose shows one channel large.
func (i *inside) choose(channel int) {
	i.chosen = channel
	i.frameChosen()
	i.drawLarge()
}

// move chooses the channel so many places behind the chosen one.
func (i *inside) move(by int) {
	if i.channels == nil {
		return
	}
	at := slices.Index(i.order, i.chosen) + by
	i.choose(i.order[min(max(at, 0), len(i.order)-1)])
}

func (i *inside) takeLeak(e session.Event) {
	if len(e.Blobs) != 2*len(e.Leak) {
		return
	}
	i.forgetLeak()
	i.leak, i.leakID = e.Leak, 0
	for k, reached := range e.Blobs {
		l := e.Leak[k/2]
		if len(reached) != l.Rows*l.Cols {
			i.forgetLeak()
			return
		}
		i.leakImages = append(i.leakImages, i.image(leakPixels(reached), l.Cols, l.Rows))
	}
}

func (i *inside) forgetLeak() {
	for _, p := range i.leakImages {
		i.revoke(p.url)
	}
	i.leak, i.leakImages = nil, nil
}

// layerName is a layer in plain words; a down-sampling stands before its stage.
func layerName(layer string) string {
	var stage, block int
	switch n, _ := fmt.Sscanf(layer, "stages.%d.%d", &stage, &block); {
	case n == 2:
		return fmt.Sprintf("Stage %d, block %d", stage+1, block+1)
	case layer == "downsample_layers.0":
		return "Stem"
	}
	_, _ = fmt.Sscanf(layer, "downsample_layers.%d", &stage)
	return fmt.Sprintf("Before stage %d", stage+1)
}

// places are the stem, the down-samplings and the blocks of the network in hand.
func (i *inside) places() []string {
	var out []string
	for _, l := range i.layers {
		if !strings.HasSuffix(l, ".pwconv1") && !strings.HasSuffix(l, ".grn") {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		out = []string{i.place}
	}
	return out
}

// hasPart reports whether the chosen block has a part.
func (i *inside) hasPart(suffix string) bool {
	return len(i.layers) == 0 || slices.Contains(i.layers, i.place+suffix)
}

// grnCurves are strength before and after GRN and the gain, of the channels of the
// layer in hand, the strongest before it first; x counts them.
func (i *inside) grnCurves() (before, after, gain []point) {
	of := slices.Clone(i.channels.Of)
	slices.SortStableFunc(of, func(a, b session.Channel) int { return cmp.Compare(b.GRN.Before, a.GRN.Before) })
	for k, c := range of {
		x := float64(k + 1)
		before = append(before, point{x, c.GRN.Before})
		after = append(after, point{x, c.GRN.After})
		gain = append(gain, point{x, 1 + c.GRN.Gamma*c.GRN.N})
	}
	return before, after, gain
}

// leakShown are the layers worth looking at: until an ordinary convolution has reached
// all, and the last.
func (i *inside) leakShown() []int {
	var out []int
	for k := range i.leak {
		if k == 0 || i.leak[k-1].Dense < 1 || k == len(i.leak)-1 {
			out = append(out, k)
		}
	}
	return out
}
