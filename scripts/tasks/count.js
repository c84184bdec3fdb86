// Prints what `npm run check` and `npm test` counted, as the last line of .ci/run.
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { checkResults, readTestResults } from './results.js'

const [checkCode, testCode] = process.argv.slice(2).map(Number)
const checks = await readFile(checkResults, 'utf8').then(JSON.parse, () => ({ failed: 1 }))
const tests = await readTestResults().catch(() => ({ passed: 0, failed: 1 }))
const failedChecks = checkCode === 0 ? checks.failed : Math.max(1, checks.failed)
const failedTests = testCode === 0 ? tests.failed : Math.max(1, tests.failed)
const failed = failedChecks + failedTests
console.log(`${tests.passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
