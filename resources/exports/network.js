"use strict";
// The operations of a network in plain JavaScript. A value is {data: Float32Array, shape: [...]}
// of one example, channels last. Weights are stored as the layers hold them.

const FUNCTIONS = {
  relu: (x) => Math.max(x, 0),
  leaky_relu: (x, s) => (x > 0 ? x : s.slope * x),
  elu: (x, s) => (x > 0 ? x : s.alpha * Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  sigmoid: (x) => 0.5 * (1 + Math.tanh(0.5 * x)),
  tanh: (x) => Math.tanh(x),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  softsign: (x) => x / (1 + Math.abs(x)),
  sine: (x) => Math.sin(x),
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  silu: (x) => x * FUNCTIONS.sigmoid(x),
  mish: (x) => x * Math.tanh(FUNCTIONS.softplus(x)),
  hard_sigmoid: (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
  hard_swish: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
};

// The error function by its series near 0 and its continued fraction far out.
function erf(x) {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = a, sum = a;
    for (let n = 1; n < 60; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}

const product = (sizes) => sizes.reduce((a, b) => a * b, 1);
const made = (shape) => ({ data: new Float32Array(product(shape)), shape });

// A sequence as an image of height 1, and sizes along one axis as sizes along two.
const two = (sizes, first) => (sizes.length === 1 ? [first, sizes[0]] : sizes);

const OPS = {
  Product(step, [x]) {
    const y = made(step.shape), units = step.shape[0], w = step.w.weight;
    if (step.w.bias) y.data.set(step.w.bias);
    for (let i = 0; i < x.data.length; i++) {
      const v = x.data[i];
      if (v !== 0) for (let j = 0; j < units; j++) y.data[j] += v * w[i * units + j];
    }
    return y;
  },
  Convolution(step, [x]) {
    const y = made(step.shape), w = step.w.weight, f = step.shape[step.shape.length - 1];
    const c = x.shape[x.shape.length - 1], groups = step.groups;
    const [h, wide] = two(x.shape.slice(0, -1), 1), [oh, ow] = two(step.shape.slice(0, -1), 1);
    const [kh, kw] = two(step.kernel, 1), [sy, sx] = two(step.stride, 1);
    const [dy, dx] = two(step.dilation, 1), [top, left] = two(step.before, 0);
    const depth = c / groups, filters = f / groups;
    for (let i = 0; i < oh; i++) for (let j = 0; j < ow; j++) {
      const to = (i * ow + j) * f;
      if (step.w.bias) for (let q = 0; q < f; q++) y.data[to + q] = step.w.bias[q];
      for (let a = 0; a < kh; a++) {
        const row = i * sy - top + a * dy;
        if (row < 0 || row >= h) continue;
        for (let b = 0; b < kw; b++) {
          const column = j * sx - left + b * dx;
          if (column < 0 || column >= wide) continue;
          for (let g = 0; g < groups; g++) for (let p = 0; p < depth; p++) {
            const v = x.data[(row * wide + column) * c + g * depth + p];
            if (v === 0) continue;
            const from = ((a * kw + b) * depth + p) * f + g * filters;
            for (let q = 0; q < filters; q++) y.data[to + g * filters + q] += v * w[from + q];
          }
        }
      }
    }
    return y;
  },
  TransposedConvolution(step, [x]) {
    const y = made(step.shape), w = step.w.weight;
    const [h, wide, c] = x.shape, [oh, ow, f] = step.shape, [kh, kw] = step.kernel;
    if (step.w.bias) for (let q = 0; q < y.data.length; q++) y.data[q] = step.w.bias[q % f];
    for (let i = 0; i < h; i++) for (let j = 0; j < wide; j++)
      for (let a = 0; a < kh; a++) for (let b = 0; b < kw; b++) {
        const row = i * step.stride[0] + a * step.dilation[0] - step.before[0];
        const column = j * step.stride[1] + b * step.dilation[1] - step.before[1];
        if (row < 0 || row >= oh || column < 0 || column >= ow) continue;
        for (let q = 0; q < f; q++) {
          let sum = 0;
          const from = ((a * kw + b) * f + q) * c;
          for (let p = 0; p < c; p++) sum += x.data[(i * wide + j) * c + p] * w[from + p];
          y.data[(row * ow + column) * f + q] += sum;
        }
      }
    return y;
  },
  Pool(step, [x]) {
    const y = made(step.shape), c = x.shape[x.shape.length - 1];
    const [h, wide] = two(x.shape.slice(0, -1), 1), [oh, ow] = two(step.shape.slice(0, -1), 1);
    const [kh, kw] = two(step.window, 1), [sy, sx] = two(step.stride, 1);
    const [top, left] = two(step.before, 0);
    for (let i = 0; i < oh; i++) for (let j = 0; j < ow; j++) for (let q = 0; q < c; q++) {
      let most = -Infinity, sum = 0, count = 0;
      for (let a = 0; a < kh; a++) for (let b = 0; b < kw; b++) {
        const row = i * sy - top + a, column = j * sx - left + b;
        if (row < 0 || row >= h || column < 0 || column >= wide) continue;
        const v = x.data[(row * wide + column) * c + q];
        most = Math.max(most, v);
        sum += v;
        count++;
      }
      y.data[(i * ow + j) * c + q] = step.how === "max" ? most : sum / count;
    }
    return y;
  },
  GlobalPool(step, [x]) {
    const y = made(step.shape), c = step.shape[0], places = x.data.length / c;
    for (let q = 0; q < c; q++) {
      let most = -Infinity, sum = 0;
      for (let i = 0; i < places; i++) {
        most = Math.max(most, x.data[i * c + q]);
        sum += x.data[i * c + q];
      }
      y.data[q] = step.how === "max" ? most : sum / places;
    }
    return y;
  },
  ChannelNorm(step, [x]) {
    const y = made(step.shape), c = step.shape[step.shape.length - 1], w = step.w;
    for (let i = 0; i < x.data.length; i++) {
      const q = i % c, deviation = Math.sqrt(w.moving_variance[q] + step.epsilon);
      y.data[i] = ((x.data[i] - w.moving_mean[q]) / deviation) * w.scale[q] + w.shift[q];
    }
    return y;
  },
  ExampleNorm(step, [x]) {
    const y = made(step.shape), width = product(step.shape.slice(-step.axes));
    for (let at = 0; at < x.data.length; at += width) {
      let mean = 0, variance = 0;
      for (let i = 0; i < width; i++) mean += x.data[at + i] / width;
      for (let i = 0; i < width; i++) variance += (x.data[at + i] - mean) ** 2 / width;
      const deviation = Math.sqrt(variance + step.epsilon);
      for (let i = 0; i < width; i++)
        y.data[at + i] = ((x.data[at + i] - mean) / deviation) * step.w.scale[i] + step.w.shift[i];
    }
    return y;
  },
  Activate(step, [x]) {
    const y = made(step.shape);
    if (step.name !== "softmax") {
      const f = FUNCTIONS[step.name];
      for (let i = 0; i < x.data.length; i++) y.data[i] = f(x.data[i], step.settings);
      return y;
    }
    const width = step.shape[step.shape.length - 1];
    for (let at = 0; at < x.data.length; at += width) {
      let most = -Infinity, sum = 0;
      for (let i = 0; i < width; i++) most = Math.max(most, x.data[at + i]);
      for (let i = 0; i < width; i++) sum += y.data[at + i] = Math.exp(x.data[at + i] - most);
      for (let i = 0; i < width; i++) y.data[at + i] /= sum;
    }
    return y;
  },
  Slope(step, [x]) {
    const y = made(step.shape), c = step.shape[step.shape.length - 1];
    for (let i = 0; i < x.data.length; i++)
      y.data[i] = x.data[i] > 0 ? x.data[i] : x.data[i] * step.w.slope[i % c];
    return y;
  },
  Combine(step, inputs) {
    const y = made(step.shape);
    for (let i = 0; i < y.data.length; i++) {
      let v = step.how === "product" ? 1 : 0;
      for (const x of inputs) v = step.how === "product" ? v * x.data[i] : v + x.data[i];
      y.data[i] = step.how === "mean" ? v / inputs.length : v;
    }
    return y;
  },
  Join(step, inputs) {
    const y = made(step.shape), rows = product(step.shape.slice(0, step.axis));
    const whole = y.data.length / rows;
    let begin = 0;
    for (const x of inputs) {
      const width = x.data.length / rows;
      for (let r = 0; r < rows; r++)
        y.data.set(x.data.subarray(r * width, (r + 1) * width), r * whole + begin);
      begin += width;
    }
    return y;
  },
  Reshape: (step, [x]) => ({ data: x.data, shape: step.shape }),
  Transpose(step, [x]) {
    const y = made(step.shape), strides = x.shape.map((_, k) => product(x.shape.slice(k + 1)));
    for (let i = 0; i < y.data.length; i++) {
      let rest = i, from = 0;
      for (let k = step.shape.length - 1; k >= 0; k--) {
        from += (rest % step.shape[k]) * strides[step.order[k]];
        rest = Math.floor(rest / step.shape[k]);
      }
      y.data[i] = x.data[from];
    }
    return y;
  },
  Pad(step, [x]) {
    const y = made(step.shape), [h, wide, c] = x.shape;
    for (let i = 0; i < h; i++) {
      const to = ((i + step.before[0]) * step.shape[1] + step.before[1]) * c;
      y.data.set(x.data.subarray(i * wide * c, (i + 1) * wide * c), to);
    }
    return y;
  },
  Enlarge(step, [x]) {
    const y = made(step.shape), [h, wide, c] = x.shape, [oh, ow] = step.shape;
    const place = (at, factor, size) => {
      if (!step.smooth) return [Math.floor(at / factor), Math.floor(at / factor), 0];
      const v = Math.min(Math.max((at + 0.5) / factor - 0.5, 0), size - 1), low = Math.floor(v);
      return [low, Math.min(low + 1, size - 1), v - low];
    };
    for (let i = 0; i < oh; i++) {
      const [a, b, s] = place(i, step.factors[0], h);
      for (let j = 0; j < ow; j++) {
        const [d, e, t] = place(j, step.factors[1], wide);
        for (let q = 0; q < c; q++) {
          const at = (row, column) => x.data[(row * wide + column) * c + q];
          y.data[(i * ow + j) * c + q] =
            (1 - s) * ((1 - t) * at(a, d) + t * at(a, e)) + s * ((1 - t) * at(b, d) + t * at(b, e));
        }
      }
    }
    return y;
  },
};

// Features of a point of the plane, by name.
const FEATURES = {
  "x1": (a) => a, "x2": (a, b) => b, "x1^2": (a) => a * a, "x2^2": (a, b) => b * b,
  "x1*x2": (a, b) => a * b, "sin(x1)": (a) => Math.sin(a), "sin(x2)": (a, b) => Math.sin(b),
};

// One column of a table as the numbers that the network sees; null is a gap.
function encode(column, value) {
  const gap = value === null || Number.isNaN(value);
  if (column.categories.length && !column.ordinal) {
    const count = column.categories.length + (column.own ? 1 : 0), found = new Array(count).fill(0);
    let at = gap ? column.fill_place : value;
    if (gap && column.own) at = column.categories.length;
    if (at >= 0 && at < count) found[at] = 1;
    return found;
  }
  let v = gap ? column.fill : value;
  if (column.low !== null && column.high !== null) v = Math.min(Math.max(v, column.low), column.high);
  if (column.log) v = Math.sign(v) * Math.log1p(Math.abs(v));
  return [Math.min(Math.max((v - column.shift) / column.scale, -1e6), 1e6)];
}

class Network {
  constructor(model, weights) {
    this.model = model;
    for (const step of model.steps) {
      step.w = {};
      for (const [name, [begin, size]] of Object.entries(step.weights))
        step.w[name] = weights.subarray(begin, begin + size);
    }
  }

  // Raw numbers of one example (a point, a row, pixels) as the network sees them.
  prepare(raw) {
    const m = this.model;
    if (m.plane) return m.plane.map((name) => FEATURES[name](raw[0], raw[1]));
    if (m.columns) return m.columns.flatMap((column, k) => encode(column, raw[k]));
    return Array.from(raw, (v) => v * m.scale + m.shift);
  }

  // The prediction for one raw example: numbers in their own units, or what the last layer gives.
  predict(raw) {
    const values = { [this.model.input]: {
      data: Float32Array.from(this.prepare(raw)), shape: this.model.input_shape } };
    for (const step of this.model.steps)
      values[step.out] = OPS[step.op](step, step.in.map((name) => values[name]));
    const y = Array.from(values[this.model.output].data), units = this.model.units;
    return units ? y.map((v, k) => v * units[0][k] + units[1][k]) : y;
  }

  // Probabilities of the classes.
  probabilities(raw) {
    let y = this.predict(raw);
    const m = this.model;
    if (y.length === 1) {
      const p = m.logits ? FUNCTIONS.sigmoid(y[0]) : y[0];
      return [1 - p, p];
    }
    if (!m.logits) return y;
    const most = Math.max(...y);
    y = y.map((v) => Math.exp(v - most));
    const sum = y.reduce((a, b) => a + b, 0);
    return y.map((v) => v / sum);
  }
}

if (typeof module !== "undefined") module.exports = { Network, OPS, FUNCTIONS };
