export { exampleAdvice } from './advice/testing/example-advice.js'
