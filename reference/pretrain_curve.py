"""Pre-trains FCMAE for a number of steps as `unmask pretrain` does, and writes the
validation curve beside which the engine's is laid.

    python3 pretrain_curve.py DATA OUT.jsonl --steps 300 [--every 60] [--px 96] [--batch 32] [--lr 5e-4]

DATA holds train/*.jpg and val/*.jpg of 224 x 224 px. Warm-up over a third of the
steps at most, half a cosine, clipping at 3, moving average min(0.999, (1+t)/(10+t)).
Validation: the average's masked loss of val/ at --px under fixed masks.
"""
import argparse
import copy
import glob
import json
import os

import numpy as np
import torch
from PIL import Image

from convnextv2 import SIZES
from pretrain import MEAN, STD, initial, optimiser, random_crop, random_visible, resize, to_float
from sparse import SparseFCMAE
from training import rate


def photos(folder):
    """(N, 224, 224, 3) uint8, by name."""
    paths = sorted(glob.glob(os.path.join(folder, "*.jpg")))
    return torch.from_numpy(np.stack([np.asarray(Image.open(p).convert("RGB")) for p in paths]))


@torch.no_grad()
def validate(model, pictures, px):
    generator, total = torch.Generator().manual_seed(0), 0.0
    for i in range(0, len(pictures), 32):
        x = (resize(to_float(pictures[i : i + 32]), px) - MEAN) / STD
        total += model.loss(x, random_visible(len(x), px, generator)).item() * len(x)
    return total / len(pictures)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("data")
    p.add_argument("out")
    p.add_argument("--steps", type=int, required=True)
    p.add_argument("--every", type=int, default=60)
    p.add_argument("--px", type=int, default=96)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--lr", type=float, default=5e-4)
    p.add_argument("--warm", type=int, default=60)
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(2)
    rng = np.random.default_rng(a.seed)
    train, val = photos(os.path.join(a.data, "train")), photos(os.path.join(a.data, "val"))
    model = SparseFCMAE(*SIZES["atto"], norm_pix=False)
    initial(model)
    average = copy.deepcopy(model)
    opt = optimiser(model, a.lr, 0.05)
    order, mean = [], []
    with open(a.out, "w") as f:
        for step in range(a.steps):
            if len(order) < a.batch:
                order = list(rng.permutation(len(train)))
            chosen, order = order[: a.batch], order[a.batch :]
            for g in opt.param_groups:
                g["lr"] = rate(step, a.lr, 0, a.warm, a.steps)
            x = torch.cat([random_crop(train[i], a.px, rng) for i in chosen])
            loss = model.loss((x - MEAN) / STD, random_visible(len(x), a.px))
            opt.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 3.0)
            opt.step()
            mean.append(loss.item())
            keep = min(0.999, (1 + step) / (10 + step))
            with torch.no_grad():
                for p, q in zip(average.parameters(), model.parameters()):
                    p.lerp_(q, 1 - keep)
            if (step + 1) % a.every == 0:
                line = dict(step=step + 1, train_loss=sum(mean) / len(mean), test_loss=validate(average, val, a.px))
                mean = []
                print(line, flush=True)
                f.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
