// Measures cells of `npm run bench panel` in several processes.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url))

/**
 * Takes places in their order, `{ place, recipes }`; `onResult(recipe, place, { value, seconds, cpu })` hears of each
 * cell. No cell is begun once `isOver()`. Two processes don't work on the same set at once, if there is another one: they
 * would compute the same features. Rejects when a process ends before its time.
 */
export async function measureAll(places, { home, processes, isOver, onResult }) {
  const left = [...places]
  const busy = new Set()
  const next = () => {
    const index = left.findIndex(({ place }) => !busy.has(place.set))
    return left.splice(Math.max(0, index), 1)[0]
  }
  const work = async () => {
    const child = fork(worker, [home], { stdio: 'inherit' })
    try {
      await answerOf(child)
      for (let job = next(); job && !isOver(); job = next()) {
        busy.add(job.place.set)
        for (const recipe of job.recipes) {
          if (isOver()) break
          const answer = answerOf(child)
          child.send({ place: job.place, name: recipe.name })
          onResult(recipe, job.place, await answer)
        }
        busy.delete(job.place.set)
      }
    } finally {
      child.kill()
    }
  }
  await Promise.all(Array.from({ length: Math.min(processes, places.length) }, work))
}

function answerOf(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`A process of the panel ended with ${code}.`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message)
    })
  })
}
