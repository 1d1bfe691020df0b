import type { RunStatus } from '@graft/graph-schema'

/** What the tour can see of the page. */
export interface TourView {
  readonly run: RunStatus | 'none'
  /** Whether a folder was chosen since this step began. */
  readonly hasFolder: boolean
  readonly runId: string | null
  /** The run that was there when this step began. */
  readonly runAtStart: string | null
}

export interface TourStep {
  readonly title: string
  readonly text: string
  /** CSS selector of what the step is about. */
  readonly target: string | null
  /** Label of the button that goes on; null: the step goes on by itself. */
  readonly next: string | null
  /** The template that going on opens. */
  readonly opens?: string
  /** Selects the node that asks for a folder. */
  readonly selectsFolder?: boolean
  readonly isDone?: (view: TourView) => boolean
}

const ended: readonly TourView['run'][] = ['succeeded', 'failed', 'cancelled', 'interrupted']
const isNewRun = ({ runId, runAtStart }: TourView): boolean => runId !== null && runId !== runAtStart

/** From the first look to a network trained on the person's own folder. */
export const tourSteps: readonly TourStep[] = [
  {
    title: 'Three minutes to your own network',
    text: 'First a ready-made pipeline on built-in images, to see how it works. Then the same with a folder of your own photos.',
    target: '.plane',
    next: 'Open the pipeline',
    opens: 'small-similar',
  },
  {
    title: 'A pipeline reads from left to right',
    text: 'Images and a pre-trained network come in on the left. The old head is stripped, a new one added, everything else frozen; then it is trained and measured. Select a node to see its fields on the right.',
    target: '#canvas',
    next: 'Next',
  },
  {
    title: 'Run it',
    text: 'Press Run. Only the new head is trained, so this takes seconds.',
    target: '[data-tour="run"]',
    next: null,
    isDone: isNewRun,
  },
  {
    title: 'Watch it learn',
    text: 'Loss should fall and accuracy rise, on the images it trains on and on the ones held out. You could close this page: the run goes on.',
    target: '[data-tour="drawer"]',
    next: 'Next',
    isDone: ({ run }) => ended.includes(run),
  },
  {
    title: 'See where it fails',
    text: 'Under Results, choose a cell of the confusion matrix to see the images behind it, and drop a photo on “Try it”.',
    target: '[data-tour="drawer"]',
    next: 'Now with my photos',
    opens: 'photos',
  },
  {
    title: 'Your folder',
    text: 'Choose a folder with one folder per class, such as cats and dogs, or drop it below. A few dozen images of each are enough.',
    target: '#inspector',
    next: null,
    selectsFolder: true,
    isDone: ({ hasFolder }) => hasFolder,
  },
  {
    title: 'Train it on your images',
    text: 'Press Run once more.',
    target: '[data-tour="run"]',
    next: null,
    isDone: (view) => isNewRun(view) && ended.includes(view.run),
  },
  {
    title: 'It’s yours',
    text: 'Results show how good it is; Files holds the report and the model to use elsewhere. Save the graph with Ctrl+S, change one thing, run again and compare.',
    target: '[data-tour="drawer"]',
    next: 'Done',
  },
]

/** The step that follows, or null at the end. */
export function nextStep(index: number): number | null {
  return index + 1 < tourSteps.length ? index + 1 : null
}
