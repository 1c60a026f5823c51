package session

import (
	"fmt"
	"image"

	"unmask/internal/animation"
)

// doAnimate writes frames that a front end has drawn as one file.
func (s *Session) doAnimate(c Command, send func(Event)) error {
	frames := make([]*image.NRGBA, len(c.Blobs))
	for i, b := range c.Blobs {
		if c.Width < 1 || c.Height < 1 || len(b)/4/c.Width != c.Height || len(b) != 4*c.Width*c.Height {
			return problem("internal", fmt.Errorf("session: frame %d has %d bytes, which are no %d x %d pixels", i, len(b), c.Width, c.Height), "")
		}
		frames[i] = &image.NRGBA{Pix: b, Stride: 4 * c.Width, Rect: image.Rect(0, 0, c.Width, c.Height)}
	}
	file, err := animation.GIF(frames, c.Delays)
	if err != nil {
		return problem("internal", err, "")
	}
	send(Event{Kind: EvAnimation, Blobs: [][]byte{file}})
	return nil
}
