"""Writes src/test/resources/torch/recipe.json: what PyTorch 2.15 makes of the parts of a recipe that
torch_fixtures.py does not know: Muon, Lookahead, the triangular schedule, whitening, dirac.

Run from repvgg-train: python3 src/test/python/recipe_fixtures.py

Gradients are functions of parameters and step, as in torch_fixtures.py; the Java tests compute the
same. Written from the published definitions: KellerJordan/Muon, KellerJordan/cifar10-airbench,
arXiv 1907.08610. torch.optim.Muon is a second judge; its Newton-Schulz, which asks for bfloat16, is
left in float64 here.
"""
import json
import math

import torch

torch.set_default_dtype(torch.float64)
OUT = "src/test/resources/torch/recipe.json"
STEPS = 60
SHAPES = [(4, 2, 3, 1), (9, 1, 2, 2)]  # kernels; 9 x 4 is higher than wide
REST = 5


def initial(n):
    return torch.tensor([math.sin(1.0 + i) for i in range(n)])


def bowl(p, t):
    """As gradient() of torch_fixtures.py, less steep in the later parameters."""
    i = torch.arange(len(p), dtype=torch.float64)
    return 2 * (p - torch.cos(0.1 * t + i)) / (1 + 0.1 * i)


def newton_schulz(x, steps):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = x / (torch.linalg.norm(x) + 1e-7)
    high = x.shape[0] > x.shape[1]
    x = x.T if high else x
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if high else x


class Muon:
    """Kernels by Muon, the rest by an optimizer of torch.optim."""

    def __init__(self, momentum, nesterov, steps, decay, unit, lr, rest):
        self.momentum, self.nesterov, self.steps = momentum, nesterov, steps
        self.decay, self.unit, self.lr = decay, unit, lr
        sizes = [math.prod(s) for s in SHAPES] + [REST]
        parts = torch.split(initial(sum(sizes)), sizes)
        self.kernels = [p.clone().reshape(s[0], -1) for p, s in zip(parts, SHAPES)]
        self.velocity = [torch.zeros_like(k) for k in self.kernels]
        self.rest = torch.nn.Parameter(parts[-1].clone())
        self.optimizer = rest(self.rest)

    def all(self):
        return torch.cat([k.reshape(-1) for k in self.kernels] + [self.rest.data])

    def step(self, gradient):
        sizes = [k.numel() for k in self.kernels] + [REST]
        parts = torch.split(gradient, sizes)
        for k, v, g in zip(self.kernels, self.velocity, parts):
            g = g.reshape(k.shape)
            v.mul_(self.momentum).add_(g)
            u = newton_schulz(g + self.momentum * v if self.nesterov else v, self.steps)
            if self.unit:
                k.mul_(math.sqrt(len(k)) / k.norm())
            k.mul_(1 - self.lr * self.decay)
            k.sub_(self.lr * math.sqrt(max(1, k.shape[0] / k.shape[1])) * u)
        self.rest.grad = parts[-1].clone()
        self.optimizer.step()


def muon(**options):
    run = Muon(**options)
    kept = []
    for t in range(STEPS):
        run.step(bowl(run.all(), t))
        if (t + 1) % 20 == 0:
            kept.append(run.all().tolist())
    return kept


def torch_muon():
    """torch.optim.Muon itself on the same two matrices, each of its first five steps."""
    sizes = [math.prod(s) for s in SHAPES]
    parts = torch.split(initial(sum(sizes)), sizes)
    kernels = [torch.nn.Parameter(p.clone().reshape(s[0], -1)) for p, s in zip(parts, SHAPES)]
    optimizer = torch.optim.Muon(
        kernels, lr=0.05, weight_decay=0.1, momentum=0.95, nesterov=True, ns_steps=5,
        adjust_lr_fn="original")
    kept = []
    rounding, torch.bfloat16 = torch.bfloat16, torch.float64
    for t in range(5):
        flat = torch.cat([k.data.reshape(-1) for k in kernels])
        for k, g in zip(kernels, torch.split(bowl(flat, t), sizes)):
            k.grad = g.reshape(k.shape).clone()
        optimizer.step()
        kept.append(torch.cat([k.data.reshape(-1) for k in kernels]).tolist())
    torch.bfloat16 = rounding
    return kept


def lookahead(every, alpha, power, start, total):
    """Fast and slow weights of SGD with momentum, after every tenth step."""
    p = torch.nn.Parameter(initial(12))
    optimizer = torch.optim.SGD([p], lr=0.05, momentum=0.9)
    slow = p.data.clone()
    kept = []
    for t in range(1, total + 1):
        p.grad = bowl(p.data, t - 1)
        optimizer.step()
        if t <= start:
            slow = p.data.clone()
        elif t % every == 0:
            slow.lerp_(p.data, 1 - (1 - alpha) * (t / total) ** power)
            p.data.copy_(slow)
        if t % 10 == 0:
            kept.append({"fast": p.data.tolist(), "slow": slow.tolist()})
    return kept


def triangle(rate, total, start, peak, end):
    """Between three points, by lines."""
    top = int(peak * total)
    def share(t):
        if t < top:
            return start + (1 - start) * t / top
        return 1 + (end - 1) * (t - top) / (total - top)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    rates = []
    for _ in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def whitening(patch, epsilon):
    """Eigenvalues and filters, largest first, of the patches of four images of 3 x 6 x 7."""
    n = torch.arange(4 * 3 * 6 * 7, dtype=torch.float64)
    images = torch.sin(0.7 * n + 0.01 * n * n).reshape(4, 3, 6, 7)
    patches = images.unfold(2, patch, 1).unfold(3, patch, 1)
    patches = patches.permute(0, 2, 3, 1, 4, 5).reshape(-1, 3 * patch * patch)
    values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
    filters = (vectors / torch.sqrt(values + epsilon)).T.flip(0)
    return {"values": values.flip(0).tolist(), "filters": filters.tolist()}


def dirac(out, inputs):
    w = torch.full((out, inputs, 3, 3), 0.25)
    torch.nn.init.dirac_(w[:inputs])
    return w.reshape(-1).tolist()


def sgd(lr, momentum, nesterov):
    return lambda p: torch.optim.SGD([p], lr=lr, momentum=momentum, nesterov=nesterov)


json.dump(
    {
        "muon": {
            "nesterov": muon(momentum=0.95, nesterov=True, steps=5, decay=0.1, unit=False, lr=0.05,
                             rest=sgd(0.01, 0.9, True)),
            "plain": muon(momentum=0.8, nesterov=False, steps=3, decay=0, unit=False, lr=0.02,
                          rest=sgd(0.004, 0, False)),
            "airbench": muon(momentum=0.6, nesterov=True, steps=3, decay=0, unit=True, lr=0.04,
                             rest=sgd(0.008, 0.85, True)),
            "adamw": muon(momentum=0.95, nesterov=True, steps=5, decay=0, unit=False, lr=0.02,
                          rest=lambda p: torch.optim.AdamW(
                              [p], lr=0.02 * 0.015, betas=(0.9, 0.95), eps=1e-10, weight_decay=0)),
        },
        "torchMuon": torch_muon(),
        "lookahead": {
            "paper": lookahead(5, 0.5, 0, 0, 60),
            "airbench": lookahead(5, 1 - 0.95**5, 3, 20, 60),
        },
        "triangle": triangle(0.4, 200, 0.2, 0.23, 0.07),
        "whitening": {"2": whitening(2, 5e-4), "3": whitening(3, 5e-4)},
        "dirac": {"wide": dirac(5, 2), "narrow": dirac(2, 3)},
    },
    open(OUT, "w"),
)
