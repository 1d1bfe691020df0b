import { catalogueEndpoints } from './catalogue.js'
import { artifactEndpoints, dataEndpoints } from './data.js'
import { graphEndpoints } from './graphs.js'
import { inspectEndpoints } from './inspect.js'
import { machineEndpoints } from './machine.js'
import { networkEndpoints } from './networks.js'
import { runEndpoints } from './runs.js'

/**
 * Every operation of the HTTP API, by name. Where two paths fit (`/runs/cancel-all`, `/runs/{id}`), the one with fewer
 * parameters wins.
 */
export const endpoints = {
  ...catalogueEndpoints,
  ...graphEndpoints,
  ...runEndpoints,
  ...inspectEndpoints,
  ...artifactEndpoints,
  ...dataEndpoints,
  ...machineEndpoints,
  ...networkEndpoints,
} as const
export type EndpointName = keyof typeof endpoints
