"""Variants of emotion-cnn written down once more in PyTorch, as ONNX files whose initialisers have our names: emotion-cnn-export.py FOLDER.

Random weights, biases and batch-norm statistics from fixed seeds. Each file stands beside PyTorch's scores.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Onnx"))

import torch
import torch.nn.functional as F
from torch import nn
from torch.onnx import TrainingMode

from onnx_case import randomise, write_case


def named(**modules):
    return nn.ModuleDict(modules)


def convolution(inputs, outputs, kernel=3):
    return named(conv=nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False), norm=nn.BatchNorm2d(outputs))


def gates(width, reduction):
    return named(fc1=nn.Conv2d(width, max(1, width // reduction), 1), fc2=nn.Conv2d(max(1, width // reduction), width, 1))


def apply(unit, x):
    return unit["norm"](unit["conv"](x))


def excite(unit, x):
    return x * torch.sigmoid(unit["fc2"](F.relu(unit["fc1"](x.mean((2, 3), keepdim=True)))))


class EmotionCnn(nn.Module):
    def __init__(self, widths, depths, residual=False, reduction=0, classes=5):
        super().__init__()
        self.depths, self.residual, self.reduction = depths, residual, reduction
        channels = 1
        for s, (width, depth) in enumerate(zip(widths, depths)):
            stage = nn.ModuleDict()
            for i in range(depth):
                unit = convolution(channels, width)
                if residual and (depth - i) % 2 == 1 and i > (1 if s == 0 else 0):  # the second of a block
                    if reduction:
                        unit["se"] = gates(width, reduction)
                    if i == 1 and inputs != width:
                        unit["shortcut"] = convolution(inputs, width, kernel=1)
                if i == 0:
                    inputs = channels
                stage[str(i + 1)] = unit
                channels = width
            if reduction and not residual:
                stage["se"] = gates(width, reduction)
            self.add_module(f"stage{s + 1}", stage)
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        for s, depth in enumerate(self.depths):
            stage = getattr(self, f"stage{s + 1}")
            i = 0
            while i < depth:
                first = stage[str(i + 1)]
                if self.residual and (depth - i) % 2 == 0 and s + i > 0:
                    second = stage[str(i + 2)]
                    y = apply(second, F.relu(apply(first, x)))
                    if "se" in second:
                        y = excite(second["se"], y)
                    x = F.relu(y + (apply(second["shortcut"], x) if "shortcut" in second else x))
                    i += 2
                else:
                    x = F.relu(apply(first, x))
                    i += 1
            if s < len(self.depths) - 1:
                x = F.max_pool2d(x, 2)
            if "se" in stage:
                x = excite(stage["se"], x)
        return self.classifier(x.mean((2, 3)))


CASES = [
    ("plain", dict(widths=[8, 12, 16], depths=[2, 2, 2])),
    ("plain-se", dict(widths=[8, 12, 16], depths=[2, 1, 2], reduction=4)),
    ("residual", dict(widths=[8, 12, 12], depths=[2, 2, 2], residual=True)),
    ("residual-depth", dict(widths=[8, 12, 16], depths=[4, 3, 1], residual=True)),
    ("residual-se", dict(widths=[8, 12, 16], depths=[3, 2, 4], residual=True, reduction=2)),
]


def main(folder):
    for seed, (name, options) in enumerate(CASES):
        torch.manual_seed(seed)
        x = torch.randn(3, 1, 26, 26)
        model = randomise(EmotionCnn(**options), torch.randn(8, 1, 26, 26), seed)
        write_case(folder, name, model, x, 13, any_batch=True, exact=True, training=TrainingMode.PRESERVE, do_constant_folding=False)


if __name__ == "__main__":
    main(sys.argv[1])
