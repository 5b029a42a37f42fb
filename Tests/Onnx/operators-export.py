"""One small graph for every operator and every way of spelling it, with PyTorch's own scores beside it: operators-export.py FOLDER.

FOLDER/NAME-OPSET/ each; FOLDER/refused/NAME/ for graphs that no classifier of ours can be made of. Random weights from fixed seeds.
"""
import os
import sys

import torch
import torch.nn.functional as F
from torch import nn
from torch.onnx import TrainingMode

from onnx_case import randomise, write_case, write_refused

UNFOLDED = dict(training=TrainingMode.PRESERVE, do_constant_folding=False)
CASES, REFUSED = [], []


class Function(nn.Module):
    """A forward function over named submodules, parameters and buffers: f(self, x)."""

    def __init__(self, f, **members):
        super().__init__()
        self.f = f
        for name, member in members.items():
            if isinstance(member, (nn.Module, nn.Parameter)):
                setattr(self, name, member)
            else:
                self.register_buffer(name, member)

    def forward(self, x):
        return self.f(self, x)


def case(name, make, *opsets, shape=(6, 9, 11), head=True, any_batch=True, **options):
    """make() builds the part of interest; a Flatten and a Linear behind it see every value, unless it ends in scores itself (head=False)."""
    for opset in opsets or (9, 13, 17):
        CASES.append((f"{name}-{opset}", make, opset, shape, head, dict(any_batch=any_batch, **options)))


def refused(name, operators, make, opset, head=True):
    """operators: which may be named, as what stands before the culprit may already be beyond the importer."""
    REFUSED.append((name, operators.split(), make, opset, head))


def of(f, **members):
    """A maker of Function modules; members are made afresh by every call."""
    return lambda: Function(f, **{name: member() if callable(member) and not isinstance(member, nn.Module) else member for name, member in members.items()})


def parameter(*shape):
    return lambda: nn.Parameter(torch.randn(*shape))


# ---- convolution
case("conv-everything", lambda: nn.Conv2d(6, 4, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), 7, 9, 13, 17)
case("conv-without-bias", lambda: nn.Conv2d(6, 4, 1, bias=False), 11, **UNFOLDED)
case("conv-depthwise", lambda: nn.Conv2d(6, 12, 3, groups=6, padding=1, stride=2))
case("conv-uneven-pads", lambda: nn.Sequential(nn.ZeroPad2d((1, 2, 0, 3)), nn.Conv2d(6, 4, 3, stride=2)), 9, 11, 13, 17)
case("conv-uneven-pads-unfolded", lambda: nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(6, 4, 3, stride=2), nn.BatchNorm2d(4)), 11, 16, **UNFOLDED)
case("conv-twice-same-weights", of(lambda s, x: s.c(s.c(x).relu()) + x, c=lambda: nn.Conv2d(6, 6, 3, padding=1)))

# ---- padding
case("pad-of-a-value", lambda: nn.Sequential(nn.ConstantPad2d((2, 1, 1, 0), 0.75), nn.Conv2d(6, 4, 3)), 9, 11, 13)
case("pad-one-side", of(lambda s, x: F.pad(x, (1, 0))), 11)
case("pad-then-max-pool", lambda: nn.Sequential(nn.Conv2d(6, 4, 3), nn.ZeroPad2d((0, 1, 0, 1)), nn.MaxPool2d(2)), 9, 13)

# ---- normalisation and arithmetic with constants
case("norm-first", lambda: nn.Sequential(nn.BatchNorm2d(6), nn.Conv2d(6, 4, 3, padding=1)), 7, 9, 13, 15, 17)
case("norm-behind-relu", lambda: nn.Sequential(nn.Conv2d(6, 4, 3), nn.ReLU(), nn.BatchNorm2d(4, eps=0.01)))
case("norm-not-folded", lambda: nn.Sequential(nn.Conv2d(6, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU()), 9, 14, **UNFOLDED)
case("norm-without-affine", lambda: nn.Sequential(nn.Conv2d(6, 4, 3), nn.BatchNorm2d(4, affine=False)), 11, 15, **UNFOLDED)
case("norm-of-features", lambda: nn.Sequential(nn.Flatten(), nn.Linear(594, 8), nn.BatchNorm1d(8), nn.ReLU()), 9, 13, **UNFOLDED)
case("scalars", of(lambda s, x: ((x * 0.5 + 0.25) - 0.125) / 0.75))
case("scalar-first", of(lambda s, x: 1 - s.c(2 * x).sigmoid(), c=lambda: nn.Conv2d(6, 4, 3)))
case("negated", of(lambda s, x: -s.c(x), c=lambda: nn.Conv2d(6, 4, 3)))
case("normalised-input", of(lambda s, x: s.c((x - s.mean) / s.deviation), mean=lambda: torch.randn(1, 6, 1, 1), deviation=lambda: torch.rand(1, 6, 1, 1) + 0.5, c=lambda: nn.Conv2d(6, 4, 3, padding=1)))
case("layer-scale", of(lambda s, x: x + s.c(x) * s.gamma, c=lambda: nn.Conv2d(6, 6, 3, padding=1), gamma=parameter(6, 1, 1)), 9, 13)
case("per-feature", of(lambda s, x: s.l(x.flatten(1)) * s.scale + s.shift, l=lambda: nn.Linear(594, 8), scale=parameter(8), shift=parameter(1, 8)), 9, 13)

# ---- activations
for activation, module in [("relu", nn.ReLU()), ("relu6", nn.ReLU6()), ("sigmoid", nn.Sigmoid()), ("hard-sigmoid", nn.Hardsigmoid()), ("hard-swish", nn.Hardswish()), ("silu", nn.SiLU())]:
    case(activation, of(lambda s, x: s.a(4 * s.d(s.a(4 * s.c(x)))), a=module, c=lambda: nn.Conv2d(6, 4, 3), d=lambda: nn.Conv2d(4, 4, 3)), 9, 11, 14, 17)
WIDE = lambda: nn.Conv2d(6, 4, 3, padding=1)
case("clamp", of(lambda s, x: s.c(x).clamp(-0.5, 0.25), c=WIDE), 7, 9, 11, 13)
case("clamp-below", of(lambda s, x: s.c(x).clamp(min=-0.25), c=WIDE), 9, 11, 13)
case("clamp-above", of(lambda s, x: s.c(x).clamp(max=0.25), c=WIDE), 9, 11, 13)
case("clamp-unfolded", of(lambda s, x: s.c(x).clamp(0, 6), c=WIDE), 11, 13, **UNFOLDED)
case("silu-other-order", of(lambda s, x: (lambda y: y.sigmoid() * y)(s.c(x)), c=WIDE))
case("hard-swish-spelled-out", of(lambda s, x: (lambda y: y * F.relu6(y + 3) / 6)(s.c(4 * x)), c=WIDE), 9, 11, 13, 17)
case("hard-swish-gate-first", of(lambda s, x: (lambda y: F.relu6(y + 3) / 6 * y)(s.c(4 * x)), c=WIDE), 9, 13)
case("hard-swish-by-a-sixth", of(lambda s, x: (lambda y: y * (F.relu6(3 + y) * (1 / 6)))(s.c(4 * x)), c=WIDE), 11, 13, **UNFOLDED)
case("hard-swish-clamped", of(lambda s, x: (lambda y: y * ((y + 3).clamp(0, 6) / 6))(s.c(4 * x)), c=WIDE), 9, 13)
case("hard-sigmoid-spelled-out", of(lambda s, x: F.relu6(s.c(4 * x) + 3) / 6, c=WIDE), 9, 13)
TWO = dict(c=WIDE, d=WIDE)
case("nearly-hard-swish", of(lambda s, x: (lambda y, z: torch.cat([y * F.relu6(y + 2) / 6, y * F.relu6(z + 3) / 6, y * F.relu6(y + 3) / 5, y * (y - 3).clamp(0, 6) / 6, y * F.relu(y + 3) / 6], 1))(s.c(4 * x), s.d(4 * x)), **TWO), 9, 13)
case("nearly-silu", of(lambda s, x: (lambda y, z: torch.cat([y * z.sigmoid(), y * F.hardsigmoid(z), y * y.relu().sigmoid(), (y + 1) * y.sigmoid()], 1))(s.c(4 * x), s.d(4 * x)), **TWO), 9, 14)
case("parts-read-twice", of(lambda s, x: (lambda y: (lambda shifted: (lambda limited: torch.cat([y * limited / 6, limited / 6, shifted, limited, y * 2, y], 1))(F.relu6(shifted)))(y + 3))(s.c(4 * x)), c=WIDE), 9, 13)
case("silu-of-features", lambda: nn.Sequential(nn.Flatten(), nn.Linear(594, 8), nn.SiLU(), nn.Linear(8, 8), nn.Hardswish()), 9, 14)

# ---- several inputs
case("add", of(lambda s, x: s.c(x) + s.d(x) + x, c=lambda: nn.Conv2d(6, 6, 3, padding=1), d=lambda: nn.Conv2d(6, 6, 1)), 7, 9, 13, 17)
case("add-to-itself", of(lambda s, x: (lambda y: y + y)(s.c(x).relu()), c=WIDE), 13)
case("subtract", of(lambda s, x: x - s.c(x), c=lambda: nn.Conv2d(6, 6, 3, padding=1)), 13)
case("multiply", of(lambda s, x: s.c(x).relu() * s.d(x), c=WIDE, d=WIDE), 7, 9, 13)
case("square", of(lambda s, x: (lambda y: y * y)(s.c(x)), c=WIDE), 13)
case("concat", of(lambda s, x: torch.cat([s.c(x), x, s.c(x).relu()], 1), c=WIDE), 7, 9, 13, 17)
case("concat-negative-axis", of(lambda s, x: torch.cat([s.c(x), x], -3), c=WIDE), 13)
case("concat-of-one", of(lambda s, x: torch.cat([s.c(x)], 1), c=WIDE), 13)
case("concat-of-features", of(lambda s, x: torch.cat([x.mean((2, 3)), s.c(x).flatten(1)], 1), c=WIDE), 9, 13)

# ---- squeeze and excitation
SE = dict(c=lambda: nn.Conv2d(6, 8, 3, padding=1), d=lambda: nn.Conv2d(8, 4, 1), e=lambda: nn.Conv2d(4, 8, 1))
case("se", of(lambda s, x: (lambda y: y * s.e(s.d(F.adaptive_avg_pool2d(y, 1)).relu()).sigmoid())(s.c(x)), **SE), 9, 11, 13, 17)
case("se-gate-first", of(lambda s, x: (lambda y: F.hardsigmoid(s.e(F.silu(s.d(y.mean((2, 3), keepdim=True))))) * y)(s.c(x)), **SE), 9, 11, 13, 17)
LSE = dict(c=lambda: nn.Conv2d(6, 8, 3, padding=1), d=lambda: nn.Linear(8, 4), e=lambda: nn.Linear(4, 8))
case("se-linear", of(lambda s, x: (lambda y: y * s.e(s.d(y.mean((2, 3))).relu()).sigmoid()[:, :, None, None])(s.c(x)), **LSE), 9, 11, 13, 17)
case("se-linear-view", of(lambda s, x: (lambda y: y * s.e(s.d(F.adaptive_avg_pool2d(y, 1).view(y.size(0), y.size(1))).relu()).sigmoid().view(y.size(0), y.size(1), 1, 1).expand_as(y))(s.c(x)), **LSE), 11, 13)
case("se-linear-view-fixed", of(lambda s, x: (lambda y: y * s.e(s.d(F.adaptive_avg_pool2d(y, 1).view(y.size(0), y.size(1))).relu()).sigmoid().view(y.size(0), y.size(1), 1, 1))(s.c(x)), **LSE), 9, 13, any_batch=False)

# ---- channels cut and dealt
case("split", of(lambda s, x: (lambda a, b, c: torch.cat([c, s.c(a), b], 1))(*torch.split(x, [2, 1, 3], 1)), c=lambda: nn.Conv2d(2, 4, 3, padding=1)), 7, 9, 11, 13, 17)
case("split-equal", of(lambda s, x: (lambda a, b, c: a * b + c)(*torch.split(x, 2, 1))), 9, 13)
case("chunk", of(lambda s, x: (lambda a, b: torch.cat([s.c(b), a], 1))(*x.chunk(2, 1)), c=lambda: nn.Conv2d(3, 3, 3, padding=1)), 9, 11, 13, 17)
case("chunk-fixed", of(lambda s, x: (lambda a, b: torch.cat([s.c(b), a], 1))(*x.chunk(2, 1)), c=lambda: nn.Conv2d(3, 3, 3, padding=1)), 9, 13, any_batch=False)
case("slice", of(lambda s, x: torch.cat([x[:, 4:], x[:, 1:3]], 1)), 7, 9, 11, 13, 17)
case("slice-from-the-end", of(lambda s, x: x[:, -3:-1]), 9, 13)
case("unbind-gate", of(lambda s, x: (lambda a, b: a * b.sigmoid())(*s.c(x).chunk(2, 1)), c=WIDE), 13)


def shuffled(x, groups):
    n, c, h, w = x.size()
    return x.view(n, groups, c // groups, h, w).transpose(1, 2).contiguous().view(n, -1, h, w)


case("shuffle", of(lambda s, x: shuffled(x, 2)), 9, 11, 13, 16)
case("shuffle-fixed", of(lambda s, x: shuffled(x, 3)), 7, 9, 13, any_batch=False)
case("shuffle-unfolded", of(lambda s, x: shuffled(x, 3)), 11, 16, **UNFOLDED)

case("channels-one-by-one", of(lambda s, x: torch.cat([torch.unsqueeze(x[:, 2], 1) * 0.5 + 0.25, torch.unsqueeze(x[:, 0], 1) * 2 - 0.5], 1)), 9, 13)

# ---- pools
case("global-max-pool", lambda: nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Conv2d(6, 8, 1)), 9, 13)
case("max-pool", lambda: nn.MaxPool2d(3, 2, 1), 7, 9, 11, 13, 17)
case("max-pool-uneven", lambda: nn.MaxPool2d((2, 3), (1, 2), (0, 1)))
for side in (9, 10, 11, 12):
    case(f"max-pool-ceil-{side}", lambda: nn.MaxPool2d(3, 2, ceil_mode=True), 10, 13, shape=(6, side, side + 1))
    case(f"max-pool-ceil-padded-{side}", lambda: nn.MaxPool2d(2, 2, 1, ceil_mode=True), 13, shape=(6, side, side + 1))
case("max-pool-stride-beyond-kernel", lambda: nn.MaxPool2d(2, 3), 13)
case("average-pool", lambda: nn.AvgPool2d(2), 7, 9, 11, 13, 17)
case("average-pool-padded", lambda: nn.AvgPool2d(3, 2, 1), 9, 11, 13)
case("average-pool-without-padding-counted", lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False), 9, 11, 13)
case("average-pool-ceil", lambda: nn.AvgPool2d(3, 2, ceil_mode=True, count_include_pad=False), 10, 13, shape=(6, 10, 8))
case("adaptive-pool-to-one", lambda: nn.AdaptiveAvgPool2d(1), 7, 9, 11, 13, 17)
case("adaptive-pool-to-parts", lambda: nn.AdaptiveAvgPool2d((2, 3)), 11, 13, shape=(6, 8, 9), any_batch=False)
case("adaptive-pool-to-itself", lambda: nn.AdaptiveAvgPool2d((9, 11)), 11, 13)

# ---- the way to a vector
CONV = dict(c=lambda: nn.Conv2d(6, 8, 3), l=lambda: nn.Linear(8, 5))
case("mean", of(lambda s, x: s.l(s.c(x).mean((2, 3))), **CONV), 7, 9, 11, 13, 17, head=False)
case("mean-kept", of(lambda s, x: s.l(s.c(x).mean([-1, -2], keepdim=True).flatten(1)), **CONV), 9, 13, head=False)
case("mean-by-steps", of(lambda s, x: s.l(s.c(x).mean(3).mean(2)), **CONV), 9, 13, head=False)
case("mean-of-flat", of(lambda s, x: s.l(s.c(x).flatten(2).mean(2)), **CONV), 9, 13, head=False)
case("squeeze", of(lambda s, x: s.l(F.adaptive_avg_pool2d(s.c(x), 1).squeeze(3).squeeze(2)), **CONV), 9, 11, 13, 17, head=False)
case("squeeze-from-the-end", of(lambda s, x: s.l(F.adaptive_avg_pool2d(s.c(x), 1).squeeze(-1).squeeze(-1)), **CONV), 11, 13, head=False)
case("first-pixel", of(lambda s, x: s.l(F.adaptive_avg_pool2d(s.c(x), 1)[:, :, 0, 0]), **CONV), 9, 13, head=False)
case("view", of(lambda s, x: s.l(F.adaptive_avg_pool2d(s.c(x), 1).view(x.size(0), -1)), **CONV), 9, 11, 13, 17, head=False)
case("view-fixed", of(lambda s, x: s.l(F.adaptive_avg_pool2d(s.c(x), 1).view(x.size(0), -1)), **CONV), 9, 13, 17, head=False, any_batch=False)
case("view-minus-one-first", of(lambda s, x: s.l(F.adaptive_avg_pool2d(s.c(x), 1).view(-1, 8)), **CONV), 9, 13, head=False)
LARGE = dict(c=lambda: nn.Conv2d(6, 8, 3), l=lambda: nn.Linear(504, 5))
case("flatten", of(lambda s, x: s.l(s.c(x).flatten(1)), **LARGE), 7, 9, 11, 13, 17, head=False)
case("flatten-by-size", of(lambda s, x: s.l((lambda y: y.reshape(y.shape[0], y.shape[1] * y.shape[2] * y.shape[3]))(s.c(x))), **LARGE), 9, 13, 16, head=False)
case("flatten-by-size-unfolded", of(lambda s, x: s.l((lambda y: y.view(y.shape[0], y[0].numel()))(s.c(x))), **LARGE), 13, head=False, **UNFOLDED)
case("flatten-by-steps", of(lambda s, x: s.l(s.c(x).flatten(2).flatten(1)), **LARGE), 9, 13, head=False)
case("fully-convolutional", lambda: nn.Sequential(nn.Conv2d(6, 8, 3), nn.ReLU(), nn.Conv2d(8, 5, (7, 9)), nn.Flatten()), 9, 13, head=False)
case("pool-last", lambda: nn.Sequential(nn.Conv2d(6, 5, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()), 9, 13, head=False)

# ---- linear
FLAT = lambda f, **members: of(lambda s, x: f(s, x.flatten(1)), **members)
case("linear-without-bias", FLAT(lambda s, x: s.l(x), l=lambda: nn.Linear(594, 5, bias=False)), 9, 13, head=False)
case("linear-without-bias-unfolded", FLAT(lambda s, x: s.l(x), l=lambda: nn.Linear(594, 5, bias=False)), 9, 13, head=False, **UNFOLDED)
case("matmul-add", FLAT(lambda s, x: s.b + torch.matmul(x, s.w), w=lambda: torch.randn(594, 5) / 24, b=parameter(5)), 7, 9, 13, 17, head=False)
case("matmul-scaled", FLAT(lambda s, x: torch.matmul(x, s.w) * s.g + s.b, w=lambda: torch.randn(594, 5) / 24, g=parameter(5), b=parameter(5)), 9, 13, head=False)
case("gemm-alpha-beta", FLAT(lambda s, x: torch.addmm(s.b, x, s.w, beta=0.5, alpha=2), w=lambda: torch.randn(594, 5) / 24, b=parameter(5)), 9, 13, head=False)
case("transposed-weights", FLAT(lambda s, x: x @ s.w.t() + s.b, w=lambda: torch.randn(5, 594) / 24, b=parameter(5)), 9, 13, head=False, **UNFOLDED)
case("weights-of-a-convolution", of(lambda s, x: F.conv2d(F.adaptive_avg_pool2d(x, 3), s.w.view(5, 6, 3, 3), s.b).flatten(1), w=lambda: torch.randn(5, 54), b=parameter(5)), 9, 13, head=False, shape=(6, 9, 9), any_batch=False, **UNFOLDED)

# ---- ends
case("softmax", lambda: nn.Sequential(nn.Conv2d(6, 5, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Softmax(1)), 7, 9, 11, 13, 17, head=False, probabilities=True)
case("softmax-last-axis", lambda: nn.Sequential(nn.Flatten(), nn.Linear(594, 5), nn.Softmax(-1)), 9, 13, head=False, probabilities=True)
case("sigmoid-end", lambda: nn.Sequential(nn.Flatten(), nn.Linear(594, 1), nn.Sigmoid()), 9, 13, head=False, probabilities=True)

# ---- dropout, nodes that do nothing, shared and computed weights
DROPOUT = lambda: nn.Sequential(nn.Conv2d(6, 4, 3), nn.ReLU(), nn.Dropout(0.25), nn.Flatten(), nn.Linear(252, 8), nn.Dropout(0.5), nn.Linear(8, 5))


def keep_dropout(model):
    for m in model.modules():
        if isinstance(m, nn.Dropout):
            m.train()


case("dropout", DROPOUT, 9, 11, head=False, prepare=keep_dropout, **UNFOLDED)
case("dropout-training", DROPOUT, 12, 13, 16, head=False, prepare=keep_dropout, **UNFOLDED)
case("no-operation", lambda: nn.Sequential(nn.Identity(), nn.Conv2d(6, 4, 3), nn.Dropout(0.5), nn.Identity()))
case("equal-weights-shared", lambda: nn.Sequential(nn.Conv2d(6, 6, 1), nn.Sequential(*[Function(lambda s, x: x * s.g + s.b, g=nn.Parameter(torch.full((1, 6, 1, 1), 0.5)), b=nn.Parameter(torch.full((1, 6, 1, 1), 0.25))) for _ in range(2)])), 11, 13, **UNFOLDED)
case("initialisers-as-inputs", lambda: nn.Sequential(nn.Conv2d(6, 4, 3), nn.BatchNorm2d(4), nn.ReLU()), 7, 9, 13, keep_initializers_as_inputs=True)
case("half-weights", of(lambda s, x: F.conv2d(x, s.w.float(), s.b.float()), w=lambda: torch.randn(4, 6, 3, 3).half(), b=lambda: torch.randn(4).half()), 9, 13, **UNFOLDED)
case("double-weights", of(lambda s, x: F.conv2d(x, s.w.float(), s.b.float()), w=lambda: torch.randn(4, 6, 3, 3).double(), b=lambda: torch.randn(4).double()), 9, 13, **UNFOLDED)
case("byte-weights", of(lambda s, x: F.conv2d(x, (s.w.float() - 128) * s.g, s.b), w=lambda: torch.randint(0, 256, (4, 6, 3, 3)).byte(), g=lambda: torch.rand(4, 1, 1, 1) / 64, b=parameter(4)), 11, 13, **UNFOLDED)
case("standardised-weights", of(lambda s, x: F.conv2d(x, (s.w - s.w.mean((1, 2, 3), keepdim=True)) / (s.g * s.w.square().mean((1, 2, 3), keepdim=True) + 1e-4).sqrt()), w=parameter(4, 6, 3, 3), g=lambda: torch.rand(4, 1, 1, 1) + 0.5), 11, 13, **UNFOLDED)
case("channels-last", of(lambda s, x: s.c(x.permute(0, 3, 1, 2)).relu(), c=lambda: nn.Conv2d(3, 4, 3, padding=1)), 9, 11, 13, 17, shape=(9, 11, 3), channels_last=True)
case("channels-last-normalised", of(lambda s, x: s.c(((x - s.mean) / s.deviation).permute(0, 3, 1, 2)).relu(), c=lambda: nn.Conv2d(3, 4, 3, padding=1), mean=lambda: torch.randn(3), deviation=lambda: torch.rand(3) + 0.5), 9, 13, shape=(9, 11, 3), channels_last=True)
case("channels-last-inside", of(lambda s, x: (s.c(x).permute(0, 2, 3, 1) * s.g + s.b).permute(0, 3, 1, 2).relu(), c=WIDE, g=parameter(4), b=parameter(4)), 13)
case("channels-last-flatten", of(lambda s, x: s.l(s.c(x).permute(0, 2, 3, 1).flatten(1)), **LARGE), 9, 13, head=False)
case("channels-last-linear", of(lambda s, x: s.l(s.c(x).permute(0, 2, 3, 1)).relu().permute(0, 3, 1, 2), c=WIDE, l=lambda: nn.Linear(4, 6)), 9, 13)
case("any-size", lambda: nn.Sequential(nn.Conv2d(6, 5, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()), 9, 13, head=False, any_size=True)

# ---- what no network of ours can be made of
refused("transposed-convolution", "ConvTranspose", lambda: nn.ConvTranspose2d(6, 4, 3), 13)
refused("resize", "Resize", lambda: nn.Upsample(scale_factor=2), 11)
refused("einsum", "Einsum", of(lambda s, x: torch.einsum("nchw,kc->nkhw", x, s.w), w=lambda: torch.randn(4, 6)), 13)
refused("recurrent", "LSTM Reshape Transpose", of(lambda s, x: s.r(x.flatten(2))[0], r=lambda: nn.LSTM(99, 4, batch_first=True)), 11)
refused("attention", "MatMul Reshape Transpose", of(lambda s, x: (lambda q: q.transpose(1, 2) @ q)(s.c(x).flatten(2)), c=WIDE), 13)
refused("reflection", "Pad", lambda: nn.ReflectionPad2d(1), 13)
refused("instance-norm", "InstanceNormalization", lambda: nn.InstanceNorm2d(6), 9)
refused("sine", "Sin", of(lambda s, x: s.c(x).sin(), c=WIDE), 16)
refused("top-class", "ArgMax", lambda: nn.Sequential(nn.Flatten(), Function(lambda s, x: x.argmax(1))), 13, head=False)


def build(make, shape, head, seed):
    torch.manual_seed(seed)
    x = torch.randn(2, *shape)
    part = make()
    if head:
        with torch.no_grad():
            length = part.eval()(x).flatten(1).shape[1]
        part = nn.Sequential(part, nn.Flatten(), nn.Linear(length, 5))
    return x, part


def main(folder):
    for seed, (name, make, opset, shape, head, options) in enumerate(CASES):
        x, model = build(make, shape, head, seed)
        more = torch.cat([x, torch.randn(6, *shape)]) if options["any_batch"] else x
        write_case(folder, name, randomise(model, more, seed), x, opset, **options)
    for seed, (name, operators, make, opset, head) in enumerate(REFUSED):
        x, model = build(make, (6, 9, 11), head, seed)
        write_refused(os.path.join(folder, "refused"), name, model.eval(), x, opset, operators)


if __name__ == "__main__":
    main(sys.argv[1])
