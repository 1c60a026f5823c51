package app

import (
	"strings"
	"testing"

	"unmask/session"
)

// query is a link's part behind the ?.
func query(t *testing.T, address string) string {
	t.Helper()
	q, ok := strings.CutPrefix(address, "#reconstruct?")
	if !ok {
		t.Fatalf("the link is %q", address)
	}
	return q
}

func TestALinkGivesTheSameMask(t *testing.T) {
	for _, c := range []struct {
		name, sample, want string
		do                 func(s *studio)
	}{
		{"seed and ratio", "lake.jpg", "#reconstruct?sample=lake.jpg&ratio=0.75&seed=12", func(s *studio) { s.ratio, s.seed = 0.75, 12; s.randomise(3, 5) }},
		{"a painted mask", "", "#reconstruct?mask=3x5.yAI", func(s *studio) {
			s.clear()
			for _, p := range []int{0, 1, 4, 14} {
				s.mask.Hidden[p] = true
			}
		}},
	} {
		s := working(t)
		c.do(s)
		address := s.link(c.sample)
		if address != c.want {
			t.Errorf("%s: the link is %s, want %s", c.name, address, c.want)
		}
		l, err := parseLink(query(t, address))
		if err != nil || l.sample != c.sample {
			t.Fatalf("%s: %+v, %v", c.name, l, err)
		}
		// On a page that has a picture already, as one step to undo.
		other := working(t)
		wantActions(t, c.name, other.follow(l), session.DoReconstruct)
		if other.mask.Bits() != s.mask.Bits() || !other.undo() {
			t.Errorf("%s: the mask is %s, want %s and a step back", c.name, other.mask.Bits(), s.mask.Bits())
		}
		// On a page that opens.
		fresh := newStudio()
		greeting := fresh.start()
		fresh.handle(weightsLoaded(greeting[1].ID))
		wantActions(t, c.name, fresh.follow(l))
		asked := fresh.handle(picture3x5(fresh.open(source{"web/samples/lake.jpg", "lake.jpg"})[0].ID))
		wantActions(t, c.name, asked, session.DoReconstruct)
		if asked[0].Hidden != s.mask.Bits() || fresh.ratio != s.ratio && c.sample != "" {
			t.Errorf("%s: a fresh page asks for %s, want %s", c.name, asked[0].Hidden, s.mask.Bits())
		}
		// The link is used up: the next picture keeps what people do.
		fresh.mask = fresh.mask.Invert()
		again := fresh.handle(picture3x5(fresh.open(source{"blob:b", "b.png"})[0].ID))
		if again[0].Hidden == s.mask.Bits() {
			t.Errorf("%s: the link came back", c.name)
		}
	}
}

func TestALinkForAnotherShape(t *testing.T) {
	s := working(t)
	before := s.mask.Bits()
	l, err := parseLink("mask=2x2.kA")
	if err != nil {
		t.Fatal(err)
	}
	s.follow(l)
	if s.mask.Bits() != before || !strings.Contains(s.note, "for pictures of 2 x 2 patches; this one has 5 x 3") {
		t.Errorf("mask %s, note %q", s.mask.Bits(), s.note)
	}
}

func TestDamagedLinks(t *testing.T) {
	for q, want := range map[string]string{
		"ratio=2&seed=1":        `the link's ratio is "2": want 0 to 0.95`,
		"ratio=NaN":             `the link's ratio is "NaN"`,
		"seed=-1":               `the link's seed is "-1"`,
		"seed=1000000":          `the link's seed is "1000000": want 0 to 999999`,
		"mask=7":                `the link's mask is "7": want its rows and columns`,
		"mask=0x5.AA":           "want its rows and columns",
		"mask=99999x99999.AA":   "want its rows and columns",
		"mask=3x5.AA":           "a mask of 3x5 patches has 2 bytes",
		"mask=3x5.!!":           "the link's mask is damaged",
		"sample=%zz":            "the link cannot be read",
		"sample=lake.jpg":       "",
		"":                      "",
		"ratio=0.5":             "",
		"unknown=1&another=two": "",
	} {
		_, err := parseLink(q)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", q, err, want)
		}
	}
}
