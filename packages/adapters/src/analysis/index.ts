export { analystPool, type AnalystPool, type AnalystPoolOptions } from './analyst-pool.ts'
