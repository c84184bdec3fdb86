export { sshExecutor, type SshExecutorOptions } from './ssh-executor.ts'
export { checkTarget, type CheckedAddress } from './target-check.ts'
