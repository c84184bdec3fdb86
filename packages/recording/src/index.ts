export * from './frame.ts'
export * from './chain.ts'
export * from './visible.ts'
export * from './asciicast.ts'
