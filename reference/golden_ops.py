"""Single operations for the golden file "ops": "op.input", parameters, "op.output".

Rows and maps are stored channels last; weights in PyTorch's axis order.
"""
import torch
from torch.nn import functional as F

import seeded
from convnextv2 import GRN, LayerNorm, patchify, target


def operations():
    """Float64 tensors by name."""
    ops = {}
    for one in (layernorm, gelu, grn, grn_masked, dwconv, linear, conv, head, patches, losses):
        ops.update({f"{one.__name__}.{k}": v for k, v in one().items()})
    return ops


def pattern(name, *shape):
    return seeded.pattern("ops." + name, *shape).double()


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def layernorm():
    """49 rows of 40 channels, off centre and of odd scale, one of them all zero."""
    x = 3 * pattern("layernorm", 49, 40) + 0.5
    x = x.float().double()  # the stored input must be the one that was used
    x[17] = 0
    m = seeded.fill(LayerNorm(40)).double()
    y = m(x.view(1, 49, 1, 40).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).reshape(49, 40)
    return {"input": x, "weight": m.weight, "bias": m.bias, "output": y}


def gelu():
    """The erf form from -8 to 8 in steps of 1/16."""
    x = torch.arange(-128, 129).double() / 16
    return {"input": x, "output": F.gelu(x)}


def _grn(x, visible=None, **options):
    m = GRN(x.shape[-1], **options).double()
    m.gamma.data, m.beta.data = _grn_parameters(x.shape[-1])
    y = m(x)
    return y if visible is None else y * visible


def _grn_parameters(channels):
    shape = (1, 1, 1, channels)
    return seeded.parameter("ops.grn.gamma", shape).double(), seeded.parameter("ops.grn.beta", shape).double()


def grn():
    """Two images of 5x7 positions, 24 channels, one channel all zero in one image."""
    x = pattern("grn", 2, 5, 7, 24)
    x[1, :, :, 3] = 0
    gamma, beta = _grn_parameters(24)
    return {"input": x, "gamma": gamma, "beta": beta, **_scopes(x)}


def grn_masked():
    """The same over visible positions; the images hide different numbers of them."""
    visible = 1 - seeded.hidden("ops.grn_masked", 35, (9, 26)).view(2, 5, 7, 1).double()
    x = pattern("grn", 2, 5, 7, 24) * visible
    return {"input": x, "visible": visible, **_scopes(x, visible)}


def _scopes(x, visible=None):
    return {
        "output": _grn(x, visible),
        "output_sum": _grn(x, visible, denominator="sum"),
        "output_batch": _grn(x, visible, scope="batch"),
    }


def dwconv():
    """Depthwise 7x7 on 9x11 maps, so that borders and the inside both occur."""
    x, w, b = pattern("dwconv", 2, 9, 11, 12), pattern("dwconv.weight", 12, 1, 7, 7), pattern("dwconv.bias", 12)
    return {"input": x, "weight": w, "bias": b, "output": nhwc(F.conv2d(nchw(x), w, b, padding=3, groups=12))}


def linear():
    """49 rows, 40 to 160 channels."""
    x, w, b = pattern("linear", 49, 40), pattern("linear.weight", 160, 40), pattern("linear.bias", 160)
    return {"input": x, "weight": w, "bias": b, "output": F.linear(x, w, b)}


def conv():
    """The stem's 4x4 convolution of stride 4, and a 2x2 one of stride 2."""
    x, w, b = pattern("conv", 2, 8, 12, 3), pattern("conv.weight", 40, 3, 4, 4), pattern("conv.bias", 40)
    y = F.conv2d(nchw(x), w, b, stride=4)
    x2, w2, b2 = pattern("conv2", 2, 6, 4, 20), pattern("conv2.weight", 24, 20, 2, 2), pattern("conv2.bias", 24)
    y2 = F.conv2d(nchw(x2), w2, b2, stride=2)
    return {
        **{"input": x, "weight": w, "bias": b, "output": nhwc(y)},
        **{"input2": x2, "weight2": w2, "bias2": b2, "output2": nhwc(y2)},
    }


def head():
    """Mean over the positions of each of three images."""
    x = pattern("head", 3, 3, 5, 40)
    return {"input": x, "output": x.mean((1, 2))}


def patches():
    """Patches of the seeded image (1, 64, 96, 3): (1, 6, 3072)."""
    return {"output": patchify(seeded.images(1, 64, 96)).double()}


def losses():
    """Both targets of two seeded images (2, 64, 96, 3), the prediction Pattern("ops.losses").

    The images hide different numbers of patches: the loss is the mean over all
    hidden patches, not the mean of the images' means.
    """
    x, prediction = seeded.images(2, 64, 96).double(), pattern("losses", 2, 6, 3072)
    hidden = seeded.hidden("ops.losses", 6, (2, 5))
    out = {"hidden": hidden}
    for name, norm_pix in (("raw", False), ("norm", True)):
        t = target(x, norm_pix)
        each = (prediction - t).pow(2).mean(-1)
        out[f"{name}.patch_loss"] = each
        out[f"{name}.loss"] = (each * hidden).sum() / hidden.sum()
        out[f"{name}.target.every7"] = t.flatten()[::7]
    return out
