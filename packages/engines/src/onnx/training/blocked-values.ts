import { must } from '@graft/errors'
import { operators } from '@graft/network'
import type { OnnxNode, Shape } from '@graft/network'
import { type BlockedLayout, blockedDomain, wholeBlocks } from '../operators/support/blocked-layout.js'

interface Writer {
  add(operator: string, inputs: readonly string[], attributes?: OnnxNode['attributes'], domain?: string): string
  integers(values: readonly number[]): string
  /** Whether a name is a constant without axes. */
  isScalar(name: string): boolean
}

/** ONNX operators over values of which a blocked form may be taken: the network's own, and some that rules write. */
const elementwise: ReadonlySet<string> = new Set([
  ...operators.filter(({ finiteAtZero }) => finiteAtZero).map(({ name }) => name),
  'Cast',
  'Sum',
  'Where',
])
/**
 * Their results are conditions, which can't be brought back from the blocked form: NCHW consumers get them computed in
 * NCHW.
 */
const conditions: ReadonlySet<string> = new Set([
  'And',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Not',
  'Or',
])

/**
 * Keeps track of which values of a graph have a form in onnxruntime's blocked layout, and writes elementwise nodes in
 * that form when all their inputs have it. The way back is written right away and disappears with the graph's other
 * unused nodes when no one asks for it.
 */
export class BlockedValues implements BlockedLayout {
  private readonly forms = new Map<string, { readonly name: string; readonly shape: Shape }>()

  constructor(
    readonly size: number,
    private readonly writer: Writer,
  ) {}

  toBlocked(value: string, shape: Shape): string | null {
    const known = this.forms.get(value)
    if (known) return known.name
    // ReorderInput moves four channels at a time.
    if (shape.length !== 4 || (shape[1] ?? 1) % 4 !== 0) return null
    const name = this.writer.add('ReorderInput', [value], {}, blockedDomain)
    this.forms.set(value, { name, shape })
    return name
  }

  fromBlocked(value: string, shape: Shape): string {
    const name = this.writer.add('ReorderOutput', [value], { channels: shape[1] ?? 1 }, blockedDomain)
    this.forms.set(name, { name: value, shape })
    return name
  }

  known(value: string): string | null {
    return this.forms.get(value)?.name ?? null
  }

  /** Writes a node from the blocked forms of its inputs where that saves the way over NCHW; null: write it as usual. */
  rewrite(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxNode['attributes'],
    domain: string,
  ): string | null {
    if (operator === 'Transpose') return this.transposed(inputs[0] ?? '', attributes?.['perm'])
    return this.elementwise(operator, inputs, attributes, domain)
  }

  private transposed(input: string, permutation: unknown): string | null {
    const form = this.forms.get(input)
    if (!form || !Array.isArray(permutation)) return null
    if (permutation.join() === '0,2,3,1')
      return this.writer.add(
        'ReorderOutput',
        [form.name],
        { channels: form.shape[1] ?? 1, channels_last: 1 },
        blockedDomain,
      )
    return permutation.join() === '1,0,2,3' ? this.channelsFirst(form.name, form.shape) : null
  }

  /**
   * `[c, n, h, w]`: images and whole blocks change places, then all images are reordered as one. Moving blocks is twice
   * as fast as moving single maps.
   */
  private channelsFirst(form: string, [batch = 1, channels = 1, height = 1, width = 1]: Shape): string {
    const whole = wholeBlocks(channels, this.size)
    const reshape = (value: string, shape: Shape): string =>
      this.writer.add('Reshape', [value, this.writer.integers(shape)])
    const blocks = this.writer.add(
      'Transpose',
      [reshape(form, [batch, whole / this.size, height * width, this.size])],
      { perm: [1, 0, 2, 3] },
    )
    const reordered = this.writer.add(
      'ReorderOutput',
      [reshape(blocks, [1, whole, batch * height, width])],
      { channels },
      blockedDomain,
    )
    return reshape(reordered, [channels, batch, height, width])
  }

  private elementwise(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxNode['attributes'],
    domain: string,
  ): string | null {
    const isCondition = conditions.has(operator)
    if (
      domain !== '' ||
      (!isCondition && !elementwise.has(operator)) ||
      (operator === 'Cast' && attributes?.['to'] !== 1)
    )
      return null
    const forms = inputs.map(
      (name) => this.forms.get(name) ?? (this.writer.isScalar(name) ? { name, shape: [] as Shape } : null),
    )
    const shapes = new Set(forms.flatMap((form) => (form && form.shape.length > 0 ? [form.shape.join()] : [])))
    if (forms.includes(null) || shapes.size !== 1) return null
    const shape = forms.find((form) => form && form.shape.length > 0)?.shape ?? []
    const result = this.writer.add(
      operator,
      forms.map((form) => must(form, `the blocked form of an input of ${operator}`).name),
      attributes,
    )
    if (!isCondition) return this.fromBlocked(result, shape)
    const plain = this.writer.add(operator, inputs, attributes)
    this.forms.set(plain, { name: result, shape })
    return plain
  }
}
