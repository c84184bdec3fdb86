export * from './force-command.ts'
export * from './reader.ts'
