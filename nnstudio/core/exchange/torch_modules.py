"""Operations as PyTorch writes them: the module that holds the weights, and the call of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nnstudio.core import ops
from nnstudio.core.exchange.python_text import Code, call
from nnstudio.core.lowering import FIRST, Step, channel_first
from nnstudio.core.text import StudioError, mark

#: Activations by their function in PyTorch; ``{x}`` is the value.
FUNCTIONS = {
    "relu": "F.relu({x})", "sigmoid": "torch.sigmoid({x})", "tanh": "torch.tanh({x})",
    "softmax": "torch.softmax({x}, dim=-1)", "softplus": "F.softplus({x})",
    "softsign": "F.softsign({x})", "sine": "torch.sin({x})", "gelu": "F.gelu({x})",
    "silu": "F.silu({x})", "mish": "F.mish({x})", "selu": "F.selu({x})",
    "hard_sigmoid": "F.hardsigmoid({x})", "hard_swish": "F.hardswish({x})",
    "leaky_relu": "F.leaky_relu({x}, {slope})", "elu": "F.elu({x}, {alpha})",
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A step in PyTorch: ``module`` (empty: none) makes what holds its weights, ``text`` computes
    it. ``turned`` are the axes of each stored weight in PyTorch's order, ``names`` what PyTorch
    calls parameters."""

    text: str
    module: str = ""
    turned: dict[str, tuple[int, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def write(step: Step, x: list[str], name: str, layout: str) -> Written:
    """A step on values ``x``; ``name`` is that of its module."""
    op = step.op
    own = f"self.{name}"
    plain = Code(x[0])
    match op:
        case ops.Product():
            module = call("nn.Linear", step.shapes[0][0], step.shape[0], bias=op.bias)
            return Written(f"{own}({x[0]})", module, {"weight": (1, 0)})
        case ops.Convolution():
            return _convolution(step, op, x[0], own)
        case ops.TransposedConvolution():
            return _transposed(step, op, x[0], own)
        case ops.Pool():
            return Written(_pool(op, x[0], len(step.shape) - 1))
        case ops.GlobalPool():
            axes = tuple(range(2, len(step.shapes[0]) + 1))
            text = f"{x[0]}.amax({axes})" if op.how == "max" else f"{x[0]}.mean({axes})"
            return Written(text)
        case ops.ChannelNorm():
            return _channel_norm(step, op, x[0], own, layout)
        case ops.ExampleNorm():
            shape = step.shape[-op.axes :]
            module = call("nn.LayerNorm", shape, eps=op.epsilon)
            return Written(f"{own}({x[0]})", module, names={"scale": "weight", "shift": "bias"})
        case ops.Activate():
            if op.name not in FUNCTIONS:
                raise StudioError(mark("The activation “{name}” has no counterpart in this format. "
                                       "Choose another."), name=op.name)  # fmt: skip
            return Written(FUNCTIONS[op.name].format(x=x[0], **op.settings))
        case ops.Slope():
            module = call("nn.PReLU", step.shape[-1], init=0.0)
            turned = x[0] if layout == FIRST or len(step.shape) == 1 else f"{x[0]}.movedim(-1, 1)"
            text = f"{own}({turned})"
            if turned != x[0]:
                text += ".movedim(1, -1)"
            return Written(text, module, names={"slope": "weight"})
        case ops.Combine(how="product"):
            return Written(" * ".join(x))
        case ops.Combine(how="mean"):
            return Written(f"({' + '.join(x)}) / {len(x)}")
        case ops.Combine():
            return Written(" + ".join(x))
        case ops.Join():
            count = len(step.shape)
            axis = channel_first(op.axis, count) if layout == FIRST else op.axis
            return Written(f"torch.cat([{', '.join(x)}], dim={axis + 1})")
        case ops.Reshape():
            return Written(f"{x[0]}.reshape(-1, {', '.join(map(str, op.shape))})")
        case ops.Transpose():
            order = ", ".join(str(axis + 1) for axis in op.order)
            return Written(f"{x[0]}.permute(0, {order})")
        case ops.Pad():
            (top, left), (bottom, right) = op.before, op.after
            return Written(call("F.pad", plain, (left, right, top, bottom)))
        case ops.Enlarge():
            how: dict[str, Any] = {"mode": "nearest"}
            if op.smooth:
                how = {"mode": "bilinear", "align_corners": False}
            factors = tuple(map(float, op.factors))
            return Written(call("F.interpolate", plain, scale_factor=factors, **how))
        case ops.Noise(how="gaussian"):
            noise = f"{op.amount!r} * torch.randn_like({x[0]})"
            return Written(f"{x[0]} + {noise} if self.training else {x[0]}")
        case ops.Noise():
            if op.how == "channels" and layout == FIRST:
                return Written(f"F.dropout2d({x[0]}, {op.amount!r}, self.training)")
            if op.how == "channels":
                turned = f"{x[0]}.permute(0, 3, 1, 2)"
                return Written(
                    f"F.dropout2d({turned}, {op.amount!r}, self.training).permute(0, 2, 3, 1)"
                )
            return Written(f"F.dropout({x[0]}, {op.amount!r}, self.training)")
    raise StudioError(mark("{layer} has no counterpart in this format. Take it out, or save a "
                           "project."), layer=type(op).__name__)  # fmt: skip


def _sizes(values: tuple[int, ...]) -> Any:
    return values[0] if len(set(values)) == 1 else values


def _padded(x: str, before: tuple[int, ...], after: tuple[int, ...], value: str = "") -> str:
    """The value with a frame; as it is where the frame is empty."""
    if not any(before) and not any(after):
        return x
    frame = [size for pair in reversed(list(zip(before, after, strict=True))) for size in pair]
    return f"F.pad({x}, {tuple(frame)}{value})"


def _convolution(step: Step, op: ops.Convolution, x: str, own: str) -> Written:
    axes = len(op.kernel)
    named: dict[str, Any] = {}
    if set(op.stride) != {1}:
        named["stride"] = _sizes(op.stride)
    if op.before == op.after:
        if any(op.before):
            named["padding"] = _sizes(op.before)
    else:
        x = _padded(x, op.before, op.after)
    if set(op.dilation) != {1}:
        named["dilation"] = _sizes(op.dilation)
    if op.groups != 1:
        named["groups"] = op.groups
    if not op.bias:
        named["bias"] = False
    channels = step.shapes[0][-1]
    kernel = _sizes(op.kernel)
    module = call(f"nn.Conv{axes}d", channels, step.shape[-1], kernel, **named)
    order = (axes + 1, axes, *range(axes))
    if step.kept_shape != op.weight_shape:
        order = (2, 3, 0, 1)  # depthwise: stored by channel and multiplier
    return Written(f"{own}({x})", module, {"weight": order})


def _transposed(step: Step, op: ops.TransposedConvolution, x: str, own: str) -> Written:
    named: dict[str, Any] = {}
    if set(op.stride) != {1}:
        named["stride"] = _sizes(op.stride)
    if set(op.dilation) != {1}:
        named["dilation"] = _sizes(op.dilation)
    if not op.bias:
        named["bias"] = False
    extra = tuple(max(0, -size) for size in op.after)
    if any(extra):
        named["output_padding"] = extra
    module = call(
        "nn.ConvTranspose2d", step.shapes[0][-1], step.shape[-1], _sizes(op.kernel), **named
    )
    text = f"{own}({x})"
    if any(op.before) or any(size > 0 for size in op.after):
        ends = [-size if size > 0 else None for size in op.after]
        cut = [f"{b or ''}:{e or ''}" for b, e in zip(op.before, ends, strict=True)]
        text += f"[:, :, {', '.join(cut)}]"
    return Written(text, module, {"weight": (3, 2, 0, 1)})


def _pool(op: ops.Pool, x: str, axes: int) -> str:
    window, stride = _sizes(op.window), _sizes(op.stride)
    name = f"F.{'max' if op.how == 'max' else 'avg'}_pool{axes}d"
    if op.how == "max":
        x = _padded(x, op.before, op.after, ', value=float("-inf")')
        return f"{name}({x}, {window}, {stride})"
    if not any(op.before) and not any(op.after):
        return f"{name}({x}, {window}, {stride})"
    inside = _padded(f"torch.ones_like({x}[:1, :1])", op.before, op.after)
    share = f"{name}({inside}, {window}, {stride})"
    return f"{name}({_padded(x, op.before, op.after)}, {window}, {stride}) / {share}"


def _channel_norm(step: Step, op: ops.ChannelNorm, x: str, own: str, layout: str) -> Written:
    axes = len(step.shape)
    kind = {1: "1d", 2: "1d", 3: "2d"}.get(axes, "3d")
    # PyTorch's momentum is the share of the new statistics.
    momentum = round(1 - op.momentum, 12)
    module = call(f"nn.BatchNorm{kind}", step.shape[-1], eps=op.epsilon, momentum=momentum)
    text = f"{own}({x})"
    if layout != FIRST and axes > 1:
        text = f"{own}({x}.movedim(-1, 1)).movedim(1, -1)"
    names = {"scale": "weight", "shift": "bias", "moving_mean": "running_mean",
             "moving_variance": "running_var"}  # fmt: skip
    return Written(text, module, names=names)
