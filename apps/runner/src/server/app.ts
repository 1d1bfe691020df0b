import { apiBase } from '@graft/graph-schema'
import express from 'express'
import type { Express, NextFunction, Request, Response } from 'express'
import { databaseTrouble } from '../database/database-trouble.js'
import { LeaseLost } from '../runs/machines/leases.js'
import { HelperRefusal } from '../helper/helper-protocol.js'
import { HttpProblem, documentProblem } from './http/http-problem.js'
import { describeError } from './services/log.js'
import type { Counters } from './services/metrics.js'
import { openApiDocument } from './http/openapi.js'
import { registerEndpoints } from './http/register.js'
import { artifactHandlers } from './routes/artifacts.js'
import { catalogueHandlers } from './routes/catalogue.js'
import { dataHandlers } from './routes/data.js'
import { draftHandlers } from './routes/drafts.js'
import { graphHandlers } from './routes/graphs.js'
import { machineHandlers } from './routes/machine.js'
import { networkHandlers } from './routes/networks.js'
import { leaseHandlers } from './routes/leases.js'
import { answerHandlers } from './routes/answers.js'
import { runHandlers } from './routes/runs.js'
import { workerHandlers } from './routes/workers.js'
import { isAllowedHost, isAllowedOrigin } from './security/check-host.js'
import { securityHeaders } from './security/headers.js'
import { RateLimit } from './security/rate-limit.js'
import { bearerToken, isRightToken } from './security/token.js'
import type { Services } from './services/services.js'
import { staticEditor } from './http/static-editor.js'

export interface AppOptions {
  readonly services: Services
  readonly token: string | null
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly editor: string
  readonly counters: Counters
  metrics(): string
  isReady(): boolean
}

/** What costs much: starts processes, reads whole folders, or takes in files. Routes are found in any case of letters. */
const expensive =
  /^\/api\/v1\/(inspect|runs\/[^/]+\/(predict|explain|familiarity)|data\/(upload|summary)|runs\/?$|networks\/downloads|backbones|engines)/i

/** What workers say every second. */
const ofWorkers = /^\/api\/v1\/(leases|workers)\//i

/**
 * The HTTP side: guards first, then health, API and editor; whatever goes wrong ends as a problem document without a
 * stack trace.
 */
export function createApp(options: AppOptions): Express {
  const { services } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use((request, response, next) => guard(request, response, next, options))
  app.get(
    '/healthz',
    (_, response) =>
      void response.status(options.isReady() ? 200 : 503).json({ status: options.isReady() ? 'ok' : 'stopping' }),
  )
  app.use(rateLimits(options))
  app.use(['/api', '/metrics'], (request, _, next) => {
    if (!isRightToken(bearerToken(request.headers.authorization), options.token))
      throw new HttpProblem(
        401,
        'token',
        'The token is missing or wrong. Send the one the server was started with: Authorization: Bearer TOKEN.',
      )
    next()
  })
  app.get('/metrics', (_, response) => void response.type('text/plain; version=0.0.4').send(options.metrics()))
  app.use('/api', (_, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  app.get(`${apiBase}/openapi.json`, (_, response) => void response.json(openApiDocument()))
  registerEndpoints(
    app,
    {
      ...catalogueHandlers(services),
      ...graphHandlers(services),
      ...draftHandlers(services),
      ...runHandlers(services),
      ...answerHandlers(services),
      ...artifactHandlers(services),
      ...dataHandlers(services),
      ...machineHandlers(services),
      ...networkHandlers(services),
      ...workerHandlers(services),
      ...leaseHandlers(services),
    },
    services.limits,
  )
  app.use(staticEditor(options.editor))
  app.use((request) => {
    throw new HttpProblem(
      404,
      'not-found',
      `There is nothing for ${request.method} at this address. ${apiBase}/openapi.json lists what there is.`,
    )
  })
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) =>
    answerError(error, request, response, next, options),
  )
  return app
}

/**
 * Before anything is read: headers for every answer, and requests that come under a foreign name or from a foreign page
 * are refused.
 */
function guard(
  request: Request,
  response: Response,
  next: NextFunction,
  { allowedHosts, allowedOrigins, counters, services: { log } }: AppOptions,
): void {
  response.set(securityHeaders)
  const started = performance.now()
  response.on('finish', () => {
    counters.answered(response.statusCode)
    const isWorthALine = (!isReading(request) && !ofWorkers.test(request.path)) || response.statusCode >= 400
    if (isWorthALine)
      log('info', 'request', {
        method: request.method,
        path: request.path.slice(0, 300),
        status: response.statusCode,
        milliseconds: Math.round(performance.now() - started),
      })
  })
  const { host, origin } = request.headers
  if (!isAllowedHost(host, allowedHosts))
    throw new HttpProblem(
      403,
      'host',
      'The request names a host that this server does not go by. Use its address, or start it with --allow-host NAME.',
    )
  const isCrossSite =
    request.headers['sec-fetch-site'] === 'cross-site' &&
    // A link to the editor is followed; a form that another site sends is not.
    !(request.headers['sec-fetch-mode'] === 'navigate' && isReading(request)) &&
    !(origin !== undefined && allowedOrigins.includes(origin))
  if (!isAllowedOrigin(origin, host, allowedOrigins) || isCrossSite)
    throw new HttpProblem(
      403,
      'origin',
      'The request comes from a page of another site. Use the editor that this server serves.',
    )
  if (origin !== undefined && allowedOrigins.includes(origin))
    response.set({
      'Access-Control-Allow-Origin': origin,
      Vary: 'Origin',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    })
  next()
}

const isReading = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD'

function rateLimits({
  services: { limits },
}: AppOptions): (request: Request, response: Response, next: NextFunction) => void {
  const all = new RateLimit(limits.requestsPerSecond, 4 * limits.requestsPerSecond)
  const costly = new RateLimit(limits.expensivePerSecond, 4 * limits.expensivePerSecond)
  return (request, response, next) => {
    const address = request.socket.remoteAddress ?? ''
    const isCostly =
      request.method !== 'GET' && request.method !== 'HEAD'
        ? expensive.test(request.path)
        : /^\/api\/v1\/(data\/summary|backbones|engines)/i.test(request.path)
    if (!all.take(address) || (isCostly && !costly.take(address))) {
      response.set('Retry-After', '1')
      throw new HttpProblem(
        429,
        'too-many-requests',
        'There were too many requests in a short time. Wait a second and send fewer.',
      )
    }
    next()
  }
}

function answerError(
  error: unknown,
  request: Request,
  response: Response,
  next: NextFunction,
  { services: { log } }: AppOptions,
): void {
  const problem = problemOf(error)
  if (problem.status >= 500)
    log('error', 'a request failed', {
      method: request.method,
      path: request.path.slice(0, 300),
      ...describeError(error),
    })
  // The answer has begun: all that can be done is to end it, so that no one takes a part for the whole.
  if (response.headersSent) return next(error)
  // What is left of the body is not read.
  if (!request.readableEnded) response.set('Connection', 'close')
  response.removeHeader('Content-Disposition')
  response.removeHeader('ETag')
  response.set('Cache-Control', 'no-store')
  if (problem.status === 503) response.set('Retry-After', '1')
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem.toJson()))
}

function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof HelperRefusal) {
    if (error.kind === 'problems') return documentProblem(error.problems)
    if (error.kind === 'timeout') {
      const texts = error.problems.map(({ message, fix }) => `${message} ${fix}`)
      return new HttpProblem(504, 'timeout', texts.join(' '))
    }
    return new HttpProblem(
      500,
      'helper-failed',
      'The process that was to work this out failed. The log says how; please report it.',
    )
  }
  if (error instanceof LeaseLost)
    return new HttpProblem(
      409,
      'lease-lost',
      'This lease is over: the run has ended, or another machine has it. Ask for another run.',
    )
  const trouble = databaseTrouble(error)
  if (trouble === 'busy')
    return new HttpProblem(503, 'database-busy', 'Another process is writing to the database. Try again in a moment.')
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT' || trouble === 'full')
    return new HttpProblem(507, 'disk-full', 'The disk is full; nothing was stored. Free some space.')
  if (code === 'ECONNRESET' || code === 'ECONNABORTED' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new HttpProblem(400, 'aborted', 'The request ended before it was complete. Send it again.')
  // Express and its parts mark what the client did wrong with a status.
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500
  if (status >= 400 && status < 500)
    return new HttpProblem(
      status,
      'request-invalid',
      'The request cannot be understood. Check its address and headers.',
    )
  return new HttpProblem(
    500,
    'internal',
    'Something went wrong inside the server. Its log says what; please report it.',
  )
}
