"""Writes the picture files that the tests of package data read, and what PIL
makes of a resize and of the operations of augmentation. Run it here: python3 make.py. Needs Pillow and numpy.

The pictures are made of flat fields of known colours or of one integer formula,
so that the tests can say what every pixel must be.
"""
import numpy as np
from PIL import Image, ImageEnhance, ImageOps

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


def smooth(w, h):
    """(h, w, 3) in 0..255 with a narrow range, the formula of smooth in augment_test.go."""
    y, x, c = np.mgrid[:h, :w, :3]
    return ((x * 7 + y * 3 + c * 20) // 2 % 120 + 30).astype(np.uint8)


def solarize_add(p, add):
    return p.point([min(255, v + add) if v < 128 else v for v in range(256)] * 3)


# The operations on 8-bit pictures, in the order of augment_test.go.
FILL = (124, 116, 104)
out = []
for p in [Image.fromarray(pattern(23, 17).astype(np.uint8)), Image.fromarray(smooth(19, 22)), Image.new("RGB", (5, 4), (9, 200, 31))]:
    w, h = p.size

    def warp(*matrix):
        return p.transform(p.size, Image.AFFINE, matrix, resample=Image.BICUBIC, fillcolor=FILL)

    out += [ImageOps.autocontrast(p), ImageOps.equalize(p), ImageOps.invert(p)]
    out += [ImageOps.posterize(p, bits) for bits in (0, 1, 4)]
    out += [ImageOps.solarize(p, t) for t in (0, 100, 256)]
    out += [solarize_add(p, add) for add in (0, 55, 110)]
    for enhance in (ImageEnhance.Color, ImageEnhance.Contrast, ImageEnhance.Brightness, ImageEnhance.Sharpness):
        out += [enhance(p).enhance(f) for f in (0.1, 0.73, 1.9)]
    out += [p.rotate(a, resample=Image.BICUBIC, fillcolor=FILL) for a in (-27.5, 3, 30)]
    out += [warp(1, f, 0, 0, 1, 0) for f in (-0.3, 0.27)]
    out += [warp(1, 0, 0, f, 1, 0) for f in (-0.3, 0.27)]
    out += [warp(1, 0, f * w, 0, 1, 0) for f in (-0.405, 0.31)]
    out += [warp(1, 0, 0, 0, 1, f * h) for f in (-0.405, 0.31)]
np.concatenate([np.array(p).ravel() for p in out]).tofile("augment.u8")

# Parts of a picture, (left, upper, right, lower), at another size.
out = []
p = Image.fromarray(pattern(45, 37).astype(np.uint8))
for box, size in [((0, 0, 45, 37), (17, 14)), ((5, 3, 36, 30), (16, 16)), ((20, 11, 27, 20), (24, 31)), ((44, 0, 45, 37), (8, 5)), ((2, 2, 18, 18), (16, 16))]:
    out.append(p.crop(box).resize(size, Image.BICUBIC))
np.concatenate([np.array(p).ravel() for p in out]).tofile("resize.u8")
