package scene

import "image/color"

// Theme is a palette, named by role: the page's.
type Theme struct {
	Dark                                   bool
	Ground, Surface, Sunken                color.NRGBA
	Ink, Muted, Line, Edge                 color.NRGBA
	Accent, OnAccent, Good                 color.NRGBA
	Alert, AlertLine, AlertInk             color.NRGBA
	Notice, NoticeLine, NoticeInk          color.NRGBA
	Shade, Grid, CursorLight, CursorShadow color.NRGBA // over a picture
}

// ThemeOf is the light or the dark palette.
func ThemeOf(dark bool) Theme {
	t := Theme{
		Ground: hex(0xf4f6f5), Surface: hex(0xffffff), Sunken: hex(0xe9eeec),
		Ink: hex(0x15211d), Muted: hex(0x55635d), Line: hex(0xd9e0dd), Edge: hex(0x7f8d87),
		Accent: hex(0x0b6b59), OnAccent: hex(0xffffff), Good: hex(0x1c9c7c),
		Alert: hex(0xfdeeec), AlertLine: hex(0xd9a29b), AlertInk: hex(0x7a1d12),
		Notice: hex(0xfbf4df), NoticeLine: hex(0xdcc98a), NoticeInk: hex(0x5b4708),
	}
	if dark {
		t = Theme{
			Dark: true, Ground: hex(0x0e1412), Surface: hex(0x161e1b), Sunken: hex(0x202a26),
			Ink: hex(0xe6eeea), Muted: hex(0x9db0a8), Line: hex(0x29352f), Edge: hex(0x75857e),
			Accent: hex(0x6fdcbb), OnAccent: hex(0x06231c), Good: hex(0x1c9c7c),
			Alert: hex(0x34191a), AlertLine: hex(0x7c3f3c), AlertInk: hex(0xffc9c1),
			Notice: hex(0x2b2615), NoticeLine: hex(0x5f5327), NoticeInk: hex(0xf0dfa5),
		}
	}
	t.Shade, t.Grid = color.NRGBA{16, 24, 26, 143}, color.NRGBA{255, 255, 255, 41}
	t.CursorLight, t.CursorShadow = color.NRGBA{255, 255, 255, 255}, color.NRGBA{8, 20, 18, 217}
	return t
}

func hex(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

// Veil covers what lies behind something in front.
func Veil(t Theme) color.NRGBA {
	k := t.Ground
	k.A = 216
	return k
}
