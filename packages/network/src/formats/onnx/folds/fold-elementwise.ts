import type { OnnxTensorType } from '../onnx-tensor.js'
import { tensorTypeOf } from '../onnx-tensor.js'
import type { Fold, FoldBudget } from '../values/fold-support.js'
import { allocate, type Constant, constant, isFloat, reshaped } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import { broadcastShape, broadcastStrides, walk } from '../values/strided.js'
import { roundHalfToEven } from '../values/round-half-to-even.js'

/**
 * Elementwise operators on constants; float32 results are rounded to float32 after every node, integers divide towards
 * zero.
 */
export const elementwiseFolds: Readonly<Record<string, Fold>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: (call, budget) =>
    isFloat(call.required(0).type)
      ? binary((a, b) => a / b)(call, budget)
      : binary((a, b) => Math.trunc(a / b))(call, budget),
  Pow: binary((a, b) => a ** b),
  Mod: (call, budget) =>
    call.integer('fmod', 0) === 1
      ? binary((a, b) => a % b)(call, budget)
      : binary((a, b) => a - b * Math.floor(a / b))(call, budget),
  Min: variadic((a, b) => Math.min(a, b)),
  Max: variadic((a, b) => Math.max(a, b)),
  Sum: variadic((a, b) => a + b),
  Equal: binary((a, b) => Number(a === b), 'bool'),
  Less: binary((a, b) => Number(a < b), 'bool'),
  LessOrEqual: binary((a, b) => Number(a <= b), 'bool'),
  Greater: binary((a, b) => Number(a > b), 'bool'),
  GreaterOrEqual: binary((a, b) => Number(a >= b), 'bool'),
  And: binary((a, b) => Number(a !== 0 && b !== 0), 'bool'),
  Xor: binary((a, b) => Number((a !== 0) !== (b !== 0)), 'bool'),
  IsNaN: (call, budget) => ({ ...unary((a) => Number(Number.isNaN(a)))(call, budget), type: 'bool' }),
  Or: binary((a, b) => Number(a !== 0 || b !== 0), 'bool'),
  Not: unary((a) => Number(a === 0)),
  Neg: unary((a) => -a),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Erf: unary(errorFunction),
  Softplus: unary((a) => Math.log1p(Math.exp(-Math.abs(a))) + Math.max(a, 0)),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundHalfToEven),
  Reciprocal: unary((a) => 1 / a),
  Relu: unary((a) => Math.max(a, 0)),
  Sigmoid: unary((a) => 1 / (1 + Math.exp(-a))),
  Tanh: unary(Math.tanh),
  Clip: clip,
  Cast: cast,
  CastLike: (call) => casted(call.required(0), call.required(1).type),
  Where: where,
}

function binary(compute: (a: number, b: number) => number, type?: OnnxTensorType): Fold {
  return (call, budget) => combine(call, budget, call.required(0), call.required(1), compute, type)
}

function variadic(compute: (a: number, b: number) => number): Fold {
  return (call, budget) =>
    call.inputs.map((_, index) => call.required(index)).reduce((a, b) => combine(call, budget, a, b, compute))
}

function unary(compute: (a: number) => number): (call: NodeCall, budget: FoldBudget) => Constant {
  return (call, budget) => {
    const input = call.required(0)
    budget.spend(call, input.shape)
    return constant(input.type, input.shape, input.read().map(compute))
  }
}

function combine(
  call: NodeCall,
  budget: FoldBudget,
  a: Constant,
  b: Constant,
  compute: (a: number, b: number) => number,
  type = a.type,
): Constant {
  const shape = broadcastShape(a.shape, b.shape)
  if (shape === null)
    throw call.refuse(
      `combines the shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}], which don't broadcast`,
      'The file is damaged or was written wrongly; export the model again.',
    )
  const result = allocate(type, budget.spend(call, shape))
  const [first, second] = [a.read(), b.read()]
  walk(shape, broadcastStrides(a.shape, shape), 0, (offset, index) => {
    result[index] = first[offset] ?? 0
  })
  walk(shape, broadcastStrides(b.shape, shape), 0, (offset, index) => {
    result[index] = compute(result[index] ?? 0, second[offset] ?? 0)
  })
  return constant(type, shape, result)
}

function clip(call: NodeCall, budget: FoldBudget): Constant {
  const low = call.constant(1)?.read()[0] ?? call.float('min', -Infinity)
  const high = call.constant(2)?.read()[0] ?? call.float('max', Infinity)
  const input = call.required(0)
  budget.spend(call, input.shape)
  return constant(
    input.type,
    input.shape,
    input.read().map((value) => Math.min(Math.max(value, low), high)),
  )
}

function cast(call: NodeCall): Constant {
  const type = tensorTypeOf(call.integer('to', 1))
  if (type === null)
    throw call.refuse(
      'converts a constant to text or complex numbers',
      'Remove the pre- or post-processing with text from the model.',
    )
  return casted(call.required(0), type)
}

function casted(input: Constant, type: OnnxTensorType): Constant {
  const values = input.read()
  if (type === 'bool')
    return constant(
      type,
      input.shape,
      Float64Array.from(values, (value) => Number(value !== 0)),
    )
  if (!isFloat(type)) return constant(type, input.shape, Float64Array.from(values, Math.trunc))
  if (isFloat(input.type) && type !== 'float64') return { ...reshaped(input, input.shape, input.origin), type }
  return constant(
    type,
    input.shape,
    type === 'float64' ? Float64Array.from(values) : Float32Array.from(values),
    input.origin,
  )
}

function where(call: NodeCall, budget: FoldBudget): Constant {
  const [condition, yes, no] = [call.required(0), call.required(1), call.required(2)]
  const chosen = combine(call, budget, yes, no, (a) => a)
  const other = combine(call, budget, no, yes, (a) => a)
  const shape = broadcastShape(chosen.shape, condition.shape)
  if (shape === null)
    throw call.refuse(
      "combines shapes that don't broadcast",
      'The file is damaged or was written wrongly; export the model again.',
    )
  const result = allocate(yes.type, budget.spend(call, shape))
  const full = combine(
    call,
    budget,
    condition,
    constant('bool', shape, allocate('bool', result.length)),
    (a) => a,
  ).read()
  const [a, b] = [chosen, other].map((value) =>
    combine(call, budget, value, constant(value.type, shape, allocate(value.type, result.length)), (x) => x).read(),
  )
  full.forEach((flag, index) => {
    result[index] = (flag !== 0 ? a?.[index] : b?.[index]) ?? 0
  })
  return constant(yes.type, shape, result)
}

/** Abramowitz and Stegun 7.1.26 is too coarse for weights: a series near zero, a continued fraction beyond. */
function errorFunction(value: number): number {
  const x = Math.abs(value)
  if (x > 6) return Math.sign(value)
  if (x < 2.5) {
    let [sum, term] = [x, x]
    for (let n = 1; n < 60; n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return (Math.sign(value) * 2 * sum) / Math.sqrt(Math.PI)
  }
  let fraction = x
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction
  return Math.sign(value) * (1 - Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI)))
}
