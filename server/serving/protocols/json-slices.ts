import type { Paused } from '#pipelines/paused.ts';
import { AppError } from '../../errors.ts';

/** What is parsed without a pause in between. */
const CHUNK = 64 * 2 ** 10;
/** Rows lie at most four levels deep in any protocol; what is nested deeper than this is parsed at once. */
const DEEPEST = 6;

const [QUOTE, BACKSLASH, COMMA, COLON, OPEN, CLOSE, OPEN_RECORD, CLOSE_RECORD] = [0x22, 0x5c, 0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d] as const;
type Parse = (text: string) => unknown;
type Container = unknown[] | Record<string, unknown>;

const invalid = (at: number): AppError => new AppError(400, `The body is not valid JSON near byte ${at}.`, { code: 'json_invalid' });
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Large JSON, chunk by chunk with pauses: what `parse` gives for the whole of it. Throws 400 when it is no JSON. */
export function* parsedJson(bytes: Buffer, parse: Parse = JSON.parse): Paused<unknown> {
  const reader = new Reader(bytes, parse);
  const from = reader.afterSpace(0);
  const { value, end } = yield* reader.value(from, 0);
  if (reader.afterSpace(end) !== bytes.length) throw invalid(end);
  return value;
}

class Reader {
  readonly #bytes: Buffer;
  readonly #parse: Parse;

  constructor(bytes: Buffer, parse: Parse) {
    this.#bytes = bytes;
    this.#parse = parse;
  }

  afterSpace(at: number): number {
    while (isSpace(this.#bytes[at])) at++;
    return at;
  }

  /** The value that begins here, and where it ends. */
  *value(from: number, depth: number): Paused<{ value: unknown; end: number }> {
    const first = this.#bytes[from];
    if ((first === OPEN || first === OPEN_RECORD) && depth < DEEPEST) return yield* this.#container(from, depth);
    const end = this.#endOfChild(from, Infinity);
    return { value: this.#parsed(from, end), end };
  }

  /** Children that are small are parsed together, in chunks; a large one by itself, in the same way. */
  *#container(from: number, depth: number): Paused<{ value: Container; end: number }> {
    const list = this.#bytes[from] === OPEN;
    const close = list ? CLOSE : CLOSE_RECORD;
    const into: Container = list ? [] : {};
    let start = from + 1;
    let at = start;
    for (;;) {
      let end = this.#endOfChild(at, at + CHUNK);
      let next = end;
      if (end < 0) {
        // Up to the comma before it.
        if (at > start) this.#take(into, start, at - 1);
        const child = list ? { key: '', from: this.afterSpace(at) } : this.#key(at);
        const large = yield* this.value(child.from, depth + 1);
        if (Array.isArray(into)) into.push(large.value);
        else put(into, child.key, large.value);
        next = this.afterSpace(large.end);
        start = next + 1;
      } else if (end - start >= CHUNK || this.#bytes[end] !== COMMA) {
        const only = this.#bytes[end] !== COMMA && at === from + 1;
        if (!(only && this.afterSpace(at) === end)) this.#take(into, start, end);
        start = end + 1;
        yield;
      }
      end = next;
      if (this.#bytes[end] === close) return { value: into, end: end + 1 };
      if (this.#bytes[end] !== COMMA) throw invalid(end);
      at = end + 1;
    }
  }

  /** Where a child ends: at the comma or bracket behind it; negative when that is not before the limit. */
  #endOfChild(from: number, limit: number): number {
    const bytes = this.#bytes;
    const stop = Math.min(limit, bytes.length);
    let depth = 0;
    for (let at = from; at < stop; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        at = this.#endOfText(at);
        if (at < 0) throw invalid(from);
      } else if (byte === OPEN || byte === OPEN_RECORD) depth++;
      else if (byte === CLOSE || byte === CLOSE_RECORD) {
        if (depth === 0) return at;
        depth--;
      } else if (byte === COMMA && depth === 0) return at;
    }
    if (stop === bytes.length) {
      // At the end of the body stands a value without a container around it, or one that was cut off.
      if (depth === 0) return bytes.length;
      throw invalid(from);
    }
    return -1;
  }

  /** The closing quote of a text that begins here. */
  #endOfText(from: number): number {
    const bytes = this.#bytes;
    for (let at = from + 1; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) at++;
    }
    return -1;
  }

  #key(at: number): { key: string; from: number } {
    const from = this.afterSpace(at);
    if (this.#bytes[from] !== QUOTE) throw invalid(from);
    const end = this.#endOfText(from) + 1;
    const colon = this.afterSpace(end);
    if (end === 0 || this.#bytes[colon] !== COLON) throw invalid(from);
    return { key: this.#parsed(from, end) as string, from: this.afterSpace(colon + 1) };
  }

  #take(into: Container, from: number, to: number): void {
    if (this.afterSpace(from) >= to) throw invalid(from);
    if (Array.isArray(into)) for (const value of this.#parsed(from, to, '[', ']') as unknown[]) into.push(value);
    else for (const [key, value] of Object.entries(this.#parsed(from, to, '{', '}') as object)) put(into, key, value);
  }

  #parsed(from: number, to: number, open = '', close = ''): unknown {
    try {
      return this.#parse(open + this.#bytes.toString('utf8', from, to) + close);
    } catch {
      throw invalid(from);
    }
  }
}

/** As JSON.parse does: also `__proto__` is a name like any other. */
function put(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  else record[key] = value;
}
