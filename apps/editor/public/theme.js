// Before the first paint, so that a dark page never flashes white. ui/theme.ts keeps the choice and follows the system.
;(() => {
  let choice = 'system'
  try {
    choice = localStorage.getItem('graft.theme') ?? 'system'
  } catch {
    // Storage is off: the system's theme applies.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
