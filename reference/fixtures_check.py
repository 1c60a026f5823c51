"""Loads the checkpoints that weights/ wrote into timm and transformers.

    python3 fixtures_check.py > ../weights/testdata/CHECKED.md

Reads weights/testdata/ours-*.safetensors, which a Go test holds against what
the package writes today. Both libraries must take every tensor (strict) and
give the logits that timm gave for its own conversion of the same weights.
"""
import pathlib
import sys

import torch

here = sys.path.pop(0)  # safetensors.py of this folder would hide the package
import timm
import transformers
from safetensors.torch import load_file
from timm.models.convnext import ConvNeXt

OUT = pathlib.Path(__file__).parent.parent / "weights" / "testdata"
LIMIT = 1e-5  # of logits of about 2, float32


def as_timm():
    state = load_file(OUT / "ours-timm.safetensors")
    depths, dims, classes = architecture()
    model = ConvNeXt(num_classes=classes, depths=depths, dims=dims, conv_mlp=True, use_grn=True, ls_init_value=None)
    model.load_state_dict({k: v.float() for k, v in state.items()}, strict=True)
    return model.eval()


def as_transformers():
    state = load_file(OUT / "ours-hf.safetensors")
    depths, dims, classes = architecture()
    config = transformers.ConvNextV2Config(
        depths=list(depths), hidden_sizes=list(dims), num_labels=classes, layer_norm_eps=1e-6
    )
    model = transformers.ConvNextV2ForImageClassification(config)
    model.load_state_dict({k: v.float() for k, v in state.items()}, strict=True)
    model.eval()
    return lambda x: model(pixel_values=x).logits


def architecture():
    state = load_file(OUT / "f32.safetensors")
    dims = [state["downsample_layers.0.0.weight"].shape[0]]
    dims += [state[f"downsample_layers.{s}.1.weight"].shape[0] for s in (1, 2, 3)]
    return (1, 1, 1, 1), tuple(dims), state["head.weight"].shape[0]


def main():
    golden = load_file(OUT / "timm-logits.safetensors")
    print("Written by `python3 reference/fixtures_check.py > weights/testdata/CHECKED.md`.\n")
    print("| our file | loaded by | tensors | largest logit | largest difference | verdict |")
    print("|---|---|---|---|---|---|")
    failed = False
    for file, library, model in (
        ("ours-timm.safetensors", f"timm {timm.__version__}, strict", as_timm()),
        ("ours-hf.safetensors", f"transformers {transformers.__version__}, strict", as_transformers()),
    ):
        with torch.no_grad():
            d = (model(golden["input"]) - golden["logits"]).abs().max().item()
        good = d <= LIMIT  # False for NaN
        failed |= not good
        tensors, top = len(load_file(OUT / file)), golden["logits"].abs().max().item()
        print(f"| {file} | {library} | {tensors} | {top:.3g} | {d:.2g} | {'same' if good else 'DIFFERENT'} |")
    sys.exit(failed)


if __name__ == "__main__":
    main()
