package main

import (
	"bytes"
	"image"
	"image/color"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/text/v2"

	"unmask/internal/desktop/scene"
)

// pen draws scenes. It keeps fonts, round corners and the textures of pictures.
type pen struct {
	regular, bold *text.GoTextFaceSource
	white         *ebiten.Image
	corners       map[int]*ebiten.Image // a disc of this diameter in pixels
	pictures      map[*image.RGBA]*texture
	frame         int
}

// texture is a picture on the graphics card.
type texture struct {
	*ebiten.Image
	used int // frame
}

func newPen() *pen {
	p := &pen{regular: source(scene.RegularTTF), bold: source(scene.BoldTTF), white: ebiten.NewImage(3, 3),
		corners: map[int]*ebiten.Image{}, pictures: map[*image.RGBA]*texture{}}
	p.white.Fill(color.White)
	return p
}

func source(ttf []byte) *text.GoTextFaceSource {
	s, err := text.NewGoTextFaceSource(bytes.NewReader(ttf))
	if err != nil {
		panic("BUG: native: " + err.Error())
	}
	return s
}

// scene draws everything and forgets the pictures that are no longer shown.
func (p *pen) scene(screen *ebiten.Image, c *scene.Canvas, scale float64) {
	p.frame++
	for _, op := range c.Ops {
		switch o := op.(type) {
		case scene.Fill:
			p.fill(screen, o, scale)
		case scene.Text:
			p.text(screen, o, scale)
		case scene.Picture:
			p.picture(screen, o, scale)
		}
	}
	for img, t := range p.pictures {
		if t.used != p.frame {
			t.Deallocate()
			delete(p.pictures, img)
		}
	}
}

// pixels are the edges of a rectangle on the screen, on whole pixels.
func pixels(r scene.Rect, scale float64) (x0, y0, x1, y1 float64) {
	x0, y0 = math.Round(r.X*scale), math.Round(r.Y*scale)
	x1, y1 = math.Round((r.X+r.W)*scale), math.Round((r.Y+r.H)*scale)
	return x0, y0, max(x1, x0+1), max(y1, y0+1)
}

// fill draws a rectangle with round corners: four quarters of a disc, and three
// plain rectangles.
func (p *pen) fill(dst *ebiten.Image, f scene.Fill, scale float64) {
	x0, y0, x1, y1 := pixels(f.Rect, scale)
	r := math.Round(min(f.Radius*scale, (x1-x0)/2, (y1-y0)/2))
	if r < 1 {
		p.rect(dst, x0, y0, x1, y1, f.Color)
		return
	}
	p.rect(dst, x0+r, y0, x1-r, y1, f.Color)
	p.rect(dst, x0, y0+r, x0+r, y1-r, f.Color)
	p.rect(dst, x1-r, y0+r, x1, y1-r, f.Color)
	disc, n := p.disc(int(r)), int(r)
	for i, at := range [4][2]float64{{x0, y0}, {x1 - r, y0}, {x0, y1 - r}, {x1 - r, y1 - r}} {
		quarter := disc.SubImage(image.Rect(i%2*n, i/2*n, i%2*n+n, i/2*n+n)).(*ebiten.Image)
		o := &ebiten.DrawImageOptions{}
		o.GeoM.Translate(at[0], at[1])
		o.ColorScale.ScaleWithColor(f.Color)
		dst.DrawImage(quarter, o)
	}
}

func (p *pen) rect(dst *ebiten.Image, x0, y0, x1, y1 float64, k color.NRGBA) {
	if x1 <= x0 || y1 <= y0 {
		return
	}
	o := &ebiten.DrawImageOptions{}
	o.GeoM.Scale((x1-x0)/3, (y1-y0)/3)
	o.GeoM.Translate(x0, y0)
	o.ColorScale.ScaleWithColor(k)
	dst.DrawImage(p.white, o)
}

// disc is a white disc of radius r pixels whose edge is as smooth as 4 x 4 samples
// a pixel make it.
func (p *pen) disc(r int) *ebiten.Image {
	if d, ok := p.corners[r]; ok {
		return d
	}
	const samples = 4
	pix := make([]byte, 4*4*r*r)
	for i := range 4 * r * r {
		x, y := i%(2*r), i/(2*r)
		hits := 0
		for s := range samples * samples {
			dx := float64(x) + (float64(s%samples)+0.5)/samples - float64(r)
			dy := float64(y) + (float64(s/samples)+0.5)/samples - float64(r)
			if dx*dx+dy*dy <= float64(r*r) {
				hits++
			}
		}
		v := byte(hits * 255 / (samples * samples))
		copy(pix[4*i:], []byte{v, v, v, v})
	}
	d := ebiten.NewImage(2*r, 2*r)
	d.WritePixels(pix)
	p.corners[r] = d
	return d
}

// text writes a line with its baseline on whole pixels, and in whole sizes, which
// keeps it crisp; between those, ebiten spaces letters as for the next larger size.
func (p *pen) text(dst *ebiten.Image, t scene.Text, scale float64) {
	face := &text.GoTextFace{Source: p.regular, Size: math.Round(t.Size * scale)}
	if t.Bold {
		face.Source = p.bold
	}
	o := &text.DrawOptions{}
	o.GeoM.Translate(math.Round(t.X*scale), math.Round(t.Y*scale)-face.Metrics().HAscent)
	o.ColorScale.ScaleWithColor(t.Color)
	text.Draw(dst, t.Words, face, o)
}

// picture draws an image over its rectangle. Between pixels it is smooth, unless
// its squares are meant to be seen.
func (p *pen) picture(dst *ebiten.Image, o scene.Picture, scale float64) {
	x0, y0, x1, y1 := pixels(o.Rect, scale)
	if o.Clip != (scene.Rect{}) {
		if o.Clip.W*scale < 0.5 || o.Clip.H*scale < 0.5 {
			return
		}
		cx0, cy0, cx1, cy1 := pixels(o.Clip, scale)
		dst = dst.SubImage(image.Rect(int(cx0), int(cy0), int(cx1), int(cy1))).(*ebiten.Image)
	}
	img := p.texture(o.Image)
	size := img.Bounds().Size()
	d := &ebiten.DrawImageOptions{}
	d.GeoM.Scale((x1-x0)/float64(size.X), (y1-y0)/float64(size.Y))
	d.GeoM.Translate(x0, y0)
	if same := int(x1-x0) == size.X && int(y1-y0) == size.Y; !o.Sharp && !same {
		d.Filter = ebiten.FilterLinear
	}
	dst.DrawImage(img, d)
}

func (p *pen) texture(img *image.RGBA) *ebiten.Image {
	t, ok := p.pictures[img]
	if !ok {
		t = &texture{Image: ebiten.NewImage(img.Rect.Dx(), img.Rect.Dy())}
		t.WritePixels(img.Pix)
		p.pictures[img] = t
	}
	t.used = p.frame
	return t.Image
}
