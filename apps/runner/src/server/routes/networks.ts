import type { Backbone, Catalogued } from '@graft/graph-schema'
import { formatBytes } from '../../text/format-values.js'
import { findModels } from '../data/find-models.js'
import { HttpProblem, notFound } from '../http/http-problem.js'
import type { Handlers } from '../http/register.js'
import type { Services } from '../services/services.js'

type Names = 'listBackbones' | 'listNetworks' | 'listDownloads' | 'startDownload' | 'stopDownload'

export function networkHandlers({ helpers, roots, downloads }: Services): Pick<Handlers, Names> {
  return {
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
    listDownloads: () => ({ downloads: [...downloads.list()] }),
    startDownload: ({ body }) => {
      const started = downloads.start(body.source)
      if (started !== null) return started
      throw new HttpProblem(
        503,
        'too-many-downloads',
        'Too many networks are waiting to be downloaded. Wait until some are here, or stop some.',
      )
    },
    stopDownload: ({ params }) => {
      if (!downloads.stop(params.id)) throw notFound(`download "${params.id}"`)
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
