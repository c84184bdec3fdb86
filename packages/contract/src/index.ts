export * from './shapes.ts'
export * from './routes.ts'
export * from './limits.ts'
export * from './problems.ts'
