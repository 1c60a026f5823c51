package session

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"unmask/data"
)

// Headline says what does not work, whatever the reason.
func (p *Problem) Headline() string {
	switch p.Code {
	case "picture":
		return "That picture cannot be used"
	case "weights":
		return "Those weights cannot be used"
	case "mask":
		return "That mask cannot be used"
	case "device":
		return "The graphics device does not answer"
	case "memory":
		return "There is not enough memory"
	case "project":
		return "That project cannot be used"
	case "training":
		return "The training cannot go on"
	}
	return "Something went wrong"
}

// Sentence gives an error's text the form of a sentence. A first word that is a
// name, such as a file's, keeps its case.
func Sentence(text string) string {
	if text == "" {
		return ""
	}
	first, _, _ := strings.Cut(text, " ")
	if !strings.ContainsAny(first, ".:") {
		text = Capital(text)
	}
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, ".)") {
		return text
	}
	return text + "."
}

// Capital gives a text a capital letter.
func Capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return text
	}
	return string(unicode.ToUpper(r)) + text[n:]
}

// Title is what there is to know about weights in a line:
// "ConvNeXt V2 Atto, 7.3 M parameters".
func (w WeightsInfo) Title() string {
	size, v1 := strings.CutSuffix(w.Model, "-v1")
	version := "V2"
	if v1 {
		version = "V1"
	}
	return fmt.Sprintf("ConvNeXt %s %s, %.1f M parameters", version, Capital(size), float64(w.Params)/1e6)
}

// Decibels writes a PSNR, and a dash where there is none.
func Decibels(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.1f dB", v)
}

// Coverage says how much a mask hides: "30 of 49 patches hidden (61 %)".
func Coverage(m data.Mask) string {
	all := len(m.Hidden)
	if all == 0 {
		return "No picture yet"
	}
	n := m.Count()
	return fmt.Sprintf("%d of %d patches hidden (%.0f %%)", n, all, 100*float64(n)/float64(all))
}
