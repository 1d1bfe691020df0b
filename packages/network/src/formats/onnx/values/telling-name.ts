/**
 * Whether a constant's name is its maker's: PyTorch names folded weights `onnx::Conv_193` or by number, tools use
 * `/conv1/Constant_output_0`.
 */
export function isTellingName(origin: string): boolean {
  return /^[A-Za-z_][\w.\-/]*$/.test(origin) && !origin.includes('_output_') && !isStepName(origin)
}

const steps =
  'val|getitem|select|slice|unsqueeze|squeeze|expand|permute|transpose|t|view|_unsafe_view|reshape|mul|add|sub|div|neg|exp|log|sqrt|rsqrt|pow|cat|stack|index|index_put|clone|contiguous|to|_to_copy|slice_scatter|select_scatter|masked_fill|where|scalar_tensor|full|zeros|ones|arange|sigmoid|tanh|softmax|mean|sum|linear|conv2d|matmul|clamp|repeat|flatten|lift_fresh_copy|detach|alias'

/**
 * PyTorch's new exporter names what it folded after the step that computed it (`unsqueeze_3`, `val_12`): tables of position
 * biases, looked up once and for all, are no parameters.
 */
const isStepName = (origin: string): boolean =>
  new RegExp(`^(?:${steps})(?:_\\d+)?(?:_default)?(?:_\\d+)?$`).test(origin)
