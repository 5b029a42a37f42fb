"""torchvision's own versions of our backbones, as ONNX files whose initialisers keep the names of the state_dict: backbones-export.py FOLDER.

Random weights, biases and batch-norm statistics from fixed seeds. Each file stands beside PyTorch's scores and the published parameter count.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Onnx"))

import torch
import torchvision.models as models
from torch import nn
from torch.onnx import TrainingMode

from onnx_case import randomise, write_case

# Nothing folded into convolutions: every parameter keeps its name.
NAMED = dict(exact=True, training=TrainingMode.PRESERVE, do_constant_folding=False)


class CompactVgg(nn.Module):
    """vgg16_bn with global average pooling and one linear layer, as ours is at all sizes but 224."""

    def __init__(self, classes):
        super().__init__()
        self.features = models.vgg16_bn(weights=None).features
        self.classifier = nn.ModuleDict({"6": nn.Linear(512, classes)})

    def forward(self, x):
        return self.classifier["6"](self.features(x).mean((2, 3)))


CASES = [
    ("resnet18", lambda: models.resnet18(weights=None, num_classes=7), 96, 3),
    ("resnet18-odd-size", lambda: models.resnet18(weights=None, num_classes=5), 77, 3),
    ("resnet50", lambda: models.resnet50(weights=None, num_classes=7), 96, 3),
    ("mobilenet-v2", lambda: models.mobilenet_v2(weights=None, num_classes=7), 96, 3),
    ("mobilenet-v2-half", lambda: models.mobilenet_v2(weights=None, num_classes=7, width_mult=0.5), 96, 3),
    ("mobilenet-v3-small", lambda: models.mobilenet_v3_small(weights=None, num_classes=7), 96, 3),
    ("efficientnet-b0", lambda: models.efficientnet_b0(weights=None, num_classes=7), 96, 3),
    ("vgg16", lambda: CompactVgg(7), 96, 3),
]


def main(folder):
    for seed, (name, make, side, channels) in enumerate(CASES):
        torch.manual_seed(seed)
        x = torch.randn(2, channels, side, side)
        write_case(folder, name, randomise(make(), torch.randn(4, channels, side, side), seed), x, 13, any_batch=True, **NAMED)
        print(name, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
