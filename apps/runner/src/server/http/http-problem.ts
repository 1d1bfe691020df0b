import type { Problem, ProblemDetails } from '@graft/graph-schema'

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'A token is needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'The method is not allowed',
  406: 'Not acceptable',
  408: 'The request took too long',
  409: 'In conflict with the present state',
  411: 'The length is missing',
  413: 'Too large',
  415: 'The media type is not supported',
  416: 'The range is not satisfiable',
  417: 'Expectation failed',
  422: 'The content cannot be used',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'A fault in the server',
  503: 'Not available',
  504: 'It took too long',
  507: 'The disk is full',
}

export interface ProblemExtras {
  readonly node?: string
  readonly field?: string
  readonly problems?: readonly Problem[]
}

/**
 * A refusal for the client. `detail` says what happened, what was expected and how to fix it; it never holds a stack
 * trace or a path that the client didn't give.
 */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail)
  }

  toJson(): ProblemDetails {
    const { node, field, problems } = this.extras
    return {
      type: `https://graft.invalid/problems/${this.code}`,
      title: titles[this.status] ?? 'The request failed',
      status: this.status,
      detail: this.detail,
      code: this.code,
      ...(node === undefined ? {} : { node }),
      ...(field === undefined ? {} : { field }),
      ...(problems === undefined ? {} : { problems: [...problems] }),
    }
  }
}

/** A document that can't be used, with everything wrong with it. */
export function documentProblem(problems: readonly Problem[]): HttpProblem {
  const first = problems.find((problem) => problem.severity === 'error') ?? problems[0]
  const extras = {
    ...(first?.node === undefined ? {} : { node: first.node }),
    ...(first?.field === undefined ? {} : { field: first.field }),
    problems,
  }
  return new HttpProblem(
    422,
    first?.code ?? 'document-invalid',
    first ? `${first.message} ${first.fix}`.trim() : 'The document cannot be used.',
    extras,
  )
}

/** `hint`: how to find what there is. */
export function notFound(
  what: string,
  hint = 'It may have been deleted, or belong to another Graft folder (GRAFT_HOME).',
): HttpProblem {
  return new HttpProblem(404, 'not-found', `There is no ${what} here. ${hint}`)
}
