"""Holds convnextv2.py against timm's convnextv2 and convnext models.

    python3 check_timm.py

Needs timm, which the goldens do not. Every parameter is seeded, GRN's and
layer scale included, and both sides compute in float64, so what remains is
rounding.
"""
import re
import sys

import torch
from timm.models.convnext import ConvNeXt

import seeded
from convnextv2 import SIZES, Classifier

LIMIT = 1e-12  # largest difference of a logit, of logits of about 1


def timm_name(name):
    """timm's name of one of our parameters."""
    name = re.sub(r"^downsample_layers\.0\.", "stem.", name)
    name = re.sub(r"^downsample_layers\.(\d)\.", r"stages.\1.downsample.", name)
    name = re.sub(r"^stages\.(\d)\.(\d+)\.", r"stages.\1.blocks.\2.", name)
    name = re.sub(r"^norm\.", "head.norm.", name)
    name = re.sub(r"^head\.(weight|bias)$", r"head.fc.\1", name)
    for ours, theirs in {
        "dwconv": "conv_dw",
        "pwconv1": "mlp.fc1",
        "pwconv2": "mlp.fc2",
        "grn.gamma": "mlp.grn.weight",
        "grn.beta": "mlp.grn.bias",
    }.items():
        name = name.replace(ours, theirs)
    return name


def difference(depths, dims, version, height, width):
    """Largest difference of a logit between ours and timm's, two seeded images."""
    ours = seeded.fill(Classifier(depths, dims, 1000, version)).double().eval()
    # conv_mlp stores the linear layers as 1x1 convolutions (4C, C, 1, 1), as
    # the released timm weights of Atto to Nano do.
    options = dict(use_grn=True, ls_init_value=None) if version == 2 else {}
    theirs = ConvNeXt(depths=depths, dims=dims, conv_mlp=True, **options).double().eval()
    state = theirs.state_dict()
    values = {timm_name(k): v for k, v in ours.state_dict().items()}
    theirs.load_state_dict({k: v.reshape(state[k].shape) for k, v in values.items()}, strict=True)
    x = seeded.images(2, height, width).double()
    with torch.no_grad():
        return (ours(x) - theirs(x)).abs().max().item()


def main():
    failed = False
    cases = [(name, *SIZES[name], 2) for name in ("atto", "femto", "pico", "nano", "tiny")]
    cases.append(("V1 tiny", *SIZES["tiny"], 1))
    for name, depths, dims, version in cases:
        d = difference(depths, dims, version, 64, 96)
        failed |= not d <= LIMIT
        print(f"{name:8} largest difference {d:.1e}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
