import { answerEndpoints } from './answers.js'
import { catalogueEndpoints } from './catalogue.js'
import { artifactEndpoints, dataEndpoints, uploadEndpoints } from './data.js'
import { draftEndpoints } from './drafts.js'
import { graphEndpoints } from './graphs.js'
import { inspectEndpoints } from './inspect.js'
import { machineEndpoints } from './machine.js'
import { networkEndpoints } from './networks.js'
import { programEndpoints } from './program.js'
import { runEndpoints } from './runs.js'
import { workerEndpoints } from './workers.js'

/**
 * Every operation of the HTTP API, by name. Where two paths fit (`/runs/cancel-all`, `/runs/{id}`), the one with fewer
 * parameters wins.
 */
export const endpoints = {
  ...catalogueEndpoints,
  ...graphEndpoints,
  ...draftEndpoints,
  ...runEndpoints,
  ...answerEndpoints,
  ...inspectEndpoints,
  ...programEndpoints,
  ...artifactEndpoints,
  ...dataEndpoints,
  ...uploadEndpoints,
  ...machineEndpoints,
  ...networkEndpoints,
  ...workerEndpoints,
} as const
export type EndpointName = keyof typeof endpoints
