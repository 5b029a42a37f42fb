"""Writes layers.json: forward and backward values of every layer and loss by PyTorch. Needs torch and numpy; run it in this folder.

Images are stored as the engine keeps them, [N, H, W, C]; all numbers are little-endian float32 in base64.
"""
import base64
import json

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(20240917)


def encode(tensor):
    return base64.b64encode(tensor.detach().float().contiguous().numpy().astype("<f4").tobytes()).decode()


def image(tensor):
    """[N, C, H, W] to the engine's layout; vectors stay."""
    shape = list(tensor.shape) if tensor.dim() == 4 else [tensor.shape[0], tensor.shape[1], 1, 1]
    values = tensor.permute(0, 2, 3, 1) if tensor.dim() == 4 else tensor
    return {"batch": shape[0], "height": shape[2], "width": shape[3], "channels": shape[1], "values": encode(values)}


layers = {}


def case(name, function, *inputs, module=None):
    """Forward on seeded inputs, backward of a random cotangent, and what became of parameters and running statistics."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    before = {k: encode(v) for k, v in module.state_dict().items() if v.dim() > 0} if module else {}
    y = function(*inputs)
    dy = torch.randn_like(y)
    y.backward(dy)
    layers[name] = {
        "inputs": [image(x) for x in inputs],
        "parameters": before,
        "output": image(y),
        "outputGradient": image(dy),
        "inputGradients": [image(x.grad) for x in inputs],
        "parameterGradients": {k: encode(p.grad) for k, p in module.named_parameters()} if module else {},
        "after": {k: encode(b) for k, b in module.named_buffers() if b.dim() > 0} if module else {},
    }


def conv(name, x, *args, **kwargs):
    module = nn.Conv2d(*args, **kwargs)
    case(name, module, x, module=module)


conv("Conv2D 1→17 3x3", torch.randn(2, 1, 5, 7), 1, 17, 3, padding=1, bias=False)
conv("Conv2D 16→16 3x3", torch.randn(1, 16, 5, 6), 16, 16, 3, padding=1)
conv("Conv2D 16→16 3x3 unpadded", torch.randn(1, 16, 6, 5), 16, 16, 3)
conv("Conv2D 3→8 3x3 stride 2", torch.randn(2, 3, 9, 7), 3, 8, 3, stride=2, padding=1)
conv("Conv2D 3→5 7x7 stride 2", torch.randn(1, 3, 11, 9), 3, 5, 7, stride=2, padding=3)
conv("Conv2D 17→9 1x1", torch.randn(2, 17, 3, 5), 17, 9, 1)
conv("Conv2D 8→6 1x1 stride 2", torch.randn(1, 8, 5, 5), 8, 6, 1, stride=2, bias=False)
conv("Conv2D 8→4 3x3 groups 2", torch.randn(1, 8, 5, 4), 8, 4, 3, padding=1, groups=2)
conv("Conv2D 18 depthwise 3x3", torch.randn(1, 18, 6, 5), 18, 18, 3, padding=1, groups=18)
conv("Conv2D 18 depthwise 3x3 stride 2", torch.randn(1, 18, 5, 6), 18, 18, 3, stride=2, padding=1, groups=18)
conv("Conv2D 4→6 3x5 dilated", torch.randn(1, 4, 7, 8), 4, 6, (3, 5), stride=(1, 2), padding=(2, 3), dilation=(2, 1))

for name, x, size in [("Linear 33→17", torch.randn(3, 33), (33, 17)), ("Linear 5→2, batch 1", torch.randn(1, 5), (5, 2))]:
    module = nn.Linear(*size)
    case(name, module, x, module=module)


def norm(name, x, mode):
    module = nn.BatchNorm2d(x.shape[1], eps=1e-5, momentum=0.1)
    with torch.no_grad():
        module.weight.uniform_(-1.5, 1.5)
        module.bias.uniform_(-0.5, 0.5)
        module.running_mean.normal_()
        module.running_var.uniform_(0.5, 2)
    module.train(mode == "training")
    case(name, module, x, module=module)


norm("BatchNorm 35", torch.randn(2, 35, 3, 2), "training")
norm("BatchNorm 3, batch 1", torch.randn(1, 3, 7, 5) * 3 + 2, "training")
norm("BatchNorm 16, mean 100", torch.randn(2, 16, 3, 4) * 0.5 + 100, "training")
norm("BatchNorm 19 frozen", torch.randn(2, 19, 4, 3), "evaluation")

case("ReLU", F.relu, torch.randn(2, 5, 3, 7))
case("ReLU6", lambda x: F.relu6(x), torch.randn(2, 5, 3, 7) * 5)
case("Sigmoid", torch.sigmoid, torch.randn(2, 5, 3, 7) * 4)
case("Softmax", lambda x: F.softmax(x, 1), torch.randn(4, 7) * 3)
case("Softmax of pixels", lambda x: F.softmax(x, 1), torch.randn(1, 5, 3, 2))

# Whole numbers have ties, which tell who gets the gradient.
case("MaxPool 2", lambda x: F.max_pool2d(x, 2), torch.randn(2, 19, 5, 3))
case("MaxPool 2 of ties", lambda x: F.max_pool2d(x, 2), torch.randint(0, 3, (2, 17, 4, 4)).float())
case("MaxPool 3 stride 2 padding 1", lambda x: F.max_pool2d(x, 3, 2, 1), torch.randn(1, 19, 6, 5))
case("MaxPool 3 stride 1 of ties", lambda x: F.max_pool2d(x, 3, 1, 1), torch.randint(-3, 0, (1, 17, 4, 3)).float())
case("AveragePool 2", lambda x: F.avg_pool2d(x, 2), torch.randn(2, 19, 3, 5))
case("AveragePool 3 stride 2 padding 1", lambda x: F.avg_pool2d(x, 3, 2, 1), torch.randn(1, 19, 5, 6))
case("GlobalAveragePool", lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1), torch.randn(1, 67, 3, 2))
case("Flatten", lambda x: x.flatten(1), torch.randn(2, 17, 2, 3))
case("Add", lambda a, b, c: a + b + c, *[torch.randn(2, 5, 2, 3) for _ in range(3)])
case("Concat", lambda a, b, c: torch.cat([a, b, c], 1), torch.randn(2, 5, 2, 3), torch.randn(2, 17, 2, 3), torch.randn(2, 1, 2, 3))

losses = {}


def loss(name, compute, logits, targets, smoothing=0.0, weights=None):
    z = logits.float().double().requires_grad_()  # what the file holds
    value = compute(z)
    value.backward()
    losses[name] = {
        "batch": logits.shape[0],
        "classes": targets.shape[1],
        "labelSmoothing": smoothing,
        "classWeights": weights.tolist() if weights is not None else None,
        "logits": encode(logits),
        "targets": encode(targets),
        "loss": value.item(),
        "gradient": encode(z.grad),
    }


z, labels = (torch.randn(6, 7) * 3).double(), torch.tensor([0, 3, 3, 6, 1, 2])
weights = torch.tensor([0.5, 2.0, 1.0, 3.0, 0.25, 1.0, 0.75]).double()
hot, soft = F.one_hot(labels, 7).double(), torch.softmax(torch.randn(6, 7).double(), 1)
loss("softmax", lambda z: F.cross_entropy(z, labels), z, hot)
loss("softmax, huge logits", lambda z: F.cross_entropy(z, labels), z * 300, hot)
loss("softmax, smoothed", lambda z: F.cross_entropy(z, labels, label_smoothing=0.1), z, hot, 0.1)
loss("softmax, weighted", lambda z: F.cross_entropy(z, labels, weights), z, hot, 0, weights)
loss("softmax, weighted and smoothed", lambda z: F.cross_entropy(z, labels, weights, label_smoothing=0.1), z, hot, 0.1, weights)
loss("softmax, soft targets", lambda z: F.cross_entropy(z, soft), z, soft)
loss("softmax, soft targets smoothed", lambda z: F.cross_entropy(z, soft, label_smoothing=0.2), z, soft, 0.2)
# PyTorch divides weighted soft targets by N; the engine by the targets' total weight, as PyTorch does for labels.
loss("softmax, soft targets weighted", lambda z: F.cross_entropy(z, soft, weights, reduction="sum") / (soft * weights).sum(), z, soft, 0, weights)

z, labels = (torch.randn(5, 1) * 3).double(), torch.tensor([1, 0, 0, 1, 1])
weights = torch.tensor([2.0, 0.5]).double()
hot = F.one_hot(labels, 2).double()
soft = torch.softmax(torch.randn(5, 2).double(), 1)


def binary(targets, smoothing, weights):
    q = (1 - smoothing) * targets[:, 1:] + smoothing / 2
    return lambda z: -(weights[1] * q * F.logsigmoid(z) + weights[0] * (1 - q) * F.logsigmoid(-z)).sum() / (targets * weights).sum()


loss("sigmoid", lambda z: F.binary_cross_entropy_with_logits(z, hot[:, 1:]), z, hot)
loss("sigmoid, huge logits", lambda z: F.binary_cross_entropy_with_logits(z, hot[:, 1:]), z * 300, hot)
loss("sigmoid, soft targets", lambda z: F.binary_cross_entropy_with_logits(z, soft[:, 1:]), z, soft)
loss("sigmoid, weighted and smoothed", binary(hot, 0.1, weights), z, hot, 0.1, weights)

# Later cases come last, so that the values above stay what they were.
case("MaxPool 3x2 uneven", lambda x: F.max_pool2d(F.pad(x, (0, 1, 1, 0), value=-1e9), (3, 2), (2, 1)), torch.randn(1, 19, 6, 5))
case("AveragePool 3 inside only", lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), torch.randn(1, 19, 5, 6))
case("Flatten channels last", lambda x: x.permute(0, 2, 3, 1).flatten(1), torch.randn(2, 17, 2, 3))
case("Clip", lambda x: x.clamp(-0.5, 2), torch.randn(2, 5, 3, 7) * 2)
case("HardSigmoid", F.hardsigmoid, torch.randn(2, 5, 3, 7) * 3)
case("HardSwish", F.hardswish, torch.randn(2, 5, 3, 7) * 3)
case("SiLU", F.silu, torch.randn(2, 5, 3, 7) * 3)
case("Multiply", lambda a, b: a * b, torch.randn(2, 17, 2, 3), torch.randn(2, 17, 2, 3))
case("Multiply by channel", lambda a, b: a * b[:, :, None, None], torch.randn(2, 19, 3, 3), torch.randn(2, 19))
case("Pad", lambda x: F.pad(x, (0, 3, 1, 2), value=-1.5), torch.randn(2, 5, 3, 4))
case("ChannelShuffle", lambda x: x.view(2, 3, 6, 2, 3).transpose(1, 2).reshape(2, 18, 2, 3), torch.randn(2, 18, 2, 3))
case("ChannelSlice", lambda x: x[:, 2:17], torch.randn(2, 19, 2, 3))
case("Log", lambda x: x.clamp(min=0.5).log(), torch.randn(2, 5, 3, 7) * 2)
case("Upsample 2", lambda x: F.interpolate(x, scale_factor=2, mode="nearest"), torch.randn(2, 19, 3, 4))
case("Upsample 3", lambda x: F.interpolate(x, scale_factor=3, mode="nearest"), torch.randn(1, 5, 2, 3))

with open("layers.json", "w", encoding="utf-8") as file:
    json.dump({"torch": torch.__version__, "layers": layers, "losses": losses}, file, indent=1, ensure_ascii=False)
    file.write("\n")
