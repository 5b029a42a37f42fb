"""torchvision's networks without their last layers, as ONNX files with PyTorch's own features beside them: backbone-export.py FOLDER.

Cut where users cut: before the linear layer, before the pooling, behind a flattening of the map. Random weights from fixed seeds. The
features that are expected are those of the mean over the map where the graph ends in one: that is what a head reads.
"""
import sys

import torch
import torchvision.models as models
from torch import nn

from onnx_case import randomise, write_case


class Named(nn.Module):
    """The given modules in a row, behind what a user may put there: a reshape, a mean, a squeeze."""

    def __init__(self, *modules, end=None):
        super().__init__()
        self.body = nn.Sequential(*modules)
        self.end = end

    def forward(self, x):
        x = self.body(x)
        return self.end(x) if self.end else x


def resnet18():
    return list(models.resnet18(weights=None).children())


# name, modules, what ends the graph, side of the input, batch, opset, further options
CASES = [
    ("resnet18-vector", lambda: resnet18()[:-1], lambda x: torch.flatten(x, 1), 64, 2, 13, dict(any_batch=True)),
    ("resnet18-1x1", lambda: resnet18()[:-1], None, 64, 1, 11, {}),
    ("resnet18-map", lambda: resnet18()[:-2], None, 64, 2, 13, dict(any_batch=True)),
    ("resnet18-map-any-size", lambda: resnet18()[:-2], None, 64, 2, 13, dict(any_batch=True, any_size=True)),
    ("resnet18-reshaped-to-a-batch-of-1", lambda: resnet18()[:-1], lambda x: x.reshape(1, 512), 64, 1, 13, {}),
    ("resnet18-mean", lambda: resnet18()[:-2], lambda x: x.mean((2, 3)), 64, 2, 16, dict(any_batch=True)),
    ("mobilenet_v2-map", lambda: [models.mobilenet_v2(weights=None).features], None, 64, 2, 13, dict(any_batch=True)),
    (
        "mobilenet_v2-pooled",
        lambda: [models.mobilenet_v2(weights=None).features, nn.AdaptiveAvgPool2d(1)],
        lambda x: torch.flatten(x, 1),
        64,
        1,
        11,
        {},
    ),
    ("mobilenet_v3_small-map", lambda: [models.mobilenet_v3_small(weights=None).features], None, 64, 2, 14, dict(any_batch=True)),
    ("vgg11_bn-map", lambda: [models.vgg11_bn(weights=None).features], None, 64, 2, 13, dict(any_batch=True)),
    ("vgg11-flattened", lambda: [models.vgg11(weights=None).features], lambda x: torch.flatten(x, 1), 64, 1, 11, {}),
    ("vgg11-1x1", lambda: [models.vgg11(weights=None).features], None, 32, 1, 13, {}),
    ("efficientnet_b0-map", lambda: [models.efficientnet_b0(weights=None).features], None, 64, 1, 13, {}),
    ("densenet121-map", lambda: [models.densenet121(weights=None).features], None, 64, 1, 13, {}),
    ("squeezenet1_1-map", lambda: [models.squeezenet1_1(weights=None).features], None, 64, 2, 13, dict(any_batch=True)),
]


def main(folder):
    for seed, (case, modules, end, side, batch, opset, options) in enumerate(CASES):
        torch.manual_seed(seed)
        x = torch.randn(batch, 3, side, side)
        more = torch.cat([x, torch.randn(4 - batch, 3, side, side)])
        model = Named(*modules(), end=None)
        randomise(model, more, seed)
        model.end = end
        write_case(folder, case, model, x, opset, features=True, **options)
        print(case, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
