"""The temperature of least log loss with PyTorch's L-BFGS, and its log loss and calibration error with NumPy.

    /usr/bin/python3 Tests/Golden/temperature.py > Tests/Golden/temperature.json
"""
import json

import numpy as np
import torch


def calibration_error(p, y, bins=15):
    confidence, predicted = p.max(1), p.argmax(1)
    edges = np.linspace(0, 1, bins + 1)
    error = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += abs((predicted[inside] == y[inside]).mean() - confidence[inside].mean()) * inside.mean()
    return error


def case(classes, count, scale, noise, seed):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, count)
    z = noise * rng.standard_normal((count, classes))
    z[np.arange(count), truth] += 1.5
    z = np.round(scale * z, 3).astype(np.float32)
    logits, target = torch.tensor(z, dtype=torch.float64), torch.tensor(truth)
    beta = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([beta], lr=0.5, max_iter=2000, tolerance_grad=1e-14, tolerance_change=1e-16, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(beta * logits, target)
        loss.backward()
        return loss

    optimiser.step(closure)
    b = float(beta)
    p = torch.softmax(b * logits, 1).numpy()
    return {
        "classes": classes, "logits": [round(float(v), 3) for v in z.ravel()], "truth": truth.tolist(), "temperature": 1 / b,
        "logLoss": float(torch.nn.functional.cross_entropy(b * logits, target)), "error": calibration_error(p, truth),
    }


print(json.dumps([case(3, 300, 4.0, 1.0, 1), case(7, 400, 0.3, 1.2, 2), case(2, 250, 2.5, 1.6, 3)]))
