/** The only script of the page: the switch between light and dark, and folded parts opened for paper. Everything can be read without it. */
export const pageScript = `(() => {
  const root = document.documentElement
  const button = document.getElementById('theme')
  const system = matchMedia('(prefers-color-scheme: dark)')
  const read = () => { try { return localStorage.getItem('graft-theme') } catch { return null } }
  const keep = (theme) => { try { localStorage.setItem('graft-theme', theme) } catch { /* not every browser keeps things for files */ } }
  const current = () => root.dataset.theme ?? (system.matches ? 'dark' : 'light')
  const label = () => { button.textContent = current() === 'dark' ? 'Light' : 'Dark'; button.setAttribute('aria-label', 'Switch to the ' + (current() === 'dark' ? 'light' : 'dark') + ' theme') }
  const kept = read()
  if (kept === 'dark' || kept === 'light') root.dataset.theme = kept
  button.hidden = false
  button.addEventListener('click', () => { root.dataset.theme = current() === 'dark' ? 'light' : 'dark'; keep(root.dataset.theme); label() })
  system.addEventListener('change', label)
  label()
  let opened = []
  addEventListener('beforeprint', () => { opened = [...document.querySelectorAll('details:not([open])')]; for (const part of opened) part.open = true })
  addEventListener('afterprint', () => { for (const part of opened) part.open = false; opened = [] })
})()`
