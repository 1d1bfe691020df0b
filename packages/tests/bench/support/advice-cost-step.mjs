// One step of `npm run bench advice-cost` in a process of its own: `pass` or `advice` over the photos of a folder, by a
// network that is loaded before. Prints what it took as JSON.
//   node advice-cost-step.mjs pass|advice PHOTOS CACHE MOST
import { readdirSync } from 'node:fs'
import { library, readNetworkFeatures } from '@graft/nodes'
import { withSamples } from '@graft/nodes/sdk'
import { realData } from '../bench-kit.mjs'
import { nodeContext } from './node-context.mjs'

const [step, folder, cache, most] = process.argv.slice(2)
const context = nodeContext(cache)
const nodeOf = (type) => library.find((node) => node.type === type)
const loading = nodeOf('load-backbone')
const { model } = await loading.run({
  params: loading.params.parse({ source: `${realData}/mobilenet_v1_0.75_224` }),
  inputs: {},
  context,
})
const classNames = readdirSync(folder).toSorted()
const samples = classNames.flatMap((name, label) =>
  readdirSync(`${folder}/${name}`)
    .toSorted()
    .map((file) => ({
      id: `${name}/${file}`,
      path: `${folder}/${name}/${file}`,
      fingerprint: `${name}/${file}`,
      label,
    })),
)
const described = { kind: 'dataset', name: 'photos', transforms: [], skipped: [], provenance: [] }
const images = await withSamples({ ...described, split: 'all', classNames }, samples, context.store)
const steps = {
  pass: async () => (await readNetworkFeatures(model, samples, classNames, context)).computed,
  advice: async () => {
    const node = nodeOf('scenario-advisor')
    const params = node.params.parse({ pictures: Number(most) })
    const { advice } = await node.run({ params, inputs: { images, models: [model] }, context })
    return advice.networks[0].computed
  },
}
const [start, before] = [performance.now(), process.cpuUsage()]
const computed = await steps[step]()
const { user, system } = process.cpuUsage(before)
const seconds = (performance.now() - start) / 1000
const megabytes = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ computed, seconds, processorSeconds: (user + system) / 1e6, megabytes }))
