"""Reads and writes safetensors files: a length, a JSON header, the raw values."""
import json
import struct

import numpy as np

DTYPES = {"F16": np.float16, "F32": np.float32, "U32": np.uint32}


def save(path, tensors, metadata=None):
    """Write numpy arrays by name. metadata: strings by name. The same input gives the same bytes."""
    names = {np.dtype(v): k for k, v in DTYPES.items()}
    header = {"__metadata__": metadata} if metadata else {}
    at = 0
    for name, a in tensors.items():
        if a.dtype not in names:
            raise TypeError(f"safetensors: {name}: want one of {list(DTYPES)}, got {a.dtype}")
        header[name] = dict(dtype=names[a.dtype], shape=list(a.shape), data_offsets=[at, at + a.nbytes])
        at += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # values start at a multiple of 8 bytes
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for a in tensors.values():
            f.write(np.ascontiguousarray(a).tobytes())


def load(path):
    """Tensors by name, F16 widened to float32, and the metadata."""
    with open(path, "rb") as f:
        raw = f.read()
    (size,) = struct.unpack_from("<Q", raw)
    header, body = json.loads(raw[8 : 8 + size]), raw[8 + size :]
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, e in header.items():
        begin, end = e["data_offsets"]
        a = np.frombuffer(body[begin:end], DTYPES[e["dtype"]]).reshape(e["shape"])
        tensors[name] = a.astype(np.float32) if e["dtype"] == "F16" else a
    return tensors, metadata
