export * from './moments.js'
export * from './paired-interval.js'
export * from './sign-flip.js'
export * from './student.js'
