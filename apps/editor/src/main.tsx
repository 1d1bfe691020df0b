import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { adoptToken } from './api/token.js'
import { App } from './App.js'
import { watchThePerson } from './page/late-focus.js'
import { refuseStrayDrops } from './page/stray-drops.js'
import { TokenGate } from './start/TokenGate.js'
import { startTheme } from './ui/theme.js'
import './styles/tokens.css'
import './styles/base.css'
import './styles/contrast.css'

startTheme()
watchThePerson(window)
refuseStrayDrops(window)
adoptToken(location, (address) => history.replaceState(null, '', address))
const root = document.getElementById('root')
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <TokenGate>
        <App />
      </TokenGate>
    </StrictMode>,
  )
