"""Writes src/test/resources/torch/onnx-teacher*: small classifiers as PyTorch exports them, and their answers.

Run from repvgg-train: python3 src/test/python/onnx_teacher_fixtures.py (written by PyTorch 1.13, ONNX 1.12)

The images are value(i) = sin(0.37 i) of C order, so that nothing of them need be kept.
"""
import json

import torch
from torch import nn

OUT = "src/test/resources/torch/onnx-teacher"
OPSET = 13


def images(count, side):
    flat = torch.sin(0.37 * torch.arange(count * 3 * side * side, dtype=torch.float64))
    return flat.reshape(count, 3, side, side).float()


class Classifier(nn.Module):
    def __init__(self, end):
        super().__init__()
        torch.manual_seed(3)
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
        self.body[-1].weight.data *= 8  # so that it has opinions
        self.end = end

    def forward(self, x):
        return self.end(self.body(x))


class Floats(nn.Module):
    def forward(self, x):
        return x.float() / 255


def write(name, end, batch, dynamic=(), start=nn.Identity(), dtype=torch.float32):
    model = nn.Sequential(start, Classifier(end)).eval()
    open_axes = {axis: name for axis, name in {0: "N", 2: "H", 3: "W"}.items() if axis in dynamic}
    torch.onnx.export(model, images(batch, 16).to(dtype), f"{OUT}-{name}.onnx", opset_version=OPSET, input_names=["pixels"],
                      dynamic_axes={"pixels": open_axes} if dynamic else None)
    return model


plain = write("open", nn.Identity(), 1, (0, 2, 3))
write("batch2-softmax", nn.Softmax(1), 2)
write("sigmoid", nn.Sigmoid(), 1, (0,))
write("two-outputs", lambda y: (y, y.sum(1)), 1, (0,))
write("bytes", nn.Identity(), 1, (0,), Floats(), torch.uint8)
with torch.no_grad():
    answers = {str(side): plain.double()(images(5, side).double()).tolist() for side in (12, 16)}
with open(f"{OUT}.json", "w") as out:
    json.dump(answers, out)
