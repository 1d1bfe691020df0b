import { describeNode } from '../../testing/describe-node.js'
import { number } from './number.js'

describeNode(number)
