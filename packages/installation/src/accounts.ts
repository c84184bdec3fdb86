import { ensureSystemAccount, type SystemAccount } from './system-account.ts'

/** The accounts that our processes run as; `undefined` where we are not root and cannot part them. */
export interface Accounts {
  readonly gateway: SystemAccount
  readonly signer: SystemAccount
  readonly desk: SystemAccount
  readonly database: SystemAccount
}

/** Faults: `account-missing`. */
export function accountsHere(): Accounts | undefined {
  if (process.getuid?.() !== 0) return undefined
  return {
    gateway: ensureSystemAccount('chaperone-gateway'),
    signer: ensureSystemAccount('chaperone-signer'),
    desk: ensureSystemAccount('chaperone-desk'),
    database: ensureSystemAccount('chaperone-db'),
  }
}
