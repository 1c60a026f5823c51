"""Runs the ONNX files that Unmask writes in onnxruntime and compares.

    python3 reference/check_onnx.py > onnx/testdata/CHECKED.md

Needs onnx, onnxruntime, numpy and pillow (CPU builds are enough) and Go:

    python3 -m venv .venv && .venv/bin/pip install onnx onnxruntime numpy pillow

`go test ./onnx -run Dump` writes seeded networks as ONNX with inputs and our
own outputs on each device; onnx's checker and strict shape inference take the
files apart, onnxruntime computes them. The last row goes the way of a user: a
picture file through `unmask classify`, and through `unmask convert`,
onnxruntime and the pre-processing that the file's metadata states.
"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from PIL import Image

import safetensors

ROOT = pathlib.Path(__file__).parent.parent
PICTURE = ROOT / "static" / "samples" / "street.jpg"
ATOL, RTOL = 1e-3, 1e-3  # internal/numtest/tolerance.go, row network
# PIL rounds the resized picture to 8 bits, we do not: of logits of size 1.
PICTURE_LIMIT = 0.05


def run(path, image):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"image": image})[0]


def verify(path):
    """The format's own checks; the metadata of the file."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    return {p.key: p.value for p in model.metadata_props}


def preprocess(path, rule):
    """A picture file as (1, 3, size, size), by the metadata entry preprocessing."""
    size = rule["size"]
    short = round(size / rule["crop"])
    p = Image.open(path).convert("RGB")
    w, h = (short, p.height * short // p.width) if p.width <= p.height else (p.width * short // p.height, short)
    p = p.resize((w, h), getattr(Image.Resampling, rule["interpolation"].upper()))
    left, top = round((w - size) / 2), round((h - size) / 2)
    x = np.asarray(p.crop((left, top, left + size, top + size)), np.float32) / 255
    x = (x - np.float32(rule["mean"])) / np.float32(rule["std"])
    return np.ascontiguousarray(x.transpose(2, 0, 1)[None])


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |", flush=True)


def networks(folder):
    """One row for each network, input and device; True if all agree."""
    good = True
    for case in sorted(folder.glob("*x*.safetensors")):
        name, shape, device, _ = case.name.split(".")
        file = folder / f"{name}.onnx"
        verify(file)
        tensors, _ = safetensors.load(case)
        got, want = run(file, tensors["image"]), tensors["output"]
        if got.ndim == 4:
            got = got.transpose(0, 2, 3, 1)
        error = np.abs(got - want)
        same = got.shape == want.shape and bool((error <= ATOL + RTOL * np.abs(want)).all())  # False for NaN
        good &= same
        row(file.name, shape, device, f"{np.abs(want).max():.3g}", f"{error.max():.2g}", "same" if same else "DIFFERENT")
    return good


def picture(folder):
    """classify and onnxruntime on one picture file."""
    weights, file = folder / "atto.weights.safetensors", folder / "converted.onnx"
    unmask = ["go", "run", "./cmd/unmask"]
    subprocess.run([*unmask, "convert", weights, file], cwd=ROOT, check=True, stdout=sys.stderr)
    text = subprocess.run([*unmask, "classify", PICTURE, "--weights", weights, "--json"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    want = np.float32(json.loads(text)[0]["logits"])
    got = run(file, preprocess(PICTURE, json.loads(verify(file)["preprocessing"])))[0]
    error = np.abs(got - want).max()
    same = bool(error <= PICTURE_LIMIT) and got.argmax() == want.argmax()
    row(file.name, PICTURE.name, "auto", f"{np.abs(want).max():.3g}", f"{error:.2g}", "same" if same else "DIFFERENT")
    return same


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        dump = ["go", "test", "./onnx", "-count=1", "-run", "TestDump", "-dump", folder]
        subprocess.run(dump, cwd=ROOT, check=True, stdout=sys.stderr)
        print("Written by `python3 reference/check_onnx.py > onnx/testdata/CHECKED.md`.\n")
        print(f"onnxruntime {onnxruntime.__version__} on the CPU, onnx {onnx.__version__} (checker, strict shape inference)\n")
        print("| file | input | our device | largest output | largest difference | verdict |")
        print("|---|---|---|---|---|---|")
        good = networks(folder) & picture(folder)
        print("\nThe files, SHA-256:\n")
        for file in sorted(folder.glob("*.onnx")):
            if file.name != "converted.onnx":  # the same as atto.onnx but for its metadata
                print(f"- {file.name} `{hashlib.sha256(file.read_bytes()).hexdigest()}`")
    sys.exit(not good)


if __name__ == "__main__":
    main()
