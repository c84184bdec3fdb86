export { sshExecutor, type SshExecutorOptions } from './ssh-executor.ts'
