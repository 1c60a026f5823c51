"""Golden gradients of single operations, by autograd in float64, for the file "ops_backward".

Rows are stored channels last and compact: only visible patches have rows.
Weights are in PyTorch's axis order. The input NAME of the case OP, its upstream
gradient "dy" among them, is seeded.pattern("ops_backward.OP.NAME") times a power
of two, so that a file need not hold it.
"""
import torch
from torch.nn import functional as F

import seeded
from convnextv2 import EPS, GRN, LayerNorm, target
from golden_gradients import soft_targets


class Cases:
    """Collects cases: what a reader needs to make the inputs, and the gradients."""

    def __init__(self):
        self.described, self.tensors = {}, {}

    def add(self, op, forward, shapes, scale=None, zero=None, every=1, results=None, **attributes):
        """Differentiate y = forward(inputs by name); a scalar y is a loss, with the upstream gradient 1.

        scale: factor of an input by name. zero: (from, to, step) of an input's
        flattened values that are 0. every: keep each so-many-th value of a gradient.
        results: further tensors to store.
        """
        scale, zero = scale or {}, zero or {}
        inputs = {k: seeded.pattern(f"ops_backward.{op}.{k}", *s).double() * scale.get(k, 1) for k, s in shapes.items()}
        for name, (begin, end, step) in zero.items():
            inputs[name].view(-1)[begin:end:step] = 0
        for x in inputs.values():
            x.requires_grad_()
        y = forward(**inputs)
        shapes = dict(shapes)
        if y.ndim:
            shapes["dy"] = list(y.shape)
            y.backward(seeded.pattern(f"ops_backward.{op}.dy", *y.shape).double())
        else:
            self.tensors[op + ".loss"] = y
            y.backward()
        for name, x in inputs.items():
            key = f"{op}.d{name}"
            self.tensors[key if every == 1 else f"{key}.every{every}"] = x.grad if every == 1 else x.grad.flatten()[::every]
        self.tensors.update({f"{op}.{k}": v for k, v in (results or {}).items()})
        self.described[op] = dict(inputs={k: list(s) for k, s in shapes.items()}, scale=scale, zero=zero, **attributes)


def backward_file():
    c = Cases()
    for add in (depthwise, layernorm, linear, gelu, grn, fill_tokens, pool, scale_add, patch_loss, softmax):
        add(c)
    return dict(ops=c.described), c.tensors


def depthwise(c):
    """Two images of 3x4 patches that show 5 and 7 of them, at each size of a patch; and one that shows all."""
    ragged = [0, 1, 5, 6, 10, 12, 13, 14, 17, 19, 20, 23]
    for op, side, channels, images, rows, cols, slots in (
        ("depthwise_8", 8, 8, 2, 3, 4, ragged),
        ("depthwise_4", 4, 16, 2, 3, 4, ragged),
        ("depthwise_2", 2, 12, 2, 3, 4, ragged),
        ("depthwise_1", 1, 44, 2, 3, 4, ragged),
        ("depthwise_dense", 4, 12, 1, 2, 3, list(range(6))),
    ):

        def forward(x, weight, bias, side=side, channels=channels, images=images, rows=rows, cols=cols, slots=slots):
            at = torch.tensor(slots)
            dense = x.new_zeros(images * rows * cols, side, side, channels).index_copy(0, at, x)
            dense = dense.view(images, rows, cols, side, side, channels).permute(0, 5, 1, 3, 2, 4)
            dense = dense.reshape(images, channels, rows * side, cols * side)
            y = F.conv2d(dense, weight, bias, padding=3, groups=channels)
            y = y.view(images, channels, rows, side, cols, side).permute(0, 2, 4, 3, 5, 1)
            return y.reshape(images * rows * cols, side, side, channels)[at]

        shapes = dict(x=(len(slots), side, side, channels), weight=(channels, 1, 7, 7), bias=(channels,))
        c.add(op, forward, shapes, side=side, images=images, grid_rows=rows, grid_cols=cols, slot_patch=slots)


def layernorm(c):
    """49 rows of 40 channels; row 17 is 0, so that its gradient is as large as eps allows."""

    def forward(x, weight, bias):
        m = LayerNorm(40)
        del m.weight, m.bias  # from parameters to values in the graph
        m.weight, m.bias = weight, bias
        return m(x.view(49, 40, 1, 1)).view(49, 40)

    c.add("layernorm", forward, dict(x=(49, 40), weight=(40,), bias=(40,)), dict(x=4), dict(x=(680, 720, 1)), eps=EPS)


def linear(c):
    for op, rows, k, n, act in (
        ("linear", 33, 40, 28, False),
        ("linear_narrow", 3, 20, 7, False),
        ("linear_gelu", 19, 20, 12, True),
    ):

        def forward(x, weight, bias, act=act):
            y = F.linear(x, weight, bias)
            return F.gelu(y) if act else y

        c.add(op, forward, dict(x=(rows, k), weight=(n, k), bias=(n,)), gelu=act)


def gelu(c):
    """The erf form, far into both tails and at 0."""
    c.add("gelu", lambda x: F.gelu(x), dict(x=(333,)), dict(x=4), dict(x=(0, 1, 1)))


OFFSETS = [0, 4, 28, 44]  # rows of three images; channel 3 of the second is 0
GRN_ZERO = dict(x=(4 * 24 + 3, 28 * 24, 24))


def grn_of(x, gamma, beta, offsets, denominator):
    """GRN of rows (R, C), the rows between two offsets being a group."""
    m = GRN(x.shape[-1], denominator=denominator)
    del m.gamma, m.beta
    m.gamma, m.beta = gamma, beta
    return torch.cat([m(x[None, None, a:b])[0, 0] for a, b in zip(offsets, offsets[1:])])


def grn(c):
    """GELU, GRN, linear layer and residual of a block: three images of 4, 24 and 16 rows, each a group, or all of them one."""
    shapes = dict(x=(44, 24), gamma=(24,), beta=(24,), weight=(8, 24), bias=(8,), residual=(44, 8))
    for op, offsets, denominator in (
        ("grn_image", OFFSETS, "mean"),
        ("grn_image_sum", OFFSETS, "sum"),
        ("grn_batch", [0, 44], "mean"),
        ("grn_batch_sum", [0, 44], "sum"),
    ):

        def forward(x, gamma, beta, weight, bias, residual, offsets=offsets, denominator=denominator):
            return residual + F.linear(grn_of(F.gelu(x), gamma, beta, offsets, denominator), weight, bias)

        zero = GRN_ZERO if offsets is OFFSETS else dict(x=(3, 44 * 24, 24))
        c.add(op, forward, shapes, zero=zero, offsets=offsets, denominator=denominator, eps=EPS)


def fill_tokens(c):
    """patch_slot: 0 where a patch is hidden, else 1 + the number of its row of x."""
    patch_slot = [0, 2, 0, 0, 1, 0, 3]

    def forward(x, token):
        return torch.stack([x[s - 1] if s else token for s in patch_slot])

    c.add("fill_tokens", forward, dict(x=(3, 20), token=(20,)), patch_slot=patch_slot)


def pool(c):
    """Mean over the rows of each of three images of 4, 24 and 8 rows."""
    offsets = [0, 4, 28, 36]

    def forward(x):
        return torch.stack([x[a:b].mean(0) for a, b in zip(offsets, offsets[1:])])

    c.add("pool", forward, dict(x=(36, 12)), offsets=offsets)


def scale_add(c):
    """LayerScale and residual of a V1 block."""

    def forward(x, gamma, residual):
        return residual + gamma * x

    c.add("scale_add", forward, dict(x=(13, 12), gamma=(12,), residual=(13, 12)))


def patch_loss(c):
    """Loss of three seeded images of 32x64; they hide one, both and none of their two patches."""
    x = seeded.images(3, 32, 64).double()
    hidden = torch.tensor([[0, 1], [1, 1], [0, 0]])
    for op, norm_pix in (("patch_loss_raw", False), ("patch_loss_norm", True)):

        def forward(pred, norm_pix=norm_pix):
            each = (pred - target(x, norm_pix)).pow(2).mean(-1)
            return (each * hidden).sum() / hidden.sum()

        attributes = dict(batch=3, height=32, width=64, hidden=hidden.flatten().tolist(), norm_pix=norm_pix)
        c.add(op, forward, dict(pred=(3, 2, 3072)), every=7, **attributes)


def softmax(c):
    """Cross-entropy, mean over rows, of labels, smoothed labels, soft targets; and of logits beyond exp's range."""
    for op, rows, classes, smoothing, size in (
        ("softmax", 5, 10, 0.0, 4),
        ("softmax_smooth", 7, 10, 0.1, 4),
        ("softmax_large", 5, 3, 0.1, 128),
    ):
        labels = [(7 * i + 3) % classes for i in range(rows)]

        def forward(logits, labels=labels, smoothing=smoothing):
            return F.cross_entropy(logits, torch.tensor(labels), label_smoothing=smoothing)

        c.add(op, forward, dict(logits=(rows, classes)), dict(logits=size), smoothing=smoothing, labels=labels)

    targets = soft_targets(torch.tensor([(7 * i + 3) % 10 for i in range(6)]), 10, 0.1, 0.75)
    results = {"targets": targets}
    c.add("softmax_soft", lambda logits: F.cross_entropy(logits, targets), dict(logits=(6, 10)), dict(logits=4), results=results)
