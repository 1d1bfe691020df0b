import { addRepeat, addSearch } from '../../document/commands/repeat-and-search.js'
import { dispatch, editor, getDocument, getManifests } from '../../document/store.js'
import type { Command } from '../../document/store.js'
import { toast } from '../../ui/toasts/toast.js'
import { cancelRun, runs, startAfterThis, startRun } from '../../run/run-store.js'
import { canvasApi } from '../../page/canvas-api.js'
import { ui } from '../../page/page-store.js'
import type { AppCommand } from './app-command.js'

const isActive = (): boolean => ['queued', 'running'].includes(runs.get().state?.status ?? '')

function run(options: { readonly to?: string; readonly ignoreCache?: boolean } = {}): void {
  ui.set({ drawer: 'run' })
  void startRun(options)
}

/** Adds a node that runs the graph in many ways, or says what it would need. */
function put(command: Command | null, missing: string, fix: string): void {
  if (command === null) toast('info', missing, fix)
  else {
    dispatch(command)
    const [node] = command.select?.nodes ?? []
    if (node !== undefined) canvasApi()?.reveal(node)
  }
}

/** Running the graph. */
export const runCommands: readonly AppCommand[] = [
  {
    id: 'run',
    title: 'Run',
    keywords: 'train start execute play',
    group: 'Run',
    icon: 'play',
    shortcuts: ['mod+enter'],
    inFields: true,
    enabled: () => !isActive(),
    run: () => run(),
  },
  {
    id: 'run-to-here',
    title: 'Run to here',
    group: 'Run',
    icon: 'skip',
    shortcuts: ['mod+shift+enter'],
    enabled: ({ selection }) => selection.nodes.length === 1 && !isActive(),
    run: (): void => {
      const [to] = editor.get().selection.nodes
      if (to !== undefined) run({ to })
    },
  },
  {
    id: 'run-fresh',
    title: 'Run everything again',
    keywords: 'train without cache fresh',
    group: 'Run',
    icon: 'reset',
    enabled: () => !isActive(),
    run: () => run({ ignoreCache: true }),
  },
  {
    id: 'run-after',
    title: 'Run again after this run',
    keywords: 'queue second next',
    group: 'Run',
    icon: 'play',
    enabled: isActive,
    run: () => void startAfterThis(),
  },
  {
    id: 'add-repeat',
    title: 'Repeat with folds and seeds',
    keywords: 'chance cross-validation k-fold mean interval spread variance',
    group: 'Run',
    icon: 'reset',
    run: () =>
      put(
        addRepeat(getDocument(), [...getManifests().values()]),
        'Nothing is evaluated in this graph, so nothing can be repeated.',
        'Put Evaluate behind the trained network.',
      ),
  },
  {
    id: 'add-search',
    title: 'Search for the best network',
    keywords: 'budget hyperparameter tuning automl sweep halving',
    group: 'Run',
    icon: 'search',
    run: () =>
      put(
        addSearch(getDocument(), [...getManifests().values()]),
        'There is no network or no training part of images in this graph.',
        'Put Load Backbone and, behind the images, Split into it.',
      ),
  },
  {
    id: 'cancel-run',
    title: 'Cancel the run',
    keywords: 'stop abort',
    group: 'Run',
    icon: 'stop',
    shortcuts: ['mod+.'],
    inFields: true,
    enabled: isActive,
    run: () => void cancelRun(),
  },
]
