"""Holds the goldens of training against others, and asks what they can see.

    python3 check_training.py [peers|gradients|steps]

peers: our gradients are those of the JavaScript peer benchmark. gradients,
steps: PyTorch in float32, and with disturbed gradients, comes to the goldens
that float64 wrote; the last lines train by wrong rules, which the goldens must
tell. Everything is relative: values to the root mean square of their tensor,
dot products to its L2 norm.
"""
import json
import os
import sys

import torch
from torch.nn import functional as F

import golden_gradients
import golden_steps
import goldens
import safetensors
import seeded
import training
from convnextv2 import SIZES, Classifier

PEERS = os.path.join(goldens.HERE, "..", "bench", "peers", "golden", "atto_seeded_train.json")
NEAR, FAR = 5e-4, 1e-2  # a right run differs less, a wrong one more
LOSS_FAR = 2e-3  # what the tests allow a loss
failed = []


def report(what, ok, **differences):
    print(f"{what:38s}" + "".join(f"  {k} {v:.1e}" for k, v in differences.items()) + ("" if ok else "  FAILED"), flush=True)
    if not ok:
        failed.append(what)


def read(name):
    tensors, meta = safetensors.load(os.path.join(goldens.FOLDER, name + ".safetensors"))
    return {k: torch.from_numpy(v.astype("f8")) for k, v in tensors.items()}, json.loads(meta["case"])


def peers():
    """Two images of 96 px, plain cross-entropy."""
    with open(PEERS) as f:
        golden = json.load(f)
    net = seeded.fill(Classifier(*SIZES["atto"], 10)).double()
    x = seeded.images(2, 96, 96)
    assert seeded.fnv1a(x.numpy().tobytes()) == golden["input"]["fnv1a"], "input"
    loss = F.cross_entropy(net(x.double()), torch.tensor(golden["input"]["labels"]))
    loss.backward()
    worst = dict(loss=abs(loss.item() - golden["referenceLoss"]), l2=0, dot=0, first=0)
    for name, p in net.named_parameters():
        want, (l2, dot) = golden["gradients"][name], golden_gradients.digest([p.grad])
        first = torch.tensor(want["first"], dtype=torch.float64)
        here = p.grad.flatten()[: len(first)]
        worst["l2"] = max(worst["l2"], abs(l2.item() - want["l2"]) / want["l2"])
        worst["dot"] = max(worst["dot"], abs(dot.item() - want["dot"]) / want["l2"])
        rms = want["l2"] / p.numel() ** 0.5
        worst["first"] = max(worst["first"], (here - first).abs().max().item() / rms)
    assert len(golden["gradients"]) == len(list(net.parameters()))
    report("peers' gradients", max(worst.values()) < golden["gradientTolerance"], **worst)


def gradients():
    for name, make in (
        ("grad_fcmae_raw_image", lambda d: golden_gradients.fcmae(512, dtype=d)),
        ("grad_fcmae_norm_image", lambda d: golden_gradients.fcmae(128, norm_pix=True, dtype=d)),
        ("grad_fcmae_raw_batch", lambda d: golden_gradients.fcmae(64, scope="batch", dtype=d)),
        ("grad_classifier_smooth", lambda d: golden_gradients.classifier(512, False, d)),
        ("grad_classifier_soft", lambda d: golden_gradients.classifier(128, True, d)),
    ):
        want, case = read(name)
        _, got = make(torch.float32)
        l2 = want["l2"]
        worst = dict(loss=abs(got["loss"].item() / want["loss"].item() - 1), values=0)
        worst["l2"] = ((got["l2"] - l2) / l2).abs().max().item()
        worst["dot"] = ((got["dot"] - want["dot"]) / l2).abs().max().item()
        for p, norm in zip(case["parameters"], l2):
            key = p["name"] + (f".every{p['every']}" if p["every"] > 1 else "")
            rms = norm / torch.Size(p["shape"]).numel() ** 0.5
            worst["values"] = max(worst["values"], ((got[key] - want[key]).abs().max() / rms).item())
        report(name, max(worst.values()) < NEAR, **worst)


def differences(want, variant, run):
    """Largest difference of a run from the golden: of the losses, and of what the weights' change digests to."""
    losses, _, net, _ = run
    loss = (torch.tensor(losses).double() / want[variant + ".loss"] - 1).abs().max().item()
    l2, dot = golden_steps.digest(golden_steps.moved(net))
    norm = want[variant + ".final_moved.l2"]
    moved = torch.maximum((l2 - norm).abs(), (dot - want[variant + ".final_moved.dot"]).abs()) / norm
    return dict(loss=loss, moved=moved.max().item())


def disturb(net):
    """Every gradient off by 1e-3 of its root mean square, differently at every step, where it is not 0."""
    for p in net.parameters():
        rms = p.grad.norm() / p.numel() ** 0.5
        p.grad.add_(1e-3 * rms * torch.randn(p.shape) * (p.grad != 0))


def steps():
    wanted, _ = read("pretrain_steps")
    tuned, _ = read("finetune_steps")

    def run(what, want, variant, make, ok, **options):
        d = differences(want, variant, make(variant, torch.float32, **options))
        report(f"{variant}: {what}", ok(d), **d)

    def right(d):
        return d["loss"] < NEAR and d["moved"] < NEAR

    def disturbed(d):
        return d["loss"] < NEAR

    def wrong(d):
        return d["loss"] > LOSS_FAR or d["moved"] > FAR

    for want, variants, make in (
        (wanted, golden_steps.PRETRAIN_VARIANTS, golden_steps.pretrain),
        (tuned, golden_steps.FINETUNE_VARIANTS, golden_steps.finetune),
    ):
        for variant in variants:
            run("float32", want, variant, make, right)
            run("gradients off by 1e-3", want, variant, make, disturbed, touch=disturb)

    pre, fine = golden_steps.pretrain, golden_steps.finetune
    run("wrong: no weight decay", wanted, "raw", pre, wrong, weight_decay=0)
    run("wrong: second beta", wanted, "raw", pre, wrong, betas=(0.9, 0.99))
    run("wrong: no clipping", wanted, "norm_clip", pre, wrong, clip=None)
    run("wrong: no weight decay", tuned, "single", fine, wrong, weight_decay=0)
    run("wrong: layer decay 0.89", tuned, "single", fine, wrong, layer_decay=0.89)
    run("wrong: smoothing 0.11", tuned, "group", fine, wrong, smoothing=0.11)
    rule = training.decays
    training.decays = lambda name, p: p.ndim > 1
    run("wrong: decay of GRN and mask token", wanted, "raw", pre, wrong)
    run("wrong: decay of GRN", tuned, "single", fine, wrong)
    training.decays = lambda name, p: True
    run("wrong: decay of everything", wanted, "raw", pre, wrong)
    training.decays = rule


def main():
    torch.manual_seed(0)
    for part in sys.argv[1:] or ("peers", "gradients", "steps"):
        {"peers": peers, "gradients": gradients, "steps": steps}[part]()
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
