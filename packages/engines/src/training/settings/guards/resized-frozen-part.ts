import type { Guard } from './guard.js'

export const resizedFrozenPart: Guard = {
  code: 'resized-frozen-part',
  field: 'startSize',
  check: ({ startSize }, run) => {
    if (startSize === 0 || run === null) return null
    const full = Math.min(...run.network.input.shape.slice(1))
    if (startSize >= full)
      return {
        message: `Images are to grow from ${startSize} pixels, but the network takes ${full}: they have full size throughout.`,
        fix: `Set startSize to ${Math.round(full / 2)} or so, or to 0.`,
      }
    if (!run.hasFrozenPart) return null
    return {
      message: 'Part of the network is frozen and would run once; with images that grow it runs once for every size.',
      fix: 'Set startSize to 0, or unfreeze the network from its first layer.',
    }
  },
}
