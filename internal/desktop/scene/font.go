package scene

import (
	"math"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
)

// The fonts of the window: the Go fonts, under the licence of Go.
var (
	RegularTTF = goregular.TTF
	BoldTTF    = gomedium.TTF
)

// Font is a size and a weight.
type Font struct {
	Size float64
	Bold bool
}

// measuring faces are this large, so that widths are exact to a hundredth of a unit.
const measured = 256

var faces = struct {
	sync.Mutex
	regular, bold font.Face
}{regular: face(RegularTTF), bold: face(BoldTTF)}

func face(ttf []byte) font.Face {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic("BUG: scene: " + err.Error())
	}
	fc, err := opentype.NewFace(f, &opentype.FaceOptions{Size: measured, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic("BUG: scene: " + err.Error())
	}
	return fc
}

// Width of words in units.
func (f Font) Width(words string) float64 {
	faces.Lock()
	defer faces.Unlock()
	fc := faces.regular
	if f.Bold {
		fc = faces.bold
	}
	return float64(font.MeasureString(fc, words)) / 64 / measured * f.Size
}

// Pitch is the distance of lines.
func (f Font) Pitch() float64 { return math.Round(f.Size * 1.42) }

// rise is how far the baseline lies under the middle of small letters and capitals.
func (f Font) rise() float64 { return 0.35 * f.Size }

// Fit shortens words to a width.
func (f Font) Fit(words string, width float64) string {
	if f.Width(words) <= width {
		return words
	}
	r := []rune(words)
	for len(r) > 1 && f.Width(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " ") + "…"
}

// FitMiddle shortens words, such as a path, by what is least telling: their middle.
func (f Font) FitMiddle(words string, width float64) string {
	if f.Width(words) <= width {
		return words
	}
	r := []rune(words)
	for n := len(r) - 1; n > 1; n-- {
		if s := string(r[:n/2]) + "…" + string(r[len(r)-(n-n/2):]); f.Width(s) <= width {
			return s
		}
	}
	return "…"
}

// Wrap breaks words into lines of at most a width; a word that is longer by itself
// is cut.
func (f Font) Wrap(words string, width float64) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(words) {
		w = f.FitMiddle(w, width)
		switch {
		case line == "":
			line = w
		case f.Width(line+" "+w) <= width:
			line += " " + w
		default:
			lines = append(lines, line)
			line = w
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
