// A reporter of vitest: writes the tests that failed, with why, and those that passed at their second try only into the
// folder named by GRAFT_TEST_NOTES, for the last lines of `npm test`: of a long log often only its end is at hand.
import { appendFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const linesOfAnError = 30

/** What an error says, and the line of the test that it came from. */
function why({ message, diff, stacks }) {
  const said = `${message ?? 'no message'}${diff ? `\n${diff}` : ''}`
  const [first] = stacks ?? []
  const place = first === undefined ? [] : [`at ${relative(process.cwd(), first.file)}:${first.line}`]
  const lines = stripVTControlCharacters(said).split('\n').slice(0, linesOfAnError)
  return [...lines, ...place].map((line) => `      ${line}`).join('\n')
}

export default class TestNotes {
  onTestRunEnd(modules, unhandledErrors) {
    const folder = process.env.GRAFT_TEST_NOTES
    if (folder === undefined) return
    const note = (file, text) => appendFileSync(join(folder, file), `${text}\n`)
    const fail = (name, errors) => note('failed', `  ${name}\n${errors.map(why).join('\n')}`)
    for (const module of modules) {
      const path = relative(process.cwd(), module.moduleId)
      for (const part of [module, ...module.children.allSuites()])
        if (part.errors().length > 0) fail(part === module ? path : `${path}: ${part.fullName}`, part.errors())
      for (const test of module.children.allTests()) {
        const name = `${path}: ${test.fullName}`
        if (test.result().state === 'failed') fail(name, test.result().errors)
        if (test.diagnostic()?.flaky === true) note('second-tries', `  ${name}`)
      }
    }
    if (unhandledErrors.length > 0) fail('Errors outside of tests', unhandledErrors)
  }
}
