import { call, dictionary, float, lines, type Python } from '../python/python.js'
import type { LibraryModels, LibrarySizes } from './library-models.js'
import type { LibraryNetwork } from './library-network.js'

/** `model.py` where a library's constructor makes the network. */
export function libraryModelFile({ models, name, sizes, parts, network }: LibraryNetwork): string {
  const made = models.made(name, sizes)
  const [channels, height, width] = network.input.shape
  const classes = parts === null ? [] : (models.classes ?? [])
  return [
    `"""${name} of ${models.library}: from [batch, ${channels}, ${height}, ${width}] to ${sizes.classes} classes."""`,
    '',
    'from __future__ import annotations',
    '',
    ...(models.dropoutAt === undefined
      ? ['from functools import partial', 'from typing import Any, Callable']
      : ['from typing import Any']),
    '',
    ...[
      `from ${made.from} import ${made.name}  # type: ignore[import]`,
      `from torch import ${classes.length > 0 ? 'Tensor, ' : ''}nn`,
    ].toSorted((one, other) => (one.split(' ')[1] ?? '').localeCompare(other.split(' ')[1] ?? '')),
    '',
    ...constructorLines(models, sizes, made),
    '',
    '',
    ...classes,
    'def stages_of(network: Any) -> dict[str, nn.Module]:',
    '    """The network in parts, one after the other: what stays as it is needs to run only once for each image."""',
    ...lines(
      'return ',
      parts === null
        ? '{"network": network}'
        : dictionary(Object.fromEntries(parts.map(({ name: stage, modules }) => [stage, stageOf(modules)]))),
      1,
    ),
    '',
  ].join('\n')
}

function constructorLines(
  { dropoutAt, library }: LibraryModels,
  { dropout }: LibrarySizes,
  made: ReturnType<LibraryModels['made']>,
): readonly string[] {
  const { positional, named } = made.with
  if (dropoutAt === undefined)
    return lines('Network: Callable[[], nn.Module] = ', call('partial', [made.name, ...positional], named))
  return [
    '',
    'def Network() -> nn.Module:',
    `    """As ${library} makes it, with the dropout of this training."""`,
    ...lines('network: Any = ', call(made.name, positional, named), 1),
    `    network.${dropoutAt}.p = ${float(dropout)}`,
    '    return network',
  ]
}

function stageOf(modules: readonly string[]): Python {
  const [only = ''] = modules
  if (modules.length > 1) return call('nn.Sequential', modules)
  return only.startsWith('*') ? only.slice(1) : only
}
