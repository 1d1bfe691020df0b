/** A dialog, menu or search has the keyboard. */
export function isAsking(): boolean {
  return document.querySelector('dialog[open], .menu, .quick-add') !== null
}
