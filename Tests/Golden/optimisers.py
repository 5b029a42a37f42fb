"""Weights after 20 steps of PyTorch's optimisers on fixed gradients: python3 optimisers.py > optimisers.json"""
import json, torch
w0 = [0.5, -1.25, 2.0, 0.1, -0.3, 0.7, 1.1, -0.9, 0.05, 3.0, -2.0]
grad = lambda t: [((i * 7 + t * 3) % 11 - 5) / 10 for i in range(len(w0))]
makers = {
    "sgd": lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, 0.05, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.01),
    "radam": lambda p: torch.optim.RAdam(p, 0.05, weight_decay=0.01),
}
out = {}
for name, make in makers.items():
    p = torch.nn.Parameter(torch.tensor(w0))
    opt = make([p])
    for t in range(20):
        p.grad = torch.tensor(grad(t))
        opt.step()
    out[name] = p.detach().tolist()
print(json.dumps(out))
