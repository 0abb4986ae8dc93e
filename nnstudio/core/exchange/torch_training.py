"""Losses, optimizers and schedules as PyTorch source."""

from __future__ import annotations

from typing import Any

from nnstudio.core.exchange.python_text import Code, call
from nnstudio.core.exchange.trained import Trained
from nnstudio.core.setup import Setup

_CLASSES = '''def loss_function(output, target):
    """The mean loss of a batch; targets are class numbers (n, 1)."""
    target = target[:, 0].long()
'''
_NUMBERS = '''def loss_function(output, target):
    """The mean loss of a batch; targets are numbers of the output's shape."""
'''


def loss_source(model: Trained) -> str:
    """A function ``loss_function(output, target)``."""
    setup, loss = model.setup, model.setup.training.loss
    kind = loss.type_name if loss is not None else "MSE.v1"
    outputs = model.lowered.output_shape[-1]
    last = setup.network.output.layer
    ends_in = getattr(last, "activation", getattr(last, "name", "linear"))
    binary = outputs == 1
    spec: Any = loss.prepared(model.data) if loss is not None else None
    if kind in ("CrossEntropy.v1", "Focal.v1"):
        ready = ends_in == ("sigmoid" if binary else "softmax")
        if binary:
            lines = ["p = output[:, 0]" if ready else "p = torch.sigmoid(output[:, 0])",
                     "p = torch.stack([1 - p, p], dim=1).clamp(1e-7, 1)",
                     "log_p = p.log()"]  # fmt: skip
        elif ready:
            lines = ["log_p = output.clamp(min=1e-7).log()"]
        else:
            lines = ["log_p = F.log_softmax(output, dim=1)"]
        lines.append("own = log_p.gather(1, target[:, None])[:, 0]")
        if kind == "Focal.v1":
            lines.append(f"return -((1 - own.exp()) ** {spec.gamma!r} * own).mean()")
            return _CLASSES + _indented(lines)
        if spec.label_smoothing:
            share = spec.label_smoothing
            lines.append(f"own = {1 - share!r} * own + {share!r} * log_p.mean(dim=1)")
        if spec.class_weights.strip():
            lines.append(f"weights = torch.tensor([{spec.class_weights}], device=output.device)")
            lines.append("own = weights[target] * own")
        return _CLASSES + _indented([*lines, "return -own.mean()"])
    if kind in ("Hinge.v1", "SquaredHinge.v1"):
        lines = [
            f"goal = 2.0 * F.one_hot(target, {max(2, outputs)}) - 1.0",
            *(["goal = goal[:, 1:]"] if binary else []),
            f"score = {'2 * output - 1' if ends_in in ('sigmoid', 'softmax') else 'output'}",
            "gap = (1 - goal * score).clamp(min=0)",
            f"return gap{'.square()' if kind.startswith('Squared') else ''}.mean()",
        ]
        return _CLASSES + _indented(lines)
    bodies = {
        "MAE.v1": "(output - target).abs().mean()",
        "LogCosh.v1": "(d + F.softplus(-2 * d) - 0.6931471805599453).mean()",
        "KLDivergence.v1": "(target * (target.clamp(min=1.2e-38).log() - log_p)).sum(1).mean()",
    }
    lines = []
    if model.classes and kind in ("MSE.v1", "KLDivergence.v1"):
        lines.append(
            "target = target.float()" if binary
            else f"target = F.one_hot(target[:, 0].long(), {outputs}).float()"
        )  # fmt: skip
    if kind == "LogCosh.v1":
        lines.append("d = (output - target).abs()")
    if kind == "KLDivergence.v1":
        if binary:
            lines += ["target = torch.cat([1 - target, target], 1)",
                      f"p = {'output' if ends_in == 'sigmoid' else 'torch.sigmoid(output)'}",
                      "log_p = torch.cat([1 - p, p], 1).clamp(min=1.2e-38).log()"]  # fmt: skip
        elif ends_in == "softmax":
            lines.append("log_p = output.clamp(min=1.2e-38).log()")
        else:
            lines.append("log_p = F.log_softmax(output, dim=1)")
    body = bodies.get(kind, "F.mse_loss(output, target)")
    if kind == "Huber.v1":
        body = f"F.huber_loss(output, target, delta={spec.delta!r})"
    if kind == "Poisson.v1":
        logarithm = spec.log_output
        lines += [] if logarithm else ["output = output.clamp(min=1e-7)"]
        body = "F.poisson_nll_loss(output, target)"
        body = body if logarithm else "(output - target * output.log()).mean()"
    return _NUMBERS + _indented([*lines, f"return {body}"])


def _indented(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)


_LION = '''class Lion(torch.optim.Optimizer):
    """Steps of equal size along the sign of a mean gradient (Chen et al. 2023)."""

    def __init__(self, params, lr, betas, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        """One step."""
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for w in group["params"]:
                if w.grad is None:
                    continue
                mean = self.state[w].setdefault("mean", torch.zeros_like(w))
                course = beta1 * mean + (1 - beta1) * w.grad
                w.mul_(1 - group["lr"] * group["weight_decay"])
                w.sub_(group["lr"] * course.sign())
                mean.lerp_(w.grad, 1 - beta2)


'''


def optimizer_source(setup: Setup) -> tuple[str, str]:
    """A class that PyTorch lacks (or nothing), and the call that makes the optimizer of
    ``groups``."""
    training = setup.training
    spec: Any = training.optimizer
    kind = spec.type_name.split(".")[0] if spec is not None else "SGD"
    lr = training.learning_rate
    named: dict[str, Any] = {"lr": lr}
    if hasattr(spec, "beta1"):
        named["betas"] = (spec.beta1, spec.beta2)
    if hasattr(spec, "epsilon"):
        named["eps"] = spec.epsilon
    match kind:
        case "Adam":
            named["amsgrad"] = spec.amsgrad
        case "AdamW":
            named["weight_decay"] = spec.weight_decay
        case "Nadam":
            kind = "NAdam"
        case "RMSprop":
            named |= {"alpha": spec.rho, "momentum": spec.momentum, "centered": spec.centred}
        case "Adadelta":
            named["rho"] = spec.rho
        case "Rprop":
            named |= {"etas": (spec.shrinkage, spec.growth), "step_sizes": (spec.least, spec.most)}
        case "Lion":
            named["weight_decay"] = spec.weight_decay
            return _LION, call("Lion", Code("groups"), **named)
        case "SGD":
            if spec is not None and spec.momentum:
                named |= {"momentum": spec.momentum, "nesterov": spec.nesterov}
        case "GradientDescent":
            kind = "SGD"
    return "", call(f"torch.optim.{kind}", Code("groups"), **named)


def schedule_source(setup: Setup, steps: int) -> str:
    """A function ``rate_factor(step)``; ``steps`` are those of the whole run."""
    schedule: Any = setup.training.schedule
    kind = schedule.type_name if schedule is not None else ""
    head = 'def rate_factor(step):\n    """The learning rate at a step, as a share of it."""\n'
    match kind:
        case "Exponential.v1":
            body = f"return {schedule.factor!r} ** (step / {schedule.every})"
        case "Step.v1":
            body = f"return {schedule.factor!r} ** (step // {schedule.every})"
        case "Polynomial.v1":
            length = schedule.steps or steps
            body = (f"left = 1 - min(step / {length}, 1.0)\n"
                    f"    return {schedule.end!r} + {1 - schedule.end!r} * left ** "
                    f"{schedule.power!r}")  # fmt: skip
        case "Cosine.v1":
            period = schedule.period or steps
            place = f"step % {period}" if schedule.period else f"min(step, {period})"
            body = (f"place = {place} / {period}\n    return {schedule.end!r} + "
                    f"{1 - schedule.end!r} * 0.5 * (1 + math.cos(math.pi * place))")  # fmt: skip
            if schedule.period and schedule.multiplier > 1:
                body = (f"period = {period}\n    while step >= period:\n        step -= period\n"
                        f"        period *= {schedule.multiplier}\n    return {schedule.end!r} + "
                        f"{1 - schedule.end!r} * 0.5 * (1 + math.cos(math.pi * step / period))"
                        )  # fmt: skip
        case "LinearWarmup.v1":
            body = f"return min((step + 1) / {schedule.steps}, 1.0)"
            if schedule.then != "constant" and steps > schedule.steps:
                rest = steps - schedule.steps
                fall = "1 - place" if schedule.then == "linear" else (
                    "0.5 * (1 + math.cos(math.pi * place))")  # fmt: skip
                body = (f"if step < {schedule.steps}:\n        return (step + 1) / "
                        f"{schedule.steps}\n    place = min((step - {schedule.steps}) / {rest}, "
                        f"1.0)\n    return {fall}")  # fmt: skip
        case "OneCycle.v1":
            length = schedule.steps or steps
            body = (f"place = min(step / {length}, 1.0)\n    if place < {schedule.rise!r}:\n"
                    f"        up = 0.5 * (1 - math.cos(math.pi * place / {schedule.rise!r}))\n"
                    f"        return {schedule.first!r} + {1 - schedule.first!r} * up\n"
                    f"    down = 0.5 * (1 + math.cos(math.pi * (place - {schedule.rise!r}) / "
                    f"{1 - schedule.rise!r}))\n    return {schedule.end!r} + "
                    f"{1 - schedule.end!r} * down")  # fmt: skip
        case _:
            body = "return 1.0"
    return f"{head}    {body}\n"
