import { definePlugin } from '@graft/nodes/sdk'
import { csvList } from './csv-list.js'

export default definePlugin({ nodes: [csvList] })
