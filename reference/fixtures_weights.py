"""Writes weights/testdata with real torch, timm and safetensors.

    python3 fixtures_weights.py

One tiny ConvNeXt V2 classifier in every kind of file that weights.Read takes
and under every key style; the same for a V1 classifier under timm's keys and
for an FCMAE laid out as the official pre-training code saves it. Every value is
a multiple of 1/128 below 1, so that float16 and bfloat16 hold it exactly and
all files must give the same bits. Needs timm and safetensors beside torch.
"""
import argparse
import os
import pathlib
import pickle
import sys

import numpy as np
import torch

here = sys.path.pop(0)  # safetensors.py of this folder would hide the package
from safetensors.torch import save_file
from timm.models.convnext import ConvNeXt, checkpoint_filter_fn

sys.path.insert(0, here)
import minkowski
import seeded
from convnextv2 import FCMAE, Classifier

OUT = pathlib.Path(__file__).parent.parent / "weights" / "testdata"
DEPTHS, DIMS, CLASSES = (1, 1, 1, 1), (8, 16, 16, 24), 5
SMALL = (8, 8, 16, 16)  # where a second model would only add bytes


def coarse(model, seed):
    """The model with every parameter a multiple of 1/128 in (-1, 1)."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randint(-127, 128, p.shape, generator=g) / 128)
    return model.eval()


def contiguous(state):
    return {k: v.detach().contiguous() for k, v in state.items()}


def timm_model(dims, version):
    options = dict(use_grn=True, ls_init_value=None) if version == 2 else {}
    return ConvNeXt(num_classes=CLASSES, depths=DEPTHS, dims=dims, conv_mlp=True, **options).eval()


def write_timm(official, dims, version, stem):
    """timm's own conversion of the official keys, and its logits of a fixed input."""
    model = timm_model(dims, version)
    model.load_state_dict(checkpoint_filter_fn(dict(official), model), strict=True)
    save_file(contiguous(model.state_dict()), OUT / f"{stem}.safetensors", metadata={"format": "pt"})
    x = torch.sin(torch.arange(3 * 32 * 64) * 0.1).reshape(1, 3, 32, 64)
    with torch.no_grad():
        save_file({"input": x, "logits": model(x)}, OUT / f"{stem}-logits.safetensors")


class Hostile:
    """Runs a command when an ordinary pickle.load reads it."""

    def __reduce__(self):
        return os.system, ("echo hostile > hostile-was-here",)


def write_torch(official):
    torch.save(official, OUT / "zip.pt")
    halves = {k: v.half() for k, v in official.items()}
    torch.save({"model": halves}, OUT / "legacy.pth", _use_new_zipfile_serialization=False)
    # A training checkpoint: the moving average is wanted, the rest only carried.
    wrapped = {"module." + k: v for k, v in halves.items()}
    other = {k: torch.zeros(1) for k in official}
    args = argparse.Namespace(lr=1e-3, model="tiny", input_size=32, gpu=None)
    optimizer = {"state": {0: {"step": 3, "exp_avg": torch.zeros(2, dtype=torch.float64)}}, "param_groups": [{"lr": 0.1}]}
    log = {"best": np.float64(0.5), "device": torch.device("cpu"), "dtype": torch.float32, "size": torch.Size([2, 3])}
    torch.save(
        {"model": other, "model_ema": wrapped, "optimizer": optimizer, "epoch": 7, "args": args, "log": log},
        OUT / "ema.pth",
    )
    # Views: a transposed one and two of one storage, as torch shares and keeps them.
    both = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    torch.save({"transposed": both.t(), "row": both[1], "whole": both.clone()}, OUT / "views.pt")
    torch.save({"a": torch.ones(2, dtype=torch.float64)}, OUT / "float64.pt")
    torch.save({"epoch": 3, "net": {"a": torch.ones(2)}}, OUT / "nomodel.pt")


def write_pretraining():
    """An FCMAE, the same as the official pre-training code saves it, and what it predicts."""
    model = coarse(FCMAE(DEPTHS, SMALL, width=8, norm_pix=True), 3)
    state = model.state_dict()
    save_file({k: v.half() for k, v in contiguous(state).items()}, OUT / "fcmae.safetensors")
    halves = {k: v.half() for k, v in minkowski.sparse(state).items()}
    args = argparse.Namespace(model="convnextv2_atto", mask_ratio=0.6, norm_pix_loss=True, lr=None)
    torch.save({"model": halves, "optimizer": {"state": {}, "param_groups": []}, "epoch": 1, "args": args}, OUT / "pretrain.pth")
    hidden = seeded.hidden("pretrain", 6, (3, 5))
    with torch.no_grad():
        loss, each, prediction = model.double()(seeded.images(2, 64, 96).double(), hidden)
    save_file(
        {
            "hidden": hidden.float(),
            "loss": loss.float().reshape(1),
            "pred.every7": prediction.flatten()[::7].float().contiguous(),
        },
        OUT / "pretrain-pred.safetensors",
    )


def write_hostile():
    torch.save({"model": {"a": torch.ones(2)}, "args": Hostile()}, OUT / "hostile.pt")
    torch.save({"a": Hostile()}, OUT / "hostile-legacy.pth", _use_new_zipfile_serialization=False)
    for protocol in (2, 4):
        (OUT / f"hostile-{protocol}.pkl").write_bytes(pickle.dumps(Hostile(), protocol=protocol))


def main():
    OUT.mkdir(exist_ok=True)
    model = coarse(Classifier(DEPTHS, DIMS, CLASSES), 1)
    official = model.state_dict()
    save_file(contiguous(official), OUT / "f32.safetensors", metadata={"model": "tiny"})
    save_file({k: v.half() for k, v in contiguous(official).items()}, OUT / "f16.safetensors")
    save_file({k: v.bfloat16() for k, v in contiguous(official).items()}, OUT / "bf16.safetensors")
    write_torch(official)
    write_timm(official, DIMS, 2, "timm")
    v1 = coarse(Classifier(DEPTHS, SMALL, CLASSES, version=1), 2).state_dict()
    save_file({k: v.half() for k, v in contiguous(v1).items()}, OUT / "v1.safetensors")
    write_timm(v1, SMALL, 1, "timm-v1")
    write_pretraining()
    write_hostile()
    print(sum(f.stat().st_size for f in OUT.iterdir()), "bytes in", OUT.name)


if __name__ == "__main__":
    main()
