import { toast } from './toast.js'

const graceTime = 10_000

/**
 * Does something that can't be taken back only when the time for second thoughts is over; until then the person may
 * undo it. A page that is closed before leaves everything as it was.
 * @param text what has happened, for the person: "Deleted the run"
 * @param undone called when the person takes it back
 */
export function undoable(text: string, work: () => void, undone: () => void): void {
  const timer = setTimeout(work, graceTime)
  toast('info', text, undefined, {
    label: 'Undo',
    run: () => {
      clearTimeout(timer)
      undone()
    },
  })
}
