import { findNetwork, isHere, listPulled, likeName, likeWord, usableNetworks } from '@graft/nodes'
import { findHome } from '../../../home.js'
import { callError } from '../../cli-error.js'
import { catalogueLines, describeCatalogued } from './describe-catalogue.js'
import { print } from './print.js'

interface SearchFlags {
  readonly json?: boolean
}

/** Networks in which every word occurs: in name, title, family, licence or reason. */
export async function search(words: readonly string[], { json = false }: SearchFlags): Promise<void> {
  const here = new Set((await listPulled({ cacheDirectory: findHome().derived })).map(({ name }) => name))
  const found = usableNetworks().filter((network) => {
    const text =
      `${network.name} ${network.title} ${network.family} ${network.licence ?? ''} ${network.why}`.toLowerCase()
    return words.every((word) => text.includes(word.toLowerCase()))
  })
  if (json)
    return print([
      JSON.stringify(
        found.map((network) => ({ ...network, here: here.has(network.name) })),
        null,
        2,
      ),
    ])
  if (found.length === 0)
    throw callError(
      'network-unknown',
      `No network of the catalogue has "${words.join(' ')}" in its name or description.`,
      `${words.map(likeWord).join('')}Search with fewer words; \`graft models search\` alone lists them all. Other models of the hubs work by their full name.`,
    )
  print([
    ...catalogueLines(
      found.map((network) => ({ network, here: here.has(network.name) })),
      process.stdout.isTTY ? process.stdout.columns : undefined,
    ),
    '',
    `${found.length === 1 ? '1 network' : `${found.length} networks`}. ImageNet: published share of right answers, in per cent.`,
    '`graft models info NAME` says more; --set backbone.source=NAME uses one.',
  ])
}

/** All that is known of a network of the catalogue. */
export async function info(name: string, { json = false }: SearchFlags): Promise<void> {
  const network = findNetwork(name)
  if (network === undefined)
    throw callError(
      'network-unknown',
      `There is no network "${name}" in the catalogue.`,
      `${likeName(name)}\`graft models search\` lists them; \`graft model show NAME\` fetches and shows any other.`,
    )
  const here = await isHere(network.name, { cacheDirectory: findHome().derived })
  print(json ? [JSON.stringify({ ...network, here }, null, 2)] : describeCatalogued({ network, here }))
}
