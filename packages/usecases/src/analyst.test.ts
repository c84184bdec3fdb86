import { describe } from 'vitest'
import { analystContract } from '@chaperone/testkit'
import { analystHere } from './analyst.ts'

describe('an analyst in this thread', () => {
  analystContract(() => analystHere)
})
