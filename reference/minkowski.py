"""The layout of the official ConvNeXt V2 pre-training checkpoints.

That code builds its encoder of MinkowskiEngine's layers. `sparse` and `dense`
turn one state dict into the other; `dense` does what the official utils.py does
to a checkpoint before fine-tuning, written anew from its description:
kernels are (positions, in, out) with the spatial axes swapped, depthwise ones
(positions, channels); biases of convolutions and GRN's parameters are (1, C).
"""
DECODER = ("proj", "mask_token", "decoder", "pred")


def sparse(state):
    """A dense FCMAE or classifier state dict as MinkowskiEngine's layers would store it."""
    out = {}
    for name, v in state.items():
        if name.startswith(DECODER) or name.startswith(("norm.", "head.")):
            out[name] = v
            continue
        stem = name.startswith("downsample_layers.0.")  # dense layers in the official code too
        owner, leaf = name.rsplit(".", 1)
        if stem:
            pass
        elif v.ndim == 4 and v.shape[0] == 1:  # GRN
            v = v.reshape(1, -1)
        elif v.ndim == 4 and v.shape[1] == 1:  # depthwise
            v = v.transpose(3, 2).reshape(v.shape[0], -1).permute(1, 0)
            leaf = "kernel"
        elif v.ndim == 4:
            v = v.transpose(3, 2).reshape(*v.shape[:2], -1).permute(2, 1, 0)
            leaf = "kernel"
        elif "pwconv" in owner:
            owner += ".linear"
        elif owner.endswith("norm") or owner.startswith("downsample_layers") and owner.endswith(".0"):
            owner += ".ln"
        elif leaf == "bias":
            v = v.reshape(1, -1)
        out[f"encoder.{owner}.{leaf}"] = v.contiguous()
    return out


def dense(state):
    """What main_finetune.py --finetune makes of a checkpoint's state dict.

    The decoder goes. GRN's parameters gain two axes whatever they have: right
    for the (1, C) of a pre-training run, one too many of each for a dense
    (1, 1, 1, C), which then does not fit the model and stays out.
    """
    out = {}
    for name, v in state.items():
        if any(part in name for part in DECODER):
            continue
        if name.startswith("encoder."):
            name = name[len("encoder.") :]
        if name.endswith(".kernel"):
            name = name[: -len("kernel")] + "weight"
            side = round(v.shape[0] ** 0.5)
            if v.ndim == 2:  # depthwise
                v = v[:, None]
            v = v.permute(2, 1, 0).reshape(v.shape[2], v.shape[1], side, side).transpose(3, 2)
        else:
            name = name.replace(".ln.", ".").replace(".linear.", ".")
        if name.endswith("bias"):
            v = v.reshape(-1)
        elif ".grn." in name:
            v = v[None, None]
        out[name] = v
    return out
