export * from './tree.ts'
export { parseBash, limits } from './parse-bash.ts'
