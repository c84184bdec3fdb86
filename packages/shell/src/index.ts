export * from './tree.ts'
export { parseBash, limits } from './parse-bash.ts'
export { surelyRefused } from './surely-refused.ts'
