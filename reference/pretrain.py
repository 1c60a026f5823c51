"""Pre-trains FCMAE on zipped photos, on the CPU, for a given time.

    nice -n 19 python3 pretrain.py OUT MINUTES ZIP... [--init W.safetensors]

The rate warms up, holds, and falls to zero over the last --decay part of the
time; the last --tail part runs at 224 px. Most of the gain shows in the decay,
so let a run end by itself and start the next one from its result. SIGTERM and
Ctrl-C save what there is.

OUT gets log.jsonl, last.pt (model, moving average, optimiser) and
MODEL.safetensors (the moving average, float32, the checkpoint's names), every
ten minutes and at the end.

A photo is a .jpg of 224 x 224 px. Every twentieth one, by the hash of its name
up to "-c" so that crops of one photo stay together, is held out. val224 is
their masked MSE at 224 px under fixed masks: lower is better.
"""
import argparse
import copy
import hashlib
import io
import json
import math
import os
import signal
import time
import zipfile

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

import safetensors
from convnextv2 import SIZES
from sparse import SparseFCMAE
from training import decays

SIDE = 224  # of the photos, and of validation
RATIO = 0.6
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)  # ImageNet's
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("out")
    p.add_argument("minutes", type=float)
    p.add_argument("zips", nargs="+")
    p.add_argument("--init", help="weights to start from")
    p.add_argument("--model", default="atto", choices=SIZES)
    p.add_argument("--px", type=int, default=128, help="side of a training crop before the tail")
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--lr", type=float, default=7e-4)
    p.add_argument("--wd", type=float, default=0.05)
    p.add_argument("--warm", type=float, default=0.03, help="part of the time")
    p.add_argument("--decay", type=float, default=0.3, help="part of the time")
    p.add_argument("--tail", type=float, default=0.2, help="part of the time, at 224 px")
    p.add_argument("--norm", action="store_true", help="predict normalised pixels")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


def load_photos(zips):
    """All photos (N, 224, 224, 3) uint8 in memory, and which are held out (N,)."""
    names, pictures = [], []
    for path in sorted(zips):
        with zipfile.ZipFile(path) as z:
            for name in sorted(n for n in z.namelist() if n.endswith(".jpg")):
                names.append(name.split("/")[-1].split("-c")[0])
                pictures.append(np.asarray(Image.open(io.BytesIO(z.read(name))).convert("RGB")))
    held = [int(hashlib.sha1(n.encode()).hexdigest(), 16) % 20 == 0 for n in names]
    return torch.from_numpy(np.stack(pictures)), np.array(held)


def to_float(photos):
    """(B, H, W, 3) uint8 to (B, 3, H, W) in 0..1."""
    return photos.permute(0, 3, 1, 2).float() / 255


def resize(x, px):
    return F.interpolate(x, (px, px), mode="bicubic", align_corners=False, antialias=True).clamp(0, 1)


def random_crop(photo, px, rng):
    """A crop of 0.2 to 1 of the area, aspect 3/4 to 4/3, flipped or not: (1, 3, px, px) in 0..1."""
    w = h = SIDE
    for _ in range(10):
        area = SIDE * SIDE * rng.uniform(0.2, 1)
        aspect = math.exp(rng.uniform(math.log(3 / 4), math.log(4 / 3)))
        cw, ch = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if cw <= SIDE and ch <= SIDE:
            w, h = cw, ch
            break
    x, y = rng.integers(0, SIDE + 1 - w), rng.integers(0, SIDE + 1 - h)
    crop = to_float(photo[None, y : y + h, x : x + w])
    return resize(crop.flip(3) if rng.random() < 0.5 else crop, px)


def random_visible(batch, px, generator=None):
    """Numbers (B, K) of the patches that stay visible."""
    patches = (px // 32) ** 2
    return torch.rand(batch, patches, generator=generator).argsort(1)[:, : int(patches * (1 - RATIO))]


@torch.no_grad()
def validate(model, photos):
    """Mean loss at 224 px over all photos, under the same masks every time."""
    generator, total = torch.Generator().manual_seed(0), 0.0
    for i in range(0, len(photos), 32):
        x = (to_float(photos[i : i + 32]) - MEAN) / STD
        total += model.loss(x, random_visible(len(x), SIDE, generator)).item() * len(x)
    return total / len(photos)


def initial(model):
    """Truncated normal of std 0.02 for weights, zero for biases, normal 0.02 for the mask token."""
    for m in model.modules():
        if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.trunc_normal_(m.weight, std=0.02)
            torch.nn.init.zeros_(m.bias)
    torch.nn.init.normal_(model.mask_token, std=0.02)


def optimiser(model, lr, decay):
    """AdamW without weight decay of vectors, GRN and the mask token."""
    groups = {True: [], False: []}
    for name, p in model.named_parameters():
        groups[decays(name, p)].append(p)
    groups = [dict(params=groups[True], weight_decay=decay), dict(params=groups[False], weight_decay=0)]
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95))


class Run:
    """One training run: model, its moving average, optimiser, clock and log."""

    def __init__(self, args):
        self.args = args
        self.rng = np.random.default_rng(args.seed)
        torch.manual_seed(args.seed)
        photos, held = load_photos(args.zips)
        self.train, self.held = photos[~held], photos[held]
        self.model = SparseFCMAE(*SIZES[args.model], norm_pix=args.norm)
        initial(self.model)
        if args.init:
            values, _ = safetensors.load(args.init)
            self.model.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in values.items()})
        self.average = copy.deepcopy(self.model)
        self.opt = optimiser(self.model, args.lr, args.wd)
        self.steps = self.seen = 0
        self.loss = float("nan")  # moving average
        self.order = []
        self.start = time.time()

    def part(self):
        """Share of the time that is gone."""
        return (time.time() - self.start) / (60 * self.args.minutes)

    def step(self):
        a, part = self.args, self.part()
        px = SIDE if part > 1 - a.tail else a.px
        batch = a.batch if px == a.px else max(8, int(a.batch * (a.px / SIDE) ** 2))
        scale = min(1, part / a.warm, (1 - part) / a.decay) * math.sqrt(batch / a.batch)
        for g in self.opt.param_groups:
            g["lr"] = max(a.lr * scale, 1e-6)

        if len(self.order) < batch:
            self.order = list(self.rng.permutation(len(self.train)))
        chosen, self.order = self.order[:batch], self.order[batch:]
        x = torch.cat([random_crop(self.train[i], px, self.rng) for i in chosen])
        loss = self.model.loss((x - MEAN) / STD, random_visible(len(x), px))
        if not math.isfinite(loss.item()):
            print("the loss is not finite; step skipped", flush=True)
            return
        self.opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 3.0)
        self.opt.step()

        self.steps += 1
        self.seen += len(x)
        self.loss = loss.item() if self.steps == 1 else 0.98 * self.loss + 0.02 * loss.item()
        # A fresh network moves fast, so its average must forget fast at first.
        keep = 0.999 if a.init else min(0.999, self.steps / (self.steps + 20))
        with torch.no_grad():
            for p, q in zip(self.average.parameters(), self.model.parameters()):
                p.lerp_(q, 1 - keep)

    def save(self, final=False):
        a, val = self.args, validate(self.average, self.held)
        state = dict(model=self.model.state_dict(), ema=self.average.state_dict(), opt=self.opt.state_dict())
        torch.save(dict(state, step=self.steps, seen=self.seen), os.path.join(a.out, "last.pt"))
        values = {k: v.numpy() for k, v in self.average.state_dict().items()}
        about = dict(model=a.model, images_seen=str(self.seen), val224=f"{val:.4f}", target="norm" if a.norm else "raw")
        about["init"] = os.path.basename(a.init or "")
        safetensors.save(os.path.join(a.out, a.model + ".safetensors"), values, about)
        line = dict(t=round(time.time() - self.start), step=self.steps, seen=self.seen)
        line.update(epoch=self.seen / len(self.train), train_loss=self.loss, val224=val, final=final)
        with open(os.path.join(a.out, "log.jsonl"), "a") as f:
            f.write(json.dumps(line) + "\n")
        print(f"val224 {val:.4f} after {self.seen} pictures", flush=True)


def main():
    args = arguments()
    os.makedirs(args.out, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    stop = []
    for s in (signal.SIGTERM, signal.SIGINT):
        signal.signal(s, lambda *_: stop.append(True))

    run = Run(args)
    print(f"{len(run.train)} photos, {len(run.held)} held; val224 {validate(run.average, run.held):.4f}", flush=True)
    run.start = printed = saved = time.time()
    while not stop and run.part() < 1:
        run.step()
        now = time.time()
        if now - printed > 60:
            printed = now
            speed = run.seen / (now - run.start)
            print(f"{now - run.start:6.0f} s  step {run.steps}  loss {run.loss:.4f}  {speed:.1f} pictures/s", flush=True)
        if now - saved > 600:
            saved = now
            run.save()
    run.save(final=True)


if __name__ == "__main__":
    main()
