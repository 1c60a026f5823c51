"""Holds the seeded rule and the classifier against the JavaScript peer benchmark.

    python3 check_peers.py [FILE]

FILE is the golden that the benchmark writes from independent libraries:
fingerprints of every parameter and of the input, and 16 logits of Atto.
"""
import json
import os
import sys

import numpy as np
import torch

import seeded
from convnextv2 import SIZES, Classifier

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench", "peers", "golden", "atto_seeded.json")


@torch.no_grad()
def main():
    with open(sys.argv[1] if len(sys.argv) > 1 else FILE) as f:
        golden = json.load(f)
    net = seeded.fill(Classifier(*SIZES["atto"]))
    parameters = dict(net.named_parameters())
    assert [p["name"] for p in golden["parameters"]] == list(parameters), "names or their order"
    for p in golden["parameters"]:
        values = parameters[p["name"]].numpy()
        assert list(values.shape) == p["shape"], p["name"]
        assert seeded.fnv1a(values.tobytes()) == p["fnv1a"], p["name"]
    x = seeded.images(1, 224, 224)
    assert seeded.fnv1a(x.numpy().tobytes()) == golden["input"]["fnv1a"], "input"

    logits = net.double()(x.double())[0].numpy()
    want = np.array(golden["logits16"])
    difference = np.abs(logits[:16] - want).max()
    length = abs(np.linalg.norm(logits) - golden["l2"])
    print(f"{len(parameters)} parameters bit-equal; logits differ by {difference:.1e}, their L2 norm by {length:.1e}")
    sys.exit(not (difference <= golden["tolerance"] and length <= golden["tolerance"] * golden["l2"]))


if __name__ == "__main__":
    main()
