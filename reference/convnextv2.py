"""ConvNeXt V2, ConvNeXt V1 and FCMAE, written from the papers.

V2: Woo et al., "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked
Autoencoders", arXiv 2301.00808. V1: Liu et al., "A ConvNet for the 2020s",
arXiv 2201.03545.

This is the definition that everything else is held against, so it is plain
rather than fast: tensors are dense (B, C, H, W), and a masked network computes
every position and multiplies by the mask wherever a layer could make a hidden
position non-zero. Parameter names are those of the released checkpoints.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

# name: (blocks per stage, channels per stage), table 9 and section 4 of the V2 paper
SIZES = {
    "atto": ((2, 2, 6, 2), (40, 80, 160, 320)),
    "femto": ((2, 2, 6, 2), (48, 96, 192, 384)),
    "pico": ((2, 2, 6, 2), (64, 128, 256, 512)),
    "nano": ((2, 2, 8, 2), (80, 160, 320, 640)),
    "tiny": ((3, 3, 9, 3), (96, 192, 384, 768)),
    "base": ((3, 3, 27, 3), (128, 256, 512, 1024)),
    "large": ((3, 3, 27, 3), (192, 384, 768, 1536)),
    "huge": ((3, 3, 27, 3), (352, 704, 1408, 2816)),
}
PATCH = 32  # pixels of a side; also the stride of the whole encoder
EPS = 1e-6  # of LayerNorm, GRN and normalised pixels alike


class LayerNorm(nn.Module):
    """Normalises the channels of every position of (B, C, H, W)."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        mean = x.mean(1, keepdim=True)
        var = (x - mean).pow(2).mean(1, keepdim=True)  # biased
        y = (x - mean) / torch.sqrt(var + EPS)
        return y * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)


class GRN(nn.Module):
    """Global response normalisation, section 3.3: y = gamma·(x·N) + beta + x.

    G is the L2 norm of a channel over positions and N = G / (mean of G over the
    channels + eps).

    scope: "image" takes the positions of each image by itself, "batch" those of
    all images together. denominator: "mean" as in the code and the released
    weights, "sum" as in equation 2 of the paper.
    """

    def __init__(self, channels, scope="image", denominator="mean"):
        super().__init__()
        assert scope in ("image", "batch") and denominator in ("mean", "sum")
        self.gamma = nn.Parameter(torch.zeros(1, 1, 1, channels))
        self.beta = nn.Parameter(torch.zeros(1, 1, 1, channels))
        self.over = (1, 2) if scope == "image" else (0, 1, 2)
        self.denominator = denominator

    def forward(self, x):  # (B, H, W, C), zero at hidden positions
        g = torch.linalg.vector_norm(x, dim=self.over, keepdim=True)
        total = g.mean(-1, keepdim=True) if self.denominator == "mean" else g.sum(-1, keepdim=True)
        return self.gamma * (x * (g / (total + EPS))) + self.beta + x


class Block(nn.Module):
    """One residual block of V2, or of V1 where version is 1.

    V2: x + Linear(GRN(GELU(Linear(LayerNorm(depthwise 7x7(x)))))).
    V1: no GRN; the branch is scaled by gamma, one value a channel.
    """

    def __init__(self, channels, version=2, **grn):
        super().__init__()
        self.dwconv = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = LayerNorm(channels)
        self.pwconv1 = nn.Linear(channels, 4 * channels)
        self.grn = GRN(4 * channels, **grn) if version == 2 else None
        self.pwconv2 = nn.Linear(4 * channels, channels)
        self.gamma = nn.Parameter(torch.full((channels,), 1e-6)) if version == 1 else None

    def forward(self, x, visible=None):  # (B, C, H, W), (B, 1, H, W) of 0 and 1
        rows = None if visible is None else visible.permute(0, 2, 3, 1)
        y = keep(self.dwconv(x), visible)  # the bias had reached hidden positions
        y = keep(self.norm(y), visible)  # as had LayerNorm's
        y = y.permute(0, 2, 3, 1)  # (B, H, W, C)
        y = keep(F.gelu(self.pwconv1(y)), rows)  # erf form
        if self.grn is not None:
            y = keep(self.grn(y), rows)
        y = keep(self.pwconv2(y), rows)
        if self.gamma is not None:
            y = self.gamma * y
        return x + y.permute(0, 3, 1, 2)


def keep(x, visible):
    """x at visible positions, 0 at hidden ones; x itself where nothing is hidden."""
    return x if visible is None else x * visible


def positions(patches, x):
    """Values (B, L) of patches, spread over the positions of x: (B, 1, H, W)."""
    height, width = x.shape[2:]
    side = math.isqrt(height * width // patches.shape[1])  # positions of a patch's side
    grid = patches.view(-1, 1, height // side, width // side).to(x.dtype)
    return grid.repeat_interleave(side, 2).repeat_interleave(side, 3)


class Encoder(nn.Module):
    """Stem and four stages: (B, 3, H, W) to (B, dims[3], H/32, W/32)."""

    def __init__(self, depths, dims, version=2, **grn):
        super().__init__()
        stem = nn.Sequential(nn.Conv2d(3, dims[0], 4, stride=4), LayerNorm(dims[0]))
        self.downsample_layers = nn.ModuleList([stem])
        for narrow, wide in zip(dims, dims[1:]):
            down = nn.Sequential(LayerNorm(narrow), nn.Conv2d(narrow, wide, 2, stride=2))
            self.downsample_layers.append(down)
        self.stages = nn.ModuleList(
            nn.Sequential(*(Block(c, version, **grn) for _ in range(n))) for n, c in zip(depths, dims)
        )

    def encode(self, x, hidden=None, tap=None):
        """Features (B, C, H/32, W/32), zero where hidden.

        hidden (B, L): 1 hides a 32x32 patch, row-major; any number an image.
        tap(name, x) is called with the output of every layer that has a name.
        """
        for s, (down, stage) in enumerate(zip(self.downsample_layers, self.stages)):
            visible = None
            for layer in down:
                x = layer(x)
                if hidden is not None:
                    visible = positions(1 - hidden, x)
                x = keep(x, visible)
            if tap:
                tap(f"downsample_layers.{s}", x)
            for b, block in enumerate(stage):
                x = block(x, visible)
                if tap:
                    tap(f"stages.{s}.{b}", x)
        return x


class Classifier(Encoder):
    """Encoder, mean over positions, LayerNorm, linear layer."""

    def __init__(self, depths, dims, classes=1000, version=2, **grn):
        super().__init__(depths, dims, version, **grn)
        self.norm = LayerNorm(dims[-1])
        self.head = nn.Linear(dims[-1], classes)

    def forward(self, x):  # (B, 3, H, W) to (B, classes)
        pooled = self.encode(x).mean((2, 3), keepdim=True)
        return self.head(self.norm(pooled).flatten(1))


class FCMAE(Encoder):
    """Fully convolutional masked autoencoder, section 3.1.

    The options of GRN hold for the encoder; the decoder sees whole images, so
    its GRN always norms over all positions of an image. The denominator holds
    for both.
    """

    def __init__(self, depths, dims, width=512, decoder_depth=1, norm_pix=False, scope="image", denominator="mean"):
        super().__init__(depths, dims, scope=scope, denominator=denominator)
        self.proj = nn.Conv2d(dims[-1], width, 1)
        self.mask_token = nn.Parameter(torch.zeros(1, width, 1, 1))
        self.decoder = nn.Sequential(*(Block(width, denominator=denominator) for _ in range(decoder_depth)))
        self.pred = nn.Conv2d(width, PATCH * PATCH * 3, 1)
        self.norm_pix = norm_pix

    def forward(self, x, hidden):
        """Loss (scalar), loss of each patch (B, L), prediction (B, L, 3072)."""
        prediction = self.decode(self.encode(x, hidden), hidden)
        each = (prediction - target(x, self.norm_pix)).pow(2).mean(-1)
        return (each * hidden).sum() / hidden.sum(), each, prediction

    def decode(self, features, hidden):
        """Predicted patches (B, L, 3072), each flattened as (row, column, channel)."""
        x = self.proj(features)
        at = hidden.view(-1, 1, *x.shape[2:]).to(x.dtype)
        x = x * (1 - at) + self.mask_token * at
        return self.pred(self.decoder(x)).flatten(2).transpose(1, 2)


def patchify(x):
    """(B, 3, H, W) to (B, L, 3072): patches row-major, inside (row, column, channel)."""
    b, c, h, w = x.shape
    x = x.view(b, c, h // PATCH, PATCH, w // PATCH, PATCH)
    return x.permute(0, 2, 4, 3, 5, 1).reshape(b, -1, PATCH * PATCH * c)


def target(x, norm_pix):
    """What the decoder shall predict: pixels, or pixels normalised patch by patch."""
    t = patchify(x)
    if norm_pix:
        t = (t - t.mean(-1, keepdim=True)) / torch.sqrt(t.var(-1, unbiased=True, keepdim=True) + EPS)
    return t
