import { cpus, freemem, totalmem } from 'node:os'
import type { Backbone, Catalogued } from '@graft/graph-schema'
import { engineInfoSchema } from '@graft/graph-schema'
import { z } from 'zod'
import { cacheSize } from '../../cache/clean-up.js'
import { formatBytes } from '../../text/format-values.js'
import { version } from '../../version.js'
import { findModels } from '../data/find-models.js'
import type { Handlers } from '../http/register.js'
import type { Services } from '../services/services.js'

export function machineHandlers({
  helpers,
  home,
  roots,
  cacheLimits,
}: Services): Pick<Handlers, 'getEngines' | 'listBackbones' | 'listNetworks'> {
  return {
    getEngines: async () => {
      const { engines } = await helpers.quick.ask('engines', {})
      const [processor] = cpus()
      return {
        engines: z.array(engineInfoSchema).parse(engines),
        machine: {
          version,
          node: process.version,
          platform: `${process.platform} ${process.arch}`,
          processor: processor?.model ?? 'unknown',
          cores: cpus().length,
          memoryTotal: totalmem(),
          memoryFree: freemem(),
          cacheBytes: await cacheSize(home),
          cacheLimit: cacheLimits.disk,
        },
      }
    },
    listBackbones: async () => {
      const { backbones } = await helpers.quick.ask('backbones', {})
      const { networks } = await helpers.quick.ask('networks', {})
      const files = (await findModels(roots.withModels)).map(
        ({ path, title }): Backbone => ({ source: path, title, inputSize: null, parameters: null, licence: null }),
      )
      return {
        backbones: [...backbones, ...files, ...networks.filter(({ here, first }) => here || first).map(asBackbone)],
      }
    },
    listNetworks: async () => {
      const { networks } = await helpers.quick.ask('networks', {})
      return { networks: networks.map(({ first: _, ...network }) => network) }
    },
  }
}

/** Where the size is known, the title says what is to be downloaded. */
function asBackbone({ source, title, inputSize, parameters, accuracy, licence, bytes, here }: Catalogued): Backbone {
  const size = bytes === null ? '' : ` ${formatBytes(bytes)}`
  return {
    source,
    title: here ? title : `${title} (download${size})`,
    inputSize,
    parameters,
    ...(accuracy === undefined ? {} : { accuracy }),
    licence,
  }
}
