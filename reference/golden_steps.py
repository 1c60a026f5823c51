"""Golden training: 50 steps of pre-training and of fine-tuning of Atto, and the table of layer-wise decay."""
import torch
from torch.nn import functional as F

import seeded
import training
from convnextv2 import FCMAE, SIZES, Classifier
from golden_gradients import LABELS, digest

STEPS, WARM, BATCH, PICTURES = 50, 5, 4, 12

PRETRAIN = dict(peak=1e-3, least=0.0, betas=(0.9, 0.95), weight_decay=0.05, ema=0.99)
PRETRAIN_VARIANTS = {"raw": dict(norm_pix=False, clip=None), "norm_clip": dict(norm_pix=True, clip=1.0)}
FINETUNE = dict(peak=1e-3, least=1e-6, betas=(0.9, 0.999), weight_decay=0.3, smoothing=0.1, layer_decay=0.9)
FINETUNE_VARIANTS = ("single", "group")


def chosen(step):
    """Numbers of the seeded images that a step sees."""
    return [(BATCH * step + i) % PICTURES for i in range(BATCH)]


def rates(o):
    return [training.rate(step, o["peak"], o["least"], WARM, STEPS) for step in range(STEPS)]


def hidden():
    """Masks (STEPS, BATCH, 9): 6 patches of each image, others at every step."""
    return torch.stack([seeded.hidden(f"pretrain.{step}", 9, (6,) * BATCH) for step in range(STEPS)])


def pretrain(variant, dtype=torch.float64, touch=None, **changes):
    """One run: losses, gradient norms, network, moving average. changes: options that differ from the golden's."""
    o = {**PRETRAIN, **PRETRAIN_VARIANTS[variant], **changes}
    net = seeded.fill(FCMAE(*SIZES["atto"], norm_pix=o["norm_pix"])).to(dtype)
    x, masks = seeded.images(PICTURES, 96, 96).to(dtype), hidden()
    losses, norms, average = training.train(
        net,
        lambda step: net(x[chosen(step)], masks[step])[0],
        rates(o),
        o["weight_decay"],
        o["betas"],
        clip=o["clip"],
        keep=o["ema"],
        touch=touch and (lambda: touch(net)),
    )
    return losses, norms, net, average


def scales(net, depths, decay, kind):
    """Factor of the learning rate by parameter."""
    return {
        name: training.scale(training.layer(name, depths, kind), decay, depths, kind)
        for name, _ in net.named_parameters()
    }


def finetune(kind, dtype=torch.float64, touch=None, **changes):
    """One run with layer-wise decay of that kind; returns what pretrain does, without a moving average."""
    o = {**FINETUNE, **changes}
    depths, dims = SIZES["atto"]
    net = seeded.fill(Classifier(depths, dims, 10)).to(dtype)
    x, labels = seeded.images(PICTURES, 64, 64).to(dtype), torch.tensor(LABELS)
    losses, norms, _ = training.train(
        net,
        lambda step: F.cross_entropy(net(x[chosen(step)]), labels[chosen(step)], label_smoothing=o["smoothing"]),
        rates(o),
        o["weight_decay"],
        o["betas"],
        scales=scales(net, depths, o["layer_decay"], kind),
        touch=touch and (lambda: touch(net)),
    )
    return losses, norms, net, None


def moved(net):
    """Change of each parameter since its seeded start: a digest of the weights themselves is mostly one of the start."""
    return [p.detach().double() - seeded.parameter(name, tuple(p.shape)) for name, p in net.named_parameters()]


def result(prefix, losses, norms, net, average):
    """Tensors of one run."""
    tensors = {"loss": torch.tensor(losses), "grad_norm": torch.tensor(norms)}
    for what, n in (("final", net), ("ema", average)):
        if n is not None:
            tensors[f"{what}.l2"], tensors[f"{what}.dot"] = digest(n.parameters())
            tensors[f"{what}_moved.l2"], tensors[f"{what}_moved.dot"] = digest(moved(n))
    return {f"{prefix}.{k}": v for k, v in tensors.items()}


def described(net, side, options, **more):
    """The case that both files share."""
    case = dict(model="atto", version=2, batch=BATCH, height=side, width=side, **more)
    case.update(steps=STEPS, warm=WARM, pictures=PICTURES, eps=1e-8, **options)
    case["parameters"] = [dict(name=k, decays=training.decays(k, p)) for k, p in net.named_parameters()]
    return case


def pretrain_file():
    tensors = {"hidden": hidden(), "rate": torch.tensor(rates(PRETRAIN), dtype=torch.float64)}
    for variant in PRETRAIN_VARIANTS:
        run = pretrain(variant)
        tensors.update(result(variant, *run))
    more = dict(scope="image", denominator="mean", width_decoder=512, depth_decoder=1)
    variants = {k: dict(v, clip=v["clip"] or 0) for k, v in PRETRAIN_VARIANTS.items()}
    return described(run[2], 96, PRETRAIN, variants=variants, **more), tensors


def finetune_file():
    tensors = {"rate": torch.tensor(rates(FINETUNE), dtype=torch.float64)}
    for kind in FINETUNE_VARIANTS:
        run = finetune(kind)
        tensors.update(result(kind, *run))
    case = described(run[2], 64, FINETUNE, classes=10, labels=LABELS, variants=FINETUNE_VARIANTS)
    return case, tensors


def layer_decay():
    """Layer of every parameter of Atto and of Base, for which "group" was made, and the factor of every layer."""
    table = {"decay": FINETUNE["layer_decay"]}
    for model in ("atto", "base"):
        depths, _ = SIZES[model]
        names = [name for name, _ in Classifier(depths, (4, 4, 4, 4), 10).named_parameters()]
        table[model] = {}
        for kind in FINETUNE_VARIANTS:
            number = range(training.layers(depths, kind) + 2)
            table[model][kind] = {
                "scales": [training.scale(n, FINETUNE["layer_decay"], depths, kind) for n in number],
                "layers": {name: training.layer(name, depths, kind) for name in names},
            }
    return table
