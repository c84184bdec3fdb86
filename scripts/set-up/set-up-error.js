/** Something that the person at the keyboard has to do; the message says what. Ends the set-up with exit code 2. */
export class SetUpError extends Error {}
