"""FCMAE computed on visible patches only, for training on a CPU.

Every layer before a depthwise convolution stays inside a 32x32 patch: the stem,
the down-sampling, LayerNorm, Linear, GELU. So activations are kept compact by
patch, (B, K, side, side, C) for the K visible patches of each image, and only
the depthwise convolution spreads them out to see its neighbours. The result is
that of convnextv2.FCMAE; check_sparse.py proves it.

Every image of a batch shows the same number of patches here.
"""
import torch
from torch.nn import functional as F

from convnextv2 import EPS, FCMAE, PATCH, target


def layer_norm(norm, x):
    """The LayerNorm norm applied to the last axis of x."""
    return F.layer_norm(x, x.shape[-1:], norm.weight, norm.bias, EPS)


def pointwise(conv, x):
    """A 1x1 convolution, or one whose kernel equals its stride, on the last axis of x."""
    return F.linear(x, conv.weight.flatten(1), conv.bias)


def fold(x, k):
    """Squares of k x k positions become channels: (B, K, t, t, C) to (B, K, t/k, t/k, C·k·k).

    Channels are ordered as in the weight of a convolution, (C, k, k).
    """
    b, v, t, _, c = x.shape
    x = x.view(b, v, t // k, k, t // k, k, c).permute(0, 1, 2, 4, 6, 3, 5)
    return x.reshape(b, v, t // k, t // k, c * k * k)


class SparseFCMAE(FCMAE):
    """Same parameters and same loss as FCMAE, at the cost of the visible patches."""

    def loss(self, x, visible):
        """Scalar loss. x (B, 3, H, W); visible (B, K): numbers of the patches seen."""
        batch, _, height, width = x.shape
        grid = height // PATCH, width // PATCH
        image = torch.arange(batch)[:, None]
        features = self.encode_patches(x, visible, grid)

        dense = self.mask_token.view(1, 1, -1).repeat(batch, grid[0] * grid[1], 1)
        dense[image, visible] = pointwise(self.proj, features)
        dense = dense.transpose(1, 2).reshape(batch, -1, *grid)
        dense = self.decoder(dense).flatten(2).transpose(1, 2)

        seen = x.new_zeros(dense.shape[:2]).scatter_(1, visible, 1.0)
        hidden = seen.argsort(1)[:, : -visible.shape[1]]
        prediction = pointwise(self.pred, dense[image, hidden])
        return (prediction - target(x, self.norm_pix)[image, hidden]).pow(2).mean()

    def encode_patches(self, x, visible, grid):
        """Features (B, K, C) of the visible patches."""
        batch, count = visible.shape
        image = torch.arange(batch)[:, None]
        x = target(x, norm_pix=False)[image, visible].view(batch, count, PATCH, PATCH, 3)
        for s, (down, stage) in enumerate(zip(self.downsample_layers, self.stages)):
            if s == 0:
                conv, norm = down
                x = layer_norm(norm, pointwise(conv, fold(x, 4)))
            else:
                norm, conv = down
                x = pointwise(conv, fold(layer_norm(norm, x), 2))
            for block in stage:
                x = self.block(block, x, visible, grid)
        return x.flatten(2)

    @staticmethod
    def block(block, x, visible, grid):
        """One V2 block on (B, K, t, t, C)."""
        batch, count, t, _, c = x.shape
        rows, cols = grid
        image = torch.arange(batch)[:, None]

        dense = x.new_zeros(batch, rows * cols, t, t, c)
        dense[image, visible] = x
        dense = dense.view(batch, rows, cols, t, t, c).permute(0, 5, 1, 3, 2, 4)
        dense = block.dwconv(dense.reshape(batch, c, rows * t, cols * t))
        dense = dense.view(batch, c, rows, t, cols, t).permute(0, 2, 4, 3, 5, 1)
        y = dense.reshape(batch, rows * cols, t, t, c)[image, visible]

        y = F.gelu(block.pwconv1(layer_norm(block.norm, y)))
        y = block.grn(y.view(batch, count * t, t, 4 * c)).view(y.shape)
        return x + block.pwconv2(y)
