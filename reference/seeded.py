"""The seeded network: deterministic weights, images and patterns.

A golden file holds no weights. Whoever reads one makes them again from this
rule, which internal/numtest/pattern.go states in Go and the peer benchmark in
JavaScript; all three give the same bits. Integers are unsigned, 32 bit, and
wrap.
"""
import numpy as np
import torch

STD = 37837  # of the integers that draw() returns, to the nearest integer


def fnv1a(data):
    """FNV-1a hash, 32 bit, of bytes or of an ASCII string."""
    h = 0x811C9DC5
    for byte in data.encode() if isinstance(data, str) else data:
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    return h


def mix(h):
    """A bijective hash of an array of uint32."""
    h = np.asarray(h, dtype=np.uint32)
    h = (h ^ h >> np.uint32(16)) * np.uint32(0x7FEB352D)
    h = (h ^ h >> np.uint32(15)) * np.uint32(0x846CA68B)
    return h ^ h >> np.uint32(16)


def draw(name, count):
    """count integers, near normal about 0: sums of four uniform 16-bit numbers."""
    seed = np.uint32(fnv1a(name))
    i = np.arange(count, dtype=np.uint32)
    total = np.full(count, -131070, dtype=np.int64)
    for odd in (0, 1):
        u = mix(mix(2 * i + np.uint32(odd)) ^ seed)
        total += (u & np.uint32(0xFFFF)).astype(np.int64) + (u >> np.uint32(16))
    return total


def pattern(name, *shape):
    """Float32 tensor of mean 0 and standard deviation 1."""
    s = draw(name, int(np.prod(shape))) / float(STD)
    return torch.from_numpy(s.astype(np.float32).reshape(shape))


def signs(count):
    """count float64 numbers, +1 where mix(i) is odd, else -1."""
    return torch.from_numpy((mix(np.arange(count)) & np.uint32(1)).astype(np.float64) * 2 - 1)


def parameter(name, shape):
    """Float32 values of the parameter called name.

    GRN's gamma and beta are far from their start at 0, where GRN would be the
    identity and a test of it would prove nothing; branches are about as large
    as the trunk, so that a wrong block shows in the logits.
    """
    a, b = 0, STD * np.sqrt(float(np.prod(shape[1:])))  # std 1 / sqrt(fan in)
    if name.endswith((".grn.gamma", ".grn.beta")):
        b = 2 * STD  # std 0.5
    elif len(shape) == 1:
        b = 10 * STD  # std 0.1
        a = b if name.endswith(".weight") else 0  # LayerNorm about 1
    s = (a + draw(name, int(np.prod(shape)))) / float(b)
    return torch.from_numpy(s.astype(np.float32).reshape(shape))


def fill(model):
    """Give every parameter of model its seeded values; returns the model."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(parameter(name, tuple(p.shape)))
    return model


def _triangle(t):
    t = t & 511
    return np.where(t > 255, 511 - t, t)


def images(batch, height, width):
    """Seeded images (B, 3, H, W), float32, multiples of 1/64 within [-2, 2)."""
    n, c, y, x = np.meshgrid(*map(np.arange, (batch, 3, height, width)), indexing="ij")
    p = _triangle(5 * x + 3 * y + 85 * c + 37 * n)
    q = _triangle((x * y >> 3) + 53 * c + 91 * n)
    r = mix(((n * 3 + c) * height + y) * width + x) & np.uint32(255)
    values = ((2 * p + q + r >> 2) - 128) / 64
    return torch.from_numpy(values.astype(np.float32))


def hidden(name, length, counts):
    """Ragged masks (B, L) of 0 and 1: row i hides counts[i] patches.

    Those with the smallest draws of "name.i" are hidden.
    """
    mask = np.zeros((len(counts), length), dtype=np.uint32)
    for i, count in enumerate(counts):
        order = np.argsort(draw(f"{name}.{i}", length), kind="stable")
        mask[i, order[:count]] = 1
    return torch.from_numpy(mask.astype(np.int64))
