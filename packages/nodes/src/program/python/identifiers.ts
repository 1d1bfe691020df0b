/** Words that Python keeps for itself, and names that a module of PyTorch has already. */
const taken = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda ' +
    'nonlocal not or pass raise return try while with yield match case type ' +
    'forward training train eval children modules parameters buffers named_children named_modules named_parameters named_buffers apply cuda cpu ' +
    'to float double half bfloat16 add_module register_buffer register_parameter register_module state_dict load_state_dict zero_grad share_memory ' +
    'requires_grad_ compile ipu xpu append extend insert pop dump_patches T_destination call_super_init'
  ).split(' '),
)

/** A name as Python allows it, as near to the given one as can be. */
export function identifier(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]+/g, '_').replaceAll(/^_+|_+$/g, '') || 'layer'
  const started = /^\d/.test(plain) ? `layer_${plain}` : plain
  return taken.has(started) ? `${started}_` : started
}

/** The names of a list, different from one another; `write` makes one of a name. */
export function identifiers(names: readonly string[], write = identifier): ReadonlyMap<string, string> {
  const used = new Set<string>()
  return new Map(names.map((name) => [name, unusedName(write(name), used)]))
}

/** The name, with a number behind it where it is taken; it is taken then. */
export function unusedName(name: string, used: Set<string>): string {
  let chosen = name
  for (let count = 2; used.has(chosen); count++) chosen = `${name}_${count}`
  used.add(chosen)
  return chosen
}

/** Names that model.py has already. */
const inModel = new Set(['F', 'Network', 'OrderedDict', 'StandardisedConv2d', 'Tensor'])

/** Classes' names of stages', different from one another: `layer_1` becomes `Layer1`. */
export const classNames = (stages: readonly string[]): ReadonlyMap<string, string> => identifiers(stages, className)

function className(stage: string): string {
  const words = stage.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  const name = identifier(words.join(''))
  return inModel.has(name) ? `${name}Stage` : name
}
