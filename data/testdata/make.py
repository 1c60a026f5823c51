"""Writes the picture files that the tests of package data read, and what PIL
makes of a resize. Run it here: python3 make.py. Needs Pillow and numpy.

The pictures are made of flat fields of known colours or of one integer formula,
so that the tests can say what every pixel must be.
"""
import numpy as np
from PIL import Image

UPPER, LOWER = (200, 40, 20), (20, 60, 220)


def fields(w, h):
    """The upper half red, the lower half blue."""
    a = np.zeros((h, w, 3), np.uint8)
    a[: h // 2], a[h // 2 :] = UPPER, LOWER
    return Image.fromarray(a)


def pattern(w, h):
    """(h, w, 3) in 0..255, the formula of pattern in resize_test.go."""
    y, x, c = np.mgrid[:h, :w, :3]
    return ((x * 37 + y * 59 + c * 83 + x * y * 5) % 256).astype(np.float32)


def with_alpha(picture):
    """The right half of the picture made transparent."""
    a = np.array(picture.convert("RGBA"))
    a[:, a.shape[1] // 2 :, 3] = 0
    return Image.fromarray(a)


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


p = fields(32, 16)
p.convert("CMYK").save("cmyk.jpg", quality=95)
p.save("progressive.jpg", quality=95, progressive=True)
p.save("lossy.webp", quality=95)
p.save("turned.webp", quality=95, exif=turned(6))
p.save("turned.png", exif=turned(6))
p.save("turned.tif", tiffinfo={0x0112: 6})
with_alpha(p).save("lossless_alpha.webp", lossless=True, exact=True)
with_alpha(p).save("lossy_alpha.webp", quality=95, exact=True)
second = [Image.new("RGB", p.size, (0, 255, 0))]
p.save("animated.webp", save_all=True, append_images=second, duration=100, quality=95)
with_alpha(p).save("animated_alpha.webp", save_all=True, append_images=[s.convert("RGBA") for s in second], duration=100, quality=95, exact=True)
p.save("animated.png", save_all=True, append_images=second, duration=100)

golden = []
for (w, h), (dw, dh) in [((45, 37), (17, 14)), ((20, 16), (33, 27)), ((40, 9), (7, 31))]:
    src = pattern(w, h)
    out = [np.array(Image.fromarray(src[..., c]).resize((dw, dh), Image.BICUBIC)) for c in range(3)]
    golden.append(np.stack(out, -1).ravel())
np.concatenate(golden).astype("<f4").tofile("resize.f32")
