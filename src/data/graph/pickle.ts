import { invalidFile, type RawFile } from '../raw-file.ts'

/**
 * Something that a pickle asks Python to make: the name of its class or function and what it is given.
 * Here nothing is called; whoever knows the name may read the rest.
 */
export class Made {
  readonly global: string
  readonly args: Pickled
  /** What the new object is filled with. */
  state: Pickled = null
  /** What is put into it with `object[key] = value`. */
  readonly items = new Map<Pickled, Pickled>()

  constructor(global: string, args: Pickled) {
    this.global = global
    this.args = args
  }
}

/** A value of a pickle; Python 2's strings are bytes, and come as Latin-1 text. */
export type Pickled = null | boolean | number | string | Pickled[] | Map<Pickled, Pickled> | Made

/** Stands for a class or function before it is applied. */
class Global {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const mark = Symbol('mark')
type Item = Pickled | Global | typeof mark

/**
 * Reads a pickle of protocol 2 without executing anything.
 *
 * It knows the opcodes that NumPy arrays, SciPy matrices, lists and dictionaries need, and no others;
 * a global must be one of the allowed.
 *
 * @param allowed globals, as `module name`
 * @throws WorkError naming file and position of the first opcode or global that is not allowed, and
 *   for a pickle that is damaged
 * @see Python's `pickletools` for the opcodes
 */
export function readPickle(file: RawFile, allowed: readonly string[]): Pickled {
  const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.length)
  let at = 0
  let op = 0
  const fail = (fault: string) => invalidFile(file.path, `${fault} at byte ${op}`)
  const stack: Item[] = []
  const memo = new Map<number, Item>()
  const advance = (length: number) => {
    if (length < 0 || at + length > bytes.length) throw fail('the pickle ends early')
    at += length
    return at - length
  }
  const text = (length: number) => {
    const start = advance(length)
    return bytes.toString('latin1', start, start + length)
  }
  const line = () => {
    const end = bytes.indexOf(0x0a, at)
    const found = text(end === -1 ? Number.POSITIVE_INFINITY : end - at)
    advance(1)
    return found
  }
  const pop = (): Item => {
    const item = stack.pop()
    if (item === undefined) throw fail('the stack is empty')
    return item
  }
  const value = (): Pickled => plain(pop())
  const plain = (item: Item | undefined): Pickled => {
    if (item === undefined || item === mark) throw fail('no value')
    // A class as a value, like defaultdict(list)'s: only its name matters.
    return item instanceof Global ? item.name : item
  }
  const values = (count: number) => Array.from({ length: count }, value).reverse()
  const sinceMark = (): Pickled[] => {
    const start = stack.lastIndexOf(mark)
    if (start === -1) throw fail('no mark')
    const items = stack.splice(start).slice(1)
    return items.map(plain)
  }
  const append = (items: readonly Pickled[]) => {
    const list = stack.at(-1)
    if (!Array.isArray(list)) throw fail('no list to append to')
    for (const item of items) list.push(item)
  }
  const setItems = (items: readonly Pickled[]) => {
    const target = stack.at(-1)
    const map = target instanceof Made ? target.items : target
    if (!(map instanceof Map) || items.length % 2 === 1) throw fail('no pairs or nothing to set')
    for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!)
  }
  const apply = () => {
    const args = value()
    const global = pop()
    if (!(global instanceof Global)) throw fail('nothing to apply')
    stack.push(new Made(global.name, args))
  }
  const remembered = (key: number): Item => {
    const item = memo.get(key)
    if (item === undefined) throw fail(`nothing remembered as ${key}`)
    return item
  }
  const remember = (key: number) => {
    const item = stack.at(-1)
    if (item === undefined) throw fail('the stack is empty')
    memo.set(key, item)
  }
  const steps: Record<string, () => void> = {
    '\x80': () => {
      const protocol = bytes.readUInt8(advance(1))
      if (protocol !== 2) throw fail(`protocol ${protocol}, expected 2`)
    },
    c: () => {
      const name = `${line()} ${line()}`
      if (!allowed.includes(name)) throw fail(`global ${JSON.stringify(name)} is not allowed`)
      stack.push(new Global(name))
    },
    '(': () => stack.push(mark),
    ')': () => stack.push([]),
    ']': () => stack.push([]),
    '}': () => stack.push(new Map()),
    N: () => stack.push(null),
    '\x88': () => stack.push(true),
    '\x89': () => stack.push(false),
    K: () => stack.push(bytes.readUInt8(advance(1))),
    M: () => stack.push(bytes.readUInt16LE(advance(2))),
    J: () => stack.push(bytes.readInt32LE(advance(4))),
    U: () => stack.push(text(bytes.readUInt8(advance(1)))),
    T: () => stack.push(text(bytes.readInt32LE(advance(4)))),
    t: () => stack.push(sinceMark()),
    '\x85': () => stack.push(values(1)),
    '\x86': () => stack.push(values(2)),
    '\x87': () => stack.push(values(3)),
    a: () => append([value()]),
    e: () => append(sinceMark()),
    s: () => setItems(values(2)),
    u: () => setItems(sinceMark()),
    R: apply,
    '\x81': apply,
    b: () => {
      const state = value()
      const made = stack.at(-1)
      if (!(made instanceof Made)) throw fail('nothing to fill')
      made.state = state
    },
    q: () => remember(bytes.readUInt8(advance(1))),
    r: () => remember(bytes.readUInt32LE(advance(4))),
    h: () => stack.push(remembered(bytes.readUInt8(advance(1)))),
    j: () => stack.push(remembered(bytes.readUInt32LE(advance(4)))),
  }
  for (;;) {
    op = at
    const code = text(1)
    if (code === '.') return value()
    const step = steps[code]
    if (!step) throw fail(`opcode ${JSON.stringify(code)} is not allowed`)
    step()
  }
}
