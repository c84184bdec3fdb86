export * from './analysis.ts'
export * from './analyse.ts'
export { compareDeclared } from './declared/compare-declared.ts'
export type { Session } from './evaluate/scope.ts'
