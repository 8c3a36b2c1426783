"""Writes src/test/resources/torch/teacher.json: what PyTorch 2.15 makes of a student with a teacher.

Run from repvgg-train: python3 src/test/python/teacher_fixtures.py

The loss is put together of torch.nn.functional's cross_entropy and kl_div as arXiv 1503.02531 (section 2)
has it; gradients are autograd's. All in float64.
"""
import json
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
OUT = "src/test/resources/torch/teacher.json"
STEPS = 100


def matrix(rows, columns, scale, phase):
    return torch.tensor([[scale * math.sin(phase + 1.3 * i * columns + 0.7 * j * j + j) for j in range(columns)]
                         for i in range(rows)])


def labels(rows, classes, smoothing):
    hard = F.one_hot(torch.arange(rows) % classes, classes).to(torch.float64)
    return hard * (1 - smoothing) + smoothing / classes


def loss(student, teacher, targets, weight, temperature):
    hard = F.cross_entropy(student, targets)
    soft = F.kl_div(F.log_softmax(student / temperature, 1), F.log_softmax(teacher / temperature, 1),
                    reduction="batchmean", log_target=True)
    return (1 - weight) * hard + weight * temperature**2 * soft


def value(weight, temperature, smoothing, sharpness):
    student = matrix(5, 4, 3, 0.2).requires_grad_()
    teacher = matrix(5, 4, sharpness, 1.1)
    total = loss(student, teacher, labels(5, 4, smoothing), weight, temperature)
    total.backward()
    return {
        "weight": weight, "temperature": temperature,
        "student": student.tolist(), "teacher": teacher.tolist(), "labels": labels(5, 4, smoothing).tolist(),
        "loss": total.item(),
        "gradient": (student.grad * 5).tolist(),  # of the sum over the batch
    }


def steps(weight, temperature):
    """A linear student, SGD with Nesterov's momentum and weight decay of W."""
    w = torch.tensor([[math.sin(1.0 + 3 * i + o) for i in range(4)] for o in range(3)], requires_grad=True)
    b = torch.zeros(3, requires_grad=True)
    x = torch.tensor([[2 * math.cos(1.0 + 4 * n + i) for i in range(4)] for n in range(3)])
    teacher = matrix(3, 3, 4, 0.5)
    optimizer = torch.optim.SGD([{"params": [w], "weight_decay": 0.01}, {"params": [b]}],
                                lr=0.05, momentum=0.9, nesterov=True)
    kept = []
    for t in range(STEPS):
        optimizer.zero_grad()
        total = loss(x @ w.T + b, teacher, labels(3, 3, 0.1), weight, temperature)
        total.backward()
        optimizer.step()
        if (t + 1) % 20 == 0:
            kept.append({"loss": total.item(), "W": w.tolist(), "b": b.tolist()})
    return {"weight": weight, "temperature": temperature, "teacher": teacher.tolist(), "kept": kept}


json.dump(
    {
        "values": [
            value(0.9, 4, 0, 5),
            value(0.5, 1, 0.1, 5),
            value(1, 2, 0, 900),  # so sure that probabilities are 0 in float64
            value(0.3, 20, 0.1, 1),
        ],
        "steps": [steps(0.9, 4), steps(0.5, 1)],
    },
    open(OUT, "w"),
)
