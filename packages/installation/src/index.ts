export { ensureSystemAccount, type SystemAccount } from './system-account.ts'
