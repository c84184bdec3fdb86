import type { Arithmetic } from '@chaperone/shell'

/** What arithmetic needs of its surroundings. */
export interface Names {
  /** The text of an operand: a number, or a name's value. */
  readonly text: (operand: Extract<Arithmetic, { kind: 'operand' }>) => string | undefined
  readonly read: (name: string) => string | undefined
  readonly assign: (name: string, value: string | undefined) => void
  readonly substitute: (part: Extract<Arithmetic, { kind: 'substitution' }>) => string | undefined
}

const mostDepth = 32

/** The value of an expression, or undefined. Assignments in it take effect. */
export function evaluateArithmetic(expression: Arithmetic, names: Names): bigint | undefined {
  switch (expression.kind) {
    case 'operand':
      return numberOf(names.text(expression), names, 0)
    case 'substitution':
      return numberOf(names.substitute(expression), names, 0)
    case 'choice': {
      const test = evaluateArithmetic(expression.test, names)
      const yes = evaluateArithmetic(expression.yes, names)
      const no = evaluateArithmetic(expression.no, names)
      return test === undefined ? undefined : test !== 0n ? yes : no
    }
    case 'unary':
      return unary(expression, names)
    case 'binary':
      return binary(expression, names)
  }
}

function numberOf(text: string | undefined, names: Names, depth: number): bigint | undefined {
  if (text === undefined || depth > mostDepth) return undefined
  const trimmed = text.trim()
  if (trimmed === '') return 0n
  const based = /^(\d{1,2})#([0-9a-zA-Z@_]{1,40})$/.exec(trimmed)
  if (based !== null) return inBase(based[2] ?? '', Number(based[1]))
  if (/^0[0-7]{1,40}$/.test(trimmed)) return BigInt(`0o${trimmed.slice(1)}`)
  if (/^(0[xX][0-9a-fA-F]{1,40}|\d{1,40})$/.test(trimmed)) return BigInt(trimmed)
  if (/^-\d{1,40}$/.test(trimmed)) return BigInt(trimmed)
  if (/^[A-Za-z_]\w*$/.test(trimmed)) return numberOf(names.read(trimmed), names, depth + 1)
  return undefined
}

const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'

function inBase(text: string, base: number): bigint | undefined {
  if (base < 2 || base > 64) return undefined
  let value = 0n
  for (const char of base <= 36 ? text.toLowerCase() : text) {
    const digit = digits.indexOf(char)
    if (digit < 0 || digit >= base) return undefined
    value = value * BigInt(base) + BigInt(digit)
  }
  return value
}

function unary(expression: Extract<Arithmetic, { kind: 'unary' }>, names: Names): bigint | undefined {
  const value = evaluateArithmetic(expression.operand, names)
  const { operator } = expression
  if (operator === '++' || operator === '--') {
    const next = value === undefined ? undefined : value + (operator === '++' ? 1n : -1n)
    if (expression.operand.kind === 'operand') names.assign(expression.operand.text, next?.toString())
    return expression.prefix ? next : value
  }
  if (value === undefined) return undefined
  if (operator === '-') return -value
  if (operator === '!') return value === 0n ? 1n : 0n
  return operator === '~' ? ~value : value
}

function binary(expression: Extract<Arithmetic, { kind: 'binary' }>, names: Names): bigint | undefined {
  const { operator } = expression
  const right = evaluateArithmetic(expression.right, names)
  if (/^([-+*/%&|^]|<<|>>)?=$/.test(operator)) {
    const left = operator === '=' ? 0n : evaluateArithmetic(expression.left, names)
    const value = operator === '=' ? right : apply(operator.slice(0, -1), left, right)
    if (expression.left.kind === 'operand') names.assign(expression.left.text, value?.toString())
    return value
  }
  return apply(operator, evaluateArithmetic(expression.left, names), right)
}

const truth = (is: boolean): bigint => (is ? 1n : 0n)

const operators: Readonly<Record<string, (a: bigint, b: bigint) => bigint | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? undefined : a / b),
  '%': (a, b) => (b === 0n ? undefined : a % b),
  '**': (a, b) => (b < 0n || b > 64n ? undefined : a ** b),
  '<<': (a, b) => (b < 0n || b > 63n ? undefined : a << b),
  '>>': (a, b) => (b < 0n || b > 63n ? undefined : a >> b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => truth(a < b),
  '>': (a, b) => truth(a > b),
  '<=': (a, b) => truth(a <= b),
  '>=': (a, b) => truth(a >= b),
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '&&': (a, b) => truth(a !== 0n && b !== 0n),
  '||': (a, b) => truth(a !== 0n || b !== 0n),
  ',': (_, b) => b,
}

function apply(operator: string, a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return undefined
  const value = operators[operator]?.(a, b)
  return value === undefined ? undefined : BigInt.asIntN(64, value)
}
