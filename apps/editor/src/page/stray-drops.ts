/**
 * Files that are let go beside a place for them, or before the page is there, must not replace the page: that is what
 * browsers do with them.
 */
export function refuseStrayDrops(page: EventTarget): void {
  for (const type of ['dragover', 'drop'])
    page.addEventListener(type, (event) => {
      const transfer = (event as DragEvent).dataTransfer
      if (event.defaultPrevented || transfer === null || !transfer.types.includes('Files')) return
      event.preventDefault()
      transfer.dropEffect = 'none'
    })
}
