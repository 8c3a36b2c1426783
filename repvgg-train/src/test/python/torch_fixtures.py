"""Writes src/test/resources/torch: what PyTorch 1.13 makes of the same gradients.

Run from repvgg-train: python3 src/test/python/torch_fixtures.py

The gradient of step t at parameter i is a function of both, written out in gradient(); the Java
tests compute the same. Every 20th step's parameters are kept, as text with 17 digits.
"""
import json
import math

import torch

torch.set_default_dtype(torch.float64)
OUT = "src/test/resources/torch/"
SIZE = 12
STEPS = 200


def initial():
    return torch.tensor([math.sin(1.0 + i) for i in range(SIZE)])


def gradient(p, t):
    """Of a bowl whose centre moves: 2 (p - cos(0.1 t + i)) / (1 + i)."""
    i = torch.arange(SIZE, dtype=torch.float64)
    return 2 * (p - torch.cos(0.1 * t + i)) / (1 + i)


def run(make):
    decayed = torch.nn.Parameter(initial()[: SIZE // 2].clone())
    plain = torch.nn.Parameter(initial()[SIZE // 2 :].clone())
    optimizer = make(decayed, plain)
    kept = []
    for t in range(STEPS):
        g = gradient(torch.cat([decayed.data, plain.data]), t)
        decayed.grad, plain.grad = g[: SIZE // 2].clone(), g[SIZE // 2 :].clone()
        optimizer.step()
        if (t + 1) % 20 == 0:
            kept.append(torch.cat([decayed.data, plain.data]).tolist())
    return kept


def groups(decayed, plain, wd):
    return [{"params": [decayed], "weight_decay": wd}, {"params": [plain], "weight_decay": 0.0}]


def sgd(momentum, nesterov, wd):
    return lambda d, p: torch.optim.SGD(
        groups(d, p, wd), lr=0.05, momentum=momentum, nesterov=nesterov)


def rates(make, base=0.4, total=STEPS):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    scheduler = make(optimizer)
    result = []
    for _ in range(total):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return result


def network(clip=0.0, ema=0.0):
    """Softmax regression of 3 images of 4 numbers, trained by the whole step: the W and b of every
    20th step (their average with ema)."""
    w = torch.nn.Parameter(torch.tensor([[math.sin(1.0 + 3 * i + o) for i in range(4)] for o in range(3)]))
    b = torch.nn.Parameter(torch.zeros(3))
    x = torch.tensor([[2 * math.cos(1.0 + 4 * n + i) for i in range(4)] for n in range(3)])
    optimizer = torch.optim.SGD(groups(w, b, 0.01), lr=0.05, momentum=0.9, nesterov=True)
    average = [w.data.clone(), b.data.clone()]
    kept = []
    for t in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(
            x @ w.T + b, torch.tensor([0, 1, 2]), label_smoothing=0.1)
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_([w, b], clip)
        optimizer.step()
        average = [ema * a + (1 - ema) * p.data for a, p in zip(average, [w, b])]
        if (t + 1) % 20 == 0:
            now = average if ema else [w.data, b.data]
            kept.append({"loss": loss.item(), "W": now[0].tolist(), "b": now[1].tolist()})
    return kept


S = torch.optim.lr_scheduler
json.dump(
    {
        "updates": {
            "sgd": run(sgd(0, False, 0)),
            "momentum": run(sgd(0.9, False, 0.01)),
            "nesterov": run(sgd(0.9, True, 0.01)),
            "adamw": run(lambda d, p: torch.optim.AdamW(
                groups(d, p, 0.05), lr=0.01, betas=(0.9, 0.99), eps=1e-8)),
        },
        "networks": {
            "plain": network(),
            "clipped": network(clip=0.1),
            "average": network(ema=0.97),
        },
        "schedules": {
            "step": rates(lambda o: S.StepLR(o, 30, 0.3)),
            "multistep": rates(lambda o: S.MultiStepLR(o, [20, 50, 120], 0.2)),
            "polynomial": rates(lambda o: S.PolynomialLR(o, STEPS, 2.0)),
            "cosine": rates(lambda o: S.CosineAnnealingLR(o, STEPS, 0.01)),
            "onecycle": rates(lambda o: S.OneCycleLR(o, 0.4, total_steps=STEPS + 1, pct_start=0.3)),
            "warmup": rates(lambda o: S.LambdaLR(o, lambda t: t / 25 if t < 25 else
                            (1 + math.cos(math.pi * t / STEPS)) / 2)),
        },
        "smoothed": {
            "targets": 0.1,
            "loss": torch.nn.CrossEntropyLoss(label_smoothing=0.1)(
                torch.tensor([[0.2, -1.0, 3.0, 0.5], [1.5, 0.1, -0.3, -2.0]]),
                torch.tensor([2, 1])).item(),
        },
    },
    open(OUT + "optim.json", "w"),
)
