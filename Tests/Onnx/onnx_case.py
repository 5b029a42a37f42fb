"""What torchvision-export.py and operators-export.py share: weights that nothing hides behind, and the files of a case."""
import copy
import json
import os
import warnings

import torch
from torch import nn

warnings.filterwarnings("ignore")  # torch.jit.TracerWarning: the models' own size checks

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def randomise(model, x, seed):
    """Random scales, shifts, biases and batch-norm statistics.

    The statistics are those of x at each layer, disturbed before the next layer sees them: deep networks neither die nor burst.
    """
    torch.manual_seed(seed)

    def calibrate(norm, inputs):
        across = [d for d in range(inputs[0].dim()) if d != 1]
        norm.running_mean = inputs[0].mean(across)
        norm.running_var = inputs[0].var(across) + 0.01
        norm.running_mean += 0.3 * torch.randn_like(norm.running_mean) * norm.running_var.sqrt()
        norm.running_var *= torch.empty_like(norm.running_var).uniform_(0.6, 1.6)

    hooks = []
    for m in model.modules():
        if isinstance(m, NORMS):
            if m.affine:
                nn.init.uniform_(m.weight, 0.5, 1.5)
                nn.init.normal_(m.bias, 0, 0.3)
            hooks.append(m.register_forward_pre_hook(calibrate))
        elif isinstance(m, (nn.Conv2d, nn.Linear)) and m.bias is not None:
            nn.init.normal_(m.bias, 0, 0.1)
    model.eval()
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    return model


def write_case(folder, name, model, x, opset, any_batch=False, any_size=False, channels_last=False, prepare=None, probabilities=False, exact=False, features=False, **options):
    """FOLDER/NAME/{model.onnx, input.f32, expected.f32, case.json}: the graph, what goes in and what PyTorch says must come out.

    With exact, what must come out is computed in double precision: PyTorch's own rounding is not part of it.
    With features, a map [N, C, H, W] that the graph ends in is expected as its mean over the places.
    "spread" in case.json is how far the outputs move between inputs: an error is small only against that.
    """
    place = os.path.join(folder, name)
    os.makedirs(place)
    axes = ({0: "N"} if any_batch else {}) | ({2: "H", 3: "W"} if any_size else {})
    with torch.no_grad():
        def read(v):
            return v.mean((2, 3)) if features and v.dim() == 4 else v

        y = read(copy.deepcopy(model).double()(x.double()).float() if exact else model(x))
        other = torch.randn(x.shape, generator=torch.Generator().manual_seed(1_000_000))
        spread = (read(model(other)) - y).abs().max().item()
        if prepare:  # between the expected scores and the export
            prepare(model)
        torch.onnx.export(model, x, os.path.join(place, "model.onnx"), opset_version=opset, input_names=["x"], output_names=["y"],
                          dynamic_axes={"x": axes, "y": {0: "N"} if any_batch else {}} if axes else None, **options)
    if not 0.01 < spread < 100:
        raise ValueError(f"{name}: outputs that move by {spread} between inputs would hide an error")
    x.contiguous().numpy().astype("<f4").tofile(os.path.join(place, "input.f32"))
    y.contiguous().numpy().astype("<f4").tofile(os.path.join(place, "expected.f32"))
    facts = {"input": list(x.shape), "output": list(y.shape), "spread": spread, "anySize": any_size, "channelsLast": channels_last, "probabilities": probabilities, "exact": exact}
    with open(os.path.join(place, "case.json"), "w") as f:
        json.dump(facts, f)


def write_refused(folder, name, model, x, opset, operators):
    """FOLDER/NAME/{model.onnx, refusal.json}: a graph that must be refused by naming one of the operators."""
    place = os.path.join(folder, name)
    os.makedirs(place)
    with torch.no_grad():
        torch.onnx.export(model, x, os.path.join(place, "model.onnx"), opset_version=opset, input_names=["x"], output_names=["y"])
    with open(os.path.join(place, "refusal.json"), "w") as f:
        json.dump({"operators": operators, "opset": opset}, f)
