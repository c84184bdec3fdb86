import { largestOrder, largestStep } from '@chaperone/domain'

/**
 * What a submission may have as JSON: the bytes and files of every step as base64, a third more, with room for the
 * words around them.
 */
export const largestSubmission = Math.ceil(largestOrder / 3) * 4 + 3 * 1024 * 1024
/** What a signing draft may have: a submission's steps, and the analysis of each. */
export const largestDraft = 64 * 1024 * 1024

const mebibytes = (bytes: number) => `${bytes / (1024 * 1024)} MiB`

/** The limits in words, the same wherever they are told. */
export const sizeWords = {
  step: `a step and its files may have ${mebibytes(largestStep)}`,
  order: `the steps of an order and their files may have ${mebibytes(largestOrder)} together`,
} as const
