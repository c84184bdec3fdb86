import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'packages/**/*.test.ts',
      'apps/**/*.test.ts',
      'scripts/**/*.test.ts',
      'spec/**/*.test.ts',
      'demo/**/*.test.ts',
      'bench/**/*.test.ts',
      'e2e/**/*.e2e.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Real servers and browsers share the machine: more workers than cores make timeouts, not speed.
    maxWorkers: 2,
  },
})
