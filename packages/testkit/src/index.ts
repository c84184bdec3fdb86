export {
  softwareAuthenticator,
  type RequestOptions,
  type SoftwareAuthenticator,
} from './software-authenticator.ts'
export * from './sample-log.ts'
export * from './sample-order.ts'
export * from './sample-acts.ts'
export * from './sample-documents.ts'
export * from './sample-export.ts'
export { sampleStatements } from './sample-statements.ts'
export * as sampleDraft from './sample-draft.ts'
export { startSshd, type SshdOptions, type SshTarget } from './start-sshd.ts'
export {
  testAuthority,
  type TestAgent,
  type TestAuthority,
  type TestCertificate,
} from './test-certificate.ts'
export * from './test-postgres.ts'
export * from './ledger-key.ts'
export * from './ledger-check.ts'
export * from './ledger-contract.ts'
export * from './memory-ledger.ts'
export { prepareRun, runnerOrder, type TestStep } from './prepare-run.ts'
export { observeRun, type ObservedRun } from './observed-run.ts'
export { analystContract } from './analyst-contract.ts'
export { commandExecutorContract, type Behaviour, type ExecutorSubject } from './command-executor-contract.ts'
export { fakeExecutor, type FakeEnd, type FakePlay, type FakeTarget } from './fake-executor.ts'
export * from './memory-records.ts'
export * from './records-contract.ts'
export { allEnded, childrenRunning, isRunning } from './processes.ts'
export * from './ledger-on-postgres.ts'
export * from './ledger-load.ts'
export { sshFixture, type SshFixture } from './ssh-fixture.ts'
export { policyFolder, testPolicies, type TestPolicies } from './policy-folder.ts'
