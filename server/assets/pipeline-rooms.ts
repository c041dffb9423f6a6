/** Someone who has a pipeline open in a browser tab. */
export interface Person {
  /** The tab; chosen by it. */
  readonly client: string;
  readonly name: string;
  /** The node that is chosen there. */
  readonly node: string | null;
}
/** What those who have a pipeline open are told. */
export type RoomEvent =
  | { readonly type: 'people'; readonly people: readonly Person[] }
  | { readonly type: 'saved'; readonly revision: number; readonly by: string }
  | { readonly type: 'comments' }
  | { readonly type: 'removed' };

interface Guest {
  person: Person;
  readonly waiting: RoomEvent[];
  wake: () => void;
}

/** Who has which pipeline open, and what happens to it meanwhile. In memory: whoever is cut off comes back and asks for the newest revision. */
export class PipelineRooms {
  readonly #rooms = new Map<string, Map<string, Guest>>();

  /** The events of a pipeline from now on, for one tab, until it hangs up; the people first. A tab that comes again takes its own place. */
  async *join(pipeline: string, person: Person, signal: AbortSignal): AsyncGenerator<RoomEvent> {
    const room = this.#rooms.get(pipeline) ?? new Map<string, Guest>();
    this.#rooms.set(pipeline, room);
    const guest: Guest = { person: { ...person, name: freeName(room, person) }, waiting: [], wake: () => undefined };
    const before = room.get(person.client);
    room.set(person.client, guest);
    before?.wake();
    this.#tellPeople(pipeline);
    const hangUp = (): void => guest.wake();
    signal.addEventListener('abort', hangUp);
    try {
      while (!signal.aborted && room.get(person.client) === guest) {
        const event = guest.waiting.shift();
        if (event) yield event;
        else await new Promise<void>((resolve) => (guest.wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', hangUp);
      if (room.get(person.client) === guest) {
        room.delete(person.client);
        this.#tellPeople(pipeline);
      }
      if (room.size === 0 && this.#rooms.get(pipeline) === room) this.#rooms.delete(pipeline);
    }
  }

  /** Where a tab is now. False when it has not joined. */
  move(pipeline: string, client: string, node: string | null): boolean {
    const guest = this.#rooms.get(pipeline)?.get(client);
    if (!guest) return false;
    if (guest.person.node !== node) {
      guest.person = { ...guest.person, node };
      this.#tellPeople(pipeline);
    }
    return true;
  }

  tell(pipeline: string, event: RoomEvent): void {
    for (const guest of this.#rooms.get(pipeline)?.values() ?? []) {
      // Only the newest of a kind matters to one who is behind.
      const behind = guest.waiting.findIndex(({ type }) => type === event.type);
      if (behind >= 0) guest.waiting.splice(behind, 1);
      guest.waiting.push(event);
      guest.wake();
    }
  }

  /** How many tabs have pipelines open. */
  get size(): number {
    return [...this.#rooms.values()].reduce((sum, room) => sum + room.size, 0);
  }

  #tellPeople(pipeline: string): void {
    const room = this.#rooms.get(pipeline);
    if (room) this.tell(pipeline, { type: 'people', people: [...room.values()].map(({ person }) => person) });
  }
}

/** `Owner`, and for a second tab of the same person `Owner 2`. */
function freeName(room: ReadonlyMap<string, Guest>, { client, name }: Person): string {
  const taken = new Set([...room.values()].filter((guest) => guest.person.client !== client).map((guest) => guest.person.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
  return free;
}
