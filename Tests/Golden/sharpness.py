"""Writes sharpness.json: torchvision's adjust_sharpness on float images. Needs torch and torchvision; run it in this folder."""
import json

import torch
from torchvision.transforms.functional import adjust_sharpness

torch.manual_seed(7)
cases = []
for height, width, channels, factor in [(9, 21, 1, 0.0), (9, 21, 1, 0.5), (7, 13, 3, 1.7), (12, 40, 1, 2.0), (3, 3, 1, 0.3), (2, 5, 1, 0.0), (5, 2, 3, 2.0)]:
    image = torch.randint(0, 256, (channels, height, width))
    result = adjust_sharpness(image.double() / 255, factor) * 255
    cases.append({
        "width": width,
        "channels": channels,
        "factor": factor,
        "image": image.permute(1, 2, 0).flatten().tolist(),
        "expected": [round(v, 4) for v in result.permute(1, 2, 0).flatten().tolist()],
    })
with open("sharpness.json", "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
