import type { z } from 'zod'

/** More say no more. */
const most = 4

/** What is wrong with a description, for people: "shape is missing; dtype: expected string, received number". */
export function describeIssues({ issues }: z.ZodError): string {
  const told = issues.slice(0, most).map((issue) => {
    const place = issue.path.join('.')
    const problem = issue.message.replace(/^Invalid input: /, '')
    if (/received undefined$/.test(problem)) return place === '' ? 'it is missing' : `${place} is missing`
    return place === '' ? problem : `${place}: ${problem}`
  })
  return [...told, ...(issues.length > most ? [`and ${issues.length - most} more`] : [])].join('; ')
}
