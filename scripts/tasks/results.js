import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../set-up/root.js'

const cache = join(root, 'node_modules', '.cache', 'chaperone')
export const checkResults = join(cache, 'check.json')
export const testResults = join(cache, 'test.json')

/**
 * Tests passed and failed, from vitest's JSON. A file that could not be loaded has no tests to count, and counts as
 * one that failed.
 */
export async function readTestResults() {
  const results = JSON.parse(await readFile(testResults, 'utf8'))
  const broken = results.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken.length,
    skipped: results.numPendingTests + results.numTodoTests,
  }
}
