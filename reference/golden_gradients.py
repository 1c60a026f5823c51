"""Golden gradients of every parameter of Atto: FCMAE on ragged masks, and the classifier.

A file holds three things of each parameter's gradient, in PyTorch's axis order:
its L2 norm, its dot product with seeded.signs, which sees order and sign, and a
sample of its values.
"""
import torch
from torch.nn import functional as F

import seeded
from convnextv2 import FCMAE, SIZES, Classifier


def digest(values):
    """L2 norms and dot products with signs, (P) each, of P tensors."""
    flat = [v.detach().double().flatten() for v in values]
    return torch.stack([v.norm() for v in flat]), torch.stack([v @ seeded.signs(len(v)) for v in flat])


def stride(shape, most):
    """k for which every k-th value of a tensor is about most values or fewer: 1, or a prime that divides no axis."""
    count = torch.Size(shape).numel()
    k = -(-count // most)
    while k > 1 and (any(k % d == 0 for d in range(2, k)) or any(n % k == 0 for n in shape)):
        k += 1
    return k


def gradients(net, loss, most):
    """Tensors and the list of parameters for the file. most: values to keep of each gradient."""
    loss.backward()
    l2, dot = digest([p.grad for p in net.parameters()])
    tensors, parameters = {"loss": loss, "l2": l2, "dot": dot}, []
    for name, p in net.named_parameters():
        k = stride(p.shape, most)
        parameters.append(dict(name=name, shape=list(p.shape), every=k))
        tensors[f"{name}.every{k}" if k > 1 else name] = p.grad.flatten()[::k] if k > 1 else p.grad
    return tensors, parameters


def fcmae(most, norm_pix=False, scope="image", dtype=torch.float64):
    """FCMAE of 3 images of 128 px, which hide 6, 10 and 13 of 16 patches."""
    net = seeded.fill(FCMAE(*SIZES["atto"], norm_pix=norm_pix, scope=scope)).to(dtype)
    hidden = seeded.hidden("gradients", 16, (6, 10, 13))
    loss, each, _ = net(seeded.images(3, 128, 128).to(dtype), hidden)
    tensors, parameters = gradients(net, loss, most)
    case = dict(model="atto", version=2, batch=3, height=128, width=128, norm_pix=norm_pix, scope=scope)
    case.update(denominator="mean", width_decoder=512, depth_decoder=1, parameters=parameters)
    return case, {"hidden": hidden, "patch_loss": each, **tensors}


LABELS = [(7 * i + 3) % 10 for i in range(12)]  # of the seeded images


def soft_targets(labels, classes, smoothing, share):
    """Targets (B, classes) as mixup makes them: share of the own label, the rest of the label at the batch's other end.

    Labels are smoothed first: smoothing / classes everywhere, and the rest of 1 at the label.
    """
    hard = F.one_hot(labels, classes) * (1 - smoothing) + smoothing / classes
    return (share * hard + (1 - share) * hard.flip(0)).float().double()  # what a file can hold


def classifier(most, soft, dtype=torch.float64):
    """Classifier of 10 classes, 3 images of 96 px; smoothed labels, or soft targets."""
    net = seeded.fill(Classifier(*SIZES["atto"], 10)).to(dtype)
    logits = net(seeded.images(3, 96, 96).to(dtype))
    case = dict(model="atto", version=2, batch=3, height=96, width=96, classes=10)
    labels = torch.tensor(LABELS[:3])
    if soft:
        targets = soft_targets(labels, 10, 0.1, 0.75)
        stored = {"targets": targets, "logits": logits}
        loss = F.cross_entropy(logits, targets.to(dtype))
    else:
        case.update(smoothing=0.1, labels=LABELS[:3])
        stored = {"logits": logits}
        loss = F.cross_entropy(logits, labels, label_smoothing=0.1)
    tensors, case["parameters"] = gradients(net, loss, most)
    return case, {**stored, **tensors}
