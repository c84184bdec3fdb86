/** What the page is given to show. Types only: the page's own scripts are checked against them. */

/** Text as it is, or a mark that stands for an invisible character, with its name. */
export type Shown = string | readonly [mark: string, title: string]

/** Bytes for people to read, whole. */
export interface ContentView {
  readonly length: number
  readonly sha256: string
  /** `text`: UTF-8 with marks. `bytes`: a hexadecimal dump, for what is no text. */
  readonly form: 'text' | 'bytes'
  readonly lines: number
  readonly shown: readonly Shown[]
}

/** An id that is signed, and the name that the gateway has for it. */
export interface PersonView {
  readonly id: string
  readonly name: string | null
}

export interface SettingsView {
  readonly organisation: string
  readonly banner: { readonly text: string; readonly colour: string }
  readonly appOrigin: string
}

export interface SigningView {
  readonly signer: PersonView
  /** The statement that is signed, to the byte. */
  readonly statement: string
  readonly digest: string
  /** Base64url: what the passkey signs. */
  readonly challenge: string
  readonly rpId: string
  readonly subject: DecisionView | ReleaseView | KillView | FreezeView
}

export interface DecisionView {
  readonly kind: 'allow' | 'forbid'
  readonly order: string
  readonly version: number
  readonly technician: PersonView
  readonly purpose: readonly Shown[]
  readonly fault: readonly Shown[]
  readonly component: readonly Shown[]
  readonly mayShow: readonly Shown[]
  readonly effects: readonly (readonly Shown[])[]
  readonly notBefore: string
  readonly notAfter: string
  readonly of: number
  readonly steps: readonly StepView[]
}

export interface StepView {
  readonly index: number
  readonly attempt: number
  readonly rollback: boolean
  readonly target: string
  readonly address: string
  readonly regime: string
  readonly hostKey: string
  readonly account: string
  readonly interpreter: string
  readonly content: ContentView
  readonly files: readonly { readonly name: string; readonly mode: string; readonly content: ContentView }[]
  readonly expected: readonly Shown[]
  readonly maxSeconds: number
  readonly level: string
  readonly summary: readonly Shown[]
  readonly seat: { readonly index: number; readonly of: number }
  readonly digest: string
}

export interface ReleaseView {
  readonly kind: 'release'
  readonly order: string
  readonly recipient: PersonView
  readonly facts: {
    readonly roles: readonly string[]
    readonly until: string | null
    readonly roster: number
    readonly affiliation: readonly Shown[]
    readonly place: readonly Shown[]
    readonly at: string
  }
  readonly pieces: readonly { readonly run: string; readonly content: ContentView }[]
}

export interface KillView {
  readonly kind: 'kill'
  readonly order: string
  readonly run: string
}

export interface FreezeView {
  readonly kind: 'freeze'
  readonly order: string
  readonly version: number
}

/** What the page sends back: a passkey's assertion, base64url. */
export interface AssertionView {
  readonly authenticatorData: string
  readonly clientData: string
  readonly signature: string
}

export interface EnrolmentView {
  readonly person: PersonView
  /** `PublicKeyCredentialCreationOptionsJSON`. */
  readonly options: object
}

/** RFC 9457 as the desk answers it. */
export interface ProblemView {
  readonly code: string
  readonly title: string
  readonly advice: string
  /** Set when the gateway answered after it had been given the signature. */
  readonly handedIn?: boolean
  readonly [fact: string]: unknown
}
