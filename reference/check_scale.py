"""Takes checkpoints to the official code and to timm, and back: docs/scale.md.

    python3 reference/check_scale.py

Needs PyTorch, timm and Go. The official repository is not needed: what its
scripts do with a checkpoint is stated in minkowski.py, and its model is the
Classifier of convnextv2.py, whose parameters have the same names. A line is one
step; the exit code says whether all of them hold.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

here = sys.path.pop(0)  # safetensors.py of this folder would hide the package
import timm
from safetensors import safe_open
from safetensors.numpy import save_file

sys.path.insert(0, here)
import minkowski
import seeded
from convnextv2 import FCMAE, SIZES, Classifier

ROOT = pathlib.Path(__file__).parent.parent
CLASSES = 7
LIMIT = 1e-5  # of logits of about 3, where two libraries compute in float32
NOTES = {"classes": json.dumps([f"class {i}" for i in range(CLASSES)]), "format": "unmask", "licence": "CC0", "target": "raw"}
failed = False


def row(step, good, note=""):
    global failed
    failed |= not good
    print(f"{'ok  ' if good else 'FAIL'} {step}{': ' + note if note else ''}")


def numpy(state):
    return {k: v.detach().numpy() for k, v in state.items()}


def same(path, want, notes):
    """A safetensors file holds exactly these tensors and notes (but for where they came from)."""
    with safe_open(path, "numpy") as f:
        got, found = {k: f.get_tensor(k) for k in f.keys()}, dict(f.metadata())
    found.pop("source", None)
    return found == notes and got.keys() == want.keys() and all(np.array_equal(got[k], want[k]) for k in want)


def optimizer(model):
    """An optimiser that has taken a step, as a training run saves it."""
    o = torch.optim.AdamW(model.parameters())
    model(seeded.images(1, 32, 32)).sum().backward()
    o.step()
    return o.state_dict()


def classifier(folder, unmask):
    model = seeded.fill(Classifier(*SIZES["atto"], CLASSES)).eval()
    x = seeded.images(2, 96, 96)
    with torch.no_grad():
        logits = model(x)
    want = numpy(model.state_dict())
    ours = folder / "ours.safetensors"
    save_file(want, ours, NOTES)

    unmask("convert", ours, folder / "official.pth")
    state = torch.load(folder / "official.pth")["model"]
    there = Classifier(*SIZES["atto"], CLASSES).eval()
    there.load_state_dict(state)  # strict, as --resume does
    with torch.no_grad():
        row("ours -> official --resume, strict: same logits", torch.equal(there(x), logits))
    lost = [k for k, v in minkowski.dense(state).items() if v.shape != there.state_dict()[k].shape]
    row("ours -> official --finetune: dense GRN would be lost there", len(lost) == 24, f"{len(lost)} tensors, hence --keys official-pretrain")

    unmask("convert", ours, folder / "finetune.pth", "--keys", "official-pretrain")
    there = Classifier(*SIZES["atto"], CLASSES).eval()
    there.load_state_dict(minkowski.dense(torch.load(folder / "finetune.pth")["model"]))
    with torch.no_grad():
        row("ours -> official --finetune with --keys official-pretrain: same logits", torch.equal(there(x), logits))

    ema = {k: v + 1 for k, v in there.state_dict().items()}
    run = argparse.Namespace(model="convnextv2_atto", nb_classes=CLASSES, lr=1e-3, model_ema=True)
    scaler = torch.cuda.amp.GradScaler(enabled=False).state_dict()
    saved = {"model": ema, "model_ema": there.state_dict(), "epoch": 3, "args": run, "scaler": scaler}
    torch.save(saved | {"optimizer": optimizer(Classifier(*SIZES["atto"], CLASSES))}, folder / "checkpoint-3.pth")
    unmask("convert", folder / "checkpoint-3.pth", folder / "back.safetensors", "--meta-from", ours)
    row("official fine-tuning -> ours: every bit, notes too", same(folder / "back.safetensors", want, NOTES))

    unmask("convert", ours, folder / "timm.safetensors", "--keys", "timm")
    unmask("convert", ours, folder / "timm.pth", "--keys", "timm")
    for name in ("timm.pth", "timm.safetensors"):
        there = timm.create_model("convnextv2_atto", num_classes=CLASSES, checkpoint_path=str(folder / name)).eval()
        with torch.no_grad():
            d = (there(x) - logits).abs().max().item()
        row(f"ours -> timm {timm.__version__}, strict, {name}: same logits", d <= LIMIT, f"{d:.1e}")
    saved = {"epoch": 3, "arch": "convnextv2_atto", "state_dict": there.state_dict(), "version": 2, "args": run, "metric": 71.5}
    torch.save(saved, folder / "model_best.pth.tar")
    unmask("convert", folder / "model_best.pth.tar", folder / "back.safetensors", "--meta-from", ours)
    row("timm -> ours: every bit, notes too", same(folder / "back.safetensors", want, NOTES))


def pretraining(folder, unmask):
    model = seeded.fill(FCMAE(*SIZES["atto"], norm_pix=True)).eval()
    x = seeded.images(2, 96, 96)
    with torch.no_grad():
        features = model.encode(x)
    want = numpy(model.state_dict())
    ours = folder / "fcmae.safetensors"
    notes = {"format": "unmask", "target": "norm"}
    save_file(want, ours, notes)

    unmask("convert", ours, folder / "pretrain.pth", "--keys", "official-pretrain")
    got, layout = torch.load(folder / "pretrain.pth")["model"], minkowski.sparse(model.state_dict())
    good = got.keys() == layout.keys() and all(torch.equal(got[k], layout[k]) for k in layout)
    row("ours -> official main_pretrain.py --resume: every name, shape and bit", good)

    there = Classifier(*SIZES["atto"], CLASSES).eval()
    missing, unexpected = there.load_state_dict(minkowski.dense(got), strict=False)
    with torch.no_grad():
        good = torch.equal(there.encode(x), features) and not unexpected and {k.split(".")[0] for k in missing} == {"norm", "head"}
    row("ours -> official --finetune: same features, new norm and head", good)

    args = argparse.Namespace(model="convnextv2_atto", norm_pix_loss=True, mask_ratio=0.6)
    torch.save({"model": layout, "optimizer": {}, "epoch": 7, "scaler": {}, "args": args}, folder / "checkpoint-7.pth")
    unmask("convert", folder / "checkpoint-7.pth", folder / "back.safetensors")
    good = same(folder / "back.safetensors", want, notes)
    row("official pre-training -> ours: every bit, and its target", good)

    unmask("convert", ours, folder / "encoder.safetensors", "--keys", "timm")
    overlay = dict(file=str(folder / "encoder.safetensors"), num_classes=-1)
    there = timm.create_model("convnextv2_atto", pretrained=True, pretrained_cfg_overlay=overlay, num_classes=CLASSES).eval()
    with torch.no_grad():
        d = (there.forward_features(x) - features).abs().max().item()
    row(f"ours -> timm {timm.__version__}, encoder under a new head: same features", d <= LIMIT * features.abs().max().item(), f"{d:.1e}")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["go", "build", "-o", folder / "unmask", "./cmd/unmask"], cwd=ROOT, check=True)

        def unmask(*arguments):
            subprocess.run([folder / "unmask", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        print(f"PyTorch {torch.__version__}, timm {timm.__version__}")
        classifier(folder, unmask)
        pretraining(folder, unmask)
    sys.exit(failed)


if __name__ == "__main__":
    main()
