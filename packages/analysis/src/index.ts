export * from './analysis.ts'
export * from './analyse.ts'
