"""Weights files as PyTorch writes them, with the values that must come out: weights-export.py FOLDER."""
import json
import os
import struct
import sys
from collections import OrderedDict

import torch
import torchvision.models as models


def tensors():
    torch.manual_seed(1)
    base = torch.randn(6, 4)
    return OrderedDict([
        ("plain.weight", torch.randn(3, 2, 3, 3)),
        ("half", torch.randn(5).half()),
        ("bfloat", torch.randn(5).bfloat16()),
        ("double", torch.randn(2, 2).double()),
        ("long", torch.tensor([1, -2, 3])),
        ("int", torch.tensor([1, -2, 3], dtype=torch.int32)),
        ("byte", torch.tensor([0, 255], dtype=torch.uint8)),
        ("flag", torch.tensor([True, False])),
        ("scalar", torch.tensor(2.5)),
        ("empty", torch.zeros(0, 3)),
        ("view", base[1:5:2, 1:3]),     # another storage offset and strides
        ("transposed", base.t()),       # the same storage
        ("parameter", torch.nn.Parameter(torch.randn(4))),
    ])


def safetensors(path, items, corrupt=None):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64", torch.int64: "I64", torch.int32: "I32", torch.uint8: "U8", torch.bool: "BOOL"}
    for name, t in items.items():
        t = t.detach().contiguous()
        raw = (t.view(torch.int16) if t.dtype == torch.bfloat16 else t).numpy().tobytes()
        header[name] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def main(folder):
    items = tensors()
    torch.save(items, os.path.join(folder, "zip.pth"))
    torch.save(items, os.path.join(folder, "legacy.pth"), _use_new_zipfile_serialization=False)
    torch.save({"epoch": 3, "state_dict": OrderedDict(("module." + k, v) for k, v in items.items()), "best": 0.5}, os.path.join(folder, "checkpoint.pth"))
    safetensors(os.path.join(folder, "plain.safetensors"), items)
    with open(os.path.join(folder, "expected.json"), "w") as f:
        json.dump({k: {"shape": list(v.shape), "values": v.detach().float().reshape(-1).tolist()} for k, v in items.items()}, f)
    torch.manual_seed(2)
    model = models.resnet18(weights=None, num_classes=4).eval()
    torch.save(model.state_dict(), os.path.join(folder, "resnet18.pth"))
    torch.save(model, os.path.join(folder, "whole-model.pth"))  # pickles classes: must be refused


if __name__ == "__main__":
    main(sys.argv[1])
