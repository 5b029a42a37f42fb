"""Writes distillation.json: values and derivatives of the distillation loss by PyTorch. Needs torch; run it in this folder."""
import json

import torch
import torch.nn.functional as F

torch.manual_seed(20150309)
BATCH = 4
cases = {}


def case(name, classes, logits, teacher, weight, temperature, smoothing=0.0, weights=None):
    """A head of one logit z is that of two logits, 0 and z."""
    targets = torch.arange(BATCH) % classes
    hot = F.one_hot(targets, classes).float()
    logits = logits.float().double().requires_grad_()
    teacher = teacher.float().double()  # as the engine has them
    z = logits if logits.shape[1] == classes else torch.cat([torch.zeros_like(logits), logits], 1)
    hard = F.cross_entropy(z, targets, None if weights is None else torch.tensor(weights).double(), label_smoothing=smoothing)
    taught = (teacher.log() / temperature).softmax(1)
    soft = F.kl_div((z / temperature).log_softmax(1), taught, reduction="batchmean") * temperature ** 2
    loss = (1 - weight) * hard + weight * soft
    loss.backward()
    cases[name] = {
        "classes": classes, "weight": weight, "temperature": temperature, "labelSmoothing": smoothing, "classWeights": weights,
        "logits": logits.detach().flatten().tolist(), "teachers": teacher.flatten().tolist(), "targets": hot.flatten().tolist(),
        "loss": loss.item(), "gradient": logits.grad.flatten().tolist(),
    }


logits, teacher = torch.randn(BATCH, 7) * 2, (torch.randn(BATCH, 7) * 3).softmax(1)
case("softmax, the teacher alone", 7, logits, teacher, 1.0, 1.0)
case("softmax, warm", 7, logits, teacher, 0.7, 4.0)
case("softmax, cold, smoothed and weighted", 7, logits, teacher, 0.3, 0.5, 0.1, [1.0, 2.0, 0.5, 1.0, 3.0, 1.0, 0.25])
certain = teacher.clone()
certain[0] = F.one_hot(torch.tensor(3), 7)
case("softmax, a teacher without doubt", 7, logits, certain, 0.5, 2.0)
case("softmax, huge logits", 7, logits * 300, teacher, 0.5, 2.0)
one, two = torch.randn(BATCH, 1) * 2, (torch.randn(BATCH, 2) * 3).softmax(1)
case("sigmoid, the teacher alone", 2, one, two, 1.0, 1.0)
case("sigmoid, warm", 2, one, two, 0.7, 4.0)
case("sigmoid, smoothed", 2, one, two, 0.4, 2.0, 0.1)

with open("distillation.json", "w") as file:
    json.dump({"torch": torch.__version__, "cases": cases}, file, indent=1)
    file.write("\n")
