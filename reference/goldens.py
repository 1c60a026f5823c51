"""Writes testdata/golden.

    python3 goldens.py [FOLDER]

Every network computes in float64 on values that float32 holds exactly, and the
result is rounded once to float32: a golden then has no rounding of its own and
does not depend on the machine, the BLAS or the version of PyTorch.

A file stores results, and the inputs that the seeded rule does not give. The
entry "case" of its metadata is a JSON object that says how to make the rest:
model, batch, height, width and the options. Weights are seeded.fill's, images
seeded.images's. Activations are stored (B, H, W, C). A tensor too big to store
is kept as its values 0, k, 2k, ... in row-major order, under its name and
".every" and k, where k shares no factor with the inner axes, so that every
channel occurs.
"""
import json
import os
import sys

import numpy as np
import torch

import safetensors
import seeded
from convnextv2 import FCMAE, SIZES, Classifier
from golden_ops import operations

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "..", "testdata", "golden")


def stored(x):
    """What a file holds of a tensor: masks as uint32, the rest as float32."""
    a = x.detach().contiguous().numpy()
    return a.astype(np.uint32 if a.dtype.kind == "i" else np.float32)


def write(name, case, tensors):
    """Write FOLDER/name.safetensors and print its size."""
    case = dict(weights="seeded", images="seeded", **case)
    path = os.path.join(FOLDER, name + ".safetensors")
    safetensors.save(path, {k: stored(v) for k, v in tensors.items()}, {"case": json.dumps(case)})
    print(f"{os.path.getsize(path):8,d}  {name}")


def every(k, x):
    return x.flatten()[::k]


def logits(name, model, batch, height, width, classes):
    """Logits (B, classes) of a classifier."""
    net = seeded.fill(Classifier(*SIZES[model], classes)).double()
    case = dict(model=model, version=2, batch=batch, height=height, width=width, classes=classes)
    write(name, case, {"logits": net(seeded.images(batch, height, width).double())})


def first_version():
    """A small V1 network with a seeded layer scale."""
    depths, dims, classes = (1, 1, 2, 1), (8, 16, 24, 32), 10
    net = seeded.fill(Classifier(depths, dims, classes, version=1)).double()
    case = dict(version=1, depths=depths, dims=dims, batch=2, height=64, width=96, classes=classes)
    write("v1_logits", case, {"logits": net(seeded.images(2, 64, 96).double())})


def blocks(name, batch, height, width, counts=None, k=1):
    """Output of the stem, of every down-sampling and of every block of Atto.

    counts: hidden patches of each image; their positions hold zeros.
    """
    net = seeded.fill(Classifier(*SIZES["atto"], 10)).double()
    case = dict(model="atto", version=2, batch=batch, height=height, width=width)
    tensors, hidden, suffix = {}, None, ""
    if counts:
        hidden = seeded.hidden(name, height * width // 1024, counts)
        tensors["hidden"] = hidden
        case.update(scope="image", denominator="mean")
    if k > 1:
        case["every"] = k
        suffix = f".every{k}"

    def tap(layer, x):
        tensors[layer + suffix] = every(k, x.permute(0, 2, 3, 1)) if k > 1 else x.permute(0, 2, 3, 1)

    net.encode(seeded.images(batch, height, width).double(), hidden, tap)
    write(name, case, tensors)


def fcmae(name, k, norm_pix=False, scope="image", denominator="mean"):
    """Loss, loss of each patch and prediction of Atto's FCMAE on ragged masks."""
    batch, height, width = 3, 128, 96
    hidden = seeded.hidden("fcmae", 12, (5, 8, 11))
    net = seeded.fill(FCMAE(*SIZES["atto"], norm_pix=norm_pix, scope=scope, denominator=denominator)).double()
    loss, each, prediction = net(seeded.images(batch, height, width).double(), hidden)
    case = dict(model="atto", version=2, batch=batch, height=height, width=width)
    case.update(norm_pix=norm_pix, scope=scope, denominator=denominator, width_decoder=512, depth_decoder=1)
    tensors = {"hidden": hidden, "loss": loss, "patch_loss": each}
    if k > 1:
        case["every"] = k
        tensors[f"pred.every{k}"] = every(k, prediction)
    else:
        tensors["pred"] = prediction
    write(name, case, tensors)


def parameter_counts():
    """Number of values of each size: classifier of 1000 classes, and FCMAE with decoder."""
    counts = {
        name: {
            kind: sum(p.numel() for p in make(depths, dims).parameters())
            for kind, make in (("classifier", Classifier), ("fcmae", FCMAE))
        }
        for name, (depths, dims) in SIZES.items()
    }
    with open(os.path.join(FOLDER, "param_counts.json"), "w") as f:
        f.write(json.dumps(counts, indent=1) + "\n")


@torch.no_grad()
def main():
    os.makedirs(FOLDER, exist_ok=True)
    write("ops", {}, operations())
    first_version()
    logits("atto_logits", "atto", 1, 224, 224, 1000)
    logits("atto_logits_odd", "atto", 3, 96, 64, 10)
    logits("femto_logits", "femto", 2, 96, 96, 1000)
    blocks("atto_blocks", 1, 64, 96)
    blocks("atto_blocks_masked", 2, 64, 96, counts=(2, 4), k=3)
    fcmae("fcmae_raw_image", 1)
    fcmae("fcmae_raw_batch", 7, scope="batch")
    fcmae("fcmae_norm_image", 7, norm_pix=True)
    fcmae("fcmae_norm_batch", 7, norm_pix=True, scope="batch")
    fcmae("fcmae_raw_image_sum", 7, denominator="sum")
    parameter_counts()


if __name__ == "__main__":
    FOLDER = sys.argv[1] if len(sys.argv) > 1 else FOLDER
    main()
