export * from './postgres/index.ts'
export * from './records/index.ts'
export * from './signer/index.ts'
export * from './ssh/index.ts'
