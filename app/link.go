package app

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"unmask/data"
)

// link is what an address says about the reconstruction:
//
//	#reconstruct?sample=lake.jpg&ratio=0.6&seed=1
//	#reconstruct?mask=7x10.BITS
//
// BITS are the mask's in base64url, eight to a byte, the first the highest. A photo
// of one's own has no address, so that a link holds its mask only.
type link struct {
	sample string // file of a sample picture, or ""
	random bool   // the mask is that of ratio and seed
	ratio  float64
	seed   uint64
	mask   *data.Mask
}

// mostPatches bounds the sides of a mask in an address.
const mostPatches = 512

// parseLink reads what stands behind the ? of an address. What it cannot read is an
// error in words for people.
func parseLink(query string) (link, error) {
	var l link
	v, err := url.ParseQuery(query)
	if err != nil {
		return l, fmt.Errorf("the link cannot be read: %w", err)
	}
	l.sample = v.Get("sample")
	if bits := v.Get("mask"); bits != "" {
		m, err := parsePacked(bits)
		if err != nil {
			return l, err
		}
		l.mask = &m
		return l, nil
	}
	if !v.Has("ratio") && !v.Has("seed") {
		return l, nil
	}
	l.random, l.ratio = true, firstRatio
	l.seed = firstSeed
	if text := v.Get("ratio"); text != "" {
		l.ratio, err = strconv.ParseFloat(text, 64)
		if err != nil || !(l.ratio >= 0 && l.ratio <= maxPercent/100.0) {
			return l, fmt.Errorf("the link's ratio is %q: want 0 to %g", text, maxPercent/100.0)
		}
	}
	if text := v.Get("seed"); text != "" {
		l.seed, err = strconv.ParseUint(text, 10, 64)
		if err != nil || l.seed > maxSeed {
			return l, fmt.Errorf("the link's seed is %q: want 0 to %d", text, maxSeed)
		}
	}
	return l, nil
}

// link is the address, from its # on, that shows the mask in force, on a sample
// picture where one is named.
func (s *studio) link(sample string) string {
	var parts []string
	if sample != "" {
		parts = append(parts, "sample="+url.QueryEscape(sample))
	}
	if m, err := data.RandomMask(s.mask.Rows, s.mask.Cols, s.ratio, s.seed); err == nil && m.Bits() == s.mask.Bits() {
		parts = append(parts, "ratio="+strconv.FormatFloat(s.ratio, 'f', -1, 64), "seed="+strconv.FormatUint(s.seed, 10))
	} else {
		parts = append(parts, "mask="+pack(s.mask))
	}
	return "#reconstruct?" + strings.Join(parts, "&")
}

// follow takes what a link says into the state: at once, or with the next picture
// while one is on its way.
func (s *studio) follow(l link) []request {
	s.linked = &l
	if s.picture == nil || s.opening() {
		return nil
	}
	s.change(s.applyLink)
	return s.reconstruct()
}

// applyLink draws the link's mask on the picture in hand.
func (s *studio) applyLink() {
	l := s.linked
	s.linked = nil
	switch {
	case l.random:
		s.ratio, s.seed = l.ratio, l.seed
		s.randomise(s.mask.Rows, s.mask.Cols)
	case l.mask == nil:
	case l.mask.Rows != s.mask.Rows || l.mask.Cols != s.mask.Cols:
		s.notice(fmt.Sprintf("The link's mask is for pictures of %d x %d patches; this one has %d x %d.",
			l.mask.Cols, l.mask.Rows, s.mask.Cols, s.mask.Rows))
	default:
		s.mask = *l.mask
	}
}

// pack writes a mask as ROWSxCOLS.BITS.
func pack(m data.Mask) string {
	b := make([]byte, (len(m.Hidden)+7)/8)
	for i, hidden := range m.Hidden {
		if hidden {
			b[i/8] |= 0x80 >> (i % 8)
		}
	}
	return fmt.Sprintf("%dx%d.%s", m.Rows, m.Cols, base64.RawURLEncoding.EncodeToString(b))
}

// parsePacked reads what pack writes.
func parsePacked(text string) (data.Mask, error) {
	size, bits, _ := strings.Cut(text, ".")
	rowsText, colsText, _ := strings.Cut(size, "x")
	rows, err1 := strconv.Atoi(rowsText)
	cols, err2 := strconv.Atoi(colsText)
	if err1 != nil || err2 != nil || rows < 1 || cols < 1 || rows > mostPatches || cols > mostPatches {
		return data.Mask{}, fmt.Errorf("the link's mask is %q: want its rows and columns of patches first, such as 7x10", text)
	}
	b, err := base64.RawURLEncoding.DecodeString(bits)
	if want := (rows*cols + 7) / 8; err != nil || len(b) != want {
		return data.Mask{}, fmt.Errorf("the link's mask is damaged: a mask of %s patches has %d bytes in base64url", size, want)
	}
	m := data.NewMask(rows, cols)
	for i := range m.Hidden {
		m.Hidden[i] = b[i/8]&(0x80>>(i%8)) != 0
	}
	return m, nil
}
