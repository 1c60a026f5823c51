"""Training as the released code does it: learning rate, weight decay, layer-wise
decay, clipping, AdamW, moving average.

Facts are those of the released fine-tuning and pre-training scripts; README.md
lists where we differ. A step is one update of the weights, counted from 0.
"""
import copy
import math

import torch


def rate(step, peak, least, warm, steps):
    """Learning rate of a step: linear from 0 over warm steps, then half a cosine to least.

    Step 0 of a warm-up has the rate 0; the last step, steps - 1, is still above
    least. In epochs, which may be fractions, the rule is the same.
    """
    if step < warm:
        return peak * step / warm
    return least + (peak - least) * 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm)))


def decays(name, p):
    """Whether weight decay holds for the parameter p: not for biases, norms, GRN, layer scale, mask token."""
    return p.ndim > 1 and not name.endswith((".gamma", ".beta")) and name != "mask_token"


def layer(name, depths, kind):
    """Number of the layer that a parameter belongs to, from the input on; a high one learns fast.

    kind "single": each block is a layer of its own, from 1 on; a down-sampling
    belongs to the block behind it; the final norm and the head come last.
    kind "group": three blocks of the third stage share one. Made for depths
    3, 3, 27, 3, and the same whatever the depths: numbers can be left out.
    """
    part, *at = name.split(".")
    if part not in ("downsample_layers", "stages"):
        return layers(depths, kind) + 1
    stage = int(at[0])
    if kind == "single":
        return 1 + sum(depths[:stage]) + (int(at[1]) if part == "stages" else 0)
    if part == "downsample_layers":
        return (0, 2, 3, 12)[stage]
    return (1, 2, 3 + int(at[1]) // 3, 12)[stage]


def layers(depths, kind):
    """Highest number that layer gives to a block."""
    return sum(depths) if kind == "single" else 12


def scale(number, decay, depths, kind):
    """Factor of the learning rate of layer number: decay to the power of the distance from the head."""
    return decay ** (layers(depths, kind) + 1 - number)


def groups(net, weight_decay, scales=None):
    """One group of AdamW a parameter. scales: factor of the learning rate by name."""
    return [
        dict(params=[p], weight_decay=weight_decay if decays(name, p) else 0.0, scale=scales[name] if scales else 1.0)
        for name, p in net.named_parameters()
    ]


def train(net, loss_of, rates, weight_decay, betas, scales=None, clip=None, keep=None, touch=None):
    """One step for each of rates. loss_of(step) gives the loss under net's present weights.

    Returns the losses and the gradient norms before clipping, both as of each
    step's start, and the moving average of net, or None where keep is None.
    touch(): called between backward and clipping.
    """
    optimiser = torch.optim.AdamW(groups(net, weight_decay, scales), lr=0, betas=betas, eps=1e-8)
    average = copy.deepcopy(net) if keep is not None else None
    losses, norms = [], []
    for step, lr in enumerate(rates):
        for g in optimiser.param_groups:
            g["lr"] = lr * g["scale"]
        loss = loss_of(step)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if touch:
            touch()
        norm = torch.nn.utils.clip_grad_norm_(net.parameters(), math.inf if clip is None else clip)
        optimiser.step()
        losses.append(loss.item())
        norms.append(norm.item())
        if average is not None:
            with torch.no_grad():
                for a, p in zip(average.parameters(), net.parameters()):
                    a.mul_(keep).add_(p, alpha=1 - keep)
    return losses, norms, average
