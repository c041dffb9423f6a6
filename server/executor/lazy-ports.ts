import type { LiveStep } from './live-step.ts';

type Readers = ReadonlyMap<string, readonly LiveStep[]>;

const known = new WeakMap<ReadonlyMap<string, LiveStep>, Readers>();

/** The steps that read what others give, by `node:port`. */
function readersIn(steps: ReadonlyMap<string, LiveStep>): Readers {
  const before = known.get(steps);
  if (before) return before;
  const readers = new Map<string, LiveStep[]>();
  for (const step of steps.values()) {
    for (const { node, port } of Object.values(step.planned.inputs)) {
      const place = `${node}:${port}`;
      const others = readers.get(place);
      if (others) others.push(step);
      else readers.set(place, [step]);
    }
  }
  known.set(steps, readers);
  return readers;
}

/**
 * The output ports of a step whose tables need not be written: its own work is cheap to do again, and in this run it is read by steps alone that
 * are queries themselves.
 */
export function lazyPorts(steps: ReadonlyMap<string, LiveStep>, { planned, definition }: LiveStep): string[] {
  if (definition?.lazy === undefined) return [];
  const readers = readersIn(steps);
  return Object.keys(definition.outputs as object).filter((port) => {
    const those = readers.get(`${planned.node}:${port}`) ?? [];
    return those.length > 0 && those.every((reader) => reader.definition?.sql !== undefined);
  });
}
