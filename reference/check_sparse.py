"""Checks of the masked networks that need nothing but PyTorch.

    python3 check_sparse.py

Sparse equals dense-masked; a network with nothing hidden equals the dense one;
hidden pixels do not reach the encoder's output, bit for bit; and where they do
not, a visible pixel does. All in float64 with seeded weights.
"""
import sys

import torch

import seeded
from convnextv2 import FCMAE, SIZES, positions
from sparse import SparseFCMAE

LIMIT = 1e-12  # of the loss and of features, both of about 1


def equal(depths, dims, **options):
    """Difference of the loss and of its largest gradient, dense-masked and sparse."""
    x = seeded.images(3, 128, 96).double()
    hidden = seeded.hidden("sparse", 12, (7, 7, 7))
    visible = hidden.argsort(1)[:, :5]
    dense = seeded.fill(FCMAE(depths, dims, **options)).double()
    sparse = seeded.fill(SparseFCMAE(depths, dims, **options)).double()
    one, two = dense(x, hidden)[0], sparse.loss(x, visible)
    one.backward()
    two.backward()
    gradients = [(p.grad - q.grad).norm() / p.grad.norm() for p, q in zip(dense.parameters(), sparse.parameters())]
    return max((one - two).abs().item(), max(gradients).item())


@torch.no_grad()
def nothing_hidden(net):
    x = seeded.images(2, 64, 96).double()
    return (net.encode(x) - net.encode(x, torch.zeros(2, 6, dtype=torch.long))).abs().max().item()


@torch.no_grad()
def leak(net):
    """What a change of all hidden pixels does to the encoder; infinite where a visible one does nothing."""
    x = seeded.images(2, 64, 96).double()
    hidden = seeded.hidden("leak", 6, (2, 5))
    change = positions(hidden, x)
    before = net.encode(x, hidden)
    after = net.encode(x + 1e3 * change, hidden)
    control = net.encode(x + 1e-3 * (1 - change), hidden)
    return float("inf") if torch.equal(before, control) else (before - after).abs().max().item()


def main():
    sizes = SIZES["atto"]
    net = seeded.fill(FCMAE(*sizes)).double()
    checks = [
        (f"sparse equals dense, {options or 'defaults'}", equal(*sizes, **options), LIMIT)
        for options in ({}, {"norm_pix": True}, {"scope": "batch"}, {"denominator": "sum"})
    ]
    checks.append(("nothing hidden equals dense", nothing_hidden(net), LIMIT))
    checks.append(("hidden pixels do not leak", leak(net), 0))
    for what, difference, limit in checks:
        print(f"{'ok  ' if difference <= limit else 'FAIL'} {what}: {difference:.1e}")
    sys.exit(any(not difference <= limit for _, difference, limit in checks))


if __name__ == "__main__":
    main()
