// A reporter of vitest: writes the names of the tests that passed at their second try only, a line each, into the file
// named by GRAFT_SECOND_TRIES.
import { appendFileSync } from 'node:fs'

export default class SecondTries {
  onTestRunEnd(modules) {
    const file = process.env.GRAFT_SECOND_TRIES
    if (file === undefined) return
    for (const { moduleId, children } of modules)
      for (const test of children.allTests())
        if (test.diagnostic()?.flaky === true) appendFileSync(file, `${moduleId}: ${test.fullName}\n`)
  }
}
