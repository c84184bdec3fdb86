/** What people were told, to be held against the log in the end. */
export interface Notebook {
  /** Orders by the word of their step. */
  readonly orders: Map<string, string>
  /** Kinds of events that were acknowledged, with their order. */
  readonly acknowledged: { readonly type: string; readonly order: string }[]
  readonly kills: {
    readonly moment: string
    readonly victim: string
    /** Milliseconds until every part answered and worked again. */
    readonly recovered: number
  }[]
}

export function emptyNotebook(): Notebook {
  return { orders: new Map(), acknowledged: [], kills: [] }
}
